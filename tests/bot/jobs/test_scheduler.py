"""The scheduler: nothing due is lost, doubled or early."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime, timedelta
from unittest.mock import Mock

import discord
import pytest
from msgspec.structs import replace

from bot.base.clock import SteppedClock
from bot.base.errors import NotFound, Undeliverable
from bot.jobs.background import Background
from bot.jobs.scheduler import BACKOFF, GRACE, REFUSALS, DeadlineScheduler, Lateness, fast_forward
from data.delivery.deadlines import Deadline
from data.states import DeadlineState
from data.store import Store

SERVER = 7
HOUR = timedelta(hours=1)


class Post:
    """A handler that remembers what it delivered, and fails when told to."""

    def __init__(self, clock: SteppedClock) -> None:
        self._clock = clock
        self.delivered: list[tuple[str, datetime, timedelta]] = []
        self.failing: list[Exception] = []

    async def __call__(self, deadline: Deadline, late: timedelta) -> None:
        if self.failing:
            raise self.failing.pop(0)
        self.delivered.append((deadline.key, self._clock.now(), late))

    @property
    def keys(self) -> list[str]:
        return [key for key, _, _ in self.delivered]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a lock as long as it takes to see it, in a store that is opened from here on."""
    monkeypatch.setattr("data.sqlite.BUSY_TIMEOUT_MS", 50)


@pytest.fixture
def post(clock: SteppedClock) -> Post:
    return Post(clock)


@pytest.fixture
async def deadlines(
    store: Store, clock: SteppedClock, post: Post
) -> AsyncIterator[DeadlineScheduler]:
    background = Background()
    scheduler = DeadlineScheduler(store, clock, background)
    scheduler.on("remind", post)
    scheduler.on("nudge", post, lateness=Lateness.COLLAPSE)
    scheduler.on("start", post, lateness=Lateness.EXPIRE)
    await scheduler.start()
    yield scheduler
    await scheduler.stop(1)
    await background.close(1)


async def put(store: Store, kind: str, subject: int, due: datetime, **more: object) -> None:
    async with store.transaction() as tx:
        await tx.deadlines.put(kind, subject, due, **{"guild_id": SERVER, **more})  # type: ignore[arg-type]


async def states(store: Store, subject: int, *kinds: str) -> list[DeadlineState]:
    async with store.read() as tx:
        return [one.state for one in await tx.deadlines.of(subject, *kinds)]


async def test_what_is_due_is_delivered_once_and_what_is_not_stays(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    start = clock.now()
    await put(store, "remind", 1, start + HOUR)
    await put(store, "remind", 2, start + 2 * HOUR)
    assert await deadlines.next_due() == start + HOUR
    assert await deadlines.run_due() == 0

    clock.move_to(start + HOUR)
    assert await deadlines.run_due() == 1
    assert await deadlines.run_due() == 0
    assert post.keys == ["remind/1/0/0"]
    assert await deadlines.next_due() == start + 2 * HOUR


async def test_a_late_one_is_delivered_and_told_how_late_it_is(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    start = clock.now()
    await put(store, "remind", 1, start + HOUR)
    await put(store, "remind", 2, start + 4 * HOUR - GRACE)
    clock.move_to(start + 4 * HOUR)
    await deadlines.run_due()
    assert [late for _, _, late in post.delivered] == [3 * HOUR, timedelta()]


async def test_several_late_ones_of_one_subject_collapse_into_the_last(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    start = clock.now()
    for number in range(5):
        await put(store, "nudge", 1, start + HOUR * (number + 1), occurrence=number)
    await put(store, "nudge", 2, start + HOUR)
    clock.move_to(start + 6 * HOUR)
    assert await deadlines.run_due() == 2
    assert sorted(post.keys) == ["nudge/1/4/0", "nudge/2/0/0"]
    assert (await states(store, 1, "nudge")).count(DeadlineState.COLLAPSED) == 4


async def test_an_earlier_one_that_is_looked_at_slowly_is_not_delivered_after_the_last(
    deadlines: DeadlineScheduler,
    store: Store,
    clock: SteppedClock,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look = deadlines._has_newer_due

    async def look_slowly(deadline: Deadline, now: datetime) -> bool:
        if deadline.occurrence == 0:
            for _ in range(100):
                if DeadlineState.DONE in await states(store, 1, "nudge"):
                    break
        return await look(deadline, now)

    monkeypatch.setattr(deadlines, "_has_newer_due", look_slowly)
    for number in range(2):
        await put(store, "nudge", 1, clock.now() + HOUR * (number + 1), occurrence=number)
    clock.move_to(clock.now() + 3 * HOUR)
    assert await deadlines.run_due() == 1
    assert post.keys == ["nudge/1/1/0"]


async def test_one_that_nobody_needs_any_more_expires(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    await put(store, "start", 1, clock.now() - 2 * HOUR, expires_at=clock.now())
    await put(store, "start", 2, clock.now() - 2 * HOUR, expires_at=clock.now() + HOUR)
    await deadlines.run_due()
    assert post.keys == ["start/2/0/0"]
    assert await states(store, 1, "start") == [DeadlineState.EXPIRED]


async def test_a_failure_is_tried_again_later_and_then_succeeds(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    post.failing = [ConnectionError("Discord is away"), ConnectionError("still")]
    await put(store, "remind", 1, clock.now() + HOUR)
    clock.move_to(clock.now() + HOUR)
    assert await deadlines.run_due() == 0
    assert await deadlines.next_due() == clock.now() + BACKOFF[0]

    await fast_forward(deadlines, clock, clock.now() + BACKOFF[0] + BACKOFF[1])
    assert post.keys == ["remind/1/0/0"]
    assert await states(store, 1, "remind") == [DeadlineState.DONE]


async def test_one_that_always_fails_is_kept_as_failed_with_its_reason(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    post.failing = [ValueError("a defect")] * 100
    await put(store, "remind", 1, clock.now())
    await fast_forward(deadlines, clock, clock.now() + timedelta(days=2))
    async with store.read() as tx:
        (failed,) = await tx.deadlines.failed(SERVER, 10)
    assert failed.attempts == len(BACKOFF) + 1
    assert failed.error == "ValueError: a defect"
    assert await deadlines.next_due() is None


async def test_however_long_discord_is_away_nothing_fails_and_all_goes_once_it_is_back(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    post.failing = [ConnectionError("Discord is away")] * 1000
    began = clock.now()
    await put(store, "remind", 1, began)
    await fast_forward(deadlines, clock, began + timedelta(days=2))
    assert await states(store, 1, "remind") == [DeadlineState.PENDING]
    tried = 1000 - len(post.failing)
    assert 150 < tried < 250, "about every quarter of an hour"

    post.failing = []
    clock.move_to(clock.now() + timedelta(minutes=1))
    await deadlines.discord_is_back()
    await deadlines.run_due()
    assert [late for _, _, late in post.delivered] == [clock.now() - began]


async def test_a_server_error_of_discords_counts_and_is_tried_again_once_it_is_back(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    answer = Mock(status=503, reason="upstream")
    post.failing = [discord.DiscordServerError(answer, "upstream")] * 4
    await put(store, "remind", 1, clock.now())
    await fast_forward(deadlines, clock, clock.now() + timedelta(minutes=5))
    assert post.delivered == []
    await deadlines.discord_is_back()
    await deadlines.run_due()
    assert len(post.delivered) == 1


async def test_one_that_never_ends_does_not_hold_up_the_others(
    store: Store, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.scheduler.PATIENCE", timedelta(seconds=0.2))
    background = Background()
    scheduler = DeadlineScheduler(store, clock, background)
    done: list[int] = []

    async def deliver(deadline: Deadline, late: timedelta) -> None:
        if deadline.guild_id == SERVER:
            await asyncio.Event().wait()
        done.append(deadline.subject_id)
        if deadline.subject_id == 2:
            await put(store, "remind", 3, clock.now(), guild_id=8)

    scheduler.on("remind", deliver)
    await put(store, "remind", 1, clock.now())
    await put(store, "remind", 2, clock.now(), guild_id=8)
    await scheduler.start()
    running = asyncio.create_task(scheduler.run_due())
    async with asyncio.timeout(5):
        while 3 not in done:  # noqa: ASYNC110 - a short wait, and no event to wait for
            await asyncio.sleep(0.01)
    assert not running.done() or done == [2, 3]
    await running
    assert await states(store, 1, "remind") == [DeadlineState.PENDING]
    await scheduler.stop(1)
    await background.close(1)


@pytest.mark.usefixtures("impatient")
async def test_what_the_store_could_not_note_is_taken_up_again_by_the_same_process(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    await put(store, "remind", 1, clock.now())
    assert store.path is not None
    with closing(sqlite3.connect(store.path)) as other:
        handler = deadlines._kinds["remind"].handler

        async def lock_and_deliver(deadline: Deadline, late: timedelta) -> None:
            other.execute("BEGIN IMMEDIATE")
            await handler(deadline, late)

        deadlines._kinds["remind"] = replace(deadlines._kinds["remind"], handler=lock_and_deliver)
        assert await deadlines.run_due() == 0
        deadlines._kinds["remind"] = replace(deadlines._kinds["remind"], handler=handler)
        assert await states(store, 1, "remind") == [DeadlineState.SENDING]
        assert await deadlines.run_due() == 0, "it is still locked"
        other.rollback()
    assert await deadlines.run_due() == 1
    assert await states(store, 1, "remind") == [DeadlineState.DONE]
    assert len(post.delivered) == 2, "a real handler sends under a key, so once"


@pytest.mark.usefixtures("impatient")
async def test_a_start_while_the_store_takes_no_writes_takes_up_what_was_left_once_it_does(
    store: Store, clock: SteppedClock, post: Post
) -> None:
    await put(store, "remind", 1, clock.now())
    async with store.transaction() as tx:
        await tx.deadlines.take(clock.now(), 1)
    background = Background()
    scheduler = DeadlineScheduler(store, clock, background)
    scheduler.on("remind", post)
    assert store.path is not None
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        await scheduler.start()
        assert await scheduler.run_due() == 0
        other.rollback()
    assert await scheduler.run_due() == 1
    assert await states(store, 1, "remind") == [DeadlineState.DONE]
    await scheduler.stop(1)
    await background.close(1)


async def test_a_row_that_comes_while_the_alarm_is_being_set_is_not_slept_through(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock
) -> None:
    await put(store, "remind", 1, clock.now() + HOUR)
    look = deadlines.next_due

    async def look_and_be_overtaken() -> datetime | None:
        seen = await look()
        deadlines.next_due = look  # type: ignore[method-assign]
        await put(store, "remind", 2, clock.now() + timedelta(minutes=1))
        return seen

    deadlines.next_due = look_and_be_overtaken  # type: ignore[method-assign]
    await deadlines.run_due()
    assert deadlines._armed_for == clock.now() + timedelta(minutes=1)


async def test_a_refusal_fails_sooner_than_an_outage(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    post.failing = [Undeliverable("<#5>: I may not post there")] * 100
    await put(store, "remind", 1, clock.now())
    await fast_forward(deadlines, clock, clock.now() + 3 * HOUR)
    async with store.read() as tx:
        (failed,) = await tx.deadlines.failed(SERVER, 10)
    assert failed.attempts == REFUSALS + 1


async def test_one_whose_subject_is_gone_is_let_go(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    post.failing = [NotFound("That meeting does not exist any more.")]
    await put(store, "remind", 1, clock.now())
    await deadlines.run_due()
    assert await states(store, 1, "remind") == [DeadlineState.CANCELLED]


async def test_a_cancelled_one_is_never_delivered(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    await put(store, "remind", 1, clock.now() + HOUR)
    async with store.transaction() as tx:
        assert await tx.deadlines.cancel(1, "remind") == 1
    await fast_forward(deadlines, clock, clock.now() + 2 * HOUR)
    assert post.keys == []


async def test_one_that_is_put_again_is_moved(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    start = clock.now()
    await put(store, "remind", 1, start + HOUR)
    await put(store, "remind", 1, start + 2 * HOUR)
    await fast_forward(deadlines, clock, start + 3 * HOUR)
    assert [(key, at) for key, at, _ in post.delivered] == [("remind/1/0/0", start + 2 * HOUR)]


async def test_one_that_is_moved_while_it_is_being_sent_is_sent_again_at_its_new_time(
    store: Store, clock: SteppedClock
) -> None:
    scheduler = DeadlineScheduler(store, clock, Background())
    sent: list[datetime] = []

    async def move_once(deadline: Deadline, late: timedelta) -> None:
        if not sent:
            await put(store, "remind", 1, clock.now() + HOUR)
        sent.append(clock.now())

    scheduler.on("remind", move_once)
    await put(store, "remind", 1, clock.now())
    await fast_forward(scheduler, clock, clock.now() + 2 * HOUR)
    assert sent == [clock.now() - 2 * HOUR, clock.now() - HOUR]


async def test_what_a_stopped_process_was_sending_is_taken_up_by_the_next(
    store: Store, clock: SteppedClock, post: Post
) -> None:
    await put(store, "remind", 1, clock.now())
    async with store.transaction() as tx:
        assert len(await tx.deadlines.take(clock.now(), 10)) == 1

    background = Background()
    scheduler = DeadlineScheduler(store, clock, background)
    scheduler.on("remind", post)
    await scheduler.start()
    await scheduler.run_due()
    await scheduler.stop(1)
    await background.close(1)
    assert post.keys == ["remind/1/0/0"]


async def test_going_forward_delivers_each_at_its_own_instant_in_order(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock, post: Post
) -> None:
    start = clock.now()
    for hours in (5, 1, 3, 2, 4):
        await put(store, "remind", hours, start + HOUR * hours)
    assert await fast_forward(deadlines, clock, start + 10 * HOUR) == 5
    assert [at - start for _, at, _ in post.delivered] == [HOUR * n for n in (1, 2, 3, 4, 5)]
    assert clock.now() == start + 10 * HOUR


async def test_one_server_keeps_its_order_and_none_waits_for_another(
    store: Store, clock: SteppedClock
) -> None:
    scheduler = DeadlineScheduler(store, clock, Background())
    done: list[tuple[int, int]] = []
    slow = asyncio.Event()

    async def deliver(deadline: Deadline, late: timedelta) -> None:
        if deadline.guild_id == 1:
            await slow.wait()
        done.append((deadline.guild_id, deadline.subject_id))
        if len([one for one in done if one[0] == 2]) == 3:
            slow.set()

    scheduler.on("remind", deliver)
    async with store.transaction() as tx:
        for subject in range(3):
            for server in (1, 2):
                await tx.deadlines.put(
                    "remind", server * 10 + subject, clock.now(), guild_id=server
                )
    await scheduler.run_due()
    assert done == [(2, 20), (2, 21), (2, 22), (1, 10), (1, 11), (1, 12)]


async def test_the_alarm_rings_by_itself_and_an_earlier_row_sets_it_earlier(
    store: Store, clock: SteppedClock
) -> None:
    rang: asyncio.Queue[int] = asyncio.Queue()
    background = Background()
    scheduler = DeadlineScheduler(store, clock, background)

    async def ring(deadline: Deadline, late: timedelta) -> None:
        rang.put_nowait(deadline.subject_id)

    scheduler.on("remind", ring)
    await scheduler.start()
    await put(store, "remind", 1, clock.now() + HOUR)
    await put(store, "remind", 2, clock.now())
    async with asyncio.timeout(5):
        assert await rang.get() == 2
    await scheduler.stop(1)
    await background.close(1)


async def test_stopping_waits_for_what_is_being_sent_and_puts_back_the_rest(
    store: Store, clock: SteppedClock
) -> None:
    background = Background()
    scheduler = DeadlineScheduler(store, clock, background)
    sending, finish = asyncio.Event(), asyncio.Event()
    sent: list[int] = []

    async def deliver(deadline: Deadline, late: timedelta) -> None:
        sending.set()
        await finish.wait()
        sent.append(deadline.subject_id)

    scheduler.on("remind", deliver)
    scheduler.on("nudge", deliver)
    for subject, kind in ((1, "remind"), (2, "nudge"), (3, "remind")):
        await put(store, kind, subject, clock.now())
    running = asyncio.create_task(scheduler.run_due())
    await sending.wait()
    stopping = asyncio.create_task(scheduler.stop(5))
    await asyncio.sleep(0)
    finish.set()
    await stopping
    await running

    assert sent == [1]
    assert await states(store, 1, "remind") == [DeadlineState.DONE]
    assert await states(store, 2, "nudge") == [DeadlineState.PENDING]
    assert await states(store, 3, "remind") == [DeadlineState.PENDING]


async def test_a_deadline_of_a_kind_that_nobody_delivers_fails_visibly(
    deadlines: DeadlineScheduler, store: Store, clock: SteppedClock
) -> None:
    await put(store, "forgotten", 1, clock.now())
    await deadlines.run_due()
    assert await states(store, 1, "forgotten") == [DeadlineState.FAILED]
