"""The buttons of `/cohort health`."""

from __future__ import annotations

import discord

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton
from cogs.server.health.service import HealthService


class RetryButton(
    CardButton, custom_id="server:retry", label="Try again", style=discord.ButtonStyle.primary
):
    """Retries what failed in this server."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Deliver what failed."""
        bot = interaction.client
        number = await bot.service(HealthService).retry_failed(place)
        await replies.edit(
            interaction,
            f"Trying again: {theme.count(number, 'delivery', 'deliveries')}. "
            "`/cohort health` shows in a minute whether it went.",
        )


class DismissButton(CardButton, custom_id="server:dismiss", label="Dismiss"):
    """Dismisses what failed in this server."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Dismiss what failed."""
        bot = interaction.client
        number = await bot.service(HealthService).dismiss_failed(place)
        await replies.edit(
            interaction, f"Dismissed: {theme.count(number, 'delivery', 'deliveries')}."
        )


HEALTH_BUTTONS = (RetryButton, DismissButton)
