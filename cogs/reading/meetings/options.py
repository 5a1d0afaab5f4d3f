"""How commands name groups, meetings and series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from discord import app_commands

from bot.base import when
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.recurrence import Cadence
from bot.base.wording import named
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import places, theme
from bot.ui.places import OfGroup
from cogs.reading.meetings.service import MeetingService
from data.reading.lists import ReadingList
from data.reading.meetings import Meeting, Series
from data.server.groups import Group, GroupId

GROUP_HINT = "Which group; without it, the one of this channel"

Choices: TypeAlias = "list[app_commands.Choice[str]]"

T = TypeVar("T", bound=OfGroup)

MEETING_HINT = "Which meeting"

WHEN_HINT = "For example tue 19:00, 2026-12-01 18:00, in 3 days"

REPEATS = [
    app_commands.Choice(name="not at all", value=Cadence.NONE.value),
    app_commands.Choice(name="every week", value=Cadence.WEEKLY.value),
    app_commands.Choice(name="every two weeks", value=Cadence.FORTNIGHTLY.value),
    app_commands.Choice(name="every month, on the same weekday", value=Cadence.MONTHLY.value),
]


class MeetingPicker:
    """Finds the meetings and series that a person names in a command, and offers them."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._service = bot.service(MeetingService)

    async def group_here(self, place: Place, given: str | None) -> Group | None:
        """Return the group that was named, else this channel's, if there is one."""
        if given is not None:
            return await self._bot.places.group(place, given)
        async with self._bot.store.read() as tx:
            return await tx.groups.in_channel(place.guild_id, place.channel_id)

    async def known(self, place: Place, things: Iterable[T]) -> list[T]:
        """Return those of these that the person can read of, of this channel's group first."""
        here = place.here.id if place.here is not None else None
        seen = await self._bot.places.seen(place, things)
        return sorted(seen, key=lambda one: one.group_id != here)

    async def coming(self, place: Place, given: str) -> Meeting:
        """Return the coming meeting that was picked or typed.

        Raises NotFound, Conflict for one that has begun or has no card yet, and InvalidInput where
        several are called so.
        """
        found = await self.known(place, await self._service.coming(place.guild_id))
        try:
            return only(given, found, place.here.id if place.here is not None else None)
        except NotFound as missing:
            raise await self._explained(place, given) or missing from None

    async def _explained(self, place: Place, given: str) -> Conflict | None:
        """Say why what was typed is not coming, where there is a meeting or a series of it."""
        recent = await self._service.recent(place.guild_id)
        try:
            begun = meeting_named(given, await self.known(place, recent))
        except NotFound:
            later = await self._service.later(place.guild_id)
            wanted = given.strip().casefold()
            for series, occurrence in later:
                if series.title.casefold() == wanted and await self.known(place, [series]):
                    return Conflict(
                        f"“{named(series.title)}” is next on {when.stamp(occurrence.starts_at)}, "
                        "and can be changed once it has its card. `/meeting skip` leaves that day "
                        "out."
                    )
            return None
        return Conflict(
            f"“{named(begun.title)}” began {when.stamp(begun.starts_at, 'R')}, so it stays as it "
            "is. `/meeting attended` and `/meeting notes` keep what became of it."
        )

    async def recent(self, place: Place, given: str) -> Meeting:
        """Return the meeting of the last weeks that was picked or typed; raises NotFound."""
        found = await self._service.recent(place.guild_id)
        return meeting_named(given, await self.known(place, found))

    async def shown(self, place: Place) -> list[Meeting]:
        """Return what can be shown: what is coming, the soonest first, and then what has begun."""
        return await self.known(place, await self._service.shown(place.guild_id))

    async def coming_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what is coming, the soonest first."""
        place = await self._bot.places.of(interaction)
        found = await self.known(place, await self._service.coming(place.guild_id))
        return places.choices(typed, titled(found))

    async def recent_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what has begun, the latest first, and then what is coming."""
        place = await self._bot.places.of(interaction)
        found = await self.known(place, await self._service.recent(place.guild_id))
        return places.choices(typed, titled(found))

    async def shown_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer what can be shown."""
        place = await self._bot.places.of(interaction)
        return places.choices(typed, titled(await self.shown(place)))

    async def series(self, place: Place, given: str) -> Series:
        """Return the series that was picked or typed; raises NotFound."""
        found = await self.known(place, await self._service.series(place.guild_id))
        return series_named(given, found)

    async def series_choices(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the series that have not ended."""
        place = await self._bot.places.of(interaction)
        found = await self.known(place, await self._service.series(place.guild_id))
        return places.choices(typed, series_titled(found))


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


def meeting_named(given: str, meetings: Sequence[Meeting]) -> Meeting:
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
    first = meeting_named(given, meetings)
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


def parse(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, ZoneInfo]:
    """Return the instant that was typed, and the zone it was read in."""
    typed = when.read(text, zone=zone, now=now)
    return typed.at, typed.zone


def parse_day(text: str, zone: ZoneInfo, now: datetime) -> date:
    """Return the day that was typed, as it is called in the zone that was typed with it."""
    return when.read(text, zone=zone, now=now, end_of_day=True).day
