"""What lives in a private channel is neither left in a public one nor named there."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import discord
from simcord.builders import ChannelHandle

from bot.ui.permissions import INVITE
from data.states import CardKind
from tests.e2e.server.test_alerts import announcements, look
from tests.e2e.server.test_health import failing_meeting
from tests.world import World, text


def private_channel(world: World, name: str, *people: Any) -> ChannelHandle:
    assert world.bot.user is not None
    see = discord.PermissionOverwrite(view_channel=True, send_messages_in_threads=True)
    overwrites: dict[Any, discord.PermissionOverwrite] = {
        world.guild.default_role: discord.PermissionOverwrite(view_channel=False),
        world.bot.user: see,
    }
    overwrites |= dict.fromkeys((one.user for one in people), see)
    return world.guild.create_text_channel(name, overwrites=overwrites)


def said_in(channel: ChannelHandle) -> str:
    return json.dumps(
        [
            [one.content, [embed.to_dict() for embed in one.embeds], str(one.components)]
            for one in channel.history()
            if one.type is not discord.MessageType.thread_created  # which Discord does not leave
        ]
    )


async def test_a_group_that_moves_into_a_private_channel_leaves_no_card_behind(
    world: World,
) -> None:
    # Discord lets a thread's maker rename it; the simulation asks for more than that.
    world.allow(discord.Permissions(INVITE.value | discord.Permissions.manage_channels.flag))
    await world.group()
    await world.alice.slash(
        world.channel, "meeting schedule", title="Secret circuits", when="in 3 days"
    )
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="Monday", time="18:00"
    )
    await world.forward(timedelta(hours=8))
    assert "Secret circuits" in said_in(world.channel)
    hidden = private_channel(world, "hidden", world.alice, world.organiser)
    await world.organiser.slash(world.channel, "group edit", channel=hidden)
    await world.forward(timedelta(minutes=5))
    left = said_in(world.channel)
    assert "Secret circuits" not in left
    assert "custom_id" not in left
    for thread in world.bot.guilds[0].threads:
        assert thread.parent_id == hidden.id or "Secret" not in thread.name
    assert "Secret circuits" in said_in(hidden)
    async with world.bot.store.read() as tx:
        there = {card.kind for card in await tx.cards.in_channel(world.guild.id, hidden.id)}
    assert {CardKind.GROUP, CardKind.MEETING} <= there


async def test_a_group_that_moves_to_where_all_can_read_leaves_its_meetings_where_they_are(
    world: World,
) -> None:
    await world.group()
    await world.alice.slash(
        world.channel, "meeting schedule", title="Open circuits", when="in 3 days"
    )
    other = world.guild.create_text_channel("other")
    await world.organiser.slash(world.channel, "group edit", channel=other)
    await world.forward(timedelta(minutes=5))
    assert "Open circuits" in said_in(world.channel)


async def test_announcements_name_nothing_of_a_private_channel(world: World) -> None:
    news = await announcements(world)
    hidden = private_channel(world, "hidden", world.alice, world.organiser)
    await failing_meeting(world)
    world.env.backend.faults.clear()
    async with world.bot.store.transaction() as tx:
        (group,) = await tx.groups.of_server(world.guild.id)
        await tx.groups.edit(group.id, channel_id=hidden.id)
    await look(world)
    (notice,) = news.history()
    assert "Not delivered" in text(notice)
    assert "Toy models" not in text(notice)
    health = await world.organiser.slash(world.channel, "cohort health")
    assert "Toy models" in text(health)


async def test_a_project_of_a_private_group_is_posted_where_only_the_group_reads(
    world: World,
) -> None:
    boards = world.guild.create_text_channel("boards")
    await world.organiser.slash(world.channel, "cohort setup", boards=boards)
    hidden = private_channel(world, "hidden", world.alice, world.bob, world.organiser)
    await world.group(channel=hidden)
    await world.alice.slash(
        hidden, "project propose", paper="2301.05217", title="Bilby study", summary="Bilby summary"
    )
    await world.forward(timedelta(minutes=5))
    assert "ilby" not in said_in(boards) + said_in(world.channel)
    threads = world.bot.guilds[0].threads
    assert [one.parent_id for one in threads if "Bilby" in one.name] == [hidden.id]


async def test_a_refused_title_tells_nothing_of_a_project_that_is_hidden(world: World) -> None:
    hidden = private_channel(world, "hidden", world.alice, world.bob, world.organiser)
    await world.group(channel=hidden)
    await world.alice.slash(hidden, "project propose", paper="2301.05217", title="Bilby study")
    for channel, person in ((hidden, world.alice), (world.channel, world.organiser)):
        again = await person.slash(
            channel, "project propose", paper="2301.05217", title="bilby study"
        )
        assert "called “Bilby study”" in text(again)
    mine = await world.cara.slash(
        world.channel, "project propose", paper="2301.05217", title="bilby study"
    )
    assert "Bilby" not in text(mine)
    async with world.bot.store.read() as tx:
        titles = [one.title for one in await tx.projects.of_server(world.guild.id)]
    assert sorted(titles) == ["Bilby study", "bilby study"]
