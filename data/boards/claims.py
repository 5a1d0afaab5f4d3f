"""What papers claim, and by what measure it will be judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NewType

from msgspec import Struct
from sqlalchemy import func, select, update

from data.boards.projects import ProjectId
from data.boards.schema import amendments, claim_versions, claims, results
from data.repository import Repository
from data.states import (
    Better,
    Category,
    ClaimRole,
    Criterion,
    PrintedAs,
    Scale,
    SpreadKind,
)

ClaimId = NewType("ClaimId", int)


class ClaimTerms(Struct, frozen=True):
    """What a claim says and how it is judged; numbers are texts, as they were typed.

    - ``place`` says where in the paper it is.
    - ``tolerance`` is a share (0.05) for a relative criterion and a difference for the others;
      None where the margin follows from the paper: from its ``spread``, or from ``gap``, the
      distance to the nearest other row of its table.
    - ``weight`` says how much the claim counts in its project.
    - ``reported`` is “yes” or “no” for what is so or not, as in every claim about ``CODE`` or a
      ``RUN``.
    - ``printed_as`` is None where the paper does not say which figure it prints.
    - ``first_id`` and ``second_id`` are the two claims of a comparison, “the first beats the
      second”, and ``by`` is how much the first is better by; None where no size is claimed.
    """

    statement: str
    metric: str
    reported: str
    place: str | None
    dataset: str | None
    spread: str | None
    spread_kind: SpreadKind | None
    runs: int | None
    better: Better | None
    criterion: Criterion
    tolerance: str | None
    weight: str
    headline: bool
    unit: str | None = None
    split: str | None = None
    category: Category = Category.RESULT
    printed_as: PrintedAs | None = None
    role: ClaimRole = ClaimRole.CLAIM
    scale: Scale = Scale.LINEAR
    gap: str | None = None
    first_id: int | None = None
    second_id: int | None = None
    by: str | None = None

    @property
    def is_comparison(self) -> bool:
        """Whether it compares two other claims of the board."""
        return self.first_id is not None


class Claim(Struct, frozen=True):
    """A claim of a project's paper in one of its versions; ``number`` counts in the project.

    ``fixed_by`` and ``fixed_at`` tell who set the terms of this version and when, ``reason`` why
    they changed those of the version before.
    """

    id: ClaimId
    guild_id: int
    project_id: ProjectId
    number: int
    version: int
    created_by: int
    created_at: datetime
    fixed_by: int
    fixed_at: datetime
    terms: ClaimTerms
    reason: str | None = None

    @property
    def name(self) -> str:
        """What people call it: “C3”."""
        return f"C{self.number}"


class Amendment(Struct, frozen=True):
    """One thing that somebody changed: in a claim, or a gap they filled in one of its results."""

    id: int
    guild_id: int
    claim_id: ClaimId
    result_id: int | None
    version: int
    amended_by: int
    amended_at: datetime
    field: str
    before: str | None
    after: str | None


_TERMS = tuple(ClaimTerms.__struct_fields__)
_COLUMNS = (
    *claims.c,
    claim_versions.c.fixed_by,
    claim_versions.c.fixed_at,
    claim_versions.c.reason,
    *(claim_versions.c[name] for name in _TERMS),
)


def _claim(**row: Any) -> Claim:
    terms = ClaimTerms(**{name: row.pop(name) for name in _TERMS})
    return Claim(terms=terms, **row)


class Claims(Repository):
    """The rows of claims and of their versions."""

    async def add(
        self,
        *,
        guild_id: int,
        project_id: ProjectId,
        terms: ClaimTerms,
        created_by: int,
        now: datetime,
    ) -> Claim:
        """Add a claim under the project's next number."""
        last = await self._value(
            # One process has a server, and its transactions come one after another: nobody takes
            # the number in between.
            lambda: select(func.max(claims.c.number)).where(claims.c.project_id == project_id)
        )
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "project_id": project_id,
            "number": (last or 0) + 1,
            "version": 1,
            "created_by": created_by,
            "created_at": now,
        }
        new = ClaimId(await self._insert(claims, **values))
        await self._write(new, 1, terms, created_by, now, None)
        return Claim(id=new, terms=terms, fixed_by=created_by, fixed_at=now, **values)

    async def change(
        self,
        claim: Claim,
        terms: ClaimTerms,
        user_id: int,
        now: datetime,
        *,
        versioned: bool,
        reason: str | None = None,
    ) -> Claim:
        """Change what a claim says; ``versioned`` keeps the old version and adds a new one."""
        version = claim.version + versioned
        await self._run(
            update(claims)
            .where(claims.c.guild_id == claim.guild_id, claims.c.id == claim.id)
            .values(version=version)
        )
        await self._write(claim.id, version, terms, user_id, now, reason)
        changed = await self.get(claim.guild_id, claim.id)
        assert changed is not None  # noqa: S101 - it was written in this transaction
        return changed

    async def get(self, guild_id: int, claim_id: int) -> Claim | None:
        """Return a claim of this server."""
        return await self._first(
            _claim, lambda: _present().where(claims.c.guild_id == guild_id, claims.c.id == claim_id)
        )

    async def by_id(self, claim_id: int) -> Claim | None:
        """Return a claim; for the process's own work, not for a request."""
        return await self._first(_claim, lambda: _present().where(claims.c.id == claim_id))

    async def of_project(self, guild_id: int, project_id: ProjectId) -> list[Claim]:
        """Return a project's claims by their numbers."""
        return await self._all(
            _claim,
            lambda: (
                _present()
                .where(claims.c.guild_id == guild_id, claims.c.project_id == project_id)
                .order_by(claims.c.number)
            ),
        )

    async def versions(self, claim: Claim) -> list[Claim]:
        """Return a claim in every version, the first one first."""
        return await self._all(
            _claim,
            _versions()
            .where(claims.c.guild_id == claim.guild_id, claims.c.id == claim.id)
            .order_by(claim_versions.c.version),
        )

    async def earlier(self, guild_id: int, project_id: ProjectId) -> list[Claim]:
        """Return the superseded versions of a project's claims, the first one of each first."""
        return await self._all(
            _claim,
            lambda: (
                _versions()
                .where(
                    claims.c.guild_id == guild_id,
                    claims.c.project_id == project_id,
                    claim_versions.c.version < claims.c.version,
                )
                .order_by(claims.c.number, claim_versions.c.version)
            ),
        )

    async def has_results(self, claim_id: ClaimId) -> bool:
        """Whether anybody logged a result for a claim."""
        found = await self._value(
            lambda: select(func.count()).select_from(results).where(results.c.claim_id == claim_id)
        )
        return bool(found)

    async def amend(
        self,
        claim: Claim,
        changes: Mapping[str, tuple[str | None, str | None]],
        user_id: int,
        now: datetime,
        *,
        result_id: int | None = None,
    ) -> list[Amendment]:
        """Keep on record what somebody changed: each field's text before and after."""
        made: list[Amendment] = []
        for field, (before, after) in changes.items():
            values: dict[str, Any] = {
                "guild_id": claim.guild_id,
                "claim_id": claim.id,
                "result_id": result_id,
                "version": claim.version,
                "amended_by": user_id,
                "amended_at": now,
                "field": field,
                "before": before,
                "after": after,
            }
            made.append(Amendment(id=await self._insert(amendments, **values), **values))
        return made

    async def amendments(self, claim: Claim) -> list[Amendment]:
        """Return all that was changed in a claim and its results, the first change first."""
        return await self._all(
            Amendment,
            select(amendments)
            .where(amendments.c.guild_id == claim.guild_id, amendments.c.claim_id == claim.id)
            .order_by(amendments.c.id),
        )

    async def _write(
        self,
        claim_id: ClaimId,
        version: int,
        terms: ClaimTerms,
        user_id: int,
        now: datetime,
        reason: str | None,
    ) -> None:
        # Over the present version where it has no results yet: a draft has no history.
        await self._put(
            claim_versions,
            key=("claim_id", "version"),
            claim_id=claim_id,
            version=version,
            fixed_by=user_id,
            fixed_at=now,
            reason=reason,
            **{name: getattr(terms, name) for name in _TERMS},
        )


def _versions() -> Any:
    """Return claims in every version, each with that version's number."""
    return (
        select(*(column for column in _COLUMNS if column is not claims.c.version))
        .add_columns(claim_versions.c.version)
        .join(claim_versions, claim_versions.c.claim_id == claims.c.id)
    )


def _present() -> Any:
    return select(*_COLUMNS).join(
        claim_versions,
        (claim_versions.c.claim_id == claims.c.id) & (claim_versions.c.version == claims.c.version),
    )
