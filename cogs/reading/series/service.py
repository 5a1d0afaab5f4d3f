"""The use cases of series: the next meeting, days that are left out, the end."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from bot.base import when, wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.place import Place
from cogs.reading.changes.writes import Changed, cancel, come_up_again
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.writes import only_leads, put_deadlines, zone_of
from cogs.reading.series import rules
from cogs.reading.series.rules import DAYS_SHOWN, Day, Occurrence
from cogs.reading.series.writes import (
    days_ahead,
    expect_card,
    fit_to_list,
    give_unit,
    put_next,
    put_next_again,
    units_ahead,
    write_occurrence,
)
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting, Series
from data.server.groups import GroupId
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class SeriesService:
    """Posts what series have next, leaves days out, ends series and resumes them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def occur(self, tx: Transaction, series_id: int, day_number: int) -> Meeting | None:
        """Write the meeting that a series has on a day, and when the one after it is posted.

        ``day_number`` is the day's proleptic Gregorian ordinal. Returns None for a day that was
        left out, for one that is past, as after a long time away, and while the group is archived:
        then the series goes on with the next. Raises NotFound when the series has ended, or is on
        another day by now.
        """
        now = self.clock.now()
        series = await tx.meetings.series(series_id)
        group = series and await tx.groups.by_id(series.group_id)
        if series is None or group is None or series.ended_at:
            raise NotFound("The series has ended.")
        number = series.number(date.fromordinal(day_number))
        if number is None:
            raise NotFound("The series is on another day now.")
        # Before anything else, so that the series goes on whatever becomes of this day. Days that
        # passed while the bot was away are not made up.
        await put_next(tx, series, max(number + 1, series.number_after(now)))
        if group.archived_at is not None:
            return None
        meeting = await tx.meetings.occurrence(series.id, number)
        if meeting is not None and meeting.cancelled_at is not None:
            return None
        if series.starts_at(number) + timedelta(minutes=series.minutes) <= now:
            return meeting
        if meeting is None:
            meeting = await write_occurrence(tx, series, number, now)
            await put_deadlines(tx, meeting, await zone_of(tx, meeting), now)
        # One that was written ahead of its card may have no unit yet.
        return await give_unit(tx, series, meeting)

    @snapshot
    async def of_server(self, tx: Transaction, guild_id: int) -> list[Series]:
        """Return a server's series that have not ended."""
        return await tx.meetings.series_of_server(guild_id)

    @snapshot
    async def later(
        self, tx: Transaction, guild_id: int, group_id: GroupId | None = None
    ) -> list[tuple[Series, Occurrence]]:
        """Return the next meeting of each series that has no card just now, the soonest first."""
        now = self.clock.now()
        found: list[tuple[Series, Occurrence]] = []
        for series in await tx.meetings.series_of_server(guild_id):
            if group_id not in (None, series.group_id):
                continue
            if await tx.meetings.of_series(series.id, now):
                continue
            rows = await tx.meetings.occurrences(series.id)
            coming = rules.next_occurrence(series, {one.number for one in rows}, now)
            if coming is not None:
                found.append((series, coming))
        return sorted(found, key=lambda one: one[1].starts_at)

    @transaction
    async def skip(
        self, tx: Transaction, place: Place, series_id: int, day: date, reason: str | None
    ) -> Changed:
        """Leave out one local day of a series that has no card yet; the others stay as they are.

        A series that goes through a list goes on a meeting longer, so that no unit is left out.

        Raises NotFound when there is no such series, NotAllowed for people who don't lead it,
        InvalidInput for a day that it is not on, Conflict for one that has a card.
        """
        now = self.clock.now()
        series = await self._endable(tx, place, series_id)
        number = series.number(day)
        if number is None or series.starts_at(number) <= now:
            raise InvalidInput(
                f"“{wording.one_line(series.title)}” is not on {day:%A, %d %B %Y}: it is "
                f"{series.rule.describe()}."
            )
        known = await tx.meetings.occurrence(series.id, number)
        if known is not None:
            named = f"“{wording.one_line(known.title)}” on {when.stamp(series.starts_at(number))}"
            if known.cancelled_at is not None:
                raise Conflict(f"{named} does not take place already.")
            raise Conflict(f"{named} has a card already: `/meeting cancel` cancels it.")
        planned = await units_ahead(tx, series.id, now)
        # Asked before the day is left out: then the unit has moved on already.
        unit = next((one for one, at in planned if at == number), None)
        # A day that is left out is a meeting that was cancelled: calendars can be told so, and it
        # can be brought back.
        meeting = await write_occurrence(tx, series, number, now)
        cancelled = await cancel(tx, place, meeting, reason, now)
        again = await come_up_again(tx, cancelled, now, planned=unit)
        days = await days_ahead(tx, series.id, now, most=DAYS_SHOWN)
        return Changed([cancelled], 0, again, days=days)

    @transaction
    async def end(self, tx: Transaction, place: Place, series_id: int) -> list[Meeting]:
        """End a series; returns its meetings that are written and have not begun: they are kept.

        The end counts as a change, so that calendars take it over (SEQUENCE); so does resuming.
        Raises NotFound when there is none, NotAllowed for people who don't lead it.
        """
        now = self.clock.now()
        series = await self._endable(tx, place, series_id)
        await tx.meetings.edit_series(
            series.id, ended_at=now, changes=series.changes + 1, changed_at=now
        )
        await tx.deadlines.cancel(series.id, DeadlineKind.READING_NEXT)
        kept = await tx.meetings.of_series(series.id, now)
        for one in kept:
            # A day that was left out and restored may have no card yet, and nothing comes to it.
            await expect_card(tx, replace(series, ended_at=now), one, now)
        return kept

    @snapshot
    async def ended(
        self, tx: Transaction, place: Place, series_id: int
    ) -> tuple[Series, list[Meeting]]:
        """Return a series that somebody ended, and its meetings that have not begun.

        Raises NotFound when there is none, NotAllowed for people who don't lead it, Conflict when
        it has not ended.
        """
        series = await self._ended(tx, place, series_id)
        return series, await tx.meetings.of_series(series.id, self.clock.now())

    @transaction
    async def resume(
        self, tx: Transaction, place: Place, series_id: int
    ) -> tuple[Series, list[Day]]:
        """Resume a series that was ended; raises as :meth:`ended`.

        Returns it, and what becomes of its next days: what was cancelled meanwhile stays cancelled.
        """
        now = self.clock.now()
        series = await self._ended(tx, place, series_id)
        await tx.meetings.edit_series(
            series.id, ended_at=None, changes=series.changes + 1, changed_at=now
        )
        await fit_to_list(tx, series.id, now)
        await put_next_again(tx, series.id, now)
        return series, await days_ahead(tx, series.id, now, most=DAYS_SHOWN)

    async def _endable(self, tx: Transaction, place: Place, series_id: int) -> Series:
        series = await tx.meetings.series(series_id)
        if series is None or series.guild_id != place.guild_id or series.ended_at is not None:
            raise NotFound("There is no such series. Pick one from the list that opens.")
        await only_leads(tx, place, series.group_id, meeting_rules.leads_of(series), "end it")
        return series

    async def _ended(self, tx: Transaction, place: Place, series_id: int) -> Series:
        series = await tx.meetings.series(series_id)
        if series is None or series.guild_id != place.guild_id:
            raise NotFound("There is no such series any more.")
        await only_leads(tx, place, series.group_id, meeting_rules.leads_of(series), "change that")
        if series.ended_at is None:
            raise Conflict(
                f"“{wording.one_line(series.title)}” has not ended: nothing is to be undone."
            )
        return series
