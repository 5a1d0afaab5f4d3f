"""Times of day, as people type them."""

from __future__ import annotations

import re
from datetime import time

from bot.base.errors import InvalidInput
from bot.base.when.answers import either, quoted, tidy
from bot.base.when.wall import MIDNIGHT

CLOCK = re.compile(
    r"""
    (?<![\w:.])
    (?: (?P<hour>\d{1,2}) : (?P<minute>\d{2}) (?: : (?P<second>\d{2}) (?: \.\d+ )? )?
        (?: [ ]? (?: (?P<half>[ap]m) | h | uhr ) )?
      | (?P<hour12>\d{1,2}) (?: \. (?P<minute12>\d{2}) )? [ ]? (?P<half12>[ap]m)
      | (?P<word> noon | midday | midnight )
    )
    (?![\w:])
    """,
    re.VERBOSE,
)
# As the continent writes it; where a stretch of time could stand, never on its own: “18h”.
CONTINENTAL_CLOCK = re.compile(
    r"(?<![\w:.])(?P<hour>\d{1,2}) ?(?:h|uhr) ?(?P<minute>\d{2})?(?![\w:])"
)


def parse_time(text: str) -> time:
    """Return the time of day that ``text`` names: “19:00”, “7pm”, “7:30 pm”, “18h30”, “noon”.

    Raises InvalidInput for what is no time, and asks back for an hour without am or pm.
    """
    words = tidy(text).lower().removeprefix("at ")
    if match := CLOCK.fullmatch(words) or CONTINENTAL_CLOCK.fullmatch(words):
        return time_of(match)
    if (match := re.fullmatch(r"(\d{1,2})(?: o'?clock)?", words)) and int(match[1]) < 24:
        hours = [f"`{hour}`" for hour in hours_meant(int(match[1]))]
        raise InvalidInput(f"Is {quoted(text)} meant as {either(hours)}? Type it like that.")
    raise InvalidInput(f"I can't read {quoted(text)} as a time of day. Try `19:00` or `7pm`.")


def time_of(match: re.Match[str]) -> time:
    """Turn a match of one of the clocks into a time; InvalidInput for “25:00” and “19am”."""
    found = match.groupdict()
    if word := found.get("word"):
        return MIDNIGHT if word == "midnight" else time(12)
    hour = int(found["hour"] or found["hour12"])
    minute = int(found["minute"] or found.get("minute12") or 0)
    second = int(found.get("second") or 0)
    half = found.get("half") or found.get("half12")
    if hour > 23 or minute > 59 or second > 59 or (half and not 1 <= hour <= 12):
        raise InvalidInput(f"There is no {quoted(match[0])} on a clock. Try `19:00` or `7pm`.")
    return time(hour % 12 + 12 * (half == "pm") if half else hour, minute, second)


def hours_meant(hour: int) -> list[str]:
    """Return the times that a bare ``hour`` may mean, on a clock of 12 or of 24."""
    return [f"{hour:02}:00", f"{(hour + 12) % 24:02}:00"] if 1 <= hour <= 12 else [f"{hour:02}:00"]
