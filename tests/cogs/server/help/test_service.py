"""Where somebody stands, on the real store."""

from dataclasses import replace

from bot.base.clock import SteppedClock
from cogs.boards.tasks.service import TaskService
from cogs.server.help.service import HelpService
from data.store import Store
from tests.cogs.club import ALICE, CARA, Club, at


async def test_help_knows_what_somebody_is_in_and_what_is_next(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open()
    await TaskService(store, clock).add(at(ALICE), club.project.id, title="Train", owners=[ALICE])
    meeting = await club.meeting()
    standing = await HelpService(store, clock).standing(at(ALICE))
    assert [one.id for one in standing.own] == [club.group.id]
    assert standing.others == []
    assert standing.meeting is not None
    assert standing.meeting.id == meeting.id
    assert [one.title for one in standing.projects] == ["Grokking"]
    assert [one.title for one in standing.tasks] == ["Train"]


async def test_a_group_in_a_channel_that_somebody_cannot_read_is_not_named(
    store: Store, clock: SteppedClock
) -> None:
    club = await Club(store, clock).open()
    help_ = HelpService(store, clock)
    assert [one.id for one in (await help_.standing(at(CARA))).others] == [club.group.id]
    hidden = replace(at(CARA), sees=lambda channel_id: False)
    assert (await help_.standing(hidden)).others == []
