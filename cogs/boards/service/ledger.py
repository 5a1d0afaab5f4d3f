"""The ledger: claims fixed before they are tried, results that are never overwritten, reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import Conflict, InvalidInput, NotFound
from bot.place import Place
from cogs.boards.rules import board, ledger, tables
from cogs.boards.rules.ledger import Standing, TypedFindings, TypedTerms
from cogs.boards.service.access import for_member, project_of
from cogs.boards.service.life import sign_of_life
from data.boards import Project
from data.claims import Claim, ClaimTerms
from data.database import Store, Transaction
from data.results import Result
from data.states import Decision, Verdict


@dataclass(frozen=True, slots=True)
class Entry:
    """What changed in the ledger: a claim as it stands now, and the result concerned."""

    project: Project
    standing: Standing
    result: Result | None = None
    before: Verdict | None = None
    anew: bool = False


class LedgerService:
    """The use cases of the ledger."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def add(self, place: Place, project_id: int, typed: TypedTerms) -> Entry:
        """Write down what the paper claims, and how it will be judged.

        Raises NotAllowed for who is no member, InvalidInput for what cannot be judged, Conflict
        for a claim that is there already.
        """
        terms = ledger.check_terms(typed)
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project = await for_member(tx, place, project_id)
            present = await tx.claims.of_project(place.guild_id, project.id)
            if len(present) >= ledger.CLAIMS:
                raise Conflict(f"A board holds {ledger.CLAIMS} claims, and this one has them all.")
            for other in present:
                same = other.terms.statement.casefold() == terms.statement.casefold()
                if same and other.terms.dataset == terms.dataset:
                    raise Conflict(f"{other.name} says the same already.")
            claim = await tx.claims.add(
                guild_id=place.guild_id,
                project_id=project.id,
                terms=terms,
                created_by=place.user_id,
                now=now,
            )
            await sign_of_life(tx, project, now)
        return Entry(project, ledger.standing(claim, []))

    async def add_all(
        self, place: Place, project_id: int, typed: Sequence[TypedTerms]
    ) -> tuple[Project, list[Claim]]:
        """Write down several claims, all or none; those that are there already are left out.

        Raises what ``add`` raises, naming the claim that cannot be judged.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            project = await for_member(tx, place, project_id)
            present = await tx.claims.of_project(place.guild_id, project.id)
            fresh = tables.without(typed, [one.terms.statement for one in present])
            if not fresh:
                raise Conflict("All of them are on the board already.")
            if len(present) + len(fresh) > ledger.CLAIMS:
                raise Conflict(
                    f"A board holds {ledger.CLAIMS} claims; with these it would have "
                    f"{len(present) + len(fresh)}."
                )
            added: list[Claim] = []
            for one in fresh:
                added.append(  # noqa: PERF401 - each waits for the one before
                    await tx.claims.add(
                        guild_id=place.guild_id,
                        project_id=project.id,
                        terms=checked(one),
                        created_by=place.user_id,
                        now=now,
                    )
                )
            await sign_of_life(tx, project, now)
        return project, added

    async def check_may_add(self, place: Place, project_id: int) -> None:
        """Raise what ``add`` would raise for who is no member."""
        async with self.store.read() as tx:
            await for_member(tx, place, project_id)

    async def edit(self, place: Place, claim_id: int, typed: TypedTerms) -> Entry:
        """Change a claim; once it has results, as a new version that says so (``anew``)."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            claim = await _claim(tx, place.guild_id, claim_id)
            project = await for_member(tx, place, claim.project_id)
            terms = ledger.change_terms(claim.terms, typed)
            anew = await tx.claims.has_results(claim.id)
            before = await _standing(tx, claim)
            changed = await tx.claims.change(claim, terms, place.user_id, now, anew=anew)
            standing = await _standing(tx, changed)
        return Entry(project, standing, before=before.judgement.verdict, anew=anew)

    async def log(
        self, place: Place, claim_id: int, typed: TypedFindings, *, replaces: int | None = None
    ) -> Entry:
        """Write down what somebody found; ``replaces`` is the result of theirs that it corrects.

        Raises NotAllowed for who is no member, InvalidInput for numbers that do not go with the
        claim, Conflict when the corrected result is somebody else's or was replaced already.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            claim = await _claim(tx, place.guild_id, claim_id)
            project = await for_member(tx, place, claim.project_id)
            findings = ledger.check_findings(claim, typed)
            before = await _standing(tx, claim)
            if len(before.results) >= ledger.RESULTS:
                raise Conflict(f"{claim.name} has {ledger.RESULTS} results, the most there can be.")
            corrected = _corrected(place, claim, before, replaces)
            result = await tx.results.add(
                claim,
                findings,
                replaces=corrected.id if corrected else None,
                runner_id=place.user_id,
                now=now,
            )
            await sign_of_life(tx, project, now)
            standing = await _standing(tx, claim)
        return Entry(project, standing, result, before.judgement.verdict)

    async def review(self, place: Place, result_id: int, decision: Decision, reason: str) -> Entry:
        """Write down what somebody else says of a result, with a reason."""
        reason = board.check_text(
            reason, "a reason", ledger.NOTES_LIMIT, "reason: same numbers on my machine"
        )
        now = self.clock.now()
        async with self.store.transaction() as tx:
            result = await _result(tx, place.guild_id, result_id)
            claim = await _claim(tx, place.guild_id, result.claim_id)
            project = await for_member(tx, place, claim.project_id)
            ledger.check_review(project, result, decision, place.user_id, organiser=place.organiser)
            before = await _standing(tx, claim)
            reviewed = await tx.results.review(result, place.user_id, decision, reason, now)
            await sign_of_life(tx, project, now)
            standing = await _standing(tx, claim)
        return Entry(project, standing, reviewed, before.judgement.verdict)

    async def check_may_review(self, place: Place, result_id: int, decision: Decision) -> None:
        """Raise what ``review`` would raise, before a reason is typed."""
        async with self.store.read() as tx:
            result = await _result(tx, place.guild_id, result_id)
            claim = await _claim(tx, place.guild_id, result.claim_id)
            project = await for_member(tx, place, claim.project_id)
        ledger.check_review(project, result, decision, place.user_id, organiser=place.organiser)

    async def standings(self, project: Project) -> list[Standing]:
        """Return all claims of a project with their verdicts, by number."""
        async with self.store.read() as tx:
            return await standings_of(tx, project)

    async def standing(self, guild_id: int, claim_id: int) -> Entry:
        """Return one claim with its verdict; raises NotFound."""
        async with self.store.read() as tx:
            claim = await _claim(tx, guild_id, claim_id)
            project = await project_of(tx, guild_id, claim.project_id)
            return Entry(project, await _standing(tx, claim))

    async def versions(self, claim: Claim) -> list[Claim]:
        """Return a claim in every version."""
        async with self.store.read() as tx:
            return await tx.claims.versions(claim)

    async def named_claim(self, project: Project, given: str) -> Claim:
        """Return the claim that was picked, or typed as “C3” or by its statement."""
        async with self.store.read() as tx:
            claims = await tx.claims.of_project(project.guild_id, project.id)
        wanted = given.strip().casefold()
        for claim in claims:
            names = (f"#{claim.id}", claim.name.casefold(), claim.terms.statement.casefold())
            if wanted in names or wanted == title(claim).casefold():
                return claim
        raise NotFound(
            f"“{project.title}” has no claim called “{given.strip()[:60]}”. Pick one from the "
            "list that opens while you type, or add it with `/project claim add`."
        )

    async def named_result(self, project: Project, given: str) -> Result:
        """Return the result that was picked, or typed as “C3 R2”."""
        wanted = given.strip().casefold()
        for standing in await self.standings(project):
            for result in standing.results:
                name = f"{standing.claim.name} {result.name}".casefold()
                if wanted in (f"#{result.id}", name):
                    return result
        raise NotFound(
            f"“{project.title}” has no result called “{given.strip()[:60]}”. Pick one from the "
            "list that opens while you type; they are named as in `C3 R2`."
        )


def checked(typed: TypedTerms) -> ClaimTerms:
    """Return a claim's terms; InvalidInput names the claim among the others of its table."""
    try:
        return ledger.check_terms(typed)
    except InvalidInput as error:
        name = (typed.statement or typed.reported or "")[:60]
        raise InvalidInput(f"“{name}”: {error.sentence}") from None


def title(claim: Claim) -> str:
    """Return what a list offers for a claim: its number and its statement, in 100 characters."""
    text = f"{claim.name} · {claim.terms.statement}"
    return text if len(text) <= 100 else f"{text[:99]}…"


async def standings_of(tx: Transaction, project: Project) -> list[Standing]:
    """Return all claims of a project with their verdicts."""
    by_claim: defaultdict[int, list[Result]] = defaultdict(list)
    for result in await tx.results.of_project(project.guild_id, project.id):
        by_claim[result.claim_id].append(result)
    claims = await tx.claims.of_project(project.guild_id, project.id)
    return [ledger.standing(claim, by_claim[claim.id]) for claim in claims]


async def _standing(tx: Transaction, claim: Claim) -> Standing:
    return ledger.standing(claim, await tx.results.of_claim(claim))


async def _claim(tx: Transaction, guild_id: int, claim_id: int) -> Claim:
    claim = await tx.claims.get(guild_id, claim_id)
    if claim is None:
        raise NotFound("That claim does not exist any more.")
    return claim


async def _result(tx: Transaction, guild_id: int, result_id: int) -> Result:
    result = await tx.results.get(guild_id, result_id)
    if result is None:
        raise NotFound("That result does not exist any more.")
    return result


def _corrected(place: Place, claim: Claim, before: Standing, replaces: int | None) -> Result | None:
    """Return the result that a new one replaces, when it may."""
    if replaces is None:
        return None
    for result in before.results:
        if result.id == replaces:
            if result.runner_id != place.user_id:
                raise Conflict(
                    f"{claim.name} {result.name} is <@{result.runner_id}>'s: only they can replace "
                    "it. You can dispute it with `/project result review`."
                )
            if result.replaced:
                raise Conflict(f"{claim.name} {result.name} was replaced already.")
            return result
    raise Conflict(f"That result is not one of {claim.name}'s.")
