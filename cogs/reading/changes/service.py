"""The use cases of changes to meetings: moving, cancelling, restoring and editing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Unpack
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when, wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.place import Place
from cogs.reading.changes.writes import (
    Changed,
    cancel,
    come_up_again,
    count_change,
    edit,
    how_many_answered,
    move,
    note,
)
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.rules import NOWHERE, Where
from cogs.reading.meetings.writes import (
    about_unit,
    add_paper,
    existing_meeting,
    meeting_of_server,
    move_deadlines,
    only_leads,
    put_mirror,
)
from cogs.reading.series.rules import DAYS_SHOWN, Day
from cogs.reading.series.writes import (
    days_ahead,
    expect_card,
    fit_to_list,
    next_number,
    put_next,
    put_next_again,
    write_out,
)
from data.delivery.kinds import DeadlineKind
from data.programmes.programmes import ProgrammeId
from data.reading.meetings import (
    Meeting,
    MeetingChange,
    MeetingPatch,
    Series,
    SeriesId,
    SeriesPatch,
)
from data.states import Change
from data.store import Store, snapshot, transaction
from data.transaction import Transaction

NOTHING = "-"
"""What people type to remove something."""


class Edits(Struct, frozen=True):
    """What is to be different about a meeting; None leaves it, ``-`` or 0 takes it away."""

    title: str | None = None
    paper: str | None = None
    minutes: int | None = None
    where: Where | None = None
    facilitator_id: int | None = None
    capacity: int | None = None
    prerequisites: str | None = None
    days_ahead: int | None = None
    """How long before each later meeting its card is posted; only with all later ones."""


class ChangeService:
    """Moves, cancels and edits meetings, one of a series or it and all later ones."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def move(
        self,
        tx: Transaction,
        place: Place,
        meeting_id: int,
        starts_at: datetime,
        *,
        later: bool = False,
        zone: ZoneInfo | None = None,
    ) -> Changed:
        """Move a meeting to another time; with ``later`` all that follow in its series too.

        The series keeps its zone unless ``zone`` is given. Raises NotAllowed for people who neither
        lead it nor are organisers, Conflict once it has begun.
        """
        now = self.clock.now()
        meeting = await self._changeable(tx, place, meeting_id, "move it")
        if later:
            return await self._move_later(tx, place, meeting, starts_at, zone, now)
        # Otherwise everybody who answered would be told of a move that changes nothing.
        if starts_at == meeting.starts_at:
            raise Conflict(
                f"“{wording.one_line(meeting.title)}” is at {when.stamp(starts_at)} already."
            )
        moved = [await move(tx, place, meeting, starts_at, now)]
        await _expect_card(tx, moved[0], now)
        return Changed(moved, await how_many_answered(tx, moved))

    async def _move_later(
        self,
        tx: Transaction,
        place: Place,
        meeting: Meeting,
        starts_at: datetime,
        zone: ZoneInfo | None,
        now: datetime,
    ) -> Changed:
        """Move a meeting and all that come after it in its series.

        Every occurrence keeps its number, and with it its name in calendars and its state: a day
        that was left out stays left out, on its new date, and how often the series is held does not
        change. What comes before keeps its day.
        """
        series, number = await self._series(tx, meeting)
        await write_out(tx, series, number, now)
        # Before the rule changes: what is planned is remembered by its day, which the new rule may
        # not have.
        pending = await next_number(tx, series, now)
        rule = meeting_rules.rule_from(series.cadence, starts_at, zone or ZoneInfo(series.timezone))
        await self._edit_series(
            tx,
            series,
            anchor=rule.anchor,
            at=rule.at,
            timezone=rule.zone.key,
            numbered_from=number,
            # Set by the first move alone: calendars know each occurrence by the day that the first
            # rule gave it.
            first_day=series.first_day or series.anchor,
        )
        series, _ = await self._series(tx, meeting)
        moved: list[Meeting] = []
        for one in (meeting, *await _later_rows(tx, series, number)):
            assert one.number is not None  # noqa: S101 - it is of a series
            await tx.meetings.edit(one.id, occurs_on=series.day(one.number))
            # Exactly as it was said. The rule keeps no fold, so of an hour that the clocks show
            # twice it would always take the first.
            to = starts_at if one.id == meeting.id else series.starts_at(one.number)
            if one.cancelled_at is None:
                moved.append(await move(tx, place, one, to, now))
            else:
                await tx.meetings.edit(one.id, starts_at=to)
                await count_change(tx, one, now)
        # What comes before has its row, and gets its card below.
        await put_next(tx, series, max(pending, number + 1))
        for one in await tx.meetings.of_series(series.id, now):
            await expect_card(tx, series, one, now)
        await fit_to_list(tx, series.id, now)
        days = await days_ahead(tx, series.id, now, most=DAYS_SHOWN)
        return Changed(moved, await how_many_answered(tx, moved), days=days)

    @transaction
    async def cancel(
        self, tx: Transaction, place: Place, meeting_id: int, reason: str | None
    ) -> Changed:
        """Cancel a meeting; raises as :meth:`move`."""
        now = self.clock.now()
        meeting = await self._changeable(tx, place, meeting_id, "cancel it")
        cancelled = await cancel(tx, place, meeting, reason, now)
        again = await come_up_again(tx, cancelled, now)
        programmes = await self._tell_programmes(tx, cancelled)
        told = await how_many_answered(tx, [cancelled])
        days = await self._days(tx, cancelled, now)
        return Changed([cancelled], told, again, programmes, days)

    @transaction
    async def restore(self, tx: Transaction, place: Place, meeting_id: int) -> Changed:
        """Restore a cancelled meeting.

        Raises Conflict when it was not cancelled, or its time has come.
        """
        now = self.clock.now()
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        await only_leads(tx, place, meeting.group_id, meeting_rules.leads_of(meeting), "restore it")
        if meeting.cancelled_at is None:
            raise Conflict(
                f"“{wording.one_line(meeting.title)}” takes place: nothing is to be undone."
            )
        if meeting.starts_at <= now:
            raise Conflict("Its time has passed. `/meeting schedule` sets another one.")
        await tx.meetings.edit(meeting.id, cancelled_at=None, cancelled_because=None)
        restored = await note(tx, place, meeting, Change.RESTORED, now)
        await move_deadlines(tx, restored, now)
        others: list[Meeting] = []
        if restored.series_id is not None:
            others = await self._move_on(tx, place, restored, restored.series_id)
            await fit_to_list(tx, restored.series_id, now)
        await self._tell_programmes(tx, restored)
        await _expect_card(tx, restored, now)
        told = await how_many_answered(tx, [restored, *others])
        days = await self._days(tx, restored, now)
        return Changed([restored, *others], told, days=days)

    @transaction
    async def edit(
        self, tx: Transaction, place: Place, meeting_id: int, edits: Edits, *, later: bool = False
    ) -> Changed:
        """Change what a meeting is about; with ``later`` also what its series goes on with.

        Raises as :meth:`move`, and InvalidInput when nothing is given.
        """
        now = self.clock.now()
        meeting = await self._changeable(tx, place, meeting_id, "edit it")
        patch, details = await _patch(tx, edits, now)
        if edits.days_ahead is not None and not later:
            raise InvalidInput(
                "How many days ahead cards are posted holds for a whole series. Choose `which: "
                "this and all later ones`."
            )
        if not patch and edits.days_ahead is None:
            raise InvalidInput(
                "Say what should be different, for example `where: room 2` or `minutes: 90`."
            )
        edited = [await edit(tx, place, meeting, patch, details, now)] if patch else [meeting]
        if later:
            edited += await self._edit_later(tx, place, meeting, edits, patch, details, now)
        told = await how_many_answered(tx, edited) if details else 0
        days = await self._days(tx, meeting, now) if later else []
        return Changed(edited, told, days=days)

    async def _edit_later(
        self,
        tx: Transaction,
        place: Place,
        meeting: Meeting,
        edits: Edits,
        patch: MeetingPatch,
        details: Sequence[str],
        now: datetime,
    ) -> list[Meeting]:
        """Change what follows a meeting in its series; returns the meetings that have a row.

        What was left out is changed as well, in case it takes place after all.
        """
        series, number = await self._series(tx, meeting)
        shared = patch.copy()
        for own in ("paper_id", "prerequisites"):  # what is read differs from meeting to meeting
            shared.pop(own, None)
        edited: list[Meeting] = []
        if shared:
            await write_out(tx, series, number, now)
            await self._edit_series(tx, series, **_of_series(shared))
            for one in await _later_rows(tx, series, number):
                if one.cancelled_at is None:
                    edited.append(await edit(tx, place, one, shared, details, now))
                else:
                    await tx.meetings.edit(one.id, **shared)
                    await count_change(tx, one, now)
        if edits.days_ahead is not None:
            await tx.meetings.edit_series(series.id, days_ahead=edits.days_ahead)
            await put_next_again(tx, series.id, now)
        return edited

    @transaction
    async def mirror(self, tx: Transaction, place: Place, meeting_id: int) -> None:
        """Bring a meeting's server event in line with the meeting; raises as :meth:`move`."""
        meeting = await self._changeable(tx, place, meeting_id, "change it")
        await put_mirror(tx, meeting, self.clock.now())

    @snapshot
    async def story(self, tx: Transaction, change_id: int) -> tuple[MeetingChange, Sequence[int]]:
        """Return a change and the people to tell; raises NotFound when it is gone."""
        change = await tx.meetings.change(change_id)
        if change is None:
            raise NotFound("That change is gone.")
        return change, [rsvp.user_id for rsvp in await tx.rsvps.of(change.meeting_id)]

    async def _move_on(
        self, tx: Transaction, place: Place, restored: Meeting, series_id: SeriesId
    ) -> list[Meeting]:
        """Move meetings that had taken over a restored one's units on to the next; returns them.

        A meeting for which the list has nothing left is cancelled.
        """
        now = self.clock.now()
        found: list[Meeting] = []
        for unit in await tx.reading_lists.units_of(restored.id):
            for met in await tx.reading_lists.met(unit.list_id):
                if (
                    met.unit_id != unit.id
                    or met.meeting_id == restored.id
                    or met.series_id != series_id
                    or met.starts_at <= now
                ):
                    continue
                other = await existing_meeting(tx, met.meeting_id)
                following = await tx.reading_lists.next_unit(series_id)
                if following is None:
                    because = "Its unit is met earlier after all, and nothing follows it."
                    found.append(await cancel(tx, place, other, because, now))
                    continue
                about = about_unit(following)
                details = [f"it is now about “{meeting_rules.fitting_title(following.title)}”"]
                found.append(await edit(tx, place, other, about, details, now))
                await tx.reading_lists.meet(following.id, other.id)
        return found

    async def _tell_programmes(self, tx: Transaction, meeting: Meeting) -> list[ProgrammeId]:
        """Schedule programmes that meet then to go on later, or as planned; returns them."""
        found: list[ProgrammeId] = []
        for programme_id in await tx.programmes.of_meeting(meeting.id):
            programme = await tx.programmes.by_id(programme_id)
            if programme is not None and programme.ended_at is None:
                found.append(programme.id)
                await tx.deadlines.put(
                    # A deadline and not a call: programmes are another feature, and this must
                    # survive a crash.
                    DeadlineKind.PROGRAMME_CALLED_OFF,
                    programme.id,
                    self.clock.now(),
                    guild_id=meeting.guild_id,
                    occurrence=meeting.id,
                )
        return found

    async def _changeable(
        self, tx: Transaction, place: Place, meeting_id: int, what: str
    ) -> Meeting:
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        await only_leads(tx, place, meeting.group_id, meeting_rules.leads_of(meeting), what)
        meeting_rules.still_ahead(meeting, self.clock.now())
        return meeting

    async def _series(self, tx: Transaction, meeting: Meeting) -> tuple[Series, int]:
        """Return a meeting's series and its number there; raises InvalidInput without one."""
        series = await tx.meetings.series(meeting.series_id) if meeting.series_id else None
        if series is None or meeting.number is None or series.ended_at is not None:
            raise InvalidInput(
                f"“{wording.one_line(meeting.title)}” does not repeat, so nothing comes later. "
                "Leave `which` out."
            )
        return series, meeting.number

    async def _days(self, tx: Transaction, meeting: Meeting, now: datetime) -> list[Day]:
        """Return what becomes of the next days of a meeting's series, if it has one."""
        if meeting.series_id is None:
            return []
        return await days_ahead(tx, meeting.series_id, now, most=DAYS_SHOWN)

    async def _edit_series(
        self, tx: Transaction, series: Series, **patch: Unpack[SeriesPatch]
    ) -> None:
        """Change the rest of a series, including its calendar entries that have no row yet."""
        patch["changes"], patch["changed_at"] = series.changes + 1, self.clock.now()
        await tx.meetings.edit_series(series.id, **patch)


async def _expect_card(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Schedule the card of a meeting that is of a series and has none."""
    series = await tx.meetings.series(meeting.series_id) if meeting.series_id else None
    if series is not None:
        await expect_card(tx, series, meeting, now)


async def _later_rows(tx: Transaction, series: Series, number: int) -> list[Meeting]:
    """Return the rows of a series after an occurrence, in any state, in their order."""
    rows = await tx.meetings.occurrences(series.id)
    return [one for one in rows if one.number is not None and one.number > number]


async def _patch(tx: Transaction, edits: Edits, now: datetime) -> tuple[MeetingPatch, list[str]]:
    """Return the columns to set, and what those who answered are told of it."""
    patch: MeetingPatch = {}
    details: list[str] = []
    if edits.title is not None:
        title = patch["title"] = meeting_rules.check_title(edits.title)
        details.append(f"it is now called “{title}”")
    if edits.paper is not None:
        taken = edits.paper.strip() == NOTHING
        paper = None if taken else await add_paper(tx, edits.paper, now)
        patch["paper_id"] = paper.id if paper else None
        details.append(f"what is read: {paper.title}" if paper else "nothing is to be read")
    if edits.minutes is not None:
        patch["minutes"] = edits.minutes
        details.append(f"it takes {when.duration(timedelta(minutes=edits.minutes))}")
    if edits.where is not None:
        where = NOWHERE if edits.where.text == NOTHING else meeting_rules.check_where(edits.where)
        patch["location"], patch["voice_id"] = where.text, where.voice_id
        details.append(f"where: {where.text or 'not said any more'}")
    if edits.facilitator_id is not None:
        patch["facilitator_id"] = edits.facilitator_id
    if edits.prerequisites is not None:
        known = meeting_rules.check_short(edits.prerequisites)
        patch["prerequisites"] = None if known == NOTHING else known
    if edits.capacity is not None:
        # 0 takes the limit away: leaving the option out already means that nothing changes.
        patch["capacity"] = edits.capacity or None
    return patch, details


def _of_series(patch: MeetingPatch) -> SeriesPatch:
    """Return the columns of a patch that a series has too."""
    shared: SeriesPatch = {}
    if "title" in patch:
        shared["title"] = patch["title"]
    if "minutes" in patch:
        shared["minutes"] = patch["minutes"]
    if "location" in patch:
        shared["location"] = patch["location"]
    if "voice_id" in patch:
        shared["voice_id"] = patch["voice_id"]
    if "facilitator_id" in patch:
        shared["facilitator_id"] = patch["facilitator_id"]
    if "capacity" in patch:
        shared["capacity"] = patch["capacity"]
    return shared
