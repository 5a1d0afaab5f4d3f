"""The gateway's line, over which everything arrives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket

from bot.client import FairSocket


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
