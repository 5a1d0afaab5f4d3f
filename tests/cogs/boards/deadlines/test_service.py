"""A project's deadlines on the real store: who may set them, and what falls due for them."""

from datetime import timedelta

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import Conflict, InvalidInput, NotAllowed, NotFound
from cogs.boards.deadlines.service import DeadlineService
from data.delivery.kinds import DeadlineKind
from data.states import ProjectDeadlineState
from data.store import Store
from tests.cogs.club import ALICE, CARA, SERVER, Club, at

WEEK = timedelta(days=7)


async def test_a_moved_deadline_reminds_by_its_new_time_alone(
    store: Store, clock: SteppedClock
) -> None:
    club, deadlines = await Club(store, clock).open(), DeadlineService(store, clock)
    now = clock.now()
    _, one, ahead = await deadlines.add(
        at(ALICE), club.project.id, title="Abstract", due_at=now + 4 * WEEK
    )
    assert ahead > 0
    await deadlines.move(at(ALICE), one.id, now + 8 * WEEK)
    early = [one.kind for one in await club.due(now + 4 * WEEK)]
    assert DeadlineKind.BOARDS_DEADLINE not in early
    late = [one.kind for one in await club.due(now + 9 * WEEK)]
    assert late.count(DeadlineKind.BOARDS_DEADLINE) == ahead + 1, "and once when it passes"


async def test_a_closed_deadline_reminds_nobody_and_frees_its_title(
    store: Store, clock: SteppedClock
) -> None:
    club, deadlines = await Club(store, clock).open(), DeadlineService(store, clock)
    due_at = clock.now() + 4 * WEEK
    _, one, _ = await deadlines.add(at(ALICE), club.project.id, title="Abstract", due_at=due_at)
    with pytest.raises(Conflict, match="already"):
        await deadlines.add(at(ALICE), club.project.id, title="abstract", due_at=due_at)
    await deadlines.close(at(ALICE), one.id, ProjectDeadlineState.DONE)
    with pytest.raises(NotFound):
        await deadlines.due(SERVER, one.id)
    with pytest.raises(Conflict):
        await deadlines.move(at(ALICE), one.id, due_at + WEEK)
    assert DeadlineKind.BOARDS_DEADLINE not in {one.kind for one in await club.due(due_at + WEEK)}
    await deadlines.add(at(ALICE), club.project.id, title="Abstract", due_at=due_at)


async def test_strangers_and_the_past_are_refused(store: Store, clock: SteppedClock) -> None:
    club, deadlines = await Club(store, clock).open(), DeadlineService(store, clock)
    ahead = clock.now() + WEEK
    with pytest.raises(NotAllowed, match="project join"):
        await deadlines.add(at(CARA), club.project.id, title="Abstract", due_at=ahead)
    with pytest.raises(InvalidInput):
        await deadlines.add(at(ALICE), club.project.id, title="Abstract", due_at=clock.now())
    assert await deadlines.of_project(club.project) == []
