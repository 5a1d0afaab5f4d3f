"""Silence, and the vote on letting a project sleep."""

from __future__ import annotations

from datetime import timedelta

import discord
from simcord.builders import ChannelHandle

from tests.world import World, text

DAY = timedelta(days=1)


async def board(world: World, *, cara: bool = False) -> ChannelHandle:
    await world.alice.slash(
        world.channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    (thread,) = world.channel.threads
    await world.bob.slash(thread, "project join")
    if cara:
        await world.cara.slash(thread, "project join")
    return thread


async def vote(world: World, *, cara: bool = False) -> tuple[ChannelHandle, discord.Message]:
    """Let three weeks pass in silence, which asks everybody."""
    thread = await board(world, cara=cara)
    await world.forward(21 * DAY)
    asked = thread.last_message
    assert asked is not None
    assert "Does it go on?" in text(asked)
    return thread, asked


def card(thread: ChannelHandle) -> str:
    return text(thread.pinned_messages()[0])


def again(thread: ChannelHandle, message: discord.Message) -> str:
    return text(next(one for one in thread.history() if one.id == message.id))


async def test_more_than_half_let_it_sleep_and_any_update_wakes_it(world: World) -> None:
    thread, asked = await vote(world)
    first = await world.bob.click(asked, label="Let it sleep")
    assert first.ephemeral
    assert "Asleep" not in card(thread)
    await world.restart()
    await world.alice.click(asked, label="Let it sleep")
    assert "Asleep" in card(thread)
    assert "It sleeps" in again(thread, asked)
    before = len(thread.history())
    await world.forward(90 * DAY)
    assert len(thread.history()) == before

    await world.bob.slash(thread, "project update", text="The GPU is back")
    assert "Asleep" not in card(thread)
    assert "Something woke it since" in again(thread, asked)
    await world.forward(14 * DAY)
    assert "Nothing has happened here for 14 days" in text(thread.last_message)


async def test_a_vote_is_changed_and_a_tie_goes_on(world: World) -> None:
    thread, asked = await vote(world)
    await world.alice.click(asked, label="Let it sleep")
    await world.bob.click(asked, label="Let it sleep")
    await world.restart()
    assert "Asleep" in card(thread)
    late = await world.bob.click(asked, label="Wake it up")
    assert "woke" in text(late)
    assert "Asleep" not in card(thread)

    await world.forward(21 * DAY)
    second = thread.last_message
    await world.alice.click(second, label="Let it sleep")
    await world.bob.click(second, label="Keep going")
    assert "Asleep" not in card(thread)
    assert "It goes on" in again(thread, second)


async def test_too_few_voices_decide_nothing_and_an_organiser_may(world: World) -> None:
    thread, asked = await vote(world, cara=True)
    await world.bob.click(asked, label="Let it sleep")
    await world.restart()
    await world.forward(7 * DAY)
    assert "Undecided" in again(thread, asked)
    assert "Asleep" not in card(thread)
    refused = await world.bob.click(asked, label="Let it sleep now")
    assert "Only an organiser" in text(refused)
    done = await world.organiser.click(asked, label="Let it sleep now")
    assert "sleeps now" in text(done)
    assert "Asleep" in card(thread)
    assert f"<@{world.organiser.id}>" in again(thread, asked)


async def test_the_majority_of_those_who_vote_decides_at_the_end(world: World) -> None:
    thread, asked = await vote(world, cara=True)
    dora = world.join("dora")
    eve = world.join("eve")
    await world.forward(timedelta(hours=1))
    assert dora.id
    await world.bob.click(asked, label="Let it sleep")
    stranger = await eve.click(asked, label="Let it sleep")
    assert "Press Join" in text(stranger)
    await world.cara.click(asked, label="Let it sleep")
    assert "It sleeps" in again(thread, asked)


async def test_an_update_meanwhile_settles_the_vote(world: World) -> None:
    thread, asked = await vote(world)
    await world.alice.click(asked, label="Let it sleep")
    form = await world.bob.click(asked, label="Write an update")
    await world.restart()
    await world.bob.submit_modal(form, {"text": "It runs"})
    assert "something happened meanwhile" in again(thread, asked)
    late = await world.bob.click(thread.pinned_messages()[0], label="Add a task")
    assert late.modal is not None
    await world.forward(10 * DAY)
    assert "Asleep" not in card(thread)


async def test_an_organiser_who_is_no_member_decides_instead_of_voting(world: World) -> None:
    thread, asked = await vote(world)
    offered = await world.organiser.click(asked, label="Let it sleep")
    assert "no member" in text(offered)
    await world.organiser.click(offered.response, label="Let it sleep now")
    assert "Asleep" in card(thread)


async def test_the_lead_changes_after_how_long_it_is_asked_or_never(world: World) -> None:
    thread = await board(world)
    more = await world.bob.click(thread.pinned_messages()[0], label="More …")
    assert "Settings" not in text(more)
    more = await world.alice.click(thread.pinned_messages()[0], label="More …")
    form = await world.alice.click(more.response, label="Settings …")
    wrong = await world.alice.submit_modal(form, {"days": "3"})
    assert "7 to 90" in text(wrong)
    form = await world.alice.click(more.response, label="Settings …")
    await world.restart()
    saved = await world.alice.submit_modal(form, {"days": "30", "wanted": ["writer", "engineer"]})
    assert "after 30 silent days" in text(saved)
    assert "Wanted: engineer, writer" in card(thread)
    before = len(thread.history())
    await world.forward(29 * DAY)
    assert len(thread.history()) == before
    await world.forward(2 * DAY)
    assert "for 30 days" in text(thread.last_message)

    form = await world.alice.click(more.response, label="Settings …")
    await world.alice.submit_modal(form, {"days": "off", "wanted": []})
    before = len(thread.history())
    await world.forward(200 * DAY)
    assert len(thread.history()) == before


async def test_a_crash_in_the_middle_of_a_vote_loses_nothing(world: World) -> None:
    thread, asked = await vote(world)
    await world.alice.click(asked, label="Let it sleep")
    await world.crash(away=8 * DAY)
    assert "Undecided" in again(thread, asked)
    assert len([one for one in thread.history() if "Does it go on" in text(one)]) == 1
