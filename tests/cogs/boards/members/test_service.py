"""Who is in a project, on the real store: asking, accepting, leaving, leading."""

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import Conflict, NotAllowed
from cogs.boards.tasks.service import TaskService
from data.states import Joining, ProjectRole
from data.store import Store
from tests.cogs.club import ALICE, BOB, CARA, OLGA, SERVER, Club, at


async def test_who_asks_is_in_once_the_lead_accepts(store: Store, clock: SteppedClock) -> None:
    club = await Club(store, clock).open(Joining.ASKED)
    members = club.members()
    with pytest.raises(Conflict, match="asked"):
        await members.join(at(CARA), club.project.id)
    asked = await members.ask(at(CARA), club.project.id, "I know JAX", ProjectRole.MENTOR)
    assert asked.answering == (ALICE,)
    with pytest.raises(Conflict, match="already"):
        await members.ask(at(CARA), club.project.id, "Again")
    with pytest.raises(NotAllowed):
        await members.answer(at(BOB), asked.request.id, accepted=True)
    await members.answer(at(ALICE), asked.request.id, accepted=True)
    _, part = await members.membership(at(CARA), club.project.id)
    assert part is not None
    assert part.has(ProjectRole.MENTOR)
    with pytest.raises(Conflict, match="answered"):
        await members.answer(at(ALICE), asked.request.id, accepted=False, reason="no")


async def test_a_full_project_takes_nobody_whatever_was_asked(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open(Joining.ASKED)
    members = club.members()
    asked = await members.ask(at(CARA), club.project.id, "I know JAX")
    await members.join(at(OLGA, organiser=True), club.project.id)
    with pytest.raises(Conflict):
        await members.answer(at(ALICE), asked.request.id, accepted=True)
    assert (await members.membership(at(CARA), club.project.id))[1] is None


async def test_the_leads_invitation_opens_the_door(store: Store, clock: SteppedClock) -> None:
    club = await Club(store, clock).open(Joining.ASKED)
    members = club.members()
    await members.invite(at(BOB), club.project.id, CARA)
    assert await members.has_to_ask(at(CARA), club.project.id), "a member only brings it to mind"
    await members.invite(at(ALICE), club.project.id, CARA)
    await members.join(at(CARA), club.project.id)


async def test_a_lead_leaves_by_handing_over_and_gives_tasks_back(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open()
    members, tasks = club.members(), TaskService(store, clock)
    await tasks.add(at(ALICE), club.project.id, title="Train", owners=[ALICE])
    with pytest.raises(Conflict, match="Hand it over"):
        await members.leave(at(ALICE), club.project.id)
    with pytest.raises(Conflict, match="cannot lead"):
        await members.leave(at(ALICE), club.project.id, successor=CARA)
    left = await members.leave(at(ALICE), club.project.id, successor=BOB)
    assert (left.tasks, left.project.lead_id, left.led) == (1, BOB, False)
    (task,) = await tasks.choices(SERVER, club.project.id)
    assert list(task.owners) == []


async def test_a_project_without_a_lead_is_taken_by_whoever_is_first(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open()
    members = club.members()
    await members.leave(at(ALICE), club.project.id, leaderless=True)
    with pytest.raises(NotAllowed):
        await members.take_lead(at(ALICE), club.project.id)
    assert (await members.take_lead(at(BOB), club.project.id)).lead_id == BOB
    await members.join(at(CARA), club.project.id)
    with pytest.raises(Conflict):
        await members.take_lead(at(CARA), club.project.id)
