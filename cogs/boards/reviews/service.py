"""Reviewing results: confirming, disputing, and settling disputes."""

from __future__ import annotations

from bot.base.clock import Clock
from bot.place import Place
from cogs.boards.ledger.rules import NOTES_LIMIT
from cogs.boards.ledger.service import LedgerEntry
from cogs.boards.ledger.writes import claim_of, result_of, standing_of
from cogs.boards.projects import rules as project_rules
from cogs.boards.projects.writes import for_member, project_of
from cogs.boards.reviews import rules
from cogs.boards.silence.writes import sign_of_life
from data.boards.claims import Claim
from data.boards.projects import Project
from data.states import Decision
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class ReviewService:
    """The use cases of reviews."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def review(
        self, tx: Transaction, place: Place, result_id: int, decision: Decision, reason: str
    ) -> LedgerEntry:
        """Write down what somebody else says of a result, with a reason."""
        reason = project_rules.check_text(
            reason, "a reason", NOTES_LIMIT, "reason: same numbers on my machine"
        )
        now = self.clock.now()
        result = await result_of(tx, place.guild_id, result_id)
        claim = await claim_of(tx, place.guild_id, result.claim_id)
        project = await _project_for(tx, place, claim, decision)
        rules.check_review(project, result, decision, place)
        before = await standing_of(tx, claim)
        reviewed = await tx.results.review(result, place.user_id, decision, reason, now)
        await sign_of_life(tx, project, now)
        standing = await standing_of(tx, claim)
        return LedgerEntry(project, standing, reviewed, before.judgement.verdict)

    @snapshot
    async def check_may(
        self, tx: Transaction, place: Place, result_id: int, decision: Decision
    ) -> None:
        """Raise what ``review`` would raise, before a reason is typed."""
        result = await result_of(tx, place.guild_id, result_id)
        claim = await claim_of(tx, place.guild_id, result.claim_id)
        project = await _project_for(tx, place, claim, decision)
        rules.check_review(project, result, decision, place)


async def _project_for(tx: Transaction, place: Place, claim: Claim, decision: Decision) -> Project:
    """Return the project for a member, or for an organiser who settles a dispute in it."""
    if decision in rules.SETTLES and place.organiser:
        project = await project_of(tx, place.guild_id, claim.project_id)
        project_rules.check_alive(project)
        return project
    return await for_member(tx, place, claim.project_id)
