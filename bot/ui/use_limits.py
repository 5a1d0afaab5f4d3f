"""Limits by person and time, asked before a command, button or form does anything.

What is refused costs nothing: it is given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord

from bot.base.errors import Conflict
from bot.base.use_limits import Use, of_command

TAKEN = "taken"
"""Key in an interaction's ``extras``: what it was counted as."""


async def take(interaction: discord.Interaction[Any], uses: Iterable[Use]) -> None:
    """Count ``uses``; raises Conflict for somebody who has reached a limit and is no organiser."""
    if interaction.guild_id is None:
        return
    bot, now = interaction.client, interaction.client.clock.now()
    taken: list[Use] = interaction.extras.setdefault(TAKEN, [])
    for use in uses:
        try:
            bot.uses.take(interaction.guild_id, interaction.user.id, use, now)
        except Conflict:
            manages = interaction.permissions.manage_guild  # then nothing needs to be read
            if not manages and not (await bot.places.of(interaction)).organiser:
                raise
        else:
            taken.append(use)


def give_back(interaction: discord.Interaction[Any]) -> None:
    """Count an interaction no longer."""
    for use in interaction.extras.pop(TAKEN, ()):
        interaction.client.uses.give_back(interaction.guild_id, interaction.user.id, use)


def uses_of(interaction: discord.Interaction[Any]) -> list[Use]:
    """Return what a command that somebody uses counts as, before its options are read."""
    command = interaction.command
    if command is None:
        return []
    data: Any = interaction.data
    resolved: dict[str, dict[str, Any]] = data.get("resolved") or {}
    named = {int(one) for one in resolved.get("users") or ()}
    return of_command(command.qualified_name, named - {interaction.user.id})
