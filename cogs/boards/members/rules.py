"""What holds for joining a project."""

from __future__ import annotations

from bot.base.errors import Conflict
from bot.base.wording import one_line
from cogs.boards.projects.rules import led_by
from data.boards.projects import Project

NOTE_LIMIT = 600


def check_room(project: Project, members: int) -> None:
    """Raise Conflict when a project is full."""
    if project.capacity is not None and members >= project.capacity:
        raise Conflict(
            f"“{one_line(project.title)}” is full: it has {members} of {project.capacity} members. "
            f"Ask its lead{led_by(project)} to make room."
        )
