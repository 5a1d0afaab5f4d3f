"""The daily copies of the database: made when they are due, and known to have failed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import StartupError, StoreUnavailable
from bot.config import Settings
from data import backups
from data.store import Store

log = structlog.stdlib.get_logger(__name__)

EVERY = timedelta(days=1)

AGAIN = timedelta(hours=1)
"""When a copy that could not be made is tried again."""

OLD = timedelta(hours=30)
"""If the last copy is older than this, one is missing."""

MADE = "copy made"
FAILED = "copy failed"
"""The notes of when a copy was made last, and since when and why it cannot be."""


class CopyState(Struct, frozen=True):
    """How the copies are doing: when the last was made, and what is wrong with the next."""

    made_at: datetime | None
    failure: str | None


class Backups:
    """Makes a copy each day, while everything else goes on."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self._keep = settings.backups
        self._store = store
        self._clock = clock
        self._folder = folder(settings, store)
        self._making = asyncio.Lock()

    async def make_when_due(self) -> None:
        """Make a copy when the last one is a day old; one that fails is tried again each hour.

        Waits for a copy that is already being made.
        """
        if self._folder is None:
            return
        # Two sweeps may come together after a suspend.
        async with self._making:
            now = self._clock.now()
            if await self._is_due(now):
                await self._make(self._folder, now)

    async def _is_due(self, now: datetime) -> bool:
        async with self._store.read() as tx:
            made_at = await tx.notes.written_at(MADE)
            tried_at = await tx.notes.written_at(FAILED)
        # A time that lies ahead is from before the clock was put back.
        if made_at is not None and timedelta() <= now - made_at < EVERY:
            return False
        return tried_at is None or not timedelta() <= now - tried_at < AGAIN

    async def state(self) -> CopyState | None:
        """Return how the copies are doing; None where none are made."""
        if self._folder is None:
            return None
        async with self._store.read() as tx:
            return CopyState(await tx.notes.written_at(MADE), await tx.notes.get(FAILED) or None)

    async def _make(self, folder: Path, now: datetime) -> None:
        assert self._store.path is not None  # noqa: S101 - there is no folder without it
        try:
            copy = await asyncio.to_thread(
                backups.make, self._store.path, folder, now, keep=self._keep
            )
        except StartupError as error:
            reason = error.sentence
            log.error("the daily copy could not be made", reason=reason)
            with suppress(StoreUnavailable):  # a disk may be full for both
                await self._store.write(lambda tx: tx.notes.put(FAILED, reason, now))
            return
        log.info("copied", file=str(copy.path))
        async with self._store.transaction() as tx:
            await tx.notes.put(MADE, copy.path.name, now)
            await tx.notes.forget(FAILED)


def folder(settings: Settings, store: Store) -> Path | None:
    """Return where the copies go; None where there are none, or no file to copy."""
    if settings.backups == 0 or store.path is None:
        return None
    return settings.backup_folder or store.path.absolute().parent / "backups"
