"""The buttons of boards, and the form for a new task."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot import when
from bot.client import Interaction
from bot.ui import theme
from bot.ui.form import Form, Typed
from bot.ui.items import CardButton
from cogs.boards import cards
from cogs.boards.rules import board as rules
from cogs.boards.service import DeadlineService, ProjectService, TaskService
from data.boards import Project
from data.project_deadlines import ProjectDeadline
from data.states import ProjectDeadlineState, TaskState
from data.tasks import Task


class JoinButton(CardButton, template=r"board:join:(?P<project_id>\d{1,18})"):
    """Joins the project of a board."""

    def __init__(self, project_id: int) -> None:
        super().__init__(
            f"board:join:{project_id}", label="Join", style=discord.ButtonStyle.success
        )
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Join, and show what to do next."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(ProjectService).join(place, self.project_id)
        await interaction.response.send_message(cards.welcome(project), ephemeral=True)
        bot.dispatch("project_joined", project, place.user_id)


class AddTaskButton(CardButton, template=r"board:add:(?P<project_id>\d{1,18})"):
    """Opens the form for a new task."""

    def __init__(self, project_id: int) -> None:
        super().__init__(f"board:add:{project_id}", label="Add a task", emoji="➕")
        self.project_id = project_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(TaskService).check_may_add(place, self.project_id)
        await TaskForm.open(interaction, project_id=self.project_id)


class TakeButton(CardButton, template=r"task:take:(?P<task_id>\d{1,18})"):
    """Takes a task."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"task:take:{task_id}", label="Take it", style=discord.ButtonStyle.primary)
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Take it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).take(place, self.task_id)
        await interaction.response.send_message(
            f"It is yours. {cards.moved(change)}", ephemeral=True
        )
        bot.dispatch("project_changed", change.project.id)


class DoneButton(CardButton, template=r"task:done:(?P<task_id>\d{1,18})"):
    """Marks a task done."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"task:done:{task_id}", label="Done", style=discord.ButtonStyle.success)
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Mark it done."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).move(place, self.task_id, TaskState.DONE)
        await interaction.response.send_message(cards.moved(change), ephemeral=True)
        bot.dispatch("project_changed", change.project.id)


class DeadlineDoneButton(CardButton, template=r"deadline:done:(?P<deadline_id>\d{1,18})"):
    """Marks a project's deadline done."""

    def __init__(self, deadline_id: int) -> None:
        super().__init__(
            f"deadline:done:{deadline_id}", label="Done", style=discord.ButtonStyle.success
        )
        self.deadline_id = deadline_id

    async def pressed(self, interaction: Interaction) -> None:
        """Mark it done."""
        await _close(interaction, self.deadline_id, ProjectDeadlineState.DONE)


class DeadlineDropButton(CardButton, template=r"deadline:drop:(?P<deadline_id>\d{1,18})"):
    """Drops a project's deadline."""

    def __init__(self, deadline_id: int) -> None:
        super().__init__(f"deadline:drop:{deadline_id}", label="Drop it")
        self.deadline_id = deadline_id

    async def pressed(self, interaction: Interaction) -> None:
        """Drop it."""
        await _close(interaction, self.deadline_id, ProjectDeadlineState.DROPPED)


BUTTONS = (
    JoinButton,
    AddTaskButton,
    TakeButton,
    DoneButton,
    DeadlineDoneButton,
    DeadlineDropButton,
)


class TaskForm(Form, template=r"task:add:(?P<project_id>\d{1,18})"):
    """Asks for a new task."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> TaskForm:
        """Return the form."""
        form = cls("A new task", f"task:add:{project_id}")
        form.ask(
            "title",
            "What is to be done",
            typed,
            placeholder="Train on mod 97 with 3 seeds",
            required=True,
            limit=rules.TASK_LIMIT,
        )
        form.ask("due", "Due", typed, hint="fri, 2026-12-01, in 2 weeks; may stay empty", limit=100)
        return form.ask(
            "notes", "Notes", typed, hint="May stay empty", long=True, limit=rules.NOTES_LIMIT
        )

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, project_id: int
    ) -> None:
        """Add the task, and tell the thread."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project = await bot.service(ProjectService).get(place.guild_id, project_id)
        zone = await bot.service(ProjectService).zone(place, project)
        due = typed.text("due")
        change = await bot.service(TaskService).add(
            place,
            project.id,
            title=typed.text("title"),
            due_at=when.parse(due, zone=zone, now=bot.clock.now(), end_of_day=True)
            if due
            else None,
            notes=typed.text("notes"),
        )
        await interaction.response.send_message(cards.added(change))
        bot.dispatch("project_changed", project.id)


def board_buttons(project: Project) -> list[ui.Item[Any]]:
    """Return the buttons for the whole board."""
    return [JoinButton(project.id), AddTaskButton(project.id)]


def task_button(task: Task) -> ui.Item[Any]:
    """Return the button of a task's row: to take it, or, once somebody has it, to finish it."""
    return DoneButton(task.id) if task.owners else TakeButton(task.id)


def task_done_button(task: Task) -> ui.Item[Any]:
    """Return the button that finishes a task."""
    return DoneButton(task.id)


def deadline_buttons(deadline: ProjectDeadline) -> list[ui.Item[Any]]:
    """Return what can be said of a deadline that has passed."""
    return [DeadlineDoneButton(deadline.id), DeadlineDropButton(deadline.id)]


async def _close(interaction: Interaction, deadline_id: int, state: ProjectDeadlineState) -> None:
    bot = interaction.client
    place = await bot.places.of(interaction)
    project, deadline = await bot.service(DeadlineService).close(place, deadline_id, state)
    await interaction.response.send_message(
        f"{theme.DONE} <@{place.user_id}> marked **{theme.one_line(deadline.title, 120)}** "
        f"{deadline.state}."
    )
    bot.dispatch("project_changed", project.id)
