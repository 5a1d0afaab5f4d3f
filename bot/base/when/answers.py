"""How an answer about times quotes, joins and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

LONGEST = 100  # characters; no moment needs more
_QUOTED = 60  # characters of what was typed that an answer repeats


def stamp(instant: datetime, style: Literal["t", "T", "d", "D", "f", "F", "R"] = "F") -> str:
    """Return Discord's markup for ``instant`` (aware), which shows each reader their own time."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def duration(delta: timedelta) -> str:
    """Say how long ``delta`` is, forwards or backwards: “2 days”, “1 hour 30 minutes”.

    Rounded to the minute; the largest unit and the one below it, days being the largest there is.
    """
    minutes = round(abs(delta).total_seconds() / 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes, "minute")]
    said = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count]
    return " ".join(said) or "less than a minute"


def quoted(text: str) -> str:
    """Return ``text`` as one short line of code, which can neither ping nor format anything."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = line.replace("`", "'") or "?"
    return f"`{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}`"


def either(choices: Sequence[str]) -> str:
    """Join ``choices`` as in “A, B or C”."""
    return " or ".join(filter(None, (", ".join(choices[:-1]), choices[-1])))
