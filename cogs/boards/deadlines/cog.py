"""The commands `/deadline`."""

from __future__ import annotations

from discord import app_commands

from bot.base import when
from bot.client import CohortBot, Interaction
from bot.ui.command_groups import SubjectCog
from bot.ui.pages import Pages
from bot.ui.report import answered
from cogs.boards.command_groups import DEADLINE
from cogs.boards.deadlines import cards
from cogs.boards.deadlines.options import DEADLINE_HINT, DeadlineOption
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.deadlines.views import close_deadline, move_deadline
from cogs.boards.projects.options import PROJECT_HINT, ProjectOption
from cogs.boards.projects.service import ProjectService
from data.states import ProjectDeadlineState


class DeadlineCommands(SubjectCog, group=DEADLINE):
    """Adds, moves, closes and lists deadlines."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(DeadlineService)

    @app_commands.command(description="Add a deadline: reminded 7 days, 1 day, 2 hours before")
    @app_commands.describe(
        title="What is due",
        due="e.g. 2026-12-01 18:00, 2026-12-01 AoE, in 2 weeks",
        project=PROJECT_HINT,
    )
    @answered
    async def add(
        self, interaction: Interaction, title: str, due: str, project: ProjectOption | None = None
    ) -> None:
        """Add a deadline."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        zone = await self.projects.zone(place, meant)
        now = self.bot.clock.now()
        due_at = when.parse(due, zone=zone, now=now, end_of_day=True)
        _, deadline, ahead = await self.service.add(place, meant.id, title=title, due_at=due_at)
        await interaction.response.send_message(cards.deadline_added(deadline, ahead))
        self.bot.dispatch("project_changed", meant.id)

    @app_commands.command(description="Give a deadline another time (members)")
    @app_commands.describe(
        deadline=DEADLINE_HINT,
        due="e.g. 2026-12-01 18:00, 2026-12-01 AoE, in 2 weeks",
        reason="Why it moves",
        project=PROJECT_HINT,
    )
    @answered
    async def move(
        self,
        interaction: Interaction,
        deadline: DeadlineOption,
        due: str,
        reason: str | None = None,
        project: ProjectOption | None = None,
    ) -> None:
        """Move a deadline, with its reminders."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        found = await self.service.named(meant, deadline)
        await move_deadline(interaction, found.id, due, reason)

    @app_commands.command(description="Say that a deadline is met, or dropped (members)")
    @app_commands.describe(
        deadline=DEADLINE_HINT, dropped="It does not matter any more", project=PROJECT_HINT
    )
    @answered
    async def done(
        self,
        interaction: Interaction,
        deadline: DeadlineOption,
        dropped: bool = False,
        project: ProjectOption | None = None,
    ) -> None:
        """Close a deadline: it reminds nobody any more."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        found = await self.service.named(meant, deadline)
        state = ProjectDeadlineState.DROPPED if dropped else ProjectDeadlineState.DONE
        await close_deadline(interaction, found.id, state)

    @app_commands.command(name="list", description="All deadlines of a project")
    @app_commands.describe(project=PROJECT_HINT)
    @answered
    async def show(self, interaction: Interaction, project: ProjectOption | None = None) -> None:
        """Show the deadlines, to the person who asked."""
        place = await self.bot.places.of(interaction)
        meant = await self.projects.meant(place, project)
        found = await self.service.of_project(meant)
        await Pages.show(interaction, cards.deadline_pages(meant, found))
