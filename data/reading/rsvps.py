"""The answers to meetings: one for each person, in the order in which they came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, func, select, update

from data.reading.meetings import MeetingId
from data.reading.schema import meetings, rsvps
from data.repository import Repository
from data.server.groups import GroupId
from data.server.schema import members
from data.states import Answer, Seat


class Rsvp(Struct, frozen=True):
    """What somebody answered.

    ``position`` orders the answers of a meeting. ``earlier`` are the answers whose reactions may
    still be under the card, the latest last. ``message_id`` is the card that was reacted to, or
    None for an answer given otherwise. ``told`` is what they last heard about their seat, and
    ``reminded_of`` the start of the meeting as their last reminder said it.
    """

    meeting_id: MeetingId
    user_id: int
    answer: Answer
    position: int
    earlier: Sequence[str]
    message_id: int | None
    answered_at: datetime
    told: Seat | None = None
    reminded_of: datetime | None = None


class Rsvps(Repository):
    """The rows of answers."""

    async def get(self, meeting_id: MeetingId, user_id: int) -> Rsvp | None:
        """Return somebody's answer."""
        return await self._first(
            Rsvp,
            lambda: select(rsvps).where(
                rsvps.c.meeting_id == meeting_id, rsvps.c.user_id == user_id
            ),
        )

    async def of(self, meeting_id: MeetingId) -> list[Rsvp]:
        """Return a meeting's answers in the order in which they came."""
        return await self._all(
            Rsvp,
            lambda: (
                select(rsvps).where(rsvps.c.meeting_id == meeting_id).order_by(rsvps.c.position)
            ),
        )

    async def of_person(self, user_id: int, meeting_ids: Sequence[MeetingId]) -> list[Rsvp]:
        """Return somebody's answers to these meetings."""
        return await self._all(
            Rsvp,
            lambda: select(rsvps).where(
                rsvps.c.user_id == user_id, rsvps.c.meeting_id.in_(meeting_ids)
            ),
        )

    async def standing(
        self, meeting_id: MeetingId, user_ids: Collection[int]
    ) -> tuple[dict[int, Rsvp], int]:
        """Return these people's answers, and the position of the last of all answers."""
        found = await self._all(
            Rsvp,
            lambda: select(rsvps).where(
                rsvps.c.meeting_id == meeting_id,
                rsvps.c.user_id.in_(user_ids)
                | (
                    rsvps.c.position
                    == select(func.max(rsvps.c.position))
                    .where(rsvps.c.meeting_id == meeting_id)
                    .scalar_subquery()
                ),
            ),
        )
        own = {rsvp.user_id: rsvp for rsvp in found if rsvp.user_id in user_ids}
        return own, max((rsvp.position for rsvp in found), default=0)

    async def put(self, answers: Sequence[Rsvp]) -> None:
        """Write people's answers over those they gave before."""
        rows = [
            {
                "meeting_id": rsvp.meeting_id,
                "user_id": rsvp.user_id,
                "answer": rsvp.answer,
                "position": rsvp.position,
                "earlier": tuple(rsvp.earlier),
                "message_id": rsvp.message_id,
                "answered_at": rsvp.answered_at,
                "told": rsvp.told,
                "reminded_of": rsvp.reminded_of,
            }
            for rsvp in answers
        ]
        await self._put_all(rsvps, ("meeting_id", "user_id"), rows)

    async def remove(self, meeting_id: MeetingId, user_id: int) -> None:
        """Forget that somebody answered."""
        await self._run(
            lambda: delete(rsvps).where(
                rsvps.c.meeting_id == meeting_id, rsvps.c.user_id == user_id
            )
        )

    async def told(self, meeting_id: MeetingId, user_ids: Collection[int], seat: Seat) -> None:
        """Note what these people were told."""
        await self._run(
            lambda: (
                update(rsvps)
                .where(rsvps.c.meeting_id == meeting_id, rsvps.c.user_id.in_(user_ids))
                .values(told=seat)
            )
        )

    async def reminded(
        self, meeting_id: MeetingId, user_ids: Collection[int], starts_at: datetime
    ) -> None:
        """Note that these people were reminded of a meeting that starts then."""
        await self._run(
            lambda: (
                update(rsvps)
                .where(rsvps.c.meeting_id == meeting_id, rsvps.c.user_id.in_(user_ids))
                .values(reminded_of=starts_at)
            )
        )

    async def of_leavers(self, group_id: GroupId, now: datetime) -> list[Rsvp]:
        """Return the answers to a group's coming meetings by people who have left it since."""
        return await self._all(
            Rsvp,
            lambda: (
                select(rsvps)
                .join(meetings, meetings.c.id == rsvps.c.meeting_id)
                .join(
                    members,
                    (members.c.group_id == meetings.c.group_id)
                    & (members.c.user_id == rsvps.c.user_id),
                )
                .where(
                    meetings.c.group_id == group_id,
                    meetings.c.starts_at > now,
                    meetings.c.cancelled_at.is_(None),
                    # Whoever answered after they left comes as a guest, and keeps their place.
                    members.c.left_at >= rsvps.c.answered_at,
                )
                .order_by(rsvps.c.meeting_id, rsvps.c.position)
            ),
        )
