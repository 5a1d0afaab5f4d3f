"""Steps inside a transaction that change a meeting, and schedule news to those who answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.place import Place
from cogs.reading.meetings.writes import (
    KINDS,
    existing_meeting,
    move_deadlines,
    put_mirror,
    put_news,
)
from cogs.reading.series.rules import Day
from cogs.reading.series.writes import fit_to_list, units_ahead
from data.delivery.kinds import DeadlineKind
from data.programmes.programmes import ProgrammeId
from data.reading.lists import Unit
from data.reading.meetings import Meeting, MeetingPatch
from data.states import Change
from data.transaction import Transaction


class Changed(Struct, frozen=True):
    """What a change did: the meetings as they are now, and how many people are told."""

    meetings: Sequence[Meeting]
    told: int
    again: Sequence[tuple[Unit, datetime]] = ()
    """Units that were to be met then, each with when it comes up instead."""
    programmes: Sequence[ProgrammeId] = ()
    """Programmes that were to meet then, and go on a week later."""
    days: Sequence[Day] = ()
    """What becomes of the next days of the series, where more than one meeting is concerned."""

    @property
    def meeting(self) -> Meeting:
        """The one that was named."""
        return self.meetings[0]


async def note(
    tx: Transaction,
    place: Place,
    meeting: Meeting,
    what: Change,
    now: datetime,
    details: Sequence[str] = (),
) -> Meeting:
    """Write a change down, and schedule news of it to those who answered."""
    change_id = await tx.meetings.add_change(
        meeting_id=meeting.id,
        what=what,
        # Kept with the change: people are told “from … to …”, and by the time of that message it
        # may have moved again.
        starts_before=meeting.starts_at,
        details=tuple(details),
        changed_by=place.user_id,
        changed_at=now,
    )
    await put_mirror(tx, meeting, now)
    await tx.deadlines.put(
        DeadlineKind.READING_CHANGED,
        meeting.id,
        now,
        guild_id=meeting.guild_id,
        occurrence=change_id,
    )
    return await count_change(tx, meeting, now)


async def count_change(tx: Transaction, meeting: Meeting, now: datetime) -> Meeting:
    """Count a change, so that calendars that know the meeting take it over (SEQUENCE)."""
    await tx.meetings.edit(meeting.id, changes=meeting.changes + 1, changed_at=now)
    return await existing_meeting(tx, meeting.id)


async def move(
    tx: Transaction, place: Place, meeting: Meeting, starts_at: datetime, now: datetime
) -> Meeting:
    """Start a meeting at another time."""
    await tx.meetings.edit(meeting.id, starts_at=starts_at)
    moved = await note(tx, place, meeting, Change.MOVED, now)
    await move_deadlines(tx, moved, now)
    return moved


async def cancel(
    tx: Transaction, place: Place, meeting: Meeting, reason: str | None, now: datetime
) -> Meeting:
    """Cancel a meeting."""
    because = " ".join((reason or "").split())[:300] or None
    await tx.meetings.edit(meeting.id, cancelled_at=now, cancelled_because=because)
    await tx.deadlines.cancel(
        meeting.id, DeadlineKind.READING_NEWS, DeadlineKind.CARD_MEETING, *KINDS
    )
    return await note(tx, place, meeting, Change.CANCELLED, now)


async def edit(
    tx: Transaction,
    place: Place,
    meeting: Meeting,
    patch: MeetingPatch,
    details: Sequence[str],
    now: datetime,
) -> Meeting:
    """Change what a meeting is about; ``details`` are what those who answered are told."""
    await tx.meetings.edit(meeting.id, **patch)
    edited = await existing_meeting(tx, meeting.id)
    # Without them nothing changed that anybody has to hear, such as what is read for it.
    if details:
        edited = await note(tx, place, meeting, Change.EDITED, now, details)
    # Only the end follows from how long it is, but what is put again stays where it was.
    if "minutes" in patch:
        await move_deadlines(tx, edited, now)
    # Seats may have become free, or too few.
    if "capacity" in patch:
        await put_news(tx, edited, now)
    return edited


async def come_up_again(
    tx: Transaction, meeting: Meeting, now: datetime, *, planned: Unit | None = None
) -> list[tuple[Unit, datetime]]:
    """Put the units of a cancelled meeting back on the plan; returns each with its new date.

    ``planned`` is the unit of a day that had no meeting yet.
    """
    series = await tx.meetings.series(meeting.series_id) if meeting.series_id else None
    if series is None:
        return []
    units = await tx.reading_lists.units_of(meeting.id)
    ids = {one.id for one in (*units, *([planned] if planned else []))}
    await fit_to_list(tx, series.id, now)
    return [
        (one, series.starts_at(number))
        for one, number in await units_ahead(tx, series.id, now)
        if one.id in ids
    ]


async def how_many_answered(tx: Transaction, meetings: Sequence[Meeting]) -> int:
    """Return how many people answered any of these meetings."""
    people: set[int] = set()
    for one in meetings:
        people |= {rsvp.user_id for rsvp in await tx.rsvps.of(one.id)}
    return len(people)
