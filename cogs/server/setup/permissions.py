"""What Discord lets the bot do in this server: where it can post, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.ui.permissions import POSTING, Missing, missing_in, missing_in_server, title
from data.states import ProjectState


def missing_permissions(guild: discord.Guild, channel_ids: Iterable[int]) -> list[Missing]:
    """Return every permission that is missing, by channel, with what it is for."""
    return missing_in_channels(guild, channel_ids) + missing_in_server(guild.me)


def missing_in_channels(guild: discord.Guild, channel_ids: Iterable[int]) -> list[Missing]:
    """Return what is missing in these channels alone."""
    found: list[Missing] = []
    for channel_id in channel_ids:
        channel = guild.get_channel(channel_id)
        if channel is None:
            found.append(
                Missing("view_channel", f"<#{channel_id}>", "it is hidden from me, or was deleted")
            )
        else:
            found += missing_in(channel, guild.me)
    return found


def missing_tags(guild: discord.Guild, boards_channel_id: int | None) -> list[str]:
    """Return the states of projects that the boards' forum has no tag for, and we may not make."""
    forum = guild.get_channel(boards_channel_id or 0)
    if not isinstance(forum, discord.ForumChannel):
        return []
    if forum.permissions_for(guild.me).manage_channels:
        return []
    there = {tag.name.casefold() for tag in forum.available_tags}
    return [str(state) for state in ProjectState if str(state) not in there]


def usable_channels(
    guild: discord.Guild, *, forums: bool = False
) -> list[discord.TextChannel | discord.ForumChannel]:
    """Return the channels in which the bot can post, as Discord lists them."""
    wanted: list[discord.TextChannel | discord.ForumChannel] = [*guild.text_channels]
    if forums:
        wanted += [one for one in guild.forums if not one.is_media()]
    return [
        channel
        for channel in sorted(wanted, key=lambda one: one.position)
        if not _cannot_post(channel, guild.me)
    ]


def unusable_channels(guild: discord.Guild) -> list[str]:
    """Say of each text channel in which the bot cannot post what is missing there."""
    return [
        f"{channel.mention}: {', '.join(title(one.permission) for one in missing)}"
        for channel in guild.text_channels
        if (missing := _cannot_post(channel, guild.me))
    ]


def _cannot_post(
    channel: discord.TextChannel | discord.ForumChannel, me: discord.Member
) -> list[Missing]:
    needed = POSTING[:2] if isinstance(channel, discord.ForumChannel) else POSTING
    return missing_in(channel, me, needed)
