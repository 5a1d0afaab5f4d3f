"""The record of every message that had to arrive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from msgspec import Struct
from sqlalchemy import delete, select, update

from data.delivery.deadlines import KEPT
from data.delivery.schema import deliveries
from data.repository import Repository, insert_on
from data.statements import Prepared, given
from data.states import Sent

REPLY = "reply/"
"""What the keys of public replies begin with; a person whom one names and its id follow."""


class DeliveryRecord(Struct, frozen=True):
    """One message: where it went, or why it could not.

    Until it is sent, ``channel_id`` is where it may have arrived; None means the first place.
    """

    key: str
    guild_id: int
    state: Sent
    channel_id: int | None
    message_id: int | None
    first_tried_at: datetime
    sent_at: datetime | None
    attempts: int
    error: str | None

    @property
    def place(self) -> tuple[int, int] | None:
        """Where it is, once it was sent: its channel's id, and its own."""
        if self.state is not Sent.SENT or self.channel_id is None or self.message_id is None:
            return None
        return self.channel_id, self.message_id


class Deliveries(Repository):
    """The rows of the ledger."""

    async def get(self, key: str) -> DeliveryRecord | None:
        """Return what is known of a message."""
        return await self._first(
            DeliveryRecord, lambda: select(deliveries).where(deliveries.c.key == key)
        )

    async def trying(self, key: str, guild_id: int, now: datetime) -> None:
        """Note, before sending, that a message is about to be sent."""
        await self._run(_trying(self._connection.dialect.name).filled(key, guild_id, now))

    async def goes_to(self, key: str, channel_id: int) -> None:
        """Note, before sending, that a message goes to another place than the first."""
        await self._run(
            lambda: update(deliveries).where(deliveries.c.key == key).values(channel_id=channel_id)
        )

    async def sent(
        self, key: str, channel_id: int, message_id: int, now: datetime, remark: str | None = None
    ) -> None:
        """Note that a message arrived; ``remark`` says what is doubtful about it."""
        await self._run(
            lambda: (
                update(deliveries)
                .where(deliveries.c.key == key)
                .values(
                    state=Sent.SENT,
                    channel_id=channel_id,
                    message_id=message_id,
                    sent_at=now,
                    error=remark,
                )
            )
        )

    async def replied(
        self,
        user_ids: Iterable[int],
        guild_id: int,
        channel_id: int,
        message_id: int,
        now: datetime,
    ) -> None:
        """Note a public reply under everybody whom it names, so that it goes when they do."""
        rows = [
            {
                "key": f"{REPLY}{user_id}/{message_id}",
                "guild_id": guild_id,
                "state": Sent.SENT,
                "channel_id": channel_id,
                "message_id": message_id,
                "first_tried_at": now,
                "sent_at": now,
                "attempts": 1,
            }
            for user_id in user_ids
        ]
        insert = insert_on(self._connection.dialect.name, deliveries)
        await self._run(insert.values(rows).on_conflict_do_nothing())

    async def failed(self, key: str, error: str) -> None:
        """Note why a message was refused."""
        await self._run(
            lambda: (
                update(deliveries)
                .where(deliveries.c.key == key)
                .values(state=Sent.FAILED, error=error, channel_id=None)
            )
        )

    async def forget(self, key: str) -> None:
        """Allow a message with this key to be sent again: it was deleted, and is wanted again."""
        await self._run(lambda: deliveries.delete().where(deliveries.c.key == key))

    async def prune(self, now: datetime, limit: int) -> int:
        """Delete the records of what was sent long ago, ``limit`` at most; returns how many.

        Those of cards stay: as long as its subject is there, a card is not posted a second time.
        Those of replies stay, too: nothing else finds the messages that name somebody.
        """
        old = (
            select(deliveries.c.key)
            .where(
                deliveries.c.first_tried_at < now - KEPT,
                deliveries.c.key.not_like("card/%"),
                deliveries.c.key.not_like(f"{REPLY}%"),
            )
            .order_by(deliveries.c.first_tried_at)
            .limit(limit)
        )
        return await self._run(delete(deliveries).where(deliveries.c.key.in_(old)))

    async def latest(self, guild_id: int, limit: int) -> Sequence[DeliveryRecord]:
        """Return a server's latest messages."""
        return await self._all(
            DeliveryRecord,
            lambda: (
                select(deliveries)
                .where(deliveries.c.guild_id == guild_id)
                .order_by(deliveries.c.first_tried_at.desc())
                .limit(limit)
            ),
        )


@cache
def _trying(dialect: str) -> Prepared:
    """Return the statement that counts an attempt to send the message with a key."""
    first = insert_on(dialect, deliveries).values(
        key=given("key"),
        guild_id=given("guild_id"),
        state=Sent.TRYING,
        first_tried_at=given("now", deliveries.c.first_tried_at.type),
        attempts=1,
    )
    again = first.on_conflict_do_update(
        index_elements=[deliveries.c.key],
        # ``first_tried_at`` stays: it tells whether Discord can still know the nonce.
        set_={"state": Sent.TRYING, "attempts": deliveries.c.attempts + 1},
    )
    return Prepared(again, ("key", "guild_id", "now"))
