"""The option that names a link."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from cogs.boards.links.service import LinkService
from cogs.boards.projects.options import Entries, InProject, unambiguous
from data.boards.projects import Project


class _Links(InProject):
    async def within(self, interaction: Interaction, project: Project) -> Entries:
        found = await interaction.client.service(LinkService).of_project(project)
        return unambiguous((one.label, one.id) for one in found)


LinkOption = app_commands.Transform[str, _Links]
"""One of the project's links."""
