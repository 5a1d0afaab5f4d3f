"""Votes of a project's members on letting it sleep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import select, update

from data.boards.projects import ProjectId
from data.boards.schema import sleep_ballots, sleep_votes
from data.repository import Repository
from data.states import SleepOutcome

SleepVoteId = NewType("SleepVoteId", int)


@dataclass(frozen=True, slots=True)
class SleepVote:
    """A vote; ``outcome`` is None until it is over. ``decided_by`` is the organiser who did."""

    id: SleepVoteId
    guild_id: int
    project_id: ProjectId
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    outcome: SleepOutcome | None
    decided_by: int | None


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one member is for."""

    vote_id: SleepVoteId
    user_id: int
    sleep: bool
    cast_at: datetime


class SleepVotes(Repository):
    """The rows of votes and ballots."""

    async def open(
        self, guild_id: int, project_id: ProjectId, closes_at: datetime, now: datetime
    ) -> SleepVote:
        """Begin a vote."""
        new = await self._insert(
            sleep_votes,
            guild_id=guild_id,
            project_id=project_id,
            opened_at=now,
            closes_at=closes_at,
        )
        return SleepVote(SleepVoteId(new), guild_id, project_id, now, closes_at, None, None, None)

    async def get(self, guild_id: int, vote_id: int) -> SleepVote | None:
        """Return a vote of this server."""
        return await self._first(
            SleepVote,
            select(sleep_votes).where(
                sleep_votes.c.guild_id == guild_id, sleep_votes.c.id == vote_id
            ),
        )

    async def by_id(self, vote_id: int) -> SleepVote | None:
        """Return a vote whatever its server; for the process's own work, not for a request."""
        return await self._first(SleepVote, select(sleep_votes).where(sleep_votes.c.id == vote_id))

    async def latest(self, project_id: ProjectId) -> SleepVote | None:
        """Return a project's latest vote, over or not."""
        return await self._first(
            SleepVote,
            select(sleep_votes)
            .where(sleep_votes.c.project_id == project_id)
            .order_by(sleep_votes.c.id.desc())
            .limit(1),
        )

    async def close(
        self,
        vote: SleepVote,
        outcome: SleepOutcome,
        now: datetime,
        decided_by: int | None = None,
    ) -> None:
        """Note how a vote ended."""
        await self._run(
            update(sleep_votes)
            .where(sleep_votes.c.guild_id == vote.guild_id, sleep_votes.c.id == vote.id)
            .values(outcome=outcome, closed_at=now, decided_by=decided_by)
        )

    async def cast(self, vote: SleepVote, user_id: int, now: datetime, *, sleep: bool) -> None:
        """Note what a member is for, in place of what they were for before."""
        await self._put(
            sleep_ballots,
            key=("vote_id", "user_id"),
            vote_id=vote.id,
            user_id=user_id,
            sleep=sleep,
            cast_at=now,
        )

    async def ballots(self, vote: SleepVote) -> list[Ballot]:
        """Return what was cast, the first first."""
        return await self._all(
            Ballot,
            select(sleep_ballots)
            .where(sleep_ballots.c.vote_id == vote.id)
            .order_by(sleep_ballots.c.cast_at, sleep_ballots.c.user_id),
        )
