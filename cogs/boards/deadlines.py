"""The commands `/project deadline`."""

from __future__ import annotations

from discord import app_commands

from bot import when
from bot.client import CohortBot, Interaction
from bot.ui.report import answered
from cogs.boards import cards
from cogs.boards.choosing import PROJECT_HINT, Choices, Choosing
from cogs.boards.rules import board as rules
from cogs.boards.service import DeadlineService, ProjectService


class DeadlineCommands(app_commands.Group):
    """The dates that a project works towards."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(name="deadline", description="The dates that a project works towards")
        self.bot = bot
        self.projects = bot.service(ProjectService)
        self.service = bot.service(DeadlineService)
        self.choosing = Choosing(bot)

    @app_commands.command(description="Add a deadline: reminded 7 days, 1 day, 2 hours before")
    @app_commands.describe(
        title="What is due",
        due="e.g. 2026-12-01 18:00, 2026-12-01 AoE, in 2 weeks",
        project=PROJECT_HINT,
    )
    @answered
    async def add(
        self, interaction: Interaction, title: str, due: str, project: str | None = None
    ) -> None:
        """Add a deadline."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        zone = await self.projects.zone(place, meant)
        now = self.bot.clock.now()
        due_at = when.parse(due, zone=zone, now=now, end_of_day=True)
        _, deadline = await self.service.add(place, meant.id, title=title, due_at=due_at)
        ahead = len(rules.reminders(due_at, now)) - 1
        await interaction.response.send_message(cards.deadline_added(deadline, ahead))
        self.bot.dispatch("project_changed", meant.id)

    @add.autocomplete("project")
    async def _projects(self, interaction: Interaction, typed: str) -> Choices:
        return await self.choosing.projects(interaction, typed)
