"""How a server's deliveries are doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.base.clock import Clock
from bot.place import Place, only_organisers
from cogs.server.health import rules
from cogs.server.health.deadline_names import DeadlineName, deadline_names
from data.delivery.deadlines import Deadline, DeadlineId
from data.server.groups import Server
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class ServerHealth(Struct, frozen=True):
    """How a server's deliveries are doing: what is next, and what failed (one more than shown)."""

    server: Server
    upcoming: Sequence[Deadline]
    failed: Sequence[Deadline]
    names: Mapping[DeadlineId, DeadlineName]
    now: datetime
    database: str


class HealthService:
    """What organisers may ask of deliveries, and do about those that failed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def health(self, tx: Transaction, place: Place) -> ServerHealth:
        """Return how deliveries in this server are doing; raises NotAllowed for non-organisers."""
        only_organisers(place, "look at the bot's health")
        upcoming = await tx.deadlines.upcoming(place.guild_id, rules.UPCOMING_SHOWN)
        failed = await tx.deadlines.failed(place.guild_id, rules.FAILED_SHOWN + 1)
        server = await tx.servers.get(place.guild_id)
        named = await deadline_names(tx, [*upcoming, *failed])
        return ServerHealth(server, upcoming, failed, named, self.clock.now(), self.store.version)

    @transaction
    async def retry_failed(self, tx: Transaction, place: Place) -> int:
        """Retry everything that failed; returns how many deliveries there were."""
        only_organisers(place, "retry what failed")
        return await tx.deadlines.retry_failed(place.guild_id, self.clock.now())

    @transaction
    async def dismiss_failed(self, tx: Transaction, place: Place) -> int:
        """Dismiss everything that failed; returns how many deliveries there were."""
        only_organisers(place, "dismiss what failed")
        return await tx.deadlines.dismiss_failed(place.guild_id)
