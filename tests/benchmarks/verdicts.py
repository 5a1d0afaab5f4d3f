"""How often a verdict is wrong, and how often it is right: the tables of docs/verdicts.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.figure import Figure
from tests.cogs.boards.ledger.drawing import RUNS, SCATTERS, Rates, rates

DRAWS = 1000

DOCS = Path(__file__).parents[2] / "docs" / "verdicts.md"

GOALS = (
    ("wrongly reproduced, true difference = margin", "wrong", 5.0),
    ("wrongly reproduced, five deviations off", "beyond", 5.0),
    ("wrongly not reproduced, nothing differs", "blamed", 10.0),
)

SCATTER = {0.5: "½ margin", 1.0: "1 margin", 2.0: "2 margins"}


async def measure() -> list[Figure]:
    """Draw, print the tables, and return the highest error rates that chance does not explain.

    The draws are the same each time, so the documents have to have the same tables.
    """
    figures: list[Figure] = []
    documented = DOCS.read_text(encoding="utf-8").splitlines()
    for known in (False, True):
        found = list(rates(DRAWS, known=known))
        lines = table(found)
        about = "its spread known" if known else "its spread unknown"
        print("\n".join((f"Verdicts in percent of draws, the paper with {about}:", *lines, "")))
        for name, field, most in GOALS:
            surely = max(_surely(getattr(one, field)) for one in found)
            figures.append(Figure(f"{name}, {about}, surely", 100 * surely, "%", most))
        missing = sum(line not in documented for line in lines)
        figures.append(Figure(f"lines of the table missing in docs, {about}", missing, "", 0))
    return figures


def _surely(rate: float) -> float:
    """Return a rate less three standard errors: a draw more or less is chance."""
    return max(rate - 3 * math.sqrt(rate * (1 - rate) / DRAWS), 0.0)


def table(found: Sequence[Rates]) -> list[str]:
    """Return the rates as a table in Markdown, a row for each number of runs.

    Each cell says: wrongly reproduced at the margin / wrongly not reproduced / reproduced.
    """
    heads = " | ".join(f"s = {SCATTER[scatter]}" for scatter in SCATTERS)
    lines = [f"| our runs | {heads} |", "|---" * (len(SCATTERS) + 1) + "|"]
    by_place = {(one.runs, one.scatter): one for one in found}
    for runs in RUNS:
        cells = " | ".join(_cell(by_place[runs, scatter]) for scatter in SCATTERS)
        lines.append(f"| {runs} | {cells} |")
    return lines


def _cell(one: Rates) -> str:
    return " / ".join(f"{100 * rate:.1f}" for rate in (one.wrong, one.blamed, one.right))


if __name__ == "__main__":
    import asyncio

    for figure in asyncio.run(measure()):
        print(f"{figure.name:90}  {figure.measured:>8}  {figure.aim:>6}  {figure.mark}")
