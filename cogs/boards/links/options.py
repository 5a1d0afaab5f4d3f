"""The option that names a link."""

from __future__ import annotations

from discord import app_commands

from cogs.boards.projects.options import Entries, InProject, unambiguous
from data.boards.projects import Project
from data.transaction import Transaction


class _Links(InProject):
    async def within(self, tx: Transaction, project: Project, user_id: int) -> Entries:
        found = await tx.project_log.links(project.guild_id, project.id)
        return unambiguous((one.label, one.id) for one in found)


LinkOption = app_commands.Transform[str, _Links]
"""One of the project's links."""
