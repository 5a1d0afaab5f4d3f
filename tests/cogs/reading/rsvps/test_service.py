"""Answers on the real store, against the plainest model of a waiting list."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import Conflict, NotFound
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.meetings.service import MeetingService
from cogs.reading.rsvps.service import RsvpService
from data.delivery.cards import Card
from data.reading.meetings import MeetingId
from data.states import Answer, CardKind
from data.store import Store

SERVER, CARD = 10, 99


async def meeting(store: Store, clock: SteppedClock, capacity: int | None) -> MeetingId:
    now = clock.now()
    async with store.transaction() as tx:
        group = await tx.groups.create(
            guild_id=SERVER,
            channel_id=random.getrandbits(40),
            name="Interp",
            focus="a paper",
            timezone=None,
            created_by=1,
            now=now,
        )
        new = await tx.meetings.add(
            guild_id=SERVER,
            group_id=group.id,
            title="Grokking",
            starts_at=now + timedelta(days=3),
            minutes=60,
            capacity=capacity,
            created_by=1,
            created_at=now,
        )
        await tx.cards.put(Card(CardKind.MEETING, new, SERVER, 2, CARD, now))
    return new


async def view_of(store: Store, clock: SteppedClock, meeting_id: MeetingId) -> MeetingView:
    return await MeetingService(store, clock, ZoneInfo("UTC")).view(meeting_id)


@pytest.fixture
def service(store: Store, clock: SteppedClock) -> RsvpService:
    return RsvpService(store, clock)


@pytest.mark.parametrize("seed", range(6))
async def test_any_answers_leaves_and_capacities_keep_the_line_in_order(
    store: Store, clock: SteppedClock, service: RsvpService, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - so that a failure comes again
    meeting_id = await meeting(store, clock, capacity=3)
    line: list[int] = []
    capacity: int | None = 3
    for _ in range(50):
        user = chance.randrange(1, 8)
        step = chance.choice(["going", "going", "maybe", "back", "capacity"])
        if step == "capacity":
            capacity = chance.choice([None, 1, 2, 3, 5])
            async with store.transaction() as tx:
                await tx.meetings.edit(meeting_id, capacity=capacity)
        elif step == "going":
            await service.reacted(SERVER, CARD, user, Answer.GOING)
            line += [user] if user not in line else []
        else:
            if step == "maybe":
                await service.reacted(SERVER, CARD, user, Answer.MAYBE)
            await service.unreacted(SERVER, CARD, user, Answer.GOING)
            line = [one for one in line if one != user]
        turnout = (await view_of(store, clock, meeting_id)).turnout
        seats = len(line) if capacity is None else capacity
        assert turnout.going == tuple(line[:seats])
        assert turnout.waiting == tuple(line[seats:])


async def test_an_answer_after_the_start_is_refused_and_an_unknown_meeting_is_not_found(
    store: Store, clock: SteppedClock, service: RsvpService
) -> None:
    meeting_id = await meeting(store, clock, capacity=None)
    await service.answer(SERVER, meeting_id, 7, Answer.MAYBE)
    with pytest.raises(NotFound):
        await service.answer(SERVER + 1, meeting_id, 7, Answer.GOING)
    clock.move_to(clock.now() + timedelta(days=3))
    with pytest.raises(Conflict, match="has started"):
        await service.answer(SERVER, meeting_id, 7, Answer.GOING)
    assert await service.reacted(SERVER, CARD, 7, Answer.GOING) is None
    assert (await view_of(store, clock, meeting_id)).turnout.maybe == (7,)


async def test_a_reaction_under_another_server_s_card_answers_nothing(
    store: Store, clock: SteppedClock, service: RsvpService
) -> None:
    meeting_id = await meeting(store, clock, capacity=None)
    assert await service.reacted(SERVER + 1, CARD, 7, Answer.GOING) is None
    assert (await view_of(store, clock, meeting_id)).turnout.going == ()


@pytest.mark.parametrize("seed", range(4))
async def test_reactions_that_come_at_once_leave_what_they_leave_one_by_one(
    store: Store, clock: SteppedClock, service: RsvpService, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - so that a failure comes again
    meeting_id = await meeting(store, clock, capacity=3)
    steps = [
        (chance.randrange(1, 12), chance.choice(list(Answer)), chance.random() < 0.6)
        for _ in range(200)
    ]

    async def react(user: int, answer: Answer, on: bool) -> object:
        step = service.reacted if on else service.unreacted
        done = await step(SERVER, CARD, user, answer)
        assert done is not None
        return done.before, done.after

    async def left() -> list[tuple[object, ...]]:
        answers = (await view_of(store, clock, meeting_id)).answers
        return [(one.user_id, one.answer, tuple(one.earlier), one.message_id) for one in answers]

    one_by_one = [await react(*step) for step in steps]
    expected = await left()
    async with store.transaction() as tx:
        for user in range(1, 12):
            await tx.rsvps.remove(meeting_id, user)
    at_once = await asyncio.gather(*(react(*step) for step in steps))
    assert at_once == one_by_one
    assert await left() == expected
    _, news = await service.news(meeting_id)
    assert news.waiting == (await view_of(store, clock, meeting_id)).turnout.waiting
