"""Verdicts: what our results say of what a paper claims, under a criterion that was fixed before.

Decimals throughout: a printed number is compared exactly. Only Student's t is a float.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache

from cogs.boards.printed.numbers import PRECISION, Printed
from cogs.boards.printed.ranges import Span
from data.states import Better, Criterion, Verdict

CONFIDENCE = 0.95
"""How sure an interval is meant to be."""

NORMAL = 1.959963984540054
"""The two-sided 95 % quantile of the normal distribution."""

SERIES = 200
"""Up to so many degrees of freedom Student's t is summed; beyond it is expanded."""

PARTLY = 2
"""Up to so many times the tolerance on the worse side, a claim is partly reproduced."""

DEFAULT_TOLERANCE = Decimal("0.05")
"""The relative tolerance where none was given."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a claim says, and how it is to be judged.

    ``reported`` is None where the paper gives no number, and a span where it gives a bound or a
    range. ``tolerance`` is a share of the reported
    value for ``RELATIVE``, and a difference in the metric for ``ABSOLUTE``.
    """

    reported: Printed | Span | None
    better: Better | None
    criterion: Criterion
    tolerance: Decimal | None


@dataclass(frozen=True, slots=True)
class Sample:
    """The mean of ``runs`` ≥ 1 runs, and their standard deviation (n − 1) where it is known."""

    mean: Decimal
    runs: int = 1
    deviation: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the sentence with the numbers that explains it."""

    verdict: Verdict
    sentence: str


def of_runs(values: Sequence[Decimal]) -> Sample:
    """Return the mean and the standard deviation of single runs (at least one)."""
    with localcontext(PRECISION):
        mean = sum(values, Decimal(0)) / len(values)
        if len(values) == 1:
            return Sample(mean)
        squares = sum(((value - mean) ** 2 for value in values), Decimal(0))
        return Sample(mean, len(values), (squares / (len(values) - 1)).sqrt())


def pooled(samples: Sequence[Sample]) -> Sample:
    """Return several samples (at least one) as if all their runs had been one.

    The sum of squares within and between the samples over n − 1, which is exactly the deviation
    of all the runs together. Unknown where a sample of several runs does not say its own.
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


def judge(terms: Terms, samples: Sequence[Sample]) -> Judgement:
    """Compare our results with the paper's value under the claim's criterion.

    - relative, absolute: reproduced within the tolerance; partly up to twice of it on the worse
      side; exceeded past it on the better side.
    - interval: reproduced when the paper's value lies within mean ± t·s·√(1 + 1/n) of our n ≥ 2
      runs (95 %; the prediction interval that CORE-Bench uses, Siegel et al. 2024,
      arXiv:2409.11363); inconclusive below.
    - direction: reproduced when our mean has the sign that the paper reports; inconclusive when
      the 95 % confidence interval mean ± t·s/√n of n ≥ 2 runs holds zero.
    - exact: reproduced when ours rounds to the digits that the paper printed.
    - outcome, for what is so or not (code that is written, a run that ends): reproduced when every
      try says what the paper does, not reproduced when none does, partly in between.

    A bound or a range that the paper gives in place of a number is kept to or not:

    - relative, absolute: reproduced when our mean lies there; partly up to the tolerance past it.
    - interval: reproduced when all of the 95 % confidence interval of our mean lies there,
      inconclusive when only a part does, or below 2 runs.
    - direction: as of a number, where all of it lies on one side of zero; else inconclusive.
    - exact: inconclusive, as for a number that is printed as approximate.

    In all with numbers, a value of the opposite sign that is not reproduced is reversed, and one
    that is better is exceeded; a bound never is. Without a result it is not attempted; without a
    reported number, inconclusive.
    """
    if not samples:
        return Judgement(Verdict.NOT_ATTEMPTED, "Nobody has logged a result yet.")
    ours = pooled(samples)
    if terms.reported is None:
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{_ours(ours, None)}. The paper reports no number to compare with.",
        )
    with localcontext(PRECISION):
        if isinstance(terms.reported, Span):
            return _within_span(terms, terms.reported, ours)
        match terms.criterion:
            case Criterion.RELATIVE | Criterion.ABSOLUTE | Criterion.EQUIVALENT:
                return _within_tolerance(terms, terms.reported, ours)
            case Criterion.INTERVAL:
                return _within_interval(terms, terms.reported, ours)
            case Criterion.DIRECTION:
                return _same_direction(terms.reported, ours)
            case Criterion.EXACT:
                return _same_digits(terms, terms.reported, ours)
            case Criterion.OUTCOME:
                return _same_outcome(terms.reported, ours)


def prediction_half_width(deviation: Decimal, runs: int) -> Decimal:
    """Return t·s·√(1 + 1/n): how far from the mean of n ≥ 2 runs the next one lies, 95 %."""
    with localcontext(PRECISION):
        return student_t(runs - 1) * deviation * (1 + Decimal(1) / runs).sqrt()


def confidence_half_width(deviation: Decimal, runs: int) -> Decimal:
    """Return t·s/√n: how far from the mean of n ≥ 2 runs the true mean lies, 95 %."""
    with localcontext(PRECISION):
        return student_t(runs - 1) * deviation / Decimal(runs).sqrt()


@cache
def student_t(freedom: int) -> Decimal:
    """Return the two-sided 95 % quantile of Student's t for whole degrees of freedom ≥ 1.

    Up to 200 found by halving on the exact series for whole degrees of freedom (Abramowitz &
    Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4), beyond by the expansion 26.7.5,
    whose error is then below 1e-7.
    """
    if freedom > SERIES:
        z = NORMAL
        first = (z**3 + z) / (4 * freedom)
        second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        return Decimal(repr(round(z + first + second, 10)))
    low, high = 0.0, 13.0
    while high - low > 1e-11:
        middle = (low + high) / 2
        if _within(middle, freedom) < CONFIDENCE:
            low = middle
        else:
            high = middle
    return Decimal(repr(round((low + high) / 2, 10)))


def _within(t: float, freedom: int) -> float:
    """Return the probability that Student's t lies between −t and t."""
    angle = math.atan2(t, math.sqrt(freedom))
    cosine = math.cos(angle)
    term = cosine if freedom % 2 else 1.0
    total = 0.0 if freedom == 1 else term
    for k in range(3 if freedom % 2 else 2, freedom - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    if freedom % 2:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total


def _within_tolerance(terms: Terms, reported: Printed, ours: Sample) -> Judgement:
    tolerance = terms.tolerance if terms.tolerance is not None else DEFAULT_TOLERANCE
    difference = ours.mean - reported.value
    relative = terms.criterion is Criterion.RELATIVE
    allowed = tolerance * abs(reported.value) if relative else tolerance
    if relative and reported.value == 0:
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{_against(ours, reported)}. A relative tolerance of zero says nothing: an absolute "
            "one is needed.",
        )
    if relative:
        distance = f"{shown(abs(difference / reported.value) * 100)}%"
        limit = f"{shown((tolerance * 100).normalize())}%"
    else:
        distance, limit = shown(abs(difference)), shown(tolerance)
    where = f"{distance} {'higher' if difference > 0 else 'lower'}" if difference else "the same"
    sentence = f"{_against(ours, reported)}: {where}, with {limit} allowed."
    if abs(difference) <= allowed:
        verdict = Verdict.REPRODUCED
    elif _is_better(difference, terms.better):
        verdict = Verdict.EXCEEDED
    elif _is_opposite(ours.mean, reported.value):
        verdict = Verdict.REVERSED
    elif abs(difference) <= PARTLY * allowed:
        verdict = Verdict.PARTLY
    else:
        verdict = Verdict.NOT_REPRODUCED
    return Judgement(verdict, sentence)


def _within_interval(terms: Terms, reported: Printed, ours: Sample) -> Judgement:
    if ours.runs < 2 or ours.deviation is None:
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{_against(ours, reported)}. The interval needs at least 2 runs and their spread.",
        )
    half = prediction_half_width(ours.deviation, ours.runs)
    difference = ours.mean - reported.value
    low, high = shown(ours.mean - half), shown(ours.mean + half)
    inside = abs(difference) <= half
    sentence = (
        f"{_against(ours, reported)}: the paper's value lies {'within' if inside else 'outside'} "
        f"the 95% prediction interval of our {ours.runs} runs, {low} to {high}."
    )
    return Judgement(_past(inside, difference, terms.better, ours, reported), sentence)


def _within_span(terms: Terms, span: Span, ours: Sample) -> Judgement:
    """Compare ours with a bound or a range."""
    match terms.criterion:
        case Criterion.RELATIVE | Criterion.ABSOLUTE | Criterion.EQUIVALENT:
            return _near_span(terms, span, ours)
        case Criterion.INTERVAL:
            return _interval_in_span(terms, span, ours)
        case Criterion.DIRECTION:
            return _same_direction(span, ours)
        case Criterion.EXACT | Criterion.OUTCOME:
            return Judgement(
                Verdict.INCONCLUSIVE,
                f"{_against(ours, span)}. {_kind(span).capitalize()} has no digits that ours could "
                "round to.",
            )


def _near_span(terms: Terms, span: Span, ours: Sample) -> Judgement:
    against = _against(ours, span)
    if span.holds(ours.mean):
        kept = "it keeps to the bound" if span.is_bound else "it lies in the range"
        return Judgement(Verdict.REPRODUCED, f"{against}: {kept}.")
    past, end = span.past(ours.mean), span.end(ours.mean)
    tolerance = terms.tolerance if terms.tolerance is not None else DEFAULT_TOLERANCE
    relative = terms.criterion is Criterion.RELATIVE
    allowed = tolerance * abs(end) if relative else tolerance
    if not past:
        where = "it is the bound itself, which the paper leaves out"
    else:
        side = "higher" if past > 0 else "lower"
        share = relative and end
        distance = f"{shown((abs(past / end) * 100).normalize())}%" if share else shown(abs(past))
        where = f"{distance} {side} than {_kind(span, 'the')} allows"
        if allowed:
            limit = f"{shown((tolerance * 100).normalize())}%" if share else shown(tolerance)
            where += f"; up to {limit} counts as partly"
    near = Verdict.PARTLY if abs(past) <= allowed else Verdict.NOT_REPRODUCED
    return Judgement(_past_span(span, past, terms.better, ours, near), f"{against}: {where}.")


def _interval_in_span(terms: Terms, span: Span, ours: Sample) -> Judgement:
    against = _against(ours, span)
    if ours.runs < 2 or ours.deviation is None:
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{against}. The interval needs at least 2 runs and their spread.",
        )
    half = confidence_half_width(ours.deviation, ours.runs)
    low, high = ours.mean - half, ours.mean + half
    interval = f"the 95% confidence interval of our mean, {shown(low)} to {shown(high)},"
    if span.holds(low) and span.holds(high):
        kept = "keeps to the bound" if span.is_bound else "lies in the range"
        return Judgement(Verdict.REPRODUCED, f"{against}: {interval} {kept}.")
    if _meets(span, low, high):
        part = f"lies only partly where {_kind(span, 'the')} allows"
        return Judgement(Verdict.INCONCLUSIVE, f"{against}: {interval} {part}.")
    verdict = _past_span(span, span.past(ours.mean), terms.better, ours, Verdict.NOT_REPRODUCED)
    return Judgement(verdict, f"{against}: {interval} lies past {_kind(span, 'the')}.")


def _meets(span: Span, low: Decimal, high: Decimal) -> bool:
    """Whether an interval and a span have a number in common."""
    above = span.low is not None and (high < span.low or (span.strict and high == span.low))
    below = span.high is not None and (low > span.high or (span.strict and low == span.high))
    return not above and not below


def _past_span(
    span: Span, past: Decimal, better: Better | None, ours: Sample, near: Verdict
) -> Verdict:
    """Return what a value that does not lie there comes to; a bound is never exceeded."""
    if past and not span.is_bound and _is_better(past, better):
        return Verdict.EXCEEDED
    return Verdict.REVERSED if span.sign * ours.mean < 0 else near


def _kind(span: Span, article: str = "a") -> str:
    return f"{article} {'bound' if span.is_bound else 'range'}"


def _same_direction(reported: Printed | Span, ours: Sample) -> Judgement:
    against = _against(ours, reported)
    direction = reported.sign
    if not direction:
        said = "Zero has" if isinstance(reported, Printed) else "Both sides of zero have"
        return Judgement(Verdict.INCONCLUSIVE, f"{against}. {said} no direction to compare.")
    if ours.runs > 1 and ours.deviation is not None:
        half = confidence_half_width(ours.deviation, ours.runs)
        if half and abs(ours.mean) <= half:
            low, high = shown(ours.mean - half), shown(ours.mean + half)
            return Judgement(
                Verdict.INCONCLUSIVE,
                f"{against}: the 95% confidence interval of our mean, {low} to {high}, holds zero.",
            )
    if ours.mean == 0:
        return Judgement(Verdict.NOT_REPRODUCED, f"{against}: we found no effect.")
    if ours.mean * direction < 0:
        return Judgement(Verdict.REVERSED, f"{against}: the opposite direction.")
    return Judgement(Verdict.REPRODUCED, f"{against}: the same direction.")


def _same_digits(terms: Terms, reported: Printed, ours: Sample) -> Judgement:
    if reported.about:
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{_against(ours, reported)}. The paper gives it as approximate, so its digits say "
            "nothing.",
        )
    difference = ours.mean - reported.value
    inside = abs(difference) <= reported.unit / 2
    said = "rounds" if inside else "does not round"
    sentence = f"{_against(ours, reported)}: it {said} to the digits that the paper printed."
    return Judgement(_past(inside, difference, terms.better, ours, reported), sentence)


def _same_outcome(reported: Printed, ours: Sample) -> Judgement:
    """Compare the share of tries that say “yes” with the paper's yes (1) or no (0)."""
    agreeing = (1 - abs(ours.mean - reported.value)) * ours.runs
    if agreeing == ours.runs:
        verdict = Verdict.REPRODUCED
    else:
        verdict = Verdict.PARTLY if agreeing else Verdict.NOT_REPRODUCED
    if ours.runs == 1:
        said = {Decimal(0): "no", Decimal(1): "yes"}.get(ours.mean, "partly")
        agrees = "as the paper says" if agreeing == 1 else f"and the paper says {reported.text}"
        return Judgement(verdict, f"Ours is {said}, {agrees}.")
    number = agreeing.quantize(Decimal("0.1"))
    count = f"{number.to_integral_value() if number == number.to_integral_value() else number:f}"
    return Judgement(verdict, f"{count} of our {ours.runs} tries say {reported.text}.")


def _past(
    inside: bool, difference: Decimal, better: Better | None, ours: Sample, reported: Printed
) -> Verdict:
    if inside:
        return Verdict.REPRODUCED
    if _is_better(difference, better):
        return Verdict.EXCEEDED
    if _is_opposite(ours.mean, reported.value):
        return Verdict.REVERSED
    return Verdict.NOT_REPRODUCED


def _is_better(difference: Decimal, better: Better | None) -> bool:
    if better is None:
        return False
    return difference > 0 if better is Better.HIGHER else difference < 0


def _is_opposite(ours: Decimal, theirs: Decimal) -> bool:
    return ours * theirs < 0


def _against(ours: Sample, reported: Printed | Span) -> str:
    return f"{_ours(ours, reported)} against {reported.text}"


def _ours(ours: Sample, reported: Printed | Span | None) -> str:
    sign = "%" if reported is not None and reported.percent else ""
    mean = f"Ours is {shown(ours.mean)}{sign}"
    if ours.runs == 1:
        return mean
    spread = f" ± {shown(ours.deviation)}" if ours.deviation is not None else ""
    return f"{mean}{spread} ({ours.runs} runs)"


def shown(value: Decimal) -> str:
    """Write a number for people: as typed where it is short, else to 4 significant digits."""
    if len(value.as_tuple().digits) > 6:
        with localcontext(PRECISION) as context:
            context.prec = 4
            value = +value
        if "." in format(value, "f"):
            value = value.normalize()
    return format(value, "f") if -5 <= value.adjusted() <= 9 else f"{value:e}".replace("e+", "e")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A claim's verdict, how much it counts, and whether it is one that the paper stands on."""

    verdict: Verdict
    weight: Decimal = Decimal(1)
    headline: bool = False


GOOD = frozenset({Verdict.REPRODUCED, Verdict.EXCEEDED})
BAD = frozenset({Verdict.NOT_REPRODUCED, Verdict.REVERSED})


@dataclass(frozen=True, slots=True)
class Tally:
    """What all the claims of a project say together, each share a part of all the weight."""

    claims: int
    good: Decimal
    partly: Decimal
    bad: Decimal
    attempted: int
    headlines: int
    headlines_good: int

    @property
    def open(self) -> Decimal:
        """The share that is inconclusive or not attempted."""
        return 1 - self.good - self.partly - self.bad


def tally(claims: Iterable[Weighed]) -> Tally:
    """Weigh the verdicts of a project's claims."""
    claims = list(claims)
    with localcontext(PRECISION):
        total = sum((claim.weight for claim in claims), Decimal(0))

        def share(verdicts: frozenset[Verdict]) -> Decimal:
            if not total:
                return Decimal(0)
            found = (claim.weight for claim in claims if claim.verdict in verdicts)
            return sum(found, Decimal(0)) / total

        headlines = [claim for claim in claims if claim.headline]
        return Tally(
            claims=len(claims),
            good=share(GOOD),
            partly=share(frozenset({Verdict.PARTLY})),
            bad=share(BAD),
            attempted=sum(claim.verdict is not Verdict.NOT_ATTEMPTED for claim in claims),
            headlines=len(headlines),
            headlines_good=sum(claim.verdict in GOOD for claim in headlines),
        )


def shares(claims: Iterable[Weighed]) -> dict[Verdict, Decimal]:
    """Return which part of all the weight came to each verdict, in the order of verdicts."""
    claims = list(claims)
    with localcontext(PRECISION):
        total = sum((claim.weight for claim in claims), Decimal(0))
        if not total:
            return dict.fromkeys(Verdict, Decimal(0))
        return {
            verdict: sum((claim.weight for claim in claims if claim.verdict is verdict), Decimal(0))
            / total
            for verdict in Verdict
        }


def blocks(shares: Sequence[Decimal], width: int) -> list[int]:
    """Share ``width`` blocks out by the largest remainders; all of them where the shares sum to 1.

    A share above nothing gets at least one block where there are blocks enough.
    """
    exact = [share * width for share in shares]
    counts = [int(one) for one in exact]
    left = round(sum(exact)) - sum(counts)
    by_remainder = sorted(
        range(len(shares)), key=lambda index: (counts[index] - exact[index], index)
    )
    for index in by_remainder[:left]:
        counts[index] += 1
    for index, share in enumerate(shares):
        if share > 0 and not counts[index]:
            largest = max(range(len(counts)), key=lambda at: counts[at])
            if counts[largest] > 1:
                counts[largest] -= 1
                counts[index] = 1
    return counts
