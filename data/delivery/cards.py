"""Where the live messages are."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import delete, select, update

from bot.base.shards import ALL, Shards
from data.delivery.schema import cards
from data.repository import Repository
from data.shards import of_shards
from data.states import CardKind

# Longer than any answer takes, and shorter than people wait before they ask.
PUBLISH_AFTER = timedelta(minutes=1)
"""How long the maker of something has to post its card, before the scheduler posts it."""


class Card(Struct, frozen=True):
    """A message that shows one subject and is kept up to date.

    ``shown`` is a fingerprint of what it showed last, empty where that is not known, and None
    until its reactions and its pin are done.
    """

    kind: CardKind
    subject_id: int
    guild_id: int
    channel_id: int
    message_id: int
    posted_at: datetime
    shown: str | None = ""

    @property
    def url(self) -> str:
        """The address that opens the message in Discord."""
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"


def delivery_key(kind: CardKind, subject_id: int, channel_id: int) -> str:
    """Return what the ledger of deliveries knows a card by that is posted in a channel.

    Elsewhere it is another message: a thread that was deleted and made again, for example.
    """
    return f"card/{kind}/{subject_id}/in/<#{channel_id}>"


class Cards(Repository):
    """The rows of cards."""

    async def get(self, kind: CardKind, subject_id: int) -> Card | None:
        """Return where a subject's card is."""
        return await self._first(
            Card,
            lambda: select(cards).where(cards.c.kind == kind, cards.c.subject_id == subject_id),
        )

    async def at(self, message_id: int) -> Card | None:
        """Return the card that a message is."""
        return await self._first(
            Card, lambda: select(cards).where(cards.c.message_id == message_id)
        )

    async def of_kind(self, kind: CardKind, subject_ids: list[int]) -> list[Card]:
        """Return the cards of several subjects."""
        return await self._all(
            Card,
            lambda: select(cards).where(cards.c.kind == kind, cards.c.subject_id.in_(subject_ids)),
        )

    async def of_server(self, guild_id: int) -> list[Card]:
        """Return every card in a server, the newest first."""
        return await self._all(
            Card,
            lambda: (
                select(cards).where(cards.c.guild_id == guild_id).order_by(cards.c.posted_at.desc())
            ),
        )

    async def in_channel(self, guild_id: int, channel_id: int) -> list[Card]:
        """Return the cards in one channel or thread."""
        return await self._all(
            Card,
            lambda: select(cards).where(
                cards.c.guild_id == guild_id, cards.c.channel_id == channel_id
            ),
        )

    async def put(self, card: Card) -> None:
        """Note where a card is now."""
        await self._put(
            cards,
            key=("kind", "subject_id"),
            kind=card.kind,
            subject_id=card.subject_id,
            guild_id=card.guild_id,
            channel_id=card.channel_id,
            message_id=card.message_id,
            posted_at=card.posted_at,
            shown=card.shown,
        )

    async def showing(self, card: Card, shown: str | None) -> None:
        """Note what a card shows now, unless it was posted elsewhere meanwhile."""
        kind, subject_id, message_id = card.kind, card.subject_id, card.message_id
        await self._run(
            lambda: (
                update(cards)
                .where(
                    cards.c.kind == kind,
                    cards.c.subject_id == subject_id,
                    # An edit of the old message may come back after the new one was posted.
                    cards.c.message_id == message_id,
                )
                .values(shown=shown)
            )
        )

    async def latest(self, limit: int, shards: Shards = ALL) -> list[Card]:
        """Return the cards that were posted last, whatever the server."""
        return await self._all(
            Card,
            select(cards)
            .where(*of_shards(shards, cards.c.guild_id))
            .order_by(cards.c.posted_at.desc())
            .limit(limit),
        )

    async def forget(self, kind: CardKind, subject_id: int) -> None:
        """Note that a subject has no card."""
        await self._run(
            lambda: delete(cards).where(cards.c.kind == kind, cards.c.subject_id == subject_id)
        )
