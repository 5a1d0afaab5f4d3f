"""The command tree, whose errors go to the one report."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.ui.report import report
from bot.ui.sanitise import sound


class CohortTree(app_commands.CommandTree[Any]):
    """discord.py's tree, reporting what its commands raise."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let everything pass, in sound characters; called before the options are read."""
        interaction.data = sound(interaction.data)
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person; an autocomplete that fails offers nothing."""
        if interaction.type is discord.InteractionType.autocomplete:
            if not interaction.response.is_done():
                await interaction.response.autocomplete([])
            return
        await report(interaction, error)
