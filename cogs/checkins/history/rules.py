"""What a round was for somebody, and streaks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when
from bot.base.errors import InvalidInput
from data.checkins.history import RoundRecord

PAGES_OF = 200
"""How many check-ins a history goes back."""

ROUNDS_SHOWN = 12
"""How many rounds a group's statistics show one by one."""


class RoundOutcome(Enum):
    """What a round was for one person."""

    POSTED = auto()
    LATE = auto()
    AWAY = auto()
    MISSED = auto()
    OPEN = auto()
    ABSENT = auto()
    """They were not a member then."""


class Streak(Struct, frozen=True):
    """Rounds in a row, counted in rounds and not in days."""

    current: int
    best: int


def outcome(record: RoundRecord) -> RoundOutcome:
    """Return what a round was for one person: a post counts before everything else."""
    if record.posted:
        return RoundOutcome.LATE if record.late else RoundOutcome.POSTED
    if record.closed_at is None:
        return RoundOutcome.OPEN
    if record.away is None:
        return RoundOutcome.ABSENT
    return RoundOutcome.AWAY if record.away else RoundOutcome.MISSED


def streak(outcomes: Iterable[RoundOutcome]) -> Streak:
    """Count a streak over outcomes, the oldest first.

    A late post keeps it, a pause is neutral, as is a round from before somebody joined, and the
    one that is still open.
    """
    current = best = 0
    for one in outcomes:
        if one in (RoundOutcome.POSTED, RoundOutcome.LATE):
            current += 1
            best = max(best, current)
        elif one is RoundOutcome.MISSED:
            current = 0
    return Streak(current, best)


def since(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant (UTC) that “2026-11-01”, “6 weeks” or “3 months ago” reach back to.

    A date begins at its midnight on the clocks of ``zone``. Raises InvalidInput for the rest.
    """
    words = text.strip().lower().removesuffix("ago").removeprefix("last").strip()
    if match := re.fullmatch(r"(\d{1,3})? ?(day|week|month|year)s?", words):
        # Rather a day too many than one short: whoever asks for a month wants all of it.
        days = {"day": 1, "week": 7, "month": 31, "year": 366}[match[2]]
        return now - timedelta(days=days * int(match[1] or 1))
    try:
        return when.local(date.fromisoformat(words), time(0), zone)
    except (ValueError, OverflowError):
        raise InvalidInput(
            "Since when? Type a date, as in `2026-11-01`, or how far back, as in `6 weeks`."
        ) from None
