"""The gateway's line, over which everything arrives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket

from bot.client import FairSocket, ShardedState


async def test_others_have_their_turn_after_each_event(monkeypatch: pytest.MonkeyPatch) -> None:
    async def taken(line: DiscordWebSocket, message: Any, /) -> None:
        """Take it without waiting, as discord.py does what has been received already."""

    monkeypatch.setattr(DiscordWebSocket, "received_message", taken)
    line, turns = object.__new__(FairSocket), 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.create_task(other())
    for _ in range(10):
        await line.received_message("{}")
    working.cancel()
    assert turns >= 10


async def test_a_shard_that_begins_anew_leaves_the_others_to_become_ready() -> None:
    state = object.__new__(ShardedState)
    another = asyncio.create_task(asyncio.sleep(0.01))
    state._ready_tasks = {0: another}  # type: ignore[dict-item]
    all_ready = asyncio.create_task(state._delay_ready())
    await asyncio.sleep(0)
    all_ready.cancel()
    await asyncio.wait([another, all_ready])
    assert not another.cancelled()
