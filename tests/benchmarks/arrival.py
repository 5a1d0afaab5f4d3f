"""What starting in very many servers costs: requests, pauses of the loop, and memory.

The bot is a process of its own, and Discord another: what the gateway does is not the bot's.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from data.store import Store
from tests.benchmarks.figure import Figure
from tests.wire.process import INHERITED, NOWHERE, ROOT
from tests.wire.server import WireDiscord

OF_A_SHARD = 1_000
"""As many servers as Discord recommends for a shard; it takes no more than 2,500."""

CHANNELS = 20
ROLES = 10
LONGEST = 50
"""Milliseconds for which nobody else may have to wait."""

ARRIVE = """
import asyncio, gc, json, resource, sys, time
from bot.app import create_bot, settle, settle_servers
from bot.client import use_discord_at
from bot.config import Settings

BEAT = 0.001

def memory():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1024

async def main():
    settings = Settings()
    use_discord_at(settings.discord_api)
    bot = create_bot(settings)
    settle()
    settle_servers(bot)
    pauses = []
    began = time.perf_counter()

    async def watch():
        before = time.process_time()
        while True:
            await asyncio.sleep(BEAT)
            now = time.process_time()
            pauses.append(now - before)
            before = now

    own = memory()
    async with bot:
        # discord.py waits so long for further servers before it says that it is ready.
        await bot.login(settings.read_token())
        bot._connection.guild_ready_timeout = 2.0
        watching = asyncio.create_task(watch())
        connecting = asyncio.create_task(bot.connect())
        await bot.wait_until_ready()
        await asyncio.sleep(1)
        arriving, longest = time.perf_counter() - began, max(pauses)
        cpu, whole = time.process_time(), memory()
        watching.cancel()
        at = time.perf_counter()
        gc.collect()
        full = time.perf_counter() - at
        told = [len(bot.guilds), arriving, cpu, longest, whole, whole - own, full]
        print(json.dumps(told), flush=True)
    connecting.cancel()

asyncio.run(main())
"""


async def measure(servers: int) -> list[Figure]:
    """Start a process in this many servers, which it already knows."""
    async with WireDiscord() as wire:
        for number in range(servers):
            guild = wire.world.add_guild(f"Server {number}")
            for channel in range(CHANNELS):
                wire.world.add_channel(guild, f"channel-{channel}")
            for role in range(ROLES):
                wire.world.add_role(guild, f"Role {role}")
        with tempfile.TemporaryDirectory() as folder:
            await _know(f"sqlite+aiosqlite:///{Path(folder) / 'cohort.db'}", wire)
            found, seconds, cpu, longest, kib, grown, full = await _run(wire, Path(folder))
        asked = sum(1 for one in wire.requests if "/commands" not in one.path)
    assert found == servers
    return [
        Figure(f"requests at a start in {servers:,} servers", asked, "", 10),
        Figure("until all have arrived", seconds, "s"),
        Figure("CPU until then", cpu, "s"),
        Figure("memory then", kib / 1024, "MiB"),
        Figure("the loop's own longest pause meanwhile", longest * 1000, "ms", LONGEST),
        Figure("a full collection after it", full * 1000, "ms", LONGEST),
        Figure("memory for each server", grown / servers, "KiB"),
    ]


async def _know(url: str, wire: WireDiscord) -> None:
    """Note the servers as known: a new one is greeted, once."""
    store = Store(url)
    await store.open()
    async with store.transaction() as tx:
        await tx.servers.joined(list(wire.world.guilds), datetime.now(UTC))
    await store.close()


async def _run(wire: WireDiscord, folder: Path) -> list[float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "ignore",
        "-c",
        ARRIVE,
        stdout=asyncio.subprocess.PIPE,
        env={
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "COHORT_TOKEN": wire.world.token,
            "COHORT_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'cohort.db'}",
            "COHORT_DISCORD_API": wire.api,
            "COHORT_SHARDS": str(max(1, len(wire.world.guilds) // OF_A_SHARD)),
            "COHORT_ARXIV_API": NOWHERE,
            "COHORT_CROSSREF_API": NOWHERE,
            "COHORT_OPENREVIEW_API": NOWHERE,
        },
    )
    out, _ = await process.communicate()
    return json.loads(out.splitlines()[-1])
