"""The option that names a task."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from cogs.boards.projects.options import Entries, InProject, unambiguous
from cogs.boards.tasks.service import TaskService
from data.boards.projects import Project

TASK_HINT = "Which task"


class _Tasks(InProject):
    async def within(self, interaction: Interaction, project: Project) -> Entries:
        service = interaction.client.service(TaskService)
        found = await service.choices(project.guild_id, project.id)
        return unambiguous((one.title, one.id) for one in found)


TaskOption = app_commands.Transform[str, _Tasks]
"""One of the project's tasks, in the order of its board."""
