"""The commands `/project link` and `/project unlink`."""

from __future__ import annotations

from discord import app_commands

from bot import events
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from cogs.boards.command_groups import PROJECT
from cogs.boards.links import cards
from cogs.boards.links.options import LinkOption
from cogs.boards.links.service import LinkService
from cogs.boards.links.views import link_shown
from cogs.boards.projects.options import with_project
from cogs.boards.projects.service import ProjectService
from data.boards.projects import Project


class LinkCommands(SubjectCog, group=PROJECT):
    """Puts links on boards: repositories, documents, runs."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(LinkService)

    @app_commands.command(description="Put a link on the board (members)")
    @app_commands.describe(label="What it is, e.g. code, write-up, runs", url="Its address")
    @with_project()
    async def link(
        self, interaction: Interaction, place: Place, project: Project, label: str, url: str
    ) -> None:
        """Add a link."""
        _, link = await self.service.add(place, project.id, label, url)
        await replies.send(interaction, await link_shown(interaction, link.id))
        events.project_changed(self.bot, project.id)

    @app_commands.command(description="Take a link off the board (members)")
    @app_commands.describe(link="Which link")
    @with_project()
    async def unlink(
        self, interaction: Interaction, place: Place, project: Project, link: LinkOption
    ) -> None:
        """Remove a link."""
        _, removed = await self.service.remove(place, project.id, link)
        await replies.send(interaction, cards.removed(removed, place.user_id), public=True)
        events.project_changed(self.bot, project.id)
