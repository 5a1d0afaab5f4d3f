"""Boards whose threads are archived, locked or deleted, and cards that change very often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.base.clock import SteppedClock
from bot.config import Settings
from data.boards.projects import ProjectId
from data.states import CardKind, Decision, ProjectState
from tests.world import World, text

DAY = timedelta(days=1)


def manageable(world: World) -> ChannelHandle:
    """Return a channel where SimCord lets the bot do what Manage Threads allows at Discord."""
    assert world.bot.user is not None
    return world.guild.create_text_channel(
        "managed",
        overwrites={world.bot.user: discord.PermissionOverwrite(manage_channels=True)},
    )


async def board(world: World, channel: ChannelHandle | None = None) -> ChannelHandle:
    where = channel or world.channel
    await world.alice.slash(where, "project propose", paper="arXiv:2201.02177", title="Grokking")
    (thread,) = where.threads
    await world.bob.slash(thread, "project join")
    return thread


def state(world: World, thread: ChannelHandle) -> Any:
    return world.env.backend.get_channel(thread.id).thread_metadata


async def by_itself(world: World, thread: ChannelHandle) -> None:
    """Archive a thread as Discord does, a week after the last message in it."""
    last = thread.last_message
    assert last is not None
    then = (last.created_at + 7 * DAY).isoformat()
    await set_state(world, thread, archived=True, archive_timestamp=then)


async def set_state(world: World, thread: ChannelHandle, **values: object) -> None:
    """Archive or lock a thread."""
    world.env.backend.edit_channel(thread.id, {}, thread_metadata=values)
    await world.env.settle()


def refuse(world: World, thread: ChannelHandle, code: int, status: int = 400) -> None:
    """Refuse messages in a thread, as it does where one is archived or locked."""
    world.env.inject_error(
        "POST", f"/channels/{thread.id}/messages", status=status, code=code, message="No", times=99
    )


def card(thread: ChannelHandle) -> str:
    return text(thread.pinned_messages()[0])


async def test_a_project_whose_opening_was_cut_short_still_brings_its_members_into_the_thread(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def the_process_ends(thread: discord.Thread, user: discord.abc.Snowflake) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(discord.Thread, "add_user", the_process_ends)
        await world.alice.slash(
            world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
        )
    (thread,) = world.channel.threads
    brought = ("PUT", f"/channels/{thread.id}/thread-members/{world.alice.user.id}")
    assert brought not in [(one.method, one.path) for one in world.env.http_requests]

    await world.crash(away=timedelta(minutes=3))
    assert brought in [(one.method, one.path) for one in world.env.http_requests]
    assert len(world.channel.threads) == 1
    assert len(thread.pinned_messages()) == 1


async def test_what_discord_archived_for_quiet_is_opened_while_the_project_lives(
    world: World, clock: SteppedClock
) -> None:
    thread = await board(world, manageable(world))
    await world.forward(6 * DAY)
    await world.bob.click(thread.pinned_messages()[0], label="Join")
    await world.alice.slash(world.channel, "task add", title="Train", project="Grokking")
    clock.move_to(clock.now() + 5 * DAY)
    await world.restart()
    await by_itself(world, thread)
    assert not state(world, thread).archived

    clock.move_to(clock.now() + 3 * DAY)
    await by_itself(world, thread)
    assert state(world, thread).archived, "nothing has happened in it for a week"


async def test_what_a_person_archived_or_locked_stays_so(world: World, clock: SteppedClock) -> None:
    thread = await board(world, manageable(world))
    await set_state(world, thread, archived=True)
    assert state(world, thread).archived
    await world.restart()
    clock.move_to(clock.now() + 8 * DAY)
    await set_state(world, thread, archived=False)
    await world.alice.slash(world.channel, "project update", text="x", project="Grokking")
    await set_state(world, thread, archived=True, locked=True)
    assert state(world, thread).locked


async def test_an_archived_thread_is_opened_for_a_reminder_after_a_restart(world: World) -> None:
    thread = await board(world, manageable(world))
    await world.alice.slash(thread, "deadline add", title="ICML", due="in 10 days")
    await set_state(world, thread, archived=True)
    await world.restart()
    before = len(thread.history())
    world.env.inject_error(
        "POST", f"/channels/{thread.id}/messages", status=400, code=50083, message="Archived"
    )
    await world.forward(6 * DAY)
    assert len(thread.history()) == before + 1
    assert not state(world, thread).archived


@pytest.mark.parametrize(("code", "status"), [(160005, 400), (50013, 403), (160005, 403)])
async def test_a_locked_thread_stays_locked_and_the_reminder_goes_to_the_channel(
    world: World, code: int, status: int
) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "deadline add", title="ICML", due="in 10 days")
    refuse(world, thread, code, status)
    await set_state(world, thread, locked=True)
    await world.restart()
    before = len(thread.history())
    await world.forward(6 * DAY)
    assert len(thread.history()) == before
    assert "ICML" in text(world.channel.last_message)
    assert state(world, thread).locked


async def test_what_a_thread_archived_and_locked_out_of_reach_cannot_take_goes_to_the_channel(
    world: World,
) -> None:
    thread = await board(world)
    refuse(world, thread, 50083)
    world.env.inject_error(
        "PATCH", f"/channels/{thread.id}", status=403, code=50013, message="No", times=99
    )
    await world.forward(14 * DAY)
    await world.restart()
    await world.forward(7 * DAY)
    asked = world.channel.last_message
    assert "its lead has not answered" in text(asked)
    await world.alice.click(asked, label="Pause it")
    async with world.bot.store.read() as tx:
        project = await tx.projects.get(world.guild.id, 1)
    assert project is not None
    assert project.state is ProjectState.PAUSED


async def test_a_deleted_thread_is_made_anew_with_everything_in_it(world: World) -> None:
    thread = await board(world)
    await world.alice.slash(thread, "task add", title="Train")
    await world.forward(14 * DAY)
    world.env.backend.delete_channel(thread.id)
    await world.env.settle()
    await world.restart()
    await world.forward(timedelta(minutes=1))
    (rebuilt,) = world.channel.threads
    assert rebuilt.id != thread.id
    assert "Train" in card(rebuilt)
    await world.forward(7 * DAY)
    assert "Does it go on?" in text(rebuilt.last_message)


async def forum_board(world: World, names: list[str]) -> tuple[ChannelHandle, ChannelHandle]:
    """Open a board in a forum with these tags."""
    from simcord.backend.models import Overwrite
    from simcord.enums import OverwriteType

    forum = world.guild.create_forum_channel("replications")
    stored = world.env.backend.get_channel(forum.id)
    stored.available_tags = [
        {"id": str(900 + index), "name": name, "moderated": False, "emoji_id": None,
         "emoji_name": None}
        for index, name in enumerate(names)
    ]  # fmt: skip
    assert world.bot.user is not None
    allow = discord.Permissions(manage_channels=True).value
    stored.overwrites.append(
        Overwrite(target_id=world.bot.user.id, type=OverwriteType.MEMBER, allow=allow, deny=0)
    )
    await world.organiser.slash(world.channel, "cohort setup", boards=forum)
    await world.restart()
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    (thread,) = forum.threads
    return forum, thread


async def test_a_forum_that_has_twenty_tags_gets_no_further_one(world: World) -> None:
    forum, thread = await forum_board(world, [f"topic {number}" for number in range(20)])
    post = world.env.backend.get_channel(thread.id)
    assert post.applied_tags == []
    await world.alice.slash(thread, "project status", state="active")
    assert len(world.env.backend.get_channel(forum.id).available_tags) == 20
    assert post.applied_tags == []


async def test_a_forum_with_nineteen_gets_one_and_then_no_more(world: World) -> None:
    forum, thread = await forum_board(world, [f"topic {number}" for number in range(19)])
    await world.alice.slash(thread, "project status", state="active")
    await world.alice.slash(thread, "project status", state="writing")
    assert len(world.env.backend.get_channel(forum.id).available_tags) == 20


async def test_a_post_never_has_more_than_five_tags(world: World) -> None:
    _, thread = await forum_board(world, ["active", *(f"topic {number}" for number in range(9))])
    post = world.env.backend.get_channel(thread.id)
    post.applied_tags = [901, 902, 903, 904, 905]
    await world.restart()
    await world.alice.slash(thread, "project status", state="active")
    assert len(post.applied_tags) == 5
    assert 900 in [int(tag) for tag in post.applied_tags]


async def test_two_hundred_tasks_are_paged(world: World) -> None:
    thread = await board(world)
    async with world.bot.store.transaction() as tx:
        for number in range(200):
            await tx.tasks.add(
                guild_id=world.guild.id,
                project_id=ProjectId(1),
                title=f"Task {number:03} " + "wordy " * 18,
                notes=None,
                due_at=None,
                owners=[world.alice.id],
                created_by=world.alice.id,
                now=world.clock.now(),
            )
    world.bot.cards.refresh(CardKind.BOARD, 1)
    await world.env.settle()
    every = await world.bob.select(thread.pinned_messages()[0], ["all"])
    assert every.ephemeral
    assert "Page 1 of 10" in str(every.response.message.embeds[0].footer.text)
    assert "Task 019" in text(every)
    shown = every.response
    for _ in range(9):
        turned = await world.bob.click(shown, label=None, custom_id=next_page(shown))
        assert turned.acknowledged
    assert "Task 199" in text(shown)
    await world.restart()
    one = await world.bob.select(shown, ["200"])
    assert "Task 199" in text(one)
    full = await world.alice.slash(thread, "task add", title="One more")
    assert "has them all" in text(full)


def next_page(shown: Any) -> str:
    ids = [
        item.custom_id
        for row in shown.message.components
        for item in getattr(row, "children", [row])
        if str(getattr(item, "custom_id", "")).startswith("task:page")
    ]
    return str(ids[-1])


@pytest.fixture
async def paced(settings: Settings, clock: SteppedClock) -> AsyncIterator[World]:
    """A bot that edits a card once a second, as in earnest."""
    world = World(replace(settings, card_interval=1.0), clock)
    await world.start()
    yield world
    await world.stop()


async def test_two_hundred_changes_in_a_minute_are_an_edit_a_second_at_most(
    paced: World,
) -> None:
    world = paced
    thread = await board(world)
    await world.env.advance_time(2)
    message = thread.pinned_messages()[0]
    before = len(world.env.http_requests)
    tasks = 0
    for second in range(60):
        for _ in range(4 if second % 3 else 2):
            async with world.bot.store.transaction() as tx:
                tasks += 1
                await tx.tasks.add(
                    guild_id=world.guild.id, project_id=ProjectId(1), title=f"Task {tasks}",
                    notes=None, due_at=None, owners=[], created_by=world.alice.id,
                    now=world.clock.now(),
                )  # fmt: skip
            world.bot.dispatch("project_changed", 1)
        await world.env.advance_time(1)
    await world.env.advance_time(2)
    requests = world.env.http_requests[before:]
    edits = [
        one for one in requests if one.method == "PATCH" and one.path.endswith(str(message.id))
    ]
    assert tasks == 200
    assert 20 <= len(edits) <= 62
    assert [one for one in requests if one.method == "POST"] == []
    assert "0 of 200 done" in card(thread)


async def test_a_claim_and_a_result_that_are_disputed_all_the_time_are_an_edit_a_second_at_most(
    paced: World,
) -> None:
    world = paced
    thread = await board(world)
    await world.alice.slash(thread, "claim add", statement="It holds", metric="acc", reported="99%")
    claim = thread.last_message
    await world.bob.slash(thread, "result log", claim="C1", value="98.7%")
    result = thread.last_message
    await world.env.advance_time(2)
    before = len(world.env.http_requests)
    reviews = 0
    for second in range(60):
        for _ in range(4 if second % 3 else 2):
            reviews += 1
            decision = Decision.DISPUTE if reviews % 2 else Decision.REJECT
            async with world.bot.store.transaction() as tx:
                logged = await tx.results.get(world.guild.id, 1)
                assert logged is not None
                await tx.results.review(
                    logged, world.alice.id, decision, f"Reason {reviews}", world.clock.now()
                )
            for kind in (CardKind.CLAIM, CardKind.RESULT):
                world.bot.cards.refresh(kind, 1)
        await world.env.advance_time(1)
    await world.env.advance_time(2)
    requests = world.env.http_requests[before:]
    assert reviews == 200
    # The result's card names the last reason, and the claim's only what the result amounts to.
    for shown, least in ((claim, 1), (result, 20)):
        edits = [
            one for one in requests if one.method == "PATCH" and one.path.endswith(str(shown.id))
        ]
        assert least <= len(edits) <= 62
    assert [one for one in requests if one.method == "POST"] == []
    now = {one.id: text(one) for one in thread.history()}
    assert "Reason 200" in now[result.id]
    assert "not attempted" in now[claim.id], "the last word was that the result is rejected"


async def test_a_card_in_an_archived_thread_is_history_until_the_thread_is_open_again(
    world: World,
) -> None:
    """An edit would have to open the thread first, which puts it back into everybody's list."""
    thread = await board(world)
    await set_state(world, thread, archived=True)
    await world.alice.slash(
        world.channel, "project edit", summary="Seeds differ", project="Grokking"
    )
    assert state(world, thread).archived
    assert "Seeds differ" not in card(thread)

    await set_state(world, thread, archived=False)
    await world.env.settle()
    assert "Seeds differ" in card(thread)
