"""The commands `/task`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import events
from bot.base import when
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButtons
from bot.ui.pages import Pages
from cogs.boards.command_groups import TASK
from cogs.boards.projects.options import with_project
from cogs.boards.projects.service import ProjectService
from cogs.boards.tasks import cards
from cogs.boards.tasks.options import TASK_HINT, TaskOption
from cogs.boards.tasks.service import TaskService
from cogs.boards.tasks.views import DropButton, ask_for_help, task_page, tell_owner, undoable
from data.boards.projects import Project
from data.states import TaskState

STATES = [
    app_commands.Choice(name=cards.NAME[state].capitalize(), value=str(state))
    for state in TaskState
]

NEVER = frozenset({"none", "never", "no", "-"})
"""What people type to remove a due time."""


class TaskCommands(SubjectCog, group=TASK):
    """Adds, moves, changes, assigns and lists tasks."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.projects = bot.service(ProjectService)
        self.service = bot.service(TaskService)

    @app_commands.command(description="Add a task to a board (members)")
    @app_commands.describe(
        title="What is to be done",
        owner="Who does it; without it, whoever takes it",
        due="e.g. fri, 2026-12-01, in 2 weeks",
        notes="What else there is to know",
    )
    @with_project()
    async def add(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        title: str,
        owner: discord.Member | None = None,
        due: str | None = None,
        notes: str | None = None,
    ) -> None:
        """Add a task."""
        due_at = None
        if due:
            zone = await self.projects.zone(place, project)
            due_at = when.parse(due, zone=zone, now=self.bot.clock.now(), end_of_day=True)
        change = await self.service.add(
            place,
            project.id,
            title=title,
            owners=[owner.id] if owner else [],
            due_at=due_at,
            notes=notes,
        )
        view = CardButtons(DropButton(change.task.id, "Undo"))
        await replies.send(interaction, cards.added(change), view=view)
        for user_id in (*change.task.owners, *change.task.asked):
            await tell_owner(interaction, change, user_id)
        events.project_changed(self.bot, project.id)

    @app_commands.command(description="Bring a task into another state (members)")
    @app_commands.describe(
        task=TASK_HINT, state="What it is now", obstacle="What is in the way, when it is blocked"
    )
    @app_commands.choices(state=STATES)
    @with_project()
    async def move(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        task: TaskOption,
        state: app_commands.Choice[str],
        obstacle: str | None = None,
    ) -> None:
        """Move a task."""
        found = await self.service.named(project, task)
        target = TaskState(state.value)
        change = await self.service.move(place, found.id, target, obstacle=obstacle)
        await replies.send(interaction, cards.moved(change), view=undoable(change))
        if target is TaskState.BLOCKED:
            await ask_for_help(interaction, change)
        events.project_changed(self.bot, project.id)

    @app_commands.command(description="Change a task's title, due time or notes (members)")
    @app_commands.describe(
        task=TASK_HINT,
        title="What is to be done",
        due="e.g. fri, 2026-12-01, in 2 weeks; “none” takes it away",
        notes="What else there is to know",
    )
    @with_project()
    async def edit(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        task: TaskOption,
        title: str | None = None,
        due: str | None = None,
        notes: str | None = None,
    ) -> None:
        """Change a task."""
        found = await self.service.named(project, task)
        zone = await self.projects.zone(place, project)
        now = self.bot.clock.now()
        never = due is not None and due.strip().casefold() in NEVER
        due_at = when.parse(due, zone=zone, now=now, end_of_day=True) if due and not never else None
        change = await self.service.edit(
            place, found.id, title=title, due_at=due_at, never_due=never, notes=notes
        )
        await replies.send(interaction, cards.edited(change), view=undoable(change))
        events.project_changed(self.bot, project.id)

    @app_commands.command(description="Give a task to somebody, or take it from them (members)")
    @app_commands.describe(
        task=TASK_HINT,
        person="Who does it, beside those who have it",
        remove="Take it from them instead",
    )
    @with_project()
    async def assign(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        task: TaskOption,
        person: discord.Member,
        remove: bool = False,
    ) -> None:
        """Change who has a task."""
        found = await self.service.named(project, task)
        change = await self.service.assign(place, found.id, person.id, remove=remove)
        await replies.send(
            interaction, cards.assigned(change, person.id, removed=remove), view=undoable(change)
        )
        if not remove:
            await tell_owner(interaction, change, person.id)
        events.project_changed(self.bot, project.id)

    @app_commands.command(name="list", description="All tasks of a project, also those done")
    @app_commands.describe(state="Only those in this state")
    @app_commands.choices(state=STATES)
    @with_project()
    async def show(
        self,
        interaction: Interaction,
        place: Place,
        project: Project,
        state: app_commands.Choice[str] | None = None,
    ) -> None:
        """Show the tasks, to the person who asked."""
        if state is None:
            await replies.send(interaction, await task_page(interaction, project.id, 0))
            return
        found = await self.service.choices(place.guild_id, project.id)
        shown = [task for task in found if task.state == state.value]
        await Pages.show(interaction, cards.task_pages(project, shown))
