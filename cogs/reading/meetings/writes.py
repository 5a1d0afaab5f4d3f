"""Writes a meeting, its series, and everything that falls due for either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import papers
from bot.base import when
from bot.base.errors import Conflict, NotFound
from bot.base.recurrence import Cadence
from bot.base.wording import named
from bot.place import Place
from cogs.reading.facilitators import rules as facilitator_rules
from cogs.reading.meetings import rules
from cogs.reading.reminders import rules as reminder_rules
from data.delivery.kinds import DeadlineKind
from data.papers.papers import Paper, PaperId
from data.programmes.programmes import Programme, ProgrammeUnit
from data.reading.lists import Unit
from data.reading.meetings import Meeting, Series, SeriesId
from data.server.groups import Group
from data.states import CardKind, DeadlineState
from data.transaction import Transaction

KINDS = (
    DeadlineKind.READING_REMIND,
    DeadlineKind.READING_ASK,
    DeadlineKind.READING_BEGIN,
    DeadlineKind.READING_TAKE_OVER,
    DeadlineKind.READING_OVER,
)
"""What falls due for every meeting, at times that follow from when it starts."""

KEPT = timedelta(days=1)
"""How long what somebody has not decided is kept."""

NEWS_EVERY = timedelta(seconds=10)
"""How long news about seats is gathered, so that many answers make one message."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody asks for when they schedule a meeting."""

    title: str
    starts_at: datetime
    zone: ZoneInfo
    paper: str | None = None
    minutes: int = 60
    location: str | None = None
    facilitator_id: int | None = None
    capacity: int | None = None
    cadence: Cadence = Cadence.NONE
    until: date | None = None
    times: int | None = None
    days_ahead: int = 6
    prerequisites: str | None = None


async def existing(tx: Transaction, meeting_id: int) -> Meeting:
    """Return a meeting whatever its server, or raise NotFound."""
    meeting = await tx.meetings.by_id(meeting_id)
    if meeting is None:
        raise NotFound("That meeting does not exist any more.")
    return meeting


async def of_server(tx: Transaction, guild_id: int, meeting_id: int) -> Meeting:
    """Return a meeting of this server, or raise NotFound."""
    meeting = await tx.meetings.get(guild_id, meeting_id)
    if meeting is None:
        raise NotFound(
            "That meeting does not exist any more. `/meeting list` shows what is coming."
        )
    return meeting


async def write_meeting(
    tx: Transaction, place: Place, group: Group, plan: Plan, now: datetime
) -> Meeting:
    """Write a meeting and what follows from it; see :meth:`MeetingService.schedule`."""
    title = rules.check_title(plan.title)
    location = rules.check_location(plan.location)
    if group.archived_at is not None:
        raise Conflict(f"{named(group.name)} is archived: nothing happens in it any more.")
    member = await tx.groups.member(group.id, place.user_id)
    rules.only_members(group, member=member is not None, what="schedule its meetings")
    paper_id = None
    if plan.paper is not None and plan.paper.strip():
        paper_id = (await add_paper(tx, plan.paper, now)).id
    shared = {
        "guild_id": place.guild_id,
        "group_id": group.id,
        "title": title,
        "minutes": plan.minutes,
        "location": location,
        "facilitator_id": plan.facilitator_id,
        "capacity": plan.capacity,
        "created_by": place.user_id,
        "created_at": now,
    }
    series_id, occurs_on = None, None
    if plan.cadence is not Cadence.NONE:
        rule = rules.rule_from(plan.cadence, plan.starts_at, plan.zone)
        occurs_on = rule.anchor
        series_id = await tx.meetings.add_series(
            **shared,
            cadence=plan.cadence,
            anchor=rule.anchor,
            at=rule.at,
            timezone=plan.zone.key,
            days_ahead=plan.days_ahead,
            until=rules.last_day(rule, until=plan.until, times=plan.times),
        )
    meeting_id = await tx.meetings.add(
        **shared,
        series_id=series_id,
        occurs_on=occurs_on,
        uid=rules.uid_of(series_id, occurs_on) if series_id and occurs_on else None,
        starts_at=plan.starts_at,
        paper_id=paper_id,
        prerequisites=plan.prerequisites,
    )
    meeting = await existing(tx, meeting_id)
    await put_deadlines(tx, meeting, now)
    await tx.expect_card(
        CardKind.MEETING,
        meeting.id,
        guild_id=place.guild_id,
        channel_id=group.channel_id,
        now=now,
    )
    if series_id is not None:
        await put_next(tx, series_id, after=plan.starts_at)
    return meeting


def main_paper(unit: Unit) -> PaperId | None:
    """Return the first paper of what is read for a unit, which its meeting's card shows."""
    return next((one.paper_id for one in unit.readings if one.paper_id is not None), None)


def about_unit(unit: Unit) -> dict[str, Any]:
    """Return the columns of a meeting that say what it is about, for a unit of a list."""
    return {
        "title": rules.fitting_title(unit.title),
        "paper_id": main_paper(unit),
        "prerequisites": unit.prerequisites,
    }


async def write_occurrence(
    tx: Transaction, series: Series, day: date, unit: Unit | None, now: datetime
) -> Meeting:
    """Write the meeting that a series has on a local day, about a unit of its list, if any."""
    meeting_id = await tx.meetings.add(
        guild_id=series.guild_id,
        group_id=series.group_id,
        series_id=series.id,
        occurs_on=day,
        uid=rules.uid_of(series.id, day),
        title=rules.fitting_title(unit.title) if unit else series.title,
        paper_id=main_paper(unit) if unit else None,
        prerequisites=unit.prerequisites if unit else None,
        starts_at=when.local(day, series.at, ZoneInfo(series.timezone)),
        minutes=series.minutes,
        location=series.location,
        facilitator_id=series.facilitator_id,
        capacity=series.capacity,
        created_by=series.created_by,
        created_at=now,
        changes=series.changes,
    )
    return await existing(tx, meeting_id)


async def add_paper(tx: Transaction, text: str, now: datetime) -> Paper:
    """Return the paper that ``text`` names: by its identifier, or as a bare title."""
    found = papers.find(text)
    if found is not None:
        return await tx.papers.add(key=found.key, url=found.url, title=found.label, now=now)
    title = " ".join(text.split())[:300]
    return await tx.papers.add(key=f"title:{title.casefold()}", url=None, title=title, now=now)


async def put_deadlines(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Have a meeting's reminders sent, its leader asked, and its beginning and end noticed."""
    await tx.deadlines.cancel(meeting.id, *KINDS)
    planned = [
        *(
            (DeadlineKind.READING_REMIND, at, before)
            for before, at in reminder_rules.reminders(meeting.starts_at, now).items()
        ),
        *(
            (DeadlineKind.READING_ASK, at, before)
            for before, at in facilitator_rules.questions(meeting.starts_at, now).items()
        ),
        (DeadlineKind.READING_BEGIN, meeting.starts_at, timedelta()),
        (
            DeadlineKind.READING_TAKE_OVER,
            meeting.starts_at + facilitator_rules.TAKE_OVER,
            timedelta(),
        ),
        (DeadlineKind.READING_OVER, meeting.ends_at, timedelta()),
    ]
    for kind, due_at, before in planned:
        expires_at = meeting.starts_at if kind == DeadlineKind.READING_ASK else meeting.ends_at
        await tx.deadlines.put(
            kind,
            meeting.id,
            due_at,
            guild_id=meeting.guild_id,
            offset=int(before.total_seconds()),
            expires_at=None if kind == DeadlineKind.READING_OVER else expires_at,
        )
    await put_mirror(tx, meeting, now)


async def put_mirror(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Have a meeting's server event made what the meeting is."""
    await tx.deadlines.put(DeadlineKind.READING_MIRROR, meeting.id, now, guild_id=meeting.guild_id)


async def put_next(tx: Transaction, series_id: SeriesId, *, after: datetime) -> None:
    """Have the card of a series' next meeting posted, unless the series is over by then."""
    series = await tx.meetings.series(series_id)
    assert series is not None  # noqa: S101 - read or written in this transaction
    await tx.deadlines.cancel(series.id, DeadlineKind.READING_NEXT)
    coming = rules.next_occurrence(series, after)
    if coming is None:
        return
    await tx.deadlines.put(
        DeadlineKind.READING_NEXT,
        series.id,
        coming.posted_at,
        guild_id=series.guild_id,
        occurrence=coming.day.toordinal(),
    )


async def put_next_again(tx: Transaction, series_id: SeriesId, now: datetime) -> None:
    """Have the next card of a series posted when it is now to be, which may be at once."""
    series = await tx.meetings.series(series_id)
    assert series is not None  # noqa: S101 - read or written in this transaction
    starts_at = await _next_start(tx, series, now)
    await put_next(tx, series.id, after=starts_at - timedelta(seconds=1))


async def units_ahead(
    tx: Transaction, series_id: SeriesId, now: datetime
) -> list[tuple[Unit, datetime]]:
    """Return the units of a series' list that have no meeting yet, each with when it comes up."""
    series = await tx.meetings.series(series_id)
    if series is None or series.ended_at is not None:
        return []
    left = await tx.reading_lists.units_left(series.id)
    about_one = await tx.reading_lists.meetings_with_unit(series.id)
    rows = await tx.meetings.occurrences(series.id)
    taken = {one.occurs_on for one in rows if one.cancelled_at or one.id in about_one}
    starts_at = await _next_start(tx, series, now)
    free = (
        at
        for at in series.rule.occurrences(starts_at)
        if series.rule.occurrence_date(at) not in taken
    )
    return list(zip(left, free, strict=False))


async def fit_to_list(tx: Transaction, series_id: SeriesId, now: datetime) -> None:
    """Have a series that goes through a list end with the list's last unit.

    To be called when one of its days was left out or given back: a meeting that is called off
    makes the series longer by one.
    """
    series = await tx.meetings.series(series_id)
    if series is None or series.ended_at is not None:
        return
    if not await tx.reading_lists.is_followed(series.id):
        return
    ahead = await units_ahead(tx, series.id, now)
    starts_at = await _next_start(tx, series, now)
    last = ahead[-1][1] if ahead else starts_at - timedelta(days=1)
    day = last.astimezone(ZoneInfo(series.timezone)).date()
    await tx.meetings.edit_series(series.id, until=day)
    await put_next_again(tx, series.id, now)


async def _next_start(tx: Transaction, series: Series, now: datetime) -> datetime:
    """Return when a series next takes place of which the card is still to be posted."""
    zone = ZoneInfo(series.timezone)
    waiting = (DeadlineState.PENDING, DeadlineState.SENDING, DeadlineState.HELD)
    planned = [
        when.local(date.fromordinal(one.occurrence), series.at, zone)
        for one in await tx.deadlines.of(series.id, DeadlineKind.READING_NEXT)
        if one.state in waiting
    ]
    if planned:
        return min(planned)
    met = [
        when.local(one.occurs_on, series.at, zone)
        for one in await tx.meetings.occurrences(series.id)
        if one.occurs_on is not None and one.cancelled_at is None
    ]
    return series.rule.after(max([now, *met]))


async def free_uid(tx: Transaction, programme: Programme, unit: ProgrammeUnit) -> str:
    """Return what calendars know the meeting of a unit by, before and after it is made.

    A meeting that was called off keeps its name, and the one that is held instead has another.
    """
    uid = rules.uid_of_units(programme.id, unit.number)
    if await tx.meetings.has_uid(programme.guild_id, uid):
        return f"{uid}-{unit.on_day:%Y%m%d}"
    return uid


async def put_news(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Have those who moved up, or who wait, told of it soon."""
    gathered = now.timestamp() // NEWS_EVERY.total_seconds() + 1
    due_at = datetime.fromtimestamp(gathered * NEWS_EVERY.total_seconds(), now.tzinfo)
    await tx.deadlines.put(
        DeadlineKind.READING_NEWS,
        meeting.id,
        due_at,
        guild_id=meeting.guild_id,
        expires_at=meeting.starts_at,
    )


async def check_member(tx: Transaction, place: Place, meeting: Meeting, what: str) -> None:
    """Raise NotAllowed unless a member of the meeting's group acts."""
    group = await tx.groups.by_id(meeting.group_id)
    member = await tx.groups.member(meeting.group_id, place.user_id)
    assert group is not None  # noqa: S101 - a meeting goes with its group
    rules.only_members(group, member=member is not None, what=what)
