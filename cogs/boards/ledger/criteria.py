"""What the runs of one source say of a claim, under each criterion."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from cogs.boards.ledger import intervals, number_format
from cogs.boards.ledger.intervals import Interval, Points, Theirs
from cogs.boards.ledger.runs import Ruler, Runs, against, runs_of
from cogs.boards.ledger.terms import Judgement, Sample, Terms, margin_of
from cogs.boards.ledger.thresholds import turned, upward, weigh
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import PrintedRange
from data.states import Better, Criterion, PrintedAs, Scale, Verdict

ENOUGH = 3
"""From so many runs on, their own scatter says how sure we are."""

MULTIPLES = (2, 3, 4, 5, 8, 10, 20, 50, 100)
"""How many times the runs there are is tried, to tell how many more would decide."""

BEST_VARIANCE = (1.0, 0.6817, 0.5595, 0.4917, 0.4475, 0.4159, 0.3919, 0.3729, 0.3574, 0.3443)
"""The variance of the best of 1 to 10 standard normal draws (Teichroew, Ann. Math. Stat. 27
(1956), 410). More draws vary less, so the last is on the safe side for them."""

MEDIAN_ERROR = math.sqrt(math.pi / 2)
"""How many times the standard error of a mean that of a median is, for normal runs."""


def near(terms: Terms, ruler: Ruler, runs: Runs) -> Judgement:
    """Compare ours with a number, within the margin."""
    found = _near(terms, ruler, runs)
    if found.verdict is not Verdict.INCONCLUSIVE or found.margin is None or found.more_runs:
        return found
    return _with_more(found, runs, lambda more: _near(terms, ruler, more))


def _near(terms: Terms, ruler: Ruler, runs: Runs) -> Judgement:
    reported = terms.reported
    assert isinstance(reported, Printed)  # noqa: S101 - the caller has looked
    if terms.printed_as in (PrintedAs.BEST, PrintedAs.MEDIAN):
        return _like(terms, ruler, runs, reported)
    paper = ruler.theirs(terms, reported)
    at = ruler.at(float(reported.value))
    predict = terms.criterion is Criterion.INTERVAL
    # Each end for itself: both together make the 95 % interval of a prediction, or the 90 %
    # interval of two one-sided tests.
    sure = 0.975 if predict else intervals.SURE
    single = terms.printed_as is PrintedAs.SINGLE
    if single:
        # What is printed is one run, and lies as far off as single runs do.
        paper = Theirs(1, paper.deviation, paper.deviation)
    agrees = intervals.cautious(
        runs.points, at, at, paper, digit=runs.digit, sure=sure, single=single or predict
    )
    differs = intervals.usual(runs.points, paper, digit=runs.digit, sure=sure)
    found = weigh(
        terms,
        ruler,
        runs,
        reported,
        centre=runs.points.mean,
        within=agrees.farthest(at) if agrees is not None else math.inf,
        past=differs.nearest(at) if differs is not None else 0.0,
    )
    # A lone run has no interval of its own; how far it tells the mean to lie is one.
    return replace(found, interval=ruler.back(intervals.of_mean(runs.points) or agrees))


def _with_more(found: Judgement, runs: Runs, again: Callable[[Runs], Judgement]) -> Judgement:
    """Say how many more runs would decide, if they came out as those there are."""
    points = runs.points
    if points.runs == 1:
        need = ENOUGH - 1
        said = f"One run does not show how far runs scatter: {need} more would."
        return replace(found, more_runs=need, sentence=f"{found.sentence} {said}")

    def decides(times: int) -> bool:
        many = Points(tuple((value, count * times) for value, count in points.counted))
        return again(replace(runs, points=many)).verdict is not Verdict.INCONCLUSIVE

    if not decides(MULTIPLES[-1]):
        size = found.margin.size if found.margin is not None else 0.0
        if (points.deviation or 0.0) <= max(runs.digit, size) and runs.digit / 2 >= size > 0:
            said = "They are written with too few digits for what is allowed: log them with more."
            return replace(found, sentence=f"{found.sentence} {said}")
        said = "More runs like these would not tell: they scatter too far for what is allowed."
        return replace(found, sentence=f"{found.sentence} {said}")
    # Halving works, since more runs like these only narrow the interval: once they decide, they go
    # on deciding.
    low, high = 0, len(MULTIPLES) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(MULTIPLES[middle]) else (middle + 1, high)
    more = (MULTIPLES[low] - 1) * points.runs
    said = f"About {more} more runs like these would tell."
    return replace(found, more_runs=more, sentence=f"{found.sentence} {said}")


def _like(terms: Terms, ruler: Ruler, runs: Runs, reported: Printed) -> Judgement:
    """Compare the best of several runs, or their median, with the same of ours.

    Our best of k is the expected best of k runs drawn from our n (Dodge et al. 2019, “Show Your
    Work”, arXiv:1909.03004); it varies as the best of k normal draws does.
    """
    refused = _unlike(terms, runs)
    if refused is not None:
        return refused
    points, at = runs.points, ruler.at(float(reported.value))
    values = list(chain.from_iterable([value] * count for value, count in points.counted))
    within, past = _like_within(terms, values, at), 0.0
    # From twice as many runs on their scatter is told, which must not take away what fewer said.
    told = 2 * (terms.runs or 1) if terms.printed_as is PrintedAs.BEST else 0
    if len(values) < told:
        within = max(within, _like_within(terms, [*values, *[at] * (told - len(values))], at))
    like = _likeness(terms, len(values))
    centre = _expected(terms, like, values)
    if like.independent > 1:
        sure = intervals.quantile(intervals.SURE, like.independent - 1)
        scatter = (points.deviation or 0.0) * math.sqrt(like.variance)
        error = scatter * math.sqrt(1 / like.independent + 1 / like.paper)
        past = max(abs(centre - at) - sure * error, 0.0)
    return weigh(
        terms, ruler, runs, reported, centre=centre, within=within + runs.digit / 2, past=past
    )


class _Likeness(Struct, frozen=True):
    """How a best of several runs, or a median, comes from runs in their order.

    ``weights`` has each run's part in it, ``independent`` is how many of it our runs make apart,
    and ``paper`` how many of it the paper's number stands on; ``variance`` is its own, in
    variances of a run.
    """

    weights: Sequence[float]
    independent: int
    paper: int
    variance: float


def _likeness(terms: Terms, number: int) -> _Likeness:
    if terms.printed_as is PrintedAs.BEST:
        of = terms.runs or 1
        weights = [math.comb(place, of - 1) / math.comb(number, of) for place in range(number)]
        variance = BEST_VARIANCE[min(of, len(BEST_VARIANCE)) - 1]
        return _Likeness(weights, number // of, 1, variance)
    middle = ((number - 1) // 2, number // 2)
    weights = [(place in middle) / (1 + (number % 2 == 0)) for place in range(number)]
    return _Likeness(weights, number, terms.runs or 1, MEDIAN_ERROR**2)


def _expected(terms: Terms, like: _Likeness, values: Sequence[float], side: int = 1) -> float:
    """Return the best or the median to be expected of values; the best is the last of them.

    ``side`` is -1 for values in which less is more, such as distances below the paper's.
    """
    best_last = sorted(values, reverse=(terms.better is Better.LOWER) != (side < 0))
    return math.fsum(weight * value for weight, value in zip(like.weights, best_last, strict=True))


def _like_within(terms: Terms, values: Sequence[float], at: float) -> float:
    """Return how far from the paper's value our best or our median may lie (95 % sure)."""
    like = _likeness(terms, len(values))
    distance = max(
        _expected(terms, like, [max(side * (value - at), 0.0) for value in values], side)
        for side in (1, -1)
    )
    if like.independent < 2:
        return distance / intervals.NEAR[1]
    # All runs tell how far single ones scatter, and with it how far a best or a median does.
    sure = intervals.quantile(intervals.SURE, len(values) - 1)
    # Around the paper's value, so that no run that moves away makes the interval shorter.
    square = math.fsum((value - at) ** 2 for value in values) / (len(values) - 1)
    return distance + sure * math.sqrt(square * like.variance / like.independent)


def _unlike(terms: Terms, runs: Runs) -> Judgement | None:
    """Return why a best or a median cannot be compared with its like; None where it can."""
    of, number, need = terms.runs, runs.points.runs, None
    if terms.printed_as is PrintedAs.MEDIAN:
        said = "The paper prints a median"
        if number < ENOUGH:
            need = ENOUGH - number
    elif of is None:
        said = "The paper prints the best of its runs and does not say of how many"
        return Judgement(Verdict.INCONCLUSIVE, f"{runs.said}. {said}: set it if you know.")
    elif terms.better is None:
        said = "The paper prints the best of its runs: set which way is better"
        return Judgement(Verdict.INCONCLUSIVE, f"{runs.said}. {said}.")
    else:
        said = f"The paper prints the best of {of} runs"
        if number < of:
            need = of - number
    if not runs.listed:
        said = f"{said}: list the value of each of yours to compare with it"
        return Judgement(Verdict.INCONCLUSIVE, f"{runs.said}. {said}.")
    if need is not None:
        more = f"{need} more run{'s' if need > 1 else ''} can be compared with it"
        said = f"{runs.said}. {said}: {more}."
        return Judgement(Verdict.INCONCLUSIVE, said, margin_of(terms), more_runs=need)
    return None


def in_span(terms: Terms, ruler: Ruler, runs: Runs) -> Judgement:
    """Compare ours with a bound or a range."""
    found = _in_span(terms, ruler, runs)
    if found.verdict is not Verdict.INCONCLUSIVE:
        return found
    return _with_more(found, runs, lambda more: _in_span(terms, ruler, more))


def ends(ruler: Ruler, span: PrintedRange) -> tuple[float, float]:
    """Return the ends of a bound or a range on a claim's scale; an open one is infinite."""
    return (
        ruler.at(float(span.low)) if span.low is not None else -math.inf,
        ruler.at(float(span.high)) if span.high is not None else math.inf,
    )


def room(terms: Terms, ruler: Ruler, span: PrintedRange) -> float:
    """Return how far past a bound or a range ours may lie and still be partly reproduced."""
    if terms.tolerance is None:
        return 0.0
    known = [abs(float(end)) for end in (span.low, span.high) if end is not None]
    share = float(terms.tolerance)
    if ruler.scale is Scale.LOG:
        return math.log1p(share if terms.criterion is Criterion.RELATIVE else share / min(known))
    return share * (min(known) if terms.criterion is Criterion.RELATIVE else 1.0)


def _in_span(terms: Terms, ruler: Ruler, runs: Runs) -> Judgement:
    span = terms.reported
    assert isinstance(span, PrintedRange)  # noqa: S101 - the caller has looked
    low, high = ends(ruler, span)
    kind = "bound" if span.is_bound else "range"
    agrees = intervals.cautious(runs.points, low, high, Theirs(), digit=runs.digit, lasting=False)
    mean = intervals.of_mean(runs.points, digit=runs.digit)
    shown = ruler.back(mean)
    said = runs.said
    if shown is not None:
        first, last = number_format.apart([shown.low, shown.high])
        said = f"{said}: our mean lies between {first} and {last} (90% interval)"
    partly = room(terms, ruler, span)
    if agrees is not None and _holds(agrees, low, high, 0.0, strict=span.strict):
        kept = "keeps to the bound" if span.is_bound else "lies in the range"
        return Judgement(Verdict.REPRODUCED, f"{said}, and {kept}.", interval=shown)
    past = mean is not None and (mean.low > high or mean.high < low)
    same_side = agrees is not None and (
        not span.sign or (agrees.low > 0 if span.sign > 0 else agrees.high < 0)
    )
    may = agrees is not None and partly > 0 and (same_side or ruler.scale is Scale.LOG)
    if may and agrees is not None and _holds(agrees, low, high, partly, strict=False):
        said = f"{said}, past the {kind} by no more than is allowed for partly"
        return Judgement(Verdict.PARTLY, f"{said}.", interval=shown)
    if past or (mean is None and turned(runs, span)):
        verdict = _past_span(terms, runs, span, low)
        return Judgement(verdict, f"{said}, past the {kind}.", interval=shown)
    if mean is None:
        return Judgement(Verdict.INCONCLUSIVE, f"{said}.")
    said = f"{said}, which is too wide to tell whether it keeps to the {kind}"
    return Judgement(Verdict.INCONCLUSIVE, f"{said}.", interval=shown)


def _holds(interval: Interval, low: float, high: float, by: float, *, strict: bool) -> bool:
    if strict and (interval.low <= low or interval.high >= high):
        return False
    return interval.low >= low - by and interval.high <= high + by


def _past_span(terms: Terms, runs: Runs, span: PrintedRange, low: float) -> Verdict:
    """Return what ours comes to when it does not lie there; a bound is never exceeded."""
    if turned(runs, span):
        return Verdict.REVERSED
    side = -1 if runs.points.mean < low else 1
    if not span.is_bound and terms.better is not None and side == upward(terms.better):
        return Verdict.EXCEEDED
    return Verdict.NOT_REPRODUCED


def direction(terms: Terms, ruler: Ruler, runs: Runs) -> Judgement:
    """Compare only which side of zero ours lies on."""
    found = _direction(terms, ruler, runs)
    if found.verdict is not Verdict.INCONCLUSIVE or not (terms.reported and terms.reported.sign):
        return found
    return _with_more(found, runs, lambda more: _direction(terms, ruler, more))


def _direction(terms: Terms, ruler: Ruler, runs: Runs) -> Judgement:
    """Compare the signs.

    A run past the paper's value on the side that the paper claims is not farther from its claim,
    so only runs on the other side of that value widen the interval.
    """
    reported = terms.reported
    assert reported is not None  # noqa: S101 - the caller has looked
    sign = reported.sign
    if not sign:
        said = "Zero has" if isinstance(reported, Printed) else "Both sides of zero have"
        return Judgement(Verdict.INCONCLUSIVE, f"{runs.said}. {said} no direction to compare.")
    nearest = reported.value if isinstance(reported, Printed) else reported.end(Decimal(0))
    at = float(nearest)
    paper = ruler.theirs(terms, reported) if isinstance(reported, Printed) else Theirs()
    few = runs.points.runs < ENOUGH and at != 0
    low, high = (at, at) if few else ((at, math.inf) if sign > 0 else (-math.inf, at))
    # The paper's own scatter does not matter: its claim is the sign.
    agrees = intervals.cautious(runs.points, low, high, Theirs(), digit=runs.digit)
    mean = intervals.of_mean(runs.points, digit=runs.digit)
    if agrees is not None and (agrees.low > 0 if sign > 0 else agrees.high < 0):
        return Judgement(
            Verdict.REPRODUCED,
            f"{runs.said}: the direction is the same (95% sure).",
            interval=mean,
        )
    if turned(runs, reported):
        return Judgement(
            Verdict.REVERSED, f"{runs.said}: the direction is the opposite one.", interval=mean
        )
    differs = intervals.usual(runs.points, paper, digit=runs.digit)
    half = at / 2
    if at and differs is not None and (differs.high < half if sign > 0 else differs.low > half):
        return Judgement(
            Verdict.NOT_REPRODUCED,
            f"{runs.said}: it is less than half of what the paper reports (95% sure), and its "
            "direction cannot be told.",
            interval=mean,
        )
    if mean is None:
        return Judgement(Verdict.INCONCLUSIVE, f"{runs.said}.")
    first, last = number_format.apart([mean.low, mean.high])
    return Judgement(
        Verdict.INCONCLUSIVE,
        f"{runs.said}: our mean lies between {first} and {last} (90% interval), which does not "
        "settle its direction.",
        interval=mean,
    )


def exact(terms: Terms, samples: Sequence[Sample]) -> Judgement:
    """Compare digits: for what comes out the same each time.

    Reproduced when every run rounds to the printed digits. Where runs scatter, they are compared
    by their interval, and no digits are matched by a mean that no run came near.
    """
    reported = terms.reported
    if isinstance(reported, PrintedRange):
        kind = "A bound" if reported.is_bound else "A range"
        said = f"{against(samples, reported)}. {kind} has no digits that ours could round to."
        return Judgement(Verdict.INCONCLUSIVE, said)
    assert reported is not None  # noqa: S101 - the caller has looked
    said = against(samples, reported)
    if reported.about:
        said = f"{said}. The paper gives it as approximate, so its digits say nothing."
        return Judgement(Verdict.INCONCLUSIVE, said)
    half = reported.unit / 2
    values = [value for sample in samples for value in (sample.values or (sample.mean,))]
    scattered = any(sample.deviation for sample in samples if not sample.values)
    match = [abs(value - reported.value) <= half for value in values]
    if any(_may_round(sample, reported) for sample in samples):
        said = f"{said}. Ours has fewer digits than the paper prints: log it with all of them."
        return Judgement(Verdict.INCONCLUSIVE, said)
    if all(match) and not scattered:
        rounds = "it rounds" if len(values) == 1 else "every run rounds"
        return Judgement(
            Verdict.REPRODUCED, f"{said}: {rounds} to the digits that the paper printed."
        )
    ruler = Ruler(Scale.LINEAR)
    runs = runs_of(ruler, samples, reported)
    mean = intervals.of_mean(runs.points, digit=runs.digit)
    at, unit = float(reported.value), float(half)
    alike = len(set(values)) == 1 and not scattered
    if any(match) or (not alike and mean is not None and mean.nearest(at) <= unit):
        said = f"{said}: our runs scatter, so digits cannot be compared. Choose another criterion."
        return Judgement(Verdict.INCONCLUSIVE, said)
    side = 1 if runs.points.mean > at else -1
    if runs.points.mean * at < 0:
        verdict = Verdict.REVERSED
    elif terms.better is not None and side == upward(terms.better):
        verdict = Verdict.EXCEEDED
    else:
        verdict = Verdict.NOT_REPRODUCED
    rounds = "it does not round" if len(values) == 1 else "no run rounds"
    return Judgement(verdict, f"{said}: {rounds} to the digits that the paper printed.")


def _may_round(sample: Sample, reported: Printed) -> bool:
    """Whether a value with fewer digits than the paper's might be the same, and might not."""
    reach = (reported.unit + sample.digit) / 2
    return sample.digit > reported.unit and any(
        abs(value - reported.value) <= reach for value in sample.values or (sample.mean,)
    )


def outcome(terms: Terms, samples: Sequence[Sample]) -> Judgement:
    """Compare tries of what is so or not: 1 for “yes”, ½ for “partly”, 0 for “no”."""
    reported = terms.reported
    assert isinstance(reported, Printed)  # noqa: S101 - the caller has looked
    tries = [value for sample in samples for value in (sample.values or (sample.mean,))]
    number = len(tries)
    agreeing = sum(value == reported.value for value in tries)
    halves = sum(value == Decimal("0.5") for value in tries)
    if agreeing == number:
        verdict = Verdict.REPRODUCED
    else:
        verdict = Verdict.PARTLY if agreeing or halves else Verdict.NOT_REPRODUCED
    if number == 1:
        said = {Decimal(0): "no", Decimal(1): "yes"}.get(tries[0], "partly")
        agrees = "as the paper says" if agreeing else f"and the paper says {reported.text}"
        return Judgement(verdict, f"Ours is {said}, {agrees}.")
    verb = "says" if agreeing == 1 else "say"
    also = f", and {halves} partly" if halves else ""
    return Judgement(verdict, f"{agreeing} of our {number} tries {verb} {reported.text}{also}.")
