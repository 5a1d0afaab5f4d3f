"""What projects say in messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.boards.listing import pages
from cogs.boards.projects.service import ListedProject
from cogs.boards.silence.rules import silence_of
from cogs.boards.wording import short
from data.boards.projects import Project
from data.states import ProjectState

SAME_PAPER = 3
"""How many other boards on the same paper are named."""

COLOUR = {
    ProjectState.PROPOSED: theme.ACCENT,
    ProjectState.RECRUITING: theme.ACCENT,
    ProjectState.ACTIVE: theme.GOOD,
    ProjectState.WRITING: theme.GOOD,
    ProjectState.DONE: theme.GOOD,
    ProjectState.PAUSED: theme.WARM,
    ProjectState.ABANDONED: theme.QUIET,
}


def proposed(project: Project, proposer_id: int, join: ui.Item[Any]) -> Content:
    """Tell a channel of a new project, with a way in."""
    text = (
        f"{theme.BOARD} {theme.person(proposer_id)} proposed **{theme.escape(project.title)}**\n"
        f"Its board: <#{project.thread_id}>"
    )
    return Content(view=CardLayout(ui.Section(text, accessory=join)))


def opened(project: Project, same: Sequence[Project]) -> str:
    """Tell the proposer where the board is, what to do next, and who else works on the paper.

    ``same`` are the other boards on that paper.
    """
    said = (
        f"Your board is open: <#{project.thread_id}>. Write down there what the first steps are, "
        "with `/task add`, and by when, with `/deadline add`."
    )
    if project.paper_id is None:
        said += (
            f"\n-# I know no link or identifier in “{short(project.cited, 100)}”, so the board "
            "cites it as you typed it. `/project edit paper:` changes that."
        )
    if same:
        boards = [_also(one) for one in same[:SAME_PAPER]]
        more = f" and {len(same) - SAME_PAPER} more" if len(same) > SAME_PAPER else ""
        one = "board works" if len(same) == 1 else "boards work"
        said += (
            f"\n{theme.PAPER} {len(same)} other {one} on this paper: {', '.join(boards)}{more}. "
            "You could join forces: `/project join`."
        )
    return said


def _also(project: Project) -> str:
    where = f" (<#{project.thread_id}>)" if project.thread_id is not None else ""
    return f"**{short(project.title, 80)}**{where}"


def state_changed(project: Project, by: int) -> str:
    """Tell how far a project has come."""
    title = short(project.title, 130)
    return f"{theme.BOARD} {theme.person(by)} says **{title}** is **{project.state}**."


def update(by: int, text: str) -> str:
    """Show a line of the log."""
    return f"📣 {theme.person(by)}: {theme.clip(theme.escape(text), 1900)}"


def project_pages(found: Sequence[ListedProject]) -> list[discord.Embed]:
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
        if one.headline is not None and one.headline.claims:
            claims = theme.count(one.headline.claims, "claim")
            lines.append(f"{claims}: {one.headline.short()}")
        if project.skills:
            lines.append(f"Wanted: {short(', '.join(project.skills), 200)}")
        entries.append((short(project.title, 200), "\n".join(lines)))
    return pages("Projects", entries, "None like that. `/project propose` starts one.")


def settings(project: Project) -> str:
    """Confirm a project's settings."""
    silence = silence_of(project)
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


def edited(project: Project) -> str:
    """Confirm that a project was changed."""
    return f"**{short(project.title, 130)}** is changed: <#{project.thread_id}>"


def archive_question(project: Project) -> str:
    """Ask whether a project is to be archived."""
    return (
        f"Archive **{short(project.title, 130)}**? Nothing changes in it then, and nobody is "
        "reminded, until `/project reopen`."
    )


def archived(project: Project) -> str:
    """Confirm that a project was archived."""
    return f"**{short(project.title, 130)}** is archived. `/project reopen` brings it back."


def reopened(project: Project, by: int) -> str:
    """Tell that a project goes on."""
    return (
        f"{theme.BOARD} {theme.person(by)} reopened **{short(project.title, 130)}**: "
        f"<#{project.thread_id}>"
    )
