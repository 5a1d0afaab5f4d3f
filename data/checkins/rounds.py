"""Schedules, rounds, and what people posted in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NewType, TypedDict, Unpack
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import and_, case, func, insert, literal, select, update

from bot.base.recurrence import Cadence, Rule
from data.checkins.schema import checkins, questions, round_members, rounds, schedules
from data.repository import Repository
from data.server.groups import GroupId, Member
from data.server.schema import members
from data.statements import Prepared, given
from data.types import BigInt

RoundId = NewType("RoundId", int)
CheckinId = NewType("CheckinId", int)

_ROUND = [column.label(f"round_{column.name}") for column in rounds.c]

DEFAULT_QUESTIONS = (
    "What did you do?",
    "What will you do next?",
    "What is in the way?",
    "",
)
"""The questions of a group that has not chosen its own.

Their order says what each answer is for: what was done, what is next (each line a commitment), what
is in the way, anything else.
"""


class Schedule(Struct, frozen=True):
    """When a group's rounds are due: a time on the clocks of a zone, from a first day on."""

    group_id: GroupId
    guild_id: int
    cadence: Cadence
    anchor: date
    at: time
    timezone: str
    set_by: int
    set_at: datetime

    @property
    def rule(self) -> Rule:
        """The rule that makes the due times."""
        return Rule(self.cadence, self.anchor, self.at, ZoneInfo(self.timezone), four_weekly=True)


class Round(Struct, frozen=True):
    """One round of a group's check-ins.

    Open from ``opens_at``; its prompt is planned for ``prompt_at`` and was posted at
    ``prompted_at``; posts are late after ``due_at``. ``number`` counts a group's rounds from 1.
    """

    id: RoundId
    guild_id: int
    group_id: GroupId
    number: int
    questions: tuple[str, ...]
    opens_at: datetime
    prompt_at: datetime
    due_at: datetime
    prompted_at: datetime | None
    closed_at: datetime | None


class Checkin(Struct, frozen=True):
    """What one person posted, with the questions that it answers; in a round, or in none."""

    id: CheckinId
    guild_id: int
    group_id: GroupId
    round_id: RoundId | None
    user_id: int
    questions: tuple[str, ...]
    did: str
    next: str
    blocked: str
    extra: str
    late: bool
    posted_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    source_url: str | None

    @property
    def answered(self) -> list[tuple[str, str]]:
        """Each question that was answered, with its answer."""
        answers = (self.did, self.next, self.blocked, self.extra)
        return [pair for pair in zip(self.questions, answers, strict=True) if pair[1]]


class RoundPatch(TypedDict, total=False):
    """What may change about a round."""

    prompt_at: datetime
    due_at: datetime
    prompted_at: datetime
    closed_at: datetime


class CheckinPatch(TypedDict, total=False):
    """What may change about a check-in."""

    questions: Sequence[str]
    did: str
    next: str
    blocked: str
    extra: str
    edited_at: datetime
    deleted_at: datetime | None
    source_url: str | None


class Absent(Struct, frozen=True):
    """A member who did not post in a round.

    ``away`` during a pause and where they rest: their own pace left the round out.
    """

    user_id: int
    away: bool
    resting: bool


class RoundTurn(Struct, frozen=True):
    """A member, with the group's last two rounds, the newest first, and their posts in them."""

    member: Member
    rounds: list[Round]
    posted: dict[RoundId, CheckinId]


_TURN = Prepared(
    select(members, *_ROUND, checkins.c.id.label("posted"))
    .select_from(members)
    .outerjoin(
        rounds,
        and_(
            rounds.c.group_id == members.c.group_id,
            rounds.c.number
            >= select(func.max(rounds.c.number) - 1)
            .where(rounds.c.group_id == given("group_id"))
            .scalar_subquery(),
        ),
    )
    .outerjoin(
        checkins,
        and_(
            checkins.c.round_id == rounds.c.id,
            checkins.c.user_id == members.c.user_id,
            checkins.c.deleted_at.is_(None),
        ),
    )
    .where(
        members.c.group_id == given("group_id"),
        members.c.user_id == given("user_id"),
        members.c.left_at.is_(None),
    )
    .order_by(rounds.c.number.desc()),
    ("group_id", "user_id"),
)


class Checkins(Repository):
    """The rows of schedules, rounds and check-ins."""

    async def schedule_of(self, group_id: GroupId) -> Schedule | None:
        """Return when a group's rounds are due, or None where no schedule is set."""
        return await self._first(
            Schedule, lambda: select(schedules).where(schedules.c.group_id == group_id)
        )

    async def set_schedule(self, schedule: Schedule) -> None:
        """Keep a group's schedule, over an earlier one."""
        await self._put(
            schedules,
            key=("group_id",),
            group_id=schedule.group_id,
            guild_id=schedule.guild_id,
            cadence=schedule.cadence,
            anchor=schedule.anchor,
            at=schedule.at,
            timezone=schedule.timezone,
            set_by=schedule.set_by,
            set_at=schedule.set_at,
        )

    async def questions_of(self, group_id: GroupId) -> tuple[str, ...]:
        """Return a group's four questions, "" for those it does not ask."""
        found = await self._value(
            lambda: select(questions.c.questions).where(questions.c.group_id == group_id)
        )
        return found or DEFAULT_QUESTIONS

    async def set_questions(self, guild_id: int, group_id: GroupId, asked: Sequence[str]) -> None:
        """Keep a group's questions; a round whose prompt is not posted yet asks them already."""
        await self._put(
            questions, key=("group_id",), group_id=group_id, guild_id=guild_id, questions=asked
        )
        await self._run(
            lambda: (
                update(rounds)
                .where(
                    rounds.c.group_id == group_id,
                    rounds.c.closed_at.is_(None),
                    # Only while its prompt is not posted: people answer the questions that they
                    # were asked.
                    rounds.c.prompted_at.is_(None),
                )
                .values(questions=asked)
            )
        )

    async def add_round(
        self,
        *,
        guild_id: int,
        group_id: GroupId,
        number: int,
        questions: Sequence[str],
        opens_at: datetime,
        prompt_at: datetime,
        due_at: datetime,
    ) -> Round:
        """Add a group's open round."""
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "group_id": group_id,
            "number": number,
            "questions": tuple(questions),
            "opens_at": opens_at,
            "prompt_at": prompt_at,
            "due_at": due_at,
        }
        new = await self._insert(rounds, **values)
        return Round(id=RoundId(new), prompted_at=None, closed_at=None, **values)

    async def edit_round(self, round_id: RoundId, **values: Unpack[RoundPatch]) -> None:
        """Set the named columns."""
        await self._change(rounds, {"id": round_id}, values)

    async def round(self, guild_id: int, round_id: int) -> Round | None:
        """Return a round of this server."""
        return await self._first(
            Round,
            lambda: select(rounds).where(rounds.c.guild_id == guild_id, rounds.c.id == round_id),
        )

    async def round_by_id(self, round_id: int) -> Round | None:
        """Return a round whatever its server; for the process's own work, never for a request."""
        return await self._first(Round, lambda: select(rounds).where(rounds.c.id == round_id))

    async def open_round(self, group_id: GroupId) -> Round | None:
        """Return the round that a group is in, or None when it has no schedule."""
        return await self._first(
            Round,
            lambda: select(rounds).where(
                rounds.c.group_id == group_id, rounds.c.closed_at.is_(None)
            ),
        )

    async def open_rounds(self, guild_id: int) -> list[Round]:
        """Return the rounds that a server's groups are in."""
        return await self._all(
            Round,
            lambda: select(rounds).where(
                rounds.c.guild_id == guild_id, rounds.c.closed_at.is_(None)
            ),
        )

    async def latest_rounds(self, group_id: GroupId, limit: int) -> list[Round]:
        """Return a group's rounds, the newest first."""
        return await self._all(
            Round,
            lambda: (
                select(rounds)
                .where(rounds.c.group_id == group_id)
                .order_by(rounds.c.number.desc())
                .limit(limit)
            ),
        )

    async def turn_of(self, group_id: GroupId, user_id: int) -> RoundTurn | None:
        """Return all that decides which round somebody's post belongs to, in one statement.

        None for non-members.
        """
        rows = (await self._rows(_TURN.filled(group_id, user_id))).all()
        if not rows:
            return None
        member = Member(*rows[0][: len(members.c)])
        found: list[Round] = []
        posted: dict[RoundId, CheckinId] = {}
        for row in rows:
            *columns, checkin_id = row[len(members.c) :]
            # An outer join: a member of a group without rounds is one row without a round.
            if columns[0] is None:
                continue
            round_ = Round(*columns)
            found.append(round_)
            if checkin_id is not None:
                posted[round_.id] = checkin_id
        return RoundTurn(member, found, posted)

    async def add(
        self,
        *,
        guild_id: int,
        group_id: GroupId,
        round_id: RoundId | None,
        user_id: int,
        questions: Sequence[str],
        did: str,
        next: str,
        blocked: str,
        extra: str,
        late: bool,
        posted_at: datetime,
        source_url: str | None = None,
    ) -> Checkin:
        """Add what somebody posted."""
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "group_id": group_id,
            "round_id": round_id,
            "user_id": user_id,
            "questions": tuple(questions),
            "did": did,
            "next": next,
            "blocked": blocked,
            "extra": extra,
            "late": late,
            "posted_at": posted_at,
            "source_url": source_url,
        }
        new = await self._insert(checkins, **values)
        return Checkin(id=CheckinId(new), edited_at=None, deleted_at=None, **values)

    async def edit(self, checkin_id: CheckinId, **values: Unpack[CheckinPatch]) -> None:
        """Set the named columns."""
        await self._change(checkins, {"id": checkin_id}, values)

    async def by_id(self, checkin_id: int) -> Checkin | None:
        """Return a check-in whatever its server; for the process's own work."""
        return await self._first(
            Checkin, lambda: select(checkins).where(checkins.c.id == checkin_id)
        )

    async def get(self, guild_id: int, checkin_id: int) -> Checkin | None:
        """Return a check-in of this server, deleted or not."""
        return await self._first(
            Checkin,
            lambda: select(checkins).where(
                checkins.c.guild_id == guild_id, checkins.c.id == checkin_id
            ),
        )

    async def of_person(
        self, group_id: GroupId, user_id: int, round_ids: Sequence[RoundId]
    ) -> list[Checkin]:
        """Return what somebody posted in these rounds."""
        return await self._all(
            Checkin,
            lambda: select(checkins).where(
                checkins.c.group_id == group_id,
                checkins.c.user_id == user_id,
                checkins.c.round_id.in_(round_ids),
                checkins.c.deleted_at.is_(None),
            ),
        )

    async def in_round(self, round_id: RoundId, limit: int) -> list[Checkin]:
        """Return the first check-ins of a round, in order."""
        return await self._all(
            Checkin,
            lambda: (
                select(checkins)
                .where(checkins.c.round_id == round_id, checkins.c.deleted_at.is_(None))
                .order_by(checkins.c.posted_at, checkins.c.id)
                .limit(limit)
            ),
        )

    async def blocked_in(self, round_id: RoundId, limit: int) -> list[Checkin]:
        """Return the first check-ins of a round that name something in the way."""
        return await self._all(
            Checkin,
            lambda: (
                select(checkins)
                .where(
                    checkins.c.round_id == round_id,
                    checkins.c.deleted_at.is_(None),
                    checkins.c.blocked != "",
                )
                .order_by(checkins.c.posted_at, checkins.c.id)
                .limit(limit)
            ),
        )

    async def take_roll(self, round_: Round) -> None:
        """Note who was a member when a round was due, and who of them was away or rested."""
        # As of the due time and not of now: the roll may be taken hours later, after an outage.
        away = (members.c.away_since <= round_.due_at) & (members.c.away_until > round_.due_at)
        # Without a pace this is NULL, and so not true.
        rests = (round_.number - members.c.pace_from) % members.c.pace != 0
        expected = select(
            literal(round_.id, BigInt),
            members.c.user_id,
            case((away, 1), (rests, 1), else_=0),
            case((away, 0), (rests, 1), else_=0),
        ).where(
            members.c.group_id == round_.group_id,
            members.c.left_at.is_(None),
            members.c.joined_at <= round_.due_at,
        )
        await self._run(
            # In the database, so that a group of thousands costs one statement.
            insert(round_members).from_select(["round_id", "user_id", "away", "resting"], expected)
        )

    async def absent_in(self, round_: Round) -> list[Absent]:
        """Return the members, still there, who did not post in a closed round."""
        posted = select(checkins.c.user_id).where(
            checkins.c.round_id == round_.id, checkins.c.deleted_at.is_(None)
        )
        return await self._all(
            Absent,
            select(
                round_members.c.user_id,
                round_members.c.away,
                # Empty in rows from before people could have a pace of their own.
                func.coalesce(round_members.c.resting, 0).label("resting"),
            )
            .join(
                members,
                (members.c.group_id == round_.group_id)
                & (members.c.user_id == round_members.c.user_id),
            )
            .where(
                round_members.c.round_id == round_.id,
                members.c.left_at.is_(None),
                round_members.c.user_id.not_in(posted),
            )
            .order_by(members.c.joined_at, members.c.user_id),
        )

    async def posted_in(self, round_id: RoundId) -> list[int]:
        """Return who posted in a round, in order."""
        return await self._values(
            lambda: (
                select(checkins.c.user_id)
                .where(checkins.c.round_id == round_id, checkins.c.deleted_at.is_(None))
                .order_by(checkins.c.posted_at, checkins.c.id)
            )
        )

    async def last_of(self, group_id: GroupId, user_id: int) -> Checkin | None:
        """Return the last thing that somebody posted in a group."""
        return await self._first(
            Checkin,
            lambda: (
                select(checkins)
                .where(
                    checkins.c.group_id == group_id,
                    checkins.c.user_id == user_id,
                    checkins.c.deleted_at.is_(None),
                )
                .order_by(checkins.c.posted_at.desc(), checkins.c.id.desc())
                .limit(1)
            ),
        )

    async def count_of(self, group_id: GroupId) -> int:
        """Return how many check-ins a group has."""
        return await self._value(
            lambda: (
                select(func.count())
                .select_from(checkins)
                .where(checkins.c.group_id == group_id, checkins.c.deleted_at.is_(None))
            )
        )
