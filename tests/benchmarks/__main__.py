"""Runs every measurement, prints a table, and writes ``bench.json``.

A goal that is missed is shown, never a failed build: machines differ, ratios within one run less
so. The exit code is 0 whatever was measured.
"""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from pathlib import Path

from tests.benchmarks import (
    answers,
    arrival,
    commands,
    deadlines,
    matching,
    pauses,
    reports,
    start,
    verdicts,
)
from tests.benchmarks.figure import Figure

RESULT = Path("bench.json")


def main() -> None:
    figures: list[Figure] = []
    for measure in (
        commands.measure,
        answers.measure,
        deadlines.measure,
        reports.measure,
        pauses.measure,
        start.measure,
        arrival.measure,
        matching.measure,
        verdicts.measure,
    ):
        print(f"measuring {measure.__module__.rpartition('.')[2]} …", file=sys.stderr)
        figures += asyncio.run(measure())
    width = max(len(figure.name) for figure in figures)
    print(f"{'':{width}}  {'measured':>14}  {'goal':>10}")
    for figure in figures:
        print(f"{figure.name:{width}}  {figure.measured:>14}  {figure.aim:>10}  {figure.mark}")
    RESULT.write_text(
        json.dumps(
            {
                "python": platform.python_version(),
                "machine": platform.machine(),
                "figures": [figure.as_json() for figure in figures],
            },
            indent=2,
        )
        + "\n"
    )
    print(f"written to {RESULT}", file=sys.stderr)


if __name__ == "__main__":
    main()
