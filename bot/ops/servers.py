"""The servers that the bot is in: what waits when one removes it, and what happens then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import discord
import structlog

from bot.base.clock import Clock
from bot.base.errors import NotFound
from bot.jobs.cards import CardKeeper
from bot.jobs.scheduler import DeadlineScheduler
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.store import Store

log = structlog.stdlib.get_logger(__name__)

KEPT = timedelta(days=30)
"""How long a server's rows are kept after it removed the bot."""


class Servers:
    """Keeps what belongs to a server that removed the bot, in case it returns, and then erases it.

    An outage is no removal: Discord says of each server that is unavailable that it still is
    there. What was missed while the process was down is seen at the next start.
    """

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        clock: Clock,
        deadlines: DeadlineScheduler,
        cards: CardKeeper,
        returned: Callable[[int], None],
        new: Callable[[int], None],
    ) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._deadlines = deadlines
        self._cards = cards
        self._returned = returned
        self._new = new
        self._inside: set[int] = set()
        """The servers that have a row which says that the bot is in them."""
        deadlines.on(DeadlineKind.SERVER_ERASE, self.erase, without_us=True)

    async def start(self) -> None:
        """Deliver nothing in the servers that had removed the bot when the last process ended."""
        async with self._store.read() as tx:
            servers = await tx.servers.everywhere()
        for server in servers:
            if server.left_at is None:
                self._inside.add(server.guild_id)
            else:
                self._deadlines.hold(server.guild_id)

    async def available(self, guild_id: int) -> None:
        """Hear that a server can be reached; it may be one that is new, or back."""
        if guild_id not in self._inside:
            await self.joined(guild_id)

    async def joined(self, guild_id: int) -> None:
        """Note that the bot is in a server; in one that had removed it, go on where it was."""
        now = self._clock.now()
        self._inside.add(guild_id)
        released, standing = 0, list[Card]()
        async with self._store.transaction() as tx:
            before = await tx.servers.get(guild_id)
            await tx.servers.joined(guild_id, now)
            if before.left_at is not None:
                await tx.deadlines.cancel(guild_id, DeadlineKind.SERVER_ERASE)
                self._deadlines.release(guild_id)
                released = await tx.deadlines.release(guild_id, now)
                standing = await tx.cards.of_server(guild_id)
        left_at = before.left_at
        if left_at is None:
            if before.joined_at is None:
                self._new(guild_id)
            return
        log.info("a server is back", guild_id=guild_id, left_at=left_at, deadlines=released)
        for card in standing:
            self._cards.refresh(card.kind, card.subject_id)
        self._returned(guild_id)

    async def removed(self, guild_id: int) -> None:
        """Note that a server removed the bot: what is due there waits, and then all is erased."""
        now = self._clock.now()
        self._inside.discard(guild_id)
        self._deadlines.hold(guild_id)
        async with self._store.transaction() as tx:
            if (await tx.servers.get(guild_id)).left_at is not None:
                return
            await tx.servers.joined(guild_id, now)
            await tx.servers.left(guild_id, now)
            held = await tx.deadlines.hold(guild_id, besides=DeadlineKind.SERVER_ERASE)
            await tx.deadlines.put(
                DeadlineKind.SERVER_ERASE, guild_id, now + KEPT, guild_id=guild_id
            )
        log.info("a server removed the bot", guild_id=guild_id, deadlines=held)

    async def reconcile(self) -> None:
        """Compare the servers that are known with those that the bot is in."""
        inside = {guild.id for guild in self._client.guilds}
        async with self._store.read() as tx:
            known = {server.guild_id: server for server in await tx.servers.everywhere()}
        for guild_id in inside:
            if guild_id not in known or known[guild_id].left_at is not None:
                await self.joined(guild_id)
        for guild_id, server in known.items():
            if guild_id not in inside and server.left_at is None and await self._is_out(guild_id):
                await self.removed(guild_id)

    async def erase(self, deadline: Deadline, late: timedelta) -> None:
        """Erase a server that removed the bot, unless it is back.

        Raises NotFound when it is: its return was missed, for the process was down.
        """
        guild_id = deadline.subject_id
        if not await self._is_out(guild_id):
            await self.joined(guild_id)
            raise NotFound("The server is back.")
        async with self._store.transaction() as tx:
            rows = await tx.server_erasure.erase(guild_id)
        self._deadlines.release(guild_id)
        log.info("a server is erased", guild_id=guild_id, rows=rows)

    async def _is_out(self, guild_id: int) -> bool:
        """Ask Discord: what the gateway has not told of yet is no proof."""
        if self._client.get_guild(guild_id) is not None:
            return False
        try:
            await self._client.fetch_guild(guild_id, with_counts=False)
        except (discord.Forbidden, discord.NotFound):
            return True
        return False
