"""Meetings of reading groups, and the series they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NewType, NotRequired, TypedDict, Unpack
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Select, select

from bot.base.recurrence import Cadence, Rule
from data.delivery.schema import cards
from data.papers.papers import PaperId
from data.reading.schema import changes, meetings, rsvps, series
from data.repository import Repository
from data.server.groups import GroupId
from data.server.schema import groups, members
from data.states import Answer, CardKind, Change

MeetingId = NewType("MeetingId", int)
SeriesId = NewType("SeriesId", int)

LONGEST = timedelta(hours=10)
"""How long a meeting takes at most: one that began earlier is over."""


class Meeting(Struct, frozen=True):
    """One meeting of a group.

    ``number`` says which of its series it is, and ``occurs_on`` the local day that the series' rule
    gives that number; both stay when this one alone is moved. ``location`` is where it takes place,
    in the words of whoever scheduled it, and ``voice_id`` the voice or stage channel if it is in
    one. ``uid`` names it in calendars, before and after it has a row of its own.
    ``leader_seen_at`` is the last sign that the person who leads it is there.
    """

    id: MeetingId
    guild_id: int
    group_id: GroupId
    series_id: SeriesId | None
    occurs_on: date | None
    title: str
    starts_at: datetime
    minutes: int
    location: str | None
    facilitator_id: int | None
    capacity: int | None
    paper_id: PaperId | None
    thread_id: int | None
    created_by: int
    created_at: datetime
    cancelled_at: datetime | None
    cancelled_because: str | None
    changes: int
    changed_at: datetime | None
    event_id: int | None
    notes: str | None
    recording: str | None
    prerequisites: str | None
    uid: str | None
    number: int | None = None
    voice_id: int | None = None
    leader_seen_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return self.cancelled_at is None and now < self.starts_at


class Series(Struct, frozen=True):
    """Meetings that repeat: a wall-clock time, its zone and the rule, never a UTC offset.

    Each occurrence has a number, from 0, that it keeps when the series moves to another day: so a
    series knows how many ``times`` it is held, and which ones were left out, whatever its days are
    now. The rule's ``anchor`` is the day of ``numbered_from``; what came before is not of the rule
    any more. ``first_day`` is the anchor of the series' first rule, None if that is this one.

    The card of each is posted ``days_ahead`` of it; ``until`` is the last local day it can be on.
    """

    id: SeriesId
    guild_id: int
    group_id: GroupId
    title: str
    cadence: Cadence
    anchor: date
    at: time
    timezone: str
    minutes: int
    location: str | None
    facilitator_id: int | None
    capacity: int | None
    created_by: int
    days_ahead: int
    until: date | None
    created_at: datetime
    ended_at: datetime | None
    changes: int = 0
    changed_at: datetime | None = None
    times: int | None = None
    numbered_from: int = 0
    first_day: date | None = None
    voice_id: int | None = None

    @property
    def rule(self) -> Rule:
        """When it happens."""
        return Rule(self.cadence, self.anchor, self.at, ZoneInfo(self.timezone))

    def day(self, number: int) -> date:
        """Return the local day of an occurrence."""
        return self.rule.day(number - self.numbered_from)

    def starts_at(self, number: int) -> datetime:
        """Return when an occurrence starts, in UTC."""
        return self.rule.instant(number - self.numbered_from)

    def number(self, day: date) -> int | None:
        """Return which occurrence is on a local day, None where the series is not on it."""
        # The rule goes on without end; the series may not.
        index = self.rule.index(day)
        if index is None or not self.has(index + self.numbered_from):
            return None
        return index + self.numbered_from

    def has(self, number: int) -> bool:
        """Whether the rule makes this occurrence: since its anchor, and up to the series' end."""
        if number < self.numbered_from or (self.times is not None and number >= self.times):
            return False
        return self.until is None or self.day(number) <= self.until

    def number_after(self, instant: datetime) -> int:
        """Return the first occurrence that the rule has strictly after an instant, end or not."""
        rule = self.rule
        index = rule.index(rule.occurrence_date(rule.after(instant)))
        assert index is not None  # noqa: S101 - it is an occurrence of the rule
        return index + self.numbered_from

    def uid(self, number: int) -> str:
        """Return what calendars know an occurrence by: the day that the first rule gave it."""
        # By the first rule for ever: under a new name, calendars would keep the old entry beside
        # it.
        first = Rule(self.cadence, self.first_day or self.anchor, self.at, ZoneInfo(self.timezone))
        return f"series-{self.id}-{first.day(number):%Y%m%d}"


class MeetingChange(Struct, frozen=True):
    """Something that was done to a meeting; ``starts_before`` is when it started until then."""

    id: int
    meeting_id: MeetingId
    what: Change
    starts_before: datetime | None
    details: Sequence[str]
    changed_by: int
    changed_at: datetime


class MeetingPatch(TypedDict, total=False):
    """The columns of a meeting that can be set, each left as it is unless given."""

    series_id: SeriesId | None
    occurs_on: date | None
    title: str
    starts_at: datetime
    minutes: int
    location: str | None
    facilitator_id: int | None
    capacity: int | None
    paper_id: PaperId | None
    thread_id: int | None
    cancelled_at: datetime | None
    cancelled_because: str | None
    changes: int
    changed_at: datetime | None
    event_id: int | None
    notes: str | None
    recording: str | None
    prerequisites: str | None
    uid: str | None
    number: int | None
    voice_id: int | None
    leader_seen_at: datetime


class NewMeeting(TypedDict):
    """The columns that a meeting begins with."""

    guild_id: int
    group_id: GroupId
    title: str
    starts_at: datetime
    minutes: int
    created_by: int
    created_at: datetime
    series_id: NotRequired[SeriesId | None]
    occurs_on: NotRequired[date | None]
    location: NotRequired[str | None]
    facilitator_id: NotRequired[int | None]
    capacity: NotRequired[int | None]
    paper_id: NotRequired[PaperId | None]
    prerequisites: NotRequired[str | None]
    uid: NotRequired[str | None]
    number: NotRequired[int | None]
    voice_id: NotRequired[int | None]
    changes: NotRequired[int]


class SeriesPatch(TypedDict, total=False):
    """The columns of a series that can be set, each left as it is unless given."""

    title: str
    anchor: date
    at: time
    timezone: str
    minutes: int
    location: str | None
    facilitator_id: int | None
    capacity: int | None
    days_ahead: int
    until: date | None
    ended_at: datetime | None
    changes: int
    changed_at: datetime | None
    times: int | None
    numbered_from: int
    first_day: date
    voice_id: int | None


class NewSeries(TypedDict):
    """The columns that a series begins with."""

    guild_id: int
    group_id: GroupId
    title: str
    cadence: Cadence
    anchor: date
    at: time
    timezone: str
    minutes: int
    created_by: int
    created_at: datetime
    days_ahead: int
    location: NotRequired[str | None]
    facilitator_id: NotRequired[int | None]
    capacity: NotRequired[int | None]
    until: NotRequired[date | None]
    times: NotRequired[int | None]
    voice_id: NotRequired[int | None]


class NewChange(TypedDict):
    """The columns of a change."""

    meeting_id: MeetingId
    what: Change
    starts_before: datetime | None
    details: Sequence[str]
    changed_by: int
    changed_at: datetime


class Meetings(Repository):
    """The rows of meetings and series."""

    async def add(self, **values: Unpack[NewMeeting]) -> MeetingId:
        """Add a meeting, and return its id."""
        return MeetingId(await self._insert(meetings, **values))

    async def add_series(self, **values: Unpack[NewSeries]) -> SeriesId:
        """Add a series, and return its id."""
        return SeriesId(await self._insert(series, **values))

    async def get(self, guild_id: int, meeting_id: int) -> Meeting | None:
        """Return a meeting of this server."""
        return await self._first(
            Meeting,
            lambda: select(meetings).where(
                meetings.c.guild_id == guild_id, meetings.c.id == meeting_id
            ),
        )

    async def by_id(self, meeting_id: int) -> Meeting | None:
        """Return a meeting whatever its server; for the process's own work, not for a request."""
        return await self._first(
            Meeting, lambda: select(meetings).where(meetings.c.id == meeting_id)
        )

    async def of_card(self, guild_id: int, message_id: int) -> Meeting | None:
        """Return the meeting of this server whose card a message is."""
        return await self._first(
            Meeting,
            lambda: (
                select(meetings)
                .join(cards, cards.c.subject_id == meetings.c.id)
                .where(
                    cards.c.message_id == message_id,
                    cards.c.kind == CardKind.MEETING,
                    meetings.c.guild_id == guild_id,
                )
            ),
        )

    async def of_event(self, guild_id: int, event_id: int) -> Meeting | None:
        """Return the meeting that a server event mirrors."""
        return await self._first(
            Meeting,
            lambda: select(meetings).where(
                meetings.c.guild_id == guild_id, meetings.c.event_id == event_id
            ),
        )

    async def in_thread(self, guild_id: int, thread_id: int) -> Meeting | None:
        """Return the meeting whose thread this is."""
        return await self._first(
            Meeting,
            lambda: select(meetings).where(
                meetings.c.guild_id == guild_id, meetings.c.thread_id == thread_id
            ),
        )

    async def has_uid(self, guild_id: int, uid: str) -> bool:
        """Whether calendars know a meeting of this server by a name."""
        named = select(meetings.c.id).where(meetings.c.guild_id == guild_id, meetings.c.uid == uid)
        return await self._value(named.limit(1)) is not None

    async def series(self, series_id: int) -> Series | None:
        """Return a series whatever its server; for the process's own work, not for a request."""
        return await self._first(Series, lambda: select(series).where(series.c.id == series_id))

    async def occurrence(self, series_id: SeriesId, number: int) -> Meeting | None:
        """Return the meeting that is this number of a series, if it has a row yet."""
        return await self._first(
            Meeting,
            lambda: select(meetings).where(
                meetings.c.series_id == series_id, meetings.c.number == number
            ),
        )

    async def edit(self, meeting_id: MeetingId, **values: Unpack[MeetingPatch]) -> None:
        """Set the named columns of a meeting."""
        await self._change(meetings, {"id": meeting_id}, values)

    async def add_change(self, **values: Unpack[NewChange]) -> int:
        """Write down what was done to a meeting, and return its id."""
        return await self._insert(changes, **values)

    async def change(self, change_id: int) -> MeetingChange | None:
        """Return what was done to a meeting."""
        return await self._first(
            MeetingChange, lambda: select(changes).where(changes.c.id == change_id)
        )

    async def edit_series(self, series_id: SeriesId, **values: Unpack[SeriesPatch]) -> None:
        """Set the named columns of a series."""
        await self._change(series, {"id": series_id}, values)

    async def series_of_server(self, guild_id: int) -> list[Series]:
        """Return the series of a server's living groups that have not ended, newest first."""
        return await self._all(
            Series,
            lambda: (
                select(series)
                .where(
                    series.c.guild_id == guild_id,
                    series.c.ended_at.is_(None),
                    series.c.group_id.in_(_living(guild_id)),
                )
                .order_by(series.c.id.desc())
            ),
        )

    async def series_ended(self, guild_id: int, group_id: GroupId, since: datetime) -> list[Series]:
        """Return the series of a group that ended at or after ``since``."""
        return await self._all(
            Series,
            lambda: (
                select(series)
                .where(
                    series.c.guild_id == guild_id,
                    series.c.group_id == group_id,
                    series.c.ended_at >= since,
                )
                .order_by(series.c.id)
            ),
        )

    async def of_series(self, series_id: SeriesId, now: datetime) -> list[Meeting]:
        """Return a series' meetings that have a row and have not begun, the soonest first."""
        return await self._all(
            Meeting,
            lambda: (
                select(meetings)
                .where(
                    meetings.c.series_id == series_id,
                    meetings.c.starts_at > now,
                    meetings.c.cancelled_at.is_(None),
                )
                .order_by(meetings.c.starts_at, meetings.c.id)
            ),
        )

    async def since(
        self, guild_id: int, since: datetime, *, group_id: GroupId | None = None
    ) -> list[Meeting]:
        """Return the meetings that started or start at or after ``since``, newest first."""
        statement = (
            select(meetings)
            .where(
                meetings.c.guild_id == guild_id,
                meetings.c.starts_at >= since,
                meetings.c.cancelled_at.is_(None),
            )
            .order_by(meetings.c.starts_at.desc(), meetings.c.id)
        )
        if group_id is not None:
            statement = statement.where(meetings.c.group_id == group_id)
        return await self._all(Meeting, statement)

    async def between(self, guild_id: int, start: datetime, end: datetime) -> list[Meeting]:
        """Return a server's meetings that start in a stretch of time, cancelled ones too."""
        return await self._all(
            Meeting,
            lambda: (
                select(meetings)
                .where(
                    meetings.c.guild_id == guild_id,
                    meetings.c.starts_at >= start,
                    meetings.c.starts_at < end,
                )
                .order_by(meetings.c.starts_at, meetings.c.id)
            ),
        )

    async def occurrences(self, series_id: SeriesId) -> list[Meeting]:
        """Return every meeting of a series that has a row, in any state, in their order."""
        return await self._all(
            Meeting,
            lambda: (
                select(meetings)
                .where(meetings.c.series_id == series_id)
                .order_by(meetings.c.number)
            ),
        )

    async def running(
        self, guild_ids: Sequence[int] | None, now: datetime, before: timedelta
    ) -> list[Meeting]:
        """Return servers' meetings, or every server's, that run or begin within ``before``."""
        statement = select(meetings).where(
            meetings.c.starts_at <= now + before,
            # Only bounds what is read: each meeting's own length decides below.
            meetings.c.starts_at > now - LONGEST,
            meetings.c.cancelled_at.is_(None),
        )
        if guild_ids is not None:
            statement = statement.where(meetings.c.guild_id.in_(guild_ids))
        return [one for one in await self._all(Meeting, statement) if now < one.ends_at]

    async def open_in(self, guild_ids: Sequence[int], now: datetime) -> list[Meeting]:
        """Return what can still be answered in these servers, the soonest first."""
        return await self._all(
            Meeting,
            lambda: (
                select(meetings)
                .where(
                    meetings.c.guild_id.in_(guild_ids),
                    meetings.c.starts_at > now,
                    meetings.c.cancelled_at.is_(None),
                )
                .order_by(meetings.c.starts_at, meetings.c.id)
            ),
        )

    async def coming(
        self, guild_id: int, now: datetime, *, group_id: GroupId | None = None
    ) -> list[Meeting]:
        """Return the meetings of a server's living groups, or of one, that have not begun."""
        return await self._all(Meeting, _coming(guild_id, now, group_id))

    async def with_paper(self, group_id: GroupId, now: datetime) -> list[Meeting]:
        """Return a group's meetings that have begun and read something, the latest first."""
        return await self._all(
            Meeting,
            lambda: (
                select(meetings)
                .where(
                    meetings.c.group_id == group_id,
                    meetings.c.starts_at <= now,
                    meetings.c.cancelled_at.is_(None),
                    meetings.c.paper_id.is_not(None),
                )
                .order_by(meetings.c.starts_at.desc())
            ),
        )

    async def of_paper(self, paper_id: int, now: datetime) -> list[Meeting]:
        """Return the meetings about a paper that have not begun, in every server."""
        return await self._all(
            Meeting,
            lambda: select(meetings).where(
                meetings.c.paper_id == paper_id, meetings.c.starts_at > now
            ),
        )

    async def next_of_group(self, group_id: GroupId, now: datetime) -> Meeting | None:
        """Return a group's next meeting that has not begun."""
        return await self._first(
            Meeting,
            lambda: (
                select(meetings)
                .where(
                    meetings.c.group_id == group_id,
                    meetings.c.starts_at > now,
                    meetings.c.cancelled_at.is_(None),
                )
                .order_by(meetings.c.starts_at, meetings.c.id)
                .limit(1)
            ),
        )

    async def next_of_person(self, guild_id: int, user_id: int, now: datetime) -> Meeting | None:
        """Return the next meeting that a person answered with going or maybe, or is invited to.

        Invited are the members of its group who have not said that they don't come.
        """
        own = (
            select(members.c.group_id)
            .where(members.c.user_id == user_id, members.c.left_at.is_(None))
            .scalar_subquery()
        )
        comes = select(rsvps.c.meeting_id).where(
            rsvps.c.user_id == user_id, rsvps.c.answer != Answer.NOT_GOING
        )
        declined = select(rsvps.c.meeting_id).where(
            rsvps.c.user_id == user_id, rsvps.c.answer == Answer.NOT_GOING
        )
        return await self._first(
            Meeting,
            _coming(guild_id, now)
            .where(
                meetings.c.id.in_(comes)
                | (meetings.c.group_id.in_(own) & meetings.c.id.not_in(declined))
            )
            .limit(1),
        )


def _living(guild_id: int) -> Select[Any]:
    """Return the ids of a server's groups that are not archived."""
    return select(groups.c.id).where(groups.c.guild_id == guild_id, groups.c.archived_at.is_(None))


def _coming(guild_id: int, now: datetime, group_id: GroupId | None = None) -> Select[Any]:
    statement = (
        select(meetings)
        .where(
            meetings.c.guild_id == guild_id,
            meetings.c.starts_at > now,
            meetings.c.cancelled_at.is_(None),
            meetings.c.group_id.in_(_living(guild_id)),
        )
        .order_by(meetings.c.starts_at, meetings.c.id)
    )
    return statement if group_id is None else statement.where(meetings.c.group_id == group_id)
