"""Meetings as choices: offered by their titles, found by what was picked or typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.errors import NotFound
from bot.ui import places, theme
from data.reading import Meeting, Series
from data.reading_lists import ReadingList


def titled(meetings: Sequence[Meeting]) -> list[tuple[str, str]]:
    """Return (title, value) for autocomplete; equal titles are told apart by their dates."""
    clashes = Counter(one.title.casefold() for one in meetings)
    return [
        (
            one.title
            if clashes[one.title.casefold()] == 1
            else f"{theme.clip(one.title, 80)} · {one.starts_at:%d %b %H:%M} UTC",
            places.reference(one.id),
        )
        for one in meetings
    ]


def named(given: str, meetings: Sequence[Meeting]) -> Meeting:
    """Return the meeting that was picked from the list or typed by its title.

    Of several with that title the first is meant. Raises NotFound with what to do.
    """
    number = places.referred(given)
    wanted = given.strip().casefold()
    for (title, _), one in zip(titled(meetings), meetings, strict=True):
        if one.id == number or wanted in (one.title.casefold(), title.casefold()):
            return one
    raise NotFound(
        f"There is no meeting called “{theme.one_line(given, 60)}” here. Pick one from the list "
        "that opens while you type."
    )


def series_titled(series: Sequence[Series]) -> list[tuple[str, str]]:
    """Return (title, value) of series for autocomplete; each says when it takes place."""
    return [
        (f"{one.title}, {one.rule.describe()}"[: theme.CHOICE_LIMIT], places.reference(one.id))
        for one in series
    ]


def series_named(given: str, series: Sequence[Series]) -> Series:
    """Return the series that was picked from the list or typed by its title; raises NotFound."""
    number = places.referred(given)
    wanted = given.strip().casefold()
    for (title, _), one in zip(series_titled(series), series, strict=True):
        if one.id == number or wanted in (one.title.casefold(), title.casefold()):
            return one
    raise NotFound(
        f"There is no series called “{theme.one_line(given, 60)}” here. Pick one from the list "
        "that opens while you type."
    )


def lists_titled(lists: Sequence[ReadingList]) -> list[tuple[str, str]]:
    """Return (title, value) of reading lists for autocomplete; equal ones say when they began."""
    clashes = Counter(one.title.casefold() for one in lists)
    return [
        (
            one.title
            if clashes[one.title.casefold()] == 1
            else f"{theme.clip(one.title, 80)} · {one.created_at:%d %b %Y}",
            places.reference(one.id),
        )
        for one in lists
    ]


def list_named(given: str, lists: Sequence[ReadingList]) -> ReadingList:
    """Return the reading list that was picked or typed by its title; raises NotFound."""
    number = places.referred(given)
    wanted = given.strip().casefold()
    for (title, _), one in zip(lists_titled(lists), lists, strict=True):
        if one.id == number or wanted in (one.title.casefold(), title.casefold()):
            return one
    raise NotFound(
        f"There is no reading list called “{theme.one_line(given, 60)}” here. `/reading import` "
        "makes one of a file."
    )
