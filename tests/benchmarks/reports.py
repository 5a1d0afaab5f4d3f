"""What writing a large report costs everybody else: how long the loop stands still meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

from cogs.boards import reporting
from cogs.boards.rules import findings, ledger
from cogs.boards.rules.findings import TypedFindings
from cogs.boards.rules.ledger import Standing, TypedTerms
from cogs.boards.service.projects import BoardView
from cogs.boards.service.reports import ReportContents
from data.boards import Project, ProjectId
from data.claims import Claim, ClaimId
from data.project_log import Update
from data.results import Result, ResultId
from data.states import Criterion, Joining, ProjectState, Topic
from tests.benchmarks.figure import Figure

CLAIMS, RESULTS, RUNS = 200, 5, 50
NOW = datetime(2026, 1, 1, tzinfo=UTC)

LONGEST = 0.050
"""Seconds for which nobody else may have to wait."""


TRIES = 3
"""How often each is measured; the best counts, since a busy machine pauses everything."""


async def measure() -> list[Figure]:
    """Write the report of a project as large as one can be, and watch the loop meanwhile.

    Beside it a thread that only counts shows what the interpreter's own taking turns costs.
    """
    contents = _contents()
    written = [
        await _watched(lambda: reporting.render(contents, {1: "alice"})) for _ in range(TRIES)
    ]
    taken = min(seconds for seconds, _ in written)
    counting = [await _watched(lambda: _count(taken)) for _ in range(TRIES)]
    pause, other = (min(one for _, one in measured) for measured in (written, counting))
    return [
        Figure(f"a report of {CLAIMS} claims, {CLAIMS * RESULTS} results", taken, "s"),
        Figure("its longest pause of the loop, of 50 ms", pause / LONGEST, "x", 1),
        Figure("the same beside a thread that only counts", pause / other, "x", 3),
    ]


async def _watched(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long the work took in its thread, and the loop's longest pause, in seconds."""
    beats: list[float] = []
    done = False

    async def watch() -> None:
        while not done:
            beats.append(time.perf_counter())
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    await asyncio.to_thread(work)
    taken = time.perf_counter() - began
    done = True
    await watching
    return taken, max(after - before for before, after in pairwise(beats))


def _count(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def _contents() -> ReportContents:
    project = Project(
        ProjectId(1), 1, None, None, "A paper", "Large", "Does it hold?", (), None, Joining.OPEN,
        ProjectState.ACTIVE, 1, 5, 6, 1, NOW, None,
    )  # fmt: skip
    standings = [_standing(number) for number in range(1, CLAIMS + 1)]
    log = [
        Update(number, 1, project.id, 1, Topic.PROGRESS, "What is new " * 20, NOW)
        for number in range(500)
    ]
    return ReportContents(BoardView(project, None, [], [], [], standings, [], None, NOW), log)


def _standing(number: int) -> Standing:
    terms = ledger.check_terms(
        TypedTerms(
            statement=f"Claim {number} " + "of the paper " * 20, metric="accuracy",
            reported="97.4 ± 0.3", runs=5, criterion=Criterion.INTERVAL,
        )
    )  # fmt: skip
    claim = Claim(ClaimId(number), 1, ProjectId(1), number, 1, 1, NOW, 1, NOW, terms)
    values = ", ".join(f"{97 + run / 100:.2f}" for run in range(RUNS))
    typed = TypedFindings(value=values, seeds=f"0-{RUNS - 1}", notes="What one should know " * 10)
    results = [
        Result(
            ResultId(number * RESULTS + one), 1, claim.id, one, 1, None, 1, NOW,
            findings.check_findings(claim, typed),
        )
        for one in range(1, RESULTS + 1)
    ]  # fmt: skip
    return ledger.standing(claim, results)
