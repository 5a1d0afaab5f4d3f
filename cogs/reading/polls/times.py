"""Times for a poll as people type them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.base import when
from bot.base.errors import InvalidInput
from cogs.reading.polls import rules


def times_in(text: str, zone: ZoneInfo, now: datetime) -> list[datetime]:
    """Return the times in “sat 11:00; 14:00; sun 11:00”, separated by semicolons, bars or lines.

    A time without a day is on the day before it. Commas separate times too, where nothing else
    does and each part is a time of its own: not in “nov 10, 19:00”. Raises InvalidInput for none,
    for too many, and for the first that cannot be read.
    """
    parts = [part for part in re.split(r"[;\n|]", text) if part.strip()]
    if not parts:
        raise InvalidInput(
            "Give the times, with semicolons between them: `slots: tue 19:00; sat 11:00`."
        )
    # Commas only when nothing better divides: dates have them inside.
    commas = [part for part in text.split(",") if part.strip()]
    if len(parts) > 1 or len(commas) < 2:
        return _each(parts, zone, now)
    try:
        return _each(commas, zone, now)
    except InvalidInput as unread:
        try:
            return _each(parts, zone, now)
        except InvalidInput:
            # What is wrong with the part says more than that the whole is no time.
            raise unread from None


def _each(parts: Sequence[str], zone: ZoneInfo, now: datetime) -> list[datetime]:
    # Before any is read, since a text can hold thousands.
    if len(parts) > rules.MOST_SLOTS:
        raise InvalidInput(f"Give between 2 and {rules.MOST_SLOTS} times; these are {len(parts)}.")
    times: list[datetime] = []
    day: date | None = None
    for part in parts:
        slot = when.read(part, zone=zone, now=now, day=day)
        # Another zone that was named holds for what follows from it, as its day does.
        day, zone = slot.day, slot.zone
        times.append(slot.at)
    return times
