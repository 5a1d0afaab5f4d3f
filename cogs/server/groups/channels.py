"""The channels of a server: in which of them a group can live."""

from __future__ import annotations

import discord

from bot.ui.permissions import Missing, missing_in, title
from cogs.server.groups import rules

POSTING = ("view_channel", "send_messages", "embed_links")
"""Without these a group can't be shown at all; others that are missing are named, and can wait."""

USABLE_SHOWN = 25
"""Discord's limit for the options of a menu."""


def group_home(
    guild: discord.Guild, channel_id: int, *, in_thread: bool = False
) -> discord.TextChannel:
    """Return the text channel in which a group can live; raises what ``check_channel`` does."""
    channel = guild.get_channel(channel_id)
    text = channel if isinstance(channel, discord.TextChannel) else None
    rules.check_channel(
        channel_id,
        None if channel is None else channel.type.name,
        in_thread=in_thread,
        missing=[] if text is None else [str(one) for one in missing_in(text, guild.me, POSTING)],
    )
    assert text is not None  # noqa: S101 - the check admits text channels alone
    return text


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
