"""What falls due: rows that are taken, delivered, and then done, failed or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NewType

from msgspec import Struct
from sqlalchemy import ColumnElement, Text, bindparam, delete, func, select, update

from bot.base.shards import ALL, Shards
from data.delivery.schema import deadlines
from data.repository import Repository
from data.session import Session
from data.shards import of_shards
from data.statements import Prepared, given
from data.states import DeadlineState

DeadlineId = NewType("DeadlineId", int)

# The state is written into the statement, not bound, so that SQLite can use the partial index.


def _is(state: DeadlineState) -> ColumnElement[bool]:
    """Return the condition with the state written out, as the index of that state has it."""
    return deadlines.c.state == bindparam(
        state.value, state.value, type_=Text(), literal_execute=True
    )


_PENDING = _is(DeadlineState.PENDING)
_FAILED = _is(DeadlineState.FAILED)
_SENDING = _is(DeadlineState.SENDING)

KEPT = timedelta(days=90)
"""How long after its time a deadline that is over stays, and a record of what was sent.

Long enough to look into what went wrong with a quarter's rounds; nothing else reads them."""

# A failed one as well: `/cohort health` would go on showing a reminder for what is cancelled. One
# that is being sent ends by itself.
_TO_CANCEL = [DeadlineState.PENDING, DeadlineState.FAILED, DeadlineState.HELD]

_OVER = [
    DeadlineState.DONE, DeadlineState.CANCELLED, DeadlineState.COLLAPSED, DeadlineState.EXPIRED,
]  # fmt: skip


class Deadline(Struct, frozen=True):
    """One thing that falls due.

    ``kind``, ``subject_id``, ``occurrence`` and ``offset`` name it uniquely: which sort of thing,
    for which row of that feature, which repetition of it, and how many seconds before it.
    ``due_at`` is when it should happen; ``deliver_at`` when it is next tried, later after a
    failure or for quiet hours. Past ``expires_at`` nobody needs it any more.
    """

    id: DeadlineId
    guild_id: int
    kind: str
    subject_id: int
    occurrence: int
    offset: int
    due_at: datetime
    deliver_at: datetime
    expires_at: datetime | None
    state: DeadlineState
    attempts: int
    finished_at: datetime | None
    error: str | None

    @property
    def key(self) -> str:
        """A text that names this deadline and no other."""
        return f"{self.kind}/{self.subject_id}/{self.occurrence}/{self.offset}"

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be delivered, or is being delivered now."""
        return self.state in (DeadlineState.PENDING, DeadlineState.SENDING)


class Due(Struct, frozen=True):
    """A deadline to put into the table, by the columns that its subject decides."""

    kind: str
    due_at: datetime
    occurrence: int = 0
    offset: int = 0
    deliver_at: datetime | None = None
    expires_at: datetime | None = None


class Deadlines(Repository):
    """The rows of deadlines."""

    def __init__(self, connection: Session) -> None:
        super().__init__(connection)
        self.earliest: dict[int, datetime] = {}
        """The earliest instant that this transaction put in the table for each server."""

    async def put(
        self,
        kind: str,
        subject_id: int,
        due_at: datetime,
        *,
        guild_id: int,
        occurrence: int = 0,
        offset: int = 0,
        deliver_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """Schedule a ``kind`` for a subject at ``due_at``; one with the same key is moved."""
        due = Due(kind, due_at, occurrence, offset, deliver_at, expires_at)
        await self.put_all(subject_id, [due], guild_id=guild_id)

    async def put_all(self, subject_id: int, planned: Sequence[Due], *, guild_id: int) -> None:
        """Schedule all that falls due for a subject, in one statement; see :meth:`put`."""
        rows = [
            {
                "guild_id": guild_id,
                "kind": one.kind,
                "subject_id": subject_id,
                "occurrence": one.occurrence,
                "offset": one.offset,
                "due_at": one.due_at,
                "deliver_at": one.deliver_at or one.due_at,
                "expires_at": one.expires_at,
                "state": DeadlineState.PENDING,
                # What is moved starts over: earlier failures were those of another time.
                "attempts": 0,
                "finished_at": None,
                "error": None,
            }
            for one in planned
        ]
        await self._put_all(deadlines, ("kind", "subject_id", "occurrence", "offset"), rows)
        for one in planned:
            self._touch(guild_id, one.deliver_at or one.due_at)

    async def cancel(
        self, subject_id: int, *kinds: str, occurrence: int | None = None, offset: int | None = None
    ) -> int:
        """Cancel a subject's pending deadlines of these kinds; returns how many there were."""
        if occurrence is None and offset is None:
            return await self._run(
                lambda: (
                    update(deadlines)
                    .where(
                        deadlines.c.kind.in_(kinds),
                        deadlines.c.subject_id == subject_id,
                        deadlines.c.state.in_(_TO_CANCEL),
                    )
                    .values(state=DeadlineState.CANCELLED)
                )
            )
        statement = update(deadlines).where(
            deadlines.c.kind.in_(kinds),
            deadlines.c.subject_id == subject_id,
            deadlines.c.state.in_(_TO_CANCEL),
        )
        if occurrence is not None:
            statement = statement.where(deadlines.c.occurrence == occurrence)
        if offset is not None:
            statement = statement.where(deadlines.c.offset == offset)
        return await self._run(statement.values(state=DeadlineState.CANCELLED))

    async def drop(self, kind: str, subject_id: int, *, occurrence: int | None = None) -> None:
        """Delete a subject's deadlines of a kind, as if they had never been set."""
        if occurrence is None:
            await self._run(
                lambda: delete(deadlines).where(
                    deadlines.c.kind == kind, deadlines.c.subject_id == subject_id
                )
            )
        else:
            await self._run(
                lambda: delete(deadlines).where(
                    deadlines.c.kind == kind,
                    deadlines.c.subject_id == subject_id,
                    deadlines.c.occurrence == occurrence,
                )
            )

    async def of(self, subject_id: int, *kinds: str) -> list[Deadline]:
        """Return a subject's deadlines of these kinds, in any state, by when they are due."""
        return await self._all(
            Deadline,
            lambda: (
                select(deadlines)
                .where(deadlines.c.kind.in_(kinds), deadlines.c.subject_id == subject_id)
                .order_by(deadlines.c.due_at)
            ),
        )

    async def take(self, now: datetime, limit: int, shards: Shards = ALL) -> list[Deadline]:
        """Take up to ``limit`` rows that are due, in one statement: the earliest first."""
        taken = await self._all(Deadline, _take(shards).filled(now, limit))
        last = datetime.max.replace(tzinfo=now.tzinfo)
        # RETURNING promises no order in either database.
        return sorted(taken, key=lambda row: (row.deliver_at, row.expires_at or last, row.id))

    async def finish(
        self,
        deadline: Deadline,
        state: DeadlineState,
        now: datetime,
        error: str | None = None,
    ) -> None:
        """Record how a taken deadline ended, unless it was moved while it was being sent."""
        deadline_id = deadline.id
        await self._run(
            lambda: (
                update(deadlines)
                .where(
                    deadlines.c.id == deadline_id,
                    # Where its subject was moved while it was being sent, ``put`` has made it
                    # pending again, and it has still to come.
                    deadlines.c.state == DeadlineState.SENDING,
                )
                .values(state=state, finished_at=now, error=error)
            )
        )

    async def retry(
        self,
        deadline: Deadline,
        deliver_at: datetime,
        error: str | None,
        *,
        attempts: int | None = None,
    ) -> None:
        """Put a taken deadline back, to be tried again at ``deliver_at``.

        ``attempts`` is how many then count, where this one does not.
        """
        await self._run(
            update(deadlines)
            .where(
                deadlines.c.id == deadline.id,
                # As in ``finish``: what was moved meanwhile waits for its own time.
                deadlines.c.state == DeadlineState.SENDING,
            )
            .values(
                state=DeadlineState.PENDING,
                deliver_at=deliver_at,
                error=error,
                attempts=deadlines.c.attempts if attempts is None else attempts,
            )
        )
        self._touch(deadline.guild_id, deliver_at)

    async def has_newer_due(self, deadline: Deadline, now: datetime) -> bool:
        """Whether the same subject has a later deadline of the kind that is due as well."""
        later = (deadlines.c.due_at > deadline.due_at) | (
            (deadlines.c.due_at == deadline.due_at) & (deadlines.c.id > deadline.id)
        )
        found = await self._value(
            select(deadlines.c.id)
            .where(
                deadlines.c.kind == deadline.kind,
                deadlines.c.subject_id == deadline.subject_id,
                deadlines.c.due_at <= now,
                deadlines.c.state.in_([DeadlineState.PENDING, DeadlineState.SENDING]),
                later,
            )
            .limit(1)
        )
        return found is not None

    async def retry_failed(self, guild_id: int, now: datetime) -> int:
        """Retry a server's failed deadlines now; returns how many there were."""
        retried = await self._run(
            lambda: (
                update(deadlines)
                .where(
                    deadlines.c.guild_id == guild_id,
                    _FAILED,
                )
                .values(state=DeadlineState.PENDING, deliver_at=now, attempts=0, finished_at=None)
            )
        )
        if retried:
            self._touch(guild_id, now)
        return retried

    async def dismiss_failed(self, guild_id: int) -> int:
        """Dismiss a server's failed deadlines; returns how many there were."""
        return await self._run(
            lambda: (
                update(deadlines)
                .where(
                    deadlines.c.guild_id == guild_id,
                    _FAILED,
                )
                .values(state=DeadlineState.CANCELLED)
            )
        )

    async def hold(self, guild_id: int, *, besides: str) -> int:
        """Hold a server's pending deadlines, except those of one kind; returns how many."""
        return await self._run(
            lambda: (
                update(deadlines)
                .where(deadlines.c.guild_id == guild_id, _PENDING, deadlines.c.kind != besides)
                .values(state=DeadlineState.HELD)
            )
        )

    async def release(self, guild_id: int, now: datetime) -> int:
        """Make what was held in a server pending again; returns how many deadlines there were."""
        released = await self._run(
            lambda: (
                update(deadlines)
                .where(deadlines.c.guild_id == guild_id, _is(DeadlineState.HELD))
                .values(state=DeadlineState.PENDING)
            )
        )
        if released:
            self._touch(guild_id, now)
        return released

    async def hurry(self, errors: Sequence[str], now: datetime, shards: Shards = ALL) -> int:
        """Retry now everything that waits after these errors; returns how many there were."""
        return await self._run(
            update(deadlines)
            .where(
                _PENDING,
                deadlines.c.error.is_not(None),
                deadlines.c.error.in_(errors),
                # Those that are due already would lose their place in the line.
                deadlines.c.deliver_at > now,
                *of_shards(shards, deadlines.c.guild_id),
            )
            .values(deliver_at=now)
        )

    async def put_back(self, shards: Shards = ALL) -> int:
        """Make everything that was being sent pending again; for the start and a hurried end."""
        return await self._run(
            update(deadlines)
            .where(_SENDING, *of_shards(shards, deadlines.c.guild_id))
            .values(state=DeadlineState.PENDING)
        )

    async def next_due(self, shards: Shards = ALL) -> datetime | None:
        """Return when the next pending deadline is to be delivered."""
        return await self._value(_next_due(shards).filled())

    async def upcoming(self, guild_id: int, limit: int) -> Sequence[Deadline]:
        """Return a server's next pending deadlines."""
        return await self._all(
            Deadline,
            lambda: (
                select(deadlines)
                .where(deadlines.c.guild_id == guild_id, _PENDING)
                .order_by(deadlines.c.deliver_at)
                .limit(limit)
            ),
        )

    async def failed(self, guild_id: int, limit: int) -> Sequence[Deadline]:
        """Return a server's failed deadlines, the latest first."""
        return await self._all(
            Deadline,
            lambda: (
                select(deadlines)
                .where(
                    deadlines.c.guild_id == guild_id,
                    _FAILED,
                )
                .order_by(deadlines.c.finished_at.desc())
                .limit(limit)
            ),
        )

    async def failing(self, guild_ids: Sequence[int]) -> set[int]:
        """Return those of these servers that have failed deadlines."""
        found = select(deadlines.c.guild_id).where(deadlines.c.guild_id.in_(guild_ids), _FAILED)
        return set(await self._values(found.distinct()))

    async def count(self, state: DeadlineState) -> int:
        """Return how many deadlines are in a state."""
        return await self._value(select(func.count()).select_from(deadlines).where(_is(state)))

    async def prune(self, now: datetime, limit: int) -> int:
        """Delete what was over long ago, ``limit`` at most; returns how many there were."""
        old = (
            select(deadlines.c.id)
            .where(deadlines.c.due_at < now - KEPT, deadlines.c.state.in_(_OVER))
            .order_by(deadlines.c.due_at)
            .limit(limit)
        )
        return await self._run(delete(deadlines).where(deadlines.c.id.in_(old)))

    def _touch(self, guild_id: int, deliver_at: datetime) -> None:
        standing = self.earliest.get(guild_id)
        if standing is None or deliver_at < standing:
            self.earliest[guild_id] = deliver_at


@cache
def _take(shards: Shards) -> Prepared:
    """Return the statement that takes what is due ``now``, up to ``limit``."""
    due = (
        select(deadlines.c.id)
        .where(
            _PENDING,
            deadlines.c.deliver_at <= given("now"),
            *of_shards(shards, deadlines.c.guild_id),
        )
        .order_by(deadlines.c.deliver_at, deadlines.c.expires_at.asc().nulls_last(), deadlines.c.id)
        .limit(given("limit"))
        # What somebody else holds, an operator in psql for one, keeps nobody waiting.
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(deadlines)
        .where(deadlines.c.id.in_(due))
        .values(state=DeadlineState.SENDING, attempts=deadlines.c.attempts + 1)
        .returning(deadlines)
    )
    return Prepared(taken, ("now", "limit"))


@cache
def _next_due(shards: Shards) -> Prepared:
    """Return the statement that tells when the next pending deadline is to be delivered."""
    pending = select(deadlines.c.deliver_at).where(
        _PENDING, *of_shards(shards, deadlines.c.guild_id)
    )
    return Prepared(pending.order_by(deadlines.c.deliver_at).limit(1), ())
