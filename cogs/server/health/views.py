"""The buttons of `/cohort health`."""

from __future__ import annotations

import discord

from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton
from cogs.server.health.service import HealthService


class RetryButton(CardButton, template=r"server:retry"):
    """Delivers again what failed in this server."""

    def __init__(self) -> None:
        super().__init__("server:retry", label="Try again", style=discord.ButtonStyle.primary)

    async def pressed(self, interaction: Interaction) -> None:
        """Deliver what failed."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        number = await bot.service(HealthService).retry_failed(place)
        await interaction.response.edit_message(
            content=f"Trying again: {theme.count(number, 'delivery', 'deliveries')}. "
            "`/cohort health` shows in a minute whether it went.",
            embed=None,
            view=None,
        )


class DismissButton(CardButton, template=r"server:dismiss"):
    """Lets go of what failed in this server."""

    def __init__(self) -> None:
        super().__init__("server:dismiss", label="Dismiss")

    async def pressed(self, interaction: Interaction) -> None:
        """Let go of what failed."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        number = await bot.service(HealthService).dismiss_failed(place)
        await interaction.response.edit_message(
            content=f"Dismissed: {theme.count(number, 'delivery', 'deliveries')}.",
            embed=None,
            view=None,
        )


HEALTH_BUTTONS = (RetryButton, DismissButton)
