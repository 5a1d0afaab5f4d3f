"""What a full table of deadlines costs: insertion, the next due, and memory."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.store import Store
from tests.benchmarks.figure import Figure

SIZES = (1_000, 100_000, 1_000_000)
START = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 300


def fill(path: Path, rows: int) -> None:
    """Put ``rows`` pending deadlines, in no order, into a migrated database."""
    dice = random.Random(rows)  # noqa: S311 - not for secrets
    base = int(START.timestamp() * 1000)

    def row(number: int) -> tuple[object, ...]:
        due = base + dice.randrange(365 * 86_400_000)
        return (dice.randrange(1000), "remind", number, 0, 0, due, due, "pending", 0)

    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO deadlines (guild_id, kind, subject_id, occurrence, offset, due_at, "
            "deliver_at, state, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row(number) for number in range(rows)),
        )


async def make(folder: Path, rows: int) -> str:
    """Return the address of a new database with ``rows`` pending deadlines."""
    path = folder / f"{rows}.db"
    url = f"sqlite+aiosqlite:///{path}"
    store = Store(url)
    await store.open()
    await store.close()
    await asyncio.to_thread(fill, path, rows)
    return url


async def probe(url: str) -> dict[str, float]:
    """Measure one database in this process: milliseconds, and MiB of memory."""
    store = Store(url)
    await store.open()
    dice = random.Random(1)  # noqa: S311

    async def insert(number: int) -> None:
        due = START + timedelta(seconds=dice.randrange(365 * 86_400))
        async with store.transaction() as tx:
            await tx.deadlines.put("bench", number, due, guild_id=1)

    async def next_due(number: int) -> None:
        async with store.read() as tx:
            await tx.deadlines.next_due()

    figures: dict[str, float] = {}
    for name, work in (("insert", insert), ("next", next_due)):
        for number in range(50):
            await work(-number - 1)
        taken: list[float] = []
        for number in range(ROUNDS):
            began = time.perf_counter()
            await work(number)
            taken.append((time.perf_counter() - began) * 1000)
        figures[name] = statistics.median(taken)
    await store.close()
    figures["memory"] = _peak_mib()
    return figures


def _peak_mib() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def measure() -> list[Figure]:
    """Compare a table of 1 000 with larger ones, each in a process of its own."""
    found: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        urls = {rows: await make(Path(name), rows) for rows in SIZES}
        for rows, url in urls.items():
            # In turn and the best of three: the machine may be busy with something else.
            runs = [await asyncio.to_thread(_elsewhere, url) for _ in range(3)]
            found[rows] = {key: min(run[key] for run in runs) for key in runs[0]}
    least, most = found[SIZES[0]], found[SIZES[-1]]
    figures: list[Figure] = []
    for rows, figure in found.items():
        figures += [
            Figure(f"insert a deadline among {rows:,}", figure["insert"], "ms"),
            Figure(f"next due among {rows:,}", figure["next"], "ms"),
        ]
    return [
        *figures,
        Figure("insertion, 1,000,000 : 1,000", most["insert"] / least["insert"], "×", 1.5),
        Figure("next due, 1,000,000 : 1,000", most["next"] / least["next"], "×", 1.5),
        Figure(
            "more memory with 1,000,000 than with 1,000",
            most["memory"] - least["memory"],
            "MiB",
            20,
        ),
    ]


def _elsewhere(url: str) -> dict[str, float]:
    code = (
        "import asyncio, json, sys; from tests.benchmarks.deadlines import probe; "
        "print(json.dumps(asyncio.run(probe(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, url], check=True, capture_output=True, text=True
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result
