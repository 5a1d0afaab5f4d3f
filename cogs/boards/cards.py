"""What a project looks like as messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot import when
from bot.delivery import Content
from bot.ui import theme
from bot.ui.items import CardLayout
from cogs.boards import ledger_cards
from cogs.boards.listing import pages
from cogs.boards.rules import board as rules
from cogs.boards.service import Answered, BoardView, Found, Left, Moved
from cogs.boards.wording import short, who
from data.boards import Project
from data.project_deadlines import ProjectDeadline
from data.states import ProjectState, TaskState
from data.tasks import Move, Task

ROWS = 6
"""How many open tasks a board shows with a button each; Discord allows 40 components in all."""

ROWS_CHARACTERS = 900
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

LINKS_CHARACTERS = 450
"""How much text the links may take on a board."""

TaskButton = Callable[[Task], ui.Item[Any]]


def board(
    view: BoardView,
    buttons: Sequence[ui.Item[Any]],
    task_button: TaskButton,
    menu: ui.Item[Any] | None,
) -> Content:
    """Show a project: its paper and people, its deadlines, and its open tasks to act on."""
    body: list[ui.Item[Any]] = [ui.TextDisplay(_heading(view)), ui.TextDisplay(_people(view))]
    dates = _dates(view)
    if dates:
        body += [ui.Separator(), ui.TextDisplay(dates)]
    if view.standings:
        body += [ui.Separator(), ui.TextDisplay(ledger_cards.on_board(view.standings))]
    body += [ui.Separator(), *_tasks(view, task_button)]
    log = _log(view)
    if log:
        body += [ui.Separator(), ui.TextDisplay(log)]
    if view.project.archived_at is None:
        body.append(ui.Separator())
        if menu is not None:
            body.append(ui.ActionRow(menu))
        body.append(ui.ActionRow(*buttons))
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
    if task.obstacle:
        said += f": {short(task.obstacle, 300)}"
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


def task(one: Task, moves: Sequence[Move]) -> str:
    """Show one task whole, with how it came to be where it is."""
    lines = [f"{SYMBOL[one.state]} **{short(one.title, 240)}** · {NAME[one.state]}"]
    if one.owners:
        lines.append(f"Owners: {theme.names(one.owners, limit=10)}")
    if one.due_at is not None:
        lines.append(f"Due {when.stamp(one.due_at)} ({when.stamp(one.due_at, 'R')})")
    if one.obstacle:
        lines.append(f"In the way: {short(one.obstacle, 400)}")
    if one.notes:
        lines.append(f"> {short(one.notes, 600)}")
    lines += [
        f"-# {when.stamp(move.moved_at, 'f')} <@{move.user_id}>: "
        + (f"{NAME[move.origin]} → {NAME[move.target]}" if move.origin else "added")
        for move in moves[-8:]
    ]
    return theme.lines(lines, 1900)


def assigned(change: Moved, user_id: int, *, removed: bool) -> str:
    """Tell who has a task now."""
    task = change.task
    verb = "no longer has" if removed else "has"
    return (
        f"{SYMBOL[task.state]} <@{user_id}> {verb} **{short(task.title, 120)}** · owners: "
        f"{theme.names(task.owners, limit=10)}"
    )


def edited(change: Moved) -> str:
    """Tell what a task is now."""
    return added(change).replace("New task", "Changed", 1)


def task_pages(project: Project, tasks: Sequence[Task]) -> list[discord.Embed]:
    """Return tasks, a few on each page."""
    title = f"Tasks of {project.title}"
    entries: list[tuple[str, str]] = []
    for task in tasks:
        details = [NAME[task.state], theme.names(task.owners, limit=5)]
        if task.due_at is not None:
            details.append(f"due {when.stamp(task.due_at, 'f')}")
        lines = [" · ".join(details)]
        if task.obstacle:
            lines.append(f"In the way: {short(task.obstacle, 250)}")
        if task.notes:
            lines.append(short(task.notes, 250))
        lines.append(f"-# since {when.stamp(task.moved_at, 'f')}")
        entries.append((f"{SYMBOL[task.state]} {short(task.title, 200)}", "\n".join(lines)))
    return pages(title, entries, "There are none. `/project task add` adds one.")


def deadline_pages(project: Project, deadlines: Sequence[ProjectDeadline]) -> list[discord.Embed]:
    """Return deadlines, open ones first, a few on each page."""
    ordered = sorted(deadlines, key=lambda one: (not one.is_open, one.due_at))
    entries = [
        (
            short(one.title, 200),
            f"{when.stamp(one.due_at)} ({when.stamp(one.due_at, 'R')})"
            + ("" if one.is_open else f" · {one.state} by {who(one.closed_by)}"),
        )
        for one in ordered
    ]
    title = f"Deadlines of {project.title}"
    return pages(title, entries, "There are none. `/project deadline add` adds one.")


def project_pages(found: Sequence[Found]) -> list[discord.Embed]:
    """Return projects, a few on each page."""
    entries: list[tuple[str, str]] = []
    for one in found:
        project = one.project
        size = f"{one.members}/{project.capacity}" if project.capacity else str(one.members)
        where = f"<#{project.thread_id}>" if project.thread_id is not None else "its board"
        lines = [
            f"{project.state} · {theme.GROUP} {size} · {where}",
            f"{theme.PAPER} {short(one.paper.title if one.paper else project.cited, 200)}",
        ]
        if project.skills:
            lines.append(f"Wanted: {short(', '.join(project.skills), 200)}")
        entries.append((short(project.title, 200), "\n".join(lines)))
    return pages("Projects", entries, "None like that. `/project propose` starts one.")


def state_changed(project: Project, by: int) -> str:
    """Tell how far a project has come."""
    return f"{theme.BOARD} <@{by}> says **{short(project.title, 130)}** is **{project.state}**."


def update(by: int, text: str) -> str:
    """Show a line of the log."""
    return f"📣 <@{by}>: {theme.clip(theme.plain(text), 1900)}"


def invitation(project: Project, by: int, user_id: int, join: ui.Item[Any]) -> Content:
    """Ask somebody to join."""
    text = f"<@{user_id}>, <@{by}> invites you to **{short(project.title, 130)}**."
    return Content(
        view=CardLayout(ui.Section(text, accessory=join)),
        mentions=discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(user_id)]
        ),
    )


def report(view: BoardView) -> str:
    """Say what a report comes to, above its files."""
    said = f"{theme.PAPER} The report of **{short(view.project.title, 130)}**"
    if not view.standings:
        return (
            f"{said}. It has no claims yet: `/project claim add` writes down what is to be tried."
        )
    return f"{said}\n{ledger_cards.verdict_bar(view.standings)}"


def asked(answer: Answered) -> str:
    """Confirm that the lead was asked."""
    return (
        f"<@{answer.project.lead_id}> is asked, in <#{answer.project.thread_id}>. You are told "
        "when they answer."
    )


def request(answer: Answered, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Put somebody's wish to join before the lead."""
    lead_id = answer.project.lead_id
    text = f"<@{answer.request.user_id}> asks to join."
    if lead_id is not None:
        text = f"<@{lead_id}>, {text}"
    if answer.request.note:
        text += f"\n> {short(answer.request.note, 1200)}"
    users = [discord.Object(lead_id)] if lead_id is not None else []
    return Content(
        view=CardLayout(ui.TextDisplay(text), ui.ActionRow(*buttons)),
        mentions=discord.AllowedMentions(everyone=False, roles=False, users=users),
    )


def accepted(answer: Answered, by: int) -> Content:
    """Show that somebody was let in."""
    text = f"{theme.DONE} <@{by}> let <@{answer.request.user_id}> in. Welcome!"
    return Content(view=CardLayout(ui.TextDisplay(text)))


def request_answered(answer: Answered, by: int) -> Content:
    """Show that somebody was answered, and not what: that is for them alone."""
    text = f"<@{by}> answered <@{answer.request.user_id}>."
    return Content(view=CardLayout(ui.TextDisplay(text)))


def refusal(answer: Answered, reason: str) -> Content:
    """Tell somebody why they cannot join."""
    return Content(
        text=f"You asked to join **{short(answer.project.title, 130)}**. Its lead cannot take you "
        f"now:\n> {short(reason, 1200)}\nYou may ask again when that changes. `/project list` "
        "shows the other projects."
    )


def place_free(project: Project, join: ui.Item[Any]) -> Content:
    """Offer a place that somebody left."""
    text = f"A place in **{short(project.title, 130)}** is free."
    return Content(view=CardLayout(ui.Section(text, accessory=join)))


def goodbye(left: Left) -> str:
    """Confirm that somebody left."""
    said = f"You left **{short(left.project.title, 130)}**. What you did stays on its board."
    if left.tasks:
        said += f" {theme.count(left.tasks, 'task')} of yours can be taken by somebody else now."
    return said


def silence(
    project: Project,
    days: int,
    *,
    user_ids: Sequence[int],
    role_id: int | None,
    late: bool,
    buttons: Sequence[ui.Item[Any]],
) -> Content:
    """Ask how a silent board is."""
    asked = [f"<@{user_id}>" for user_id in user_ids[:MENTIONS]]
    if role_id is not None:
        asked.append(f"<@&{role_id}>")
    text = (
        f"{' '.join(asked)}\nNothing has happened here for {days} days. How does it stand? A line "
        "in the log is enough. If it rests, pause it: then nobody is asked again."
    )
    if late:
        text += "\n-# This comes late: I could not send it in time."
    roles = [discord.Object(role_id)] if role_id is not None else []
    return Content(
        view=CardLayout(ui.TextDisplay(text), ui.ActionRow(*buttons)),
        mentions=discord.AllowedMentions(
            everyone=False,
            roles=roles,
            users=[discord.Object(user_id) for user_id in user_ids[:MENTIONS]],
        ),
    )


def deadline_added(deadline: ProjectDeadline, ahead: int) -> str:
    """Tell of a new deadline, and how often it will remind."""
    times = theme.count(ahead, "reminder")
    return (
        f"{theme.BELL} **{short(deadline.title, 120)}** is due "
        f"{when.stamp(deadline.due_at)} ({when.stamp(deadline.due_at, 'R')}) · {times} ahead"
    )


def deadline_moved(deadline: ProjectDeadline, before: datetime, reason: str | None) -> str:
    """Tell when a deadline is now."""
    said = (
        f"{theme.BELL} **{short(deadline.title, 120)}** is due {when.stamp(deadline.due_at)} "
        f"({when.stamp(deadline.due_at, 'R')}) now. It was due {when.stamp(before)}."
    )
    return f"{said}\nWhy: {short(reason, 500)}" if reason else said


def reminder(
    title: str,
    due_at: datetime,
    *,
    passed: bool,
    overdue: bool = False,
    late: bool,
    user_ids: Sequence[int],
    buttons: Sequence[ui.Item[Any]],
) -> Content:
    """Remind people of something due, or tell them that its time has come."""
    name = f"**{short(title, 120)}**"
    if overdue:
        said = f"{theme.BELL} {name} was due {when.stamp(due_at, 'R')}, {when.stamp(due_at)}. "
        said += "How does it stand? `/project task edit` gives it another time."
    elif passed:
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


def _log(view: BoardView) -> str:
    """Return the latest line of the log, and as many links as fit."""
    lines: list[str] = []
    last = view.last_update
    if last is not None:
        lines.append(
            f"📣 <@{last.user_id}> {when.stamp(last.posted_at, 'R')}: {short(last.text, 200)}"
        )
    links: list[str] = []
    for link in view.links:
        shown = f"[{short(link.label, 60)}]({link.url})"
        if sum(map(len, links)) + len(shown) > LINKS_CHARACTERS:
            break
        links.append(shown)
    if links:
        more = len(view.links) - len(links)
        lines.append(f"🔗 {' · '.join(links)}" + (f" · and {more} more" if more else ""))
    return "\n".join(lines)


def _row(task: Task) -> str:
    said = f"{SYMBOL[task.state]} **{short(task.title, 120)}**"
    details = [NAME[task.state]]
    if task.owners:
        details.append(theme.names(task.owners, limit=3))
    if task.due_at is not None:
        details.append(f"due {when.stamp(task.due_at, 'R')}")
    return f"{said}\n-# {' · '.join(details)}"
