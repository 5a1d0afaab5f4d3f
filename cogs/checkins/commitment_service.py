"""Commitments: making, keeping, dropping and witnessing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.place import Place
from cogs.checkins import rules
from cogs.checkins.service import NotMember
from data.commitments import Commitment, Kept
from data.database import Store, Transaction
from data.server import Group
from data.states import CommitmentState, Witnessed

REMIND = "commitment.remind"

REMIND_BEFORE = timedelta(days=1)
"""How long before its due time somebody is reminded of a commitment, and again when it is due."""


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """A commitment and the group in which it was made."""

    group: Group
    commitment: Commitment


@dataclass(frozen=True, slots=True)
class Overview:
    """What somebody is committed to in a group, what became of the rest, and their kept rate."""

    group: Group
    open: list[Commitment]
    settled: list[Commitment]
    kept: Kept


class CommitmentService:
    """The use cases of commitments."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def add(
        self,
        place: Place,
        group: Group,
        *,
        text: str,
        due_at: datetime | None,
        witness_id: int | None,
    ) -> Commitment:
        """Commit to something, with a reminder where it has a due time.

        Raises NotMember, InvalidInput for no text, too much, or oneself as the witness.
        """
        text = rules.check_commitment(text)
        if witness_id == place.user_id:
            raise InvalidInput("Somebody else should be your witness, or nobody: leave it out.")
        if group.archived_at is not None:
            raise Conflict(f"{group.name} is archived: nothing happens in it any more.")
        now = self.clock.now()
        async with self.store.transaction() as tx:
            if await tx.groups.member(group.id, place.user_id) is None:
                raise NotMember(group)
            round_ = await tx.checkins.open_round(group.id)
            made = await tx.commitments.add(
                guild_id=group.guild_id,
                group_id=group.id,
                user_id=place.user_id,
                round_id=round_.id if round_ else None,
                text=text,
                made_at=now,
                due_at=due_at,
                witness_id=witness_id,
            )
            await self._remind(tx, made, now)
        return made

    async def overview(self, place: Place, group: Group) -> Overview:
        """Return what one is committed to in a group."""
        async with self.store.read() as tx:
            return Overview(
                group,
                await tx.commitments.open_of(group.id, place.user_id),
                await tx.commitments.latest_settled(group.id, place.user_id, 10),
                await tx.commitments.kept_of(group.id, place.user_id),
            )

    async def open_of(self, guild_id: int, user_id: int) -> list[Commitment]:
        """Return somebody's open commitments in a server's groups, the newest first."""
        async with self.store.read() as tx:
            return await tx.commitments.open_in_server(guild_id, user_id)

    async def named(self, place: Place, given: str, number: int | None) -> Commitment:
        """Return the open commitment that was picked, or typed in full; raises NotFound."""
        for one in await self.open_of(place.guild_id, place.user_id):
            if one.id == number or one.text.casefold() == given.strip().casefold():
                return one
        raise NotFound(
            "You have no open commitment like that. Pick one from the list that opens while you "
            "type, or see `/commitment list`."
        )

    async def done(self, place: Place, commitment_id: int) -> CommitmentView:
        """Keep a commitment; its witness, if any, is still to confirm it."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            group, one = await self._own(tx, place, commitment_id)
            if one.state is not CommitmentState.OPEN:
                raise Conflict("That one is settled already.")
            round_ = await tx.checkins.open_round(group.id)
            await tx.commitments.edit(
                [one.id],
                state=CommitmentState.KEPT,
                settled_at=now,
                settled_round_id=round_.id if round_ else None,
                witnessed=Witnessed.ASKED if one.witness_id else None,
            )
            await tx.deadlines.cancel(one.id, REMIND)
        return await self.view(place.guild_id, one.id)

    async def drop(self, place: Place, commitment_id: int, reason: str | None) -> CommitmentView:
        """Let go of a commitment, which is not failing."""
        reason = rules.check_reason(reason)
        async with self.store.transaction() as tx:
            _, one = await self._own(tx, place, commitment_id)
            if one.state is not CommitmentState.OPEN:
                raise Conflict("That one is settled already.")
            await tx.commitments.edit(
                [one.id],
                state=CommitmentState.DROPPED,
                settled_at=self.clock.now(),
                reason=reason,
            )
            await tx.deadlines.cancel(one.id, REMIND)
        return await self.view(place.guild_id, one.id)

    async def reopen(self, place: Place, commitment_id: int) -> CommitmentView:
        """Take back that one kept or dropped a commitment."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            _, one = await self._own(tx, place, commitment_id)
            if one.state is CommitmentState.OPEN:
                raise Conflict("That one is open already.")
            await self._open_again(tx, one, now, None)
        return await self.view(place.guild_id, one.id)

    async def witness(self, place: Place, commitment_id: int, *, confirmed: bool) -> CommitmentView:
        """Say as its witness whether a commitment was kept; declined, it is open again.

        Raises NotAllowed for who is not its witness, Conflict when it is no longer asked.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            one = await tx.commitments.get(place.guild_id, commitment_id)
            if one is None:
                raise NotFound("That commitment does not exist any more.")
            if one.witness_id != place.user_id:
                raise NotAllowed(f"<@{one.witness_id}> is the witness of this one.")
            if one.state is not CommitmentState.KEPT or one.witnessed is not Witnessed.ASKED:
                raise Conflict("That is answered already, or was taken back.")
            if confirmed:
                await tx.commitments.edit([one.id], witnessed=Witnessed.CONFIRMED)
            else:
                await self._open_again(tx, one, now, Witnessed.DECLINED)
        return await self.view(place.guild_id, one.id)

    async def view(self, guild_id: int, commitment_id: int) -> CommitmentView:
        """Return a commitment of this server; raises NotFound."""
        async with self.store.read() as tx:
            one = await tx.commitments.get(guild_id, commitment_id)
            group = await tx.groups.get(guild_id, one.group_id) if one else None
        if one is None or group is None:
            raise NotFound("That commitment does not exist any more.")
        return CommitmentView(group, one)

    async def to_remind(self, guild_id: int, commitment_id: int) -> CommitmentView:
        """Return an open commitment of somebody who is there and not away; raises NotFound."""
        view = await self.view(guild_id, commitment_id)
        async with self.store.read() as tx:
            member = await tx.groups.member(view.group.id, view.commitment.user_id)
        if (
            view.commitment.state is not CommitmentState.OPEN
            or view.group.archived_at is not None
            or member is None
            or member.is_away(self.clock.now())
        ):
            raise NotFound("There is nobody to remind.")
        return view

    async def _own(
        self, tx: Transaction, place: Place, commitment_id: int
    ) -> tuple[Group, Commitment]:
        one = await tx.commitments.get(place.guild_id, commitment_id)
        group = await tx.groups.get(place.guild_id, one.group_id) if one else None
        if one is None or group is None or one.user_id != place.user_id:
            raise NotFound("That is not a commitment of yours.")
        return group, one

    async def _open_again(
        self, tx: Transaction, one: Commitment, now: datetime, witnessed: Witnessed | None
    ) -> None:
        await tx.commitments.edit(
            [one.id],
            state=CommitmentState.OPEN,
            settled_at=None,
            settled_round_id=None,
            reason=None,
            witnessed=witnessed,
        )
        await self._remind(tx, one, now)

    async def _remind(self, tx: Transaction, one: Commitment, now: datetime) -> None:
        """Set the reminders that are still ahead."""
        if one.due_at is None:
            return
        if one.due_at - REMIND_BEFORE > now:
            await tx.deadlines.put(
                REMIND,
                one.id,
                one.due_at - REMIND_BEFORE,
                guild_id=one.guild_id,
                offset=int(REMIND_BEFORE.total_seconds()),
                expires_at=one.due_at,
            )
        if one.due_at > now:
            await tx.deadlines.put(REMIND, one.id, one.due_at, guild_id=one.guild_id)
