"""What became of rounds: person by person, and for a whole group."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import and_, case, func, select

from data.checkins.rounds import Checkin, RoundId
from data.checkins.schema import checkins, round_members, rounds
from data.repository import Repository
from data.server.groups import GroupId


class RoundRecord(Struct, frozen=True):
    """What one person did in one round.

    ``away`` is None where they were not a member when it was due, and while it is open.
    """

    round_id: RoundId
    number: int
    due_at: datetime
    closed_at: datetime | None
    late: bool | None
    away: bool | None

    @property
    def posted(self) -> bool:
        """Whether they checked in."""
        return self.late is not None


class RoundTurnout(Struct, frozen=True):
    """How many members were present when a round was due, and how many of them posted."""

    number: int
    due_at: datetime
    expected: int
    posted: int


class Turned(Struct, frozen=True):
    """One closed round that was somebody's to check in to: missed, or posted in, or away."""

    user_id: int
    number: int
    missed: bool


class History(Repository):
    """Reads what rounds and check-ins tell of the past."""

    async def records_of(self, group_id: GroupId, user_id: int) -> list[RoundRecord]:
        """Return what somebody did in each of a group's rounds, the oldest first."""
        return await self._all(
            RoundRecord,
            lambda: (
                select(
                    rounds.c.id.label("round_id"),
                    rounds.c.number,
                    rounds.c.due_at,
                    rounds.c.closed_at,
                    checkins.c.late,
                    round_members.c.away,
                )
                .select_from(rounds)
                .outerjoin(
                    checkins,
                    and_(
                        checkins.c.round_id == rounds.c.id,
                        checkins.c.user_id == user_id,
                        checkins.c.deleted_at.is_(None),
                    ),
                )
                .outerjoin(
                    round_members,
                    and_(
                        round_members.c.round_id == rounds.c.id, round_members.c.user_id == user_id
                    ),
                )
                .where(rounds.c.group_id == group_id)
                .order_by(rounds.c.number)
            ),
        )

    async def of_person(
        self, group_id: GroupId, user_id: int, since: datetime | None, limit: int
    ) -> list[Checkin]:
        """Return what somebody posted in a group since then, the newest first."""
        statement = select(checkins).where(
            checkins.c.group_id == group_id,
            checkins.c.user_id == user_id,
            checkins.c.deleted_at.is_(None),
        )
        if since is not None:
            statement = statement.where(checkins.c.posted_at >= since)
        return await self._all(
            Checkin,
            statement.order_by(checkins.c.posted_at.desc(), checkins.c.id.desc()).limit(limit),
        )

    async def turnouts(self, group_id: GroupId, limit: int) -> list[RoundTurnout]:
        """Return how many checked in, in a group's last closed rounds, the newest first.

        People who were away count neither as present nor, if they posted anyway, as posting.
        """
        here = round_members.c.away == False  # noqa: E712 - a column, not a bool
        return await self._all(
            RoundTurnout,
            select(
                rounds.c.number,
                rounds.c.due_at,
                func.count(case((here, 1))).label("expected"),
                func.count(case((and_(here, checkins.c.id.is_not(None)), 1))).label("posted"),
            )
            .select_from(rounds)
            .outerjoin(round_members, round_members.c.round_id == rounds.c.id)
            .outerjoin(
                checkins,
                and_(
                    checkins.c.round_id == rounds.c.id,
                    checkins.c.user_id == round_members.c.user_id,
                    checkins.c.deleted_at.is_(None),
                ),
            )
            .where(rounds.c.group_id == group_id, rounds.c.closed_at.is_not(None))
            .group_by(rounds.c.id)
            .order_by(rounds.c.number.desc())
            .limit(limit),
        )

    async def turns(self, group_id: GroupId, first: int, last: int) -> list[Turned]:
        """Return what became of each member's closed rounds from ``first`` to ``last``.

        Person by person, the newest first; the rounds in which they rested are left out.
        """
        return await self._all(
            _turned,
            select(
                round_members.c.user_id,
                rounds.c.number,
                and_(
                    round_members.c.away == False,  # noqa: E712 - a column, not a bool
                    checkins.c.id.is_(None),
                ).label("missed"),
            )
            .join(rounds, rounds.c.id == round_members.c.round_id)
            .outerjoin(
                checkins,
                and_(
                    checkins.c.round_id == round_members.c.round_id,
                    checkins.c.user_id == round_members.c.user_id,
                    checkins.c.deleted_at.is_(None),
                ),
            )
            .where(
                rounds.c.group_id == group_id,
                rounds.c.closed_at.is_not(None),
                rounds.c.number.between(first, last),
                func.coalesce(round_members.c.resting, 0) == 0,
            )
            .order_by(round_members.c.user_id, rounds.c.number.desc()),
        )


def _turned(user_id: int, number: int, missed: object) -> Turned:
    return Turned(user_id, number, bool(missed))
