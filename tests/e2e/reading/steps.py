"""What the tests of reading groups share: scheduling, and reading cards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord
from simcord.builders import ChannelHandle

from data.reading.meetings import Meeting
from tests.world import World, text

TUESDAY_EVENING = datetime(2026, 11, 10, 19, 0, tzinfo=UTC)


async def schedule(world: World, **options: object) -> discord.Message:
    """As alice, schedule a meeting in the group's channel; returns its card."""
    given: dict[str, Any] = {"title": "Grokking", "when": "2026-11-10 19:00", **options}
    result = await world.alice.slash(world.channel, "meeting schedule", **given)
    assert result.response is not None
    assert not result.ephemeral, text(result)
    return last_card(world, given["title"])


def last_card(world: World, title: str = "Grokking") -> discord.Message:
    """Return the newest message in the channel that is a card with this title."""
    found = [
        message
        for message in world.channel.history()
        if message.embeds and title in (message.embeds[0].title or "")
    ]
    return found[-1]


def fields(world: World, title: str = "Grokking") -> dict[str, str]:
    """Return the fields of a meeting's card."""
    embed = last_card(world, title).embeds[0]
    return {str(field.name): str(field.value) for field in embed.fields}


def shown(world: World, title: str = "Grokking") -> str:
    """Return everything that can be read on a meeting's card."""
    return text(last_card(world, title))


def reactions(message: discord.Message) -> dict[str, int]:
    """Return how often each emoji is under a message."""
    return {str(reaction.emoji): reaction.count for reaction in message.reactions}


async def meetings(world: World) -> list[Meeting]:
    """Return what is coming."""
    async with world.bot.store.read() as tx:
        return await tx.meetings.coming(world.guild.id, world.clock.now())


def said(world: World, thread: ChannelHandle | None = None) -> list[discord.Message]:
    """Return what was said in a meeting's thread, its card left out."""
    where = thread or world.channel.threads[0]
    return [message for message in where.history() if message.content]


def pinged(world: World, message: discord.Message | None) -> set[int]:
    """Return who a message may ping."""
    assert message is not None
    sent = [
        entry.json
        for entry in world.env.http_requests
        if entry.method == "POST"
        and entry.path == f"/channels/{message.channel.id}/messages"
        and isinstance(entry.json, dict)
        and entry.json.get("content") == message.content
    ]
    allowed = sent[-1]["allowed_mentions"]
    assert not allowed.get("parse")
    return {int(user_id) for user_id in allowed.get("users", ())}
