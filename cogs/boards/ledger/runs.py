"""The runs of a claim's results on its scale, and how they are said."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from cogs.boards.ledger import intervals, number_format
from cogs.boards.ledger.intervals import Interval, Points, Theirs
from cogs.boards.ledger.terms import Sample, Terms, pooled, theirs
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import PrintedRange
from data.states import Scale


class Runs(Struct, frozen=True):
    """The runs of one source, or of all, on the scale of the claim.

    ``digit`` is one unit of the last digit typed, ``said`` begins every sentence about them, and
    ``listed`` tells whether every run's value is known.
    """

    points: Points
    digit: float
    said: str
    listed: bool


class Ruler(Struct, frozen=True):
    """The scale of a claim: values go there, and distances come back in words."""

    scale: Scale

    def at(self, value: float) -> float:
        """Return where a value lies on the scale."""
        if self.scale is Scale.LOG:
            return math.log(value) if value > 0 else -math.inf
        return value

    def back(self, interval: Interval | None) -> Interval | None:
        """Return an interval in the metric's own unit."""
        if interval is None or self.scale is Scale.LINEAR:
            return interval
        return Interval(*(math.exp(min(end, 700.0)) for end in (interval.low, interval.high)))

    def distances(self, *sizes: float) -> list[str]:
        """Say distances so that those which differ read differently."""
        if self.scale is Scale.LOG:
            said = number_format.apart([100 * math.expm1(min(size, 500.0)) for size in sizes])
            return [f"{one}%" for one in said]
        return number_format.apart(sizes)

    def theirs(self, terms: Terms, reported: Printed) -> Theirs:
        """Return how the paper's number scatters; its spread divided by it for logarithms."""
        paper = theirs(terms)
        value = abs(float(reported.value))
        if self.scale is Scale.LINEAR or not value:
            return paper
        return Theirs(
            paper.runs,
            paper.deviation / value if paper.deviation is not None else None,
            paper.error / value if paper.error is not None else None,
        )


def runs_of(ruler: Ruler, samples: Sequence[Sample], reported: Printed | PrintedRange) -> Runs:
    """Return the runs of some results on the scale of their claim.

    A mean of several runs that does not say their spread is one observation.
    """
    digit = max(float(sample.digit) for sample in samples)
    if ruler.scale is Scale.LOG:
        digit = max(float(sample.digit / abs(sample.mean)) for sample in samples)
    return Runs(
        intervals.together([points_of(ruler, sample) for sample in samples]),
        digit,
        against(samples, reported),
        all(sample.runs == max(len(sample.values), 1) for sample in samples),
    )


def points_of(ruler: Ruler, sample: Sample) -> Points:
    """Return a result's runs on a scale."""
    if sample.values:
        return Points(tuple((ruler.at(float(value)), 1) for value in sample.values))
    mean = float(sample.mean)
    if sample.runs < 2 or sample.deviation is None:
        return Points(((ruler.at(mean), 1),))
    deviation = float(sample.deviation)
    if ruler.scale is Scale.LOG:
        deviation /= abs(mean)
    return intervals.summarised(ruler.at(mean), deviation, sample.runs)


def against(samples: Sequence[Sample], reported: Printed | PrintedRange) -> str:
    """Say ours and the paper's."""
    return f"{ours(samples, reported)} against {reported.text}"


def ours(samples: Sequence[Sample], reported: Printed | PrintedRange | None) -> str:
    """Say what ours is, with the digits that its spread allows."""
    sign = "%" if reported is not None and reported.percent else ""
    whole = pooled(samples)
    if whole.runs == 1:
        return f"Ours is {number_format.shown(whole.mean)}{sign}"
    said = number_format.with_spread(whole.mean, whole.deviation)
    mean, _, spread = said.partition(" ± ")
    said = f"{mean}{sign} ± {spread}" if spread else f"{mean}{sign}"
    return f"Ours is {said} ({whole.runs} runs)"
