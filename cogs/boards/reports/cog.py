"""The command `/project report`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.ui.command_groups import SubjectCog
from bot.ui.report import answered
from cogs.boards.command_groups import PROJECT
from cogs.boards.projects.options import PROJECT_HINT, ProjectOption
from cogs.boards.projects.service import ProjectService
from cogs.boards.reports import cards, writing
from cogs.boards.reports.service import ReportContents, ReportService

NAMES = 50
"""How many people a report looks up by name; each takes one request to Discord."""


class ReportCommands(SubjectCog, group=PROJECT):
    """Writes reports."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(ReportService)

    @app_commands.command(description="The replication as a report: text, plot, JSON and CSV")
    @app_commands.describe(project=PROJECT_HINT)
    @answered
    async def report(self, interaction: Interaction, project: ProjectOption | None = None) -> None:
        """Write the report, and send it with its plot and its data."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        await interaction.response.defer()
        contents = await self.service.contents(meant.id)
        files = await writing.files(contents, await self._names(interaction, contents))
        await interaction.followup.send(
            cards.report(contents.view),
            files=files,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _names(self, interaction: Interaction, contents: ReportContents) -> dict[int, str]:
        """Return what a report's people are called here; those who left the server have no name."""
        guild = interaction.guild
        assert guild is not None  # noqa: S101 - our commands are used in servers
        names: dict[int, str] = {}
        for user_id in contents.people()[:NAMES]:
            try:
                member = guild.get_member(user_id) or await guild.fetch_member(user_id)
            except discord.HTTPException:
                continue
            names[user_id] = member.display_name
        return names
