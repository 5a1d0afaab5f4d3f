"""Deletes, once a day, the deadlines and records of deliveries that were over long ago."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.base.clock import Clock
from data.store import Store
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)

EVERY = timedelta(days=1)

AT_A_TIME = 500
"""Rows that one transaction deletes: a few milliseconds, in which nobody else can write."""

PAUSE = 0.05
"""Seconds between two transactions, so that people have their turn first."""


class Pruning:
    """Keeps the tables that grow with each delivery from growing for ever."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._pruned_at: datetime | None = None

    async def prune_when_due(self) -> None:
        """Prune after the start, and a day after the last time."""
        now = self._clock.now()
        # A time that lies ahead is from before the clock was put back.
        if self._pruned_at is not None and timedelta() <= now - self._pruned_at < EVERY:
            return
        # Before the work and not after it: the next sweep comes in a minute, and the first pruning
        # of a large database takes longer.
        self._pruned_at = now
        deleted = 0
        while count := await self._prune(now):
            deleted += count
            await asyncio.sleep(PAUSE)
        if deleted:
            log.info("old rows are deleted", rows=deleted)

    async def _prune(self, now: datetime) -> int:
        async with self._store.transaction() as tx:
            return await _some(tx, now)


async def _some(tx: Transaction, now: datetime) -> int:
    deadlines = await tx.deadlines.prune(now, AT_A_TIME)
    return deadlines + await tx.deliveries.prune(now, AT_A_TIME)
