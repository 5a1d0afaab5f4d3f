"""Commitments that are tasks, on the real store."""

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import Conflict, NotFound
from cogs.boards.tasks.service import TaskService
from cogs.checkins.commitments.service import CommitmentService
from cogs.checkins.task_links.service import TaskLinkService
from data.checkins.commitments import Commitment
from data.states import CommitmentState, TaskState
from data.store import Store
from tests.cogs.club import ALICE, BOB, SERVER, Club, at


async def commit(club: Club, user_id: int) -> Commitment:
    """Return somebody's commitment to what is a task of alice's."""
    added = await CommitmentService(club.store, club.clock).add(
        at(user_id), club.group, text="train on mod 97", due_at=None, witness_id=None
    )
    return added.commitment


async def test_a_commitment_that_names_ones_own_task_is_suggested_until_it_is_linked(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open()
    tasks, links = TaskService(store, clock), TaskLinkService(store, clock)
    moved = await tasks.add(at(ALICE), club.project.id, title="Train on mod 97", owners=[ALICE])
    made = await commit(club, ALICE)
    (alike,) = await links.alike_one(made)
    assert alike.task.id == moved.task.id
    await links.make_one(at(ALICE), made.id, moved.task.id)
    assert await links.alike_one(made) == []
    with pytest.raises(Conflict, match="already"):
        await links.make_one(at(ALICE), made.id, moved.task.id)
    await links.part(at(ALICE), made.id)
    with pytest.raises(Conflict):
        await links.part(at(ALICE), made.id)


async def test_finishing_the_task_keeps_the_commitment(store: Store, clock: SteppedClock) -> None:
    club = await Club(store, clock).open()
    tasks, links = TaskService(store, clock), TaskLinkService(store, clock)
    moved = await tasks.add(at(ALICE), club.project.id, title="Train on mod 97", owners=[ALICE])
    made = await commit(club, ALICE)
    await links.make_one(at(ALICE), made.id, moved.task.id)
    await tasks.move(at(ALICE), moved.task.id, TaskState.DONE)
    view = await CommitmentService(store, clock).view(SERVER, made.id)
    assert view.commitment.state is CommitmentState.KEPT


async def test_what_is_somebody_elses_cannot_be_linked(store: Store, clock: SteppedClock) -> None:
    club = await Club(store, clock).open()
    tasks, links = TaskService(store, clock), TaskLinkService(store, clock)
    moved = await tasks.add(at(ALICE), club.project.id, title="Train on mod 97", owners=[ALICE])
    made = await commit(club, BOB)
    assert await links.alike_one(made) == []
    with pytest.raises(NotFound, match="task of yours"):
        await links.make_one(at(BOB), made.id, moved.task.id)
    with pytest.raises(NotFound, match="commitment of yours"):
        await links.make_one(at(ALICE), made.id, moved.task.id)
