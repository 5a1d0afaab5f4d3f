"""Results from files that a training script writes: what is new in them, and logging it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.place import Place
from cogs.boards.ledger.service import LedgerEntry, LedgerService
from cogs.boards.projects.writes import for_member, project_of
from cogs.boards.results import results_files, rules
from cogs.boards.results.results_files import FileResult
from cogs.boards.results.rules import TypedFindings
from data.boards.claims import Claim
from data.boards.link_files import LinkFile
from data.boards.log import Link
from data.boards.projects import Project
from data.store import Store, snapshot
from data.transaction import Transaction


class Fresh(Struct, frozen=True):
    """What is new in a results file: results by claim, and the claims that the board lacks."""

    project: Project
    results: Sequence[tuple[Claim, FileResult]]
    unknown: Sequence[str]


class SeenFile(Struct, frozen=True):
    """A watched results file that changed, and what is new in it."""

    link: Link
    file: LinkFile
    fresh: Fresh


class Logged(Struct, frozen=True):
    """What became of a file: the results that were logged, and why others were not."""

    project: Project
    entries: Sequence[LedgerEntry]
    refused: Sequence[str]
    left: int


class ResultFileService:
    """The use cases of results results_files. Nothing is logged unless a member asks for it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.ledger = LedgerService(store, clock)

    @snapshot
    async def template(self, tx: Transaction, place: Place, project_id: int) -> tuple[str, str]:
        """Return an empty results file for a project's claims, as CSV and as JSON.

        Raises NotAllowed for non-members, and Conflict where there are no claims yet.
        """
        project = await for_member(tx, place, project_id)
        claims = await tx.claims.of_project(place.guild_id, project.id)
        names = [one.name for one in claims if not one.terms.is_comparison]
        if not names:
            raise Conflict(
                "A results file is for the board's claims, and there are none yet. `/claim add` "
                "writes down what the paper says."
            )
        return results_files.template(names)

    async def fresh(self, guild_id: int, project_id: int, text: str) -> Fresh:
        """Return what is new in a results file; raises InvalidInput for another kind of file."""
        runs = results_files.read(text)
        async with self.store.read() as tx:
            project = await project_of(tx, guild_id, project_id)
        standings = await self.ledger.standings(project)
        by_name = {
            name: one
            for one in standings
            if not one.claim.terms.is_comparison
            for name in (one.claim.name.casefold(), one.claim.terms.statement.casefold())
        }
        unknown = dict.fromkeys(run.claim for run in runs if run.claim.casefold() not in by_name)
        found: list[tuple[Claim, FileResult]] = []
        for standing in standings:
            names = (standing.claim.name.casefold(), standing.claim.terms.statement.casefold())
            own = [run for run in runs if run.claim.casefold() in names]
            new = results_files.unlogged(own, standing) if own else []
            found += [(standing.claim, result) for result in results_files.grouped(new)]
        return Fresh(project, found, list(unknown))

    async def keep(self, link: Link, text: str, revision: str | None) -> SeenFile | None:
        """Keep a watched file as it is now; None where nothing in it is new.

        Raises InvalidInput for a file in another format.
        """
        fresh = await self.fresh(link.guild_id, link.project_id, text)
        kept = await self.store.write(
            lambda tx: tx.link_files.put(link, text, revision, self.clock.now())
        )
        return SeenFile(link, kept, fresh) if fresh.results or fresh.unknown else None

    async def log_kept(self, place: Place, link_id: int, version: int) -> Logged:
        """Log what is new in a watched file, as it was shown.

        Raises Conflict where the file changed since, and what ``log`` raises.
        """
        kept = await self.store.fetch(lambda tx: tx.link_files.get(place.guild_id, link_id))
        if kept is None:
            raise NotFound("That file is not on the board any more.")
        if kept.version != version:
            raise Conflict("The file changed since. Use the newer message about it.")
        return await self.log(place, kept.project_id, kept.text, kept.revision)

    async def log(
        self, place: Place, project_id: int, text: str, revision: str | None = None
    ) -> Logged:
        """Log what is new in a results file, as the person's own results.

        ``revision`` is the commit of results that name none. A result that does not fit its claim
        is left out with the reason. Raises NotAllowed for non-members, InvalidInput for another
        kind of file, and Conflict where nothing is new.
        """
        async with self.store.read() as tx:
            await for_member(tx, place, project_id)
        fresh = await self.fresh(place.guild_id, project_id, text)
        if not fresh.results:
            raise Conflict("Everything in that file is on the board already.")
        entries: list[LedgerEntry] = []
        refused: list[str] = []
        for claim, result in fresh.results[: rules.AT_ONCE]:
            try:
                found = _from(result.findings, revision)
                entries.append(await self.ledger.log(place, claim.id, found))
            except (InvalidInput, Conflict) as error:
                refused.append(f"{claim.name}: {error.sentence}")
        return Logged(fresh.project, entries, refused, len(fresh.results[rules.AT_ONCE :]))


def _from(found: TypedFindings, revision: str | None) -> TypedFindings:
    """Return findings with the file's own commit where they name none."""
    return found if found.revision else replace(found, revision=revision)
