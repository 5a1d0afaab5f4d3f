"""Reading people's files away from the loop, and away from the threads that the bot itself needs.

The default pool of threads also resolves names and copies the database: a dozen slow files in it
would stop both. So files get two threads of their own, with a short queue and a time limit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bot.base.errors import Conflict, InvalidInput

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
WAITING = 20
"""How many files may be read or wait at once; at most a second each, the last waits ten."""

SECONDS = 20.0
"""How long one file may take, its wait included. Only a busy machine needs that."""


class Apart:
    """Runs readers of files in threads of its own."""

    def __init__(self, threads: int = THREADS, waiting: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="files")
        self._waiting = waiting
        self._under_way = 0

    async def run(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``read`` returns, or raise what it raises.

        Raises Conflict when too many files are being read, and InvalidInput for one that takes too
        long; a thread cannot be ended, so its place stays taken until it is done.
        """
        if self._under_way >= self._waiting:
            raise Conflict("Many files are being read just now. Try again in a minute.")
        loop = asyncio.get_running_loop()
        self._under_way += 1
        running = self._pool.submit(read, *args, **kwargs)
        running.add_done_callback(lambda _: self._done(loop))
        try:
            async with asyncio.timeout(SECONDS):
                return await asyncio.wrap_future(running)
        except TimeoutError:
            raise InvalidInput("That takes too long to read. Give it in parts.") from None

    def _done(self, loop: asyncio.AbstractEventLoop) -> None:
        """Free a place; called in the thread, so the count changes on the loop."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._free)

    def _free(self) -> None:
        self._under_way -= 1

    def close(self) -> None:
        """Let go of the threads; what is running ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


FILES = Apart()
"""The one for all files of this process: what it bounds is the process."""
