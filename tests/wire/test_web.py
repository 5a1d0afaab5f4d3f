"""The web server of a whole process: calendars over HTTP, and health without a gateway."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import aiohttp

from tests.bot.net.test_web import free_port
from tests.ics import read

from .models import Permission
from .process import WARM, BotProcess
from .server import WireDiscord


async def doctor(bot: BotProcess) -> tuple[int, str]:
    """Return what the container's health check says."""
    directory = bot.directory / "doctor"
    directory.mkdir(exist_ok=True)
    beside = BotProcess(
        bot.wire, directory, environment=bot.environment, command=("doctor", "--alive")
    )
    await beside.launch()
    code = await beside.wait(within=40)
    return code, beside.stdout + beside.stderr


async def health(session: aiohttp.ClientSession, here: str) -> tuple[int, dict[str, Any]]:
    async with session.get(f"{here}/health") as answer:
        return answer.status, await answer.json()


async def until(session: aiohttp.ClientSession, here: str, status: int) -> None:
    """Wait until it says so: a start, and finding out that a connection is gone, take a moment."""
    async with asyncio.timeout(30):
        while (await health(session, here))[0] != status:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)


async def test_a_process_serves_calendars_and_says_whether_it_is_well(
    wire: WireDiscord, tmp_path: Path
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "mech-interp")
    olga = wire.world.add_person("Olga", guild)
    wire.world.add_role(guild, "Organisers", Permission.MANAGE_GUILD, olga)
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    serving = {"COHORT_WEB_PORT": str(port), "COHORT_WEB_ADDRESS": here}
    async with (
        BotProcess(wire, tmp_path, environment=serving, command=WARM) as bot,
        aiohttp.ClientSession() as session,
    ):
        await wire.interact_slash(olga, channel, "group create", name="Grokkers", focus="a paper")
        await wire.interact_slash(
            olga, channel, "meeting schedule", title="Grokking", when="in 3 days"
        )
        offered = await wire.interact_slash(olga, channel, "meeting calendar")
        (address,) = re.findall(rf"{here}/calendar/\S+\.ics", offered.text)
        async with session.get(address) as answer:
            calendar = read(await answer.read())
        (event,) = calendar.named("VEVENT")
        assert event["SUMMARY"] == "Grokking"

        await until(session, here, 200)
        assert await health(session, here) == (
            200,
            {"well": True, "store": True, "gateway": True, "overdue_seconds": 0},
        )
        code, said = await doctor(bot)
        assert code == 0, said
        assert "calendars at" in said

        secret = address.rpartition("/")[2].removesuffix(".ics")
        assert secret not in bot.stdout + bot.stderr, "an address is not logged"
        async with wire.gateway.unreachable():
            await until(session, here, 503)
            assert (await health(session, here))[1]["gateway"] is False
            code, said = await doctor(bot)
            assert code == 1
            assert "answers 503" in said
        await until(session, here, 200)
