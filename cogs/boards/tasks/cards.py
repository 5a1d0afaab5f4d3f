"""What tasks look like as messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.base.wording import MENTIONS
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButtons, CardLayout
from cogs.boards.listing import pages
from cogs.boards.tasks.service import Moved, Overdue, WholeTask
from cogs.boards.wording import LATE, short, who
from data.boards.projects import Project
from data.boards.tasks import Task, TaskChange
from data.states import TaskChangeKind, TaskState

SYMBOL = {
    TaskState.TODO: "⬜",
    TaskState.DOING: "🔵",
    TaskState.REVIEW: "🔎",
    TaskState.DONE: "✅",
    TaskState.BLOCKED: "⛔",
}

NAME = {
    TaskState.TODO: "to do",
    TaskState.DOING: "doing",
    TaskState.REVIEW: "in review",
    TaskState.DONE: "done",
    TaskState.BLOCKED: "blocked",
}

OVERDUE = 7
"""How many overdue tasks one message asks about, each with buttons."""


def moved(change: Moved) -> str:
    """Confirm where a task is now."""
    task = change.task
    said = f"{SYMBOL[task.state]} **{short(task.title, 120)}** is {NAME[task.state]}"
    if task.obstacle:
        said += f": {short(task.obstacle, 300)}"
    if people := doers(task, limit=5):
        said += f" · {people}"
    if task.due_at is not None and not task.is_done:
        said += f" · due {when.stamp(task.due_at)}"
    return said


def doers(task: Task, *, limit: int) -> str:
    """Return who has a task, and who is asked to take it; empty where nobody is."""
    said = [theme.names(task.owners, limit=limit)] if task.owners else []
    if task.asked and not task.is_done:
        said.append(f"asked: {theme.names(task.asked, limit=limit)}")
    return " · ".join(said)


def added(change: Moved) -> str:
    """Tell of a new task."""
    task = change.task
    said = f"{SYMBOL[task.state]} New task: **{short(task.title, 120)}**"
    if people := doers(task, limit=5):
        said += f" · {people}"
    if task.due_at is not None:
        said += f" · due {when.stamp(task.due_at)} ({when.stamp(task.due_at, 'R')})"
    if task.notes:
        said += f"\n> {short(task.notes, 300)}"
    return said


def task(whole: WholeTask) -> str:
    """Show all of one task, with its history."""
    one = whole.task
    lines = [f"{SYMBOL[one.state]} **{short(one.title, 240)}** · {NAME[one.state]}"]
    if one.owners:
        lines.append(f"Owners: {theme.names(one.owners, limit=10)}")
    if one.asked and not one.is_done:
        lines.append(f"Asked: {theme.names(one.asked, limit=10)}")
    if whole.commitments:
        them = [commitment.user_id for commitment in whole.commitments]
        lines.append(f"{theme.CHECK_IN} A commitment of {theme.names(them, limit=5)}, too")
    if one.due_at is not None:
        lines.append(f"Due {when.stamp(one.due_at)} ({when.stamp(one.due_at, 'R')})")
    if one.obstacle:
        lines.append(f"In the way: {short(one.obstacle, 400)}")
    if one.notes:
        lines.append(f"> {short(one.notes, 600)}")
    history = [
        (
            move.moved_at,
            move.user_id,
            f"{NAME[move.origin]} → {NAME[move.target]}" if move.origin else "added",
        )
        for move in whole.moves
    ]
    history += [(change.changed_at, change.user_id, _did(change)) for change in whole.changes]
    lines += [
        f"-# {when.stamp(instant, 'f')} {who(user_id)}: {said}"
        for instant, user_id, said in sorted(history)[-8:]
    ]
    return theme.lines(lines, 1900)


def _did(change: TaskChange) -> str:
    match change.kind:
        case TaskChangeKind.ASSIGNED if change.owner_id == change.user_id:
            said = "took it"
        case TaskChangeKind.ASSIGNED:
            said = f"gave it to {who(change.owner_id)}"
        case TaskChangeKind.REMOVED if change.owner_id == change.user_id:
            said = "gave it back"
        case TaskChangeKind.REMOVED:
            said = f"took it from {who(change.owner_id)}"
        case TaskChangeKind.EDITED:
            said = "changed it"
        case TaskChangeKind.DROPPED:
            said = "dropped it"
    return f"{said}, and took that back" if change.undone_at else said


def dropped(change: Moved) -> str:
    """Confirm that a task is off the board."""
    return f"🗑️ **{short(change.task.title, 120)}** is off the board."


def given(task: Task, by: int, user_id: int, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Tell somebody that they were given a task, or ask them to take it."""
    verb = "asks you to do" if user_id in task.asked else "gave you"
    text = (
        f"{theme.person(user_id)}, {theme.person(by)} {verb} {SYMBOL[task.state]} "
        f"**{short(task.title, 120)}**"
    )
    if task.due_at is not None:
        text += f" · due {when.stamp(task.due_at, 'R')}"
    return Content(text=text, view=CardButtons(*buttons), mentions=theme.pings([user_id]))


def given_back(change: Moved, user_id: int) -> str:
    """Say in place of the question that somebody does not do a task."""
    task = change.task
    return f"{SYMBOL[task.state]} **{short(task.title, 120)}** is not {theme.person(user_id)}'s."


def blocked(change: Moved, by: int, help_button: ui.Item[Any]) -> Content:
    """Ask the thread who can help with what is in the way of a task."""
    task = change.task
    text = f"{SYMBOL[TaskState.BLOCKED]} **{short(task.title, 120)}** is blocked"
    if task.obstacle:
        text += f": {short(task.obstacle, 300)}"
    text += f"\n-# Who can help {theme.person(by)}?"
    if change.project.group_id is not None and task.obstacle:
        text += " It is in the group's next digest, too."
    return Content(view=CardLayout(ui.Section(text, accessory=help_button)))


def assigned(change: Moved, user_id: int, *, removed: bool) -> str:
    """Tell who has a task now."""
    task = change.task
    asked = user_id in task.asked
    verb = "no longer has" if removed else "is asked to do" if asked else "has"
    return (
        f"{SYMBOL[task.state]} {theme.person(user_id)} {verb} **{short(task.title, 120)}** · "
        f"owners: {theme.names(task.owners, limit=10)}"
        + ("\n-# It is theirs once they take it." if asked else "")
    )


def edited(change: Moved) -> str:
    """Tell what a task is now."""
    return added(change).replace("New task", "Changed", 1)


def task_pages(project: Project, tasks: Sequence[Task]) -> list[discord.Embed]:
    """Return tasks, a few on each page."""
    title = f"Tasks of {project.title}"
    entries: list[tuple[str, str]] = []
    for task in tasks:
        details = [NAME[task.state], doers(task, limit=5) or theme.names([])]
        if task.due_at is not None:
            details.append(f"due {when.stamp(task.due_at, 'f')}")
        lines = [" · ".join(details)]
        if task.obstacle:
            lines.append(f"In the way: {short(task.obstacle, 250)}")
        if task.notes:
            lines.append(short(task.notes, 250))
        lines.append(f"-# since {when.stamp(task.moved_at, 'f')}")
        entries.append((f"{SYMBOL[task.state]} {short(task.title, 200)}", "\n".join(lines)))
    return pages(title, entries, "There are none. `/task add` adds one.")


def task_list(project: Project, tasks: Sequence[Task], shown: Sequence[Task]) -> discord.Embed:
    """Return tasks as lines: those shown, of all there are."""
    done = sum(task.is_done for task in tasks)
    lines = ["There are none. `/task add` adds one."]
    if tasks:
        lines = [f"{theme.bar(done / len(tasks), 5)} {done} of {len(tasks)} done", ""]
    for task in shown:
        line = f"{SYMBOL[task.state]} {short(task.title, 90)}"
        if people := doers(task, limit=2):
            line += f" · {people}"
        if task.due_at is not None and not task.is_done:
            line += f" · {when.stamp(task.due_at, 'R')}"
        lines.append(line)
    return discord.Embed(
        title=theme.clip(theme.escape(f"Tasks of {project.title}"), theme.TITLE_LIMIT),
        description=theme.lines(lines, theme.DESCRIPTION_LIMIT),
        colour=theme.ACCENT,
    )


def overdue(
    due: Overdue, buttons: Callable[[Task], Sequence[ui.Item[Any]]], *, late: bool
) -> Content:
    """Ask about all of a project's overdue tasks: their owners, and on the last day its lead."""
    tasks = [*due.of_owners, *due.of_lead]
    asked = due.asked[:MENTIONS]
    head = f"{theme.BELL} **Overdue: how is it going?**"
    if asked:
        head = f"{' '.join(theme.person(user_id) for user_id in asked)}\n{head}"
    items: list[ui.Item[Any]] = [ui.TextDisplay(head)]
    for task in tasks[:OVERDUE]:
        assert task.due_at is not None  # noqa: S101 - only what is due is overdue
        line = f"{SYMBOL[task.state]} **{short(task.title, 120)}**"
        line += f"\n-# was due {when.stamp(task.due_at, 'R')}, {when.stamp(task.due_at, 'f')}"
        if (people := doers(task, limit=3)) and set(task.owners) != set(asked):
            line += f" · {people}"
        items += [ui.TextDisplay(line), ui.ActionRow(*buttons(task))]
    more = len(tasks) - OVERDUE
    if more > 0:
        items.append(ui.TextDisplay(f"-# and {theme.count(more, 'task')} more, on the board"))
    others = [
        f"-# {theme.person(user_id)}, yours in {' and '.join(f'<#{one}>' for one in threads)} too"
        for user_id, threads in due.elsewhere[:MENTIONS]
        if threads
    ]
    if others:
        items.append(ui.TextDisplay("\n".join(others)))
    if late:
        items.append(ui.TextDisplay(LATE.strip()))
    return Content(view=CardLayout(*items), mentions=theme.pings(asked))
