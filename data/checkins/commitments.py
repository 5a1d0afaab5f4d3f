"""What people said they would do, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import case, delete, func, or_, select, update

from data.checkins.rounds import Checkin, CheckinId, Round, RoundId
from data.checkins.schema import checkins, commitments
from data.repository import Repository
from data.server.groups import GroupId
from data.states import CommitmentState, Witnessed

CommitmentId = NewType("CommitmentId", int)


class Commitment(Struct, frozen=True):
    """Something that somebody said they would do.

    ``checkin_id`` is the check-in it came from, None when it was made on its own; ``round_id``
    the round it was made in; ``settled_round_id`` the one in which it was kept or not kept.
    """

    id: CommitmentId
    guild_id: int
    group_id: GroupId
    user_id: int
    checkin_id: CheckinId | None
    round_id: RoundId | None
    text: str
    state: CommitmentState
    made_at: datetime
    due_at: datetime | None = None
    witness_id: int | None = None
    witnessed: Witnessed | None = None
    settled_at: datetime | None = None
    settled_round_id: RoundId | None = None
    reason: str | None = None

    @property
    def still_asked(self) -> Witnessed | None:
        """ASKED while its witness has a question to answer, which reopening it leaves; or None."""
        return self.witnessed if self.witnessed is Witnessed.ASKED else None


class CommitmentPatch(TypedDict, total=False):
    """What may change about a commitment."""

    state: CommitmentState
    round_id: RoundId | None
    due_at: datetime | None
    witnessed: Witnessed | None
    settled_at: datetime | None
    settled_round_id: RoundId | None
    reason: str | None


class Kept(Struct, frozen=True):
    """How many commitments were kept, out of all that were settled."""

    kept: int
    settled: int


_SETTLED = (CommitmentState.KEPT, CommitmentState.NOT_KEPT, CommitmentState.DROPPED)


class Commitments(Repository):
    """The rows of commitments."""

    async def add(
        self,
        *,
        guild_id: int,
        group_id: GroupId,
        user_id: int,
        round_id: RoundId | None,
        text: str,
        made_at: datetime,
        due_at: datetime | None,
        witness_id: int | None,
        state: CommitmentState = CommitmentState.OPEN,
    ) -> Commitment:
        """Add a commitment that was made on its own, or is asked of somebody."""
        values: dict[str, Any] = {
            "guild_id": guild_id,
            "group_id": group_id,
            "user_id": user_id,
            "round_id": round_id,
            "text": text,
            "state": state,
            "made_at": made_at,
            "due_at": due_at,
            "witness_id": witness_id,
        }
        new = await self._insert(commitments, **values)
        return Commitment(
            id=CommitmentId(new),
            checkin_id=None,
            witnessed=None,
            settled_at=None,
            settled_round_id=None,
            reason=None,
            **values,
        )

    async def get(self, guild_id: int, commitment_id: int) -> Commitment | None:
        """Return a commitment of this server."""
        return await self._first(
            Commitment,
            lambda: select(commitments).where(
                commitments.c.guild_id == guild_id, commitments.c.id == commitment_id
            ),
        )

    async def open_in_server(self, guild_id: int, user_id: int) -> list[Commitment]:
        """Return somebody's open commitments in all groups of a server, the newest first."""
        return await self._all(
            Commitment,
            lambda: (
                select(commitments)
                .where(
                    commitments.c.guild_id == guild_id,
                    commitments.c.user_id == user_id,
                    commitments.c.state == CommitmentState.OPEN,
                )
                .order_by(commitments.c.id.desc())
            ),
        )

    async def latest_settled(self, group_id: GroupId, user_id: int, limit: int) -> list[Commitment]:
        """Return what became of somebody's commitments in a group, the latest first."""
        return await self._all(
            Commitment,
            lambda: (
                select(commitments)
                .where(
                    commitments.c.group_id == group_id,
                    commitments.c.user_id == user_id,
                    commitments.c.state.in_(_SETTLED),
                )
                .order_by(commitments.c.settled_at.desc(), commitments.c.id.desc())
                .limit(limit)
            ),
        )

    async def kept_of(self, group_id: GroupId, user_id: int | None = None) -> Kept:
        """Return the kept rate of one person, or of a whole group."""
        # What was dropped counts neither way: letting go is not failing.
        kept = commitments.c.state == CommitmentState.KEPT
        statement = select(
            func.count(case((kept, 1))).label("kept"),
            func.count().label("settled"),
        ).where(
            commitments.c.group_id == group_id,
            commitments.c.state.in_([CommitmentState.KEPT, CommitmentState.NOT_KEPT]),
        )
        if user_id is not None:
            statement = statement.where(commitments.c.user_id == user_id)
        return await self._first(Kept, statement) or Kept(0, 0)

    async def add_lines(
        self, checkin: Checkin, lines: Iterable[str], now: datetime
    ) -> list[Commitment]:
        """Add what a check-in says comes next, a commitment for each line, and return them."""
        made: list[Commitment] = []
        for line in lines:
            values: dict[str, Any] = {
                "guild_id": checkin.guild_id,
                "group_id": checkin.group_id,
                "user_id": checkin.user_id,
                "checkin_id": checkin.id,
                "round_id": checkin.round_id,
                "text": line,
                "state": CommitmentState.OPEN,
                "made_at": now,
            }
            made.append(
                Commitment(CommitmentId(await self._insert(commitments, **values)), **values)
            )
        return made

    async def open_again(
        self, commitment_id: CommitmentId, *, witnessed: Witnessed | None = None
    ) -> None:
        """Reopen a settled commitment."""
        await self.edit(
            [commitment_id],
            state=CommitmentState.OPEN,
            settled_at=None,
            settled_round_id=None,
            reason=None,
            witnessed=witnessed,
        )

    async def edit(
        self, commitment_ids: Sequence[CommitmentId], **values: Unpack[CommitmentPatch]
    ) -> None:
        """Set the named columns of several."""
        if commitment_ids:
            await self._run(
                update(commitments).where(commitments.c.id.in_(commitment_ids)).values(**values)
            )

    async def remove(self, commitment_ids: Sequence[CommitmentId]) -> None:
        """Delete commitments, as if they had never been made."""
        if commitment_ids:
            await self._run(lambda: delete(commitments).where(commitments.c.id.in_(commitment_ids)))

    async def from_checkin(self, checkin_id: CheckinId) -> list[Commitment]:
        """Return the commitments that a check-in made."""
        return await self._all(
            Commitment,
            lambda: (
                select(commitments)
                .where(commitments.c.checkin_id == checkin_id)
                .order_by(commitments.c.id)
            ),
        )

    async def open_of(self, group_id: GroupId, user_id: int) -> list[Commitment]:
        """Return somebody's open commitments in a group, the oldest first."""
        return await self._of(group_id, user_id, CommitmentState.OPEN)

    async def asked_of(self, group_id: GroupId, user_id: int) -> list[Commitment]:
        """Return what others noted for somebody, who has not taken it on yet."""
        return await self._of(group_id, user_id, CommitmentState.ASKED)

    async def _of(
        self, group_id: GroupId, user_id: int, state: CommitmentState
    ) -> list[Commitment]:
        return await self._all(
            Commitment,
            lambda: (
                select(commitments)
                .where(
                    commitments.c.group_id == group_id,
                    commitments.c.user_id == user_id,
                    commitments.c.state == state,
                )
                .order_by(commitments.c.id)
            ),
        )

    async def to_tick(
        self, group_id: GroupId, user_id: int, round_id: RoundId | None
    ) -> list[Commitment]:
        """Return what somebody may tick: what is open, and what was settled in this round."""
        of_person = (commitments.c.group_id == group_id) & (commitments.c.user_id == user_id)
        open_ = commitments.c.state == CommitmentState.OPEN
        # What was ticked by mistake can be unticked as long as its round is open.
        ticked = (commitments.c.settled_round_id == round_id) & commitments.c.state.in_(
            [CommitmentState.KEPT, CommitmentState.NOT_KEPT]
        )
        return await self._all(
            Commitment,
            select(commitments).where(of_person, open_ | ticked).order_by(commitments.c.id),
        )

    async def settled_in(self, round_id: RoundId) -> list[Commitment]:
        """Return the commitments that were kept or not kept in a round."""
        return await self._all(
            Commitment,
            lambda: select(commitments).where(
                commitments.c.settled_round_id == round_id,
                commitments.c.state.in_([CommitmentState.KEPT, CommitmentState.NOT_KEPT]),
            ),
        )

    async def carried_in(self, round_: Round) -> list[Commitment]:
        """Return earlier commitments still open, of people who posted or settled in a round."""
        # Only of people who were active in this round: what somebody left open who is away should
        # not weigh on the group's digest.
        posted = select(checkins.c.user_id).where(
            checkins.c.round_id == round_.id, checkins.c.deleted_at.is_(None)
        )
        others = commitments.alias()
        settled = select(others.c.user_id).where(
            others.c.settled_round_id == round_.id,
            others.c.state.in_([CommitmentState.KEPT, CommitmentState.NOT_KEPT]),
        )
        return await self._all(
            Commitment,
            select(commitments).where(
                commitments.c.group_id == round_.group_id,
                commitments.c.state == CommitmentState.OPEN,
                # What was made in this round is new, and not carried over.
                commitments.c.made_at < round_.opens_at,
                or_(commitments.c.user_id.in_(posted), commitments.c.user_id.in_(settled)),
            ),
        )

    async def made_in(self, round_id: RoundId) -> list[Commitment]:
        """Return the commitments that were made in a round."""
        return await self._all(
            Commitment, lambda: select(commitments).where(commitments.c.round_id == round_id)
        )
