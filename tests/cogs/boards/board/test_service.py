"""Where boards are, on the real store: a thread that is gone is made again."""

from datetime import timedelta

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import NotFound
from cogs.boards.board.service import BoardService
from cogs.boards.projects.service import ProjectService
from data.delivery.kinds import DeadlineKind
from data.store import Store
from tests.cogs.club import ALICE, BOB, CHANNEL, SERVER, Club, at

THREAD = 30


async def test_a_board_whose_thread_was_deleted_is_due_again(
    store: Store, clock: SteppedClock
) -> None:
    club, boards = await Club(store, clock).open(), BoardService(store, clock)
    await boards.opened(club.project, CHANNEL, THREAD)
    soon = clock.now() + timedelta(minutes=5)
    assert DeadlineKind.BOARDS_OPEN not in {one.kind for one in await club.due(soon)}
    found = await boards.in_thread(SERVER, THREAD)
    assert found is not None
    assert found.id == club.project.id
    lost = await boards.lost(SERVER, THREAD)
    assert lost is not None
    assert lost.thread_id is None
    assert DeadlineKind.BOARDS_OPEN in {one.kind for one in await club.due(soon)}
    assert await boards.lost(SERVER, THREAD) is None, "it is nobody's thread any more"


async def test_an_archived_board_stays_gone_with_its_thread(
    store: Store, clock: SteppedClock
) -> None:
    club, boards = await Club(store, clock).open(), BoardService(store, clock)
    opened = await boards.opened(club.project, CHANNEL, THREAD)
    await ProjectService(store, clock).archive(at(ALICE), opened.id)
    await boards.lost_channel(SERVER, CHANNEL)
    soon = clock.now() + timedelta(minutes=5)
    assert DeadlineKind.BOARDS_OPEN not in {one.kind for one in await club.due(soon)}


async def test_a_view_holds_the_people_and_an_unknown_board_is_named(
    store: Store, clock: SteppedClock
) -> None:
    club, boards = await Club(store, clock).open(), BoardService(store, clock)
    view = await boards.view(club.project.id)
    assert [one.user_id for one in view.members] == [ALICE, BOB]
    assert view.paper is not None
    with pytest.raises(NotFound):
        await boards.view(club.project.id + 1)
