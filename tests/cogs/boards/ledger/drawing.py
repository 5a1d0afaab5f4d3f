"""Draws of runs, judged: how often a verdict is wrong, and how often it is right."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cogs.boards.ledger.terms import Terms, of_runs
from cogs.boards.ledger.verdicts import judge
from cogs.boards.printed.numbers import Printed
from data.states import Better, Criterion, SpreadKind, Verdict

RUNS = range(1, 11)
SCATTERS = (0.5, 1.0, 2.0)
"""Standard deviations of a run, in margins."""

PAPER = 100.0


@dataclass(frozen=True, slots=True)
class Rates:
    """What came of many draws, as shares.

    ``wrong`` is reproduced where the true difference is just the margin, ``beyond`` where it is
    five standard deviations or the margin, whichever is more, ``blamed`` is not reproduced or
    reversed where nothing differs, and ``right`` reproduced where nothing differs.
    """

    runs: int
    scatter: float
    wrong: float
    beyond: float
    blamed: float
    right: float


def rates(draws: int, *, known: bool, seed: int = 20261130) -> Iterator[Rates]:
    """Yield the rates for every number of runs and every scatter.

    Where the paper's spread is ``known``, it prints a mean of five runs that scatter as ours do;
    else the number that it prints is taken as it is.
    """
    rng = random.Random(seed)  # noqa: S311 - draws, not secrets
    for scatter in SCATTERS:
        for runs in RUNS:
            wrong = _share(rng, draws, runs, scatter, 1.0, known, {Verdict.REPRODUCED})
            far = max(1.0, 5 * scatter)
            beyond = _share(rng, draws, runs, scatter, far, known, {Verdict.REPRODUCED})
            same = [_verdict(rng, runs, scatter, 0.0, known=known) for _ in range(draws)]
            bad = {Verdict.NOT_REPRODUCED, Verdict.REVERSED}
            yield Rates(
                runs,
                scatter,
                wrong,
                beyond,
                sum(one in bad for one in same) / draws,
                same.count(Verdict.REPRODUCED) / draws,
            )


def _share(
    rng: random.Random,
    draws: int,
    runs: int,
    scatter: float,
    difference: float,
    known: bool,
    counted: set[Verdict],
) -> float:
    found = (_verdict(rng, runs, scatter, difference, known=known) for _ in range(draws))
    return sum(one in counted for one in found) / draws


def _verdict(
    rng: random.Random, runs: int, scatter: float, difference: float, *, known: bool
) -> Verdict:
    theirs = [rng.gauss(PAPER, scatter) for _ in range(5)]
    mean = sum(theirs) / 5 if known else PAPER
    spread = (sum((one - mean) ** 2 for one in theirs) / 4) ** 0.5
    terms = Terms(
        Printed(f"{mean:.6f}", Decimal(f"{mean:.6f}")),
        Better.LOWER,
        Criterion.ABSOLUTE,
        Decimal(1),
        spread=Decimal(f"{spread:.6f}") if known else None,
        spread_kind=SpreadKind.DEVIATION if known else None,
        runs=5 if known else None,
    )
    ours = [Decimal(f"{rng.gauss(PAPER + difference, scatter):.6f}") for _ in range(runs)]
    return judge(terms, [of_runs(ours)]).verdict
