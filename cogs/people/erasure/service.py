"""Erasing a person from a server.

What is deleted and what only loses their name: :mod:`data.across.person_erasure`.
"""

from __future__ import annotations

from bot.base.clock import Clock
from bot.place import Place
from data.across.person_erasure import Erased
from data.delivery.cards import Card
from data.delivery.kinds import DeadlineKind
from data.server.groups import GroupId
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class ErasureService:
    """The use cases of erasing somebody."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def reacted(self, tx: Transaction, place: Place) -> list[Card]:
        """Return the cards under which the person's reactions may be."""
        return await tx.person_erasure.reacted(place.guild_id, place.user_id)

    @transaction
    async def forget(self, tx: Transaction, place: Place) -> tuple[Erased, list[GroupId]]:
        """Erase the person from this server, in one transaction; return what Discord still has.

        The groups are the ones that they were in until now.
        """
        groups = await tx.groups.of_person(place.guild_id, place.user_id)
        erased = await tx.person_erasure.erase(place.guild_id, place.user_id)
        shown = [(card.channel_id, card.message_id) for card in erased.removed]
        for channel_id, message_id in (*shown, *erased.quoting):
            await tx.deadlines.put(
                DeadlineKind.PEOPLE_TAKE_AWAY,  # the occurrence is the message's channel
                message_id,
                self.clock.now(),
                guild_id=place.guild_id,
                occurrence=channel_id,
            )
        return erased, [group.id for group in groups]
