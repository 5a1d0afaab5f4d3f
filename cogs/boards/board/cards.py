"""What a project looks like as messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.links.service import Watched
from cogs.boards.listing import pages
from cogs.boards.members.joining import Answered
from cogs.boards.members.service import Left
from cogs.boards.projects import rules
from cogs.boards.projects.service import BoardView, Found
from cogs.boards.tasks.service import Moved, Overdue, WholeTask
from cogs.boards.wording import short, who
from data.boards.deadlines import ProjectDeadline
from data.boards.projects import Project
from data.boards.tasks import Task, TaskChange
from data.boards.watches import Watch
from data.states import ProjectRole, ProjectState, TaskChangeKind, TaskState, Topic, WatchState

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

WATCHING = "👁️"
"""Marks a link that is watched for change."""

UNWATCHED = {
    WatchState.DENIED: "it is not open to everybody, or not there",
    WatchState.GONE: "it is not there any more",
    WatchState.UNSTEADY: "it is another page at each look",
}

OVERDUE = 7
"""How many overdue tasks one message asks about, with buttons each."""

LATE = "\n-# This comes late: I could not send it in time."

TaskButton = Callable[[Task], ui.Item[Any]]


def board(
    view: BoardView,
    buttons: Sequence[ui.Item[Any]],
    task_button: TaskButton,
    menu: ui.Item[Any] | None,
) -> Content:
    """Show a project: its paper and people, its deadlines, and its open tasks to act on."""
    body: list[ui.Item[Any]] = [ui.TextDisplay(_heading(view))]
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
        f"{theme.BOARD} {theme.person(proposer_id)} proposed **{theme.plain(project.title)}**\n"
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


def task(whole: WholeTask) -> str:
    """Show one task whole, with how it came to be where it is."""
    one = whole.task
    lines = [f"{SYMBOL[one.state]} **{short(one.title, 240)}** · {NAME[one.state]}"]
    if one.owners:
        lines.append(f"Owners: {theme.names(one.owners, limit=10)}")
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


def given(project: Project, task: Task, by: int, user_id: int) -> Content:
    """Tell somebody that they were given a task."""
    text = (
        f"{theme.person(user_id)}, {theme.person(by)} gave you {SYMBOL[task.state]} "
        f"**{short(task.title, 120)}**"
    )
    if task.due_at is not None:
        text += f" · due {when.stamp(task.due_at, 'R')}"
    return Content(text=text, mentions=_only([user_id]))


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
    verb = "no longer has" if removed else "has"
    return (
        f"{SYMBOL[task.state]} {theme.person(user_id)} {verb} **{short(task.title, 120)}** · "
        f"owners: {theme.names(task.owners, limit=10)}"
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


def task_list(project: Project, tasks: Sequence[Task], shown: Sequence[Task]) -> discord.Embed:
    """Return tasks as lines: those shown, of all there are."""
    done = sum(task.is_done for task in tasks)
    lines = [f"{theme.bar(done / len(tasks), 5) if tasks else ''} {done} of {len(tasks)} done", ""]
    for task in shown:
        line = f"{SYMBOL[task.state]} {short(task.title, 90)}"
        if task.owners:
            line += f" · {theme.names(task.owners, limit=2)}"
        if task.due_at is not None and not task.is_done:
            line += f" · {when.stamp(task.due_at, 'R')}"
        lines.append(line)
    return discord.Embed(
        title=theme.clip(theme.plain(f"Tasks of {project.title}"), theme.TITLE_LIMIT),
        description=theme.lines(lines, theme.DESCRIPTION_LIMIT),
        colour=theme.ACCENT,
    )


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
    title = short(project.title, 130)
    return f"{theme.BOARD} {theme.person(by)} says **{title}** is **{project.state}**."


def update(by: int, text: str) -> str:
    """Show a line of the log."""
    return f"📣 {theme.person(by)}: {theme.clip(theme.plain(text), 1900)}"


def invitation(project: Project, by: int, user_id: int, join: ui.Item[Any]) -> Content:
    """Ask somebody to join."""
    title = short(project.title, 130)
    text = f"{theme.person(user_id)}, {theme.person(by)} invites you to **{title}**."
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
    """Confirm that the lead was asked, or the mentors."""
    return (
        f"{theme.names(answer.answering)} is asked, in <#{answer.project.thread_id}>. You are told "
        "when they answer."
    )


def request(answer: Answered, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Put somebody's wish to join before the lead."""
    role = f" as {answer.request.role}" if answer.request.role is not None else ""
    text = f"{theme.person(answer.request.user_id)} asks to join{role}."
    if answer.answering:
        text = f"{theme.names(answer.answering)}, {text}"
    if answer.request.note:
        text += f"\n> {short(answer.request.note, 1200)}"
    return Content(
        view=CardLayout(ui.TextDisplay(text), ui.ActionRow(*buttons)),
        mentions=_only(answer.answering),
    )


def accepted(answer: Answered, by: int) -> Content:
    """Show that somebody was let in."""
    text = (
        f"{theme.DONE} {theme.person(by)} let {theme.person(answer.request.user_id)} in. Welcome!"
    )
    return Content(view=CardLayout(ui.TextDisplay(text)))


def request_answered(answer: Answered, by: int) -> Content:
    """Show that somebody was answered, and not what: that is for them alone."""
    text = f"{theme.person(by)} answered {theme.person(answer.request.user_id)}."
    return Content(view=CardLayout(ui.TextDisplay(text)))


def refusal(answer: Answered, reason: str) -> Content:
    """Tell somebody why they cannot join."""
    return Content(
        text=f"You asked to join **{short(answer.project.title, 130)}**. Its lead cannot take you "
        f"now:\n> {short(reason, 1200)}\nYou may ask again when that changes. `/project list` "
        "shows the other projects."
    )


def place_free(left: Left, join: ui.Item[Any]) -> Content:
    """Offer a place that somebody left."""
    text = f"A place in **{short(left.project.title, 130)}** is free"
    text += f", as {', '.join(left.roles)}." if left.roles else "."
    return Content(view=CardLayout(ui.Section(text, accessory=join)))


def lead_free(left: Left, lead: ui.Item[Any]) -> Content:
    """Offer the lead of a project to its members."""
    text = f"**{short(left.project.title, 130)}** needs somebody to lead it. Which member does?"
    return Content(view=CardLayout(ui.Section(text, accessory=lead)))


def more(project: Project, *, leads: bool) -> str:
    """Head what else can be done with a board."""
    said = f"**{short(project.title, 130)}**"
    if leads:
        silence = rules.silence_of(project)
        days = f"{silence.days} days of silence" if silence is not None else "no silence"
        said += f"\n-# Its lead is asked after {days}."
    return said


def settings(project: Project) -> str:
    """Confirm a project's settings."""
    silence = rules.silence_of(project)
    said = f"**{short(project.title, 130)}**: "
    if silence is None:
        said += "nobody is asked how it goes when it is silent."
    else:
        said += (
            f"after {silence.days} silent days its lead is asked how it goes, and a week later the "
            "organisers."
        )
    if project.wanted_roles:
        said += f" It looks for: {', '.join(project.wanted_roles)}."
    return said


def leads(project: Project, user_id: int) -> str:
    """Tell who leads a project now."""
    return f"{theme.BOARD} {theme.person(user_id)} leads **{short(project.title, 130)}** now."


def goodbye(left: Left) -> str:
    """Confirm that somebody left."""
    said = f"You left **{short(left.project.title, 130)}**. What you did stays on its board."
    if left.tasks:
        said += f" {theme.count(left.tasks, 'task')} of yours can be taken by somebody else now."
    return said


def silence(
    days: int, *, user_ids: Sequence[int], late: bool, buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Ask the people of a silent board how it is going."""
    mentioned = user_ids[:MENTIONS]
    asked = " ".join(theme.person(user_id) for user_id in mentioned)
    text = (
        f"{asked}\nNothing has happened here for {days} days. How is it going? A line in the log "
        "is enough. If the project is resting, pause it, and nobody is asked again."
    )
    if late:
        text += LATE
    return Content(
        view=CardLayout(ui.TextDisplay(text), ui.ActionRow(*buttons)), mentions=_only(mentioned)
    )


def still_silent(
    days: int, *, role_id: int | None, late: bool, buttons: Sequence[ui.Item[Any]]
) -> Content:
    """Ask the organisers about a board whose lead has not answered."""
    asked = f"<@&{role_id}>\n" if role_id is not None else ""
    text = (
        f"{asked}Nothing has happened here for {days} days, and its lead has not answered. Does it "
        "go on? An organiser can pause it, hand it to another member with `/project lead`, or "
        "archive it with `/project archive`. This is the last time that I ask."
    )
    if late:
        text += LATE
    roles = [discord.Object(role_id)] if role_id is not None else []
    return Content(
        view=CardLayout(ui.TextDisplay(text), ui.ActionRow(*buttons)),
        mentions=discord.AllowedMentions(everyone=False, users=False, roles=roles),
    )


def overdue(
    due: Overdue, buttons: Callable[[Task], Sequence[ui.Item[Any]]], *, late: bool
) -> Content:
    """Ask about all of a project's overdue tasks: their owners, and on the last day its lead."""
    tasks = [*due.of_owners, *due.of_lead]
    asked = due.asked[:MENTIONS]
    head = f"{theme.BELL} **Overdue: how does it stand?**"
    if asked:
        head = f"{' '.join(theme.person(user_id) for user_id in asked)}\n{head}"
    items: list[ui.Item[Any]] = [ui.TextDisplay(head)]
    for task in tasks[:OVERDUE]:
        assert task.due_at is not None  # noqa: S101 - only what is due is overdue
        line = f"{SYMBOL[task.state]} **{short(task.title, 120)}**"
        line += f"\n-# was due {when.stamp(task.due_at, 'R')}, {when.stamp(task.due_at, 'f')}"
        if task.owners and set(task.owners) != set(asked):
            line += f" · {theme.names(task.owners, limit=3)}"
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
    return Content(view=CardLayout(*items), mentions=_only(asked))


def deadline_added(deadline: ProjectDeadline, ahead: int) -> str:
    """Tell of a new deadline, and how often it will remind."""
    times = f" · {theme.count(ahead, 'reminder')} ahead" if ahead else ""
    return (
        f"{theme.BELL} **{short(deadline.title, 120)}** is due "
        f"{when.stamp(deadline.due_at)} ({when.stamp(deadline.due_at, 'R')}){times}"
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
        said += LATE
    mentioned = user_ids[:MENTIONS]
    if mentioned:
        said += "\n" + theme.names(mentioned, limit=MENTIONS)
    items: list[ui.Item[Any]] = [ui.TextDisplay(said)]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Content(
        view=CardLayout(*items),
        mentions=_only(mentioned),
    )


def _only(user_ids: Sequence[int]) -> discord.AllowedMentions:
    """Let a message ping these people, and nobody else."""
    return discord.AllowedMentions(
        everyone=False, roles=False, users=[discord.Object(user_id) for user_id in user_ids]
    )


def _heading(view: BoardView) -> str:
    """Say what the project is, how far it has come and who is in it, in one block."""
    project = view.project
    lines = [f"## {theme.BOARD} {short(project.title, 130)}", _paper(view)]
    if project.summary:
        lines.append(short(project.summary, 500))
    state = "archived" if project.archived_at else str(project.state)
    count = len(view.members)
    size = (
        f"{count} of {theme.count(project.capacity, 'member')}"
        if project.capacity
        else theme.count(count, "member")
    )
    lines.append(f"-# {state} · {size} · since {when.stamp(project.created_at, 'd')}")
    lines.append(_people(view))
    wanted = [*(project.wanted_roles or ()), *project.skills]
    if wanted:
        lines.append(f"Wanted: {short(', '.join(wanted), 240)}")
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
    """Name the lead, then those with a part in it, then the others."""
    project = view.project
    said = [f"Lead {theme.person(project.lead_id)}" if project.lead_id is not None else "No lead"]
    others = [member for member in view.members if member.user_id != project.lead_id]
    for role in ProjectRole:
        those = [member.user_id for member in others if member.has(role)]
        if those:
            said.append(f"{role}{'s' if len(those) > 1 else ''} {theme.names(those, limit=4)}")
    rest = [member.user_id for member in others if not member.roles]
    if rest:
        said.append(theme.names(rest, limit=12))
    return " · ".join(said)


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
    bar = theme.bar(done / len(ordered), 5)
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
        by = "🔗" if last.topic is Topic.CHANGE else f"📣 {who(last.user_id)}"
        lines.append(f"{by} {when.stamp(last.posted_at, 'R')}: {short(last.text, 200)}")
    watches = {watch.link_id: watch for watch in view.watches}
    links: list[str] = []
    for link in view.links:
        shown = f"[{short(link.label, 60)}]({link.url}){_watched(watches.get(link.id))}"
        if sum(map(len, links)) + len(shown) > LINKS_CHARACTERS:
            break
        links.append(shown)
    if links:
        more = len(view.links) - len(links)
        lines.append(f"🔗 {' · '.join(links)}" + (f" · and {more} more" if more else ""))
    return "\n".join(lines)


def _watched(watch: Watch | None) -> str:
    """Mark a link that is watched, or that is gone."""
    if watch is None:
        return ""
    return {WatchState.WATCHED: f" {WATCHING}", WatchState.GONE: " (gone)"}.get(watch.state, "")


def link(found: Watched) -> str:
    """Show one link, and whether it is watched."""
    watch = found.watch
    lines = [f"🔗 **{short(found.link.label, 120)}** · <{found.link.url}>"]
    if watch is None:
        lines.append("It is not watched: what changes there does not show here.")
    elif watch.state is WatchState.WATCHED:
        said = f"{WATCHING} It is watched: a change there is a line in the log and a sign of life."
        if watch.changed_at is not None:
            said += f" Changed {when.stamp(watch.changed_at, 'R')}."
        lines.append(said)
        if watch.checked_at is not None:
            lines.append(f"-# looked at {when.stamp(watch.checked_at, 'R')}")
    else:
        lines.append(f"It cannot be watched: {UNWATCHED[watch.state]}.")
    return "\n".join(lines)


def _row(task: Task) -> str:
    said = f"{SYMBOL[task.state]} **{short(task.title, 120)}**"
    details = [NAME[task.state]]
    if task.obstacle:
        details[0] += f": {short(task.obstacle, 60)}"
    if task.owners:
        details.append(theme.names(task.owners, limit=3))
    if task.due_at is not None:
        details.append(f"due {when.stamp(task.due_at, 'R')}")
    return f"{said}\n-# {' · '.join(details)}"
