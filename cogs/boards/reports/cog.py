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
    @app_commands.describe(html="Also as one page that any browser shows, to share")
    @with_project(before="html")
    async def report(
        self, interaction: Interaction, place: Place, project: Project, html: bool = False
    ) -> None:
        """Write the report, and send it with its plot and its data."""
        await send_report(interaction, project.id, page=html)
