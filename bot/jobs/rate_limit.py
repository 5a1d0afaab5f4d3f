"""Keeps requests to Discord below its common limit, fifty in a second.

Each takes its turn right before it leaves, also one that is made again, so that what waited for
something else, a channel's own limit for example, does not come in a heap.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections import deque
from types import SimpleNamespace

import aiohttp

AT_ONCE = 8
"""How many messages may go out without a pause after a quiet time."""

CATCHING_UP = 1.3
"""How much faster than the average rate turns come after the process was held up."""

MARGIN = 1.02
"""The window is stretched to this, since requests do not all travel equally fast."""

# The loop wakes a sleeper a little late each time. Counting turns from when they could have gone,
# not from when they went, keeps the average from sinking with every one.
OVERSLEPT = 0.01
"""How many seconds late a turn may be without delaying those behind it."""

SENDS = re.compile(r"/channels/\d+/messages")
"""What may wait: messages are sent by whoever has no person waiting for an answer."""

ANSWERS = ("/interactions/", "/webhooks/")
"""The answers to interactions are under no common limit."""


class RequestPace:
    """Gives turns, first come, first served: never more in a second than Discord takes.

    In no stretch of a second are there more than ``per_second`` turns, and no more than
    :data:`AT_ONCE` go without a pause, so that in a burst buttons still get answers in time.
    Requests that cannot wait are counted too, and waiting ones make way for them.
    """

    def __init__(self, per_second: float) -> None:
        self._line = asyncio.Lock()
        # A deque holds whole turns, so the window shrinks or grows in proportion: 45.5 a second are
        # 45 in 45/45.5 seconds.
        often = max(1, math.floor(per_second))
        self._windows = (
            _Window(often, often / per_second * MARGIN),
            _Window(AT_ONCE, AT_ONCE / per_second / CATCHING_UP),
        )

    async def turn(self) -> None:
        """Wait for one's turn."""
        # The lock is the queue: asyncio wakes its waiters in the order in which they came.
        async with self._line:
            free_at = max(window.free_at() for window in self._windows)
            # Not the event loop's clock: the time that a simulation makes pass sends no requests.
            while (wait := free_at - time.perf_counter()) > 0:  # noqa: ASYNC110 - it is the time
                await asyncio.sleep(wait)
            self._take(max(free_at, time.perf_counter() - OVERSLEPT))

    def count(self) -> None:
        """Count a request that did not wait."""
        self._take(time.perf_counter())

    def _take(self, at: float) -> None:
        for window in self._windows:
            window.take(at)


class _Window:
    """The latest turns, of which ``often`` may lie within ``seconds``."""

    def __init__(self, often: int, seconds: float) -> None:
        self._seconds = seconds
        # A full deque's first entry is the turn that has to fall out of the window before the next
        # fits. No timer and no reset at the full second: such a window lets twice the number
        # through around its edge.
        self._turns = deque[float](maxlen=often)

    def free_at(self) -> float:
        """Return from when on one more turn fits."""
        full = len(self._turns) == self._turns.maxlen
        return self._turns[0] + self._seconds if full else -math.inf

    def take(self, at: float) -> None:
        self._turns.append(at)


def paced(pace: RequestPace, api: str) -> aiohttp.TraceConfig:
    """Return what has every request to the API at ``api`` take its turn, or be counted."""

    async def leaves(
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        request: aiohttp.TraceRequestStartParams,
    ) -> None:
        address = str(request.url)
        if not address.startswith(api):
            return
        path = address.removeprefix(api)
        # Edits, reactions and look-ups may be what a person waits for, so they are counted without
        # waiting, and messages that nobody waits for make room for them.
        if request.method == "POST" and SENDS.fullmatch(path):
            await pace.turn()
        elif not path.startswith(ANSWERS):
            pace.count()

    # At the session and not around discord.py's methods: so its own retries, after a 429 for
    # example, take a turn, too.
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(leaves)
    return trace
