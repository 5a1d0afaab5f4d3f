"""The option that names a task."""

from __future__ import annotations

from discord import app_commands

from cogs.boards.projects.options import Entries, InProject, unambiguous
from cogs.boards.tasks.rules import on_card
from data.boards.projects import Project
from data.transaction import Transaction

TASK_HINT = "Which task"


class _Tasks(InProject):
    async def within(self, tx: Transaction, project: Project, user_id: int) -> Entries:
        found = on_card(await tx.tasks.lines(project.guild_id, project.id))
        return unambiguous((one.title, one.id) for one in found)


TaskOption = app_commands.Transform[str, _Tasks]
"""One of the project's tasks, in the order of its board."""
