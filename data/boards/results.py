"""What people found when they tried a claim, and what others say of it; nothing is overwritten."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, NewType

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import func, select, update

from data.boards.claims import Claim, ClaimId
from data.boards.projects import ProjectId
from data.boards.schema import claims, results, reviews
from data.repository import Repository, Statement
from data.states import Decision, Origin, SpreadKind

ResultId = NewType("ResultId", int)


class Findings(Struct, frozen=True):
    """What one result says; numbers are texts, as they were typed.

    ``value`` is a number, or the values of several runs. ``revision`` is the commit, ``origin``
    whose code it was, ``command`` how it was run or configured. ``seeds`` are the runs' seeds
    between commas, in the order of the values. ``spread_kind`` is None where the spread is a
    standard deviation, or there is none.
    """

    value: str
    spread: str | None
    runs: int
    evidence: str | None
    deviations: str | None
    hours: str | None
    notes: str | None
    origin: Origin | None
    revision: str | None
    hardware: str | None
    cost: str | None = None
    seeds: str | None = None
    command: str | None = None
    spread_kind: SpreadKind | None = None


class Review(Struct, frozen=True):
    """What somebody said of a result."""

    id: int
    result_id: ResultId
    reviewer_id: int
    decision: Decision
    reason: str
    reviewed_at: datetime


class Result(Struct, frozen=True):
    """One result for a claim; ``number`` counts in the claim.

    ``replaces`` is the result that it supersedes, and ``replaced`` tells whether another one
    supersedes it. ``claim_version`` is the version that the claim stood at.
    """

    id: ResultId
    guild_id: int
    claim_id: ClaimId
    number: int
    claim_version: int
    replaces: ResultId | None
    runner_id: int
    logged_at: datetime
    findings: Findings
    reviews: tuple[Review, ...] = ()
    replaced: bool = False

    @property
    def name(self) -> str:
        """What people call it beside its claim: “R2”."""
        return f"R{self.number}"

    @property
    def is_disputed(self) -> bool:
        """Whether somebody disputes it and no lead has settled that."""
        # A ruling settles what was disputed before it; a dispute after it is a new one.
        last_ruling = max(
            (index for index, one in enumerate(self.reviews) if one.decision in _RULINGS),
            default=-1,
        )
        return any(one.decision is Decision.DISPUTE for one in self.reviews[last_ruling + 1 :])

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody else confirmed it, and nobody disputes it."""
        agreed = any(one.decision in (Decision.CONFIRM, Decision.UPHOLD) for one in self.reviews)
        return agreed and not self.is_disputed

    @property
    def counts(self) -> bool:
        """Whether the verdict takes it into account: neither superseded nor rejected."""
        ruled = [one.decision for one in self.reviews if one.decision in _RULINGS]
        return not self.replaced and (not ruled or ruled[-1] is Decision.UPHOLD)


_RULINGS = frozenset({Decision.UPHOLD, Decision.REJECT})
_FINDINGS = tuple(Findings.__struct_fields__)


def _result(**row: Any) -> Result:
    findings = Findings(**{name: row.pop(name) for name in _FINDINGS})
    return Result(findings=findings, **row)


class Results(Repository):
    """The rows of results and reviews."""

    async def add(
        self,
        claim: Claim,
        findings: Findings,
        *,
        replaces: ResultId | None,
        runner_id: int,
        now: datetime,
    ) -> Result:
        """Add a result under the claim's next number."""
        last = await self._value(
            select(func.max(results.c.number)).where(results.c.claim_id == claim.id)
        )
        values: dict[str, Any] = {
            "guild_id": claim.guild_id,
            "claim_id": claim.id,
            "number": (last or 0) + 1,
            "claim_version": claim.version,
            "replaces": replaces,
            "runner_id": runner_id,
            "logged_at": now,
        }
        found = {name: getattr(findings, name) for name in _FINDINGS}
        new = ResultId(await self._insert(results, **values, **found))
        return Result(id=new, findings=findings, **values)

    async def get(self, guild_id: int, result_id: int) -> Result | None:
        """Return a result of this server, with its reviews."""
        claim_id = await self._value(
            lambda: select(results.c.claim_id).where(
                results.c.guild_id == guild_id, results.c.id == result_id
            )
        )
        if claim_id is None:
            return None
        # All of the claim's: only they tell whether another one replaced it.
        everything = await self._whole(select(results).where(results.c.claim_id == claim_id))
        return next(one for one in everything if one.id == result_id)

    async def server_of(self, result_id: int) -> int | None:
        """Return the server that a result is of; for the process's own work, not for a request."""
        return await self._value(
            lambda: select(results.c.guild_id).where(results.c.id == result_id)
        )

    async def complete(self, result: Result, findings: Findings) -> Result:
        """Write down what a result did not say before."""
        await self._run(
            update(results)
            .where(results.c.guild_id == result.guild_id, results.c.id == result.id)
            .values({name: getattr(findings, name) for name in _FINDINGS})
        )
        completed = await self.get(result.guild_id, result.id)
        assert completed is not None  # noqa: S101 - it was written in this transaction
        return completed

    async def of_claim(self, claim: Claim) -> list[Result]:
        """Return a claim's results, the first one first."""
        return await self._whole(
            select(results)
            .where(results.c.guild_id == claim.guild_id, results.c.claim_id == claim.id)
            .order_by(results.c.number)
        )

    async def of_project(self, guild_id: int, project_id: ProjectId) -> list[Result]:
        """Return all results of a project's claims, the first one first."""
        return await self._whole(
            lambda: (
                select(results)
                .join(claims, claims.c.id == results.c.claim_id)
                .where(results.c.guild_id == guild_id, claims.c.project_id == project_id)
                .order_by(results.c.id)
            )
        )

    async def review(
        self, result: Result, reviewer_id: int, decision: Decision, reason: str, now: datetime
    ) -> Result:
        """Add a review; returns the result with it."""
        await self._insert(
            reviews,
            result_id=result.id,
            reviewer_id=reviewer_id,
            decision=decision,
            reason=reason,
            reviewed_at=now,
        )
        reviewed = await self.get(result.guild_id, result.id)
        assert reviewed is not None  # noqa: S101 - it was read in this transaction
        return reviewed

    async def _whole(self, statement: Statement) -> list[Result]:
        """Return results with their reviews, and with whether another one replaced them."""
        found = await self._all(_result, statement)
        if not found:
            return []
        result_ids = [result.id for result in found]
        said = await self._all(
            Review,
            lambda: (
                select(reviews).where(reviews.c.result_id.in_(result_ids)).order_by(reviews.c.id)
            ),
        )
        by_result: defaultdict[int, list[Review]] = defaultdict(list)
        for one in said:
            by_result[one.result_id].append(one)
        replaced = {result.replaces for result in found}
        return [
            replace(result, reviews=tuple(by_result[result.id]), replaced=result.id in replaced)
            for result in found
        ]
