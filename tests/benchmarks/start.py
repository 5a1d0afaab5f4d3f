"""What starting costs: importing, and being ready with a million deadlines waiting."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.deadlines import make
from tests.benchmarks.figure import Figure

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


async def measure() -> list[Figure]:
    """Time whole processes, the best of three."""
    with tempfile.TemporaryDirectory() as name:
        url = await make(Path(name), WAITING)
        imports = [await asyncio.to_thread(_run, IMPORT) for _ in range(3)]
        starts = [await asyncio.to_thread(_run, START, url) for _ in range(3)]
    return [
        Figure("import", min(run[0] for run in imports), "s"),
        Figure("memory after import", min(run[1] for run in imports), "MiB"),
        Figure(f"ready with {WAITING:,} waiting", min(run[0] for run in starts), "s", 2),
        Figure(f"memory with {WAITING:,} waiting", min(run[1] for run in starts), "MiB"),
    ]


def _run(code: str, *arguments: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    result: list[float] = json.loads(done.stdout)
    return result
