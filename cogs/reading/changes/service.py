"""The use cases of meetings that change: moving, cancelling, editing, ending a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.base import when, wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.place import Place
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.writes import (
    KINDS,
    about_unit,
    add_paper,
    existing,
    fit_to_list,
    of_server,
    put_deadlines,
    put_mirror,
    put_news,
    put_next,
    put_next_again,
    units_ahead,
    write_occurrence,
)
from data.delivery.kinds import DeadlineKind
from data.programmes.programmes import ProgrammeId
from data.reading.lists import Unit
from data.reading.meetings import Meeting, MeetingChange, Series, SeriesId
from data.states import CardKind, Change
from data.store import Store
from data.transaction import Transaction

OWN = ("paper_id", "prerequisites")
"""What each meeting of a series has for itself."""

NOTHING = "-"
"""What is typed to take something away."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What is to be different about a meeting; None leaves it, ``-`` or 0 takes it away."""

    title: str | None = None
    paper: str | None = None
    minutes: int | None = None
    location: str | None = None
    facilitator_id: int | None = None
    capacity: int | None = None
    prerequisites: str | None = None
    days_ahead: int | None = None
    """How long before each later meeting its card is posted; only with all later ones."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did: the meetings as they are now, and how many people are told."""

    meetings: Sequence[Meeting]
    told: int
    again: Sequence[tuple[Unit, datetime]] = ()
    """Units that were to be met then, each with when it comes up instead."""
    programmes: Sequence[ProgrammeId] = ()
    """Programmes that were to meet then, and go on a week later."""

    @property
    def meeting(self) -> Meeting:
        """The one that was named."""
        return self.meetings[0]


class ChangeService:
    """Moves, cancels and edits meetings, one of a series or it and all later ones."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def move(
        self,
        place: Place,
        meeting_id: int,
        starts_at: datetime,
        *,
        later: bool = False,
        zone: ZoneInfo | None = None,
    ) -> Changed:
        """Start a meeting at another time; with ``later`` all that follow in its series too.

        The series keeps its zone unless ``zone`` is given. Raises NotAllowed for who neither
        leads it nor is an organiser, Conflict once it has begun.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            meeting = await self._changeable(tx, place, meeting_id, "move it")
            if starts_at == meeting.starts_at and not later:
                raise Conflict(
                    f"“{wording.named(meeting.title)}” is at {when.stamp(starts_at)} already."
                )
            moved = [await self._move(tx, place, meeting, starts_at, now)]
            if later:
                series = await self._series(tx, meeting)
                rule = meeting_rules.rule_from(
                    series.cadence, starts_at, zone or ZoneInfo(series.timezone)
                )
                following = [
                    one
                    for one in await tx.meetings.of_series(series.id, now)
                    if one.id != meeting.id and one.starts_at > meeting.starts_at
                ]
                await self._edit_series(
                    tx, series, anchor=rule.anchor, at=rule.at, timezone=rule.zone.key
                )
                last = starts_at
                await tx.meetings.edit(meeting.id, occurs_on=None)
                for one in following:
                    await tx.meetings.edit(one.id, occurs_on=None)
                await tx.meetings.edit(meeting.id, occurs_on=rule.anchor)
                for one in following:
                    last = rule.after(last)
                    moved.append(await self._move(tx, place, one, last, now))
                    await tx.meetings.edit(one.id, occurs_on=rule.occurrence_date(last))
                await put_next(tx, series.id, after=last)
                await fit_to_list(tx, series.id, now)
            told = await self._answered(tx, moved)
        return Changed(moved, told)

    async def cancel(self, place: Place, meeting_id: int, reason: str | None) -> Changed:
        """Call a meeting off; raises as :meth:`move`."""
        async with self.store.transaction() as tx:
            meeting = await self._changeable(tx, place, meeting_id, "cancel it")
            cancelled = await self._cancel(tx, place, meeting, reason)
            again = await self._again(tx, cancelled)
            programmes = await self._tell_programmes(tx, cancelled)
            told = await self._answered(tx, [cancelled])
        return Changed([cancelled], told, again, programmes)

    async def restore(self, place: Place, meeting_id: int) -> Changed:
        """Have a cancelled meeting take place after all.

        Raises Conflict when it was not cancelled, or its time has come.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            meeting_rules.only_leads(place, meeting_rules.leads_of(meeting), "restore it")
            if meeting.cancelled_at is None:
                raise Conflict(
                    f"“{wording.named(meeting.title)}” takes place: nothing is to be undone."
                )
            if meeting.starts_at <= now:
                raise Conflict("Its time has gone by. `/meeting schedule` sets another one.")
            await tx.meetings.edit(meeting.id, cancelled_at=None, cancelled_because=None)
            restored = await self._note(tx, place, meeting, Change.RESTORED)
            await put_deadlines(tx, restored, now)
            others: list[Meeting] = []
            if restored.series_id is not None:
                others = await self._move_on(tx, place, restored, restored.series_id)
                await fit_to_list(tx, restored.series_id, now)
            await self._tell_programmes(tx, restored)
            if restored.series_id is not None and restored.occurs_on is not None:
                await self._post_again(tx, restored, now)
            told = await self._answered(tx, [restored, *others])
        return Changed([restored, *others], told)

    async def edit(
        self, place: Place, meeting_id: int, edits: Edits, *, later: bool = False
    ) -> Changed:
        """Change what a meeting is about; with ``later`` also what its series goes on with.

        Raises as :meth:`move`, and InvalidInput when nothing is given.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            meeting = await self._changeable(tx, place, meeting_id, "edit it")
            values, details = await self._values(tx, edits, now)
            if edits.days_ahead is not None and not later:
                raise InvalidInput(
                    "How many days ahead cards are posted holds for a whole series. Choose `which: "
                    "this and all later ones`."
                )
            if not values and edits.days_ahead is None:
                raise InvalidInput(
                    "Say what should be different, for example `where: room 2` or `minutes: 90`."
                )
            meetings = [meeting]
            if later:
                series = await self._series(tx, meeting)
                shared = {name: value for name, value in values.items() if name not in OWN}
                if shared:
                    await self._edit_series(tx, series, **shared)
                if edits.days_ahead is not None:
                    await tx.meetings.edit_series(series.id, days_ahead=edits.days_ahead)
                    await put_next_again(tx, series.id, now)
                meetings += [
                    one
                    for one in await tx.meetings.of_series(series.id, now)
                    if one.id != meeting.id and one.starts_at > meeting.starts_at
                ]
            kept = {name: value for name, value in values.items() if name not in OWN}
            edited = [
                await self._edit(tx, place, one, kept if number else values, details, now)
                if values
                else one
                for number, one in enumerate(meetings)
            ]
            told = await self._answered(tx, edited) if details else 0
        return Changed(edited, told)

    async def end(self, place: Place, series_id: int) -> list[Meeting]:
        """End a series; returns its meetings that have a card and not begun, which stand.

        Raises NotFound when there is none, NotAllowed for who may not.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            series = await self._endable(tx, place, series_id)
            await tx.meetings.edit_series(series.id, ended_at=now)
            await tx.deadlines.cancel(series.id, DeadlineKind.READING_NEXT)
            return await tx.meetings.of_series(series.id, now)

    async def skip(self, place: Place, series_id: int, day: date, reason: str | None) -> Changed:
        """Leave out one local day of a series that has no card yet; the others stay as they are.

        A series that goes through a list goes on a meeting longer, so that no unit is left out.

        Raises NotFound when there is no such series, NotAllowed for who may not, InvalidInput for
        a day that it is not on, Conflict for one that has a card.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            series = await self._endable(tx, place, series_id)
            starts_at = when.local(day, series.at, ZoneInfo(series.timezone))
            is_on = series.rule.occurrence_date(starts_at) == day
            if not is_on or starts_at <= now or (series.until is not None and day > series.until):
                raise InvalidInput(
                    f"“{wording.named(series.title)}” is not on {day:%A, %d %B %Y}: it is "
                    f"{series.rule.describe()}."
                )
            standing = await tx.meetings.occurrence(series.id, day)
            if standing is not None:
                named = f"“{wording.named(standing.title)}” on {when.stamp(starts_at)}"
                if standing.cancelled_at is not None:
                    raise Conflict(f"{named} does not take place already.")
                raise Conflict(f"{named} has a card already: `/meeting cancel` calls it off.")
            planned = await units_ahead(tx, series.id, now)
            unit = next((one for one, at in planned if at == starts_at), None)
            meeting = await write_occurrence(tx, series, day, None, now)
            cancelled = await self._cancel(tx, place, meeting, reason)
            again = await self._again(tx, cancelled, unit)
        return Changed([cancelled], 0, again)

    async def ended(self, place: Place, series_id: int) -> tuple[Series, list[Meeting]]:
        """Return a series that somebody ended, and its meetings that have not begun.

        Raises NotFound when there is none, NotAllowed for who may not, Conflict when it goes on.
        """
        async with self.store.read() as tx:
            series = await self._ended(tx, place, series_id)
            return series, await tx.meetings.of_series(series.id, self.clock.now())

    async def go_on(self, place: Place, series_id: int) -> Series:
        """Have a series that was ended go on after all; raises as :meth:`ended`."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            series = await self._ended(tx, place, series_id)
            await tx.meetings.edit_series(series.id, ended_at=None)
            await put_next_again(tx, series.id, now)
            return series

    async def mirror(self, place: Place, meeting_id: int) -> None:
        """Have a meeting's server event made what the meeting is; raises as :meth:`move`."""
        async with self.store.transaction() as tx:
            meeting = await self._changeable(tx, place, meeting_id, "change it")
            await put_mirror(tx, meeting, self.clock.now())

    async def story(self, change_id: int) -> tuple[MeetingChange, Sequence[int]]:
        """Return a change, and who is to be told of it; raises NotFound when it is gone."""
        async with self.store.read() as tx:
            change = await tx.meetings.change(change_id)
            if change is None:
                raise NotFound("That change is gone.")
            return change, [rsvp.user_id for rsvp in await tx.rsvps.of(change.meeting_id)]

    async def _again(
        self, tx: Transaction, meeting: Meeting, planned: Unit | None = None
    ) -> list[tuple[Unit, datetime]]:
        """Have the units of a meeting that was called off come up again; returns each with when.

        ``planned`` is the unit that a day was for which had no meeting yet.
        """
        if meeting.series_id is None:
            return []
        now = self.clock.now()
        units = await tx.reading_lists.units_of(meeting.id)
        ids = {one.id for one in (*units, *([planned] if planned else []))}
        await fit_to_list(tx, meeting.series_id, now)
        return [
            (one, at) for one, at in await units_ahead(tx, meeting.series_id, now) if one.id in ids
        ]

    async def _move_on(
        self, tx: Transaction, place: Place, restored: Meeting, series_id: SeriesId
    ) -> list[Meeting]:
        """Have meetings that took up a restored one's units go on to the next; returns them.

        One for which the list has nothing left is called off.
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
                other = await existing(tx, met.meeting_id)
                following = await tx.reading_lists.next_unit(series_id)
                if following is None:
                    because = "Its unit is met earlier after all, and nothing follows it."
                    found.append(await self._cancel(tx, place, other, because))
                    continue
                values = about_unit(following)
                details = [f"it is now about “{values['title']}”"]
                found.append(await self._edit(tx, place, other, values, details, now))
                await tx.reading_lists.meet(following.id, other.id)
        return found

    async def _tell_programmes(self, tx: Transaction, meeting: Meeting) -> list[ProgrammeId]:
        """Have programmes that were to meet then go on later, or as planned; returns them."""
        found: list[ProgrammeId] = []
        for programme_id in await tx.programmes.of_meeting(meeting.id):
            programme = await tx.programmes.by_id(programme_id)
            if programme is not None and programme.ended_at is None:
                found.append(programme.id)
                await tx.deadlines.put(
                    DeadlineKind.PROGRAMME_CALLED_OFF,
                    programme.id,
                    self.clock.now(),
                    guild_id=meeting.guild_id,
                    occurrence=meeting.id,
                )
        return found

    # One meeting

    async def _changeable(
        self, tx: Transaction, place: Place, meeting_id: int, what: str
    ) -> Meeting:
        meeting = await of_server(tx, place.guild_id, meeting_id)
        meeting_rules.only_leads(place, meeting_rules.leads_of(meeting), what)
        meeting_rules.still_ahead(meeting, self.clock.now())
        return meeting

    async def _series(self, tx: Transaction, meeting: Meeting) -> Series:
        series = await tx.meetings.series(meeting.series_id) if meeting.series_id else None
        if series is None or series.ended_at is not None:
            raise InvalidInput(
                f"“{wording.named(meeting.title)}” does not repeat, so nothing comes later. Leave "
                "`which` out."
            )
        return series

    async def _post_again(self, tx: Transaction, meeting: Meeting, now: datetime) -> None:
        """Have the card of a day posted that had been left out, where it would stand by now."""
        series = await tx.meetings.series(meeting.series_id or 0)
        card = await tx.cards.get(CardKind.MEETING, meeting.id)
        if series is None or card is not None or meeting.occurs_on is None:
            return
        if now >= meeting.starts_at - timedelta(days=series.days_ahead):
            await tx.deadlines.put(
                DeadlineKind.READING_NEXT,
                series.id,
                now,
                guild_id=series.guild_id,
                occurrence=meeting.occurs_on.toordinal(),
            )

    async def _edit_series(self, tx: Transaction, series: Series, **values: Any) -> None:
        """Set what a series goes on with, in calendars too that show what has no row yet."""
        await tx.meetings.edit_series(
            series.id, changes=series.changes + 1, changed_at=self.clock.now(), **values
        )

    async def _endable(self, tx: Transaction, place: Place, series_id: int) -> Series:
        series = await tx.meetings.series(series_id)
        if series is None or series.guild_id != place.guild_id or series.ended_at is not None:
            raise NotFound("There is no such series. Pick one from the list that opens.")
        meeting_rules.only_leads(place, meeting_rules.leads_of(series), "end it")
        return series

    async def _ended(self, tx: Transaction, place: Place, series_id: int) -> Series:
        series = await tx.meetings.series(series_id)
        if series is None or series.guild_id != place.guild_id:
            raise NotFound("There is no such series any more.")
        meeting_rules.only_leads(place, meeting_rules.leads_of(series), "change that")
        if series.ended_at is None:
            raise Conflict(f"“{wording.named(series.title)}” goes on: nothing is to be undone.")
        return series

    async def _move(
        self, tx: Transaction, place: Place, meeting: Meeting, starts_at: datetime, now: datetime
    ) -> Meeting:
        await tx.meetings.edit(meeting.id, starts_at=starts_at)
        moved = await self._note(tx, place, meeting, Change.MOVED)
        await put_deadlines(tx, moved, now)
        return moved

    async def _cancel(
        self, tx: Transaction, place: Place, meeting: Meeting, reason: str | None
    ) -> Meeting:
        because = " ".join((reason or "").split())[:300] or None
        await tx.meetings.edit(meeting.id, cancelled_at=self.clock.now(), cancelled_because=because)
        await tx.deadlines.cancel(meeting.id, DeadlineKind.READING_NEWS, *KINDS)
        return await self._note(tx, place, meeting, Change.CANCELLED)

    async def _edit(
        self,
        tx: Transaction,
        place: Place,
        meeting: Meeting,
        values: dict[str, Any],
        details: Sequence[str],
        now: datetime,
    ) -> Meeting:
        await tx.meetings.edit(meeting.id, **values)
        edited = await existing(tx, meeting.id)
        if details:
            edited = await self._note(tx, place, meeting, Change.EDITED, details)
        if "minutes" in values:
            await put_deadlines(tx, edited, now)
        if "capacity" in values:
            await put_news(tx, edited, now)
        return edited

    async def _note(
        self,
        tx: Transaction,
        place: Place,
        meeting: Meeting,
        what: Change,
        details: Sequence[str] = (),
    ) -> Meeting:
        """Write a change down, and have those who answered told of it."""
        now = self.clock.now()
        change_id = await tx.meetings.add_change(
            meeting_id=meeting.id,
            what=what,
            starts_before=meeting.starts_at,
            details=tuple(details),
            changed_by=place.user_id,
            changed_at=now,
        )
        await tx.meetings.edit(meeting.id, changes=meeting.changes + 1, changed_at=now)
        await put_mirror(tx, meeting, now)
        await tx.deadlines.put(
            DeadlineKind.READING_CHANGED,
            meeting.id,
            now,
            guild_id=meeting.guild_id,
            occurrence=change_id,
        )
        return await existing(tx, meeting.id)

    async def _values(
        self, tx: Transaction, edits: Edits, now: datetime
    ) -> tuple[dict[str, Any], list[str]]:
        """Return the columns to set, and what those who answered are told of it."""
        values: dict[str, Any] = {}
        details: list[str] = []
        if edits.title is not None:
            values["title"] = meeting_rules.check_title(edits.title)
            details.append(f"it is now called “{values['title']}”")
        if edits.paper is not None:
            taken = edits.paper.strip() == NOTHING
            paper = None if taken else await add_paper(tx, edits.paper, now)
            values["paper_id"] = paper.id if paper else None
            details.append(f"what is read: {paper.title}" if paper else "nothing is to be read")
        if edits.minutes is not None:
            values["minutes"] = edits.minutes
            details.append(f"it takes {when.duration(timedelta(minutes=edits.minutes))}")
        if edits.location is not None:
            location = meeting_rules.check_location(edits.location)
            values["location"] = None if location == NOTHING else location
            details.append(f"where: {values['location'] or 'not said any more'}")
        if edits.facilitator_id is not None:
            values["facilitator_id"] = edits.facilitator_id
        if edits.prerequisites is not None:
            known = meeting_rules.check_location(edits.prerequisites)
            values["prerequisites"] = None if known == NOTHING else known
        if edits.capacity is not None:
            values["capacity"] = edits.capacity or None
        return values, details

    async def _answered(self, tx: Transaction, meetings: Sequence[Meeting]) -> int:
        """Return how many people answered any of these meetings."""
        people: set[int] = set()
        for one in meetings:
            people |= {rsvp.user_id for rsvp in await tx.rsvps.of(one.id)}
        return len(people)
