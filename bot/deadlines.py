"""The scheduler: claims what is due, runs its handler, retries, and records how it ended.

The table is the truth. APScheduler is only the alarm clock: one date job for the next row, and a
slow sweep that catches what an alarm cannot know of, such as a machine that was suspended.
"""

# APScheduler comes without types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.background import Background
from bot.clock import Clock, SteppedClock
from bot.errors import NotFound, Undeliverable
from data.database import Store
from data.deadlines import Deadline
from data.states import DeadlineState

log = structlog.stdlib.get_logger(__name__)

BATCH = 50
"""How many rows one claim takes."""

SWEEP = timedelta(seconds=60)
"""How often the table is looked at without an alarm."""

BACKOFF = tuple(
    timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 900, 1800, 3600, 3600, 7200, 7200)
)
"""How long a deadline waits after its first, second, … failure; past the last it has failed."""

REFUSALS = 7
"""How often Discord may refuse a message at every place before its deadline has failed."""

HEARTBEAT = "heartbeat"
"""The note that the sweep writes, so that another process can see that this one lives."""

GRACE = timedelta(minutes=2)
"""What is delivered within this of its time is not called late."""

Handler = Callable[[Deadline, timedelta], Awaitable[None]]
"""Delivers one deadline; told how late it is: zero, or more than :data:`GRACE`."""


class Lateness(Enum):
    """What it means for a kind of deadline to come late."""

    SEND = auto()
    """It is delivered all the same, and says that it is late."""
    COLLAPSE = auto()
    """Of several that are due for one subject, only the last is delivered."""
    EXPIRE = auto()
    """Past its ``expires_at`` nobody needs it, and it is not delivered."""


@dataclass(frozen=True, slots=True)
class _Kind:
    handler: Handler
    lateness: Lateness


class DeadlineScheduler:
    """Delivers the rows of the table of deadlines at their time, each once, never losing one."""

    def __init__(self, store: Store, clock: Clock, background: Background) -> None:
        self._store = store
        self._clock = clock
        self._background = background
        self._kinds: dict[str, _Kind] = {}
        self._after_run: list[Callable[[], Awaitable[None]]] = []
        self._running = asyncio.Lock()
        self._alarm: AsyncIOScheduler | None = None
        self._alarm_job: str | None = None
        self._armed_for: datetime | None = None
        self._stopping = False

    def on(self, kind: str, handler: Handler, *, lateness: Lateness = Lateness.SEND) -> None:
        """Have ``handler`` deliver deadlines of this kind.

        A handler may be called again for the same deadline, after a failure or a crash, so it
        sends by ``bot.delivery`` and writes what can be written twice. It raises NotFound when the
        subject is gone (the deadline is let go), and anything else to be tried again later.
        """
        if kind in self._kinds:
            raise ValueError(f"the deadline kind {kind} has a handler already")
        self._kinds[kind] = _Kind(handler, lateness)

    def after_run(self, call: Callable[[], Awaitable[None]]) -> None:
        """Have ``call`` awaited at the end of each run that delivered something."""
        self._after_run.append(call)

    async def start(self) -> None:
        """Take up what a previous process left, and set the alarm."""
        async with self._store.transaction() as tx:
            left = await tx.deadlines.put_back()
        if left:
            log.info("taking up deadlines that were being sent", count=left)
        self._store.on_earlier_deadline = self._earlier
        self._alarm = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._alarm.start()
        self._alarm.add_job(self._sweep, IntervalTrigger(seconds=int(SWEEP.total_seconds())))
        await self._beat()
        self._arm(await self.next_due())

    def silence(self) -> None:
        """Set no alarm any more: whoever moves the clock calls ``run_due``. For the demo."""
        if self._alarm is not None:
            # Not wait=True: that would cancel coroutines that are running.
            self._alarm.shutdown(wait=False)
            self._alarm = None

    async def stop(self, seconds: float) -> None:
        """Claim nothing more, and wait so long for what is being sent; the rest is put back."""
        self._stopping = True
        self._store.on_earlier_deadline = lambda _: None
        self.silence()
        try:
            async with asyncio.timeout(seconds):
                await self._running.acquire()
            self._running.release()
        except TimeoutError:
            log.warning("deadlines still being sent are put back")

    async def put_back(self) -> None:
        """Make what was being sent pending again, once nothing sends it any more."""
        async with self._store.transaction() as tx:
            await tx.deadlines.put_back()

    async def next_due(self) -> datetime | None:
        """Return when the next deadline is to be delivered: aware UTC, or None."""
        async with self._store.read() as tx:
            return await tx.deadlines.next_due()

    async def run_due(self) -> int:
        """Deliver everything that is due at the clock's now; returns how many were delivered.

        Deadlines that a delivery itself makes due are delivered in the same run. One server's
        are delivered in order; servers do not wait for each other.
        """
        delivered = 0
        async with self._running:
            while not self._stopping:
                async with self._store.transaction() as tx:
                    claimed = await tx.deadlines.claim(self._clock.now(), BATCH)
                if not claimed:
                    break
                by_server: defaultdict[int, list[Deadline]] = defaultdict(list)
                for deadline in claimed:
                    by_server[deadline.guild_id].append(deadline)
                counts = await asyncio.gather(*map(self._deliver_all, by_server.values()))
                delivered += sum(counts)
            if delivered:
                for call in self._after_run:
                    await call()
        if not self._stopping:
            self._arm(await self.next_due())
        return delivered

    async def _deliver_all(self, deadlines: Iterable[Deadline]) -> int:
        delivered = 0
        for deadline in deadlines:
            if self._stopping:
                async with self._store.transaction() as tx:
                    await tx.deadlines.retry(deadline, deadline.deliver_at, deadline.error)
            else:
                delivered += await self._deliver(deadline)
        return delivered

    async def _deliver(self, deadline: Deadline) -> bool:
        """Deliver one claimed deadline and record how it ended; True when it was delivered."""
        now = self._clock.now()
        kind = self._kinds.get(deadline.kind)
        if kind is None:
            await self._finish(deadline, DeadlineState.FAILED, "no feature delivers this kind")
            return False
        if kind.lateness is Lateness.EXPIRE and (
            deadline.expires_at is not None and deadline.expires_at <= now
        ):
            await self._finish(deadline, DeadlineState.EXPIRED)
            return False
        if kind.lateness is Lateness.COLLAPSE and await self._has_newer_due(deadline, now):
            await self._finish(deadline, DeadlineState.COLLAPSED)
            return False
        late = now - deadline.due_at
        try:
            await kind.handler(deadline, late if late > GRACE else timedelta())
        except asyncio.CancelledError:
            raise
        except NotFound as error:
            await self._finish(deadline, DeadlineState.CANCELLED, error.sentence)
            return False
        except Undeliverable as error:
            log.warning("a deadline was refused", deadline=deadline.key, reason=error.sentence)
            await self._failed(deadline, error.sentence, allowed=REFUSALS)
            return False
        except Exception as error:
            log.exception("a deadline could not be delivered", deadline=deadline.key)
            reason = f"{type(error).__name__}: {error}"
            await self._failed(deadline, reason, allowed=len(BACKOFF))
            return False
        await self._finish(deadline, DeadlineState.DONE)
        return True

    async def _failed(self, deadline: Deadline, reason: str, *, allowed: int) -> None:
        """Put a deadline back for later, or, tried often enough, mark it failed."""
        if deadline.attempts > allowed:
            await self._finish(deadline, DeadlineState.FAILED, reason)
            return
        wait = BACKOFF[min(deadline.attempts, len(BACKOFF)) - 1]
        async with self._store.transaction() as tx:
            await tx.deadlines.retry(deadline, self._clock.now() + wait, reason[:500])

    async def _finish(
        self, deadline: Deadline, state: DeadlineState, reason: str | None = None
    ) -> None:
        async with self._store.transaction() as tx:
            await tx.deadlines.finish(
                deadline, state, self._clock.now(), reason[:500] if reason else None
            )

    async def _has_newer_due(self, deadline: Deadline, now: datetime) -> bool:
        async with self._store.read() as tx:
            return await tx.deadlines.has_newer_due(deadline, now)

    def _earlier(self, instant: datetime) -> None:
        """Set the alarm earlier, when a commit put something before what it is set for."""
        if self._armed_for is None or instant < self._armed_for:
            self._arm(instant)

    def _arm(self, instant: datetime | None) -> None:
        """Set the one alarm to ``instant``, or to nothing.

        Each alarm is a job of its own: one that is set again while it runs would be lost.
        """
        self._armed_for = instant
        if self._alarm is None:
            return
        if self._alarm_job is not None:
            with suppress(JobLookupError):  # it has rung
                self._alarm.remove_job(self._alarm_job)
            self._alarm_job = None
        if instant is not None:
            wait = max(instant - self._clock.now(), timedelta())
            trigger: Any = DateTrigger(datetime.now(UTC) + wait)
            job: Any = self._alarm.add_job(self._ring, trigger)
            self._alarm_job = job.id

    async def _ring(self) -> None:
        if not self._running.locked():
            self._background.spawn(self.run_due(), "deadlines")

    async def _sweep(self) -> None:
        await self._beat()
        await self._ring()

    async def _beat(self) -> None:
        async with self._store.transaction() as tx:
            await tx.notes.put(HEARTBEAT, "", self._clock.now())


async def fast_forward(deadlines: DeadlineScheduler, clock: SteppedClock, to: datetime) -> int:
    """Move ``clock`` to ``to``, delivering everything on the way at its own instant.

    Returns how many deadlines were delivered. For tests and the demo.
    """
    delivered = await deadlines.run_due()
    while (due := await deadlines.next_due()) is not None and due <= to:
        clock.move_to(max(due, clock.now()))
        delivered += await deadlines.run_due()
    clock.move_to(to)
    return delivered
