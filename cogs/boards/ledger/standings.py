"""How claims are known by their results: each with its verdict, also under earlier terms."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from msgspec import Struct, msgpack
from msgspec.structs import replace

from cogs.boards.ledger import comparisons, intervals, number_format, verdicts
from cogs.boards.ledger.comparisons import Side
from cogs.boards.ledger.terms import Judgement, Sample, Terms, last_digit, margin_of, of_runs
from cogs.boards.printed import numbers, ranges
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import PrintedRange
from data.boards.claims import Claim, ClaimTerms
from data.boards.results import Findings, Result
from data.states import Better, Criterion, Origin, SpreadKind, Verdict

REMEMBERED = 4096
"""How many results' measurements, and claims' terms, are remembered instead of read again,
and how many verdicts instead of judged again."""

_judgements: OrderedDict[bytes, Judgement] = OrderedDict()

_PROPORTIONS = re.compile(
    r"\b(?:acc|accuracy|error rate|f1|precision|recall|auc|auroc|auprc|top-?\d|map|iou|em|"
    r"exact match|pass@\d{1,3}|(?:win|hit|success) rate|proportion|probability)\b|%|\bpercent\b",
    re.IGNORECASE,
)
"""Metrics that cannot exceed a whole, also where the number has no percent sign."""


class Earlier(Struct, frozen=True):
    """A claim in a version that was superseded after its first result.

    ``judgement`` is what today's results say under its terms.
    """

    claim: Claim
    judgement: Judgement


class ClaimStanding(Struct, frozen=True):
    """A claim, all its results, and what those that count say of it.

    ``earlier`` are its superseded terms, the first ones first; ``rows`` the two claims that a
    comparison compares.
    """

    claim: Claim
    results: Sequence[Result]
    judgement: Judgement
    earlier: tuple[Earlier, ...] = ()
    rows: tuple[ClaimStanding, ...] = ()

    @property
    def is_disputed(self) -> bool:
        """Whether a result that counts is disputed, and no lead has settled it."""
        own = any(result.is_disputed for result in self.results if result.counts)
        return own or any(row.is_disputed for row in self.rows)

    @property
    def changed_after_results(self) -> bool:
        """Whether the terms were changed when there were results already."""
        return self.claim.version > 1


def standing(
    claim: Claim,
    results: Sequence[Result],
    earlier: Sequence[Claim] = (),
    rows: Sequence[ClaimStanding] = (),
) -> ClaimStanding:
    """Judge a claim by those of its results that count.

    ``earlier`` are its superseded versions, and ``rows`` the two claims of a comparison, the one
    that is said to be better first.
    """
    return ClaimStanding(
        claim,
        tuple(results),
        _judge(claim.terms, results, rows),
        # Today's results under yesterday's terms: that shows whether a change of terms changed the
        # verdict.
        tuple(Earlier(one, _judge(one.terms, results, rows)) for one in earlier),
        tuple(rows),
    )


def row_ids(terms: ClaimTerms) -> list[int]:
    """Return the claims that a comparison compares, the first one first; none for others."""
    return [one for one in (terms.first_id, terms.second_id) if one is not None]


def as_of(whole: ClaimStanding, result: Result) -> ClaimStanding:
    """Return a claim as it was with that result: nothing that was logged after it."""
    known = [one for one in whole.results if one.number <= result.number]
    return standing(whole.claim, [_unreplaced(one, known) for one in known])


def ahead_of(whole: ClaimStanding, result: Result) -> ClaimStanding:
    """Return a claim as it was before that result."""
    known = [one for one in whole.results if one.number < result.number]
    return standing(whole.claim, [_unreplaced(one, known) for one in known])


def _unreplaced(result: Result, known: Sequence[Result]) -> Result:
    return replace(result, replaced=any(one.replaces == result.id for one in known))


def _judge(
    terms: ClaimTerms, results: Sequence[Result], rows: Sequence[ClaimStanding]
) -> Judgement:
    """Return the verdict on a claim, judged once for the same terms and results.

    A board is shown far more often than a verdict on it changes, and judging two hundred claims
    takes a third of a second. They are known by a digest: what people typed is not kept here.
    """
    known_by: list[Any] = [(terms, _measured_by(results))]
    known_by += [(row.claim.name, row.claim.terms, _measured_by(row.results)) for row in rows]
    digest = blake2b(msgpack.encode(known_by), digest_size=16).digest()
    judgement = _judgements.pop(digest, None) or _judged(terms, results, rows)
    _judgements[digest] = judgement  # the last one: it is forgotten after all others
    if len(_judgements) > REMEMBERED:
        _judgements.popitem(last=False)
    return judgement


def _measured_by(results: Sequence[Result]) -> list[tuple[str, int, Findings]]:
    """Return what there is of each result that a verdict depends on."""
    return [(one.name, one.runner_id, one.findings) for one in results if one.counts]


def _judged(
    terms: ClaimTerms, results: Sequence[Result], rows: Sequence[ClaimStanding]
) -> Judgement:
    if terms.is_comparison:
        if len(rows) != 2:
            said = "One of the two claims that it compares is no longer on the board."
            return Judgement(Verdict.INCONCLUSIVE, said)
        first, second = (_side(row) for row in rows)
        return comparisons.compare(
            first,
            second,
            terms.better or Better.HIGHER,
            Decimal(terms.by) if terms.by is not None else None,
        )
    return verdicts.judge(terms_of(terms), samples(terms, results))


def samples(terms: ClaimTerms, results: Sequence[Result]) -> list[Sample]:
    """Return what those results measured that count, in the claim's own unit."""
    scale = terms_of(terms)
    found: list[Sample] = []
    for result in results:
        if result.counts:
            measured = sample(result.findings)
            shift = _shift(scale, result.findings)
            # Person, code and hardware: runs that share all three vary by their seeds alone, and
            # are one sample.
            source = f"{result.runner_id}|{result.findings.origin}|{_same(result)}"
            found.append(
                replace(
                    _scaled(measured, shift),
                    source=source,
                    name=result.name,
                    setting=_setting(result.findings),
                )
            )
    return found


def _setting(findings: Findings) -> str:
    code = {Origin.AUTHORS: "the authors' code", Origin.OWN: "our own code"}
    parts = [code[findings.origin]] if findings.origin is not None else []
    return ", ".join([*parts, *filter(None, [findings.hardware])])


def _same(result: Result) -> str:
    """Return what tells a result's hardware from another, however it is spelt."""
    # “1× RTX-4090” and “1 x RTX 4090” are one machine.
    return re.sub(r"\W+", "", (result.findings.hardware or "").casefold().replace("×", "x"))


def _shift(terms: Terms, findings: Findings) -> int:
    """Return the power of ten between a result's unit and its claim's: percent, or a fraction."""
    reported, percent = terms.reported, "%" in findings.value
    if reported is None or percent == reported.percent:
        return 0
    if percent:
        # A paper's “97.4” of an accuracy is a percentage, with or without its sign.
        return -2 if terms.whole != 100 else 0
    return 2


def _scaled(measured: Sample, shift: int) -> Sample:
    if not shift:
        return measured
    with localcontext(numbers.PRECISION):
        return replace(
            measured,
            mean=measured.mean.scaleb(shift),
            deviation=None if measured.deviation is None else measured.deviation.scaleb(shift),
            values=tuple(value.scaleb(shift) for value in measured.values),
            digit=measured.digit.scaleb(shift),
        )


def sample(findings: Findings) -> Sample:
    """Return what a result measured; of tries without a number, the share that says “yes”."""
    return _measured(findings.value, findings.spread, findings.spread_kind, findings.runs)


@lru_cache(maxsize=REMEMBERED)
def _measured(value: str, spread: str | None, kind: SpreadKind | None, runs: int) -> Sample:
    """Read a result's texts, which never change: a board is shown far more often than that."""
    if numbers.parse_outcome(value.partition(",")[0]) is not None:
        shares = tuple(numbers.SHARES[one] for one in numbers.parse_outcomes(value))
        # “Yes” with five runs is five times yes.
        values = shares if len(shares) == runs else shares * runs
        return Sample(numbers.mean(shares), runs, values=values)
    values = [one.value for one in numbers.parse_runs(value)]
    if len(values) > 1 or runs == 1:
        return of_runs(values)
    deviation = None if spread is None else _deviation(Decimal(spread), kind, runs)
    return Sample(values[0], runs, deviation, digit=last_digit(values[0]))


def _deviation(spread: Decimal, kind: SpreadKind | None, runs: int) -> Decimal | None:
    """Return the standard deviation of single runs behind a spread of any kind."""
    if kind in (None, SpreadKind.DEVIATION):
        return spread
    made = {
        SpreadKind.ERROR: intervals.of_error,
        SpreadKind.INTERVAL: intervals.of_interval,
        SpreadKind.RANGE: intervals.of_range,
    }[kind](float(spread), runs)
    # Through repr: it is the shortest text that gives the same number, and not fifty digits of a
    # binary fraction.
    return None if made.deviation is None else Decimal(repr(made.deviation))


@lru_cache(maxsize=REMEMBERED)
def terms_of(terms: ClaimTerms) -> Terms:
    """Return the part of a claim's terms that decides its verdict."""
    outcome = numbers.parse_outcome(terms.reported)
    reported = (
        Printed(terms.reported, numbers.SHARES[outcome])
        if outcome is not None
        else ranges.parse_reported(terms.reported)
    )
    return Terms(
        reported=reported,
        better=terms.better,
        criterion=terms.criterion,
        tolerance=_number(terms.tolerance),
        spread=_number(terms.spread),
        spread_kind=terms.spread_kind,
        runs=terms.runs,
        printed_as=terms.printed_as,
        role=terms.role,
        scale=terms.scale,
        gap=_number(terms.gap),
        whole=whole_of(reported, f"{terms.metric} {terms.unit or ''}"),
    )


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def whole_of(reported: Printed | PrintedRange | None, metric: str) -> Decimal | None:
    """Return 1 or 100 for a proportion, by its percent sign or its metric; else None.

    A number with a plus sign is a difference of two, not a proportion.
    """
    if not isinstance(reported, Printed) or reported.text.startswith("+"):
        return None
    if not reported.percent and _PROPORTIONS.search(metric) is None:
        return None
    # Outside of that it is not a proportion, whatever the metric is called.
    if not 0 <= reported.value <= 100:
        return None
    return Decimal(100) if reported.percent or reported.value > 1 else Decimal(1)


def asks_for_margin(terms: ClaimTerms) -> bool:
    """Whether nobody has said yet how far ours may lie, and the paper does not tell either."""
    meant = terms_of(terms)
    compared = meant.criterion not in (Criterion.DIRECTION, Criterion.EXACT, Criterion.OUTCOME)
    return (
        compared
        and not terms.is_comparison
        and isinstance(meant.reported, Printed)
        and margin_of(meant) is None
    )


def _side(row: ClaimStanding) -> Side:
    terms = terms_of(row.claim.terms)
    seeds: dict[tuple[str, str], Decimal] = {}
    counting = [result for result in row.results if result.counts]
    measured = samples(row.claim.terms, counting)
    for result, one in zip(counting, measured, strict=True):
        names = (result.findings.seeds or "").split(", ") if result.findings.seeds else []
        # Seeds can be matched only where there is one for each value.
        if len(names) == len(one.values):
            seeds.update(
                {(one.source, seed): at for seed, at in zip(names, one.values, strict=True)}
            )
    reported = terms.reported
    return Side(
        row.claim.name,
        measured,
        reported.value if isinstance(reported, Printed) else None,
        seeds,
        exceeded=row.judgement.verdict is Verdict.EXCEEDED,
    )


def criterion_of(terms: ClaimTerms) -> str:
    """Say in a sentence when a claim counts as reproduced."""
    meant = terms_of(terms)
    reported = meant.reported
    if terms.is_comparison:
        by = f" by at least half of {terms.by}" if terms.by is not None else ""
        return f"Counts as reproduced when our runs show the first to be better{by}"
    match terms.criterion:
        case Criterion.DIRECTION:
            return "Counts as reproduced when the direction is shown to be the same"
        case Criterion.EXACT:
            return "Counts as reproduced when every run rounds to the printed digits"
        case Criterion.OUTCOME:
            return f"Counts as reproduced when every try says {terms.reported}"
        case _ if isinstance(reported, PrintedRange):
            keep = "keep to the bound" if reported.is_bound else "lie in the range"
            said = f"Counts as reproduced when our mean is shown to {keep}"
            if not meant.tolerance:
                return said
            by = f"{meant.tolerance:f}"
            if terms.criterion is Criterion.RELATIVE:
                by = f"{number_format.short(float(meant.tolerance) * 100)}%"
            return f"{said}; as partly, up to {by} past it"
        case _:
            margin = margin_of(meant)
            if margin is None:
                return "Nobody has said yet how far ours may lie: set a tolerance"
            what = "95% prediction interval" if terms.criterion is Criterion.INTERVAL else "mean"
            return f"Counts as reproduced when our {what} is shown to lie within {margin.text}"
