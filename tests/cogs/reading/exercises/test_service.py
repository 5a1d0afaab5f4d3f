"""A unit's exercises on the real store: taken once to each place, and only where one may."""

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import Conflict, NotAllowed, NotFound
from cogs.checkins.commitments.service import CommitmentService
from cogs.reading.exercises.service import ExerciseService
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting
from data.store import Store
from tests.cogs.club import ALICE, CARA, SERVER, Club, at

TEXTS = ("Derive the loss", "Plot it")


async def with_exercises(club: Club) -> Meeting:
    """Return a meeting about a unit with two exercises."""
    meeting = await club.meeting()
    async with club.store.transaction() as tx:
        list_id = await tx.reading_lists.add(
            guild_id=SERVER,
            group_id=club.group.id,
            title="A course",
            created_by=ALICE,
            created_at=club.clock.now(),
        )
        unit_id = await tx.reading_lists.add_unit(
            SERVER, list_id, number=1, week=1, title="Losses", tasks=TEXTS
        )
        await tx.reading_lists.meet(unit_id, meeting.id)
    return meeting


async def test_exercises_become_commitments_once(store: Store, clock: SteppedClock) -> None:
    club, exercises = await Club(store, clock).open(), ExerciseService(store, clock)
    meeting = await with_exercises(club)
    took = await exercises.take(at(ALICE), meeting.id, None)
    assert tuple(one.text for one in took.exercises) == TEXTS
    overview = await CommitmentService(store, clock).overview(at(ALICE), club.group)
    assert {one.text for one in overview.open} == set(TEXTS)
    with pytest.raises(Conflict, match="already"):
        await exercises.take(at(ALICE), meeting.id, None)


async def test_a_board_takes_them_by_a_deadline_and_besides_the_commitments(
    store: Store, clock: SteppedClock
) -> None:
    club, exercises = await Club(store, clock).open(), ExerciseService(store, clock)
    meeting = await with_exercises(club)
    await exercises.take(at(ALICE), meeting.id, None)
    took = await exercises.take(at(ALICE), meeting.id, club.project.id)
    assert len(took.exercises) == len(TEXTS)
    assert DeadlineKind.BOARDS_EXERCISES in {one.kind for one in await club.due(clock.now())}


async def test_strangers_other_boards_and_meetings_without_exercises_are_refused(
    store: Store, clock: SteppedClock
) -> None:
    club, exercises = await Club(store, clock).open(), ExerciseService(store, clock)
    plain = await club.meeting(days=5)
    with pytest.raises(NotFound, match="no exercises"):
        await exercises.offer(at(ALICE), plain.id)
    meeting = await with_exercises(club)
    with pytest.raises(NotAllowed):
        await exercises.offer(at(CARA), meeting.id)
    with pytest.raises(NotFound, match="no such project"):
        await exercises.take(at(ALICE), meeting.id, club.project.id + 1)
