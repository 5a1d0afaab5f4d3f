"""When a series takes place, and when its cards are posted: values in, values out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import count

from msgspec import Struct

from data.reading.meetings import Series

DAYS_SHOWN = 6
"""How many of a series' next days an answer names."""


class Occurrence(Struct, frozen=True):
    """One time that a series takes place: its number, its instant, and when its card is posted."""

    number: int
    starts_at: datetime
    posted_at: datetime


class Day(Struct, frozen=True):
    """What becomes of a day of a series: a meeting is held, or it is left out."""

    starts_at: datetime
    held: bool


def posted_at(series: Series, number: int) -> datetime:
    """Return when the card of an occurrence is posted."""
    return series.starts_at(number) - timedelta(days=series.days_ahead)


def next_occurrence(
    series: Series, known: Collection[int | None], after: datetime
) -> Occurrence | None:
    """Return the first occurrence after an instant that is not among the ``known`` numbers.

    None past the series' end.
    """
    for number in count(max(series.numbered_from, series.number_after(after))):
        if not series.has(number):
            return None
        if number not in known:
            return Occurrence(number, series.starts_at(number), posted_at(series, number))
    raise AssertionError("numbers do not end")
