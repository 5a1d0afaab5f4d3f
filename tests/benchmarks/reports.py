"""What a large project costs everybody else: how long the loop stands still for it.

The report is read from a database and written as the command has it written; the board's card is
made as each change to it has it made. Both are watched with the machine free, and with every core
busy with something else.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.base.clock import SteppedClock
from cogs.boards.board.service import BoardService
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import rules as ledger
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.reports import writing as reporting
from cogs.boards.reports.service import ReportService
from cogs.boards.results import rules as findings
from cogs.boards.results.rules import TypedFindings
from data.boards.projects import Project
from data.states import Criterion, Joining, Topic
from data.store import Store
from data.transaction import Transaction
from tests.benchmarks.figure import Figure
from tests.benchmarks.pauses import LONGEST, Watched, as_the_bot, busy, watched

CLAIMS, RESULTS, RUNS, LINES = 200, 5, 50, 500
NOW = datetime(2026, 1, 1, tzinfo=UTC)

TRIES = 3
"""How often each is measured; the best counts, since a busy machine pauses everything."""


async def measure() -> list[Figure]:
    """Write the report of a project as large as one can be, and watch the loop meanwhile."""
    return await asyncio.to_thread(as_the_bot, __name__)


async def figures() -> list[Figure]:
    """Measure in this process."""
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
    boards = BoardService(store, SteppedClock(NOW))

    async def report() -> None:
        contents = await reports.contents(project.id)
        await reporting.files(contents, {1: "alice"})

    async def board() -> None:
        ledger_cards.on_board((await boards.view(project.id)).standings)

    first = await watched(report)
    free, card = await _best(report), await _best(board)
    with busy():
        beside = await _best(report)
        idle = await _best(lambda: asyncio.sleep(free.taken))
    return [
        Figure(f"a report of {CLAIMS} claims, {CLAIMS * RESULTS} results", free.taken, "s"),
        Figure("the same for the first time", first.taken, "s"),
        Figure("its longest pause of the loop, of 50 ms", free.pause / LONGEST, "x", 1),
        Figure("for the first time, of 50 ms", first.pause / LONGEST, "x", 1),
        Figure("of its own making, of 50 ms", first.own / LONGEST, "x", 1),
        Figure("with every core busy, of 50 ms", beside.pause / LONGEST, "x", 1),
        Figure("every core busy and no report, of 50 ms", idle.pause / LONGEST, "x"),
        Figure("its board's card", card.taken * 1000, "ms"),
        Figure("the card's longest pause of the loop, of 50 ms", card.pause / LONGEST, "x", 1),
    ]


async def _best(work: Callable[[], Awaitable[None]]) -> Watched:
    tries = [await watched(work) for _ in range(TRIES)]
    return Watched(*map(min, zip(*tries, strict=True)))


async def _fill(tx: Transaction) -> Project:
    await tx.servers.joined([1], NOW)
    project = await tx.projects.create(
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
