"""The controls of tasks: buttons on a board's rows, the menu below them, and their forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot import when
from bot.client import Interaction
from bot.ui import theme
from bot.ui.form import Form, Typed
from bot.ui.items import CardButton, CardButtons, CardSelect
from cogs.boards import cards
from cogs.boards.rules import board as rules
from cogs.boards.service import (
    Moved,
    ProjectService,
    TaskService,
)
from data.boards import Project
from data.states import TaskState
from data.tasks import Task

MENU = 25
"""How many tasks a menu offers."""


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
            f"It is yours. {cards.moved(change)}", ephemeral=True, **_undo(change)
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
        await interaction.response.send_message(
            cards.moved(change), ephemeral=True, **_undo(change)
        )
        bot.dispatch("project_changed", change.project.id)


class TaskMenu(CardSelect, template=r"task:pick:(?P<project_id>\d{1,18})"):
    """Picks a task of a board, to see it whole and to move it."""

    def __init__(self, project_id: int, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(
            f"task:pick:{project_id}", options=options, placeholder="Look at a task, or move it …"
        )

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Show the task, to the person who picked it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        _, task, moves = await bot.service(TaskService).whole(place.guild_id, int(values[0]))
        await interaction.response.send_message(
            cards.task(task, moves),
            view=CardButtons(
                *(
                    StateButton(str(state), task.id)
                    for state in TaskState
                    if state is not task.state
                )
            ),
            ephemeral=True,
        )


class StateButton(
    CardButton,
    template=r"task:set:(?P<state>todo|doing|review|done|blocked):(?P<task_id>\d{1,18})",
):
    """Brings a task into a state; what is in the way of a blocked one is asked."""

    def __init__(self, state: str, task_id: int) -> None:
        self.state = TaskState(state)
        self.task_id = task_id
        super().__init__(
            f"task:set:{state}:{task_id}",
            label=cards.NAME[self.state].capitalize(),
            emoji=cards.SYMBOL[self.state],
        )

    async def pressed(self, interaction: Interaction) -> None:
        """Move it, or ask what is in the way."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        tasks = bot.service(TaskService)
        if self.state is TaskState.BLOCKED:
            await tasks.check_may_move(place, self.task_id)
            await ObstacleForm.open(interaction, task_id=self.task_id)
            return
        change = await tasks.move(place, self.task_id, self.state)
        view = CardButtons(UndoButton(change.move)) if change.move is not None else None
        await interaction.response.edit_message(content=cards.moved(change), view=view)
        bot.dispatch("project_changed", change.project.id)


class BlockedButton(CardButton, template=r"task:blocked:(?P<task_id>\d{1,18})"):
    """Says in the thread that a task is blocked, and asks what is in the way."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"task:blocked:{task_id}", label="Blocked", emoji="⛔")
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Ask what is in the way, of a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(TaskService).check_may_move(place, self.task_id)
        await ObstacleForm.open(interaction, task_id=self.task_id)


class UndoButton(CardButton, template=r"task:undo:(?P<move_id>\d{1,18})"):
    """Takes one's last move of a task back."""

    def __init__(self, move_id: int) -> None:
        super().__init__(f"task:undo:{move_id}", label="Undo", emoji="↩️")
        self.move_id = move_id

    async def pressed(self, interaction: Interaction) -> None:
        """Take it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).undo(place, self.move_id)
        await interaction.response.edit_message(content=f"Undone. {cards.moved(change)}", view=None)
        bot.dispatch("project_changed", change.project.id)


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


class ObstacleForm(Form, template=r"task:block:(?P<task_id>\d{1,18})"):
    """Asks what is in the way of a task."""

    @classmethod
    async def build(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, task_id: int
    ) -> ObstacleForm:
        """Return the form."""
        form = cls("What is in the way?", f"task:block:{task_id}")
        return form.ask(
            "obstacle",
            "What is in the way",
            typed,
            hint="The others of the thread read it: somebody may be able to help",
            placeholder="No GPU until Monday",
            long=True,
            required=True,
            limit=rules.OBSTACLE_LIMIT,
        )

    @classmethod
    async def submitted(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, interaction: Interaction, typed: Typed, *, task_id: int
    ) -> None:
        """Block the task, and tell the thread."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).move(
            place, task_id, TaskState.BLOCKED, obstacle=typed.text("obstacle")
        )
        await interaction.response.send_message(
            f"{cards.moved(change)}\n-# Who can help <@{place.user_id}>?"
        )
        bot.dispatch("project_changed", change.project.id)


def task_menu(project: Project, tasks: Sequence[Task]) -> ui.Item[Any] | None:
    """Return the menu of a board's open tasks; Discord allows 25 options."""
    options = [
        discord.SelectOption(
            label=theme.clip(" ".join(task.title.split()), 100),
            value=str(task.id),
            description=cards.NAME[task.state],
            emoji=cards.SYMBOL[task.state],
        )
        for task in tasks[:MENU]
    ]
    return TaskMenu(project.id, options) if options else None


def task_button(task: Task) -> ui.Item[Any]:
    """Return the button of a task's row: to take it, or, once somebody has it, to finish it."""
    return DoneButton(task.id) if task.owners else TakeButton(task.id)


def overdue_buttons(task: Task) -> list[ui.Item[Any]]:
    """Return what can be said of a task that is overdue."""
    return [DoneButton(task.id), BlockedButton(task.id)]


def task_done_button(task: Task) -> ui.Item[Any]:
    """Return the button that finishes a task."""
    return DoneButton(task.id)


def _undo(change: Moved) -> dict[str, Any]:
    """Return the button that takes a move back, where something was moved."""
    return {"view": CardButtons(UndoButton(change.move))} if change.move is not None else {}


BUTTONS = (
    AddTaskButton,
    BlockedButton,
    DoneButton,
    StateButton,
    TakeButton,
    TaskMenu,
    UndoButton,
)
"""The controls that outlive a restart."""
