"""What a project looks like as messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import discord
from discord import ui

from bot import when
from bot.delivery import Content
from bot.ui import theme
from bot.ui.items import CardLayout
from cogs.boards.rules import board as rules
from cogs.boards.service import BoardView, Moved
from data.boards import Project
from data.project_deadlines import ProjectDeadline
from data.states import ProjectState, TaskState
from data.tasks import Task

ROWS = 6
"""How many open tasks a board shows with a button each; Discord allows 40 components in all."""

ROWS_CHARACTERS = 1200
"""How much text those rows may hold; Discord allows 4000 characters in all."""

MENTIONS = 50
"""How many people one message mentions."""

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

COLOUR = {
    ProjectState.PROPOSED: theme.ACCENT,
    ProjectState.RECRUITING: theme.ACCENT,
    ProjectState.ACTIVE: theme.GOOD,
    ProjectState.WRITING: theme.GOOD,
    ProjectState.DONE: theme.GOOD,
    ProjectState.PAUSED: theme.WARM,
    ProjectState.ABANDONED: theme.QUIET,
}

TaskButton = Callable[[Task], ui.Item[Any]]


def board(view: BoardView, buttons: Sequence[ui.Item[Any]], task_button: TaskButton) -> Content:
    """Show a project: its paper and people, its deadlines, and its open tasks to act on."""
    body: list[ui.Item[Any]] = [ui.TextDisplay(_heading(view)), ui.TextDisplay(_people(view))]
    dates = _dates(view)
    if dates:
        body += [ui.Separator(), ui.TextDisplay(dates)]
    body += [ui.Separator(), *_tasks(view, task_button)]
    if buttons and view.project.archived_at is None:
        body += [ui.Separator(), ui.ActionRow(*buttons)]
    colour = theme.QUIET if view.project.archived_at else COLOUR[view.project.state]
    return Content(view=CardLayout(ui.Container(*body, accent_colour=colour)), pinned=True)


def proposed(project: Project, proposer_id: int, join: ui.Item[Any]) -> Content:
    """Tell a channel of a new project, with a way in."""
    text = (
        f"{theme.BOARD} <@{proposer_id}> proposed **{theme.plain(project.title)}**\n"
        f"Its board: <#{project.thread_id}>"
    )
    return Content(view=CardLayout(ui.Section(text, accessory=join)))


def opened(project: Project) -> str:
    """Tell the proposer where the board is, with what to do next."""
    return (
        f"Your board is open: <#{project.thread_id}>. Say there what the first steps are, with "
        "`/project task add`, and until when, with `/project deadline add`."
    )


def welcome(project: Project) -> str:
    """Greet somebody who joined, with what to do next."""
    return (
        f"Welcome to **{theme.plain(project.title)}**. Its board is in <#{project.thread_id}>: "
        "take a task there, or add one with `/project task add`."
    )


def moved(change: Moved) -> str:
    """Confirm where a task is now."""
    task = change.task
    said = f"{SYMBOL[task.state]} **{short(task.title, 120)}** is {NAME[task.state]}"
    if task.owners:
        said += f" · {theme.names(task.owners, limit=5)}"
    if task.due_at is not None and not task.is_done:
        said += f" · due {when.stamp(task.due_at)}"
    return said


def added(change: Moved) -> str:
    """Tell of a new task."""
    task = change.task
    said = f"{SYMBOL[task.state]} New task: **{short(task.title, 120)}**"
    if task.owners:
        said += f" · {theme.names(task.owners, limit=5)}"
    if task.due_at is not None:
        said += f" · due {when.stamp(task.due_at)} ({when.stamp(task.due_at, 'R')})"
    if task.notes:
        said += f"\n> {short(task.notes, 300)}"
    return said


def deadline_added(deadline: ProjectDeadline, ahead: int) -> str:
    """Tell of a new deadline, and how often it will remind."""
    times = theme.count(ahead, "reminder")
    return (
        f"{theme.BELL} **{short(deadline.title, 120)}** is due "
        f"{when.stamp(deadline.due_at)} ({when.stamp(deadline.due_at, 'R')}) · {times} ahead"
    )


def reminder(
    title: str,
    project: Project,
    due_at: Any,
    *,
    passed: bool,
    late: bool,
    user_ids: Sequence[int],
    buttons: Sequence[ui.Item[Any]],
) -> Content:
    """Remind people of something due, or tell them that its time has come."""
    name = f"**{short(title, 120)}**"
    if passed:
        said = f"{theme.BELL} {name} was due {when.stamp(due_at)}."
        said += " Is it done?" if buttons else ""
    else:
        said = f"{theme.BELL} {name} is due {when.stamp(due_at, 'R')}, {when.stamp(due_at)}."
    if late:
        said += "\n-# This reminder is late: I could not send it in time."
    mentioned = user_ids[:MENTIONS]
    if mentioned:
        said += "\n" + theme.names(mentioned, limit=MENTIONS)
    items: list[ui.Item[Any]] = [ui.TextDisplay(said)]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Content(
        view=CardLayout(*items),
        mentions=discord.AllowedMentions(
            everyone=False,
            roles=False,
            users=[discord.Object(user_id) for user_id in mentioned],
        ),
    )


def short(text: str, limit: int) -> str:
    """Return a person's text on one line, escaped, in at most ``limit`` characters."""
    tidy = " ".join(text.split())
    shown = theme.plain(tidy)
    kept = len(tidy)
    while len(shown) > limit:
        kept -= max(1, (len(shown) - limit) // 2)
        shown = theme.plain(tidy[:kept].rstrip()) + "…"
    return shown


def _heading(view: BoardView) -> str:
    project = view.project
    state = "archived" if project.archived_at else str(project.state)
    lines = [f"## {theme.BOARD} {short(project.title, 130)}", _paper(view)]
    if project.summary:
        lines.append(short(project.summary, 500))
    lines.append(f"-# {state} · since {when.stamp(project.created_at, 'D')}")
    return "\n".join(lines)


def _paper(view: BoardView) -> str:
    paper = view.paper
    if paper is None:
        return f"{theme.PAPER} {short(view.project.cited, 200)}"
    title = short(paper.title, 200)
    said = f"{theme.PAPER} [{title}]({paper.url})" if paper.url else f"{theme.PAPER} {title}"
    if paper.authors:
        others = " et al." if len(paper.authors) > 1 else ""
        said += f" · {short(paper.authors[0], 60)}{others}"
    if paper.year:
        said += f", {paper.year}"
    return said


def _people(view: BoardView) -> str:
    project = view.project
    ids = [member.user_id for member in view.members if member.user_id != project.lead_id]
    count = len(view.members)
    size = (
        f"{count} of {theme.count(project.capacity, 'member')}"
        if project.capacity
        else theme.count(count, "member")
    )
    lead = f"Lead <@{project.lead_id}>" if project.lead_id is not None else "No lead"
    said = f"**{size}** · {lead}"
    if ids:
        said += f" · {theme.names(ids, limit=12)}"
    if project.skills:
        said += f"\nWanted: {short(', '.join(project.skills), 200)}"
    return said


def _dates(view: BoardView) -> str:
    entries = [
        f"{theme.BELL} **{short(one.title, 60)}** · {when.stamp(one.due_at, 'f')} "
        f"({when.stamp(one.due_at, 'R')})"
        for one in view.deadlines
        if one.is_open
    ]
    if len(entries) > 4:
        entries = [*entries[:4], f"-# and {theme.count(len(entries) - 4, 'deadline')} more"]
    return "\n".join(entries)


def _tasks(view: BoardView, task_button: TaskButton) -> list[ui.Item[Any]]:
    """Return the heading, a row for each task that fits, and a line for the rest."""
    ordered = rules.on_card(view.tasks)
    still = [task for task in ordered if not task.is_done]
    done = len(ordered) - len(still)
    if not ordered:
        return [
            ui.TextDisplay(
                "### Tasks\nNone yet. What is the first thing to find out? Press *Add a task*, or "
                "use `/project task add`."
            )
        ]
    bar = theme.bar(done / len(ordered))
    items: list[ui.Item[Any]] = [ui.TextDisplay(f"### Tasks {bar} {done} of {len(ordered)} done")]
    used = 0
    shown = 0
    for task in still[:ROWS]:
        row = _row(task)
        if used + len(row) > ROWS_CHARACTERS:
            break
        used += len(row)
        shown += 1
        if view.project.archived_at is None:
            items.append(ui.Section(row, accessory=task_button(task)))
        else:
            items.append(ui.TextDisplay(row))
    if len(still) > shown:
        items.append(
            ui.TextDisplay(f"-# … and {theme.count(len(still) - shown, 'open task')} more")
        )
    return items


def _row(task: Task) -> str:
    said = f"{SYMBOL[task.state]} **{short(task.title, 120)}**"
    details = [NAME[task.state]]
    if task.owners:
        details.append(theme.names(task.owners, limit=3))
    if task.due_at is not None:
        details.append(f"due {when.stamp(task.due_at, 'R')}")
    return f"{said}\n-# {' · '.join(details)}"
