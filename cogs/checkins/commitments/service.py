"""Commitments: making, keeping, dropping and witnessing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import one_line
from bot.place import Place
from cogs.checkins.commitments import rules
from cogs.checkins.commitments.writes import (
    REMIND,
    CommitmentView,
    open_again,
    set_reminders,
    tasks_of,
    view_of,
)
from cogs.checkins.rounds.service import NotMember
from data.across import linked_writes
from data.boards.tasks import Task
from data.checkins.commitments import Commitment, CommitmentId, Kept
from data.server.groups import Group
from data.states import CommitmentState, Witnessed
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Added(Struct, frozen=True):
    """A new commitment, and the reminders that will come: seconds before it's due, and when."""

    commitment: Commitment
    reminders: Sequence[tuple[int, datetime]]


class Overview(Struct, frozen=True):
    """What somebody is committed to in a group, what became of the rest, and their kept rate."""

    group: Group
    open: list[Commitment]
    settled: list[Commitment]
    kept: Kept
    tasks: Mapping[CommitmentId, Task] = field(default_factory=dict[CommitmentId, Task])


class CommitmentService:
    """The use cases of commitments."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def add(
        self,
        tx: Transaction,
        place: Place,
        group: Group,
        *,
        text: str,
        due_at: datetime | None,
        witness_id: int | None,
    ) -> Added:
        """Commit to something, with a reminder where it has a due time.

        Raises NotMember, InvalidInput for no text, too much, or oneself as the witness.
        """
        text = rules.check_commitment(text)
        if witness_id == place.user_id:
            raise InvalidInput("Somebody else should be your witness, or nobody: leave it out.")
        if group.archived_at is not None:
            raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")
        now = self.clock.now()
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
        return Added(made, await set_reminders(tx, made, now))

    @snapshot
    async def overview(self, tx: Transaction, place: Place, group: Group) -> Overview:
        """Return what one is committed to in a group."""
        still = await tx.commitments.open_of(group.id, place.user_id)
        return Overview(
            group,
            still,
            await tx.commitments.latest_settled(group.id, place.user_id, 10),
            await tx.commitments.kept_of(group.id, place.user_id),
            await tasks_of(tx, group.guild_id, still),
        )

    @snapshot
    async def open_of(self, tx: Transaction, guild_id: int, user_id: int) -> list[Commitment]:
        """Return somebody's open commitments in a server's groups, the newest first."""
        return await tx.commitments.open_in_server(guild_id, user_id)

    async def named(self, place: Place, given: str, number: int | None) -> Commitment:
        """Return the open commitment that was picked, or typed in full; raises NotFound.

        Of several with that text one of this channel's group is meant, and the newest of those.
        """
        here = place.here.id if place.here is not None else None
        found = await self.open_of(place.guild_id, place.user_id)
        # Stable, so that the newest stay first within each half.
        for one in sorted(found, key=lambda one: one.group_id != here):
            if one.id == number or one.text.casefold() == given.strip().casefold():
                return one
        raise NotFound(
            "You have no open commitment like that. Pick one from the list that opens while you "
            "type, or see `/commitment list`."
        )

    @transaction
    async def done(self, tx: Transaction, place: Place, commitment_id: int) -> CommitmentView:
        """Keep a commitment; its witness, if any, is still to confirm it.

        For somebody who left the group, no witness is asked: that is done in its channel.
        """
        now = self.clock.now()
        group, one = await self._own(tx, place, commitment_id)
        if one.state is not CommitmentState.OPEN:
            raise Conflict("That one is settled already.")
        round_ = await tx.checkins.open_round(group.id)
        asks = one.witness_id is not None and await tx.groups.member(group.id, place.user_id)
        await tx.commitments.edit(
            [one.id],
            state=CommitmentState.KEPT,
            settled_at=now,
            settled_round_id=round_.id if round_ else None,
            witnessed=Witnessed.ASKED if asks else None,
        )
        await tx.deadlines.cancel(one.id, REMIND)
        await linked_writes.commitment_kept(tx, one, now)
        view = await view_of(tx, place.guild_id, one.id)
        # Once, however often it is undone and done again: nobody should be able to ring somebody's
        # phone with a button.
        return replace(view, asks=bool(asks) and one.still_asked is None)

    @transaction
    async def drop(
        self, tx: Transaction, place: Place, commitment_id: int, reason: str | None
    ) -> CommitmentView:
        """Drop a commitment; a task linked to it can be taken again."""
        reason = rules.check_reason(reason)
        now = self.clock.now()
        _, one = await self._own(tx, place, commitment_id)
        if one.state is not CommitmentState.OPEN:
            raise Conflict("That one is settled already.")
        await tx.commitments.edit(
            [one.id],
            state=CommitmentState.DROPPED,
            settled_at=now,
            reason=reason,
        )
        await tx.deadlines.cancel(one.id, REMIND)
        await linked_writes.commitment_dropped(tx, one, now)
        return await view_of(tx, place.guild_id, one.id)

    @transaction
    async def reopen(self, tx: Transaction, place: Place, commitment_id: int) -> CommitmentView:
        """Reopen a commitment that was kept or dropped."""
        now = self.clock.now()
        _, one = await self._own(tx, place, commitment_id)
        if one.state is CommitmentState.OPEN:
            raise Conflict("That one is open already.")
        await open_again(tx, one, now, one.still_asked)
        return await view_of(tx, place.guild_id, one.id)

    @snapshot
    async def view(self, tx: Transaction, guild_id: int, commitment_id: int) -> CommitmentView:
        """Return a commitment of this server; raises NotFound."""
        return await view_of(tx, guild_id, commitment_id)

    @snapshot
    async def to_remind(self, tx: Transaction, guild_id: int, commitment_id: int) -> CommitmentView:
        """Return an open commitment of somebody who is there and not away; raises NotFound."""
        view = await view_of(tx, guild_id, commitment_id)
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
