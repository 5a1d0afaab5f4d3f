"""Reading lists: their units with what is read and done for each, and how far a group is.

A list belongs to a group, not to a series: a series goes through it, and so may another later.
What became of its units stays with the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NewType

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Subquery,
    Table,
    delete,
    exists,
    insert,
    select,
    union,
    update,
)

from data.boards.projects import ProjectId
from data.boards.schema import tasks
from data.boards.tasks import TaskId
from data.checkins.commitments import CommitmentId
from data.checkins.schema import commitments
from data.papers.papers import PaperId
from data.programmes.schema import programme_units
from data.reading.meetings import MeetingId, SeriesId
from data.reading.schema import (
    exercise_takings,
    exercises,
    list_series,
    meetings,
    reading_lists,
    unit_meetings,
    unit_readings,
    units,
)
from data.repository import Repository, Statement
from data.server.groups import GroupId
from data.states import CommitmentState, TaskState

ListId = NewType("ListId", int)
UnitId = NewType("UnitId", int)
ExerciseId = NewType("ExerciseId", int)


class ReadingList(Struct, frozen=True):
    """What a group reads in order, unit by unit."""

    id: ListId
    guild_id: int
    group_id: GroupId
    title: str
    created_by: int
    created_at: datetime


class NewReading(Struct, frozen=True):
    """Something to read that is about to be added to a unit."""

    title: str
    paper_id: PaperId | None = None
    minutes: int | None = None
    level: str | None = None


class UnitReading(Struct, frozen=True):
    """Something to read for a unit, by its ``number`` from 1; ``minutes`` is how long that takes.

    ``title`` is what the list calls it; the paper, where there is one, has its link.
    """

    unit_id: UnitId
    number: int
    title: str
    paper_id: PaperId | None
    minutes: int | None
    level: str | None


class Exercise(Struct, frozen=True):
    """Something to do for a unit, by its ``number`` from 1."""

    id: ExerciseId
    unit_id: UnitId
    number: int
    text: str


class Unit(Struct, frozen=True):
    """One unit of a list: ``number`` is its place from 1, ``week`` the week it is meant for."""

    id: UnitId
    list_id: ListId
    number: int
    week: int
    title: str
    prerequisites: str | None
    readings: tuple[UnitReading, ...] = ()
    exercises: tuple[Exercise, ...] = ()

    @property
    def minutes(self) -> int | None:
        """How long all its readings take, None where the list does not say."""
        return sum(one.minutes or 0 for one in self.readings) or None


class Met(Struct, frozen=True):
    """That a meeting was, or will be, about a unit; cancelled ones are left out."""

    unit_id: UnitId
    meeting_id: MeetingId
    series_id: SeriesId | None
    starts_at: datetime


class Taken(Struct, frozen=True):
    """An exercise that somebody took, onto a project's board or as a commitment of theirs.

    On a board it has no ``task_id`` until the board has written it. Dropped ones no longer count as
    taken.
    """

    id: int
    exercise_id: ExerciseId
    taken_by: int
    project_id: ProjectId | None
    task_id: TaskId | None
    task_state: TaskState | None
    committed_by: int | None
    commitment_state: CommitmentState | None

    @property
    def is_done(self) -> bool:
        """Whether it was done."""
        return self.task_state is TaskState.DONE or self.commitment_state is CommitmentState.KEPT


class ReadingLists(Repository):
    """The rows of reading lists."""

    async def add(
        self,
        *,
        guild_id: int,
        group_id: GroupId,
        title: str,
        created_by: int,
        created_at: datetime,
    ) -> ListId:
        """Add an empty list, and return its id."""
        return ListId(
            await self._insert(
                reading_lists,
                guild_id=guild_id,
                group_id=group_id,
                title=title,
                created_by=created_by,
                created_at=created_at,
            )
        )

    async def add_unit(
        self,
        guild_id: int,
        list_id: ListId,
        *,
        number: int,
        week: int,
        title: str,
        prerequisites: str | None = None,
        readings: Sequence[NewReading] = (),
        tasks: Sequence[str] = (),
    ) -> UnitId:
        """Add a unit with what is read for it, and the exercises (``tasks``) that go with it."""
        unit_id = UnitId(
            await self._insert(
                units,
                list_id=list_id,
                number=number,
                week=week,
                title=title,
                prerequisites=prerequisites,
            )
        )
        for place, reading in enumerate(readings, start=1):
            await self._insert(
                unit_readings,
                guild_id=guild_id,
                unit_id=unit_id,
                number=place,
                title=reading.title,
                paper_id=reading.paper_id,
                minutes=reading.minutes,
                level=reading.level,
            )
        for place, text in enumerate(tasks, start=1):
            await self._insert(exercises, unit_id=unit_id, number=place, text=text)
        return unit_id

    async def get(self, guild_id: int, list_id: int) -> ReadingList | None:
        """Return a list of this server."""
        return await self._first(
            ReadingList,
            lambda: select(reading_lists).where(
                reading_lists.c.guild_id == guild_id, reading_lists.c.id == list_id
            ),
        )

    async def of_server(self, guild_id: int, group_id: GroupId | None = None) -> list[ReadingList]:
        """Return a server's or a group's lists, the newest first."""
        statement = (
            select(reading_lists)
            .where(reading_lists.c.guild_id == guild_id)
            .order_by(reading_lists.c.created_at.desc(), reading_lists.c.id.desc())
        )
        if group_id is not None:
            statement = statement.where(reading_lists.c.group_id == group_id)
        return await self._all(ReadingList, statement)

    async def units(self, list_id: ListId) -> list[Unit]:
        """Return a list's units in their order, each with its readings and exercises."""
        return await self._whole(
            lambda: select(units).where(units.c.list_id == list_id).order_by(units.c.number)
        )

    async def unit(self, guild_id: int, unit_id: int) -> Unit | None:
        """Return a unit of this server, with its readings and exercises."""
        found = await self._whole(
            lambda: (
                select(units)
                .join(reading_lists, reading_lists.c.id == units.c.list_id)
                .where(reading_lists.c.guild_id == guild_id, units.c.id == unit_id)
            )
        )
        return found[0] if found else None

    async def units_of(self, meeting_id: MeetingId) -> list[Unit]:
        """Return the units that a meeting is about, with their readings and exercises.

        They are several where a programme meets for all units of a week at once.
        """
        return await self._whole(
            lambda: (
                select(units)
                .where(
                    units.c.id.in_(
                        select(_about(lambda table: table.c.meeting_id == meeting_id).c.unit_id)
                    )
                )
                .order_by(units.c.list_id, units.c.number)
            )
        )

    # Meetings

    async def follow(self, series_id: SeriesId, list_id: ListId) -> None:
        """Assign a list to a series: one unit at each meeting."""
        await self._run(insert(list_series).values(series_id=series_id, list_id=list_id))

    async def is_followed(self, series_id: SeriesId) -> bool:
        """Whether a series goes through a list."""
        followed = select(list_series.c.list_id).where(list_series.c.series_id == series_id)
        return await self._value(followed) is not None

    async def units_left(self, series_id: SeriesId, limit: int | None = None) -> list[Unit]:
        """Return the units of a series' list that no meeting of it is about, in their order.

        A meeting that was cancelled is about none: its unit comes up again.
        """
        met = (
            select(unit_meetings.c.unit_id)
            .join(meetings, meetings.c.id == unit_meetings.c.meeting_id)
            .where(
                unit_meetings.c.unit_id == units.c.id,
                meetings.c.series_id == series_id,
                meetings.c.cancelled_at.is_(None),
            )
        )
        return await self._whole(
            select(units)
            .join(list_series, list_series.c.list_id == units.c.list_id)
            .where(list_series.c.series_id == series_id, ~exists(met))
            .order_by(units.c.number)
            .limit(limit)
        )

    async def next_unit(self, series_id: SeriesId) -> Unit | None:
        """Return the first of them."""
        found = await self.units_left(series_id, limit=1)
        return found[0] if found else None

    async def meetings_with_unit(self, series_id: SeriesId) -> set[MeetingId]:
        """Return the meetings of a series that are about a unit."""
        return set(
            await self._values(
                lambda: (
                    select(unit_meetings.c.meeting_id)
                    .join(meetings, meetings.c.id == unit_meetings.c.meeting_id)
                    .where(meetings.c.series_id == series_id)
                )
            )
        )

    async def meet(self, unit_id: UnitId, meeting_id: MeetingId) -> None:
        """Note that a meeting is about a unit."""
        # By the meeting, so that one that changes its unit is about the new one alone.
        await self._put(unit_meetings, key=("meeting_id",), meeting_id=meeting_id, unit_id=unit_id)

    async def met(self, list_id: ListId) -> list[Met]:
        """Return the meetings about a list's units that were not cancelled, oldest first."""
        listed = select(units.c.id).where(units.c.list_id == list_id)
        about = _about(lambda table: table.c.unit_id.in_(listed))
        return await self._all(
            Met,
            select(
                about.c.unit_id,
                about.c.meeting_id,
                meetings.c.series_id,
                meetings.c.starts_at,
            )
            .join(meetings, meetings.c.id == about.c.meeting_id)
            .where(meetings.c.cancelled_at.is_(None))
            .order_by(meetings.c.starts_at, meetings.c.id),
        )

    # Exercises

    async def take(
        self,
        guild_id: int,
        exercise_id: ExerciseId,
        user_id: int,
        now: datetime,
        *,
        project_id: ProjectId | None = None,
        commitment_id: CommitmentId | None = None,
    ) -> None:
        """Note that somebody took an exercise, onto a board or as a commitment."""
        await self._insert(
            exercise_takings,
            guild_id=guild_id,
            exercise_id=exercise_id,
            project_id=project_id,
            commitment_id=commitment_id,
            taken_by=user_id,
            taken_at=now,
        )

    async def became(self, taking_id: int, task_id: TaskId) -> None:
        """Note which task a taken exercise became."""
        await self._run(
            lambda: (
                update(exercise_takings)
                .where(exercise_takings.c.id == taking_id)
                .values(task_id=task_id)
            )
        )

    async def let_go(self, taking_id: int) -> None:
        """Forget that an exercise was taken."""
        await self._run(lambda: delete(exercise_takings).where(exercise_takings.c.id == taking_id))

    async def taken(self, list_id: ListId) -> list[Taken]:
        """Return which of a list's exercises were taken, and what state each is in."""
        return await self._all(
            Taken,
            _TAKEN.join(units, units.c.id == exercises.c.unit_id).where(units.c.list_id == list_id),
        )

    async def taken_of(self, unit_id: UnitId) -> list[Taken]:
        """Return which of a unit's exercises were taken, and what state each is in."""
        return await self._all(Taken, _TAKEN.where(exercises.c.unit_id == unit_id))

    async def meetings_of(self, unit_ids: Collection[int]) -> list[MeetingId]:
        """Return the meetings that are about any of these units."""
        if not unit_ids:
            return []
        return await self._values(
            select(_about(lambda table: table.c.unit_id.in_(unit_ids)).c.meeting_id).distinct()
        )

    async def units_on_board(self, project_id: int) -> list[UnitId]:
        """Return the units of which a project has exercises."""
        return await self._values(
            lambda: (
                select(exercises.c.unit_id)
                .join(exercise_takings, exercise_takings.c.exercise_id == exercises.c.id)
                .where(exercise_takings.c.project_id == project_id)
                .distinct()
            )
        )

    async def reading(self, paper_id: int) -> list[MeetingId]:
        """Return the meetings about a unit for which a paper is read, in every server."""
        read = select(unit_readings.c.unit_id).where(unit_readings.c.paper_id == paper_id)
        return await self._values(
            select(_about(lambda table: table.c.unit_id.in_(read)).c.meeting_id).distinct()
        )

    async def _whole(self, statement: Statement) -> list[Unit]:
        """Return units with their readings and exercises."""
        found = await self._all(Unit, statement)
        if not found:
            return []
        ids = [one.id for one in found]
        readings: defaultdict[UnitId, list[UnitReading]] = defaultdict(list)
        for reading in await self._all(
            UnitReading,
            lambda: (
                select(
                    unit_readings.c.unit_id,
                    unit_readings.c.number,
                    unit_readings.c.title,
                    unit_readings.c.paper_id,
                    unit_readings.c.minutes,
                    unit_readings.c.level,
                )
                .where(unit_readings.c.unit_id.in_(ids))
                .order_by(unit_readings.c.number)
            ),
        ):
            readings[reading.unit_id].append(reading)
        todo: defaultdict[UnitId, list[Exercise]] = defaultdict(list)
        for exercise in await self._all(
            Exercise,
            lambda: (
                select(exercises).where(exercises.c.unit_id.in_(ids)).order_by(exercises.c.number)
            ),
        ):
            todo[exercise.unit_id].append(exercise)
        return [
            replace(one, readings=tuple(readings[one.id]), exercises=tuple(todo[one.id]))
            for one in found
        ]


def _about(condition: Callable[[Table], ColumnElement[bool]]) -> Subquery:
    """Return which meeting is about which unit, of those that meet a condition.

    A programme's units of one week share their meeting. The condition is put to both tables, since
    SQLite would otherwise join all their rows before it looks for the few that are wanted.
    """
    return union(
        *(
            select(table.c.meeting_id, table.c.unit_id).where(
                table.c.meeting_id.is_not(None), condition(table)
            )
            for table in (unit_meetings, programme_units)
        )
    ).subquery("about")


_TAKEN = (
    select(
        exercise_takings.c.id,
        exercise_takings.c.exercise_id,
        exercise_takings.c.taken_by,
        exercise_takings.c.project_id,
        exercise_takings.c.task_id,
        tasks.c.state.label("task_state"),
        commitments.c.user_id.label("committed_by"),
        commitments.c.state.label("commitment_state"),
    )
    .join(exercises, exercises.c.id == exercise_takings.c.exercise_id)
    .outerjoin(tasks, tasks.c.id == exercise_takings.c.task_id)
    .outerjoin(commitments, commitments.c.id == exercise_takings.c.commitment_id)
    .where(
        # What was let go is free to be taken again.
        tasks.c.dropped_at.is_(None),
        commitments.c.state.is_(None) | (commitments.c.state != CommitmentState.DROPPED),
    )
    .order_by(exercise_takings.c.id)
)
