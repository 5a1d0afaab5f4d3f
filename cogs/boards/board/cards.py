"""What a project looks like as messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from discord import ui

from bot.base import when
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from bot.ui.papers import linked
from cogs.boards.board.service import BoardView
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.links.cards import WATCHING
from cogs.boards.projects.cards import COLOUR
from cogs.boards.silence.rules import silence_of
from cogs.boards.tasks.cards import NAME, SYMBOL, doers
from cogs.boards.wording import short, who
from data.boards.projects import Project
from data.boards.tasks import Task
from data.boards.watches import Watch
from data.states import ProjectRole, Topic, WatchState

ROWS_CHARACTERS = 900
"""How much text the rows of tasks may hold; Discord allows 4000 characters in all."""


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


def more(project: Project, *, leads: bool) -> str:
    """Head what else can be done with a board."""
    said = f"**{short(project.title, 130)}**"
    if leads:
        silence = silence_of(project)
        days = f"{silence.days} days of silence" if silence is not None else "no silence"
        said += f"\n-# Its lead is asked after {days}."
    return said


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
    said = f"{theme.PAPER} {linked(paper)}"
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
    done = sum(task.is_done for task in view.tasks)
    if not view.tasks:
        return [
            ui.TextDisplay(
                "### Tasks\nNone yet. What is the first thing to find out? Press *Add a task*, or "
                "use `/task add`."
            )
        ]
    bar = theme.bar(done / len(view.tasks), 5)
    items: list[ui.Item[Any]] = [
        ui.TextDisplay(f"### Tasks {bar} {done} of {len(view.tasks)} done")
    ]
    used = 0
    shown = 0
    for task in view.first:
        row = _row(task)
        if used + len(row) > ROWS_CHARACTERS:
            break
        used += len(row)
        shown += 1
        if view.project.archived_at is None:
            items.append(ui.Section(row, accessory=task_button(task)))
        else:
            items.append(ui.TextDisplay(row))
    if more := len(view.tasks) - done - shown:
        items.append(ui.TextDisplay(f"-# … and {theme.count(more, 'open task')} more"))
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


def _row(task: Task) -> str:
    said = f"{SYMBOL[task.state]} **{short(task.title, 120)}**"
    details = [NAME[task.state]]
    if task.obstacle:
        details[0] += f": {short(task.obstacle, 60)}"
    if people := doers(task, limit=3):
        details.append(people)
    if task.due_at is not None:
        details.append(f"due {when.stamp(task.due_at, 'R')}")
    return f"{said}\n-# {' · '.join(details)}"
