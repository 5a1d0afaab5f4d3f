"""Erasing a person from a server.

What is deleted and what only loses their name: :mod:`data.across.person_erasure`.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot.base.clock import Clock
from cogs.people.erasure import rules
from data.across.person_erasure import Part, Traces
from data.batching import in_parts
from data.delivery.cards import Card
from data.delivery.kinds import DeadlineKind
from data.server.groups import GroupId
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Forgotten(Struct, frozen=True):
    """How many rows were erased or made nameless, and what in Discord showed them.

    ``groups`` are those that the person was in until then.
    """

    rows: int
    changed: Sequence[Card]
    groups: Sequence[GroupId]


class ErasureService:
    """The use cases of erasing somebody.

    It takes many short transactions, with others' in between. The first one notes that it has
    begun, and the last one that it is over; what was interrupted is done again from the start,
    and finds what is left.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def begin(self, tx: Transaction, guild_id: int, user_id: int) -> None:
        """Note that somebody is to be erased, so that it happens whatever comes between."""
        await tx.deadlines.put(
            DeadlineKind.PEOPLE_FORGET,  # the occurrence is the person
            guild_id,
            self.clock.now() + rules.GO_ON,
            guild_id=guild_id,
            occurrence=user_id,
        )

    @snapshot
    async def reacted(self, tx: Transaction, guild_id: int, user_id: int) -> list[Card]:
        """Return the cards under which the person's reactions may be."""
        return await tx.person_erasure.reacted(guild_id, user_id)

    async def forget(self, guild_id: int, user_id: int) -> Forgotten:
        """Erase somebody from a server, and note which messages are to be deleted."""
        groups, traces = await self._find(guild_id, user_id)
        # Once the rows are gone, nothing tells any more which messages showed them.
        for cards in in_parts(traces.removed, rules.MESSAGES):
            messages = [(card.channel_id, card.message_id) for card in cards]
            await self._take_away(guild_id, messages, cards)
        for messages in in_parts(traces.quoting, rules.MESSAGES):
            await self._take_away(guild_id, messages)
        rows = 0
        for part in traces.parts:
            rows += await self._erase(user_id, part)
        await self._end(guild_id, user_id)
        return Forgotten(rows, traces.changed, groups)

    @snapshot
    async def shown(self, tx: Transaction, guild_id: int) -> tuple[list[Card], list[GroupId]]:
        """Return whatever in a server may show somebody: its cards and its groups."""
        groups = await tx.groups.of_server(guild_id)
        return await tx.cards.of_server(guild_id), [group.id for group in groups]

    @snapshot
    async def _find(
        self, tx: Transaction, guild_id: int, user_id: int
    ) -> tuple[list[GroupId], Traces]:
        groups = await tx.groups.of_person(guild_id, user_id)
        traces = await tx.person_erasure.find(guild_id, user_id)
        return [group.id for group in groups], traces

    @transaction
    async def _erase(self, tx: Transaction, user_id: int, part: Part) -> int:
        return await tx.person_erasure.erase(user_id, part)

    @transaction
    async def _end(self, tx: Transaction, guild_id: int, user_id: int) -> None:
        await tx.deadlines.drop(DeadlineKind.PEOPLE_FORGET, guild_id, occurrence=user_id)

    @transaction
    async def _take_away(
        self,
        tx: Transaction,
        guild_id: int,
        messages: Sequence[tuple[int, int]],
        cards: Sequence[Card] = (),
    ) -> None:
        """Schedule messages to be deleted, given as (channel, message), and forget their cards."""
        for channel_id, message_id in messages:
            await tx.deadlines.put(
                DeadlineKind.PEOPLE_TAKE_AWAY,  # the occurrence is the message's channel
                message_id,
                self.clock.now(),
                guild_id=guild_id,
                occurrence=channel_id,
            )
        for card in cards:
            await tx.cards.forget(card.kind, card.subject_id)
