"""Where a verdict changes into another: from how far ours lies from the paper to what that is.

``criteria`` finds how near and how far ours is shown to lie; here that is held against the margin.
"""

from __future__ import annotations

import math
from decimal import Decimal

from cogs.boards.ledger import intervals
from cogs.boards.ledger.runs import Ruler, Runs
from cogs.boards.ledger.terms import Judgement, Terms, margin_of
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import PrintedRange
from data.states import Better, Scale, Verdict

PARTLY = 2
"""A claim is partly reproduced where ours is shown to lie within so many margins."""

FAR = 12
"""Where every run lies so many margins off on one side, even one run is enough to differ. By
nothing but chance it lies there in at most 3.4 % of cases as long as runs scatter by no more than
four margins, even where the paper's number is a single run's: 2·Φ(−12/(4·√2))."""

HAIR = 1e-9
"""Floats that differ by less, relative to the margin, are equal: 97.4 − 97.1 is 0.3."""


def weigh(
    terms: Terms,
    ruler: Ruler,
    runs: Runs,
    reported: Printed,
    *,
    centre: float,
    within: float,
    past: float,
) -> Judgement:
    """Return the verdict on ours, shown to lie between ``past`` and ``within`` from the paper."""
    at = ruler.at(float(reported.value))
    side = 1 if centre > at else -1
    word = "higher" if side > 0 else "lower"
    margin = margin_of(terms)
    if margin is None:
        return _without_margin(runs, reported)
    size = margin.size
    enough = size * (1 + HAIR)
    far = runs.points.all_past(at, FAR * size * (1 - HAIR)) if size else 0
    at_most, at_least, allowed = ruler.distances(within, past, size)
    if within <= enough:
        said = f"ours lies within {at_most} of it (95% sure), and {allowed} is allowed"
        return Judgement(Verdict.REPRODUCED, f"{runs.said}: {said}.", margin)
    # Before what ours may be instead: a run that moves away may only take “partly” away as well.
    same_side = ruler.scale is Scale.LOG or not reported.sign or within < abs(at)
    if within <= PARTLY * enough and same_side:
        said = f"ours lies within {at_most} of it (95% sure), which is within twice the {allowed}"
        return Judgement(Verdict.PARTLY, f"{runs.said}: {said} allowed.", margin)
    if abs(centre - at) > size and turned(runs, reported):
        return Judgement(Verdict.REVERSED, f"{runs.said}: the sign is the opposite one.", margin)
    if past > enough:
        differs = f"ours is at least {at_least} {word} (95% sure), and {allowed} is allowed"
    elif far:
        each = "it is" if runs.points.runs == 1 else "every run is"
        differs = f"{each} {word} by {FAR} times the {allowed} allowed or more"
    else:
        differs = ""
    if differs and terms.better is not None and side == upward(terms.better):
        return Judgement(Verdict.EXCEEDED, f"{runs.said}: {differs}.", margin)
    if differs:
        return Judgement(Verdict.NOT_REPRODUCED, f"{runs.said}: {differs}.", margin)
    said = f"it may differ by {at_most}, and {allowed} is allowed"
    if math.isfinite(within):
        said = f"it may differ by up to {at_most} (95% sure), and {allowed} is allowed"
    return Judgement(Verdict.INCONCLUSIVE, f"{runs.said}: {said}.", margin)


def _without_margin(runs: Runs, reported: Printed) -> Judgement:
    if turned(runs, reported):
        return Judgement(Verdict.REVERSED, f"{runs.said}: the sign is the opposite one.")
    return Judgement(
        Verdict.INCONCLUSIVE,
        f"{runs.said}. Nobody has said yet which difference would matter: set a tolerance, for "
        "example 0.5 or 2%.",
    )


def upward(better: Better) -> int:
    """Return the side of the paper's value on which ours is better: 1 above it, -1 below."""
    return 1 if better is Better.HIGHER else -1


def turned(runs: Runs, reported: Printed | PrintedRange) -> bool:
    """Whether ours is shown to have the opposite sign of the paper's value.

    By the 90 % interval of our mean. A lone run counts only where it lies at least as far on the
    other side of zero: chance does that in under 2.5 % of cases, where an effect is no smaller
    than a run's scatter.
    """
    sign, points = reported.sign, runs.points
    if not sign or math.isinf(points.mean):
        return False
    mean = intervals.of_mean(points, digit=runs.digit)
    if mean is not None:
        return mean.high < 0 if sign > 0 else mean.low > 0
    least = reported.value if isinstance(reported, Printed) else reported.end(Decimal(0))
    return -points.mean * sign >= abs(float(least)) > 0
