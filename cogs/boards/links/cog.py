"""The commands `/project link` and `/project unlink`."""

from __future__ import annotations

from discord import app_commands

from bot import events
from bot.client import CohortBot, Interaction
from bot.ui.command_groups import SubjectCog
from bot.ui.report import answered
from cogs.boards.command_groups import PROJECT
from cogs.boards.links import cards
from cogs.boards.links.options import LinkOption
from cogs.boards.links.service import LinkService
from cogs.boards.links.views import link_shown
from cogs.boards.projects.options import PROJECT_HINT, ProjectOption
from cogs.boards.projects.service import ProjectService


class LinkCommands(SubjectCog, group=PROJECT):
    """Puts links on boards: repositories, documents, runs."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(LinkService)

    @app_commands.command(description="Put a link on the board (members)")
    @app_commands.describe(
        label="What it is, e.g. code, write-up, runs", url="Its address", project=PROJECT_HINT
    )
    @answered
    async def link(
        self,
        interaction: Interaction,
        label: str,
        url: str,
        project: ProjectOption | None = None,
    ) -> None:
        """Add a link."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        _, link = await self.service.add(place, meant.id, label, url)
        await interaction.response.send_message(
            ephemeral=True, **await link_shown(interaction, link.id)
        )
        events.project_changed(self.bot, meant.id)

    @app_commands.command(description="Take a link off the board (members)")
    @app_commands.describe(link="Which link", project=PROJECT_HINT)
    @answered
    async def unlink(
        self, interaction: Interaction, link: LinkOption, project: ProjectOption | None = None
    ) -> None:
        """Remove a link."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        _, removed = await self.service.remove(place, meant.id, link)
        await interaction.response.send_message(cards.removed(removed, place.user_id))
        events.project_changed(self.bot, meant.id)
