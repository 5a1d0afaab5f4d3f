"""What a group could read next, and who is for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NewType

from msgspec import Struct
from sqlalchemy import delete, select, update

from data.delivery.schema import cards
from data.papers.papers import PaperId
from data.reading.meetings import MeetingId
from data.reading.schema import nominations, votes
from data.repository import Repository
from data.server.groups import GroupId
from data.states import CardKind

NominationId = NewType("NominationId", int)


class Nomination(Struct, frozen=True):
    """A paper that somebody wants their group to read; ``meeting_id`` once it was picked."""

    id: NominationId
    guild_id: int
    group_id: GroupId
    paper_id: PaperId
    note: str | None
    nominated_by: int
    nominated_at: datetime
    meeting_id: MeetingId | None
    withdrawn_at: datetime | None


class Vote(Struct, frozen=True):
    """That somebody is for a nomination."""

    nomination_id: NominationId
    user_id: int


class Nominations(Repository):
    """The rows of nominations and their votes."""

    async def add(
        self,
        *,
        guild_id: int,
        group_id: GroupId,
        paper_id: PaperId,
        note: str | None,
        nominated_by: int,
        now: datetime,
    ) -> NominationId:
        """Add a nomination, and return its id."""
        return NominationId(
            await self._insert(
                nominations,
                guild_id=guild_id,
                group_id=group_id,
                paper_id=paper_id,
                note=note,
                nominated_by=nominated_by,
                nominated_at=now,
            )
        )

    async def by_id(self, nomination_id: int) -> Nomination | None:
        """Return a nomination whatever its server; for the process's own work."""
        return await self._first(
            Nomination, lambda: select(nominations).where(nominations.c.id == nomination_id)
        )

    async def get(self, guild_id: int, nomination_id: int) -> Nomination | None:
        """Return a nomination of this server."""
        return await self._first(
            Nomination,
            lambda: select(nominations).where(
                nominations.c.guild_id == guild_id, nominations.c.id == nomination_id
            ),
        )

    async def of_paper(self, group_id: GroupId, paper_id: int) -> Nomination | None:
        """Return a group's nomination of a paper, in any state."""
        return await self._first(
            Nomination,
            lambda: select(nominations).where(
                nominations.c.group_id == group_id, nominations.c.paper_id == paper_id
            ),
        )

    async def about(self, paper_id: int) -> list[Nomination]:
        """Return every nomination of a paper, in every server."""
        return await self._all(
            Nomination, lambda: select(nominations).where(nominations.c.paper_id == paper_id)
        )

    async def of_card(self, guild_id: int, message_id: int) -> Nomination | None:
        """Return the nomination of this server whose card a message is."""
        return await self._first(
            Nomination,
            lambda: (
                select(nominations)
                .join(cards, cards.c.subject_id == nominations.c.id)
                .where(
                    cards.c.message_id == message_id,
                    cards.c.kind == CardKind.NOMINATION,
                    nominations.c.guild_id == guild_id,
                )
            ),
        )

    async def open(self, guild_id: int, group_id: GroupId | None = None) -> list[Nomination]:
        """Return what was neither picked nor withdrawn, the oldest first."""
        statement = (
            select(nominations)
            .where(
                nominations.c.guild_id == guild_id,
                nominations.c.meeting_id.is_(None),
                nominations.c.withdrawn_at.is_(None),
            )
            .order_by(nominations.c.nominated_at, nominations.c.id)
        )
        if group_id is not None:
            statement = statement.where(nominations.c.group_id == group_id)
        return await self._all(Nomination, statement)

    async def open_in(self, guild_ids: Sequence[int]) -> list[Nomination]:
        """Return what was neither picked nor withdrawn, in these servers."""
        return await self._all(
            Nomination,
            lambda: select(nominations).where(
                nominations.c.guild_id.in_(guild_ids),
                nominations.c.meeting_id.is_(None),
                nominations.c.withdrawn_at.is_(None),
            ),
        )

    async def pick(self, nomination_id: NominationId, meeting_id: MeetingId | None) -> None:
        """Note the meeting that a nomination was picked for."""
        await self._run(
            lambda: (
                update(nominations)
                .where(nominations.c.id == nomination_id)
                .values(meeting_id=meeting_id)
            )
        )

    async def withdraw(self, nomination_id: NominationId, now: datetime | None) -> None:
        """Note that a nomination was withdrawn, or reopened with None."""
        await self._run(
            lambda: (
                update(nominations)
                .where(nominations.c.id == nomination_id)
                .values(withdrawn_at=now)
            )
        )

    async def votes(self, nomination_ids: Sequence[NominationId]) -> list[Vote]:
        """Return the votes for these nominations, oldest first."""
        return await self._all(
            Vote,
            lambda: (
                select(votes.c.nomination_id, votes.c.user_id)
                .where(votes.c.nomination_id.in_(nomination_ids))
                .order_by(votes.c.voted_at, votes.c.user_id)
            ),
        )

    async def vote(self, nomination_id: NominationId, user_id: int, now: datetime) -> None:
        """Note that somebody is for a nomination."""
        statement = self._upsert(votes).values(
            nomination_id=nomination_id, user_id=user_id, voted_at=now
        )
        await self._run(
            statement.on_conflict_do_nothing(
                index_elements=[votes.c.nomination_id, votes.c.user_id]
            )
        )

    async def unvote(self, nomination_id: NominationId, user_ids: Collection[int]) -> None:
        """Forget that these people are for a nomination."""
        await self._run(
            lambda: delete(votes).where(
                votes.c.nomination_id == nomination_id, votes.c.user_id.in_(user_ids)
            )
        )
