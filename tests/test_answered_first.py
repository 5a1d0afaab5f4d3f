"""The watch over the order of requests sees what it is there for."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.base.clock import SteppedClock
from bot.config import Settings
from tests.answered_first import AnsweredFirst
from tests.world import World


async def test_a_message_that_comes_before_the_answer_is_noticed(
    settings: Settings, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = AnsweredFirst()
    watch.install(monkeypatch)
    world = World(settings, clock)
    await world.start()
    elsewhere = world.guild.create_text_channel("elsewhere")
    defer = discord.InteractionResponse[Any].defer

    async def late(response: discord.InteractionResponse[Any], **arguments: Any) -> None:
        await world.bot.get_partial_messageable(elsewhere.id).send("too early")
        await defer(response, **arguments)

    monkeypatch.setattr(discord.InteractionResponse, "defer", late)
    await world.organiser.slash(
        world.channel, "group create", name="A", focus="a paper", channel=elsewhere
    )
    await world.stop()
    assert any("messages before the answer" in one for one in watch.late)
