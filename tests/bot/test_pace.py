"""Sending stays below what Discord takes."""

from __future__ import annotations

import asyncio
import time

from bot.delivery import AT_ONCE, Pace


async def test_a_few_go_at_once_and_the_rest_at_their_pace_in_order() -> None:
    pace = Pace(per_second=200)
    began = time.perf_counter()
    went: list[tuple[int, float]] = []

    async def go(number: int) -> None:
        await pace.turn()
        went.append((number, time.perf_counter() - began))

    await asyncio.gather(*(go(number) for number in range(AT_ONCE + 40)))

    assert [number for number, _ in went] == list(range(AT_ONCE + 40))
    # Not earlier than their turns; a slow machine may make them later.
    assert all(at >= (number - AT_ONCE) / 200 - 0.001 for number, at in went), (
        "nobody goes before their turn"
    )


async def test_after_a_quiet_time_a_few_go_at_once_again() -> None:
    pace = Pace(per_second=1)
    for _ in range(AT_ONCE):
        async with asyncio.timeout(0.5):
            await pace.turn()
