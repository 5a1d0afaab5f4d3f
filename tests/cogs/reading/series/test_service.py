"""Series on the real store, against the plainest model of what people agreed on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.base.clock import SteppedClock
from bot.base.errors import UserError
from bot.base.recurrence import Cadence
from bot.base.when import local
from bot.place import Place
from cogs.reading.calendar.service import CalendarEntry, CalendarService
from cogs.reading.changes.service import ChangeService, Edits
from cogs.reading.meetings.rules import Where
from cogs.reading.meetings.scheduling import MeetingPlan
from cogs.reading.meetings.service import MeetingService
from cogs.reading.series.service import SeriesService
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting, Series, SeriesId
from data.server.groups import Group
from data.states import DeadlineState
from data.store import Store

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 1, 7, 11, tzinfo=UTC)
"""Wednesday noon in Berlin."""

FIRST = date(2026, 1, 8)


class Club:
    """One series and what can be done to it, as the services do it."""

    def __init__(self, store: Store, clock: SteppedClock) -> None:
        self.store, self.clock = store, clock
        self.changes = ChangeService(store, clock)
        self.series = SeriesService(store, clock)
        self.calendar = CalendarService(store, clock, BERLIN)
        self.place = Place(
            guild_id=1,
            channel_id=2,
            thread_id=None,
            user_id=3,
            organiser=True,
            manager=True,
            own_zone=None,
            server_zone=BERLIN,
        )
        self.group: Group
        self.series_id: int
        self.carded: set[int] = set()
        """The meetings whose card was posted."""

    async def begin(self, plan: MeetingPlan) -> None:
        now = self.clock.now()
        async with self.store.transaction() as tx:
            self.group = await tx.groups.create(
                guild_id=1,
                channel_id=2,
                name="Interp",
                focus="a paper",
                timezone=BERLIN.key,
                created_by=3,
                now=now,
            )
            await tx.groups.add_member(self.group.id, 3, now)
        meetings = MeetingService(self.store, self.clock, BERLIN)
        made = (await meetings.schedule(self.place, self.group, plan)).view.meeting
        assert made.series_id is not None
        self.series_id = made.series_id
        self.carded.add(made.id)
        await self.post()

    async def post(self) -> None:
        """Post every card that is due, as the scheduler does."""
        while True:
            now = self.clock.now()
            async with self.store.transaction() as tx:
                due = await tx.deadlines.take(now, 50)
                for one in due:
                    await tx.deadlines.finish(one, DeadlineState.DONE, now)
            if not due:
                return
            for one in due:
                if one.kind == DeadlineKind.READING_NEXT:
                    meeting = await self.series.occur(self.series_id, one.occurrence)
                    self.carded |= {meeting.id} if meeting else set()
                elif one.kind == DeadlineKind.CARD_MEETING:
                    self.carded.add(one.subject_id)

    async def row(self) -> Series:
        async with self.store.read() as tx:
            found = await tx.meetings.series(self.series_id)
        assert found is not None
        return found

    async def rows(self) -> dict[int, Meeting]:
        row = await self.row()
        async with self.store.read() as tx:
            found = await tx.meetings.occurrences(row.id)
        return {one.number: one for one in found if one.number is not None}

    async def entries(self) -> list[CalendarEntry]:
        return await self.calendar.of_group(self.group)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(START)


@pytest.fixture
async def club(store: Store, clock: SteppedClock) -> Club:
    return Club(store, clock)


def weekly(**options: object) -> MeetingPlan:
    starts_at = local(FIRST, time(19), BERLIN)
    plan = MeetingPlan("Grokking", starts_at, BERLIN, cadence=Cadence.WEEKLY)
    return replace(plan, **options)


def days(entries: list[CalendarEntry]) -> list[str]:
    ahead = sorted(entries, key=lambda one: one.starts_at)
    return [f"{one.starts_at.astimezone(BERLIN):%d %b}" for one in ahead if not one.cancelled]


async def test_four_times_stay_four_when_all_of_them_move(club: Club) -> None:
    await club.begin(weekly(times=4))
    (first,) = [one for one in (await club.rows()).values() if one.number == 0]
    friday = local(date(2026, 1, 9), time(19), BERLIN)
    moved = await club.changes.move(club.place, first.id, friday, later=True)
    assert days(await club.entries()) == ["09 Jan", "16 Jan", "23 Jan", "30 Jan"]
    assert [f"{day.starts_at:%d %b}" for day in moved.days] == [
        "09 Jan",
        "16 Jan",
        "23 Jan",
        "30 Jan",
    ]


async def test_a_typed_last_day_stays_the_last_day_when_a_series_moves(club: Club) -> None:
    await club.begin(weekly(until=date(2026, 1, 29)))
    first = (await club.rows())[0]
    friday = local(date(2026, 1, 9), time(19), BERLIN)
    await club.changes.move(club.place, first.id, friday, later=True)
    assert days(await club.entries()) == ["09 Jan", "16 Jan", "23 Jan"]


async def test_a_day_that_was_left_out_stays_left_out_on_its_new_date(club: Club) -> None:
    await club.begin(weekly(times=4))
    await club.series.skip(club.place, club.series_id, date(2026, 1, 22), None)
    first = (await club.rows())[0]
    friday = local(date(2026, 1, 9), time(19), BERLIN)
    moved = await club.changes.move(club.place, first.id, friday, later=True)
    assert days(await club.entries()) == ["09 Jan", "16 Jan", "30 Jan"]
    assert [(f"{one.starts_at:%d %b}", one.held) for one in moved.days][2] == ("23 Jan", False)
    restored = await club.changes.restore(club.place, (await club.rows())[2].id)
    assert f"{restored.meeting.starts_at.astimezone(BERLIN):%a %H:%M}" == "Fri 19:00"


async def test_a_series_that_moves_onto_days_of_its_own_keeps_every_name_apart(
    club: Club,
) -> None:
    await club.begin(weekly(starts_at=local(date(2026, 1, 15), time(19), BERLIN), times=4))
    before = {one.uid for one in await club.entries()}
    first = (await club.rows())[0]
    earlier = local(date(2026, 1, 8), time(19), BERLIN)
    await club.changes.move(club.place, first.id, earlier, later=True)
    entries = await club.entries()
    assert days(entries) == ["08 Jan", "15 Jan", "22 Jan", "29 Jan"]
    assert len({one.uid for one in entries}) == 4
    assert {one.uid for one in entries} == before, "calendars know the same four events"


async def test_days_before_a_move_keep_their_day_and_their_unit_of_the_list(club: Club) -> None:
    await club.begin(weekly(times=6, days_ahead=6))
    async with club.store.transaction() as tx:
        list_id = await tx.reading_lists.add(
            guild_id=1, group_id=club.group.id, title="Papers", created_by=3, created_at=START
        )
        for number in range(1, 7):
            title = f"unit {number}"
            await tx.reading_lists.add_unit(1, list_id, number=number, week=number, title=title)
        series_id = SeriesId(club.series_id)
        await tx.reading_lists.follow(series_id, list_id)
        (first,) = await tx.meetings.occurrences(series_id)
        unit = await tx.reading_lists.next_unit(series_id)
        assert unit is not None
        await tx.reading_lists.meet(unit.id, first.id)
    await club.series.skip(club.place, club.series_id, date(2026, 2, 5), None)
    restored = await club.changes.restore(club.place, (await club.rows())[4].id)
    friday = local(date(2026, 2, 6), time(19), BERLIN)
    await club.changes.move(club.place, restored.meeting.id, friday, later=True)
    assert days(await club.entries()) == [
        "08 Jan",
        "15 Jan",
        "22 Jan",
        "29 Jan",
        "06 Feb",
        "13 Feb",
    ]
    club.clock.move_to(datetime(2026, 2, 12, tzinfo=UTC))
    await club.post()
    rows = await club.rows()
    assert [rows[number].title for number in range(1, 6)] == [f"unit {n}" for n in range(2, 7)]
    assert club.carded == {one.id for one in rows.values()}


# A plain model: what people would write on a sheet of paper


@dataclass
class Sheet:
    """Every occurrence by its number: when it is, whether it is held, and its particulars."""

    starts: list[datetime]
    held: list[bool]
    minutes: list[int]
    capacity: list[int | None]
    leader: list[int | None]
    where: list[str | None]
    posted: set[int] = field(default_factory=set[int])
    ended: bool = False


steps = st.lists(
    st.one_of(
        st.tuples(st.just("forward"), st.integers(1, 12), st.just(0)),
        st.tuples(st.just("move"), st.integers(0, 5), st.integers(-30, 80)),
        st.tuples(st.just("move later"), st.integers(0, 5), st.integers(-30, 80)),
        st.tuples(st.just("cancel"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("restore"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("skip"), st.integers(0, 6), st.just(0)),
        st.tuples(st.just("edit"), st.integers(0, 5), st.integers(1, 9)),
        st.tuples(st.just("edit later"), st.integers(0, 5), st.integers(1, 9)),
        st.tuples(st.just("end"), st.just(0), st.just(0)),
        st.tuples(st.just("resume"), st.just(0), st.just(0)),
    ),
    max_size=14,
)


class Walk:
    """Does the same to the services and to the sheet, and compares them after each step."""

    def __init__(self, club: Club, times: int, ahead: int) -> None:
        self.club, self.times, self.ahead = club, times, ahead
        self.names: dict[int, str] = {}
        self.sequences: dict[str, int] = {}

    @property
    def now(self) -> datetime:
        return self.club.clock.now()

    async def begin(self) -> None:
        await self.club.begin(weekly(times=self.times, days_ahead=self.ahead))
        starts = [
            local(FIRST + timedelta(weeks=number), time(19), BERLIN) for number in range(self.times)
        ]
        self.sheet = Sheet(
            starts,
            [True] * self.times,
            [60] * self.times,
            [None] * self.times,
            [None] * self.times,
            [None] * self.times,
        )

    async def step(self, what: str, which: int, by: int) -> None:
        sheet, club = self.sheet, self.club
        rows = await club.rows()
        coming = [
            number
            for number, one in rows.items()
            if one.starts_at > self.now and one.cancelled_at is None
        ]
        off = [
            number
            for number, one in rows.items()
            if one.starts_at > self.now and one.cancelled_at is not None
        ]
        if what == "forward":
            club.clock.move_to(self.now + timedelta(days=which))
            await club.post()
        elif what == "restore" and off:
            number = off[which % len(off)]
            await club.changes.restore(club.place, rows[number].id)
            sheet.held[number] = True
        elif what == "skip" and which < self.times and not sheet.ended:
            series = await club.row()
            if which in rows or not series.has(which) or sheet.starts[which] <= self.now:
                return
            await club.series.skip(club.place, club.series_id, series.day(which), None)
            sheet.held[which] = False
        elif what == "end" and not sheet.ended:
            await club.series.end(club.place, club.series_id)
            sheet.ended = True
        elif what == "resume" and sheet.ended:
            await club.series.resume(club.place, club.series_id)
            sheet.ended = False
        elif coming:
            number = sorted(coming)[which % len(coming)]
            await self._change(what, rows[number], number, by)
        await club.post()

    async def _change(self, what: str, meeting: Meeting, number: int, by: int) -> None:
        sheet, club = self.sheet, self.club
        later = what.endswith("later")
        if later and sheet.ended:
            with pytest.raises(UserError):
                await club.changes.move(club.place, meeting.id, meeting.starts_at, later=True)
            return
        if what == "cancel":
            await club.changes.cancel(club.place, meeting.id, None)
            sheet.held[number] = False
        elif what.startswith("move"):
            to = (meeting.starts_at + timedelta(hours=by)).replace(minute=0)
            if to <= self.now or to == meeting.starts_at:
                return
            await club.changes.move(club.place, meeting.id, to, later=later)
            sheet.starts[number] = to
            there = to.astimezone(BERLIN)
            for other in range(number + 1, self.times) if later else ():
                day = there.date() + timedelta(weeks=other - number)
                sheet.starts[other] = local(day, there.time(), BERLIN)
        elif what.startswith("edit"):
            edits = Edits(
                minutes=10 * by, capacity=by, facilitator_id=by, where=Where(f"room {by}")
            )
            await club.changes.edit(club.place, meeting.id, edits, later=later)
            for one in range(number, self.times if later else number + 1):
                sheet.minutes[one], sheet.capacity[one] = 10 * by, by
                sheet.leader[one], sheet.where[one] = by, f"room {by}"

    async def compare(self) -> None:
        sheet, rows, series = self.sheet, await self.club.rows(), await self.club.row()
        for number in range(self.times):
            if sheet.starts[number] <= self.now:
                continue
            one = rows.get(number)
            posted = sheet.starts[number] - timedelta(days=self.ahead) <= self.now
            if one is None:
                assert sheet.held[number], number
                assert sheet.ended or series.has(number), number
                assert sheet.ended or not posted, f"{number} has no card"
                there: Meeting | Series = series
                assert series.starts_at(number) == sheet.starts[number], number
            else:
                there = one
                assert one.starts_at == sheet.starts[number], number
                assert (one.cancelled_at is None) == sheet.held[number], number
                if sheet.held[number] and posted:
                    assert one.id in self.club.carded, f"{number} has no card"
            assert there.minutes == sheet.minutes[number], number
            assert there.capacity == sheet.capacity[number], number
            assert there.facilitator_id == sheet.leader[number], number
            assert there.location == sheet.where[number], number
        await self._compare_calendar(rows)

    async def _compare_calendar(self, rows: dict[int, Meeting]) -> None:
        entries = {one.uid: one for one in await self.club.entries()}
        assert len(entries) == len(await self.club.entries()), "a name that two events share"
        series = await self.club.row()
        for number in range(self.times):
            row = rows.get(number)
            uid = (row.uid if row else None) or series.uid(number)
            assert self.names.setdefault(number, uid) == uid, "an event changed its name"
            entry = entries.get(f"{uid}@1.cohort")
            if self.sheet.starts[number] <= self.now or (self.sheet.ended and row is None):
                continue
            assert entry is not None, f"{number} is missing from the calendar"
            assert entry.starts_at == self.sheet.starts[number]
            assert entry.cancelled != self.sheet.held[number]
            assert entry.sequence >= self.sequences.get(uid, 0), "calendars would ignore it"
            self.sequences[uid] = entry.sequence


@example(
    # What comes before the one that moves, and has no card yet, stays on its day.
    [
        ("skip", 5, 0),
        ("cancel", 3, 0),
        ("restore", 5, 0),
        ("forward", 9, 0),
        ("move later", 3, 51),
        ("move", 3, 11),
        ("edit later", 2, 2),
    ],
    6,
    6,
)
@example(
    # A series that is resumed begins with the first day that has no card.
    [("cancel", 1, 0), ("skip", 3, 0), ("end", 0, 0), ("restore", 1, 0), ("resume", 0, 0)],
    4,
    6,
)
@example(
    # A series that ends leaves what is written, and its cards come.
    [
        ("skip", 4, 0),
        ("restore", 0, 0),
        ("forward", 8, 0),
        ("forward", 8, 0),
        ("end", 0, 0),
        ("forward", 8, 0),
    ],
    5,
    6,
)
@given(steps, st.integers(3, 6), st.sampled_from([6, 27]))
@settings(
    # Each example has a database of its own; shrinking one takes minutes, and its steps say enough.
    phases=[Phase.explicit, Phase.generate],
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_changes_undone_or_not_leave_what_people_agreed_on(
    new_database: Path, tmp_path: Path, steps: list[tuple[str, int, int]], times: int, ahead: int
) -> None:
    async def drive() -> None:
        store = Store(f"sqlite+aiosqlite:///{path}")
        await store.open()
        try:
            walk = Walk(Club(store, SteppedClock(START)), times, ahead)
            await walk.begin()
            for step in steps:
                await walk.step(*step)
                await walk.compare()
        finally:
            await store.close()

    path = tmp_path / "walk.db"
    for left in tmp_path.glob("walk.db*"):
        left.unlink()
    path.write_bytes(new_database.read_bytes())
    asyncio.run(drive())
