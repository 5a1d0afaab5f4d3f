"""The meetings of programmes: made for each unit when its time comes, and kept to its plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot import events
from bot.base.errors import NotFound, UserError
from bot.client import CohortBot
from bot.place import Place
from cogs.reading.changes.service import ChangeService
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.writes import (
    existing_meeting,
    free_uid,
    main_paper,
    put_deadlines,
    zone_of,
)
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.programmes.programmes import ENDED, Programme, ProgrammeUnit
from data.reading.lists import Unit
from data.reading.meetings import Meeting, MeetingId
from data.server.groups import Group
from data.states import CardKind
from data.transaction import Transaction


class _Step(Enum):
    """What is to be done so that a unit's meeting is as planned."""

    POST = auto()
    MOVE = auto()
    CANCEL = auto()
    RESTORE = auto()


class _Task(Struct, frozen=True):
    step: _Step
    programme: Programme
    unit: ProgrammeUnit
    group: Group
    meeting: Meeting
    starts_at: datetime


class ProgrammeMeetings:
    """Hears when a unit's meeting is to be made, or its plan has changed.

    Each step writes in one transaction what it does, and finds nothing to do when it comes again:
    a stop in the middle makes no meeting twice, and tells nobody twice.
    """

    def __init__(self, bot: CohortBot, posting: Posting) -> None:
        self._bot = bot
        self._posting = posting
        self._changes = bot.service(ChangeService)
        bot.deadlines.on(DeadlineKind.READING_PROGRAMME, self.meet)

    async def meet(self, deadline: Deadline, late: timedelta) -> None:
        """Make the meeting of a unit and post its card, or bring both in line with the plan."""
        task = await self._next(deadline.subject_id, deadline.occurrence)
        meeting = task.meeting
        place = _on_behalf(task)
        try:
            match task.step:
                case _Step.MOVE:
                    if meeting.starts_at != task.starts_at:
                        moved = await self._changes.move(place, meeting.id, task.starts_at)
                        meeting = moved.meeting
                    await self._bot.store.write(
                        lambda tx: tx.meetings.edit(meeting.id, occurs_on=task.unit.on_day)
                    )
                    self._posting.changed([meeting])
                case _Step.CANCEL:
                    cancelled = await self._changes.cancel(place, meeting.id, ENDED)
                    self._posting.changed(cancelled.meetings)
                    return
                case _Step.RESTORE:
                    restored = await self._changes.restore(place, meeting.id)
                    self._posting.changed(restored.meetings)
                    meeting = restored.meeting
                case _Step.POST:
                    pass
        except UserError as error:
            # It began, or somebody cancelled it, in the meantime: that takes precedence.
            raise NotFound(error.sentence) from error
        await self._posting.publish(meeting, task.group)
        if meeting.paper_id is not None:
            self._bot.library.look_up(meeting.paper_id, meeting.guild_id)
        self._bot.cards.refresh(CardKind.PROGRAMME, task.programme.id)
        events.group_used(self._bot, meeting.group_id)

    async def _next(self, programme_id: int, number: int) -> _Task:
        """Return what a unit's meeting lacks, having made it where there is none.

        Raises NotFound where nothing is to be done.
        """
        now = self._bot.clock.now()
        async with self._bot.store.transaction() as tx:
            programme = await tx.programmes.by_id(programme_id)
            units = await tx.programmes.units(programme.id) if programme else []
            unit = next((one for one in units if one.number == number), None)
            group = await tx.groups.by_id(programme.group_id) if programme else None
            if programme is None or unit is None or group is None or group.archived_at:
                raise NotFound("The programme is gone.")
            starts_at = programme.starts_at(unit.on_day)
            if unit.meeting_id is None:
                if programme.ended_at is not None:
                    raise NotFound(ENDED)
                if starts_at + timedelta(minutes=programme.minutes) <= now:
                    raise NotFound("The unit's time has passed.")
                meeting = await _make(tx, programme, units, unit, group, now)
                return _Task(_Step.POST, programme, unit, group, meeting, starts_at)
            meeting = await existing_meeting(tx, unit.meeting_id)
            if unit.was_put_off(meeting) and programme.ended_at is None and starts_at > now:
                # It was cancelled, and its week left out: another meeting is made on its later day.
                off = [one.number for one in units if one.meeting_id == meeting.id]
                await tx.programmes.edit_units(programme.id, off, meeting_id=None)
                units = await tx.programmes.units(programme.id)
                meeting = await _make(tx, programme, units, unit, group, now)
                return _Task(_Step.POST, programme, unit, group, meeting, starts_at)
        if meeting.starts_at <= now:
            raise NotFound("The meeting has begun.")
        if programme.ended_at is not None:
            if meeting.cancelled_at is not None:
                raise NotFound(ENDED)
            return _Task(_Step.CANCEL, programme, unit, group, meeting, starts_at)
        if meeting.cancelled_at is not None:
            if meeting.cancelled_because != ENDED:
                raise NotFound("The meeting was cancelled.")
            return _Task(_Step.RESTORE, programme, unit, group, meeting, starts_at)
        # A meeting that was moved by hand keeps the day that it was planned for.
        step = _Step.POST if meeting.occurs_on == unit.on_day else _Step.MOVE
        return _Task(step, programme, unit, group, meeting, starts_at)


async def _make(
    tx: Transaction,
    programme: Programme,
    units: list[ProgrammeUnit],
    unit: ProgrammeUnit,
    group: Group,
    now: datetime,
) -> Meeting:
    """Write the meeting of a unit, and of all that are met in the same week."""
    together = [one for one in units if one.on_day == unit.on_day]
    made = next((one.meeting_id for one in together if one.meeting_id is not None), None)
    if made is None:
        made = await _write(tx, programme, together, group, now)
    await tx.programmes.edit_units(
        programme.id,
        [one.number for one in together if one.meeting_id is None],
        meeting_id=made,
    )
    return await existing_meeting(tx, made)


async def _write(
    tx: Transaction,
    programme: Programme,
    together: list[ProgrammeUnit],
    group: Group,
    now: datetime,
) -> MeetingId:
    listed: list[Unit] = []
    for one in together:
        found = await tx.reading_lists.unit(programme.guild_id, one.unit_id)
        if found is not None:
            listed.append(found)
    title = " · ".join(one.title for one in listed) or programme.title
    day = together[0].on_day
    meeting_id = await tx.meetings.add(
        guild_id=programme.guild_id,
        group_id=group.id,
        series_id=None,
        occurs_on=day,
        uid=await free_uid(tx, programme, together[0]),
        changes=programme.changes,
        title=title
        if len(title) <= meeting_rules.TITLE_LIMIT
        else title[: meeting_rules.TITLE_LIMIT - 1] + "…",
        paper_id=next(filter(None, map(main_paper, listed)), None),
        prerequisites=next(filter(None, (one.prerequisites for one in listed)), None),
        starts_at=programme.starts_at(day),
        minutes=programme.minutes,
        location=None,
        facilitator_id=programme.facilitator_id,
        capacity=None,
        created_by=programme.created_by,
        created_at=now,
    )
    if listed:
        await tx.reading_lists.meet(listed[0].id, meeting_id)
    meeting = await existing_meeting(tx, meeting_id)
    await put_deadlines(tx, meeting, await zone_of(tx, meeting), now)
    return meeting_id


def _on_behalf(task: _Task) -> Place:
    """Return the place of the programme's lead, on whose decision this is done."""
    programme = task.programme
    return Place(
        guild_id=programme.guild_id,
        channel_id=task.group.channel_id,
        thread_id=None,
        user_id=programme.facilitator_id or programme.created_by,
        organiser=True,
        manager=False,
        own_zone=None,
        server_zone=ZoneInfo(programme.timezone),
    )
