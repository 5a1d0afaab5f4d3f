"""What repeats: a rule in local time, and the instants that it makes.

A rule holds what people agreed on, the time on the clock, its zone and a first day, and never an
offset from UTC. So 19:00 stays 19:00 when the clocks change; ``when.local`` decides for the times
that a change skips or repeats. No rule is walked through from its beginning: asking about
next week costs the same after ten years.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from bot.base.when import WEEKDAYS, local


class Cadence(StrEnum):
    """How often something happens, as it is chosen in a command and stored."""

    NONE = "none"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that repeats on the weekday of its ``anchor``, without end.

    Monthly means the same weekday of the month as the anchor, the 2nd Tuesday, say; an anchor on a
    5th one means the last. With ``four_weekly`` it means every 4 weeks instead.

    Raises ValueError for ``Cadence.NONE``: what happens once has no rule.
    """

    cadence: Cadence
    anchor: date
    """The local day of the first occurrence."""
    at: time
    """The time on the clocks of ``zone``, naive."""
    zone: ZoneInfo
    four_weekly: bool = False

    def __post_init__(self) -> None:
        if self.cadence is Cadence.NONE:
            raise ValueError("what happens once has no rule")
        if self.at.tzinfo is not None:
            raise ValueError("the time is on the clocks of the rule's zone, so it must be naive")

    def after(self, instant: datetime) -> datetime:
        """Return the first occurrence, in UTC, strictly after ``instant`` (aware)."""
        return next(found for found in self.occurrences(instant) if found > instant)

    def between(self, start: datetime, end: datetime) -> list[datetime]:
        """Return the occurrences, in UTC, from ``start`` up to but not at ``end`` (both aware)."""
        return list(takewhile(lambda found: found < end, self.occurrences(start)))

    def occurrences(self, start: datetime) -> Iterator[datetime]:
        """Yield every occurrence, in UTC, at or after ``start`` (aware), in order, without end."""
        for index in count(self._index_before(start)):
            if (found := self.instant(index)) >= start:
                yield found

    def instant(self, index: int) -> datetime:
        """Return when an occurrence is, in UTC; counted as in :meth:`day`."""
        # Never by adding weeks to an instant: a week in which the clocks change has 167 or 169
        # hours, and the meeting would move from 19:00 to 18:00.
        return local(self.day(index), self.at, self.zone)

    def occurrence_date(self, instant: datetime) -> date:
        """Return the local day that the rule gives to the occurrence at ``instant`` (aware).

        The day of the nearest one, so that the same occurrence is found again after the clocks'
        rules, or a person, moved its instant a little.
        """
        first = self._index_before(instant)
        nearest = min(range(first, first + 3), key=lambda index: abs(self.instant(index) - instant))
        return self.day(nearest)

    def day(self, index: int) -> date:
        """Return the local day of an occurrence; index 0 is the anchor, and -1 one before it."""
        if self._weeks is not None:
            return date.fromordinal(self.anchor.toordinal() + 7 * self._weeks * index)
        year, month = divmod(12 * self.anchor.year + self.anchor.month - 1 + index, 12)
        first_weekday, length = calendar.monthrange(year, month + 1)
        day = 1 + (self.anchor.weekday() - first_weekday) % 7 + 7 * self._nth
        # A 5th one that the month lacks is its last.
        return date(year, month + 1, day if day <= length else day - 7)

    def index(self, day: date) -> int | None:
        """Return which occurrence is on a local day, None where there is none."""
        if self._weeks is not None:
            index, left = divmod((day - self.anchor).days, 7 * self._weeks)
            return index if left == 0 else None
        index = 12 * (day.year - self.anchor.year) + day.month - self.anchor.month
        return index if self.day(index) == day else None

    def describe(self) -> str:
        """Say when it happens: “every Tuesday at 19:00 (Europe/London)”."""
        weekday = WEEKDAYS[self.anchor.weekday()]
        match self._weeks, self._nth:
            case 1, _:
                days = f"every {weekday}"
            case None, nth:
                days = f"every month on the {('1st', '2nd', '3rd', '4th', 'last')[nth]} {weekday}"
            case weeks, _:
                days = f"every {weeks} weeks on {weekday}"
        return f"{days} at {self.at:%H:%M} ({self.zone})"

    @property
    def _weeks(self) -> int | None:
        """How many weeks lie between two occurrences; None where months count."""
        if self.cadence is Cadence.MONTHLY:
            return 4 if self.four_weekly else None
        return 1 if self.cadence is Cadence.WEEKLY else 2

    @property
    def _nth(self) -> int:
        """Which of its weekday in its month the anchor is: 0 for the first … 4 for the last."""
        return (self.anchor.day - 1) // 7

    def _index_before(self, instant: datetime) -> int:
        """Return an index, 0 or more, close before the occurrence that is nearest ``instant``.

        One before the last whose day has come, since that one may be moved by a gap.
        """
        day = instant.astimezone(self.zone).date()
        if self._weeks is None:
            passed = 12 * (day.year - self.anchor.year) + day.month - self.anchor.month
        else:
            passed = (day - self.anchor).days // (7 * self._weeks)
        return max(0, passed - 1)
