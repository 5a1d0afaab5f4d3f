"""The command `/cohort export`."""

from __future__ import annotations

import io

import discord
from discord import app_commands

from bot.base.errors import Conflict
from bot.client import CohortBot, Interaction
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from bot.ui.report import reports_errors
from cogs.server.command_groups import COHORT
from cogs.server.export.service import ServerExportService


class ServerExportCommands(SubjectCog, group=COHORT):
    """Everything of a server, as files."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(ServerExportService)

    @app_commands.command(description="Everything this server has in Cohort, as JSON and CSV")
    @reports_errors
    async def export(self, interaction: Interaction) -> None:
        """Send the archive to the person who asked."""
        place = await self.bot.places.of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        archive = await self.service.export(place)
        limit = interaction.filesize_limit
        if len(archive) > limit:
            raise Conflict(
                f"The archive has {len(archive) >> 20} MiB, more than Discord takes here. Whoever "
                f"runs the bot can write it with `cohort export --guild {place.guild_id} FILE`."
            )
        name = f"cohort-{self.bot.clock.now():%Y-%m-%d}.zip"
        await replies.send(
            interaction,
            "Everything that Cohort keeps of this server. It holds what people wrote: keep it "
            "as you would keep their messages.",
            files=[discord.File(io.BytesIO(archive), name)],
        )
