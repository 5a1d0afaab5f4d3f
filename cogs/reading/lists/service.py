"""Reading lists from a file: a draft to look at, then a list of the group and its series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.recurrence import Cadence
from bot.base.wording import one_line
from bot.jobs.file_readers import FILES
from bot.place import Place
from cogs.reading.lists import files
from cogs.reading.lists.files import Sheet, UnitPlan
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.rules import DRAFTS_KEPT
from cogs.reading.meetings.scheduling import MeetingPlan, ScheduledMeeting, scheduled, write_meeting
from cogs.reading.meetings.writes import add_paper, existing_meeting, main_paper
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.reading.drafts import ListDraft
from data.reading.lists import ListId, Met, NewReading, ReadingList, Taken, Unit
from data.server.groups import Group
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Preview(Struct, frozen=True):
    """A draft with its group: what it would become, or what is wrong with it."""

    draft: ListDraft
    group: Group
    sheet: Sheet | None
    fault: str | None


class ListUnitProgress(Struct, frozen=True):
    """How far a group is with a unit: its last meeting, who had read, which exercises are done."""

    unit: Unit
    met: Met | None
    readers: int
    taken: int
    done: int


class ListProgress(Struct, frozen=True):
    """How far a group is with a list."""

    list: ReadingList
    units: Sequence[ListUnitProgress]
    now: datetime

    @property
    def held(self) -> int:
        """How many units had their meeting."""
        return sum(one.met is not None and one.met.starts_at <= self.now for one in self.units)


class ListService:
    """Turns reading lists into series, and tells how far a group is with one."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    # Drafts

    async def draft(
        self,
        place: Place,
        group: Group,
        source: str,
        *,
        title: str,
        starts_at: datetime,
        zone: ZoneInfo,
        cadence: Cadence,
        minutes: int,
    ) -> Preview:
        """Keep a list for a day, for the one person to look at.

        Raises NotAllowed for non-members, Conflict for an archived group, InvalidInput for a
        title that cannot be.
        """
        now = self.clock.now()
        title = meeting_rules.check_title(title)
        async with self.store.transaction() as tx:
            await self._check(tx, place, group)
            draft_id = await tx.drafts.add_list(
                guild_id=place.guild_id,
                group_id=group.id,
                title=title,
                source=source,
                starts_at=starts_at,
                timezone=zone.key,
                cadence=cadence,
                minutes=minutes,
                created_by=place.user_id,
                created_at=now,
            )
            await tx.deadlines.put(
                DeadlineKind.READING_LIST_DRAFT,
                draft_id,
                now + DRAFTS_KEPT,
                guild_id=place.guild_id,
            )
        return await self.preview(place, draft_id)

    async def correct(
        self,
        place: Place,
        draft_id: int,
        source: str,
        *,
        title: str,
        starts_at: datetime,
        zone: ZoneInfo,
    ) -> Preview:
        """Replace a draft with a corrected list; raises NotFound when it is gone."""
        title = meeting_rules.check_title(title)
        async with self.store.transaction() as tx:
            draft, _ = await self._drafted(tx, place, draft_id)
            await tx.drafts.edit_list(
                draft.id, source=source, title=title, starts_at=starts_at, timezone=zone.key
            )
        return await self.preview(place, draft_id)

    @snapshot
    async def drafted(self, tx: Transaction, place: Place, draft_id: int) -> ListDraft:
        """Return somebody's own draft; raises NotFound when it is gone."""
        return (await self._drafted(tx, place, draft_id))[0]

    async def preview(self, place: Place, draft_id: int) -> Preview:
        """Return a draft with what it would become, or what is wrong with it."""
        async with self.store.read() as tx:
            draft, group = await self._drafted(tx, place, draft_id)
        try:
            # Outside of the transaction: a long file takes up to a second, in which nobody else
            # could write.
            sheet = await FILES.run(files.read, draft.source)
        except InvalidInput as error:
            return Preview(draft, group, None, error.sentence)
        return Preview(draft, group, sheet, None)

    @transaction
    async def drop(self, tx: Transaction, place: Place, draft_id: int) -> None:
        """Forget a draft; raises NotFound when it is gone."""
        draft, _ = await self._drafted(tx, place, draft_id)
        await self._drop(tx, draft)

    @transaction
    async def expire(self, tx: Transaction, deadline: Deadline, late: timedelta) -> None:
        """Forget a draft that nobody came back to."""
        await tx.drafts.drop_list(deadline.subject_id)

    async def begin(self, place: Place, draft_id: int) -> ScheduledMeeting:
        """Make a draft a list of its group and a series, a meeting for each unit.

        Returns the first meeting. Raises NotFound when the draft is gone, as when it was begun
        before, Conflict when its first meeting would be in the past, and what
        ``MeetingService.schedule`` raises.
        """
        preview = await self.preview(place, draft_id)
        if preview.sheet is None:
            raise InvalidInput(preview.fault or "That list cannot be read.")
        units = preview.sheet.units
        now = self.clock.now()
        async with self.store.transaction() as tx:
            draft, group = await self._drafted(tx, place, draft_id)
            # Somebody may have corrected it in another window since.
            if draft != preview.draft:
                raise Conflict("The list was changed meanwhile. Look at it again, then press.")
            if draft.starts_at <= now:
                raise Conflict(
                    "The time of its first meeting has passed. *Change it* asks for another."
                )
            plan = MeetingPlan(
                title=draft.title,
                starts_at=draft.starts_at,
                zone=ZoneInfo(draft.timezone),
                minutes=draft.minutes,
                cadence=draft.cadence,
                times=len(units),
            )
            meeting = await write_meeting(tx, place, group, plan, now)
            assert meeting.series_id is not None  # noqa: S101 - the plan repeats
            list_id = await self._write(tx, draft, units, now)
            await tx.reading_lists.follow(meeting.series_id, list_id)
            taken = await tx.reading_lists.next_unit(meeting.series_id)
            assert taken is not None  # noqa: S101 - there is at least one
            await tx.reading_lists.meet(taken.id, meeting.id)
            await tx.meetings.edit(
                meeting.id,
                title=meeting_rules.fitting_title(taken.title),
                paper_id=main_paper(taken),
                prerequisites=taken.prerequisites,
            )
            await self._drop(tx, draft)
            about = await existing_meeting(tx, meeting.id)
            return await scheduled(tx, place, group, about, now)

    async def keep(self, place: Place, draft_id: int) -> tuple[ListId, ListDraft]:
        """Make a draft a list of its group, of which no meeting is made; returns what it was.

        Raises NotFound when the draft is gone, InvalidInput when it cannot be read.
        """
        preview = await self.preview(place, draft_id)
        if preview.sheet is None:
            raise InvalidInput(preview.fault or "That list cannot be read.")
        async with self.store.transaction() as tx:
            draft, group = await self._drafted(tx, place, draft_id)
            if draft != preview.draft:
                raise Conflict("The list was changed meanwhile. Look at it again, then press.")
            await self._check(tx, place, group)
            list_id = await self._write(tx, draft, preview.sheet.units, self.clock.now())
            await self._drop(tx, draft)
        return list_id, draft

    # How far a group is

    @snapshot
    async def lists(
        self, tx: Transaction, guild_id: int, group: Group | None = None
    ) -> list[ReadingList]:
        """Return a server's or a group's lists, the newest first."""
        return await tx.reading_lists.of_server(guild_id, group.id if group else None)

    @snapshot
    async def progress(self, tx: Transaction, one: ReadingList) -> ListProgress:
        """Return how far a group is with a list."""
        met = {found.unit_id: found for found in await tx.reading_lists.met(one.id)}
        taken = await tx.reading_lists.taken(one.id)
        units: list[ListUnitProgress] = []
        for unit in await tx.reading_lists.units(one.id):
            meeting = met.get(unit.id)
            came = await tx.attendance.attendances(meeting.meeting_id) if meeting else []
            readers = sum(person.had_read for person in came)
            own, done = _of_unit(unit, taken)
            units.append(ListUnitProgress(unit, meeting, readers, own, done))
        return ListProgress(one, units, self.clock.now())

    async def _write(
        self, tx: Transaction, draft: ListDraft, units: Sequence[UnitPlan], now: datetime
    ) -> ListId:
        list_id = await tx.reading_lists.add(
            guild_id=draft.guild_id,
            group_id=draft.group_id,
            title=draft.title,
            created_by=draft.created_by,
            created_at=now,
        )
        for number, unit in enumerate(units, start=1):
            readings: list[NewReading] = []
            for one in unit.readings:
                paper = await add_paper(tx, one.link, now) if one.link else None
                readings.append(
                    NewReading(one.title, paper.id if paper else None, one.minutes, one.level)
                )
            await tx.reading_lists.add_unit(
                draft.guild_id,
                list_id,
                number=number,
                week=unit.week or number,
                title=unit.title,
                prerequisites=unit.prerequisites,
                readings=readings,
                tasks=unit.exercises,
            )
        return list_id

    async def _check(self, tx: Transaction, place: Place, group: Group) -> None:
        if group.archived_at is not None:
            raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")
        member = await tx.groups.member(group.id, place.user_id)
        meeting_rules.only_members(group, member=member is not None, what="schedule its meetings")

    async def _drafted(
        self, tx: Transaction, place: Place, draft_id: int
    ) -> tuple[ListDraft, Group]:
        draft = await tx.drafts.list(place.guild_id, place.user_id, draft_id)
        group = draft and await tx.groups.by_id(draft.group_id)
        if draft is None or group is None:
            raise NotFound(
                "That list is not waiting any more: it was begun or cancelled, or a day has passed."
                " `/meeting list` shows what is coming, and `/reading import` takes the file again."
            )
        return draft, group

    async def _drop(self, tx: Transaction, draft: ListDraft) -> None:
        await tx.drafts.drop_list(draft.id)
        await tx.deadlines.cancel(draft.id, DeadlineKind.READING_LIST_DRAFT)


def _of_unit(unit: Unit, taken: Sequence[Taken]) -> tuple[int, int]:
    """Return how many of a unit's exercises were taken by anybody, and done by anybody."""
    ids = {one.id for one in unit.exercises}
    of_unit = [one for one in taken if one.exercise_id in ids]
    return (
        len({one.exercise_id for one in of_unit}),
        len({one.exercise_id for one in of_unit if one.is_done}),
    )
