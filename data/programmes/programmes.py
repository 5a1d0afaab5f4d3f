"""Programmes: cohorts that go through a reading list, stage by stage, with what they hand in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NewType, TypedDict, Unpack
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import delete, func, insert, or_, select, update

from bot.base import when
from data.programmes.schema import (
    programme_gates,
    programme_hand_ins,
    programme_people,
    programme_stages,
    programme_units,
    programmes,
)
from data.reading.lists import ListId, Unit, UnitId
from data.reading.meetings import Meeting, MeetingId, Series
from data.reading.schema import attendances, list_series, meetings, series
from data.repository import Repository
from data.server.groups import GroupId

ProgrammeId = NewType("ProgrammeId", int)


ENDED = "The programme has ended."
"""Why the meetings of an ended programme are cancelled; they can be restored with it."""


class Programme(Struct, frozen=True):
    """A cohort of a group that goes through a reading list.

    It meets weekly, at the time ``at`` on the clocks of ``timezone``, from the local day
    ``starts_on``. ``skipped`` are local days, written as in ISO 8601, in whose weeks it does not
    meet. With ``self_opening`` a gate opens by itself for whoever is ready. ``changes`` only grows,
    also when something is undone: calendars take an entry over when its SEQUENCE is higher.
    """

    id: ProgrammeId
    guild_id: int
    group_id: GroupId
    list_id: ListId
    title: str
    starts_on: date
    at: time
    timezone: str
    minutes: int
    skipped: Sequence[str]
    pod_size: int | None
    self_opening: bool
    facilitator_id: int | None
    created_by: int
    created_at: datetime
    ended_at: datetime | None
    changes: int

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose clocks it goes by."""
        return ZoneInfo(self.timezone)

    @property
    def skipped_days(self) -> tuple[date, ...]:
        """A day of each week in which it does not meet."""
        return tuple(date.fromisoformat(day) for day in self.skipped)

    def starts_at(self, day: date) -> datetime:
        """Return when it meets on a local day, in UTC."""
        return when.local(day, self.at, self.zone)


class NewProgramme(TypedDict):
    """What a programme begins with."""

    guild_id: int
    group_id: GroupId
    list_id: ListId
    title: str
    starts_on: date
    at: time
    timezone: str
    minutes: int
    skipped: Sequence[str]
    pod_size: int | None
    self_opening: bool
    facilitator_id: int
    created_by: int
    created_at: datetime


class ProgrammePatch(TypedDict, total=False):
    """What may change about a programme."""

    skipped: Sequence[str]
    ended_at: datetime | None


class ProgrammeUnit(Struct, frozen=True):
    """A unit of the reading list, with the stage it belongs to and the local day it is met on."""

    programme_id: ProgrammeId
    guild_id: int
    number: int
    unit_id: UnitId
    week: int
    stage: int
    on_day: date
    meeting_id: MeetingId | None

    def was_put_off(self, meeting: Meeting) -> bool:
        """Whether its meeting was called off by hand, and it is met on a later day instead."""
        called_off = meeting.cancelled_at is not None and meeting.cancelled_because != ENDED
        return called_off and meeting.occurs_on != self.on_day


class UnitPatch(TypedDict, total=False):
    """What may change about a programme's unit."""

    stage: int
    on_day: date
    meeting_id: MeetingId | None


class Stage(Struct, frozen=True):
    """A part of a programme: what is asked for at its end, and by which local day, if any."""

    programme_id: ProgrammeId
    number: int
    title: str
    asks: str | None
    due_on: date | None


class Participant(Struct, frozen=True):
    """Somebody in a programme, from the unit at which they joined.

    ``name`` is what they were called when they acted last; ``hidden`` is whether they keep their
    progress from others, None where they have not said.
    """

    programme_id: ProgrammeId
    user_id: int
    name: str | None
    joined_at: datetime
    left_at: datetime | None
    from_unit: int
    hidden: bool | None


class ParticipantPatch(TypedDict, total=False):
    """What may change about somebody in a programme."""

    name: str
    left_at: datetime
    hidden: bool


class Gate(Struct, frozen=True):
    """That a stage was opened for somebody."""

    programme_id: ProgrammeId
    user_id: int
    stage: int
    opened_at: datetime
    opened_by: int


class HandIn(Struct, frozen=True):
    """What somebody handed in at the end of a stage: a text with links, or a project's board."""

    programme_id: ProgrammeId
    guild_id: int
    user_id: int
    stage: int
    text: str
    project_id: int | None
    handed_in_at: datetime
    changed_at: datetime | None


class Seen(Struct, frozen=True):
    """What is noted of somebody at the meeting of a unit."""

    number: int
    user_id: int
    was_there: bool
    had_read: bool


class Programmes(Repository):
    """The rows of programmes."""

    async def add(self, **values: Unpack[NewProgramme]) -> ProgrammeId:
        """Add a programme, and return its id."""
        return ProgrammeId(await self._insert(programmes, **values))

    async def edit(self, programme_id: ProgrammeId, **values: Unpack[ProgrammePatch]) -> None:
        """Set the named columns of a programme, and count that as a change."""
        await self._run(
            update(programmes)
            .where(programmes.c.id == programme_id)
            .values(changes=programmes.c.changes + 1, **values)
        )

    async def get(self, guild_id: int, programme_id: int) -> Programme | None:
        """Return a programme of this server."""
        return await self._first(
            Programme,
            lambda: select(programmes).where(
                programmes.c.guild_id == guild_id, programmes.c.id == programme_id
            ),
        )

    async def by_id(self, programme_id: int) -> Programme | None:
        """Return a programme whatever its server; for the process's own work, not a request."""
        return await self._first(
            Programme, lambda: select(programmes).where(programmes.c.id == programme_id)
        )

    async def of_server(self, guild_id: int) -> list[Programme]:
        """Return a server's programmes, those that go on first, and of them the newest."""
        return await self._all(
            Programme,
            lambda: (
                select(programmes)
                .where(programmes.c.guild_id == guild_id)
                .order_by(programmes.c.ended_at.is_not(None), programmes.c.id.desc())
            ),
        )

    async def of_group(self, group_id: GroupId) -> list[Programme]:
        """Return a group's programmes that have not ended, the newest first."""
        return await self._all(
            Programme,
            lambda: (
                select(programmes)
                .where(programmes.c.group_id == group_id, programmes.c.ended_at.is_(None))
                .order_by(programmes.c.id.desc())
            ),
        )

    async def of_meeting(self, meeting_id: int) -> list[ProgrammeId]:
        """Return the programmes that have a unit for which a meeting was made."""
        return await self._values(
            lambda: (
                select(programme_units.c.programme_id)
                .where(programme_units.c.meeting_id == meeting_id)
                .distinct()
            )
        )

    async def series_through(self, list_id: ListId) -> Series | None:
        """Return a series that goes through a list by itself and has not ended."""
        return await self._first(
            Series,
            lambda: (
                select(series)
                .join(list_series, list_series.c.series_id == series.c.id)
                .where(list_series.c.list_id == list_id, series.c.ended_at.is_(None))
                .limit(1)
            ),
        )

    async def has_led(self, group_id: GroupId, user_id: int) -> bool:
        """Whether somebody leads, or has led, a meeting or a programme of a group."""
        meeting = select(meetings.c.id).where(
            meetings.c.group_id == group_id,
            meetings.c.facilitator_id == user_id,
            meetings.c.cancelled_at.is_(None),
        )
        programme = select(programmes.c.id).where(
            programmes.c.group_id == group_id, programmes.c.facilitator_id == user_id
        )
        if await self._value(meeting.limit(1)) is not None:
            return True
        return await self._value(programme.limit(1)) is not None

    # Units

    async def add_unit(self, programme: Programme, unit: Unit, on_day: date) -> None:
        """Add a unit of the reading list, met on a local day; it belongs to the first stage."""
        await self._run(
            insert(programme_units).values(
                programme_id=programme.id,
                guild_id=programme.guild_id,
                number=unit.number,
                unit_id=unit.id,
                week=unit.week,
                stage=1,
                on_day=on_day,
            )
        )

    async def units(self, programme_id: ProgrammeId) -> list[ProgrammeUnit]:
        """Return a programme's units in their order."""
        return await self._all(
            ProgrammeUnit,
            lambda: (
                select(programme_units)
                .where(programme_units.c.programme_id == programme_id)
                .order_by(programme_units.c.number)
            ),
        )

    async def edit_units(
        self, programme_id: ProgrammeId, numbers: Sequence[int], **values: Unpack[UnitPatch]
    ) -> None:
        """Set the named columns of some units."""
        await self._run(
            update(programme_units)
            .where(
                programme_units.c.programme_id == programme_id,
                programme_units.c.number.in_(numbers),
            )
            .values(**values)
        )

    async def seen(self, programme_id: ProgrammeId) -> list[Seen]:
        """Return what is noted of everybody at the meetings of a programme's units."""
        return await self._all(
            Seen,
            lambda: (
                select(
                    programme_units.c.number,
                    attendances.c.user_id,
                    attendances.c.was_there,
                    attendances.c.had_read,
                )
                .join(attendances, attendances.c.meeting_id == programme_units.c.meeting_id)
                .where(
                    programme_units.c.programme_id == programme_id,
                    or_(attendances.c.was_there, attendances.c.had_read),
                )
            ),
        )

    # Stages

    async def stages(self, programme_id: ProgrammeId) -> list[Stage]:
        """Return a programme's stages in their order."""
        return await self._all(
            Stage,
            lambda: (
                select(programme_stages)
                .where(programme_stages.c.programme_id == programme_id)
                .order_by(programme_stages.c.number)
            ),
        )

    async def put_stages(self, programme_id: ProgrammeId, stages: Sequence[Stage]) -> None:
        """Replace the stages with these."""
        await self._run(
            lambda: delete(programme_stages).where(programme_stages.c.programme_id == programme_id)
        )
        for stage in stages:
            await self._run(
                insert(programme_stages).values(
                    programme_id=programme_id,
                    number=stage.number,
                    title=stage.title,
                    asks=stage.asks,
                    due_on=stage.due_on,
                )
            )

    # People

    async def people(self, programme_id: ProgrammeId) -> list[Participant]:
        """Return who is in a programme now, in the order in which they joined."""
        return await self._all(
            Participant,
            lambda: (
                select(programme_people)
                .where(
                    programme_people.c.programme_id == programme_id,
                    programme_people.c.left_at.is_(None),
                )
                .order_by(programme_people.c.joined_at, programme_people.c.user_id)
            ),
        )

    async def participant(self, programme_id: ProgrammeId, user_id: int) -> Participant | None:
        """Return somebody who is in a programme now, or None."""
        return await self._first(
            Participant,
            lambda: select(programme_people).where(
                programme_people.c.programme_id == programme_id,
                programme_people.c.user_id == user_id,
                programme_people.c.left_at.is_(None),
            ),
        )

    async def count(self, programme_id: ProgrammeId) -> int:
        """Return how many people are in a programme now."""
        return await self._value(
            lambda: (
                select(func.count())
                .select_from(programme_people)
                .where(
                    programme_people.c.programme_id == programme_id,
                    programme_people.c.left_at.is_(None),
                )
            )
        )

    async def join(
        self, programme_id: ProgrammeId, user_id: int, name: str, from_unit: int, now: datetime
    ) -> bool:
        """Add somebody, even if they were in it before; False when they are in it now.

        People who come back keep the unit at which they first joined.
        """
        statement = self._upsert(programme_people).values(
            programme_id=programme_id,
            user_id=user_id,
            name=name,
            joined_at=now,
            from_unit=from_unit,
        )
        return bool(
            await self._run(
                statement.on_conflict_do_update(
                    index_elements=[programme_people.c.programme_id, programme_people.c.user_id],
                    set_={"name": name, "left_at": None},
                    where=programme_people.c.left_at.is_not(None),
                )
            )
        )

    async def edit_participant(
        self, programme_id: ProgrammeId, user_id: int, **values: Unpack[ParticipantPatch]
    ) -> int:
        """Set the named columns of somebody in a programme; returns how many rows there were."""
        return await self._change(
            programme_people, {"programme_id": programme_id, "user_id": user_id}, values
        )

    # Gates

    async def gates(self, programme_id: ProgrammeId) -> list[Gate]:
        """Return which stages were opened for whom."""
        return await self._all(
            Gate,
            lambda: select(programme_gates).where(programme_gates.c.programme_id == programme_id),
        )

    async def open(
        self, programme_id: ProgrammeId, user_id: int, stage: int, opened_by: int, now: datetime
    ) -> None:
        """Note that a stage is open to somebody; the first note stays."""
        statement = self._upsert(programme_gates).values(
            programme_id=programme_id,
            user_id=user_id,
            stage=stage,
            opened_at=now,
            opened_by=opened_by,
        )
        await self._run(statement.on_conflict_do_nothing())

    async def hand_ins(self, programme_id: ProgrammeId) -> list[HandIn]:
        """Return what was handed in, oldest first."""
        return await self._all(
            HandIn,
            lambda: (
                select(programme_hand_ins)
                .where(programme_hand_ins.c.programme_id == programme_id)
                .order_by(programme_hand_ins.c.handed_in_at, programme_hand_ins.c.user_id)
            ),
        )

    async def put_hand_in(
        self,
        programme: Programme,
        user_id: int,
        stage: int,
        text: str,
        project_id: int | None,
        now: datetime,
    ) -> None:
        """Save what somebody hands in; the time of their first hand-in stays."""
        statement = self._upsert(programme_hand_ins).values(
            programme_id=programme.id,
            guild_id=programme.guild_id,
            user_id=user_id,
            stage=stage,
            text=text,
            project_id=project_id,
            handed_in_at=now,
        )
        await self._run(
            statement.on_conflict_do_update(
                index_elements=[
                    programme_hand_ins.c.programme_id,
                    programme_hand_ins.c.user_id,
                    programme_hand_ins.c.stage,
                ],
                set_={"text": text, "project_id": project_id, "changed_at": now},
            )
        )
