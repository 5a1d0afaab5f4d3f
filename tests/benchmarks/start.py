"""What starting costs: importing, being ready, also with a million deadlines waiting."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.commands import at_rest, cpu_seconds, server
from tests.benchmarks.deadlines import make
from tests.benchmarks.figure import Figure
from tests.wire.process import BotProcess
from tests.wire.server import WireDiscord

WAITING = 1_000_000

IMPORT = """
import resource, time
began = time.perf_counter()
import bot.app
import json
taken = time.perf_counter() - began
print(json.dumps([taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""

START = """
import asyncio, json, resource, sys, time
began = time.perf_counter()
from datetime import UTC, datetime
from bot.app import create_bot
from bot.base.clock import SteppedClock
from bot.config import Settings

async def main():
    clock = SteppedClock(datetime(2026, 1, 1, tzinfo=UTC))
    bot = create_bot(Settings(database_url=sys.argv[1]), clock=clock)
    await bot.store.open()
    bot.background.adopt_context()
    for set_up in bot.features:
        await set_up(bot)
    await bot.deadlines.start()
    taken = time.perf_counter() - began
    print(json.dumps([taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
    await bot.close()

asyncio.run(main())
"""

BOT = """
import runpy, sys
# Tools of development bring rich, which structlog loads where it is; who runs the bot has none.
sys.modules["rich"] = None
sys.argv = ["cohort", "run"]
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""


async def measure() -> list[Figure]:
    """Time whole processes, the best of three."""
    ours = await _ready("-c", BOT)
    bare = await _ready("-m", "tests.benchmarks.bare")
    with tempfile.TemporaryDirectory() as name:
        url = await make(Path(name), WAITING)
        imports = [await asyncio.to_thread(_run, IMPORT) for _ in range(3)]
        starts = [await asyncio.to_thread(_run, START, url) for _ in range(3)]
    return [
        Figure("ready in one server, CPU", ours[0], "s", 1),
        Figure("ready in one server, memory", ours[1], "MiB", 100),
        Figure("bare, ready in one server, CPU", bare[0], "s"),
        Figure("bare, ready in one server, memory", bare[1], "MiB"),
        Figure("import", min(run[0] for run in imports), "s"),
        Figure("memory after import", min(run[1] for run in imports), "MiB"),
        Figure(f"ready with {WAITING:,} waiting", min(run[0] for run in starts), "s", 2),
        Figure(f"memory with {WAITING:,} waiting", min(run[1] for run in starts), "MiB"),
    ]


async def _ready(*command: str) -> tuple[float, float]:
    """Return the seconds of CPU that a process has used once it is ready, and its MiB of memory.

    The first of four starts is left out: it makes the database, and compiles what is not yet.
    """
    runs: list[tuple[float, float]] = []
    async with WireDiscord() as wire:
        server(wire)
        with tempfile.TemporaryDirectory() as name:
            for number in range(4):
                bot = BotProcess(
                    wire,
                    Path(name),
                    command=(sys.executable, *command),
                    environment={"BARE_DATABASE": str(Path(name) / f"bare{number}.db")},
                )
                async with bot:
                    await at_rest(bot)
                    runs.append((cpu_seconds(bot), _memory(bot)))
    return min(cpu for cpu, _ in runs[1:]), min(memory for _, memory in runs[1:])


def _memory(bot: BotProcess) -> float:
    """Return how many MiB of memory a process has."""
    pages = int(Path(f"/proc/{bot.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _run(code: str, *arguments: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    result: list[float] = json.loads(done.stdout)
    return result
