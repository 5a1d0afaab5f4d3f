"""What a large project costs everybody else: how long the loop stands still for it.

The report is read from a database and written as the command has it written; the board's card is
made as each change to it has it made. Both are watched with the machine free, and with every core
busy with something else.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from os import cpu_count
from pathlib import Path
from typing import NamedTuple

from bot.clock import SteppedClock
from cogs.boards import ledger_cards, reporting
from cogs.boards.rules import findings, ledger
from cogs.boards.rules.findings import TypedFindings
from cogs.boards.rules.ledger import TypedTerms
from cogs.boards.service import ProjectService, ReportService
from data.boards import Project
from data.database import Store, Transaction
from data.states import Criterion, Joining, Topic
from tests.benchmarks.figure import Figure

CLAIMS, RESULTS, RUNS, LINES = 200, 5, 50, 500
NOW = datetime(2026, 1, 1, tzinfo=UTC)

LONGEST = 0.050
"""Seconds for which nobody else may have to wait."""

TRIES = 3
"""How often each is measured; the best counts, since a busy machine pauses everything."""


class Watched(NamedTuple):
    """How long something took, and the loop's longest pause meanwhile, in seconds."""

    taken: float
    pause: float


async def measure() -> list[Figure]:
    """Write the report of a project as large as one can be, and watch the loop meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite+aiosqlite:///{Path(folder) / 'large.db'}")
        await store.open()
        try:
            return await _measured(store)
        finally:
            await store.close()


async def _measured(store: Store) -> list[Figure]:
    async with store.transaction() as tx:
        project = await _fill(tx)
    reports = ReportService(store, SteppedClock(NOW))
    boards = ProjectService(store, SteppedClock(NOW))

    async def report() -> None:
        contents = await reports.contents(project.id)
        await reporting.files(contents, {1: "alice"})

    async def board() -> None:
        ledger_cards.on_board((await boards.view(project.id)).standings)

    first = await _watched(report)
    free, card = await _best(report), await _best(board)
    with _busy():
        busy = await _best(report)
        idle = await _best(lambda: asyncio.sleep(free.taken))
    return [
        Figure(f"a report of {CLAIMS} claims, {CLAIMS * RESULTS} results", free.taken, "s"),
        Figure("the same for the first time", first.taken, "s"),
        Figure("its longest pause of the loop, of 50 ms", free.pause / LONGEST, "x", 1),
        Figure("for the first time, of 50 ms", first.pause / LONGEST, "x", 1),
        Figure("with every core busy, of 50 ms", busy.pause / LONGEST, "x", 1),
        Figure("every core busy and no report, of 50 ms", idle.pause / LONGEST, "x"),
        Figure("its board's card", card.taken * 1000, "ms"),
        Figure("the card's longest pause of the loop, of 50 ms", card.pause / LONGEST, "x", 1),
    ]


async def _best(work: Callable[[], Awaitable[None]]) -> Watched:
    tries = [await _watched(work) for _ in range(TRIES)]
    return Watched(min(one.taken for one in tries), min(one.pause for one in tries))


async def _watched(work: Callable[[], Awaitable[None]]) -> Watched:
    beats: list[float] = []
    done = False

    async def watch() -> None:
        while not done:
            beats.append(time.perf_counter())
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    await work()
    taken = time.perf_counter() - began
    done = True
    await watching
    return Watched(taken, max(after - before for before, after in pairwise(beats)))


@contextmanager
def _busy() -> Iterator[None]:
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


async def _fill(tx: Transaction) -> Project:
    await tx.servers.joined(1, NOW)
    project = await tx.boards.create(
        guild_id=1, group_id=None, paper_id=None, cited="A paper", title="Large",
        summary="Does it hold?", skills=(), capacity=None, joining=Joining.OPEN, channel_id=5,
        created_by=1, now=NOW,
    )  # fmt: skip
    for _ in range(LINES):
        await tx.project_log.write(
            guild_id=1, project_id=project.id, user_id=1, topic=Topic.PROGRESS,
            text="What is new " * 20, now=NOW,
        )  # fmt: skip
    for number in range(CLAIMS):
        terms = ledger.check_terms(
            TypedTerms(
                statement=f"Claim {number} " + "of the paper " * 20, metric="accuracy",
                reported="97.4 ± 0.3", runs=5, criterion=Criterion.INTERVAL,
            )
        )  # fmt: skip
        claim = await tx.claims.add(
            guild_id=1, project_id=project.id, terms=terms, created_by=1, now=NOW
        )
        for one in range(RESULTS):
            # No two results are alike.
            base = 9_700_000 + (number * RESULTS + one) * RUNS
            values = ", ".join(f"{(base + run) / 100_000:.5f}" for run in range(RUNS))
            typed = TypedFindings(
                value=values, seeds=f"0-{RUNS - 1}", notes="What one should know " * 10
            )
            found = findings.check_findings(claim, typed)
            await tx.results.add(claim, found, replaces=None, runner_id=1, now=NOW)
    return project
