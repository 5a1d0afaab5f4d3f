"""How often a verdict is wrong, and how often it is right: the table of docs/verdicts.md."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tests.benchmarks.figure import Figure
from tests.cogs.boards.ledger.drawing import RUNS, SCATTERS, Rates, rates

DRAWS = 1000

COLUMNS = (
    ("wrongly reproduced, true difference = margin", "wrong", 5.0),
    ("wrongly reproduced, five deviations off", "beyond", 5.0),
    ("wrongly not reproduced, nothing differs", "blamed", 10.0),
    ("reproduced, nothing differs", "right", None),
)


async def measure() -> list[Figure]:
    """Draw, print the table, and return the highest error rates that chance does not explain."""
    figures: list[Figure] = []
    for known in (False, True):
        found = list(rates(DRAWS, known=known))
        about = "its spread known" if known else "its spread unknown"
        print("\n".join(table(found, f"Verdicts in percent of draws, the paper with {about}")))
        for name, field, most in COLUMNS:
            if most is not None:
                surely = max(_surely(getattr(one, field)) for one in found)
                figures.append(Figure(f"{name}, {about}, surely", 100 * surely, "%", most))
    return figures


def _surely(rate: float) -> float:
    """Return a rate less three standard errors: a draw more or less is chance."""
    return max(rate - 3 * math.sqrt(rate * (1 - rate) / DRAWS), 0.0)


def table(found: Sequence[Rates], title: str) -> list[str]:
    """Return the rates as lines of Markdown: a row for each number of runs."""
    lines = [title, ""]
    for name, field, _ in COLUMNS:
        scatters = " | ".join(f"s = {scatter:g} margins" for scatter in SCATTERS)
        lines += [f"{name}:", "", f"| runs | {scatters} |", "|---" * (len(SCATTERS) + 1) + "|"]
        for runs in RUNS:
            cells = [
                f"{100 * getattr(one, field):.1f}"
                for scatter in SCATTERS
                for one in found
                if (one.runs, one.scatter) == (runs, scatter)
            ]
            lines.append(f"| {runs} | {' | '.join(cells)} |")
        lines.append("")
    return lines


if __name__ == "__main__":
    import asyncio

    for figure in asyncio.run(measure()):
        print(f"{figure.name:90}  {figure.measured:>8}  {figure.aim:>6}  {figure.mark}")
