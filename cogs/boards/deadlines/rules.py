"""What holds for dates: how many, and when their people are reminded."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.base.errors import InvalidInput
from bot.base.when import waking

DEADLINES = 25
"""How many open deadlines a project may have: as many as a list offers to choose from."""

OFFSETS = tuple(
    int(before.total_seconds())
    for before in (timedelta(days=7), timedelta(days=1), timedelta(hours=2), timedelta())
)
"""Seconds before a deadline at which its people are reminded; the last is when it passes."""


def reminders(due_at: datetime, now: datetime, zone: ZoneInfo) -> list[tuple[int, datetime]]:
    """Return the reminders of a deadline that are ahead: seconds before it, and the instant.

    What would come at night in ``zone`` comes at a humane hour: a reminder the evening before,
    that it has passed the morning after.
    """
    instants = (
        (
            offset,
            waking(due_at - timedelta(seconds=offset), zone, earlier=offset > 0),
        )
        for offset in OFFSETS
    )
    return [(offset, instant) for offset, instant in instants if instant > now]


def check_ahead(due_at: datetime, now: datetime) -> None:
    """Raise InvalidInput for a deadline that has passed already."""
    if due_at <= now:
        raise InvalidInput("That has passed. Give a time to come, for example `in 2 weeks`.")
