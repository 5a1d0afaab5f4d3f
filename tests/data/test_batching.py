"""Work that is done together: in order, each once, and apart where one of it is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.base.errors import StoreUnavailable
from data.batching import MOST, Batcher


class Work:
    """Writes numbers down; waits before each time until it may."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may = asyncio.Event()
        self.wrong: dict[int, Exception] = {}
        self.together = Batcher(self.do)

    async def do(self, numbers: Sequence[int]) -> list[int]:
        await self.may.wait()
        for number in numbers:
            if number in self.wrong:
                raise self.wrong[number]
        self.batches.append(list(numbers))
        return [number * 10 for number in numbers]


async def test_what_comes_meanwhile_is_done_in_one_go_and_in_order() -> None:
    work = Work()
    tasks = [asyncio.create_task(work.together.do(number)) for number in range(2 * MOST)]
    await asyncio.sleep(0)
    work.may.set()
    assert await asyncio.gather(*tasks) == [number * 10 for number in range(2 * MOST)]
    assert [number for batch in work.batches for number in batch] == list(range(2 * MOST))
    assert [len(batch) for batch in work.batches] == [1, MOST, MOST - 1]


async def test_who_comes_alone_waits_for_nobody() -> None:
    work = Work()
    work.may.set()
    assert await work.together.do(1) == 10
    assert await work.together.do(2) == 20
    assert work.batches == [[1], [2]]


async def test_what_is_wrong_with_one_is_told_to_that_one() -> None:
    work = Work()
    work.wrong[2] = ValueError("two")
    tasks = [asyncio.create_task(work.together.do(number)) for number in range(4)]
    await asyncio.sleep(0)
    work.may.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [results[number] for number in (0, 1, 3)] == [0, 10, 30]
    assert isinstance(results[2], ValueError)


async def test_a_database_that_takes_nothing_is_told_to_all_at_once() -> None:
    work = Work()
    work.wrong[1] = StoreUnavailable("full")
    tasks = [asyncio.create_task(work.together.do(number)) for number in range(3)]
    await asyncio.sleep(0)
    work.may.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] == 0
    assert all(isinstance(result, StoreUnavailable) for result in results[1:])


async def test_when_who_does_it_is_cancelled_the_next_does_it_for_all() -> None:
    work = Work()
    tasks = [asyncio.create_task(work.together.do(number)) for number in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    work.may.set()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    assert await asyncio.gather(*tasks[1:]) == [10, 20]
    assert [number for batch in work.batches for number in batch] == [0, 1, 2]
