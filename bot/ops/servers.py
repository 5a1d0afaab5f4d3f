"""The servers that the bot is in: what waits when one removes it, and what happens then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

import discord
import structlog

from bot.base.clock import Clock
from bot.base.errors import NotFound
from bot.jobs.background import Background
from bot.jobs.cards import CardKeeper
from bot.jobs.scheduler import DeadlineScheduler
from data.across.row_keys import PART
from data.across.server_erasure import tables_of_a_server
from data.batching import in_parts
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.store import Store

log = structlog.stdlib.get_logger(__name__)

KEPT = timedelta(days=30)
"""How long a server's rows are kept after it removed the bot."""

AT_A_TIME = 100
"""Servers noted in one transaction: a few milliseconds, in which nobody else can write."""


class RemovedServers:
    """Keeps what belongs to a server that removed the bot, in case it returns, and then erases it.

    An outage is not a removal: Discord still lists unavailable servers. What was missed while the
    process was down is seen at the next start.
    """

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        clock: Clock,
        deadlines: DeadlineScheduler,
        cards: CardKeeper,
        background: Background,
        back: Callable[[Sequence[int]], None],
        new: Callable[[int], None],
    ) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._deadlines = deadlines
        self._cards = cards
        self._background = background
        self._back = back
        self._new = new
        self._inside: set[int] = set()
        """The servers that have a row which says that the bot is in them."""
        self._arrived: dict[int, None] = {}
        self._welcoming = False
        deadlines.on(DeadlineKind.SERVER_ERASE, self.erase, without_us=True)

    async def start(self) -> None:
        """Deliver nothing in the servers that had removed the bot when the last process ended."""
        known = await self._store.fetch(lambda tx: tx.servers.known(shards=self._store.shards))
        for guild_id, inside in known.items():
            if inside:
                self._inside.add(guild_id)
            else:
                self._deadlines.hold(guild_id)

    def arrived(self, guild_ids: Iterable[int]) -> None:
        """Note that servers can be reached; some may be new, or back.

        Those that come together are one piece of work.
        """
        # At a start thousands come within seconds; as a task for each they would queue for the one
        # writer.
        self._arrived.update(dict.fromkeys(guild_ids))
        if not self._welcoming:
            self._welcoming = True
            self._background.spawn(self._welcome(), "welcome servers")

    async def _welcome(self) -> None:
        try:
            while self._arrived:
                guild_ids = list(self._arrived)[:AT_A_TIME]
                for guild_id in guild_ids:
                    del self._arrived[guild_id]
                known = [one for one in guild_ids if one in self._inside]
                if known:
                    self._back(known)
                await self.joined(*(one for one in guild_ids if one not in self._inside))
        finally:
            self._welcoming = False

    async def joined(self, *guild_ids: int) -> None:
        """Note that the bot is in servers; in those that had removed it, go on where it was."""
        for some in in_parts(guild_ids, AT_A_TIME):
            await self._joined(some)

    async def _joined(self, guild_ids: Sequence[int]) -> None:
        """Note it for some; those that are being erased right now are new once that is over."""
        now = self._clock.now()
        standing = list[Card]()
        async with self._store.transaction() as tx:
            known = await tx.servers.known(guild_ids)
            half_erased = await tx.server_erasure.begun(guild_ids)
            guild_ids = [one for one in guild_ids if one not in half_erased]
            await tx.servers.joined(guild_ids, now)
            returned = [one for one in guild_ids if not known.get(one, True)]
            for guild_id in returned:
                await tx.deadlines.cancel(guild_id, DeadlineKind.SERVER_ERASE)
                self._deadlines.release(guild_id)
                released = await tx.deadlines.release(guild_id, now)
                standing += await tx.cards.of_server(guild_id)
                log.info("a server is back", guild_id=guild_id, deadlines=released)
        self._inside.update(guild_ids)
        for card in standing:
            self._cards.refresh(card.kind, card.subject_id)
        if returned:
            self._back(returned)
        for guild_id in guild_ids:
            if guild_id not in known:
                self._new(guild_id)

    async def removed(self, guild_id: int) -> None:
        """Note that a server removed the bot: what is due there waits, and then all is erased."""
        now = self._clock.now()
        self._inside.discard(guild_id)
        self._deadlines.hold(guild_id)
        async with self._store.transaction() as tx:
            if (await tx.servers.get(guild_id)).left_at is not None:
                return
            await tx.servers.joined([guild_id], now)
            await tx.servers.left(guild_id, now)
            held = await tx.deadlines.hold(guild_id, besides=DeadlineKind.SERVER_ERASE)
            await tx.deadlines.put(
                DeadlineKind.SERVER_ERASE, guild_id, now + KEPT, guild_id=guild_id
            )
        log.info("a server removed the bot", guild_id=guild_id, deadlines=held)

    async def reconcile(self, mine: Callable[[int], bool] = lambda _: True) -> None:
        """Compare the known servers with those that the bot is in.

        ``mine`` tells which of them Discord has told of: those of a shard, for one.
        """
        inside = {guild.id for guild in self._client.guilds if mine(guild.id)}
        known = await self._store.fetch(lambda tx: tx.servers.known(shards=self._store.shards))
        await self.joined(*(one for one in inside if not known.get(one, False)))
        for guild_id, is_inside in known.items():
            gone = is_inside and mine(guild_id) and guild_id not in inside
            if gone and await self._is_out(guild_id):
                await self.removed(guild_id)

    async def erase(self, deadline: Deadline, late: timedelta) -> None:
        """Erase a server that removed the bot, unless it is back; ends what was interrupted.

        Raises NotFound when it is: its return was missed, for the process was down.
        """
        guild_id = deadline.subject_id
        begun = await self._store.fetch(lambda tx: tx.server_erasure.begun([guild_id]))
        if not begun and not await self._is_out(guild_id):
            await self.joined(guild_id)
            raise NotFound("The server is back.")
        rows = 0
        for table in tables_of_a_server():
            rows += await self._erase_from(table, guild_id)
        await self._store.write(lambda tx: tx.server_erasure.erase_last(guild_id))
        self._deadlines.release(guild_id)
        log.info("a server is erased", guild_id=guild_id, rows=rows)
        if self._client.get_guild(guild_id) is not None:
            await self.joined(guild_id)  # it came back meanwhile, and has a fresh start

    async def _erase_from(self, table: str, guild_id: int) -> int:
        """Erase a server's rows of one table, a part at a time; return how many there were."""
        rows, erased = 0, PART
        while erased >= PART:
            erased = await self._store.write(
                lambda tx: tx.server_erasure.erase_part(guild_id, table)
            )
            rows += erased
        return rows

    async def _is_out(self, guild_id: int) -> bool:
        """Ask Discord: the gateway may not have announced the server yet."""
        if self._client.get_guild(guild_id) is not None:
            return False
        try:
            await self._client.fetch_guild(guild_id, with_counts=False)
        except (discord.Forbidden, discord.NotFound):
            return True
        return False
