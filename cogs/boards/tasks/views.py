"""The controls of tasks: buttons on a board's rows, the menu below them, and their forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import discord
from discord import ui
from msgspec.structs import replace

from bot import events
from bot.base import when
from bot.base.errors import Conflict
from bot.base.wording import one_line
from bot.client import Interaction
from bot.jobs.delivery import Content, to_channel
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, Face, chosen_id
from bot.ui.form import CardForm, Typed
from bot.ui.help_threads import bring_together
from cogs.boards.board.threads import BoardThreads
from cogs.boards.projects.service import ProjectService
from cogs.boards.tasks import cards, rules
from cogs.boards.tasks.service import Moved, TaskService, WholeTask
from cogs.boards.wording import short
from data.boards.projects import Project
from data.boards.tasks import Task
from data.states import TaskState

SHIFTS: Sequence[Literal["up", "down", "top"]] = ("up", "down", "top")

MENU = 25
"""How many tasks a menu offers."""

PAGE = 20
"""How many tasks a page of all of them shows."""

_EMOJI = {state: discord.PartialEmoji(name=symbol) for state, symbol in cards.SYMBOL.items()}
"""The marks of states, for menus: discord.py would read each of 25 texts as an emoji."""

ALL = "all"
"""The value of a menu's entry for all tasks."""


class AddTaskButton(CardButton, custom_id="board:add:{project_id}", label="Add a task", emoji="➕"):
    """Opens the form for a new task."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, for a member."""
        bot = interaction.client
        await bot.service(TaskService).check_may_add(place, self.project_id)
        await TaskForm(self.project_id).show(interaction)


class TakeButton(
    CardButton,
    custom_id="task:take:{task_id}",
    label="Take it",
    style=discord.ButtonStyle.primary,
):
    """Takes a task."""

    task_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Take it, and offer to commit to it."""
        bot = interaction.client
        change = await bot.service(TaskService).take(place, self.task_id)
        commit = [CommitButton(self.task_id)] if change.project.group_id is not None else []
        await replies.send(
            interaction, f"It is yours. {cards.moved(change)}", view=undoable(change, *commit)
        )
        events.project_changed(bot, change.project.id)


class NotMineButton(CardButton, custom_id="task:not_mine:{task_id}", label="Not mine"):
    """Gives back a task that one was given, or was asked to do."""

    task_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Give it back, which the message says from then on."""
        bot = interaction.client
        change = await bot.service(TaskService).assign(
            place, self.task_id, place.user_id, remove=True
        )
        await replies.edit(interaction, cards.given_back(change, place.user_id))
        events.project_changed(bot, change.project.id)


class CommitButton(
    CardButton,
    custom_id="task:commit:{task_id}",
    label="Commit to it",
    emoji=theme.CHECK_IN,
):
    """Makes a task a commitment of its owner's, too."""

    task_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Link both."""
        bot = interaction.client
        change, made = await bot.service(TaskService).commit(place, self.task_id)
        text = f"{theme.CHECK_IN} You are committed to **{short(made.text, 120)}**"
        if made.due_at is not None:
            text += f", due {when.stamp(made.due_at)}"
        await replies.send(
            interaction,
            f"{text}. It is one with the task: done here or in a check-in, both are done.",
        )
        events.project_changed(bot, change.project.id)


class DoneButton(
    CardButton,
    custom_id="task:done:{task_id}",
    label="Done",
    style=discord.ButtonStyle.success,
):
    """Marks a task done."""

    task_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Mark it done."""
        bot = interaction.client
        change = await bot.service(TaskService).move(place, self.task_id, TaskState.DONE)
        await replies.send(interaction, cards.moved(change), view=undoable(change))
        events.project_changed(bot, change.project.id)


class TaskMenu(
    CardSelect,
    custom_id="task:pick:{project_id}",
    placeholder="Look at a task, or move it …",
    chooses="task",
):
    """Picks a task of a board, to see it whole and to move it."""

    project_id: int

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Show the task, to the person who picked it."""
        if values[0] == ALL:
            await replies.send(interaction, await task_page(interaction, self.project_id, 0))
            return
        await replies.send(interaction, await one_task(interaction, chosen_id(values[0])))


class TaskPageButton(CardButton, custom_id="task:page:{project_id}:{page}"):
    """Turns the pages of all tasks of a board."""

    project_id: int
    page: int
    emoji: str | None = None
    disabled: bool = False

    def face(self) -> Face:
        """Return the look: the one on the board has words, those below a page an arrow."""
        return replace(super().face(), label=None if self.emoji else "All tasks")

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show that page, to the person who asked."""
        shown = await task_page(interaction, self.project_id, self.page)
        await replies.edit(interaction, shown)


class StateButton(CardButton, custom_id="task:set:{state}:{task_id}"):
    """Moves a task to a state; for a blocked one it asks what is in the way."""

    state: TaskState
    task_id: int

    def face(self) -> Face:
        """Return the state's name and mark."""
        name, symbol = cards.NAME[self.state], cards.SYMBOL[self.state]
        return replace(super().face(), label=name.capitalize(), emoji=symbol)

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Move it, or ask what is in the way."""
        bot = interaction.client
        tasks = bot.service(TaskService)
        if self.state is TaskState.BLOCKED:
            await tasks.check_may_move(place, self.task_id)
            await ObstacleForm(self.task_id).show(interaction)
            return
        change = await tasks.move(place, self.task_id, self.state)
        await replies.edit(interaction, cards.moved(change), view=undoable(change))
        events.project_changed(bot, change.project.id)


class ShiftButton(CardButton, custom_id="task:{way}:{task_id}"):
    """Moves a task up or down among those in the same state."""

    BY: ClassVar = {"up": -1, "down": 1, "top": -rules.TASKS}
    EMOJI: ClassVar = {"up": "🔼", "down": "🔽", "top": "⏫"}

    way: Literal["up", "down", "top"]
    task_id: int

    def face(self) -> Face:
        """Return an arrow."""
        return replace(super().face(), emoji=self.EMOJI[self.way])

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Move it, and show it again."""
        bot = interaction.client
        change = await bot.service(TaskService).shift(place, self.task_id, self.BY[self.way])
        shown = await one_task(interaction, self.task_id, rare=True)
        await replies.edit(interaction, shown)
        events.project_changed(bot, change.project.id)


class TaskMoreButton(CardButton, custom_id="task:more:{task_id}", label="⋯"):
    """Shows what else can be done to a task."""

    task_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it, in place of what was shown."""
        shown = await one_task(interaction, self.task_id, rare=True)
        await replies.edit(interaction, shown)


class EditTaskButton(CardButton, custom_id="task:edit:{task_id}"):
    """Opens the form that changes a task."""

    task_id: int
    label: str = "Change …"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, for a member."""
        await interaction.client.service(TaskService).check_may_move(place, self.task_id)
        await EditTaskForm(self.task_id).show(interaction)


class DropButton(CardButton, custom_id="task:drop:{task_id}"):
    """Takes a task off the board."""

    task_id: int
    label: str = "Drop it"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Drop it, with a way back."""
        bot = interaction.client
        change = await bot.service(TaskService).drop(place, self.task_id)
        await replies.send(interaction, cards.dropped(change), view=undoable(change))
        events.project_changed(bot, change.project.id)


class BlockedButton(CardButton, custom_id="task:blocked:{task_id}", label="Blocked", emoji="⛔"):
    """Says in the thread that a task is blocked, and asks what is in the way."""

    task_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Ask what is in the way, of a member."""
        bot = interaction.client
        await bot.service(TaskService).check_may_move(place, self.task_id)
        await ObstacleForm(self.task_id).show(interaction)


class HelpTaskButton(CardButton, custom_id="task:help:{task_id}", label="I can help", emoji="🤝"):
    """Brings people who can help together with those who are stuck."""

    task_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Bring them together in the board's thread."""
        assert interaction.guild_id is not None  # noqa: S101 - cards stand in servers
        whole = await interaction.client.service(TaskService).whole(
            interaction.guild_id, self.task_id
        )
        project, task = whole.project, whole.task
        if task.state is not TaskState.BLOCKED:
            raise Conflict(
                f"Nothing is in the way of “{one_line(task.title)}” any more. Thank you!"
            )
        last = whole.moves[-1]
        thread = [to_channel(project.thread_id)] if project.thread_id is not None else []
        await bring_together(
            interaction,
            f"task/{task.id}/help/{last.id}",
            stuck=task.owners or (last.user_id,),
            what=f"{task.title}: {task.obstacle}" if task.obstacle else task.title,
            to=[*thread, to_channel(project.channel_id)],
        )


class UndoButton(CardButton, custom_id="task:undo:{move_id}", label="Undo", emoji="↩️"):
    """Takes back one's last move of a task."""

    move_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Take it back."""
        bot = interaction.client
        change = await bot.service(TaskService).undo(place, self.move_id)
        await replies.edit(interaction, f"Undone. {cards.moved(change)}")
        events.project_changed(bot, change.project.id)


class RevertButton(CardButton, custom_id="task:revert:{task_change_id}", label="Undo", emoji="↩️"):
    """Takes back one's last change of a task, other than a move."""

    task_change_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Take it back."""
        bot = interaction.client
        change = await bot.service(TaskService).revert(place, self.task_change_id)
        await replies.edit(interaction, f"Undone. {cards.moved(change)}")
        events.project_changed(bot, change.project.id)


class TaskForm(CardForm, custom_id="task:add:{project_id}", title="A new task"):
    """Asks for a new task."""

    project_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form."""
        self.ask(
            "title",
            "What is to be done",
            typed,
            placeholder="Train on mod 97 with 3 seeds",
            required=True,
            limit=rules.TASK_LIMIT,
        )
        self.ask("due", "Due", typed, hint="fri, 2026-12-01, in 2 weeks; may stay empty", limit=100)
        self.ask("notes", "Notes", typed, hint="May stay empty", long=True, limit=rules.NOTES_LIMIT)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the task, and tell the thread."""
        bot = interaction.client
        project = await bot.service(ProjectService).get(place.guild_id, self.project_id)
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
        await replies.send(
            interaction,
            cards.added(change),
            view=CardButtons(TakeButton(change.task.id), DropButton(change.task.id, "Undo")),
        )
        events.project_changed(bot, project.id)


class EditTaskForm(CardForm, custom_id="task:edit:{task_id}", title="Change a task"):
    """Changes a task."""

    task_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form, with what the task says now."""
        bot = interaction.client
        task = await bot.service(TaskService).check_may_move(place, self.task_id)
        project = await bot.service(ProjectService).get(place.guild_id, task.project_id)
        zone = await bot.service(ProjectService).zone(place, project)
        due = task.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if task.due_at else ""
        self.ask(
            "title",
            "What is to be done",
            typed,
            filled=task.title,
            required=True,
            limit=rules.TASK_LIMIT,
        )
        self.ask(
            "due",
            "Due",
            typed,
            filled=due,
            hint="fri, 2026-12-01, in 2 weeks; empty for never",
            limit=100,
        )
        self.ask(
            "notes",
            "Notes",
            typed,
            filled=task.notes or "",
            hint="May stay empty",
            long=True,
            limit=rules.NOTES_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Change what is different."""
        bot = interaction.client
        tasks = bot.service(TaskService)
        task = await tasks.check_may_move(place, self.task_id)
        project = await bot.service(ProjectService).get(place.guild_id, task.project_id)
        zone = await bot.service(ProjectService).zone(place, project)
        due, shown = typed.text("due"), ""
        if task.due_at is not None:
            shown = task.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        due_at = None
        # What was filled in and left alone is not read again: it may have passed by now, and would
        # be refused.
        if due and due != shown:
            due_at = when.parse(due, zone=zone, now=bot.clock.now(), end_of_day=True)
        title, notes = typed.text("title"), typed.text("notes")
        change = await tasks.edit(
            place,
            self.task_id,
            title=title if title != task.title else None,
            due_at=due_at,
            never_due=not due and task.due_at is not None,
            notes=notes if notes != (task.notes or "") else None,
        )
        await replies.send(interaction, cards.edited(change), view=undoable(change))
        events.project_changed(bot, change.project.id)


class ObstacleForm(CardForm, custom_id="task:block:{task_id}", title="What is in the way?"):
    """Asks what is in the way of a task."""

    task_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form."""
        self.ask(
            "obstacle",
            "What is in the way",
            typed,
            hint="The others read it, also in the group's digest: somebody may help",
            placeholder="No GPU until Monday",
            long=True,
            required=True,
            limit=rules.OBSTACLE_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Block the task, and tell the thread."""
        bot = interaction.client
        change = await bot.service(TaskService).move(
            place, self.task_id, TaskState.BLOCKED, obstacle=typed.text("obstacle")
        )
        await replies.send(
            interaction,
            f"{cards.moved(change)}\n-# The others are asked who can help.",
            view=undoable(change),
        )
        await ask_for_help(interaction, change)
        events.project_changed(bot, change.project.id)


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
    buttons: list[ui.Item[Any]] = [NotMineButton(change.task.id)]
    if user_id in change.task.asked:
        buttons.insert(0, TakeButton(change.task.id))
    content = cards.given(change.task, interaction.user.id, user_id, buttons)
    key = f"task/{change.task.id}/given/{interaction.id}"
    await BoardThreads(bot).post(change.project, key, content)


async def one_task(interaction: Interaction, task_id: int, *, rare: bool = False) -> Content:
    """Return a task whole, with what can be done to it; the ``rare`` things are behind ⋯."""
    place = await interaction.client.places.of(interaction)
    whole = await interaction.client.service(TaskService).whole(place.guild_id, task_id)
    items = _rare(whole, place) if rare else _usual(whole, place)
    return Content(text=cards.task(whole), view=CardButtons(*items))


def _usual(whole: WholeTask, place: Place) -> list[ui.Item[Any]]:
    """Return the buttons that take a task or move it on."""
    task = whole.task
    items: list[ui.Item[Any]] = []
    if not task.is_done and place.user_id not in task.owners:
        items.append(TakeButton(task.id))
    items += [StateButton(state, task.id) for state in TaskState if state is not task.state]
    return [*items, TaskMoreButton(task.id)]


def _rare(whole: WholeTask, place: Place) -> list[ui.Item[Any]]:
    """Return the buttons that change a task, put it elsewhere in the list, or drop it."""
    task = whole.task
    items: list[ui.Item[Any]] = [EditTaskButton(task.id), DropButton(task.id)]
    if not task.is_done:
        committed = any(one.user_id == place.user_id for one in whole.commitments)
        if place.user_id in task.owners and whole.project.group_id is not None and not committed:
            items.append(CommitButton(task.id))
        items += [ShiftButton(way, task.id) for way in SHIFTS]
    return items


async def task_page(interaction: Interaction, project_id: int, page: int) -> Content:
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
        items.append(TaskMenu(project.id, options=_options(shown)))
    if pages > 1:
        embed.set_footer(text=f"Page {page + 1} of {pages}")
        items += [
            TaskPageButton(project.id, max(page - 1, 0), "◀", disabled=page == 0),
            TaskPageButton(project.id, page + 1, "▶", disabled=page == pages - 1),
        ]
    return Content(embeds=[embed], view=CardButtons(*items))


def _options(tasks: Sequence[rules.AnyTask]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=theme.clip(" ".join(task.title.split()), 100),
            value=str(task.id),
            description=cards.NAME[task.state],
            emoji=_EMOJI[task.state],
        )
        for task in tasks
    ]


def task_menu(project: Project, tasks: Sequence[rules.AnyTask]) -> ui.Item[Any] | None:
    """Return the menu of a board's open tasks; Discord allows 25 options."""
    options = _options(tasks[:MENU])
    if len(tasks) > MENU:
        # One more than do not fit, since this option takes the place of another.
        more = theme.count(len(tasks) - MENU + 1, "open task")
        options[-1] = discord.SelectOption(label=f"… and {more} more", value=ALL, emoji="📋")
    return TaskMenu(project.id, options=options) if options else None


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


def undoable(change: Moved, *more: ui.Item[Any]) -> CardButtons | None:
    """Return the button that takes a change back, where something changed, and further ones."""
    items: list[ui.Item[Any]] = list(more)
    if change.move is not None:
        items.insert(0, UndoButton(change.move))
    elif change.change is not None:
        items.insert(0, RevertButton(change.change))
    return CardButtons(*items) if items else None


BUTTONS = (
    AddTaskButton,
    BlockedButton,
    CommitButton,
    DoneButton,
    DropButton,
    EditTaskButton,
    HelpTaskButton,
    NotMineButton,
    RevertButton,
    ShiftButton,
    StateButton,
    TakeButton,
    TaskMenu,
    TaskMoreButton,
    TaskPageButton,
    UndoButton,
)
"""The controls that outlive a restart."""
