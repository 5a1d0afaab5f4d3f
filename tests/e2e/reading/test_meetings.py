"""Meetings, as people schedule and answer them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import discord
import pytest

from cogs.reading.meetings.posting import Posting
from tests.e2e.reading.steps import (
    TUESDAY_EVENING,
    fields,
    last_card,
    meetings,
    reactions,
    schedule,
    shown,
)
from tests.world import World, text


async def test_a_meeting_is_a_card_with_its_answers_and_a_thread(world: World) -> None:
    await world.group()
    card = await schedule(
        world,
        paper="https://arxiv.org/abs/2201.02177",
        minutes=90,
        where="voice channel",
        facilitator=world.bob,
    )

    assert f"<t:{int(TUESDAY_EVENING.timestamp())}:F>" in text(card)
    assert f"<t:{int(TUESDAY_EVENING.timestamp())}:R>" in text(card)
    assert "90 minutes" in text(card)
    assert "voice channel" in text(card)
    assert f"led by {world.bob.mention}" in text(card)
    assert "https://arxiv.org/abs/2201.02177" in text(card)
    assert list(reactions(card)) == ["✅", "❔", "❌"]
    (thread,) = world.channel.threads
    assert thread.name == "Grokking · 10 Nov"
    assert thread.mention not in shown(world), "Discord shows the thread below the card"
    assert fields(world) == {"✅ Going (0)": "Nobody yet"}

    await world.alice.react(card, "✅")
    await world.bob.react(card, "❔")
    assert fields(world)["✅ Going (1)"] == world.alice.mention
    assert fields(world)["❔ Maybe (1)"] == world.bob.mention


async def test_a_card_that_may_have_come_out_as_an_answer_is_not_posted_by_the_next_start(
    world: World,
) -> None:
    # Those of this bot: an extension that was unloaded is imported again.
    from cogs.reading.meetings.scheduling import MeetingPlan
    from cogs.reading.meetings.service import MeetingService

    await world.group()
    async with world.bot.store.read() as tx:
        (group,) = await tx.groups.of_server(world.guild.id)
    # As when the process ends between writing the meeting down and noting where its card stands.
    alice = world.place(world.alice, organiser=True)
    plan = MeetingPlan("Grokking", TUESDAY_EVENING, ZoneInfo("UTC"))
    await world.bot.service(MeetingService).schedule(alice, group, plan)

    def cards() -> list[discord.Message]:
        return [one for one in world.channel.history() if "React to answer" in text(one)]

    await world.restart()
    await world.env.settle()
    assert cards() == [], "first it is looked for"
    await world.forward(timedelta(minutes=3))
    assert len(cards()) == 1
    assert world.channel.threads


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"when": "2026-10-01 19:00"}, "Try"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 91}, "91 characters"),
    ],
)
async def test_what_cannot_be_is_refused_with_an_example(
    world: World, options: dict[str, str], sentence: str
) -> None:
    await world.group()
    given = {"title": "Grokking", "when": "tue 19:00"} | options
    refused = await world.alice.slash(world.channel, "meeting schedule", **given)
    assert refused.ephemeral
    assert sentence in text(refused)
    assert await meetings(world) == []


async def test_only_members_schedule_and_are_told_how_to_join(world: World) -> None:
    await world.group()
    refused = await world.cara.slash(
        world.channel, "meeting schedule", title="Mine", when="tue 19:00"
    )
    assert refused.ephemeral
    assert "`/group join` first" in text(refused)


async def test_without_the_permission_for_threads_the_meeting_stands_and_says_what_is_missing(
    world: World,
) -> None:
    await world.group()
    world.env.inject_error(
        "POST", "/channels/*/messages/*/threads", status=403, code=50013, times=None
    )
    result = await world.alice.slash(
        world.channel, "meeting schedule", title="Grokking", when="2026-11-10 19:00"
    )
    assert "✅ Going (0)" in fields(world)
    assert result.followups[-1].ephemeral
    assert "thread" in text(result.followups[-1])
    card = last_card(world)
    await world.alice.react(card, "✅")

    await world.forward(TUESDAY_EVENING - timedelta(hours=23))
    assert "starts" in text(world.channel.last_message)


async def test_the_groups_card_leads_to_a_thread_that_could_only_be_opened_later(
    world: World,
) -> None:
    await world.group()
    world.env.inject_error(
        "POST", "/channels/*/messages/*/threads", status=403, code=50013, times=1
    )
    await schedule(world)
    await world.env.settle()
    (meeting,) = await meetings(world)
    async with world.bot.store.read() as tx:
        group = await tx.groups.by_id(meeting.group_id)
    assert group is not None
    await world.bot.service(Posting).publish(meeting, group)
    await world.env.settle()
    await world.bot.cards.flush()
    (thread,) = world.channel.threads
    (card,) = [one for one in world.channel.history() if "**Focus**" in text(one)]
    assert thread.mention in text(card)


async def test_scheduling_elsewhere_posts_in_the_group_s_channel(world: World) -> None:
    await world.group()
    lobby = world.guild.create_text_channel("lobby")
    told = await world.alice.slash(
        lobby, "meeting schedule", title="Grokking", when="2026-11-10 19:00"
    )
    assert told.ephemeral
    assert world.channel.mention in text(told)
    assert len(world.channel.threads) == 1


async def test_a_thread_that_was_deleted_is_opened_anew_and_what_is_due_comes_there(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "✅")
    (gone,) = world.channel.threads
    world.env.backend.delete_channel(gone.id)
    await world.env.settle()
    await world.forward(timedelta(seconds=1))

    (thread,) = world.channel.threads
    assert thread.history()[0].embeds or thread.history()[0].components, "its card stands there"
    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(hours=2))
    assert any("starts" in text(one) for one in thread.history())
    assert any("begins now" in text(one) for one in thread.history())
    assert any("That was" in text(one) for one in thread.history())


async def test_where_discord_gives_a_card_no_second_thread_one_is_opened_beside_it(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    (gone,) = world.channel.threads
    world.env.inject_error(
        "POST", "/channels/*/messages/*/threads", status=400, code=160004, times=None
    )
    world.env.backend.delete_channel(gone.id)
    await world.env.settle()
    await world.forward(timedelta(seconds=1))

    (thread,) = world.channel.threads
    assert thread.id != card.id
    assert f"<#{thread.id}>" in shown(world)


async def test_a_thread_of_a_meeting_that_is_over_stays_deleted(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING + timedelta(days=1))
    world.env.backend.delete_channel(world.channel.threads[0].id)
    await world.env.settle()
    await world.forward(timedelta(days=1))
    assert world.channel.threads == []
    assert "<#" not in shown(world)


async def test_a_meeting_whose_thread_refuses_begins_and_ends_in_the_channel(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.bob.react(card, "✅")
    thread = world.channel.threads[0].id
    world.env.inject_error(
        "POST", f"/channels/{thread}/messages", status=403, code=50013, times=None
    )
    await world.forward(TUESDAY_EVENING + timedelta(hours=2))
    shown_there = [text(one) for one in world.channel.history()]
    assert any("begins now" in one for one in shown_there)
    assert any("That was" in one for one in shown_there)
