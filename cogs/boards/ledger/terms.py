"""What a verdict is made of: a claim's terms, what results measured, how far is too far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext

from msgspec import Struct

from cogs.boards.ledger import intervals, number_format
from cogs.boards.ledger.intervals import Interval, Theirs
from cogs.boards.printed.numbers import PRECISION, Printed
from cogs.boards.printed.ranges import PrintedRange
from data.states import Better, ClaimRole, Criterion, PrintedAs, Scale, SpreadKind, Verdict

WIDTH = 2
"""A margin that follows from the paper's spread is so many standard deviations: where about 95 %
of the paper's own runs lie."""


class Terms(Struct, frozen=True):
    """What a claim says, and how it is to be judged.

    - ``reported`` is None where the paper gives no number, and a span where it gives a bound or a
      range.
    - ``tolerance`` is a share for ``RELATIVE`` and a difference in the metric for the others.
    - ``spread`` is the paper's, of the kind ``spread_kind``, over ``runs`` runs.
    - ``gap`` is the distance to the nearest other row of the paper's table.
    - ``whole`` is 1 or 100 for a proportion, whose rest says the same as itself.
    """

    reported: Printed | PrintedRange | None
    better: Better | None
    criterion: Criterion
    tolerance: Decimal | None
    spread: Decimal | None = None
    spread_kind: SpreadKind | None = None
    runs: int | None = None
    printed_as: PrintedAs | None = None
    role: ClaimRole = ClaimRole.CLAIM
    scale: Scale = Scale.LINEAR
    gap: Decimal | None = None
    whole: Decimal | None = None


class Sample(Struct, frozen=True):
    """What one result measured.

    Either single ``values``, or the mean of ``runs`` runs with their standard deviation where it
    is known. ``digit`` is one unit of the last digit that was typed. Results of the same
    ``source`` (person, code, hardware) are judged as one; ``name`` is what people call it, and
    ``setting`` says the code and the hardware.
    """

    mean: Decimal
    runs: int = 1
    deviation: Decimal | None = None
    values: tuple[Decimal, ...] = ()
    digit: Decimal = Decimal(0)
    source: str = ""
    name: str = ""
    setting: str = ""


class Margin(Struct, frozen=True):
    """How far ours may lie from the paper's value.

    ``size`` is on the scale of the claim: a difference, or the logarithm of a ratio. ``text``
    says it in the metric's own unit, with where it comes from.
    """

    size: float
    text: str


class SourcePart(Struct, frozen=True):
    """What the results of one source say by themselves; ``setting`` is its code and hardware."""

    names: tuple[str, ...]
    verdict: Verdict
    sentence: str
    setting: str = ""


class Judgement(Struct, frozen=True):
    """A verdict, and the sentence with the numbers that explains it.

    ``interval`` is where our mean lies (90 %), in the metric's unit. ``more_runs`` is how many
    more runs like those there are would decide; None where that cannot be told. ``parts`` are the
    sources apart, where there are several, and ``disagree`` tells whether they contradict each
    other.
    """

    verdict: Verdict
    sentence: str
    margin: Margin | None = None
    interval: Interval | None = None
    more_runs: int | None = None
    parts: tuple[SourcePart, ...] = ()
    disagree: bool = False


def of_runs(values: Sequence[Decimal], *, source: str = "", name: str = "") -> Sample:
    """Return what single runs (at least one) say."""
    with localcontext(PRECISION):
        mean = sum(values, Decimal(0)) / len(values)
        deviation = None
        if len(values) > 1:
            squares = sum(((value - mean) ** 2 for value in values), Decimal(0))
            deviation = (squares / (len(values) - 1)).sqrt()
    digit = max(last_digit(value) for value in values)
    return Sample(mean, len(values), deviation, tuple(values), digit, source, name)


def last_digit(value: Decimal) -> Decimal:
    """Return one unit of the last digit of a number as it was typed."""
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(0)


def pooled(samples: Sequence[Sample]) -> Sample:
    """Return several samples (at least one) as if all their runs had been one.

    The deviation is that of all the runs together; unknown where a sample of several runs does
    not say its own. This is for what is shown: a verdict judges sources apart first.
    """
    if len(samples) == 1:
        return samples[0]
    with localcontext(PRECISION):
        runs = sum(sample.runs for sample in samples)
        mean = sum((sample.runs * sample.mean for sample in samples), Decimal(0)) / runs
        squares = Decimal(0)
        for sample in samples:
            if sample.runs > 1 and sample.deviation is None:
                return Sample(mean, runs)
            within = (sample.runs - 1) * (sample.deviation or Decimal(0)) ** 2
            squares += within + sample.runs * (sample.mean - mean) ** 2
        return Sample(mean, runs, (squares / (runs - 1)).sqrt())


def theirs(terms: Terms) -> Theirs:
    """Return what the paper says of how its number scatters, in the metric's unit."""
    if terms.spread is None:
        return Theirs(terms.runs)
    made = {
        SpreadKind.ERROR: intervals.of_error,
        SpreadKind.INTERVAL: intervals.of_interval,
        SpreadKind.RANGE: intervals.of_range,
    }.get(terms.spread_kind or SpreadKind.DEVIATION, intervals.of_deviation)
    return made(float(terms.spread), terms.runs)


def margin_of(terms: Terms) -> Margin | None:
    """Return how far ours may lie from the paper's value; None where nobody has said.

    The tolerance; else twice the standard deviation of the paper's own runs; else half of the
    distance to the nearest other row of its table, past which the order of rows may change.
    """
    reported = terms.reported
    if not isinstance(reported, Printed):
        return None
    value, sign = abs(float(reported.value)), "%" if reported.percent else ""
    if terms.tolerance is not None and terms.criterion is Criterion.RELATIVE:
        share = float(terms.tolerance)
        base, of = _base(terms, reported)
        # A share of zero allows nothing, however large the share.
        if not base:
            return None
        said = f"{number_format.short(share * 100)}% of {of}"
        if terms.scale is Scale.LOG:
            return Margin(math.log1p(share), f"{said}, as a ratio")
        return Margin(share * base, f"± {number_format.short(share * base)}{sign}, {said}")
    size, origin = _given(terms)
    if size is None:
        return None
    text = f"± {number_format.short(size)}{sign}{origin}"
    if terms.scale is not Scale.LOG:
        return Margin(size, text)
    return Margin(math.log1p(size / value), f"{text}, as a ratio") if value else None


def _given(terms: Terms) -> tuple[float | None, str]:
    """Return the margin as a difference, and where it comes from."""
    if terms.tolerance is not None:
        return float(terms.tolerance), ""
    paper = theirs(terms)
    size = None
    if paper.deviation is not None:
        size = WIDTH * paper.deviation
    elif paper.error is not None:
        # Over how many runs is unknown: two at least, so the deviation is √2 errors or more.
        size = WIDTH * math.sqrt(2) * paper.error
    elif terms.spread is not None and terms.spread_kind is SpreadKind.RANGE:
        # How many runs made the range is unknown, and so is how many deviations it is: it is taken
        # as it stands.
        size = float(terms.spread)
    if size:
        return size, ", from the spread of the paper's runs"
    if terms.gap is not None and terms.gap > 0:
        return float(terms.gap) / 2, ", half of the distance to the paper's next row"
    return None, ""


def _base(terms: Terms, reported: Printed) -> tuple[float, str]:
    """Return what a relative tolerance is a share of, and how that is called.

    Of a proportion near its whole it is what is left over, so that an accuracy of 97.4 % and an
    error of 2.6 %, which say the same, get the same margin.
    """
    value = abs(float(reported.value))
    if terms.scale is Scale.LINEAR and terms.whole is not None:
        left = float(terms.whole) - value
        if 0 < left < value:
            sign = "%" if reported.percent else ""
            return (
                left,
                f"the {number_format.short(left)}{sign} that is left to {terms.whole:f}{sign}",
            )
    return value, "the reported value"
