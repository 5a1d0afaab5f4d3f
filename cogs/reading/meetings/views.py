"""Buttons that ask one person, and the button that shows everybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import ui

from bot.base.errors import UserError
from bot.client import Interaction
from bot.ui.controls import OwnView
from bot.ui.report import report

Press = Callable[[Interaction], Awaitable[None]]


class Ask(OwnView):
    """Asks one person before something is done; each button does its own thing."""

    def __init__(self, *choices: tuple[str, discord.ButtonStyle, Press]) -> None:
        super().__init__()
        for choice in choices:
            self.add(*choice)

    def add(self, label: str, style: discord.ButtonStyle, press: Press) -> None:
        """Offer one thing more."""
        self.add_item(_Choice(label, style, press))


class _Choice(ui.Button[Any]):
    """One of the buttons of :class:`Ask`."""

    def __init__(self, label: str, style: discord.ButtonStyle, press: Press) -> None:
        super().__init__(label=label, style=style)
        self._press = press

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what was chosen; a person's mistake is an answer."""
        try:
            await self._press(interaction)
        except UserError as error:
            await report(interaction, error)
