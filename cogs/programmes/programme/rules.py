"""What holds for programmes: when units are met, who passes a gate, who sees whose progress."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.base import when
from bot.base.errors import InvalidInput

TITLE_LIMIT = 80
MOST_SKIPPED = 26


WEEK = timedelta(days=7)

PODS_BEFORE = timedelta(days=2)
"""How long before the first unit pods are proposed, when most have joined."""

NAME_LIMIT = 80

USUAL_TIME = time(19, 0)
"""When a programme meets whose first day is given without a time."""

LATEST = 2**36
"""Up to when a button may say that a programme begins, in seconds since 1970: the year 4147.

Anybody can send a made-up custom id, and ``datetime`` fails past the year 9999.
"""

BACK_WITHIN = timedelta(days=30)
"""How long a programme that was ended can be resumed."""

AHEAD = timedelta(days=6)
"""How long before a unit its meeting is made and its card posted, as for any series."""

GATHERED = timedelta(minutes=10)
"""How long hand-ins are gathered, so that many of them make one message."""


# When units are met


def schedule(starts_on: date, weeks: Sequence[int], skipped: Collection[date]) -> list[date]:
    """Return the local day of each unit, all on the weekday of ``starts_on``.

    ``weeks`` are the units' weeks in their list, in the units' order: a number left out there is
    a week without a meeting, and units of one week share its day. The weeks of ``skipped`` (any
    day of them) do not count, so that all that would follow comes a week later.
    """
    left_out = {_monday(day) for day in skipped}
    days: list[date] = []
    week, day = -1, starts_on - WEEK
    for number in weeks:
        while week < number - weeks[0]:
            week += 1
            day += WEEK
            while _monday(day) in left_out:
                day += WEEK
        days.append(day)
    return days


def first_day(starts_on: date, weekday: int | None) -> date:
    """Return the first day from ``starts_on`` on that is the weekday (0 for Monday), if given."""
    if weekday is None:
        return starts_on
    return starts_on + timedelta(days=(weekday - starts_on.weekday()) % 7)


def weeks_in(text: str, zone: ZoneInfo, now: datetime) -> list[date]:
    """Return a day of each week that is named, separated by commas: “2026-12-21, 2026-12-28”.

    Raises InvalidInput for a text that is not a day, or a day that has passed.
    """
    parts = [part for part in re.split(r"[,;\n]", text) if part.strip()]
    if len(parts) > MOST_SKIPPED:
        raise InvalidInput(f"That is {len(parts)} weeks; {MOST_SKIPPED} are the most.")
    days = [when.read(part, zone=zone, now=now, end_of_day=True).day for part in parts]
    return sorted(dict.fromkeys(days))


def same_week(one: date, other: date) -> bool:
    """Whether two days lie between the same Monday and Sunday."""
    return _monday(one) == _monday(other)


def put_off(day: date | None, skipped: date) -> date | None:
    """Return when something is due after the week of ``skipped`` is left out."""
    if day is None or day < _monday(skipped):
        return day
    return day + WEEK


def bring_forward(day: date | None, given_back: date) -> date | None:
    """Return when something is due after a week that was left out is not any more."""
    if day is None or day < _monday(given_back) + WEEK:
        return day
    return day - WEEK


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# Stages


# Gates


# Progress


def current_unit(over: Mapping[int, bool]) -> int:
    """Return the first unit that has not been met; the last where all have."""
    ahead = [number for number in sorted(over) if not over[number]]
    return ahead[0] if ahead else max(over, default=1)
