"""The option that names a deadline."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.projects.options import Entries, InProject, unambiguous
from data.boards.projects import Project

DEADLINE_HINT = "Which deadline"


class _Deadlines(InProject):
    async def within(self, interaction: Interaction, project: Project) -> Entries:
        found = await interaction.client.service(DeadlineService).of_project(project)
        return unambiguous((one.title, one.id) for one in found if one.is_open)


DeadlineOption = app_commands.Transform[str, _Deadlines]
"""One of the project's open deadlines."""
