"""Runs measurements, prints a table, and writes ``bench.json``.

A goal that is missed is shown, never a failed build: machines differ, ratios within one run less
so. The exit code is 0 whatever was measured.
"""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from tests.benchmarks import (
    answers,
    arrival,
    at_once,
    commands,
    databases,
    deadlines,
    growth,
    layers,
    matching,
    pauses,
    reports,
    start,
    verdicts,
)
from tests.benchmarks.figure import Figure

RESULT = Path("bench.json")

PARTS: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "commands": commands.measure,
    "answers": answers.measure,
    "deadlines": deadlines.measure,
    "reports": reports.measure,
    "pauses": pauses.measure,
    "at-once": at_once.measure,
    "start": start.measure,
    "matching": matching.measure,
    "verdicts": verdicts.measure,
}
"""What is measured unless parts are named."""

ALONE: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "layers": layers.measure,
    "databases": databases.measure,
}
"""What is measured only when it is named: it takes long, or explains other figures."""


OF_SERVERS: dict[str, Callable[[int], Awaitable[list[Figure]]]] = {
    "growth": growth.measure,
    "arrival": arrival.measure,
}
"""The same, measured with as many servers as are asked for."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice([*PARTS, *ALONE, *OF_SERVERS]),
    help=f"Measure this alone; may be given several times. Without it, {', '.join(PARTS)}.",
)
@click.option(
    "--servers",
    type=click.IntRange(min=100),
    default=growth.SERVERS,
    show_default=True,
    help=f"How many servers there are in {' and '.join(OF_SERVERS)}.",
)
def main(parts: tuple[str, ...], servers: int) -> None:
    """Measure Cohort, print a table and write bench.json.

    Ratios are within one run, so they say something on a busy machine too; figures in milliseconds
    do not. All of it takes about ten minutes.
    """
    figures: list[Figure] = []
    for part in parts or PARTS:
        print(f"measuring {part} …", file=sys.stderr)
        work = OF_SERVERS[part](servers) if part in OF_SERVERS else (PARTS | ALONE)[part]()
        figures += asyncio.run(_done(work))
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


async def _done(work: Awaitable[list[Figure]]) -> list[Figure]:
    return await work


if __name__ == "__main__":
    main()
