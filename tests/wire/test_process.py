"""A bot in a process of its own, killed where it hurts most."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .models import Channel
from .process import BotProcess
from .server import WireDiscord

SEND = ("POST", "/channels/*/messages")

PROGRAM = """
import asyncio, os, pathlib, signal, sys, urllib.request, json
import discord, yarl

api, token = os.environ["COHORT_DISCORD_API"], os.environ["COHORT_TOKEN"]
discord.http.Route.BASE = api
asked = urllib.request.Request(api + "/gateway/bot", headers={"Authorization": "Bot " + token})
url = json.load(urllib.request.urlopen(asked))["url"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
done = pathlib.Path("done")

class Bot(discord.Client):
    async def on_guild_available(self, guild):
        if not done.exists():
            await guild.text_channels[0].send("due", nonce="deadline-1")
            done.write_text("recorded")
            print("recorded", flush=True)

async def main():
    bot = Bot(intents=discord.Intents.default(), guild_ready_timeout=0.05)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: loop.create_task(bot.close()))
    async with bot:
        await bot.start(token)

asyncio.run(main())
"""


@pytest.fixture
def channel(wire: WireDiscord) -> Channel:
    return wire.world.add_channel(wire.world.add_guild("Study hall"), "general")


@pytest.fixture
async def bot(wire: WireDiscord, channel: Channel, tmp_path: Path) -> AsyncIterator[BotProcess]:
    program = tmp_path / "plain_bot.py"
    program.write_text(PROGRAM)
    ignored = ("-W", "ignore::DeprecationWarning")
    bot = BotProcess(wire, tmp_path, command=(sys.executable, *ignored, str(program)))
    yield bot
    await bot.kill()


async def test_killed_between_sending_and_recording_it_does_not_send_twice(
    wire: WireDiscord, channel: Channel, bot: BotProcess
) -> None:
    wire.world.faults.add(*SEND, when="after", hook=lambda _: bot.kill_now(), cut=True)
    await bot.start()
    assert await bot.wait(within=5) == -9
    assert [m.text for m in channel.messages.values()] == ["due"]
    assert bot.stdout == ""

    await bot.start()
    await wire.world.until(lambda: len(wire.requests.matching(*SEND)) == 2)
    ended = await bot.terminate()
    assert ended.code == 0
    assert ended.seconds < 5
    assert bot.stdout == "recorded\n"
    assert [m.text for m in channel.messages.values()] == ["due"]


async def test_a_bot_that_cannot_start_says_why(wire: WireDiscord, tmp_path: Path) -> None:
    command = (sys.executable, "-c", "raise SystemExit('There is no token.')")
    bot = BotProcess(wire, tmp_path, command=command)
    with pytest.raises(AssertionError, match="There is no token"):
        await bot.start()
    await bot.launch()
    assert await bot.wait(within=10) == 1
    assert not bot.running


async def test_nothing_is_left_behind_when_a_test_fails(wire: WireDiscord, bot: BotProcess) -> None:
    async def fail() -> None:
        async with bot:
            assert bot.running
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert not bot.running
