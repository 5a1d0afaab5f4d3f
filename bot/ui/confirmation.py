"""Questions to one person, before something is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import ui

from bot.base.errors import UserError
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import OwnView
from bot.ui.report import report

Press = Callable[[discord.Interaction[Any], Place], Awaitable[None]]
"""What a button does, given the interaction and its place."""


class Ask(OwnView):
    """Offers one person several things; each button does its own."""

    def __init__(self, *choices: tuple[str, discord.ButtonStyle, Press]) -> None:
        super().__init__()
        for choice in choices:
            self.add(*choice)

    def add(self, label: str, style: discord.ButtonStyle, press: Press) -> None:
        """Offer one thing more."""
        self.add_item(_Choice(label, style, press))


def confirm(label: str, press: Press, *, kept: str, keep: str = "Keep it") -> Ask:
    """Return two buttons: one does it; the other changes nothing, and says ``kept``."""

    async def leave(pressed: discord.Interaction[Any], place: Place) -> None:
        await replies.edit(pressed, kept)

    danger, secondary = discord.ButtonStyle.danger, discord.ButtonStyle.secondary
    return Ask((label, danger, press), (keep, secondary, leave))


class _Choice(ui.Button[Any]):
    """One of the buttons of :class:`Ask`."""

    def __init__(self, label: str, style: discord.ButtonStyle, press: Press) -> None:
        super().__init__(label=label, style=style)
        self._press = press

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what was chosen; a person's mistake is an answer."""
        try:
            await self._press(interaction, await interaction.client.places.of(interaction))
        except UserError as error:
            await report(interaction, error)
