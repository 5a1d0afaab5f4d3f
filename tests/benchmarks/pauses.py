"""For how long the event loop stands still while something large is made, and for how long idle.

Each is made for the first time in a process that has loaded what the bot has, and settled as the
bot does. A pause is also told in the process's own CPU time: that is what is left of it on a
machine that does nothing else.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from os import cpu_count
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.base.clock import SteppedClock
from bot.place import Place
from cogs.checkins.history import picture as rounds
from cogs.checkins.history.rules import RoundOutcome
from cogs.people.export.service import PersonExportService
from cogs.programmes.progress import picture as progress
from cogs.programmes.progress.rules import UnitMark
from cogs.reading.calendar import ics, service
from data.store import Store
from tests import rows
from tests.benchmarks.figure import Figure

LONGEST = 0.050
"""Seconds for which nobody else may have to wait."""

BEAT = 0.001
"""Seconds after which the loop is looked at again."""

EACH = 500
"""How many rows each table has."""

SERVER, SOMEBODY = 1, 2
START = datetime(2026, 1, 1, tzinfo=UTC)

AS_THE_BOT = """
import asyncio, importlib, json, sys
from bot.app import settle
module = importlib.import_module(sys.argv[1])
settle()
print(json.dumps([figure.as_json() for figure in asyncio.run(module.figures())]))
"""


class Watched(NamedTuple):
    """How long something took, and the loop's longest pause meanwhile, in seconds.

    ``own`` is the most CPU time that the process used in one pause.
    """

    taken: float
    pause: float
    own: float


def as_the_bot(module: str) -> list[Figure]:
    """Return a module's ``figures()``, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", AS_THE_BOT, module],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [Figure(**figure) for figure in json.loads(done.stdout)]


async def watched(work: Callable[[], Awaitable[object]]) -> Watched:
    """Do a piece of work, and watch the loop meanwhile."""
    beats: list[tuple[float, float]] = []
    done = False

    def beat() -> None:
        beats.append((time.perf_counter(), time.process_time()))

    async def watch() -> None:
        beat()
        while not done:
            await asyncio.sleep(BEAT)
            beat()

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    await work()
    taken = time.perf_counter() - began
    done = True
    await watching
    pauses = [(after[0] - one[0], after[1] - one[1]) for one, after in pairwise(beats)]
    return Watched(taken, max(pause for pause, _ in pauses), max(own for _, own in pauses))


@contextmanager
def busy() -> Generator[None]:
    """Keep every core busy meanwhile."""
    others = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


async def measure() -> list[Figure]:
    """Make each picture, file and archive, and watch the loop meanwhile."""
    return await asyncio.to_thread(as_the_bot, __name__)


async def figures() -> list[Figure]:
    """Measure in this process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.db"
        store = Store(f"sqlite+aiosqlite:///{path}")
        await store.open()
        try:
            await asyncio.to_thread(_fill, path)
            gc.collect()  # what filling it left is not the bot's
            return await _measured(_works(store))
        finally:
            await store.close()


async def _measured(works: dict[str, Callable[[], Awaitable[object]]]) -> list[Figure]:
    found: list[Figure] = []
    for name, work in works.items():
        first = await watched(work)
        found += [
            Figure(f"{name}: the loop waits at most", first.pause * 1000, "ms", LONGEST * 1000),
            Figure("of that its own making", first.own * 1000, "ms", LONGEST * 1000),
        ]
    with busy():
        longest = max([(await watched(work)).pause for work in works.values()])
        idle = await watched(lambda: asyncio.sleep(1))
    return [
        *found,
        Figure("any of them, every core busy", longest * 1000, "ms", LONGEST * 1000),
        Figure("none of them, every core busy", idle.pause * 1000, "ms"),
    ]


def _fill(path: Path) -> None:
    """Write as many rows into each table; some of them are all of one person."""
    rows.fill(path, SERVER, each=EACH)
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("checkins", "commitments"):
            connection.execute(f"UPDATE {table} SET user_id = ?", [SOMEBODY])  # noqa: S608


def _works(store: Store) -> dict[str, Callable[[], Awaitable[object]]]:
    zone = ZoneInfo("UTC")
    place = Place(
        guild_id=SERVER, channel_id=1, thread_id=None, user_id=SOMEBODY,
        organiser=False, manager=False, own_zone=None, server_zone=zone,
    )  # fmt: skip
    personal = PersonExportService(store, SteppedClock(START))
    return {
        f"a server's archive, {EACH} rows a table": lambda: store.export(SERVER),
        "somebody's own data": lambda: personal.export(place),
        "a year of rounds, drawn": lambda: asyncio.to_thread(rounds.draw, _year()),
        "a cohort's progress, drawn": lambda: asyncio.to_thread(progress.draw, _cohort()),
        f"a calendar of {EACH} meetings": lambda: asyncio.to_thread(
            ics.write, "Reading", _meetings()
        ),
    }


def _year() -> rounds.RoundsDrawing:
    outcomes = list(RoundOutcome)
    boxes = (
        rounds.RoundBox(date(2026, 1, 1) + timedelta(days=day), outcomes[day % len(outcomes)])
        for day in range(365)
    )
    return rounds.RoundsDrawing(
        (("120", "of 200"), ("4", "in a row"), ("60%", "kept")), tuple(boxes)
    )


def _cohort() -> progress.ProgressDrawing:
    marks = list(UnitMark)
    people = (
        progress.PersonRow(
            f"Somebody called {number}",
            tuple(
                progress.UnitBox(marks[(number + unit) % len(marks)], 2, unit % 3)
                for unit in range(progress.COLUMNS)
            ),
            stage=1 + number % 3,
        )
        for number in range(progress.ROWS)
    )
    stages = tuple(1 + unit // 5 for unit in range(progress.COLUMNS))
    return progress.ProgressDrawing("A programme", "Week 5", 1, 5, stages, tuple(people))


def _meetings() -> list[service.CalendarEntry]:
    return [
        service.CalendarEntry(
            uid=f"meeting-{number}@{SERVER}.cohort",
            sequence=0,
            title=f"Meeting {number}",
            starts_at=START + timedelta(days=number),
            minutes=60,
            zone=ZoneInfo("Europe/London"),
            location="the reading room",
            cancelled=False,
            changed_at=START,
        )
        for number in range(EACH)
    ]
