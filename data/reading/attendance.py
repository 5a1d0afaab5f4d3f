"""What happens around a meeting: who was there, who had read it, questions, turns at leading."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, func, select, update

from data.reading.meetings import MeetingId
from data.reading.schema import attendances, meetings, prompts, turns
from data.repository import Repository
from data.server.groups import GroupId


class Attendance(Struct, frozen=True):
    """That somebody was at a meeting, or had read for it; independent of their answer.

    ``here_since`` is when they joined its voice channel, None once they left, and ``seconds`` how
    long they had been there until then, during the meeting.
    """

    meeting_id: MeetingId
    user_id: int
    was_there: bool
    had_read: bool
    noted_at: datetime
    here_since: datetime | None = None
    seconds: int | None = None


class Prompt(Struct, frozen=True):
    """A question to discuss at a meeting."""

    id: int
    meeting_id: MeetingId
    user_id: int
    text: str
    added_at: datetime


class LeadTurn(Struct, frozen=True):
    """That somebody was asked to lead a meeting, or said that they won't."""

    meeting_id: MeetingId
    user_id: int
    asked_at: datetime | None
    declined_at: datetime | None


class Led(Struct, frozen=True):
    """How many meetings of a group somebody has led, and when the last one was."""

    user_id: int
    times: int
    last: datetime


class Attendances(Repository):
    """The rows around meetings."""

    async def attendances(self, meeting_id: MeetingId) -> list[Attendance]:
        """Return who was there or had read, in the order in which it was noted."""
        return await self._all(
            Attendance,
            lambda: (
                select(attendances)
                .where(attendances.c.meeting_id == meeting_id)
                .order_by(attendances.c.noted_at, attendances.c.user_id)
            ),
        )

    async def attendance(self, meeting_id: MeetingId, user_id: int) -> Attendance | None:
        """Return what is noted of somebody."""
        return await self._first(
            Attendance,
            lambda: select(attendances).where(
                attendances.c.meeting_id == meeting_id, attendances.c.user_id == user_id
            ),
        )

    async def note(
        self,
        meeting_id: MeetingId,
        user_id: int,
        now: datetime,
        *,
        was_there: bool | None = None,
        had_read: bool | None = None,
    ) -> Attendance:
        """Note whether somebody was there or had read; None leaves what is known."""
        known = await self.attendance(meeting_id, user_id)
        noted = Attendance(
            meeting_id,
            user_id,
            was_there if was_there is not None else bool(known and known.was_there),
            had_read if had_read is not None else bool(known and known.had_read),
            known.noted_at if known else now,
            known.here_since if known else None,
            known.seconds if known else None,
        )
        if was_there is False:  # it corrects what the voice channel showed
            noted = replace(noted, here_since=None, seconds=None)
        await self.put(noted)
        return noted

    async def put(self, noted: Attendance) -> None:
        """Overwrite what is known of somebody at a meeting."""
        await self._put(
            attendances,
            key=("meeting_id", "user_id"),
            meeting_id=noted.meeting_id,
            user_id=noted.user_id,
            was_there=noted.was_there,
            had_read=noted.had_read,
            noted_at=noted.noted_at,
            here_since=noted.here_since,
            seconds=noted.seconds,
        )

    async def prompts(self, meeting_id: MeetingId) -> list[Prompt]:
        """Return a meeting's questions, oldest first."""
        return await self._all(
            Prompt,
            lambda: (
                select(prompts).where(prompts.c.meeting_id == meeting_id).order_by(prompts.c.id)
            ),
        )

    async def add_prompt(
        self, meeting_id: MeetingId, user_id: int, text: str, now: datetime
    ) -> None:
        """Add a question."""
        await self._insert(prompts, meeting_id=meeting_id, user_id=user_id, text=text, added_at=now)

    async def turns(self, meeting_id: MeetingId) -> list[LeadTurn]:
        """Return who was asked to lead a meeting, or declined."""
        return await self._all(
            LeadTurn, lambda: select(turns).where(turns.c.meeting_id == meeting_id)
        )

    async def asked(self, meeting_id: MeetingId, user_id: int, now: datetime) -> None:
        """Note that somebody is asked to lead."""
        await self._put(
            turns,
            key=("meeting_id", "user_id"),
            meeting_id=meeting_id,
            user_id=user_id,
            asked_at=now,
        )

    async def declined(self, meeting_id: MeetingId, user_id: int, now: datetime) -> None:
        """Note that somebody won't lead."""
        await self._put(
            turns,
            key=("meeting_id", "user_id"),
            meeting_id=meeting_id,
            user_id=user_id,
            declined_at=now,
        )

    async def willing(self, meeting_id: MeetingId, user_id: int) -> None:
        """Forget that somebody declined: they lead after all."""
        await self._run(
            lambda: delete(turns).where(
                turns.c.meeting_id == meeting_id, turns.c.user_id == user_id
            )
        )

    async def led(self, group_id: GroupId, now: datetime) -> list[Led]:
        """Return how many past meetings of a group each person led, and when they last did."""
        return await self._all(
            Led,
            lambda: (
                select(
                    meetings.c.facilitator_id.label("user_id"),
                    func.count().label("times"),
                    func.max(meetings.c.starts_at).label("last"),
                )
                .where(
                    meetings.c.group_id == group_id,
                    meetings.c.facilitator_id.is_not(None),
                    meetings.c.cancelled_at.is_(None),
                    meetings.c.starts_at <= now,
                )
                .group_by(meetings.c.facilitator_id)
            ),
        )

    async def has_leaders(self, group_id: GroupId) -> bool:
        """Whether any meeting of a group has or had somebody to lead it."""
        found = await self._value(
            lambda: (
                select(meetings.c.id)
                .where(meetings.c.group_id == group_id, meetings.c.facilitator_id.is_not(None))
                .limit(1)
            )
        )
        return found is not None

    async def hand_over(self, meeting_id: MeetingId, user_id: int | None) -> None:
        """Set who leads a meeting; None for nobody."""
        await self._run(
            lambda: (
                update(meetings).where(meetings.c.id == meeting_id).values(facilitator_id=user_id)
            )
        )
