"""The scheduler: takes what is due, runs its handler, retries, and records how it ended.

The table is the truth. APScheduler is only the alarm clock: one date job for the next row. A slow
sweep, which follows no clock that can be set, catches what an alarm cannot know of, such as a
machine that was suspended, or a clock that was stepped.
"""

# APScheduler comes without types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

import aiohttp
import discord
import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from msgspec import Struct

from bot.base.clock import Clock, SteppedClock
from bot.base.errors import NotFound, StoreUnavailable, TryLater, Undeliverable
from bot.base.shards import Shards
from bot.jobs.background import Background
from data.delivery.deadlines import Deadline
from data.states import DeadlineState
from data.store import Store
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)

IN_HAND = 50
"""How many rows are taken at most before others are done."""

TOGETHER = 10
"""How many of one kind are delivered together in one server."""

PATIENCE = timedelta(minutes=2)
"""How long one delivery may take; it is tried again then."""

SWEEP = timedelta(seconds=60)
"""How often the table is checked without an alarm."""

# Nearly seven hours in all: long enough for a permission to be put right in an evening, short
# enough that a reminder is not a day late when it comes.
BACKOFF = tuple(
    timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 900, 1800, 3600, 3600, 7200, 7200)
)
"""How long a deadline waits after its first, second, … failure; past the last it has failed."""

# The first seven waits are nearly two hours, which is how long people are told that a refused card
# is tried again (CardKeeper.answer).
REFUSALS = 7
"""How often Discord may refuse a message everywhere before its deadline counts as failed."""

UNREACHABLE = "Discord cannot be reached"
"""Recorded when Discord could not be reached: no attempt is counted, and the deadline is retried
once the connection is back."""

TROUBLE = "Discord has trouble of its own"
"""Recorded when Discord itself failed (5xx)."""

# The fifth wait is a quarter of an hour. An outage says nothing about the deadline itself, so
# however long it lasts it uses up no attempts.
UNREACHABLE_ATTEMPTS = 5
"""While Discord is unreachable, attempts stop counting here, so retries stay 15 minutes apart."""

STORE_AGAIN = timedelta(seconds=10)
"""How soon the table is checked again after the store refused a write."""

HEARTBEAT = "heartbeat"
"""The note that the sweep writes, so that another process can see that this one lives."""

GRACE = timedelta(minutes=2)
"""What is delivered within this of its time is not called late."""

Handler = Callable[[Deadline, timedelta], Awaitable[None]]
"""Delivers one deadline; told how late it is: zero, or more than :data:`GRACE`."""


class Lateness(Enum):
    """What it means for a kind of deadline to come late."""

    SEND = auto()
    """It is delivered anyway, and says that it is late."""
    COLLAPSE = auto()
    """Of several that are due for one subject, only the last is delivered."""
    EXPIRE = auto()
    """Past its ``expires_at`` nobody needs it, and it is not delivered."""


class _Kind(Struct, frozen=True):
    handler: Handler
    lateness: Lateness
    without_us: bool


class DeadlineScheduler:
    """Delivers the rows of the table of deadlines at their time, each once, never losing one."""

    def __init__(self, store: Store, clock: Clock, background: Background) -> None:
        self._store = store
        self._clock = clock
        self._background = background
        self._kinds: dict[str, _Kind] = {}
        self._after_run: list[Callable[[], Awaitable[None]]] = []
        self.until_known: Callable[[int], Awaitable[None]] | None = None
        """Awaited before a delivery: until the client knows the server that it is for."""
        self._on_sweep: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._held: set[int] = set()
        self._running = asyncio.Lock()
        self._more = asyncio.Event()
        self._in_hand = 0
        self._unrecorded = False
        self._hurry = False
        self._next_sweep: asyncio.TimerHandle | None = None
        self._alarm: AsyncIOScheduler | None = None
        self._alarm_job: str | None = None
        self._armed_for: datetime | None = None
        self._stopping = False

    def on(
        self,
        kind: str,
        handler: Handler,
        *,
        lateness: Lateness = Lateness.SEND,
        without_us: bool = False,
    ) -> None:
        """Register ``handler`` for deadlines of this kind.

        One that runs ``without_us`` does so also for a server that removed the bot, for which
        all others wait.

        A handler may be called again for the same deadline, after a failure or a crash, so it
        sends by ``bot.delivery`` and writes what can be written twice. It raises NotFound when the
        subject is gone (the deadline is dropped), and anything else to be tried again later.
        """
        # Two handlers would deliver everything of this kind twice; that is better found at start-up
        # than by people.
        if kind in self._kinds:
            raise ValueError(f"the deadline kind {kind} has a handler already")
        self._kinds[kind] = _Kind(handler, lateness, without_us)

    def after_run(self, call: Callable[[], Awaitable[None]]) -> None:
        """Call ``call`` at the end of each run that delivered something."""
        self._after_run.append(call)

    def on_sweep(self, call: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Call ``call`` about every minute; what it raises is logged."""
        self._on_sweep.append(call)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind that some feature delivers."""
        return frozenset(self._kinds)

    def hold(self, guild_id: int) -> None:
        """Deliver nothing in a server that removed the bot, until it is released."""
        self._held.add(guild_id)

    def release(self, guild_id: int) -> None:
        """Deliver again in a server."""
        self._held.discard(guild_id)

    async def start(self) -> None:
        """Take up what a previous process left, and set the alarm."""
        # A row of our shards that is “sending” now was taken by a process that is gone. Delivery
        # goes by key and nonce, so what it did send is not sent again.
        left = await self.put_back()
        if left:
            log.info("taking up deadlines that were being sent", count=left)
        self._store.on_earlier_deadline = self._earlier
        self._alarm = AsyncIOScheduler(
            # APScheduler drops a job that is more than a second late by default. Ours may be hours
            # late, after a suspend, and has to ring all the same.
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        self._alarm.start()
        self._sweep_later()
        await self._beat()
        await self._arm_for_next()

    def silence(self) -> None:
        """Stop setting alarms: the demo moves the clock, and calls ``run_due``."""
        if self._alarm is not None:
            # Not wait=True: that would cancel coroutines that are running.
            self._alarm.shutdown(wait=False)
            self._alarm = None
        if self._next_sweep is not None:
            self._next_sweep.cancel()
            self._next_sweep = None

    async def stop(self, seconds: float) -> None:
        """Take nothing more, and wait so long for what is being sent; the rest is put back."""
        self._stopping = True
        self._more.set()
        # Commits go on until the store closes, and would set an alarm that nobody hears.
        self._store.on_earlier_deadline = lambda _: None
        self.silence()
        try:
            # Whoever holds the lock is delivering. A deadline that is cut off here may have been
            # sent, so the grace is worth it: recording it costs less than finding it again.
            async with asyncio.timeout(seconds):
                await self._running.acquire()
            self._running.release()
        except TimeoutError:
            log.warning("deadlines still being sent are put back")

    async def put_back(self) -> int:
        """Make what was being sent pending again, once nothing sends it any more.

        Returns how many were. Where the store takes no writes, it is done before more is taken.
        """
        try:
            return await self._store.write(lambda tx: tx.deadlines.put_back(self._store.shards))
        except StoreUnavailable:  # the store has said so
            self._unrecorded = True
            return 0

    async def discord_is_back(self) -> None:
        """Try now what waits because Discord could not be reached."""
        self._hurry = True
        try:
            hurried = await self._store.write(
                lambda tx: tx.deadlines.hurry(
                    [UNREACHABLE, TROUBLE], self._clock.now(), self._store.shards
                )
            )
        except StoreUnavailable:
            return  # the next sweep does it
        self._hurry = False
        if hurried:
            log.info("Discord is back: trying again what it did not take", count=hurried)
            self._earlier(self._clock.now())

    async def next_due(self) -> datetime | None:
        """Return when the next deadline is to be delivered: aware UTC, or None."""
        return await self._store.fetch(lambda tx: tx.deadlines.next_due(self._store.shards))

    async def run_due(self) -> int:
        """Deliver everything that is due at the clock's now; returns how many were delivered.

        Deadlines that fall due meanwhile are delivered in the same run. One server's are
        delivered in order, those of one kind together; servers do not wait for each other.
        """
        async with self._running:
            delivered = await self._run()
            if delivered:
                for call in self._after_run:
                    await call()
        if not self._stopping:
            await self._arm_for_next()
        return delivered

    async def _run(self) -> int:
        """Take what is due until nothing is left, and deliver each server's in order."""
        delivered = 0
        lines: dict[int, deque[Deadline]] = {}
        serving: dict[asyncio.Task[int], int] = {}
        more: asyncio.Task[bool] | None = None
        try:
            while True:
                # Before rows are taken and not after: an alarm that rings meanwhile must
                # start another round, not be forgotten.
                self._more.clear()
                for deadline in await self._take():
                    guild_id = deadline.guild_id
                    if guild_id not in lines:
                        lines[guild_id] = deque()
                        serving[asyncio.create_task(self._serve(lines[guild_id]))] = guild_id
                    lines[guild_id].append(deadline)
                if not serving:
                    return delivered
                if more is None or more.done():
                    more = asyncio.create_task(self._more.wait())
                await asyncio.wait({more, *serving}, return_when=asyncio.FIRST_COMPLETED)
                for task in [task for task in serving if task.done()]:
                    guild_id = serving.pop(task)
                    delivered += task.result()
                    if lines[guild_id]:  # it got more while it was ending
                        serving[asyncio.create_task(self._serve(lines[guild_id]))] = guild_id
                    else:
                        del lines[guild_id]
        finally:
            if more is not None:
                more.cancel()
            for task in serving:
                task.cancel()

    async def _take(self) -> list[Deadline]:
        """Take what is due, as far as there are hands free for it."""
        # One statement takes many rows: taking again for each hand that is free would be a write
        # for each delivery.
        if self._stopping or self._in_hand > IN_HAND // 2:
            return []
        # Read on the loop, before the transaction: on SQLite that runs in another thread, while
        # these change.
        lost, hands, now = (
            self._unrecorded and not self._in_hand,
            IN_HAND - self._in_hand,
            self._clock.now(),
        )

        async def take(tx: Transaction) -> list[Deadline]:
            if lost:
                await tx.deadlines.put_back(self._store.shards)
            return await tx.deadlines.take(now, hands, self._store.shards)

        try:
            taken = await self._store.write(take)
        except StoreUnavailable as error:
            log.warning("nothing due can be taken", reason=error.sentence)
            self._unrecorded = True
            return []
        if not self._in_hand:
            self._unrecorded = False
        self._in_hand += len(taken)
        return taken

    async def _serve(self, line: deque[Deadline]) -> int:
        """Deliver one server's deadlines in order, of one kind several together."""
        delivered = 0
        while line:
            together: list[Deadline] = []
            names: set[tuple[int, int | None]] = set()
            # Two deadlines of one subject must not run together: the second may read what the first
            # writes. Nor may two that collapse into one: the later one would be done before the
            # earlier one looks for it.
            while line and len(together) < TOGETHER:
                collapses = self._collapses(line[0].kind)
                name = (line[0].subject_id, None if collapses else line[0].occurrence)
                if together and (line[0].kind != together[0].kind or name in names):
                    break
                names.add(name)
                together.append(line.popleft())
            delivered += sum(await asyncio.gather(*map(self._deliver_or_put_back, together)))
        return delivered

    def _collapses(self, kind: str) -> bool:
        return kind in self._kinds and self._kinds[kind].lateness is Lateness.COLLAPSE

    async def _deliver_or_put_back(self, deadline: Deadline) -> bool:
        """Deliver one taken deadline; told to stop, or without a store, leave it for later."""
        try:
            if not self._stopping:
                return await self._deliver(deadline)
            await self._store.write(
                lambda tx: tx.deadlines.retry(deadline, deadline.deliver_at, deadline.error)
            )
        except StoreUnavailable as error:
            # It stays as taken, and is put back once the store takes writes again.
            log.warning(
                "what became of a deadline cannot be noted",
                deadline=deadline.key,
                reason=error.sentence,
            )
            self._unrecorded = True
        finally:
            self._in_hand -= 1
            self._more.set()
        return False

    async def _deliver(self, deadline: Deadline) -> bool:
        """Deliver one taken deadline and record how it ended; True when it was delivered."""
        now = self._clock.now()
        kind = self._kinds.get(deadline.kind)
        if kind is None:
            await self._finish(deadline, DeadlineState.FAILED, "no feature delivers this kind")
            return False
        # Held and not failed: the server may come back within 30 days, and then it goes on from
        # here.
        if deadline.guild_id in self._held and not kind.without_us:
            await self._finish(deadline, DeadlineState.HELD)
            return False
        if kind.lateness is Lateness.EXPIRE and (
            deadline.expires_at is not None and deadline.expires_at <= now
        ):
            await self._finish(deadline, DeadlineState.EXPIRED)
            return False
        if self._collapses(deadline.kind) and await self._has_newer_due(deadline, now):
            await self._finish(deadline, DeadlineState.COLLAPSED)
            return False
        # By when it was due and not by when it was tried: quiet hours or a retry move
        # ``deliver_at``, and people count from the former.
        late = now - deadline.due_at
        try:
            # discord.py waits by itself for as long as a rate limit says, and a connection may
            # hang: without an end the row would stay “sending” until the next start.
            async with asyncio.timeout(PATIENCE.total_seconds()):
                if self.until_known is not None:
                    await self.until_known(deadline.guild_id)
                await kind.handler(deadline, late if late > GRACE else timedelta())
        # Neither says anything about the deadline: the caller puts it back, or the next start does.
        except (asyncio.CancelledError, StoreUnavailable):
            raise
        except NotFound as error:
            await self._finish(deadline, DeadlineState.CANCELLED, error.sentence)
            return False
        except Undeliverable as error:
            log.warning("a deadline was refused", deadline=deadline.key, reason=error.sentence)
            await self._failed(deadline, error.sentence, allowed=REFUSALS)
            return False
        except TryLater as error:
            again, sentence = self._clock.now() + timedelta(seconds=error.after), error.sentence
            await self._store.write(
                lambda tx: tx.deadlines.retry(
                    deadline, again, sentence, attempts=deadline.attempts - 1
                )
            )
            return False
        except discord.DiscordServerError as error:
            log.warning("Discord has trouble", deadline=deadline.key, status=error.status)
            await self._failed(deadline, TROUBLE, allowed=len(BACKOFF))
            return False
        except (aiohttp.ClientConnectionError, ConnectionError, TimeoutError) as error:
            log.warning("Discord is not reached", deadline=deadline.key, reason=repr(error))
            await self._not_reached(deadline)
            return False
        except Exception as error:
            log.exception("a deadline could not be delivered", deadline=deadline.key)
            reason = f"{type(error).__name__}: {error}"
            await self._failed(deadline, reason, allowed=len(BACKOFF))
            return False
        await self._finish(deadline, DeadlineState.DONE)
        return True

    async def _failed(self, deadline: Deadline, reason: str, *, allowed: int) -> None:
        """Put a deadline back for later, or mark it failed after the last attempt."""
        if deadline.guild_id in self._held:
            await self._finish(deadline, DeadlineState.HELD, reason)
            return
        if deadline.attempts > allowed:
            await self._finish(deadline, DeadlineState.FAILED, reason)
            return
        # No jitter: deadlines of one server are delivered in order anyway, and all go through one
        # pace.
        wait = BACKOFF[min(deadline.attempts, len(BACKOFF)) - 1]
        await self._store.write(
            lambda tx: tx.deadlines.retry(deadline, self._clock.now() + wait, reason[:500])
        )

    async def _not_reached(self, deadline: Deadline) -> None:
        """Put a deadline back for later without counting it: the failure was not its own."""
        attempts = min(deadline.attempts, UNREACHABLE_ATTEMPTS)
        again = self._clock.now() + BACKOFF[attempts - 1]
        await self._store.write(
            lambda tx: tx.deadlines.retry(deadline, again, UNREACHABLE, attempts=attempts)
        )

    async def _finish(
        self, deadline: Deadline, state: DeadlineState, reason: str | None = None
    ) -> None:
        await self._store.write(
            lambda tx: tx.deadlines.finish(
                deadline, state, self._clock.now(), reason[:500] if reason else None
            )
        )

    async def _has_newer_due(self, deadline: Deadline, now: datetime) -> bool:
        return await self._store.fetch(lambda tx: tx.deadlines.has_newer_due(deadline, now))

    async def _arm_for_next(self) -> None:
        """Set the alarm to the next row; what a commit sets it to meanwhile holds, if earlier."""
        self._arm(None)
        due = None
        try:
            due = await self.next_due()
        except StoreUnavailable as error:
            log.warning("what is due next cannot be read", reason=error.sentence)
            self._unrecorded = True
        if self._unrecorded:
            again = self._clock.now() + STORE_AGAIN
            due = again if due is None else max(due, again)
        if due is not None:
            self._earlier(due)

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
            # The alarm rings on the machine's clock, and the instant is on ours, which a test or
            # the demo may have moved: so the difference is carried over, not the instant.
            wait = max(instant - self._clock.now(), timedelta())
            trigger: Any = DateTrigger(datetime.now(UTC) + wait)
            job: Any = self._alarm.add_job(self._ring, trigger)
            self._alarm_job = job.id

    async def _ring(self) -> None:
        # A second run would wait for the first, and then find that it has delivered everything.
        if self._running.locked():
            self._more.set()
        else:
            self._background.spawn(self.run_due(), "deadlines")

    def _sweep_later(self) -> None:
        """Sweep in a while, by the time that passes: a clock that is set changes nothing."""
        loop = asyncio.get_running_loop()
        self._next_sweep = loop.call_later(SWEEP.total_seconds(), self._sweep_now)

    def _sweep_now(self) -> None:
        self._background.spawn(self._sweep(), "sweep")
        self._sweep_later()

    async def _sweep(self) -> None:
        await self._beat()
        if self._hurry:
            await self.discord_is_back()
        await self._ring()
        for call in self._on_sweep:
            self._background.spawn(call(), "sweep")

    async def sweep(self) -> None:
        """Do now what is done about every minute; for tests and the demo."""
        for call in self._on_sweep:
            await call()

    async def _beat(self) -> None:
        with suppress(StoreUnavailable):  # the store has said so
            await self._store.write(self._note_that_it_lives)

    async def _note_that_it_lives(self, tx: Transaction) -> None:
        for name in set(heartbeats(self._store.shards).values()):
            await tx.notes.put(name, "", self._clock.now())


def heartbeats(shards: Shards) -> dict[int, str]:
    """Return what the note of each shard is called; a process that has them all writes one."""
    if shards.is_all:
        return dict.fromkeys(shards.own, HEARTBEAT)
    return {shard: f"{HEARTBEAT} {shard} of {shards.total}" for shard in shards.own}


async def fast_forward(deadlines: DeadlineScheduler, clock: SteppedClock, to: datetime) -> int:
    """Move ``clock`` to ``to``, delivering everything on the way at its own instant.

    Returns how many deadlines were delivered. For tests and the demo.
    """
    delivered = await deadlines.run_due()
    while (due := await deadlines.next_due()) is not None and due <= to:
        clock.move_to(max(due, clock.now()))
        delivered += await deadlines.run_due()
    clock.move_to(max(to, clock.now()))
    return delivered
