"""Whether Discord lets the bot do what it is for."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.ui.permissions import Missing, missing_in, missing_in_server


def missing_permissions(guild: discord.Guild, channel_ids: Iterable[int]) -> list[Missing]:
    """Return every permission that is missing, by channel, with what it is for."""
    found: list[Missing] = []
    for channel_id in channel_ids:
        channel = guild.get_channel(channel_id)
        if channel is None:
            found.append(
                Missing("view_channel", f"<#{channel_id}>", "it is hidden from me, or was deleted")
            )
        else:
            found += missing_in(channel, guild.me)
    return found + missing_in_server(guild.me)
