"""The gateway's line, over which everything arrives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from structlog.testing import capture_logs

from bot.app import create_bot
from bot.base.errors import StoreUnavailable
from bot.client import (
    FairSocket,
    ShardedState,
    _control,  # pyright: ignore[reportPrivateUsage]
)
from bot.config import Settings


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


def test_a_used_control_is_found_wherever_it_is_in_a_message() -> None:
    button = {"type": 2, "custom_id": "task:done:7"}
    section = {"type": 9, "components": [{"type": 10}], "accessory": button}
    menu = {"type": 3, "custom_id": "task:pick:1"}
    card = [{"type": 17, "components": [{"type": 10}, section, {"type": 1, "components": [menu]}]}]
    assert _control(card, "task:done:7") == button
    assert _control(card, "task:pick:1") == menu
    assert _control(card, "task:done:8") is None
    assert _control(card, None) is None, "a form has no control that was used"


async def test_a_listener_that_meets_no_store_is_no_defect_of_its_own(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    bot = create_bot(settings)
    bot.loop = asyncio.get_running_loop()  # as once it is logged in
    failing = [StoreUnavailable("The disk is full."), KeyError("oops")]
    done = asyncio.Event()

    async def on_guild_role_create(role: object) -> None:
        error = failing.pop(0)
        if not failing:
            done.set()
        raise error

    bot.event(on_guild_role_create)
    with capture_logs() as lines:
        for _ in range(2):
            bot.dispatch("guild_role_create", None)
        await done.wait()
        await asyncio.sleep(0)
    (line,) = lines
    assert (line["log_level"], line["reason"]) == ("warning", "The disk is full.")
    assert "exc_info" not in line
    assert [one.exc_info[0] for one in caplog.records if one.exc_info] == [KeyError]
