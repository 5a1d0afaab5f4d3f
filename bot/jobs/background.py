"""Work that nobody waits for: kept from being collected, logged when it fails, ended in time."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.base.errors import StoreUnavailable

log = structlog.stdlib.get_logger(__name__)


class Background:
    """The process's own tasks.

    They run in one context of their own, so that what a command bound to the log does not follow
    the work that it set off.
    """

    def __init__(self) -> None:
        self._context: contextvars.Context | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def adopt_context(self) -> None:
        """Run what is spawned from now on in a copy of the present context."""
        self._context = contextvars.copy_context()

    def spawn(self, work: Coroutine[Any, Any, object], name: str) -> asyncio.Task[None] | None:
        """Start ``work``; after ``close`` it is dropped."""
        if self._closed:
            # A coroutine that is never awaited makes Python warn, and warnings are errors in the
            # tests.
            work.close()
            return None
        if self._context is None:
            self.adopt_context()
        assert self._context is not None  # noqa: S101 - adopted above
        loop = asyncio.get_running_loop()
        task = self._context.run(loop.create_task, self._watch(work, name), name=name)
        # The event loop keeps only weak references to tasks: one that nobody holds may be collected
        # while it runs (asyncio's documentation of create_task).
        self.keep(task)
        # A task that is cancelled before it begins never awaits ``work``, and Python warns of that.
        task.add_done_callback(lambda _: work.close())
        return task

    def keep(self, task: asyncio.Task[Any]) -> bool:
        """Wait for a task that something else started, too; returns whether it is a new one."""
        if task in self._tasks:
            return False
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def close(self, seconds: float) -> None:
        """Give running work this long to finish, then cancel it."""
        self._closed = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._tasks:  # what is kept may begin meanwhile
                    await asyncio.wait(self._tasks)
        running = list(self._tasks)
        for task in running:
            task.cancel()
        # A cancelled task ends a turn of the loop later; without waiting, its clean-up would meet a
        # store that is closed.
        await asyncio.gather(*running, return_exceptions=True)

    async def _watch(self, work: Coroutine[Any, Any, object], name: str) -> None:
        try:
            await work
        # Not an Exception since Python 3.8, but said here: close() relies on it getting through.
        except asyncio.CancelledError:
            raise
        except StoreUnavailable as error:
            log.warning("the store takes no background work", work=name, reason=error.sentence)
        except Exception:
            log.exception("background work failed", work=name)
