"""The two questions before somebody's data is erased."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.client import Interaction
from bot.ui import replies, theme
from bot.ui.controls import OwnView
from bot.ui.report import reports_errors
from cogs.people.erasure.cards import BACKUPS
from cogs.people.erasure.handlers import Eraser


class AskToForget(OwnView):
    """The first question."""

    @ui.button(label="Erase me here", style=discord.ButtonStyle.danger)
    @reports_errors
    async def go_on(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Ask again."""
        await replies.edit(
            interaction,
            "This cannot be undone. `/profile export` gives you a copy first. Erase "
            "everything of yours in this server now?",
            view=ReallyForget(),
        )

    @ui.button(label="Keep it", style=discord.ButtonStyle.secondary)
    @reports_errors
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave everything as it is."""
        await _kept(interaction)


class ReallyForget(OwnView):
    """The second question."""

    @ui.button(label="Yes, erase everything", style=discord.ButtonStyle.danger)
    @reports_errors
    async def erase(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Erase the presser."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await replies.edit(interaction, "Erasing …")
        rows = await bot.service(Eraser).forget(place)
        await replies.edit(
            interaction, f"Done: {theme.count(rows, 'record')} erased or made nameless. {BACKUPS}"
        )

    @ui.button(label="Keep it", style=discord.ButtonStyle.secondary)
    @reports_errors
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave everything as it is."""
        await _kept(interaction)


async def _kept(interaction: Interaction) -> None:
    await replies.edit(interaction, "Nothing was erased.")
