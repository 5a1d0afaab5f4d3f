"""After how much silence somebody is asked about a project, and when silence means something."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.base.errors import InvalidInput
from data.boards.projects import Project
from data.states import ProjectState

LIVES = frozenset(
    {ProjectState.PROPOSED, ProjectState.RECRUITING, ProjectState.ACTIVE, ProjectState.WRITING}
)
"""The states in which silence means something."""

USUAL_DAYS = 14
"""After how many days of silence the lead is asked, unless the project chose another number."""

DAYS = range(7, 91)
"""The days of silence that a project may choose; 0 means never."""

ORGANISERS_AFTER = timedelta(days=7)
"""How long after the lead the organisers are asked."""


def is_alive(project: Project) -> bool:
    """Whether silence means something: the project is neither over, paused nor archived."""
    return project.archived_at is None and project.state in LIVES


def silence_of(project: Project) -> timedelta | None:
    """Return after how long a project's silence is asked about; None for never."""
    # None is “what is usual”, which may change with a version; 0 is the lead's own “never”.
    days = USUAL_DAYS if project.silence_days is None else project.silence_days
    return timedelta(days=days) if days else None


def check_days(typed: str) -> int:
    """Return the days of silence that were typed, 0 for “off”; InvalidInput for anything else."""
    tidy = typed.strip().casefold()
    if tidy in ("off", "never", "none", "no", "0", "-"):
        return 0
    match = re.fullmatch(r"([0-9]{1,3})\s*(?:d|days?)?", tidy)
    if match is None or int(match[1]) not in DAYS:
        raise InvalidInput(
            f"Give a number of days from {DAYS.start} to {DAYS.stop - 1}, for example `30`, or "
            "`off` to never be asked."
        )
    return int(match[1])
