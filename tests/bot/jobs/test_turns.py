"""Who waits for whom where other people's servers are slow."""

from __future__ import annotations

import asyncio

from bot.jobs.turns import Turns

SLOW, OTHER = 1, 2


async def test_one_server_holds_one_turn_and_all_together_so_many() -> None:
    turns, let = Turns(2), asyncio.Event()
    under_way: list[int] = []

    async def look(guild_id: int) -> None:
        async with turns.of(guild_id):
            under_way.append(guild_id)
            await let.wait()

    async with asyncio.TaskGroup() as group:
        for guild_id in (SLOW, SLOW, SLOW, OTHER, OTHER + 1):
            group.create_task(look(guild_id))
        for _ in range(5):
            await asyncio.sleep(0)
        assert under_way == [SLOW, OTHER]
        let.set()
    assert sorted(under_way) == [SLOW, SLOW, SLOW, OTHER, OTHER + 1]
