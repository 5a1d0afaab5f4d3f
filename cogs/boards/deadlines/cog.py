"""The commands `/deadline`."""

from __future__ import annotations

from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui.command_groups import SubjectCog
from bot.ui.pages import Pages
from cogs.boards.command_groups import DEADLINE
from cogs.boards.deadlines import cards
from cogs.boards.deadlines.options import DEADLINE_HINT, DeadlineOption
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.deadlines.views import add_deadline, close_deadline, move_deadline
from cogs.boards.projects.options import with_project
from cogs.boards.projects.service import ProjectService
from data.boards.projects import Project
from data.states import ProjectDeadlineState


class DeadlineCommands(SubjectCog, group=DEADLINE):
    """Adds, moves, closes and lists deadlines."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(DeadlineService)

    @app_commands.command(description="Add a deadline: reminded 7 days, 1 day, 2 hours before")
    @app_commands.describe(
        title="What is due", due="e.g. 2026-12-01 18:00, 2026-12-01 AoE, in 2 weeks"
    )
    @with_project()
    async def add(
        self, interaction: Interaction, place: Place, project: Project, title: str, due: str
    ) -> None:
        """Add a deadline."""
        await add_deadline(interaction, place, project.id, title, due)

    @app_commands.command(description="Give a deadline another time (members)")
    @app_commands.describe(
        deadline=DEADLINE_HINT,
        due="e.g. 2026-12-01 18:00, 2026-12-01 AoE, in 2 weeks",
        reason="Why it moves",
    )
    @with_project()
    async def move(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        deadline: DeadlineOption,
        due: str,
        reason: str | None = None,
    ) -> None:
        """Move a deadline, with its reminders."""
        found = await self.service.named(project, deadline)
        await move_deadline(interaction, found.id, due, reason)

    @app_commands.command(description="Say that a deadline is met, or dropped (members)")
    @app_commands.describe(deadline=DEADLINE_HINT, dropped="It does not matter any more")
    @with_project()
    async def done(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        deadline: DeadlineOption,
        dropped: bool = False,
    ) -> None:
        """Close a deadline: it reminds nobody any more."""
        found = await self.service.named(project, deadline)
        state = ProjectDeadlineState.DROPPED if dropped else ProjectDeadlineState.DONE
        await close_deadline(interaction, found.id, state)

    @app_commands.command(name="list", description="All deadlines of a project")
    @with_project()
    async def show(self, interaction: Interaction, place: Place, project: Project) -> None:
        """Show the deadlines, to the person who asked."""
        found = await self.service.of_project(project)
        await Pages.show(interaction, cards.deadline_pages(project, found))
