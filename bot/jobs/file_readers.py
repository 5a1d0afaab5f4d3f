"""Reading people's files away from the loop, and away from the threads that the bot itself needs.

The default pool of threads also resolves names and copies the database: a dozen slow files in it
would stop both. So files get two threads of their own, with a short queue and a time limit, at
which the reading is ended.

Threads and not processes: a process that imports the readers takes two seconds and 80 MB, on every
machine, for what takes a thread milliseconds; and limits of memory for processes exist on Linux
only. What a process would bound otherwise, the readers bound themselves: their input has a size,
what they build has a budget, and all of them take time in proportion to their text, which is tested
with hostile texts (``tests/security/test_parsers.py``). What cannot be ended, one call into C,
takes a fraction of a tenth of a second, and no file more than some 30 MB
(``tests/security/test_bounds.py``). A thread hands over after 5 ms (``sys.getswitchinterval``), so
that the loop goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar, cast

from bot.base.errors import Conflict, InvalidInput

P = ParamSpec("P")
T = TypeVar("T")

# More would not be faster, since readers are Python and share one interpreter lock; one alone would
# have everybody wait for the slowest file.
THREADS = 2
WAITING = 20
"""How many files may be read or wait at once; at a second each at most, the last waits ten."""

SECONDS = 20.0
"""How long one file may take, its wait included. Only a busy machine needs that."""


class _Ended(BaseException):
    """Raised inside a reader whose time is over; no reader's own handlers catch it."""


class _Reading:
    """One file that is read in a thread, and can be ended there.

    Python raises an exception in another thread when asked
    (https://docs.python.org/3/c-api/init.html#c.PyThreadState_SetAsyncExc), between two of its
    instructions: a loop ends at once, one call into C only afterwards.
    """

    def __init__(self, read: Callable[[], object]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._thread_id: int | None = None
        self._over = False

    def __call__(self) -> object:
        """Read, in the thread; raises _Ended once it was ended."""
        with self._lock:
            if self._over:
                raise _Ended
            self._thread_id = threading.get_ident()
        try:
            return self._read()
        finally:
            with self._lock:  # an end that comes later must not reach the next file
                self._thread_id = None
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(threading.get_ident()), None
                )

    def end(self) -> None:
        """End it, whether it runs or waits."""
        with self._lock:
            self._over = True
            if self._thread_id is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread_id), ctypes.py_object(_Ended)
                )


class Apart:
    """Runs readers of files in threads of its own."""

    def __init__(self, threads: int = THREADS, waiting: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="files")
        self._waiting = waiting
        self._under_way = 0

    async def run(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``read`` returns, or raise what it raises.

        Raises Conflict when too many files are being read, and InvalidInput for one that takes too
        long, which is ended.
        """
        # Refused, and not queued without end: whoever sends files in a loop would keep everybody
        # else's waiting.
        if self._under_way >= self._waiting:
            raise Conflict("Many files are being read just now. Try again in a minute.")
        loop = asyncio.get_running_loop()
        self._under_way += 1
        reading = _Reading(partial(read, *args, **kwargs))
        running = cast("Future[T]", self._pool.submit(reading))
        # Not when the waiting ends: a reader that was told to end may still be in a call into C,
        # and its thread is taken until that returns.
        running.add_done_callback(lambda _: self._done(loop))
        try:
            async with asyncio.timeout(SECONDS):
                return await asyncio.wrap_future(running)
        except TimeoutError:
            reading.end()
            raise InvalidInput("That takes too long to read. Give it in parts.") from None

    @property
    def under_way(self) -> int:
        """How many files are read, or wait."""
        return self._under_way

    def _done(self, loop: asyncio.AbstractEventLoop) -> None:
        """Free a place; called in the thread, so the count changes on the loop."""
        # A file may end while the process does.
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._free)

    def _free(self) -> None:
        self._under_way -= 1

    def close(self) -> None:
        """Release the threads; what is running ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


FILES = Apart()
"""The one for all files: its bounds are those of the process."""
