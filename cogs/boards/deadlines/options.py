"""The option that names a deadline."""

from __future__ import annotations

from discord import app_commands

from cogs.boards.projects.options import Entries, InProject, unambiguous
from data.boards.projects import Project
from data.transaction import Transaction

DEADLINE_HINT = "Which deadline"


class _Deadlines(InProject):
    async def within(self, tx: Transaction, project: Project, user_id: int) -> Entries:
        found = await tx.project_deadlines.of_project(project.guild_id, project.id)
        return unambiguous((one.title, one.id) for one in found if one.is_open)


DeadlineOption = app_commands.Transform[str, _Deadlines]
"""One of the project's open deadlines."""
