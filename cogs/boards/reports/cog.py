"""The command `/project report`."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.place import Place
from bot.ui.command_groups import SubjectCog
from cogs.boards.command_groups import PROJECT
from cogs.boards.projects.options import with_project
from cogs.boards.reports.views import send_report
from data.boards.projects import Project


class ReportCommands(SubjectCog, group=PROJECT):
    """Writes reports."""

    @app_commands.command(description="The replication as a report: text, plot, JSON and CSV")
    @with_project()
    async def report(self, interaction: Interaction, place: Place, project: Project) -> None:
        """Write the report, and send it with its plot and its data."""
        await send_report(interaction, project.id)
