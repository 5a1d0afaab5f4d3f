"""The days of the week, as people type them."""

from __future__ import annotations

from bot.base.errors import InvalidInput
from bot.base.when.answers import quoted, tidy

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""As ``date.weekday`` counts them, whatever the machine's language."""


def parse_weekday(text: str) -> int:
    """Return the weekday that ``text`` names, 0 for Monday: “tue”, “Tuesday”, “tuesdays”.

    Raises InvalidInput for anything else.
    """
    weekday = weekday_named(tidy(text).lower())
    if weekday is None:
        raise InvalidInput(f"I don't know the weekday {quoted(text)}. Try `tue` or `Tuesday`.")
    return weekday


def weekday_named(word: str) -> int | None:
    """Return the weekday that begins with ``word``, of two letters or more."""
    word = "wed" if word == "weds" else word
    if len(word) < 2:
        return None
    names = (f"{name.lower()}s" for name in WEEKDAYS)
    return next((weekday for weekday, name in enumerate(names) if name.startswith(word)), None)
