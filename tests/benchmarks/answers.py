"""A storm of answers to one meeting: how many a second, and how long from event to row."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiosqlite

from bot.clock import SteppedClock
from cogs.reading.service import ReadingService
from data.cards import Card
from data.database import Store
from data.states import Answer, CardKind
from tests.benchmarks.figure import Figure

EVENTS = 1000
WITHIN = 10.0
"""Seconds in which the events come."""

START = datetime(2026, 1, 1, tzinfo=UTC)
SERVER, CHANNEL, MESSAGE = 1, 2, 3


async def measure() -> list[Figure]:
    """Send a thousand reactions in ten seconds, and write as many rows by plain aiosqlite."""
    with tempfile.TemporaryDirectory() as folder:
        ours, burst = await _answers(Path(folder) / "ours.db")
        bare = await _upserts(Path(folder) / "bare.db")
    return [
        Figure("1000 answers in 10 s: event to row, p99", _p99(ours), "ms"),
        Figure("the same by a bare upsert, p99", _p99(bare), "ms"),
        Figure("answers that come at once", burst, "a second"),
    ]


async def _answers(path: Path) -> tuple[list[float], float]:
    """Return how long each answer took in milliseconds, and how many fit into a second."""
    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    service = ReadingService(store, SteppedClock(START), ZoneInfo("UTC"))
    async with store.transaction() as tx:
        group = await tx.groups.create(
            guild_id=SERVER,
            channel_id=CHANNEL,
            name="Interp",
            focus="a paper",
            timezone=None,
            created_by=1,
            now=START,
        )
        meeting_id = await tx.reading.add(
            guild_id=SERVER,
            group_id=group.id,
            title="Grokking",
            starts_at=START + timedelta(days=3),
            minutes=60,
            capacity=EVENTS // 2,
            created_by=1,
            created_at=START,
        )
        await tx.cards.put(Card(CardKind.MEETING, meeting_id, SERVER, CHANNEL, MESSAGE, START))

    async def answer(user_id: int) -> None:
        await service.reacted(SERVER, MESSAGE, user_id, Answer.GOING)

    taken = await _spread(answer)
    began = time.perf_counter()
    await asyncio.gather(*(answer(number) for number in range(EVENTS, 2 * EVENTS)))
    burst = EVENTS / (time.perf_counter() - began)
    turnout = (await service.view(meeting_id)).turnout
    assert len(turnout.going) + len(turnout.waiting) == 2 * EVENTS
    await store.close()
    return taken, burst


async def _upserts(path: Path) -> list[float]:
    async with aiosqlite.connect(path) as database:
        await database.execute("PRAGMA journal_mode = WAL")
        await database.execute("PRAGMA synchronous = NORMAL")
        await database.execute("CREATE TABLE answers (user_id INTEGER PRIMARY KEY, answer TEXT)")
        writing = asyncio.Lock()

        async def upsert(user_id: int) -> None:
            async with writing:
                await database.execute(
                    "INSERT INTO answers VALUES (?, 'going') "
                    "ON CONFLICT (user_id) DO UPDATE SET answer = excluded.answer",
                    (user_id,),
                )
                await database.commit()

        return await _spread(upsert)


async def _spread(work: Callable[[int], Awaitable[None]]) -> list[float]:
    """Start a piece of work for each event at its instant; returns milliseconds for each."""
    taken: list[float] = []
    began = time.perf_counter()

    async def one(number: int) -> None:
        due = began + number * WITHIN / EVENTS
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        came = time.perf_counter()
        await work(number)
        taken.append((time.perf_counter() - came) * 1000)

    await asyncio.gather(*(one(number) for number in range(EVENTS)))
    return taken


def _p99(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.99)]
