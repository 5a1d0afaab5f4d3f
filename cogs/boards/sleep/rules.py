"""When silence is asked about, and how a vote on letting a project sleep is decided."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.base.errors import InvalidInput
from data.boards.projects import Project
from data.states import SleepOutcome

USUAL_DAYS = 14
"""After how many days of silence its lead is asked, unless the project has it otherwise."""

DAYS = range(7, 91)
"""What a project may choose instead; 0 is never."""

EVERYBODY_AFTER = timedelta(days=7)
"""How long after its lead everybody is asked, by a vote."""

OPEN_FOR = timedelta(days=7)
"""How long a vote is open."""


def silence_of(project: Project) -> timedelta | None:
    """Return after how long a project's silence is asked about; None for never."""
    days = USUAL_DAYS if project.silence_days is None else project.silence_days
    return timedelta(days=days) if days else None


def check_days(typed: str) -> int:
    """Return days that were typed, 0 for “off”; InvalidInput for too few, too many, no number."""
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


def quorum(members: int) -> int:
    """Return how many have to vote: a third of the members, two at least where there are two."""
    return min(members, max(2, -(-members // 3)))


def early(members: int, sleep: int, go_on: int) -> SleepOutcome | None:
    """Return how a vote ended before its time: when the rest cannot change it any more."""
    if sleep * 2 > members:
        return SleepOutcome.SLEEPS
    if members and go_on * 2 >= members and sleep + go_on >= quorum(members):
        return SleepOutcome.GOES_ON
    return None


def at_close(members: int, sleep: int, go_on: int) -> SleepOutcome:
    """Return how a vote ends: by more voices for sleep than against; a tie goes on.

    With too few voices nothing is decided, and a project never falls asleep by itself.
    """
    if sleep + go_on < max(1, quorum(members)):
        return SleepOutcome.UNDECIDED
    return SleepOutcome.SLEEPS if sleep > go_on else SleepOutcome.GOES_ON
