"""Times that people type, the zones they live in, and the rules of daylight saving.

Nothing here reads a clock: who asks brings ``now``. What comes out is an aware instant in UTC, or
an ``InvalidInput`` whose sentence quotes what was typed and shows what can be typed instead.

Daylight saving makes some local times special, and these rules decide them:

- typed by a person, in a *gap* (the clocks skip it): refused, with the nearest times there are;
- typed by a person, in a *fold* (the clocks show it twice): asked back, unless one has gone by;
- computed for what repeats, or counted from now: ``local``, which always has an answer.
"""

from __future__ import annotations

from bot.base.when.answers import duration, stamp
from bot.base.when.clock_changes import EARLIEST, EVENING, LATEST, MORNING, local, waking
from bot.base.when.refusals import FARTHEST
from bot.base.when.typed import (
    Moment,
    parse,
    parse_time,
    parse_time_on,
    parse_weekday,
    read,
    zone_in,
)
from bot.base.when.weekdays import WEEKDAYS
from bot.base.when.zones import zone, zone_choices

__all__ = [
    "EARLIEST",
    "EVENING",
    "FARTHEST",
    "LATEST",
    "MORNING",
    "WEEKDAYS",
    "Moment",
    "duration",
    "local",
    "parse",
    "parse_time",
    "parse_time_on",
    "parse_weekday",
    "read",
    "stamp",
    "waking",
    "zone",
    "zone_choices",
    "zone_in",
]
