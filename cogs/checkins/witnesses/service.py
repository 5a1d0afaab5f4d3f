"""What witnesses answer, and whether they may be pinged."""

from __future__ import annotations

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotAllowed, NotFound
from bot.base.wording import person
from bot.place import Place
from cogs.checkins.commitments.writes import CommitmentView, open_again, view_of
from data.states import CommitmentState, Witnessed
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class WitnessService:
    """The use cases of witnesses."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def answer(
        self, tx: Transaction, place: Place, commitment_id: int, *, confirmed: bool
    ) -> CommitmentView:
        """Say as its witness whether a commitment was kept; declined, it is open again.

        Raises NotAllowed for anybody but its witness, Conflict when it is no longer asked.
        """
        now = self.clock.now()
        one = await tx.commitments.get(place.guild_id, commitment_id)
        if one is None:
            raise NotFound("That commitment does not exist any more.")
        if one.witness_id != place.user_id:
            raise NotAllowed(f"{person(one.witness_id)} is the witness of this one.")
        if one.state is not CommitmentState.KEPT or one.witnessed is not Witnessed.ASKED:
            raise Conflict("That is answered already, or was taken back.")
        if confirmed:
            await tx.commitments.edit([one.id], witnessed=Witnessed.CONFIRMED)
        else:
            # Open and not broken: what a witness does not see may still be done, and then be
            # said again.
            await open_again(tx, one, now, Witnessed.DECLINED)
        return await view_of(tx, place.guild_id, one.id)

    @snapshot
    async def may_ping(self, tx: Transaction, view: CommitmentView) -> bool:
        """Whether a commitment's witness is in its group: others did not ask to hear from it."""
        assert view.commitment.witness_id is not None  # noqa: S101 - the callers asked
        return await tx.groups.member(view.group.id, view.commitment.witness_id) is not None
