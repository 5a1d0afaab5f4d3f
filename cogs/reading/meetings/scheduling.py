"""Writes a meeting as somebody planned it, and the series that it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base.errors import Conflict
from bot.base.recurrence import Cadence
from bot.base.wording import one_line
from bot.place import Place
from cogs.reading.calendar.service import Clash, clashes
from cogs.reading.meetings import rules
from cogs.reading.meetings.card_view import MeetingView, view_of
from cogs.reading.meetings.rules import NOWHERE, Where
from cogs.reading.meetings.writes import add_paper, existing_meeting, put_deadlines
from cogs.reading.series.writes import put_next
from data.reading.meetings import Meeting, Series
from data.server.groups import Group
from data.states import CardKind
from data.transaction import Transaction


class MeetingPlan(Struct, frozen=True):
    """What somebody asks for when they schedule a meeting."""

    title: str
    starts_at: datetime
    zone: ZoneInfo
    paper: str | None = None
    minutes: int = 60
    where: Where = NOWHERE
    facilitator_id: int | None = None
    capacity: int | None = None
    cadence: Cadence = Cadence.NONE
    until: date | None = None
    times: int | None = None
    days_ahead: int = 6
    prerequisites: str | None = None


class ScheduledMeeting(Struct, frozen=True):
    """A new meeting as its card shows it, and what its group has planned for the same time."""

    view: MeetingView
    clashes: Sequence[Clash]


async def scheduled(
    tx: Transaction, place: Place, group: Group, meeting: Meeting, now: datetime
) -> ScheduledMeeting:
    """Return all that is said of a meeting that was written in this transaction."""
    view = await view_of(tx, meeting, group, place.group_zone(group), now)
    return ScheduledMeeting(view, await clashes(tx, meeting, now))


async def write_meeting(
    tx: Transaction, place: Place, group: Group, plan: MeetingPlan, now: datetime
) -> Meeting:
    """Write a meeting and what follows from it; see :meth:`MeetingService.schedule`."""
    title = rules.check_title(plan.title)
    where = rules.check_where(plan.where)
    if group.archived_at is not None:
        raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")
    member = await tx.groups.member(group.id, place.user_id)
    rules.only_members(group, member=member is not None, what="schedule its meetings")
    paper_id = None
    if plan.paper is not None and plan.paper.strip():
        paper_id = (await add_paper(tx, plan.paper, now)).id
    series: Series | None = None
    if plan.cadence is not Cadence.NONE:
        rule = rules.rule_from(plan.cadence, plan.starts_at, plan.zone)
        series_id = await tx.meetings.add_series(
            guild_id=place.guild_id,
            group_id=group.id,
            title=title,
            cadence=plan.cadence,
            anchor=rule.anchor,
            at=rule.at,
            timezone=plan.zone.key,
            minutes=plan.minutes,
            location=where.text,
            voice_id=where.voice_id,
            facilitator_id=plan.facilitator_id,
            capacity=plan.capacity,
            days_ahead=plan.days_ahead,
            until=rules.last_day(rule, plan.until),
            times=plan.times,
            created_by=place.user_id,
            created_at=now,
        )
        series = await tx.meetings.series(series_id)
    meeting_id = await tx.meetings.add(
        guild_id=place.guild_id,
        group_id=group.id,
        series_id=series.id if series else None,
        number=0 if series else None,
        occurs_on=series.anchor if series else None,
        # By the series' name from the start, so that a calendar that knew the series before the
        # meeting had a row sees one event and not two.
        uid=series.uid(0) if series else None,
        title=title,
        starts_at=plan.starts_at,
        minutes=plan.minutes,
        location=where.text,
        voice_id=where.voice_id,
        facilitator_id=plan.facilitator_id,
        capacity=plan.capacity,
        paper_id=paper_id,
        prerequisites=plan.prerequisites,
        created_by=place.user_id,
        created_at=now,
    )
    meeting = await existing_meeting(tx, meeting_id)
    await put_deadlines(tx, meeting, place.group_zone(group), now)
    await tx.expect_card(
        CardKind.MEETING,
        meeting.id,
        guild_id=place.guild_id,
        channel_id=group.channel_id,
        now=now,
        answer_to=place.interaction_id,
    )
    if series is not None:
        await put_next(tx, series, 1)
    return meeting
