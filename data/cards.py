"""Where the live messages stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from data.repository import Repository
from data.schema.server import cards
from data.states import CardKind


@dataclass(frozen=True, slots=True)
class Card:
    """A message that shows one subject and is kept up to date."""

    kind: CardKind
    subject_id: int
    guild_id: int
    channel_id: int
    message_id: int
    posted_at: datetime

    @property
    def url(self) -> str:
        """The address that opens the message in Discord."""
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"


class Cards(Repository):
    """The rows of cards."""

    async def get(self, kind: CardKind, subject_id: int) -> Card | None:
        """Return where a subject's card stands."""
        return await self._first(
            Card, select(cards).where(cards.c.kind == kind, cards.c.subject_id == subject_id)
        )

    async def at(self, message_id: int) -> Card | None:
        """Return the card that a message is."""
        return await self._first(Card, select(cards).where(cards.c.message_id == message_id))

    async def of_kind(self, kind: CardKind, subject_ids: list[int]) -> list[Card]:
        """Return the cards of several subjects."""
        return await self._all(
            Card, select(cards).where(cards.c.kind == kind, cards.c.subject_id.in_(subject_ids))
        )

    async def put(self, card: Card) -> None:
        """Note where a card stands now."""
        await self._put(
            cards,
            key=("kind", "subject_id"),
            kind=card.kind,
            subject_id=card.subject_id,
            guild_id=card.guild_id,
            channel_id=card.channel_id,
            message_id=card.message_id,
            posted_at=card.posted_at,
        )

    async def forget(self, kind: CardKind, subject_id: int) -> None:
        """Note that a subject has no card."""
        await self._run(delete(cards).where(cards.c.kind == kind, cards.c.subject_id == subject_id))
