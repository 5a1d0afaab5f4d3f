"""Steps that keep a series going: its next meeting, and the list that it follows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count

from cogs.reading.meetings.writes import (
    about_unit,
    existing_meeting,
    put_deadlines,
    put_mirror,
    zone_of,
)
from cogs.reading.series.rules import Day, posted_at
from data.delivery.kinds import DeadlineKind
from data.reading.lists import Unit
from data.reading.meetings import Meeting, Series, SeriesId
from data.states import CardKind, DeadlineState
from data.transaction import Transaction


async def write_occurrence(tx: Transaction, series: Series, number: int, now: datetime) -> Meeting:
    """Write one occurrence of a series, about nothing of its list yet."""
    uid = series.uid(number)
    if await tx.meetings.has_uid(series.guild_id, uid):
        # Before meetings were numbered, a series that moved could give one name to two of them.
        uid = f"{uid}-{number}"
    meeting_id = await tx.meetings.add(
        guild_id=series.guild_id,
        group_id=series.group_id,
        series_id=series.id,
        number=number,
        occurs_on=series.day(number),
        uid=uid,
        title=series.title,
        starts_at=series.starts_at(number),
        minutes=series.minutes,
        location=series.location,
        voice_id=series.voice_id,
        facilitator_id=series.facilitator_id,
        capacity=series.capacity,
        created_by=series.created_by,
        created_at=now,
        # A calendar may have seen this occurrence as one of the series: what it hears now must not
        # count less (SEQUENCE, RFC 5545, 3.8.7.4).
        changes=series.changes,
    )
    return await existing_meeting(tx, meeting_id)


async def write_out(tx: Transaction, series: Series, before: int, now: datetime) -> None:
    """Write what a series still has before an occurrence, each about its unit of the list.

    Call this before the series changes from an occurrence on: what has no row yet goes by the
    series, and would change with it, or fall out of it.
    """
    known = {one.number: one for one in await tx.meetings.occurrences(series.id)}
    for number in range(max(series.numbered_from, series.number_after(now)), before):
        meeting = known.get(number)
        if meeting is None and series.has(number):
            meeting = await write_occurrence(tx, series, number, now)
            await put_deadlines(tx, meeting, await zone_of(tx, meeting), now)
            # Servers have few events: this one comes with its card.
            await put_mirror(tx, meeting, max(now, posted_at(series, number)))
        if meeting is not None and meeting.cancelled_at is None:
            await give_unit(tx, series, meeting)


async def give_unit(tx: Transaction, series: Series, meeting: Meeting) -> Meeting:
    """Give a meeting the next unit of its series' list, unless it is about one already."""
    unit = await tx.reading_lists.next_unit(series.id)
    if unit is None or await tx.reading_lists.units_of(meeting.id):
        return meeting
    await tx.meetings.edit(meeting.id, **about_unit(unit))
    await tx.reading_lists.meet(unit.id, meeting.id)
    return await existing_meeting(tx, meeting.id)


async def expect_card(tx: Transaction, series: Series, meeting: Meeting, now: datetime) -> None:
    """Schedule the card of a meeting that has none, unless its series comes to it in time.

    A series goes by its rule: it does not come back to a day that it has passed, nor to one that
    was moved nearer.
    """
    group = await tx.groups.by_id(meeting.group_id)
    assert group is not None  # noqa: S101 - a meeting goes with its group
    if meeting.number is None or await tx.cards.get(CardKind.MEETING, meeting.id) is not None:
        return
    due_at = max(now, meeting.starts_at - timedelta(days=series.days_ahead))
    goes_on = series.ended_at is None and now < posted_at(series, meeting.number) <= due_at
    if goes_on and meeting.number >= await next_number(tx, series, now):
        return
    await give_unit(tx, series, meeting)
    await tx.deadlines.put(
        DeadlineKind.CARD_MEETING,
        meeting.id,
        due_at,
        guild_id=meeting.guild_id,
        occurrence=group.channel_id,
    )


async def put_next(tx: Transaction, series: Series, number: int) -> None:
    """Schedule the card of an occurrence, unless the series is over by then."""
    # One row ahead and no more: a rule without end cannot be written out.
    await tx.deadlines.cancel(series.id, DeadlineKind.READING_NEXT)
    if series.has(number):
        await tx.deadlines.put(
            DeadlineKind.READING_NEXT,
            series.id,
            posted_at(series, number),
            guild_id=series.guild_id,
            occurrence=series.day(number).toordinal(),
        )


async def put_next_again(tx: Transaction, series_id: SeriesId, now: datetime) -> None:
    """Schedule the next card of a series again, for when it is due now: at once, perhaps."""
    series = await tx.meetings.series(series_id)
    assert series is not None  # noqa: S101 - read or written in this transaction
    await put_next(tx, series, await next_number(tx, series, now))


async def next_number(tx: Transaction, series: Series, now: datetime) -> int:
    """Return the first occurrence whose card is still to be posted, end or not."""
    waiting = (DeadlineState.PENDING, DeadlineState.SENDING, DeadlineState.HELD)
    planned = [
        series.number(date.fromordinal(one.occurrence))
        for one in await tx.deadlines.of(series.id, DeadlineKind.READING_NEXT)
        if one.state in waiting
    ]
    numbers = [number for number in planned if number is not None]
    # What is planned is the truth, also where that day is past: it is worked off, and says itself
    # that it is over.
    if numbers:
        return min(numbers)
    rows = await tx.meetings.occurrences(series.id)
    met = {one.number for one in rows if one.cancelled_at is None}
    # The first gap, and not what follows the last: a day restored far ahead has a row as well.
    return next(number for number in count(series.number_after(now)) if number not in met)


async def units_ahead(
    tx: Transaction, series_id: SeriesId, now: datetime
) -> list[tuple[Unit, int]]:
    """Return the units of a series' list without a meeting yet, each with its occurrence."""
    series = await tx.meetings.series(series_id)
    if series is None or series.ended_at is not None:
        return []
    left = await tx.reading_lists.units_left(series.id)
    about_one = await tx.reading_lists.meetings_with_unit(series.id)
    rows = await tx.meetings.occurrences(series.id)
    taken = {one.number for one in rows if one.cancelled_at or one.id in about_one}
    first = await next_number(tx, series, now)
    # Endless, and cut by the units: the series has as many days as its list needs.
    free = (number for number in count(first) if number not in taken)
    return list(zip(left, free, strict=False))


async def fit_to_list(tx: Transaction, series_id: SeriesId, now: datetime) -> None:
    """End a series that goes through a list with the list's last unit.

    Call this when one of its days was left out or restored: a cancelled meeting makes the series
    one longer.
    """
    series = await tx.meetings.series(series_id)
    if series is None or series.ended_at is not None:
        return
    if not await tx.reading_lists.is_followed(series.id):
        return
    ahead = await units_ahead(tx, series.id, now)
    last = ahead[-1][1] + 1 if ahead else await next_number(tx, series, now)
    about_one = await tx.reading_lists.meetings_with_unit(series.id)
    rows = await tx.meetings.occurrences(series.id)
    written = [
        one.number + 1
        for one in rows
        if one.number is not None and one.cancelled_at is None and one.id in about_one
    ]
    times = max([last, *written])
    await tx.meetings.edit_series(series.id, times=times)
    await put_next_again(tx, series.id, now)


async def days_ahead(
    tx: Transaction, series_id: SeriesId, now: datetime, *, most: int
) -> list[Day]:
    """Return what becomes of the next days of a series, at most ``most``, the soonest first."""
    series = await tx.meetings.series(series_id)
    if series is None:
        return []
    rows = await tx.meetings.occurrences(series.id)
    days = [
        Day(one.starts_at, held=one.cancelled_at is None) for one in rows if one.starts_at > now
    ]
    if series.ended_at is None:
        known = {one.number for one in rows}
        for number in count(max(series.numbered_from, series.number_after(now) - 1)):
            # Some of them may be among the rows; a series without end has to stop somewhere.
            if not series.has(number) or len(days) >= most + len(rows):
                break
            if number not in known and series.starts_at(number) > now:
                days.append(Day(series.starts_at(number), held=True))
    return sorted(days, key=lambda day: day.starts_at)[:most]
