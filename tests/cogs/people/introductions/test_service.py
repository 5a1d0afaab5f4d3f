"""Introductions on the real store: only to those who are open to it, and not twice."""

from datetime import timedelta

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import Conflict, NotFound
from cogs.people.introductions.rules import AGAIN_AFTER
from cogs.people.introductions.service import IntroductionService
from cogs.people.profiles.service import ProfileService
from data.delivery.kinds import DeadlineKind
from data.states import Audience, Purpose
from data.store import Store
from tests.cogs.club import ALICE, BOB, CARA, Club, at


async def test_only_who_is_open_to_it_and_shows_it_can_be_asked(
    store: Store, clock: SteppedClock
) -> None:
    await Club(store, clock).open()
    profiles, introductions = ProfileService(store, clock), IntroductionService(store, clock)
    assert (await introductions.find(at(ALICE), Purpose.PAIR)).matches == []
    await profiles.open_to(at(BOB), [Purpose.PAIR])
    await profiles.show_to(at(BOB), Audience.GROUPS)
    found = await introductions.find(at(ALICE), Purpose.PAIR)
    assert [one.profile.user_id for one in found.matches] == [BOB]
    assert (await introductions.find(at(CARA), Purpose.PAIR)).matches == [], "they share no group"
    with pytest.raises(NotFound):
        await introductions.ask(at(CARA), BOB, Purpose.PAIR)


async def test_one_answer_counts_and_the_two_are_left_in_peace_for_a_while(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open()
    profiles, introductions = ProfileService(store, clock), IntroductionService(store, clock)
    await profiles.open_to(at(BOB), [Purpose.PAIR])
    await profiles.show_to(at(BOB), Audience.GROUPS)
    asked = await introductions.ask(at(ALICE), BOB, Purpose.PAIR)
    kinds = {one.kind for one in await club.due(clock.now())}
    assert DeadlineKind.INTRODUCTION_ASK in kinds
    with pytest.raises(NotFound):
        await introductions.answer(asked.id, CARA, accepted=True)
    await introductions.answer(asked.id, BOB, accepted=True)
    with pytest.raises(Conflict):
        await introductions.answer(asked.id, BOB, accepted=False)
    assert DeadlineKind.INTRODUCTION_MEET in {one.kind for one in await club.due(clock.now())}
    with pytest.raises(Conflict, match="days"):
        await introductions.ask(at(ALICE), BOB, Purpose.PAIR)
    clock.move_to(clock.now() + AGAIN_AFTER + timedelta(seconds=1))
    await introductions.ask(at(ALICE), BOB, Purpose.PAIR)


async def test_somebody_who_cannot_be_reached_counts_as_a_no(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open()
    profiles, introductions = ProfileService(store, clock), IntroductionService(store, clock)
    await profiles.open_to(at(BOB), [Purpose.PAIR])
    await profiles.show_to(at(BOB), Audience.GROUPS)
    asked = await introductions.ask(at(ALICE), BOB, Purpose.PAIR)
    await introductions.unreachable(asked.id)
    assert (await introductions.view(asked.id)).introduction.accepted is False
    kinds = [one.kind for one in await club.due(clock.now())]
    assert kinds.count(DeadlineKind.INTRODUCTION_ANSWER) == 1
