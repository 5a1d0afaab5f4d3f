"""A storm of answers to one meeting: how many a second, how long until the row, how many edits.

First the use case alone, against a bare upsert of as many rows. Then the whole process: reactions
come over the gateway, and from outside it is seen when each is a row, and how often the card is
edited meanwhile. Waits are from the instant at which an event is due, so that what queues counts.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite

from bot.base.clock import SteppedClock
from bot.config import Settings
from cogs.reading.rsvps import rules
from cogs.reading.rsvps.service import RsvpService
from data.delivery.cards import Card
from data.states import Answer, CardKind
from data.store import Store
from tests.benchmarks.figure import Figure
from tests.wire.models import Permission
from tests.wire.process import BotProcess
from tests.wire.server import WireDiscord

EVENTS = 1000
WITHIN = 10.0
"""Seconds in which the events come."""

TURNS = 3
"""How often as many come at once; the best counts, since a machine is slow after a rest."""

START = datetime(2026, 1, 1, tzinfo=UTC)
SERVER, CHANNEL, MESSAGE = 1, 2, 3


async def measure() -> list[Figure]:
    """Send a thousand reactions in ten seconds, and write as many rows by plain aiosqlite."""
    with tempfile.TemporaryDirectory() as folder:
        bare, bare_burst = await _upserts(Path(folder) / "bare.db")
        ours, burst = await _answers(Path(folder) / "ours.db")
    whole, edits = await _reactions()
    return [
        Figure(f"{EVENTS} answers in {WITHIN:g} s: event to row, p99", _p99(ours), "ms"),
        Figure("the same by a bare upsert, p99", _p99(bare), "ms"),
        Figure("answers : bare upserts, event to row, p99", _p99(ours) / _p99(bare), "×"),
        Figure("answers that come at once", burst, "a second"),
        Figure("bare upserts that come at once", bare_burst, "a second"),
        Figure("reactions over the gateway: event to row, p99", _p99(whole), "ms"),
        Figure("edits of the card for them", edits, "edits", _most_edits()),
    ]


def _most_edits() -> float:
    """One an interval, one before and one after."""
    return WITHIN / Settings().card_interval + 2


async def _answers(path: Path) -> tuple[list[float], float]:
    """Return how long each answer took in milliseconds, and how many fit into a second."""
    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    service = RsvpService(store, SteppedClock(START))
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
        meeting_id = await tx.meetings.add(
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
    burst = await _at_once(answer)
    async with store.read() as tx:
        turnout = rules.turnout(await tx.rsvps.of(meeting_id), None)
    assert len(turnout.going) + len(turnout.waiting) == (1 + TURNS) * EVENTS
    await store.close()
    return taken, burst


async def _upserts(path: Path) -> tuple[list[float], float]:
    """Return the same of the least that could be called an answer."""
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

        return await _spread(upsert), await _at_once(upsert)


async def _spread(work: Callable[[int], Awaitable[None]]) -> list[float]:
    """Start a piece of work for each event at its instant; returns milliseconds for each."""
    taken: list[float] = []
    began = time.perf_counter()

    async def one(number: int) -> None:
        due = began + number * WITHIN / EVENTS
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await work(number)
        taken.append((time.perf_counter() - due) * 1000)

    await asyncio.gather(*(one(number) for number in range(EVENTS)))
    return taken


async def _at_once(work: Callable[[int], Awaitable[None]]) -> float:
    """Start as many pieces of work at once; returns how many are done in a second, at best."""
    taken: list[float] = []
    for turn in range(1, 1 + TURNS):
        began = time.perf_counter()
        await asyncio.gather(*(work(turn * EVENTS + number) for number in range(EVENTS)))
        taken.append(time.perf_counter() - began)
    return EVENTS / min(taken)


async def _reactions() -> tuple[list[float], int]:
    """Return how long each reaction took to become a row, and how often the card was edited."""
    async with WireDiscord() as wire:
        wire.limits.unlimited()
        guild = wire.world.add_guild("Study hall")
        channel = wire.world.add_channel(guild, "mech-interp")
        people = [wire.world.add_person(f"p{number}", guild) for number in range(EVENTS)]
        wire.world.add_role(guild, "Organisers", Permission.MANAGE_GUILD, people[0])
        with tempfile.TemporaryDirectory() as folder:
            async with BotProcess(wire, Path(folder)) as bot:
                await wire.interact_slash(
                    people[0], channel, "group create", name="Grokkers", focus="a paper"
                )
                asked = await wire.interact_slash(
                    people[0],
                    channel,
                    "meeting schedule",
                    title="Grokking",
                    when="in 3 days",
                    capacity=EVENTS // 2,
                )
                card = asked.message
                assert card is not None
                await asyncio.sleep(2)  # until the card, its thread and its reactions stand
                rows = _Rows(bot.database)
                wire.requests.clear()
                due: list[float] = []
                began = time.perf_counter()
                for number, person in enumerate(people):
                    due.append(began + number * WITHIN / EVENTS)
                    await asyncio.sleep(max(0.0, due[-1] - time.perf_counter()))
                    wire.react(person, card, "✅")
                seen = await asyncio.to_thread(rows.wait)
                await asyncio.sleep(2)
                edits = wire.requests.matching("PATCH", f"/channels/*/messages/{card.id}")
    return [(row - came) * 1000 for row, came in zip(seen, due, strict=True)], len(edits)


class _Rows:
    """Looks from outside at how many answers are rows, all the time, in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: list[float] = []
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def wait(self) -> list[float]:
        """Return when the first, second, … row was there, once all are."""
        self._thread.join()
        return self._seen

    def _look(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as database:
            until = time.perf_counter() + 6 * WITHIN
            while len(self._seen) < EVENTS and time.perf_counter() < until:
                (count,) = database.execute("SELECT count(*) FROM rsvps").fetchone()
                self._seen += [time.perf_counter()] * (count - len(self._seen))
                time.sleep(0.001)


def _p99(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.99)]
