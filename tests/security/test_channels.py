"""Every command, in every kind of channel and thread: it works, or says first what to use."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import discord
from simcord.builders import ChannelHandle, GuildHandle

from bot.base.use_limits import Uses
from tests.security.stage import (
    Reported,
    Saved,
    defects,
    every_slash,
    example,
    furnish,
    new_server,
)
from tests.world import Person, World

FILES: dict[str, dict[str, Any]] = {
    "reading import": {"file": ("list.csv", b"unit,title\n1,A reading\n")},
    "claim import": {
        "file": ("claims.csv", b"statement,metric,reported\nBase model,BLEU,27.3\n"),
        "link": None,
    },
}
"""Commands that take a file of their own kind."""

ABOUT_THE_CHANNEL = frozenset({"group create"})
"""Commands that mean the channel itself where nothing else is given."""

ALIKE = (
    ("a private thread", "a public thread"),
    ("a voice channel", "a stage", "an announcement channel"),
    ("a forum's post", "a thread of an announcement channel"),
)
"""Kinds that look alike to a command: of a group's own channel, without threads, of another.

Each command is tried in one of each, by turns.
"""

FIRST: dict[str, dict[str, Any]] = {
    "group create": {"name": "A", "focus": "a paper"},
    "cohort setup": {},
    "meeting schedule": {"title": "A", "when": "2026-11-09 18:00"},
    "project propose": {"paper": "A paper", "title": "A project"},
    "profile set": {},
    "programme show": {},
}
"""What may be the first that a server uses."""


def kinds(world: World, guild: GuildHandle, home: ChannelHandle) -> dict[str, ChannelHandle]:
    """Return one channel or thread of each kind in which a command can be typed."""
    forum, news = guild.create_forum_channel("questions"), guild.create_news_channel("news")
    types = discord.ChannelType
    return {
        "a voice channel": guild.create_voice_channel("talk"),
        "a private thread": thread(world, guild, home, types.private_thread),
        "a stage": guild.create_stage_channel("hall"),
        "a forum's post": thread(world, guild, forum, types.public_thread),
        "a public thread": thread(world, guild, home, types.public_thread),
        "an announcement channel": news,
        "a thread of an announcement channel": thread(world, guild, news, types.news_thread),
    }


def thread(
    world: World, guild: GuildHandle, parent: ChannelHandle, kind: discord.ChannelType
) -> ChannelHandle:
    """Open a thread that people made, and everybody is in."""
    backend = world.env.backend
    owner = guild.owner.id
    made = backend.create_thread(parent.id, "aside", owner, type=kind.value, broadcast=False)
    backend.announce_thread_create(made)
    for user_id in guild.member_ids():
        backend.add_thread_member(made.id, user_id)
    return ChannelHandle(world.env, guild, made)


async def test_every_command_works_in_every_kind_of_channel_or_says_first_what_to_use(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    elsewhere = kinds(world, side.guild, side.channel)
    await world.env.settle()
    saved = Saved(world)
    wrong: list[str] = []
    turns = zip(*map(itertools.cycle, ALIKE), strict=True)
    for command in list(every_slash(world)):
        saved.restore()
        filled = await example(world, side, command)
        name = command.qualified_name
        options = {**filled.options, **FILES.get(name, {})}
        at_home = await attempt(world, reported, saved, side.insider, filled.channel, name, options)
        # What only shows something depends on its channel in fewer ways.
        for kind in next(turns)[: None if at_home.wrote else 1]:
            channel = elsewhere[kind]
            there = await attempt(world, reported, saved, side.insider, channel, name, options)
            wrong += [f"/{name} in {kind}: {fault}" for fault in there.faults]
            if there.said != at_home.said and name not in ABOUT_THE_CHANNEL:
                wrong.append(f"/{name} in {kind}: {there.said}, and at home: {at_home.said}")
    saved.close()
    assert not wrong, "\n".join(wrong)


async def test_a_server_without_groups_is_told_what_to_use_in_every_kind_of_channel(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    elsewhere = kinds(world, side.guild, side.channel)
    await world.env.settle()
    saved = Saved(world)
    wrong: list[str] = []
    for name, options in FIRST.items():
        for kind, channel in elsewhere.items():
            there = await attempt(world, reported, saved, side.insider, channel, name, options)
            wrong += [f"/{name} in {kind}: {fault}" for fault in there.faults]
    saved.close()
    assert not wrong, "\n".join(wrong)


async def test_all_of_a_group_works_in_an_announcement_channel(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    side.channel = side.guild.create_news_channel("news")
    await furnish(world, side)
    assert reported.take() == []


async def test_only_channels_that_can_hold_boards_are_taken_for_them(
    world: World, reported: Reported
) -> None:
    # Discord offers media channels for every option that takes forums.
    created = world.env.backend.create_channel(
        world.guild.id, "pictures", type=discord.ChannelType.media.value
    )
    media = ChannelHandle(world.env, world.guild, created)
    saved = Saved(world)
    taken = await attempt(
        world, reported, saved, world.organiser, world.channel, "cohort setup", {"boards": media}
    )
    saved.close()
    assert taken.faults == []
    assert "is a media channel" in taken.said[0]


@dataclass(frozen=True)
class Attempt:
    """How a command was refused, whether it wrote or posted, and what was wrong about it."""

    said: list[str]
    wrote: bool
    faults: list[str]


async def attempt(
    world: World,
    reported: Reported,
    saved: Saved,
    person: Person,
    channel: ChannelHandle,
    name: str,
    options: dict[str, Any],
) -> Attempt:
    """Use a command once, as if it were the first time."""
    saved.restore()
    reported.take()
    world.bot.uses = Uses()
    before = messages(world)
    given = {option: value for option, value in options.items() if value is not None}
    result = await person.slash(channel, name, **given)
    errors = reported.take()
    said = [str(error) for error in errors]
    faults = [f"a defect of ours: {one}" for one in defects(errors)]
    wrote, posted = saved.changed(), messages(world) != before
    if not result.acknowledged:
        faults.append("no answer")
    if errors and wrote:
        faults.append(f"changed {wrote}, though it said {said}")
    if errors and posted:
        faults.append(f"posted, though it said {said}")
    return Attempt(said, bool(wrote) or posted, faults)


def messages(world: World) -> int:
    """Return how many messages everybody can see, in all channels and threads."""
    held = world.env.backend.messages
    return sum(
        not message.is_ephemeral for channel in held.values() for message in channel.values()
    )
