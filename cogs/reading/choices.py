"""Meetings as choices: offered by their titles, found by what was picked or typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.base import when
from bot.base.errors import InvalidInput, NotFound
from bot.ui import places, theme
from data.reading.lists import ReadingList
from data.reading.meetings import Meeting, Series
from data.server.groups import GroupId

TIMES_NAMED = 5
"""How many meetings of one title are told apart by their times."""


def titled(meetings: Sequence[Meeting]) -> list[tuple[str, str]]:
    """Return (title, value) for autocomplete; equal titles are told apart by their dates."""
    clashes = Counter(one.title.casefold() for one in meetings)
    dated = Counter[str]()
    found: list[tuple[str, str]] = []
    for one in meetings:
        title = one.title
        if clashes[title.casefold()] > 1:
            title = f"{theme.clip(title, 75)} · {one.starts_at:%d %b %H:%M} UTC"
            dated[title] += 1
            if dated[title] > 1:
                title = f"{title} ({dated[title]})"
        found.append((title, places.reference(one.id)))
    return found


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


def only(given: str, meetings: Sequence[Meeting], here: GroupId | None) -> Meeting:
    """Return the meeting that was picked or typed, where its title can mean no other.

    Of one series the first of ``meetings`` is meant, and in a group's channel, ``here``, one of
    that group. Raises NotFound, and InvalidInput where the title says too little.
    """
    first = named(given, meetings)
    title = first.title.casefold()
    if given.strip().casefold() != title:
        return first
    alike = [
        one
        for one in meetings
        if one.title.casefold() == title and (first.group_id != here or one.group_id == here)
    ]
    if len({one.series_id or -one.id for one in alike}) == 1:
        return first
    times = [when.stamp(one.starts_at) for one in alike[:TIMES_NAMED]]
    raise InvalidInput(
        f"Which “{theme.one_line(first.title, 60)}”: the one of {' or of '.join(times)}? Pick it "
        "from the list that opens while you type, which names their times."
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
