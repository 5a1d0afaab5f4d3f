"""Who leads a meeting, on the real store: taking it, handing it over, taking over from nobody."""

from datetime import timedelta

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import Conflict, NotAllowed
from cogs.reading.facilitators import rules
from cogs.reading.facilitators.service import FacilitatorService
from data.delivery.kinds import DeadlineKind
from data.store import Store
from tests.cogs.club import ALICE, BOB, CARA, SERVER, Club, at


async def test_a_led_meeting_is_taken_over_only_when_its_leader_does_not_come(
    store: Store, clock: SteppedClock
) -> None:
    club, leaders = await Club(store, clock).open(), FacilitatorService(store, clock)
    meeting = await club.meeting()
    assert (await leaders.lead(at(BOB), meeting.id)).facilitator_id == BOB
    with pytest.raises(Conflict, match="leads it"):
        await leaders.lead(at(ALICE), meeting.id)
    clock.move_to(meeting.starts_at + rules.TAKE_OVER)
    assert (await leaders.lead(at(ALICE), meeting.id)).facilitator_id == ALICE


async def test_a_sign_of_the_leader_protects_the_lead(store: Store, clock: SteppedClock) -> None:
    club, leaders = await Club(store, clock).open(), FacilitatorService(store, clock)
    meeting = await club.meeting()
    await leaders.lead(at(BOB), meeting.id)
    clock.move_to(meeting.starts_at + timedelta(minutes=1))
    missing = await leaders.missing(meeting.id)
    assert missing is not None
    await leaders.seen(SERVER, club.group.channel_id, BOB)
    assert await leaders.missing(meeting.id) is None
    clock.move_to(meeting.starts_at + rules.TAKE_OVER)
    with pytest.raises(Conflict, match="leads it"):
        await leaders.lead(at(ALICE), meeting.id)


async def test_declining_asks_the_next_in_turn_and_never_the_same_person(
    store: Store, clock: SteppedClock
) -> None:
    club, leaders = await Club(store, clock).open(), FacilitatorService(store, clock)
    earlier = await club.meeting(days=1)
    await leaders.lead(at(ALICE), earlier.id)
    clock.move_to(earlier.ends_at)
    meeting = await club.meeting()
    _, first = await leaders.next_to_ask(meeting.id, 0)
    assert first == BOB, "alice led the last one"
    await leaders.asked(meeting, BOB)
    await club.due(clock.now())
    await leaders.decline(at(BOB), meeting.id)
    assert DeadlineKind.READING_ASK in {one.kind for one in await club.due(clock.now())}
    _, second = await leaders.next_to_ask(meeting.id, BOB)
    assert second == ALICE


async def test_outsiders_neither_lead_nor_are_handed_the_lead(
    store: Store, clock: SteppedClock
) -> None:
    club, leaders = await Club(store, clock).open(), FacilitatorService(store, clock)
    meeting = await club.meeting()
    with pytest.raises(NotAllowed):
        await leaders.lead(at(CARA), meeting.id)
    with pytest.raises(Conflict, match="group join"):
        await leaders.hand_over(at(ALICE), meeting.id, CARA)
    with pytest.raises(NotAllowed):
        await leaders.rotation(at(CARA), club.group)
    clock.move_to(meeting.ends_at)
    with pytest.raises(Conflict, match="is over"):
        await leaders.lead(at(BOB), meeting.id)
