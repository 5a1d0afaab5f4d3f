"""The commands `/project link`."""

from __future__ import annotations

from discord import app_commands

from bot.base.wording import person
from bot.client import CohortBot, Interaction
from bot.ui.report import answered
from cogs.boards.board.views import link_shown
from cogs.boards.members.service import PeopleService
from cogs.boards.projects.options import PROJECT_HINT, Choices, Choosing
from cogs.boards.projects.service import ProjectService
from cogs.boards.wording import short


class LinkCommands(app_commands.Group):
    """What belongs to a project elsewhere: its repository, its document, its runs."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(name="link", description="Its repository, its document, its runs")
        self.bot = bot
        self.projects = bot.service(ProjectService)
        self.service = bot.service(PeopleService)
        self.choosing = Choosing(bot)

    @app_commands.command(description="Put a link on the board (members)")
    @app_commands.describe(
        label="What it is, e.g. code, write-up, runs", url="Its address", project=PROJECT_HINT
    )
    @answered
    async def add(
        self, interaction: Interaction, label: str, url: str, project: str | None = None
    ) -> None:
        """Add a link."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        _, link = await self.service.add_link(place, meant.id, label, url)
        shown = await link_shown(interaction, link.id)
        await interaction.response.send_message(ephemeral=True, **shown)
        self.bot.dispatch("project_changed", meant.id)

    @app_commands.command(description="Take a link off the board (members)")
    @app_commands.describe(link="Which link", project=PROJECT_HINT)
    @answered
    async def remove(self, interaction: Interaction, link: str, project: str | None = None) -> None:
        """Take a link away; the answer holds it, should it be wanted back."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        _, removed = await self.service.remove_link(place, meant.id, link)
        await interaction.response.send_message(
            f"🔗 {person(place.user_id)} took **{short(removed.label, 120)}** off the board. It "
            f"led to <{removed.url}>"
        )
        self.bot.dispatch("project_changed", meant.id)

    @add.autocomplete("project")
    @remove.autocomplete("project")
    async def _projects(self, interaction: Interaction, typed: str) -> Choices:
        return await self.choosing.projects(interaction, typed)

    @remove.autocomplete("link")
    async def _links(self, interaction: Interaction, typed: str) -> Choices:
        return await self.choosing.links(interaction, typed)
