"""The controls of tasks: buttons on a board's rows, the menu below them, and their forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import discord
from discord import ui

from bot.base import when
from bot.base.errors import Conflict
from bot.base.wording import named
from bot.client import Interaction
from bot.jobs.delivery import channel
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, chosen_id
from bot.ui.form import Form, Typed
from bot.ui.help_threads import bring_together
from cogs.boards.board.threads import BoardThreads
from cogs.boards.projects.service import ProjectService
from cogs.boards.tasks import cards, rules
from cogs.boards.tasks.service import Moved, TaskService
from cogs.boards.wording import short
from data.boards.projects import Project
from data.boards.tasks import Task
from data.states import TaskState

MENU = 25
"""How many tasks a menu offers."""

PAGE = 20
"""How many tasks a page of all of them shows."""

ALL = "all"
"""What stands in a menu for all tasks."""


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
        """Take it, and offer to commit to it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).take(place, self.task_id)
        commit = [CommitButton(self.task_id)] if change.project.group_id is not None else []
        await interaction.response.send_message(
            f"It is yours. {cards.moved(change)}", ephemeral=True, **undoable(change, *commit)
        )
        bot.dispatch("project_changed", change.project.id)


class CommitButton(CardButton, template=r"task:commit:(?P<task_id>\d{1,18})"):
    """Makes a task a commitment of its owner's, too."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"task:commit:{task_id}", label="Commit to it", emoji=theme.CHECK_IN)
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Make both one thing."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change, made = await bot.service(TaskService).commit(place, self.task_id)
        text = f"{theme.CHECK_IN} You are committed to **{short(made.text, 120)}**"
        if made.due_at is not None:
            text += f", due {when.stamp(made.due_at)}"
        await interaction.response.send_message(
            f"{text}. It is one with the task: done here or in a check-in, both are done.",
            ephemeral=True,
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
            cards.moved(change), ephemeral=True, **undoable(change)
        )
        bot.dispatch("project_changed", change.project.id)


class TaskMenu(CardSelect, template=r"task:pick:(?P<project_id>\d{1,18})"):
    """Picks a task of a board, to see it whole and to move it."""

    def __init__(self, project_id: int, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(
            f"task:pick:{project_id}", options=options, placeholder="Look at a task, or move it …"
        )
        self.project_id = project_id

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Show the task, to the person who picked it."""
        if values[0] == ALL:
            await interaction.response.send_message(
                ephemeral=True, **await task_page(interaction, self.project_id, 0)
            )
            return
        await interaction.response.send_message(
            ephemeral=True, **await one_task(interaction, chosen_id(values[0]))
        )


class TaskPageButton(CardButton, template=r"task:page:(?P<project_id>\d{1,18}):(?P<page>\d{1,3})"):
    """Turns the pages of all tasks of a board."""

    def __init__(
        self, project_id: int, page: int, emoji: str | None = None, *, disabled: bool = False
    ) -> None:
        super().__init__(
            f"task:page:{project_id}:{page}",
            label=None if emoji else "All tasks",
            emoji=emoji,
            disabled=disabled,
        )
        self.project_id = project_id
        self.page = page

    async def pressed(self, interaction: Interaction) -> None:
        """Show that page, to the person who asked."""
        shown = await task_page(interaction, self.project_id, self.page)
        await interaction.response.edit_message(**shown)


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
        await interaction.response.edit_message(
            content=cards.moved(change), **undoable(change, always=True)
        )
        bot.dispatch("project_changed", change.project.id)


class ShiftButton(CardButton, template=r"task:(?P<way>up|down|top):(?P<task_id>\d{1,18})"):
    """Moves a task up or down among those that are like it."""

    BY: ClassVar = {"up": -1, "down": 1, "top": -rules.TASKS}
    EMOJI: ClassVar = {"up": "🔼", "down": "🔽", "top": "⏫"}

    def __init__(self, way: str, task_id: int) -> None:
        super().__init__(f"task:{way}:{task_id}", emoji=self.EMOJI[way])
        self.way = way
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Move it, and go on showing it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).shift(place, self.task_id, self.BY[self.way])
        await interaction.response.edit_message(**await one_task(interaction, self.task_id))
        bot.dispatch("project_changed", change.project.id)


class EditTaskButton(CardButton, template=r"task:edit:(?P<task_id>\d{1,18})"):
    """Opens the form that changes a task."""

    def __init__(self, task_id: int, label: str = "Change …") -> None:
        super().__init__(f"task:edit:{task_id}", label=label)
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(TaskService).check_may_move(place, self.task_id)
        await EditTaskForm.open(interaction, task_id=self.task_id)


class DropButton(CardButton, template=r"task:drop:(?P<task_id>\d{1,18})"):
    """Takes a task off the board."""

    def __init__(self, task_id: int, label: str = "Drop it") -> None:
        super().__init__(f"task:drop:{task_id}", label=label)
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Drop it, with a way back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).drop(place, self.task_id)
        await interaction.response.send_message(
            cards.dropped(change), ephemeral=True, **undoable(change)
        )
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


class HelpTaskButton(CardButton, template=r"task:help:(?P<task_id>\d{1,18})"):
    """Brings who can help together with who is stuck."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"task:help:{task_id}", label="I can help", emoji="🤝")
        self.task_id = task_id

    async def pressed(self, interaction: Interaction) -> None:
        """Bring them together in the board's thread."""
        assert interaction.guild_id is not None  # noqa: S101 - cards stand in servers
        whole = await interaction.client.service(TaskService).whole(
            interaction.guild_id, self.task_id
        )
        project, task = whole.project, whole.task
        if task.state is not TaskState.BLOCKED:
            raise Conflict(f"Nothing is in the way of “{named(task.title)}” any more. Thank you!")
        last = whole.moves[-1]
        thread = [channel(project.thread_id)] if project.thread_id is not None else []
        await bring_together(
            interaction,
            f"task/{task.id}/help/{last.id}",
            stuck=task.owners or (last.user_id,),
            what=f"{task.title}: {task.obstacle}" if task.obstacle else task.title,
            to=[*thread, channel(project.channel_id)],
        )


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


class RevertButton(CardButton, template=r"task:revert:(?P<task_change_id>\d{1,18})"):
    """Takes one's last change of a task back that was no move."""

    def __init__(self, task_change_id: int) -> None:
        super().__init__(f"task:revert:{task_change_id}", label="Undo", emoji="↩️")
        self.change_id = task_change_id

    async def pressed(self, interaction: Interaction) -> None:
        """Take it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).revert(place, self.change_id)
        await interaction.response.edit_message(content=f"Undone. {cards.moved(change)}", view=None)
        bot.dispatch("project_changed", change.project.id)


class TaskForm(Form, template=r"task:add:(?P<project_id>\d{1,18})"):
    """Asks for a new task."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> TaskForm:
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
    async def submitted(cls, interaction: Interaction, typed: Typed, *, project_id: int) -> None:
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
        await interaction.response.send_message(
            cards.added(change),
            view=CardButtons(TakeButton(change.task.id), DropButton(change.task.id, "Undo")),
            ephemeral=True,
        )
        bot.dispatch("project_changed", project.id)


class EditTaskForm(Form, template=r"task:edit:(?P<task_id>\d{1,18})"):
    """Changes a task."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, task_id: int) -> EditTaskForm:
        """Return the form, with what the task says now."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        task = await bot.service(TaskService).check_may_move(place, task_id)
        project = await bot.service(ProjectService).get(place.guild_id, task.project_id)
        zone = await bot.service(ProjectService).zone(place, project)
        due = task.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if task.due_at else ""
        form = cls("Change a task", f"task:edit:{task_id}")
        form.ask(
            "title",
            "What is to be done",
            typed,
            filled=task.title,
            required=True,
            limit=rules.TASK_LIMIT,
        )
        form.ask(
            "due",
            "Due",
            typed,
            filled=due,
            hint="fri, 2026-12-01, in 2 weeks; empty for never",
            limit=100,
        )
        return form.ask(
            "notes",
            "Notes",
            typed,
            filled=task.notes or "",
            hint="May stay empty",
            long=True,
            limit=rules.NOTES_LIMIT,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, task_id: int) -> None:
        """Change what is different."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        tasks = bot.service(TaskService)
        task = await tasks.check_may_move(place, task_id)
        project = await bot.service(ProjectService).get(place.guild_id, task.project_id)
        zone = await bot.service(ProjectService).zone(place, project)
        due, shown = typed.text("due"), ""
        if task.due_at is not None:
            shown = task.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        due_at = None
        if due and due != shown:
            due_at = when.parse(due, zone=zone, now=bot.clock.now(), end_of_day=True)
        title, notes = typed.text("title"), typed.text("notes")
        change = await tasks.edit(
            place,
            task_id,
            title=title if title != task.title else None,
            due_at=due_at,
            never_due=not due and task.due_at is not None,
            notes=notes if notes != (task.notes or "") else None,
        )
        await interaction.response.send_message(
            cards.edited(change), ephemeral=True, **undoable(change)
        )
        bot.dispatch("project_changed", change.project.id)


class ObstacleForm(Form, template=r"task:block:(?P<task_id>\d{1,18})"):
    """Asks what is in the way of a task."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, task_id: int) -> ObstacleForm:
        """Return the form."""
        form = cls("What is in the way?", f"task:block:{task_id}")
        return form.ask(
            "obstacle",
            "What is in the way",
            typed,
            hint="The others read it, also in the group's digest: somebody may help",
            placeholder="No GPU until Monday",
            long=True,
            required=True,
            limit=rules.OBSTACLE_LIMIT,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, task_id: int) -> None:
        """Block the task, and tell the thread."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        change = await bot.service(TaskService).move(
            place, task_id, TaskState.BLOCKED, obstacle=typed.text("obstacle")
        )
        await interaction.response.send_message(
            f"{cards.moved(change)}\n-# The others are asked who can help.",
            ephemeral=True,
            **undoable(change),
        )
        await ask_for_help(interaction, change)
        bot.dispatch("project_changed", change.project.id)


async def ask_for_help(interaction: Interaction, change: Moved) -> None:
    """Ask in the board's thread who can help with a task that was blocked."""
    bot = interaction.client
    content = cards.blocked(change, interaction.user.id, HelpTaskButton(change.task.id))
    key = f"task/{change.task.id}/blocked/{change.move}"
    await BoardThreads(bot).post(change.project, key, content)


async def tell_owner(interaction: Interaction, change: Moved, user_id: int) -> None:
    """Tell somebody in the board's thread that they were given a task by somebody else."""
    if user_id == interaction.user.id:
        return
    bot = interaction.client
    content = cards.given(change.project, change.task, interaction.user.id, user_id)
    key = f"task/{change.task.id}/given/{interaction.id}"
    await BoardThreads(bot).post(change.project, key, content)


async def one_task(interaction: Interaction, task_id: int) -> dict[str, Any]:
    """Return a task whole, with all that can be done to it."""
    place = await interaction.client.places.of(interaction)
    whole = await interaction.client.service(TaskService).whole(place.guild_id, task_id)
    task = whole.task
    buttons: list[ui.Item[Any]] = [
        StateButton(str(state), task.id) for state in TaskState if state is not task.state
    ]
    buttons.append(EditTaskButton(task.id))
    if not task.is_done:
        buttons += [ShiftButton(way, task.id) for way in ShiftButton.BY]
        mine = place.user_id in task.owners
        committed = any(one.user_id == place.user_id for one in whole.commitments)
        if not mine:
            buttons.append(TakeButton(task.id))
        elif whole.project.group_id is not None and not committed:
            buttons.append(CommitButton(task.id))
    buttons.append(DropButton(task.id))
    return {"content": cards.task(whole), "embed": None, "view": CardButtons(*buttons)}


async def task_page(interaction: Interaction, project_id: int, page: int) -> dict[str, Any]:
    """Return one page of all tasks of a board, with a menu of those on it."""
    bot = interaction.client
    assert interaction.guild_id is not None  # noqa: S101 - our commands are used in servers
    project = await bot.service(ProjectService).get(interaction.guild_id, project_id)
    tasks = await bot.service(TaskService).choices(project.guild_id, project.id)
    pages = max(1, -(-len(tasks) // PAGE))
    page = min(page, pages - 1)
    shown = tasks[page * PAGE : (page + 1) * PAGE]
    embed = cards.task_list(project, tasks, shown)
    items: list[ui.Item[Any]] = []
    if shown:
        items.append(TaskMenu(project.id, _options(shown)))
    if pages > 1:
        embed.set_footer(text=f"Page {page + 1} of {pages}")
        items += [
            TaskPageButton(project.id, max(page - 1, 0), "◀", disabled=page == 0),
            TaskPageButton(project.id, page + 1, "▶", disabled=page == pages - 1),
        ]
    return {"content": None, "embed": embed, "view": CardButtons(*items)}


def _options(tasks: Sequence[Task]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=theme.clip(" ".join(task.title.split()), 100),
            value=str(task.id),
            description=cards.NAME[task.state],
            emoji=cards.SYMBOL[task.state],
        )
        for task in tasks
    ]


def task_menu(project: Project, tasks: Sequence[Task]) -> ui.Item[Any] | None:
    """Return the menu of a board's open tasks; Discord allows 25 options."""
    options = _options(tasks[:MENU])
    if len(tasks) > MENU:
        more = theme.count(len(tasks) - MENU + 1, "open task")
        options[-1] = discord.SelectOption(label=f"… and {more} more", value=ALL, emoji="📋")
    return TaskMenu(project.id, options) if options else None


def task_button(task: Task) -> ui.Item[Any]:
    """Return the button of a task's row: to take it, to finish it, or to help with it."""
    if task.state is TaskState.BLOCKED:
        return HelpTaskButton(task.id)
    return DoneButton(task.id) if task.owners else TakeButton(task.id)


def overdue_buttons(task: Task) -> list[ui.Item[Any]]:
    """Return what can be said of a task that is overdue."""
    blocked = [BlockedButton(task.id)] if task.state is not TaskState.BLOCKED else []
    return [DoneButton(task.id), *blocked, EditTaskButton(task.id, "Another time …")]


def task_done_button(task: Task) -> ui.Item[Any]:
    """Return the button that finishes a task."""
    return DoneButton(task.id)


def undoable(change: Moved, *more: ui.Item[Any], always: bool = False) -> dict[str, Any]:
    """Return the button that takes a change back, where something changed, and further ones."""
    items: list[ui.Item[Any]] = list(more)
    if change.move is not None:
        items.insert(0, UndoButton(change.move))
    elif change.change is not None:
        items.insert(0, RevertButton(change.change))
    if not items:
        return {"view": None} if always else {}
    return {"view": CardButtons(*items)}


BUTTONS = (
    AddTaskButton,
    BlockedButton,
    CommitButton,
    DoneButton,
    DropButton,
    EditTaskButton,
    HelpTaskButton,
    RevertButton,
    ShiftButton,
    StateButton,
    TakeButton,
    TaskMenu,
    TaskPageButton,
    UndoButton,
)
"""The controls that outlive a restart."""
