"""Batches: work that arrives while other work is being written is done together, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar

from bot.base.errors import StoreUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 500
"""How many are done in one transaction, so that other writers need not wait long."""


def in_parts(items: Sequence[Item], most: int) -> Iterator[Sequence[Item]]:
    """Yield items in their order, at most ``most`` at a time."""
    for start in range(0, len(items), most):
        yield items[start : start + most]


class Batcher(Generic[Item, Result]):
    """Does what waits in one go, in order of arrival; a single call waits for nothing.

    ``do`` does all of what it is given or, when it raises, nothing of it.
    """

    def __init__(self, do: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._do = do
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._doing = asyncio.Lock()

    async def do(self, item: Item) -> Result:
        """Do it, together with what is already waiting; returns the result."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        # Whoever gets the lock does what all others wait for, so most find theirs done when they
        # get it.
        while not done.done():
            async with self._doing:
                if not done.done():
                    await self._go()
        return done.result()

    async def _go(self) -> None:
        # Taken before it is done: what arrives from here on belongs to the next batch.
        batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            await self._all(batch)
        except asyncio.CancelledError:
            # Whoever waits next does it.
            self._waiting = [one for one in batch if not one[1].done()] + self._waiting
            raise

    async def _all(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._do([item for item, _ in batch])
        # No second try one by one: the store is away for each of them alike, and each would wait
        # again.
        except StoreUnavailable as error:
            for _, done in batch:
                done.set_exception(error)
        except Exception as error:
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            # One item's error must not fail the others.
            for one in batch:
                await self._all([one])
        else:
            for (_, done), result in zip(batch, results, strict=True):
                done.set_result(result)
