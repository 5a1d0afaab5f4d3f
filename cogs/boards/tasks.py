"""The commands `/project task`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import when
from bot.client import CohortBot, Interaction
from bot.ui.report import answered
from cogs.boards import cards
from cogs.boards.choosing import PROJECT_HINT, TASK_HINT, Choices, Choosing
from cogs.boards.service import ProjectService, TaskService
from data.states import TaskState

STATES = [
    app_commands.Choice(name=cards.NAME[state].capitalize(), value=str(state))
    for state in TaskState
]


class TaskCommands(app_commands.Group):
    """What is to be done in a project, by whom and until when."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(name="task", description="What is to be done, by whom and until when")
        self.bot = bot
        self.projects = bot.service(ProjectService)
        self.service = bot.service(TaskService)
        self.choosing = Choosing(bot)

    @app_commands.command(description="Add a task to a board (members)")
    @app_commands.describe(
        title="What is to be done",
        owner="Who does it; without it, whoever takes it",
        due="e.g. fri, 2026-12-01, in 2 weeks",
        notes="What else one should know",
        project=PROJECT_HINT,
    )
    @answered
    async def add(
        self,
        interaction: Interaction,
        title: str,
        owner: discord.Member | None = None,
        due: str | None = None,
        notes: str | None = None,
        project: str | None = None,
    ) -> None:
        """Add a task."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        zone = await self.projects.zone(place, meant)
        now = self.bot.clock.now()
        change = await self.service.add(
            place,
            meant.id,
            title=title,
            owners=[owner.id] if owner else [],
            due_at=when.parse(due, zone=zone, now=now, end_of_day=True) if due else None,
            notes=notes,
        )
        await interaction.response.send_message(cards.added(change))
        self.bot.dispatch("project_changed", meant.id)

    @app_commands.command(description="Bring a task into another state (members)")
    @app_commands.describe(task=TASK_HINT, state="What it is now", project=PROJECT_HINT)
    @app_commands.choices(state=STATES)
    @answered
    async def move(
        self,
        interaction: Interaction,
        task: str,
        state: app_commands.Choice[str],
        project: str | None = None,
    ) -> None:
        """Move a task."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        found = await self.service.named(meant, task)
        change = await self.service.move(place, found.id, TaskState(state.value))
        await interaction.response.send_message(cards.moved(change))
        self.bot.dispatch("project_changed", meant.id)

    @add.autocomplete("project")
    @move.autocomplete("project")
    async def _projects(self, interaction: Interaction, typed: str) -> Choices:
        return await self.choosing.projects(interaction, typed)

    @move.autocomplete("task")
    async def _tasks(self, interaction: Interaction, typed: str) -> Choices:
        return await self.choosing.tasks(interaction, typed)
