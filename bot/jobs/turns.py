"""Turns at other people's servers: so many at a time, and one of each Discord server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """Lets ``at_once`` looks happen at a time, one after the other for each Discord server.

    A server that answers slowly takes a turn for seconds. A member who adds hundreds of links to
    such servers so holds up their own Discord server, and nobody else's.
    """

    def __init__(self, at_once: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._lines: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, guild_id: int) -> AsyncGenerator[None]:
        """Wait for a turn on behalf of a Discord server, and hold it."""
        # The dictionary is weak: a line is kept by those who stand in it.
        line = self._lines.setdefault(guild_id, asyncio.Lock())
        async with line, self._turns:
            yield
