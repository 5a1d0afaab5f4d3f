"""What somebody did in a server: read from every feature's rows, for their portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import and_, case, func, or_, select

from data.boards.schema import claim_versions, claims, project_members, projects, results, reviews
from data.checkins.schema import checkins, commitments, rounds
from data.papers.schema import papers
from data.people.schema import coffee_people, coffees
from data.reading.schema import attendances, meetings
from data.repository import Repository
from data.server.schema import groups
from data.states import CommitmentState, Decision, ProjectState


class MeetingDone(Struct, frozen=True):
    """A meeting that somebody was at, led, or had read for, in the group of this id."""

    id: int
    group_id: int
    title: str
    starts_at: datetime
    led: bool
    was_there: bool
    had_read: bool
    paper: str | None
    paper_url: str | None


class CheckinDone(Struct, frozen=True):
    """A check-in of a round; ``number`` is None for one that belongs to no round."""

    id: int
    group_id: int
    group: str
    number: int | None
    posted_at: datetime
    late: bool


class CommitmentDone(Struct, frozen=True):
    """Something that somebody said they would do, and did.

    With the check-in that says it was done, and the one that it was made in.
    """

    text: str
    group_id: int
    checkin_id: int | None
    kept_in: int | None
    settled_at: datetime | None


class CoffeeDone(Struct, frozen=True):
    """A pair meeting that took place, and the address of where it was arranged."""

    group_id: int
    group: str
    number: int
    at: datetime
    url: str | None


class ProjectDone(Struct, frozen=True):
    """A project that somebody is or was in; ``roles`` are what they do there beside leading."""

    id: int
    title: str
    state: ProjectState
    led: bool
    roles: tuple[str, ...]
    joined_at: datetime
    left_at: datetime | None


class ResultDone(Struct, frozen=True):
    """A result that somebody ran, with what others decided of it, or one that they reviewed."""

    id: int
    claim_id: int
    project_id: int
    project: str
    claim_number: int
    statement: str
    number: int
    value: str
    evidence: str | None
    at: datetime
    decisions: tuple[Decision, ...]


class Portfolio(Struct, frozen=True):
    """All of it, the latest first; ``settled`` are the commitments that were kept or not kept."""

    meetings: Sequence[MeetingDone]
    checkins: Sequence[CheckinDone]
    commitments: Sequence[CommitmentDone]
    settled: int
    coffees: Sequence[CoffeeDone]
    projects: Sequence[ProjectDone]
    results: Sequence[ResultDone]
    reviews: Sequence[ResultDone]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show yet."""
        return not (
            self.meetings
            or self.checkins
            or self.commitments
            or self.coffees
            or self.projects
            or self.results
            or self.reviews
        )


class Portfolios(Repository):
    """What somebody did, over all features; it only reads."""

    async def of(self, guild_id: int, user_id: int, now: datetime) -> Portfolio:
        """Return what somebody did in a server until ``now``."""
        return Portfolio(
            await self._meetings(guild_id, user_id, now),
            await self._checkins(guild_id, user_id),
            await self._commitments(guild_id, user_id),
            await self._value(
                lambda: (
                    select(func.count())
                    .select_from(commitments)
                    .where(
                        commitments.c.guild_id == guild_id,
                        commitments.c.user_id == user_id,
                        commitments.c.state.in_([CommitmentState.KEPT, CommitmentState.NOT_KEPT]),
                    )
                )
            ),
            await self._coffees(guild_id, user_id),
            await self._projects(guild_id, user_id),
            await self._results(guild_id, user_id),
            await self._reviews(guild_id, user_id),
        )

    async def _meetings(self, guild_id: int, user_id: int, now: datetime) -> list[MeetingDone]:
        led = case((meetings.c.facilitator_id == user_id, 1), else_=0)
        noted = and_(attendances.c.meeting_id == meetings.c.id, attendances.c.user_id == user_id)
        return await self._all(
            _meeting,
            select(
                meetings.c.id,
                meetings.c.group_id,
                meetings.c.title,
                meetings.c.starts_at,
                led.label("led"),
                attendances.c.was_there,
                attendances.c.had_read,
                papers.c.title.label("paper"),
                papers.c.url.label("paper_url"),
            )
            .outerjoin(attendances, noted)
            .outerjoin(papers, papers.c.id == meetings.c.paper_id)
            .where(
                meetings.c.guild_id == guild_id,
                meetings.c.cancelled_at.is_(None),
                meetings.c.starts_at <= now,
                or_(
                    meetings.c.facilitator_id == user_id,
                    attendances.c.was_there == True,  # noqa: E712 - SQL's own equality
                    attendances.c.had_read == True,  # noqa: E712
                ),
            )
            .order_by(meetings.c.starts_at.desc()),
        )

    async def _checkins(self, guild_id: int, user_id: int) -> list[CheckinDone]:
        return await self._all(
            CheckinDone,
            lambda: (
                select(
                    checkins.c.id,
                    checkins.c.group_id,
                    groups.c.name.label("group"),
                    rounds.c.number,
                    checkins.c.posted_at,
                    checkins.c.late,
                )
                .join(groups, groups.c.id == checkins.c.group_id)
                .outerjoin(rounds, rounds.c.id == checkins.c.round_id)
                .where(
                    checkins.c.guild_id == guild_id,
                    checkins.c.user_id == user_id,
                    checkins.c.deleted_at.is_(None),
                )
                .order_by(checkins.c.posted_at.desc())
            ),
        )

    async def _commitments(self, guild_id: int, user_id: int) -> list[CommitmentDone]:
        told = and_(
            checkins.c.round_id == commitments.c.settled_round_id,
            checkins.c.user_id == commitments.c.user_id,
            checkins.c.deleted_at.is_(None),
        )
        return await self._all(
            CommitmentDone,
            select(
                commitments.c.text,
                commitments.c.group_id,
                commitments.c.checkin_id,
                checkins.c.id.label("kept_in"),
                commitments.c.settled_at,
            )
            .outerjoin(checkins, told)
            .where(
                commitments.c.guild_id == guild_id,
                commitments.c.user_id == user_id,
                commitments.c.state == CommitmentState.KEPT,
            )
            .order_by(commitments.c.settled_at.desc()),
        )

    async def _coffees(self, guild_id: int, user_id: int) -> list[CoffeeDone]:
        own, somebody = coffee_people.alias(), coffee_people.alias()
        happened = (
            select(somebody.c.coffee_id)
            .where(somebody.c.coffee_id == coffees.c.id, somebody.c.happened == True)  # noqa: E712
            .exists()
        )
        return await self._all(
            _coffee,
            select(
                coffees.c.guild_id,
                coffees.c.group_id,
                groups.c.name.label("group"),
                coffees.c.number,
                coffees.c.paired_at.label("at"),
                coffees.c.channel_id,
                coffees.c.message_id,
            )
            .join(own, own.c.coffee_id == coffees.c.id)
            .join(groups, groups.c.id == coffees.c.group_id)
            # That one of the two says so is enough.
            .where(coffees.c.guild_id == guild_id, own.c.user_id == user_id, happened)
            .order_by(coffees.c.paired_at.desc()),
        )

    async def _projects(self, guild_id: int, user_id: int) -> list[ProjectDone]:
        led = case((projects.c.lead_id == user_id, 1), else_=0)
        return await self._all(
            _project,
            select(
                projects.c.id,
                projects.c.title,
                projects.c.state,
                led.label("led"),
                project_members.c.roles,
                project_members.c.joined_at,
                project_members.c.left_at,
            )
            .join(project_members, project_members.c.project_id == projects.c.id)
            .where(projects.c.guild_id == guild_id, project_members.c.user_id == user_id)
            .order_by(project_members.c.joined_at.desc()),
        )

    async def _results(self, guild_id: int, user_id: int) -> list[ResultDone]:
        rows = await self._all(
            _result,
            _RESULTS.add_columns(results.c.logged_at.label("at"))
            .where(results.c.guild_id == guild_id, results.c.runner_id == user_id)
            .order_by(results.c.logged_at.desc()),
        )
        return [await self._decided(one) for one in rows]

    async def _reviews(self, guild_id: int, user_id: int) -> list[ResultDone]:
        return await self._all(
            _reviewed,
            _RESULTS.add_columns(reviews.c.reviewed_at.label("at"), reviews.c.decision)
            .join(reviews, reviews.c.result_id == results.c.id)
            .where(results.c.guild_id == guild_id, reviews.c.reviewer_id == user_id)
            .order_by(reviews.c.reviewed_at.desc()),
        )

    async def _decided(self, one: ResultDone) -> ResultDone:
        decisions = await self._values(
            select(reviews.c.decision).where(reviews.c.result_id == one.id).order_by(reviews.c.id)
        )
        return ResultDone(
            one.id,
            one.claim_id,
            one.project_id,
            one.project,
            one.claim_number,
            one.statement,
            one.number,
            one.value,
            one.evidence,
            one.at,
            tuple(decisions),
        )


_RESULTS = (
    select(
        results.c.id,
        results.c.claim_id,
        claims.c.project_id,
        projects.c.title.label("project"),
        claims.c.number.label("claim_number"),
        claim_versions.c.statement,
        results.c.number,
        results.c.value,
        results.c.evidence,
    )
    .join(claims, claims.c.id == results.c.claim_id)
    .join(projects, projects.c.id == claims.c.project_id)
    .join(
        claim_versions,
        and_(
            claim_versions.c.claim_id == claims.c.id,
            # As it was when they logged it: later versions do not rewrite what somebody did.
            claim_versions.c.version == results.c.claim_version,
        ),
    )
)


def _meeting(*, led: object, was_there: object, had_read: object, **row: object) -> MeetingDone:
    return MeetingDone(
        led=bool(led),
        was_there=bool(was_there),
        had_read=bool(had_read),
        **row,  # pyright: ignore[reportArgumentType]
    )


def _project(*, led: object, roles: Sequence[str] | None, **row: object) -> ProjectDone:
    return ProjectDone(led=bool(led), roles=tuple(roles or ()), **row)  # pyright: ignore[reportArgumentType]


def _coffee(
    guild_id: int, channel_id: int | None, message_id: int | None, **row: object
) -> CoffeeDone:
    url = f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"
    return CoffeeDone(url=url if message_id is not None else None, **row)  # pyright: ignore[reportArgumentType]


def _result(**row: object) -> ResultDone:
    return ResultDone(decisions=(), **row)  # pyright: ignore[reportArgumentType]


def _reviewed(*, decision: Decision, **row: object) -> ResultDone:
    return ResultDone(decisions=(decision,), **row)  # pyright: ignore[reportArgumentType]
