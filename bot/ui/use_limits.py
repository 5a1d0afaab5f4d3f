"""Limits by person and time, asked before a command, button or form does anything."""

from __future__ import annotations

from typing import Any

import discord

from bot.base.use_limits import Limit

REFUSED = "refused"
"""Marks an interaction that was answered with an error, in its ``extras``."""


async def check(interaction: discord.Interaction[Any], limit: Limit | None) -> None:
    """Raise Conflict for somebody who has reached a limit and is no organiser."""
    if limit is None or interaction.guild_id is None:
        return
    bot = interaction.client
    try:
        bot.uses.check(interaction.guild_id, interaction.user.id, limit, bot.clock.now())
    except Exception:
        if not (await bot.places.of(interaction)).organiser:
            raise


def count(interaction: discord.Interaction[Any], limit: Limit | None) -> None:
    """Count what was done, unless it was refused: mistakes cost nothing."""
    if limit is None or interaction.guild_id is None or interaction.extras.get(REFUSED):
        return
    bot = interaction.client
    bot.uses.count(interaction.guild_id, interaction.user.id, limit, bot.clock.now())
