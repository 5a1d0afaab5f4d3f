"""What deadlines look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.base import when
from bot.base.wording import MENTIONS
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.boards.listing import pages
from cogs.boards.wording import LATE, short, who
from data.boards.deadlines import ProjectDeadline
from data.boards.projects import Project


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
    return pages(title, entries, "There are none. `/deadline add` adds one.")


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
    asked: Sequence[int] = (),
) -> Content:
    """Remind people of something due, or tell them that its time has come.

    ``asked`` are named and not pinged: they were asked to do it, and have not said yes.
    """
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
    if asked:
        said += f"\n-# Asked, without an answer yet: {theme.names(asked, limit=5)}"
    items: list[ui.Item[Any]] = [ui.TextDisplay(said)]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Content(
        view=CardLayout(*items),
        mentions=theme.pings(mentioned),
    )
