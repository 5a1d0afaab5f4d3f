"""What the calendars of groups and people hold, and the secrets that open them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from bot.base.clock import Clock
from bot.place import Place
from cogs.reading.calendar import rules
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.readings import Reading, read_for
from cogs.reading.meetings.writes import free_uid
from data.delivery.cards import Card
from data.programmes.programmes import Programme, ProgrammeUnit
from data.reading.feeds import Feed
from data.reading.meetings import LONGEST, Meeting, Series, SeriesId
from data.server.groups import Group, GroupId
from data.states import Answer, CardKind
from data.store import Store, snapshot, transaction
from data.transaction import Transaction

OWN = "My reading groups"
"""What the calendar of a person's own meetings is called."""


class CalendarEntry(Struct, frozen=True):
    """One meeting in a calendar."""

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    minutes: int
    zone: ZoneInfo
    location: str | None
    cancelled: bool
    changed_at: datetime
    readings: Sequence[Reading] = ()
    card: Card | None = None

    @property
    def ends_at(self) -> datetime:
        """When it ends, in UTC."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Clash(NamedTuple):
    """What a group has planned for the same time; both instants are in UTC."""

    title: str
    starts_at: datetime
    ends_at: datetime


class Followed(Struct, frozen=True):
    """What somebody who follows an address gets; a group's has its channel, ``channel_id``."""

    feed: Feed
    name: str
    entries: Sequence[CalendarEntry]
    channel_id: int | None = None


class CalendarService:
    """Gathers what a calendar holds, and keeps the secrets that its addresses are made of."""

    def __init__(self, store: Store, clock: Clock, default_zone: ZoneInfo) -> None:
        self.store = store
        self.clock = clock
        self.default_zone = default_zone

    @snapshot
    async def of_group(self, tx: Transaction, group: Group) -> list[CalendarEntry]:
        """Return a group's meetings, also those of its series that have no card yet."""
        now = self.clock.now()
        entries = await self._entries(tx, group.guild_id, group.id)
        for series in await tx.meetings.series_of_server(group.guild_id):
            if series.group_id == group.id:
                rows = await tx.meetings.occurrences(series.id)
                entries += coming_of(series, rows, now)
        # A calendar holds a series up to AHEAD of when it last looked, and keeps a cancelled day
        # for BACK.
        since = now - rules.BACK - rules.AHEAD
        for series in await tx.meetings.series_ended(group.guild_id, group.id, since):
            rows = await tx.meetings.occurrences(series.id)
            entries += called_off_of(series, rows, now)
        for programme in await tx.programmes.of_server(group.guild_id):
            if programme.group_id == group.id:
                entries += await _units_of(tx, programme, *_held(programme, now))
        return [_named(entry, group.guild_id) for entry in entries]

    @snapshot
    async def of_person(self, tx: Transaction, guild_id: int, user_id: int) -> list[CalendarEntry]:
        """Return the meetings that somebody answered with going or maybe."""
        entries = await self._entries(tx, guild_id, None, user_id=user_id)
        return [_named(entry, guild_id) for entry in entries]

    @snapshot
    async def clashes(self, tx: Transaction, meeting: Meeting) -> list[Clash]:
        """Return what else a meeting's group has planned for that time, the soonest first."""
        return await clashes(tx, meeting, self.clock.now())

    @snapshot
    async def programmes_next(
        self, tx: Transaction, guild_id: int, group_id: GroupId | None = None
    ) -> list[tuple[Programme, CalendarEntry]]:
        """Return the next meeting of each programme, where it has no card yet."""
        now = self.clock.now()
        found: list[tuple[Programme, CalendarEntry]] = []
        for programme in await tx.programmes.of_server(guild_id):
            if programme.ended_at is not None or group_id not in (None, programme.group_id):
                continue
            ahead = await _units_of(tx, programme, *_held(programme, now))
            first = min(ahead, key=lambda one: one.starts_at, default=None)
            if first is not None:
                found.append((programme, first))
        return found

    @transaction
    async def secret(
        self, tx: Transaction, place: Place, group: Group | None, *, renew: bool = False
    ) -> str:
        """Return the secret that opens a group's calendar, or the person's own, to this person.

        Each person has a secret of their own, so that it ends when they leave, and so that
        ``renew`` takes it from nobody else.
        """
        group_id = group.id if group is not None else None
        standing = await tx.feeds.of_person(place.guild_id, place.user_id, group_id)
        if standing is not None and not renew:
            return standing.token
        # 256 bits: the address is all that guards a calendar.
        token = secrets.token_urlsafe(32)
        await tx.feeds.put(place.guild_id, place.user_id, group_id, token, self.clock.now())
        return token

    async def followed(self, secret: str) -> Followed | None:
        """Return what a secret opens, or None for one that opens nothing (any more)."""
        async with self.store.read() as tx:
            feed = await tx.feeds.by_token(secret)
            if feed is None:
                return None
            group = await tx.groups.by_id(feed.group_id) if feed.group_id is not None else None
        if group is not None:
            return Followed(feed, group.name, await self.of_group(group), group.channel_id)
        return Followed(feed, OWN, await self.of_person(feed.guild_id, feed.user_id))

    @transaction
    async def left_server(self, tx: Transaction, feed: Feed) -> None:
        """End all feeds of somebody who has left the server."""
        await tx.feeds.end(feed.guild_id, feed.user_id)

    async def _entries(
        self,
        tx: Transaction,
        guild_id: int,
        group_id: GroupId | None,
        *,
        user_id: int | None = None,
    ) -> list[CalendarEntry]:
        now = self.clock.now()
        # Six years are further than any time that people can type reaches.
        found = await tx.meetings.between(guild_id, now - rules.BACK, now + timedelta(days=6 * 366))
        wanted = [one for one in found if group_id in (None, one.group_id)]
        if user_id is not None:
            comes = {
                rsvp.meeting_id
                for rsvp in await tx.rsvps.of_person(user_id, [one.id for one in wanted])
                if rsvp.answer is not Answer.NOT_GOING
            }
            wanted = [one for one in wanted if one.id in comes]
        zones: dict[tuple[GroupId, SeriesId | None], ZoneInfo] = {}
        for one in wanted:
            if (one.group_id, one.series_id) not in zones:
                zones[one.group_id, one.series_id] = await self._zone(tx, one)
        return [await _entry(tx, one, zones[one.group_id, one.series_id]) for one in wanted]

    async def _zone(self, tx: Transaction, meeting: Meeting) -> ZoneInfo:
        group = await tx.groups.by_id(meeting.group_id)
        series = await tx.meetings.series(meeting.series_id) if meeting.series_id else None
        server = await tx.servers.get(meeting.guild_id)
        zone = (series and series.timezone) or (group and group.timezone) or server.timezone
        return ZoneInfo(zone) if zone else self.default_zone


async def clashes(tx: Transaction, meeting: Meeting, now: datetime) -> list[Clash]:
    """Return what else a meeting's group has planned for that time, the soonest first."""
    guild_id, group_id = meeting.guild_id, meeting.group_id
    # What began earlier may still be going on.
    since, before = meeting.starts_at - LONGEST, meeting.ends_at
    others = [
        one
        for one in await tx.meetings.between(guild_id, since, before)
        if one.group_id == group_id and one.id != meeting.id and one.cancelled_at is None
    ]
    without_card: list[CalendarEntry] = []
    for series in await tx.meetings.series_of_server(guild_id):
        after, until = max(now, since), min(now + rules.AHEAD, before)
        # By the rule alone at first: most series have no day in that stretch, and their rows need
        # not be read.
        if series.group_id == group_id and _without_rows(series, [], after, until):
            rows = await tx.meetings.occurrences(series.id)
            without_card += _without_rows(series, rows, after, until)
    for programme in await tx.programmes.of_server(guild_id):
        if programme.group_id == group_id and programme.ended_at is None:
            first, last = _held(programme, now)
            without_card += await _units_of(tx, programme, max(first, since), min(last, before))
    found = [
        Clash(one.title, one.starts_at, one.ends_at)
        for one in (*others, *without_card)
        if one.starts_at < meeting.ends_at and meeting.starts_at < one.ends_at
    ]
    return sorted(found, key=lambda one: one.starts_at)


async def _units_of(
    tx: Transaction, programme: Programme, after: datetime, before: datetime
) -> list[CalendarEntry]:
    """Return when a programme meets in a stretch of time for units without a meeting so far."""
    if after >= before:
        return []
    days: dict[date, list[ProgrammeUnit]] = {}
    for unit in await tx.programmes.units(programme.id):
        if not after < programme.starts_at(unit.on_day) < before:
            continue
        meeting = await tx.meetings.by_id(unit.meeting_id) if unit.meeting_id else None
        if meeting is None or unit.was_put_off(meeting):
            days.setdefault(unit.on_day, []).append(unit)
    entries: list[CalendarEntry] = []
    for day, units in days.items():
        listed = [await tx.reading_lists.unit(programme.guild_id, one.unit_id) for one in units]
        titles = " · ".join(one.title for one in listed if one is not None)
        entries.append(
            CalendarEntry(
                uid=await free_uid(tx, programme, units[0]),
                sequence=programme.changes,
                title=meeting_rules.fitting_title(titles or programme.title),
                starts_at=programme.starts_at(day),
                minutes=programme.minutes,
                zone=programme.zone,
                location=None,
                cancelled=programme.ended_at is not None,
                changed_at=programme.ended_at or programme.created_at,
            )
        )
    return entries


async def _entry(tx: Transaction, meeting: Meeting, zone: ZoneInfo) -> CalendarEntry:
    return CalendarEntry(
        uid=meeting.uid or f"meeting-{meeting.id}",
        sequence=meeting.changes,
        title=meeting.title,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        zone=zone,
        location=meeting.location,
        cancelled=meeting.cancelled_at is not None,
        changed_at=meeting.changed_at or meeting.created_at,
        readings=await read_for(tx, meeting, await tx.reading_lists.units_of(meeting.id)),
        card=await tx.cards.get(CardKind.MEETING, meeting.id),
    )


def _held(programme: Programme, now: datetime) -> tuple[datetime, datetime]:
    """Return the stretch in which a calendar holds a programme's meetings without a card.

    Once it has ended, those that a calendar can hold by then are cancelled.
    """
    if programme.ended_at is None:
        return now, now + rules.AHEAD
    return max(programme.ended_at, now - rules.BACK), programme.ended_at + rules.AHEAD


def coming_of(series: Series, rows: Sequence[Meeting], now: datetime) -> list[CalendarEntry]:
    """Return when a series takes place in the weeks ahead, other than the meetings with a row."""
    return _without_rows(series, rows, now, now + rules.AHEAD)


def called_off_of(series: Series, rows: Sequence[Meeting], now: datetime) -> list[CalendarEntry]:
    """Return the meetings without a row that calendars can hold of a series that has ended.

    Those are the ones up to AHEAD of its end; each is cancelled, until BACK after its day.
    """
    if series.ended_at is None:
        return []
    first = max(series.ended_at, now - rules.BACK)
    called_off = _without_rows(series, rows, first, series.ended_at + rules.AHEAD)
    return [replace(one, cancelled=True) for one in called_off]


def _without_rows(
    series: Series, rows: Sequence[Meeting], after: datetime, before: datetime
) -> list[CalendarEntry]:
    known = {one.number for one in rows}
    taken = {one.uid for one in rows}
    entries: list[CalendarEntry] = []
    for number in count(max(series.numbered_from, series.number_after(after))):
        if not series.has(number) or series.starts_at(number) >= before:
            break
        if number in known:
            continue
        uid = series.uid(number)
        entries.append(
            CalendarEntry(
                # Two of one name can come from before meetings were numbered.
                uid=uid if uid not in taken else f"{uid}-{number}",
                sequence=series.changes,
                title=series.title,
                starts_at=series.starts_at(number),
                minutes=series.minutes,
                zone=series.rule.zone,
                location=series.location,
                cancelled=False,
                changed_at=series.changed_at or series.created_at,
            )
        )
    return entries


def _named(entry: CalendarEntry, guild_id: int) -> CalendarEntry:
    """Return an entry whose UID no other server's can be."""
    return replace(entry, uid=f"{entry.uid}@{guild_id}.cohort")
