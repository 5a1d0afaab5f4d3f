"""The command `/cohort health`."""

from __future__ import annotations

from discord import app_commands
from discord.utils import MISSING

from bot.client import CohortBot, Interaction
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButtons
from bot.ui.report import reports_errors
from cogs.server.command_groups import COHORT
from cogs.server.health.cards import page
from cogs.server.health.service import HealthService
from cogs.server.health.views import DismissButton, RetryButton
from cogs.server.setup.permissions import missing_permissions
from cogs.server.setup.service import ServerService


class HealthCommands(SubjectCog, group=COHORT):
    """Whether what was due arrived, and what is missing."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(HealthService)

    @app_commands.command(description="What is due next, what failed, and what is missing")
    @reports_errors
    async def health(self, interaction: Interaction) -> None:
        """Show how deliveries are doing, with what can be done about failures."""
        place = await self.bot.places.of(interaction)
        health = await self.service.health(place)
        assert interaction.guild is not None  # noqa: S101 - our commands are used in servers
        missing = missing_permissions(
            interaction.guild, await self.bot.service(ServerService).channels_in_use(health.server)
        )
        view = CardButtons(RetryButton(), DismissButton()) if health.failed else MISSING
        await replies.send(
            interaction, embed=page(health, missing, await self.bot.backups.state()), view=view
        )
