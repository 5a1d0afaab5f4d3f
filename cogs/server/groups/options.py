"""The channel that a command or a form gives a group."""

from __future__ import annotations

import discord

from bot.ui.permissions import POSTING, missing_in
from cogs.server.groups import rules


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
