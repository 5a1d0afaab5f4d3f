"""The ledger: claims fixed before they are tried, results that are never overwritten, reviews."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.base.wording import person
from bot.place import Place
from cogs.boards.imports import tables
from cogs.boards.ledger import rules, standings
from cogs.boards.ledger.headline import known
from cogs.boards.ledger.rules import TypedComparison, TypedTerms
from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.ledger.writes import claim_of, result_of, standing_of
from cogs.boards.projects.writes import for_member, project_of
from cogs.boards.results import rules as result_rules
from cogs.boards.results.rules import TypedFindings
from cogs.boards.silence.writes import sign_of_life
from data.boards.claims import Amendment, Claim, ClaimId, ClaimTerms
from data.boards.projects import Project
from data.boards.results import Result
from data.states import CardKind, Verdict
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class LedgerEntry(Struct, frozen=True):
    """What changed in the ledger: a claim as it stands now, and the result concerned.

    ``before`` is what its verdict was; ``versioned`` is whether the change made a new version.
    """

    project: Project
    standing: ClaimStanding
    result: Result | None = None
    before: Verdict | None = None
    versioned: bool = False
    amendments: Sequence[Amendment] = ()


class ClaimHistory(Struct, frozen=True):
    """A claim as it stands, in every version, and all that was changed in it and its results."""

    entry: LedgerEntry
    versions: Sequence[Claim]
    amendments: Sequence[Amendment]


class LedgerService:
    """The use cases of the ledger."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def add(
        self, tx: Transaction, place: Place, project_id: int, typed: TypedTerms
    ) -> LedgerEntry:
        """Write down what the paper claims, and how it will be judged.

        Raises NotAllowed for non-members, InvalidInput for what cannot be judged, Conflict
        for a claim that is there already.
        """
        terms = rules.check_terms(typed)
        now = self.clock.now()
        project = await for_member(tx, place, project_id)
        present = await _with_room(tx, project)
        for other in present:
            same = other.terms.statement.casefold() == terms.statement.casefold()
            # One sentence about two data sets is two claims.
            if same and other.terms.dataset == terms.dataset:
                raise Conflict(f"{other.name} says the same already.")
        # Kept with the claim: rows that are added later must not move a verdict that people have
        # read.
        terms = rules.with_gap(terms, [other.terms for other in present])
        claim = await _put_claim(tx, place, project, terms, now)
        return LedgerEntry(project, standings.standing(claim, []))

    @transaction
    async def compare(
        self,
        tx: Transaction,
        place: Place,
        project_id: int,
        typed: TypedComparison,
        first: int,
        second: int,
    ) -> LedgerEntry:
        """Write down that the paper has one claim's row beat another's.

        Raises NotAllowed for non-members, InvalidInput for two rows that cannot be compared, and
        Conflict for a comparison that is on the board already.
        """
        now = self.clock.now()
        project = await for_member(tx, place, project_id)
        present = await _with_room(tx, project)
        by_id = {int(one.id): one for one in present}
        if first not in by_id or second not in by_id:
            raise NotFound("A comparison needs two claims of this board.")
        terms = rules.check_comparison(typed, by_id[first], by_id[second])
        for other in present:
            pair = (other.terms.first_id, other.terms.second_id)
            # In this order alone: “A beats B” and “B beats A” are two claims, of which a paper
            # makes one.
            if pair == (first, second) and other.terms.by == terms.by:
                raise Conflict(f"{other.name} compares the same two already.")
        claim = await _put_claim(tx, place, project, terms, now)
        return LedgerEntry(project, await standing_of(tx, claim))

    @transaction
    async def add_all(
        self, tx: Transaction, place: Place, project_id: int, typed: Sequence[TypedTerms]
    ) -> tuple[Project, list[Claim]]:
        """Write down several claims, all or none; those that are there already are left out.

        Raises what ``add`` raises, naming the claim that cannot be judged.
        """
        now = self.clock.now()
        project = await for_member(tx, place, project_id)
        present = await tx.claims.of_project(place.guild_id, project.id)
        fresh = tables.without(typed, [one.terms.statement for one in present])
        if not fresh:
            raise Conflict("All of them are on the board already.")
        if len(present) + len(fresh) > rules.CLAIMS:
            raise Conflict(
                f"A board holds {rules.CLAIMS} claims; with these it would have "
                f"{len(present) + len(fresh)}."
            )
        # All are checked before the first is written, so that the error names the claim and nothing
        # is half there.
        terms = [checked(one) for one in fresh]
        rows = [*(one.terms for one in present), *terms]
        added: list[Claim] = []
        for one in terms:
            added.append(  # noqa: PERF401 - each waits for the one before
                await tx.claims.add(
                    guild_id=place.guild_id,
                    project_id=project.id,
                    terms=rules.with_gap(one, rows),
                    created_by=place.user_id,
                    now=now,
                )
            )
        await sign_of_life(tx, project, now)
        return project, added

    @snapshot
    async def claims_of(self, tx: Transaction, place: Place, project_id: int) -> list[Claim]:
        """Return a project's claims; raises what ``add`` would raise for a non-member."""
        project = await for_member(tx, place, project_id)
        return list(await tx.claims.of_project(place.guild_id, project.id))

    @snapshot
    async def check_may_add(self, tx: Transaction, place: Place, project_id: int) -> None:
        """Raise what ``add`` would raise for non-members."""
        await for_member(tx, place, project_id)

    @transaction
    async def edit(
        self, tx: Transaction, place: Place, claim_id: int, typed: TypedTerms
    ) -> LedgerEntry:
        """Change a claim; once it has results, this makes a new version (``versioned``).

        Raises NotAllowed for non-members, InvalidInput for what cannot be judged, Conflict
        for what changes nothing, or after which its results could not be compared.
        """
        now = self.clock.now()
        claim = await claim_of(tx, place.guild_id, claim_id)
        project = await for_member(tx, place, claim.project_id)
        terms = rules.change_terms(claim.terms, typed)
        # A comparison has no results of its own; those of its two rows are what it was judged by.
        tried = [claim.id, *standings.row_ids(claim.terms)]
        # Before the first result a claim is a draft; afterwards its old terms stay readable, since
        # changing what counts as success is what this ledger is there to show.
        versioned = any([await tx.claims.has_results(ClaimId(one)) for one in tried])
        rules.check_change(claim.terms, terms, tried=versioned)
        if versioned and claim.version >= rules.VERSIONS:
            raise Conflict(
                f"{claim.name} has been changed {rules.VERSIONS - 1} times since its first result, "
                "the most there can be. Add another claim."
            )
        before = await standing_of(tx, claim)
        why = rules.optional(
            typed.reason, "the reason", rules.NOTES_LIMIT, "reason: the table has an erratum"
        )
        changed = await tx.claims.change(
            claim, terms, place.user_id, now, versioned=versioned, reason=why
        )
        changes = rules.changes(claim.terms, terms)
        amended = await tx.claims.amend(changed, changes, place.user_id, now)
        standing = await standing_of(tx, changed)
        verdict = before.judgement.verdict
        return LedgerEntry(
            project, standing, before=verdict, versioned=versioned, amendments=amended
        )

    @transaction
    async def log(
        self,
        tx: Transaction,
        place: Place,
        claim_id: int,
        typed: TypedFindings,
        *,
        replaces: int | None = None,
    ) -> LedgerEntry:
        """Write down what somebody found; ``replaces`` is the result of theirs that it corrects.

        Raises NotAllowed for non-members, InvalidInput for numbers that do not go with the
        claim, Conflict when the corrected result is somebody else's or was replaced already.
        """
        now = self.clock.now()
        claim = await claim_of(tx, place.guild_id, claim_id)
        project = await for_member(tx, place, claim.project_id)
        found = result_rules.check_findings(claim, typed)
        before = await standing_of(tx, claim)
        if len(before.results) >= rules.RESULTS:
            raise Conflict(f"{claim.name} has {rules.RESULTS} results, the most there can be.")
        corrected = await _corrected(tx, place, claim, before, replaces)
        result = await tx.results.add(
            claim,
            found,
            replaces=corrected.id if corrected else None,
            runner_id=place.user_id,
            now=now,
        )
        await _expect_card(tx, place, project, CardKind.RESULT, result.id, now)
        await sign_of_life(tx, project, now)
        standing = await standing_of(tx, claim)
        return LedgerEntry(project, standing, result, before.judgement.verdict)

    @transaction
    async def complete(
        self, tx: Transaction, place: Place, result_id: int, typed: TypedFindings
    ) -> LedgerEntry:
        """Fill gaps in what a result says of how it was made; only its runner may.

        What it says already is not changed. Raises NotAllowed, InvalidInput, and Conflict where
        there is no such gap.
        """
        now = self.clock.now()
        result, claim, project = await _completable(tx, place, result_id)
        filled = result_rules.complete(result.findings, typed)
        completed = await tx.results.complete(result, filled)
        changes = rules.changes(result.findings, filled)
        await tx.claims.amend(claim, changes, place.user_id, now, result_id=result.id)
        return LedgerEntry(project, await standing_of(tx, claim), completed)

    @snapshot
    async def completable(self, tx: Transaction, place: Place, result_id: int) -> Result:
        """Return a result whose gaps somebody wants to fill; raises what ``complete`` would."""
        result, _, _ = await _completable(tx, place, result_id)
        if not result_rules.gaps(result.findings):
            raise Conflict("That result has no gaps. To correct it, log it again with `replaces`.")
        return result

    @snapshot
    async def editable(self, tx: Transaction, place: Place, claim_id: int) -> Claim:
        """Return a claim that a member wants to change, or to log a result for."""
        claim = await claim_of(tx, place.guild_id, claim_id)
        await for_member(tx, place, claim.project_id)
        return claim

    @snapshot
    async def standings(self, tx: Transaction, project: Project) -> list[ClaimStanding]:
        """Return all claims of a project with their verdicts, by number."""
        return await standings_of(tx, project)

    @snapshot
    async def standing(self, tx: Transaction, guild_id: int, claim_id: int) -> LedgerEntry:
        """Return one claim with its verdict; raises NotFound."""
        return await _entry(tx, await claim_of(tx, guild_id, claim_id))

    @snapshot
    async def result(self, tx: Transaction, guild_id: int, result_id: int) -> LedgerEntry:
        """Return one result with its claim's verdict; raises NotFound."""
        return await _result_entry(tx, guild_id, result_id)

    async def claim_in(self, tx: Transaction, claim_id: int) -> LedgerEntry:
        """Return what a claim's card shows, whichever server it is of; raises NotFound."""
        claim = await tx.claims.by_id(claim_id)
        if claim is None:
            raise NotFound("That claim does not exist any more.")
        return await _entry(tx, claim)

    async def result_in(self, tx: Transaction, result_id: int) -> LedgerEntry:
        """Return what a result's card shows, whichever server it is of; raises NotFound."""
        guild_id = await tx.results.server_of(result_id)
        if guild_id is None:
            raise NotFound("That result does not exist any more.")
        return await _result_entry(tx, guild_id, result_id)

    @snapshot
    async def history(self, tx: Transaction, guild_id: int, claim_id: int) -> ClaimHistory:
        """Return all that ever happened to a claim; raises NotFound."""
        claim = await claim_of(tx, guild_id, claim_id)
        return ClaimHistory(
            await _entry(tx, claim),
            await tx.claims.versions(claim),
            await tx.claims.amendments(claim),
        )

    @snapshot
    async def verdicts(
        self, tx: Transaction, guild_id: int, claim_ids: Sequence[int]
    ) -> Mapping[int, str]:
        """Say the verdicts on claims of a server, and how well each is known.

        Claims that it does not have are left out.
        """
        found: dict[int, str] = {}
        for claim_id in claim_ids:
            claim = await tx.claims.get(guild_id, claim_id)
            if claim is not None:
                found[claim_id] = known(await standing_of(tx, claim))
        return found

    @snapshot
    async def versions(self, tx: Transaction, claim: Claim) -> list[Claim]:
        """Return a claim in every version."""
        return await tx.claims.versions(claim)

    @snapshot
    async def named_claim(self, tx: Transaction, project: Project, given: str) -> Claim:
        """Return the claim that was picked, or typed as “C3” or by its statement."""
        claims = await tx.claims.of_project(project.guild_id, project.id)
        wanted = given.strip().casefold()
        for claim in claims:
            names = (f"#{claim.id}", claim.name.casefold(), claim.terms.statement.casefold())
            if wanted in names or wanted == title(claim).casefold():
                return claim
        raise NotFound(
            f"“{wording.one_line(project.title)}” has no claim called “{given.strip()[:60]}”. Pick "
            "one from the list that opens while you type, or add it with `/claim add`."
        )

    async def named_result(self, project: Project, given: str) -> Result:
        """Return the result that was picked, or typed as “C3 R2”, also with its value."""
        # The list shows “C3 R2 · 98.9%”, which people type or leave in the field as it is.
        wanted = given.partition("·")[0].strip().casefold()
        for standing in await self.standings(project):
            for result in standing.results:
                name = f"{standing.claim.name} {result.name}".casefold()
                if wanted in (f"#{result.id}", name):
                    return result
        raise NotFound(
            f"“{wording.one_line(project.title)}” has no result called “{given.strip()[:60]}”. "
            "Pick one from the list that opens while you type; they are named as in `C3 R2`."
        )


def checked(typed: TypedTerms) -> ClaimTerms:
    """Return a claim's terms; InvalidInput names the claim among the others of its table."""
    try:
        if typed.metric == tables.UNKNOWN:
            raise InvalidInput("the table does not say in which column it stands. Name it.")
        return rules.check_terms(typed)
    except InvalidInput as error:
        name = (typed.statement or typed.reported or "")[:60]
        raise InvalidInput(f"“{name}”: {error.sentence}") from None


def title(claim: Claim) -> str:
    """Return what a list offers for a claim: its number and its statement, in 100 characters."""
    text = f"{claim.name} · {claim.terms.statement}"
    return text if len(text) <= 100 else f"{text[:99]}…"


async def _entry(tx: Transaction, claim: Claim, result: Result | None = None) -> LedgerEntry:
    project = await project_of(tx, claim.guild_id, claim.project_id)
    return LedgerEntry(project, await standing_of(tx, claim), result)


async def _result_entry(tx: Transaction, guild_id: int, result_id: int) -> LedgerEntry:
    result = await result_of(tx, guild_id, result_id)
    return await _entry(tx, await claim_of(tx, guild_id, result.claim_id), result)


async def standings_of(tx: Transaction, project: Project) -> list[ClaimStanding]:
    """Return all claims of a project with their verdicts; others have their turn meanwhile."""
    claims = await tx.claims.of_project(project.guild_id, project.id)
    if not claims:  # then it has neither results nor earlier versions
        return []
    by_claim: defaultdict[int, list[Result]] = defaultdict(list)
    for count, result in enumerate(await tx.results.of_project(project.guild_id, project.id)):
        by_claim[result.claim_id].append(result)
        standings.sample(result.findings)
        if count % rules.AT_A_TIME == 0:
            await asyncio.sleep(0)
    earlier: defaultdict[int, list[Claim]] = defaultdict(list)
    for version in await tx.claims.earlier(project.guild_id, project.id):
        earlier[version.id].append(version)
    judged: dict[int, ClaimStanding] = {}
    # The rows first, since a comparison is judged by theirs.
    for count, claim in enumerate(sorted(claims, key=lambda one: one.terms.is_comparison)):
        rows = [judged[one] for one in standings.row_ids(claim.terms) if one in judged]
        judged[claim.id] = standings.standing(claim, by_claim[claim.id], earlier[claim.id], rows)
        if count % rules.AT_A_TIME == 0:
            await asyncio.sleep(0)
    return [judged[claim.id] for claim in claims]


async def _with_room(tx: Transaction, project: Project) -> list[Claim]:
    """Return a board's claims; raises Conflict where it holds as many as it can."""
    present = await tx.claims.of_project(project.guild_id, project.id)
    if len(present) >= rules.CLAIMS:
        raise Conflict(f"A board holds {rules.CLAIMS} claims, and this one has them all.")
    return present


async def _put_claim(
    tx: Transaction, place: Place, project: Project, terms: ClaimTerms, now: datetime
) -> Claim:
    """Write down a claim, with the card that it is to have."""
    claim = await tx.claims.add(
        guild_id=project.guild_id,
        project_id=project.id,
        terms=terms,
        created_by=place.user_id,
        now=now,
    )
    await _expect_card(tx, place, project, CardKind.CLAIM, claim.id, now)
    await sign_of_life(tx, project, now)
    return claim


async def _expect_card(
    tx: Transaction, place: Place, project: Project, kind: CardKind, own_id: int, now: datetime
) -> None:
    """Queue a claim's or a result's card, so that it is posted even if the process dies first."""
    if project.thread_id is not None:
        await tx.expect_card(
            kind,
            own_id,
            guild_id=project.guild_id,
            channel_id=project.thread_id,
            now=now,
            answer_to=place.interaction_id,
        )


async def _completable(
    tx: Transaction, place: Place, result_id: int
) -> tuple[Result, Claim, Project]:
    """Return a result for its own runner to complete, with its claim and project."""
    result = await result_of(tx, place.guild_id, result_id)
    claim = await claim_of(tx, place.guild_id, result.claim_id)
    project = await for_member(tx, place, claim.project_id)
    if result.runner_id != place.user_id:
        raise NotAllowed(
            "Only the person who ran it can say how. You can ask them, or dispute the result."
        )
    if result.replaced:
        raise Conflict("A later result replaced that one. Complete the later one.")
    return result, claim, project


async def _corrected(
    tx: Transaction, place: Place, claim: Claim, before: ClaimStanding, replaces: int | None
) -> Result | None:
    """Return the result that a new one replaces, when it may."""
    if replaces is None:
        return None
    for result in before.results:
        if result.id == replaces:
            if result.runner_id != place.user_id:
                raise Conflict(
                    f"{claim.name} {result.name} is {person(result.runner_id)}'s: only they can "
                    "replace it. You can dispute it with `/result review`."
                )
            if result.replaced:
                raise Conflict(f"{claim.name} {result.name} was replaced already.")
            return result
    other = await result_of(tx, place.guild_id, replaces)
    its = await claim_of(tx, place.guild_id, other.claim_id)
    raise Conflict(
        f"{its.name} {other.name} is a result of {its.name}, and you gave `claim: {claim.name}`. "
        f"Which is it? A result is replaced by one of the same claim: give `claim: {its.name}`, "
        f"or leave `replaces` out."
    )
