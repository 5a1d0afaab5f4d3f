"""What may be written into the ledger: the terms of claims, and changes to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

from msgspec import Struct, structs
from msgspec.structs import replace

from bot.base.errors import Conflict, InvalidInput
from cogs.boards.ledger.standings import terms_of
from cogs.boards.ledger.terms import Terms
from cogs.boards.printed import numbers
from cogs.boards.printed import ranges as spans
from cogs.boards.printed.ranges import PrintedRange
from cogs.boards.projects import rules as board
from data.boards.claims import Claim, ClaimTerms
from data.boards.results import Findings
from data.states import (
    Better,
    Category,
    ClaimRole,
    Criterion,
    Outcome,
    PrintedAs,
    Scale,
    SpreadKind,
)

CLAIMS = 200
"""How many claims a project may have."""

VERSIONS = 25
"""In how many versions a claim may be: each is judged by all its results, wherever it is shown."""

RESULTS = 200
"""How many results a claim may have."""

STATEMENT_LIMIT = 300
METRIC_LIMIT = 80
UNIT_LIMIT = 30
PLACE_LIMIT = 80
NOTES_LIMIT = 1000
"""The longest reason of a review, and the longest passage of a result."""

HEAVIEST = Decimal(1000)
LARGEST_RUNS = 100_000

AT_A_TIME = 10
"""How many results are read before others have their turn: each may list a thousand values."""


class TypedTerms(Struct, frozen=True):
    """What somebody typed for a claim; None where nothing was.

    ``no_better`` takes away which way is better, where the claim says one. ``gap`` is the distance
    to the nearest other row of the paper's table. ``reason`` says why a claim is changed.
    """

    statement: str | None = None
    metric: str | None = None
    reported: str | None = None
    place: str | None = None
    dataset: str | None = None
    spread: str | None = None
    spread_kind: SpreadKind | None = None
    runs: int | None = None
    better: Better | None = None
    criterion: Criterion | None = None
    tolerance: str | None = None
    weight: str | None = None
    headline: bool | None = None
    unit: str | None = None
    split: str | None = None
    category: Category | None = None
    no_better: bool = False
    printed_as: PrintedAs | None = None
    role: ClaimRole | None = None
    gap: str | None = None
    reason: str | None = None


class TypedComparison(Struct, frozen=True):
    """What somebody typed for “the first beats the second (by so much)”; None where nothing was."""

    statement: str | None = None
    better: Better | None = None
    by: str | None = None
    criterion: Criterion | None = None
    weight: str | None = None
    headline: bool | None = None


def check_comparison(typed: TypedComparison, first: Claim, second: Claim) -> ClaimTerms:
    """Return the terms of a comparison of two claims of one board.

    How much the first is better by decides only under a criterion of size (relative, absolute,
    equivalent, or none named with ``by`` given); where none is given, the paper's own lead counts.
    Raises InvalidInput for two that cannot be compared.
    """
    statement = board.check_text(
        typed.statement or "", "the statement", STATEMENT_LIMIT,
        "statement: Ours beats the baseline",
    )  # fmt: skip
    lead = _lead(first, second)
    # Rows of one table share a metric, so either of them may know.
    better = typed.better or first.terms.better or second.terms.better
    if better is None:
        raise InvalidInput(
            f"Which way is {first.terms.metric} better? Give `better: higher` or `better: lower`."
        )
    if typed.criterion in (Criterion.INTERVAL, Criterion.EXACT, Criterion.OUTCOME):
        raise InvalidInput(
            f"Two rows are not compared by `{typed.criterion}`. Choose `direction` for which one "
            "is better, or `absolute` for by how much; or leave the criterion out."
        )
    by = numbers.parse_amount(typed.by.strip(" +%"), "by how much", "2.3") if typed.by else None
    sized = typed.criterion not in (None, Criterion.DIRECTION)
    if sized and by is None:
        by = abs(lead) if lead is not None else None
        if not by:
            raise InvalidInput("Say by how much the first is better, for example `by: 2.3`.")
    criterion = typed.criterion or (Criterion.DIRECTION if by is None else Criterion.EQUIVALENT)
    same_data = first.terms.dataset == second.terms.dataset
    return ClaimTerms(
        statement=statement,
        metric=first.terms.metric,
        reported=format(by if by is not None else lead, "f") if by or lead else "n/r",
        place=None,
        dataset=first.terms.dataset if same_data else None,
        spread=None,
        spread_kind=None,
        runs=None,
        better=better,
        criterion=criterion,
        tolerance=None,
        weight=_weight(typed.weight),
        headline=bool(typed.headline),
        unit=first.terms.unit,
        first_id=first.id,
        second_id=second.id,
        by=format(by, "f") if by is not None and criterion is not Criterion.DIRECTION else None,
    )


def _lead(first: Claim, second: Claim) -> Decimal | None:
    """Return how far apart the paper's two numbers are; None where one is no number.

    Raises InvalidInput where the two rows cannot be compared at all.
    """
    if first.id == second.id:
        raise InvalidInput(f"{first.name} cannot beat itself: pick two different claims.")
    meant = [terms_of(one.terms) for one in (first, second)]
    for claim, terms in zip((first, second), meant, strict=True):
        if claim.terms.is_comparison:
            raise InvalidInput(f"{claim.name} is a comparison itself: pick two rows of the table.")
        if terms.criterion is Criterion.OUTCOME:
            raise InvalidInput(f"{claim.name} is so or not, and has no number to compare.")
    if _percent(meant[0]) is not _percent(meant[1]):
        raise InvalidInput(
            f"One of {first.name} and {second.name} is a percentage and the other is not, so they "
            "cannot be compared. Correct one with `/claim edit`."
        )
    known = [one.reported for one in meant]
    if isinstance(known[0], numbers.Printed) and isinstance(known[1], numbers.Printed):
        with localcontext(numbers.PRECISION):
            # Python's own context rounds to 28 digits, and a printed number may have 30.
            return known[0].value - known[1].value
    return None


def check_terms(typed: TypedTerms) -> ClaimTerms:
    """Return a new claim's terms; InvalidInput, with an example, for what cannot be judged."""
    statement = board.check_text(
        typed.statement or "", "the statement", STATEMENT_LIMIT,
        "statement: Validation accuracy reaches 99 %",
    )  # fmt: skip
    metric = board.check_text(
        typed.metric or "", "the metric", METRIC_LIMIT, "metric: validation accuracy"
    )
    return _terms(typed, statement, metric)


def change_terms(present: ClaimTerms, typed: TypedTerms) -> ClaimTerms:
    """Return a claim's terms with what was typed instead of what was there.

    Raises InvalidInput for what cannot be judged, and Conflict when nothing changes.
    """
    kept = present.criterion
    # No criterion for numbers suits a “yes”, nor the other way round, so it does not survive such a
    # change.
    if typed.reported is not None and _is_outcome(typed.reported) != _is_outcome(present.reported):
        kept = None
    if typed.category in _TRIED:
        kept = Criterion.OUTCOME
    elif typed.category is Category.RESULT and present.category in _TRIED:
        kept = None
    criterion = typed.criterion or kept
    same_kind = criterion is present.criterion
    has_number = criterion is not Criterion.OUTCOME
    # The spread and the distance to the next row were those of the old number.
    fresh = typed.reported is not None or not has_number
    whole = TypedTerms(
        statement=typed.statement or present.statement,
        metric=typed.metric or present.metric,
        reported=typed.reported or (present.reported if has_number or same_kind else "yes"),
        place=_kept(typed.place, present.place),
        dataset=_kept(typed.dataset, present.dataset),
        spread=_kept(typed.spread, None if fresh else present.spread),
        spread_kind=typed.spread_kind or (None if fresh else present.spread_kind),
        runs=typed.runs if typed.runs is not None else (present.runs if has_number else None),
        better=typed.better or (present.better if has_number and not typed.no_better else None),
        criterion=criterion,
        # 0.5 as a share is not 0.5 as a difference.
        tolerance=typed.tolerance or (present.tolerance if same_kind else None) or None,
        weight=typed.weight or present.weight,
        headline=present.headline if typed.headline is None else typed.headline,
        unit=_kept(typed.unit, present.unit),
        split=_kept(typed.split, present.split),
        category=typed.category or present.category,
        printed_as=typed.printed_as or (present.printed_as if has_number else None),
        role=typed.role or present.role,
        gap=_kept(typed.gap, None if fresh else present.gap),
    )
    if whole.spread is None or not whole.spread.strip():
        whole = replace(whole, spread=None, spread_kind=typed.spread_kind)
    changed = _changed(present, whole)
    if changed == present:
        raise Conflict("Nothing changes by that: give what is to be different.")
    return changed


def _changed(present: ClaimTerms, whole: TypedTerms) -> ClaimTerms:
    """Return the terms with the change; a comparison keeps the two rows that it compares."""
    if not present.is_comparison:
        return check_terms(whole)
    return replace(
        present,
        statement=whole.statement or present.statement,
        weight=_weight(whole.weight),
        headline=bool(whole.headline),
        better=whole.better or present.better,
        place=whole.place,
    )


def changes(
    before: ClaimTerms | Findings, after: ClaimTerms | Findings
) -> dict[str, tuple[str | None, str | None]]:
    """Return what differs: each field's text before and after."""
    old, new = _shown(before), _shown(after)
    return {name: (_text(old[name]), _text(new[name])) for name in old if old[name] != new[name]}


def _shown(said: ClaimTerms | Findings) -> dict[str, Any]:
    """Return all fields, a tolerance as people write it."""
    fields = structs.asdict(said)
    if fields.get("criterion") is Criterion.RELATIVE and fields["tolerance"] is not None:
        fields["tolerance"] = f"{(Decimal(fields['tolerance']) * 100).normalize():f}%"
    return fields


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def _kept(typed: str | None, present: str | None) -> str | None:
    """Return what was typed, which may be nothing; what is there where the field was not given."""
    return present if typed is None else typed


_TRIED = frozenset({Category.CODE, Category.RUN})
"""What is done or not: it has no number."""


def _is_outcome(reported: str) -> bool:
    return numbers.parse_outcome(reported) is not None


def _terms(typed: TypedTerms, statement: str, metric: str) -> ClaimTerms:
    category = typed.category or Category.RESULT
    outcome = numbers.parse_outcome(typed.reported or "")
    if outcome is None and category in _TRIED:
        if typed.reported and not numbers.is_not_reported(typed.reported):
            raise InvalidInput(
                f"A claim about {NAMES[category]} is so or not: `reported` is `yes` or `no`, and "
                f"`{typed.reported.strip()[:30]}` is a result."
            )
        outcome = Outcome.YES
    if outcome is not None:
        return _outcome_terms(typed, statement, metric, outcome, category)
    return _number_terms(typed, statement, metric)


NAMES = {Category.CODE: "code", Category.RUN: "a run", Category.RESULT: "a result"}


def _outcome_terms(
    typed: TypedTerms, statement: str, metric: str, outcome: Outcome, category: Category
) -> ClaimTerms:
    """Return the terms of what is so or not: neither a spread nor a tolerance goes with it."""
    if outcome is Outcome.PARTLY:
        raise InvalidInput("A paper claims `yes` or `no`; what you find can be `partly`.")
    if typed.criterion not in (None, Criterion.OUTCOME):
        raise InvalidInput(
            f"`{typed.criterion}` compares numbers. A claim of `{outcome}` is tried: leave the "
            "criterion out."
        )
    for given, what in (
        (typed.spread, "spread"),
        (typed.spread_kind, "spread"),
        (typed.tolerance, "tolerance"),
        (typed.better, "better side"),
        (typed.printed_as, "mean or best"),
    ):
        if given:
            raise InvalidInput(f"`{outcome}` is no number: it has no {what}. Leave it out.")
    return ClaimTerms(
        reported=outcome.value,
        spread=None,
        spread_kind=None,
        runs=None,
        better=None,
        criterion=Criterion.OUTCOME,
        tolerance=None,
        category=category,
        **_every_claim(typed, statement, metric),
    )


def _number_terms(typed: TypedTerms, statement: str, metric: str) -> ClaimTerms:
    reported = spans.parse_reported(typed.reported or "")
    criterion = typed.criterion or _criterion(typed.tolerance, reported)
    spread = _claim_spread(typed, reported)
    if criterion is Criterion.OUTCOME:
        raise InvalidInput("`outcome` is for what is so or not: `reported` is then `yes` or `no`.")
    if typed.spread_kind is not None and spread is None:
        raise InvalidInput("Give the spread itself too, for example `spread: 0.3`.")
    if isinstance(reported, PrintedRange):
        _check_span(reported, criterion)
    elif reported is not None and reported.about and criterion is Criterion.EXACT:
        raise InvalidInput(
            f"The digits of `{reported.text}` are approximate, so `exact` cannot compare them. "
            "Choose `relative` or `absolute`."
        )
    elif reported is not None and reported.value == 0 and criterion in _NEEDS_A_SIGN:
        raise InvalidInput(
            f"A reported value of zero cannot be judged by `{criterion}`. Choose `absolute` with a "
            "tolerance, for example `0.5`."
        )
    if reported is None and criterion is Criterion.DIRECTION:
        raise InvalidInput(
            "A direction needs the difference that the paper reports, for example `+2.1`."
        )
    return ClaimTerms(
        reported=reported.text if reported is not None else "n/r",
        spread=format(spread, "f") if spread is not None else None,
        spread_kind=(typed.spread_kind or SpreadKind.DEVIATION) if spread is not None else None,
        runs=typed.runs or None,
        better=typed.better,
        criterion=criterion,
        tolerance=_tolerance(typed, criterion, reported, spread),
        printed_as=typed.printed_as,
        scale=_scale(reported, f"{metric} {typed.unit or ''}"),
        gap=_gap(typed.gap),
        **_every_claim(typed, statement, metric),
    )


def _every_claim(typed: TypedTerms, statement: str, metric: str) -> dict[str, Any]:
    """Return what claims with a number and claims without one have alike."""
    return {
        "statement": statement,
        "metric": metric,
        "place": optional(typed.place, "the place", PLACE_LIMIT, "Table 2, row 3"),
        "dataset": optional(typed.dataset, "the dataset", PLACE_LIMIT, "mod 97, 50 % train"),
        "weight": _weight(typed.weight),
        "headline": bool(typed.headline),
        "unit": optional(typed.unit, "the unit", UNIT_LIMIT, "FLOPs"),
        "split": optional(typed.split, "the split", PLACE_LIMIT, "newstest2014"),
        "role": typed.role or ClaimRole.CLAIM,
    }


def _weight(typed: str | None) -> str:
    weight = numbers.parse_amount(typed or "1", "the weight", "2")
    if weight > HEAVIEST:
        raise InvalidInput(f"The weight can be {HEAVIEST} at most; 1 is usual.")
    return format(weight, "f")


def _criterion(tolerance: str | None, reported: numbers.Printed | PrintedRange | None) -> Criterion:
    """Return the criterion of a claim that names none.

    A share is relative; without a tolerance, what the paper's own spread allows is equivalent.
    A plain number could be either.
    """
    if isinstance(reported, PrintedRange):
        return Criterion.RELATIVE
    if tolerance is None:
        return Criterion.EQUIVALENT
    if "%" in tolerance:
        return Criterion.RELATIVE
    if numbers.parse_tolerance(tolerance, relative=False) < LARGEST_SHARE:
        return Criterion.RELATIVE
    raise InvalidInput(
        f"Is the tolerance `{tolerance.strip()[:20]}` a difference or a share? For a difference in "
        "the metric choose `criterion: absolute`; a share is written as in `5%`."
    )


LARGEST_SHARE = Decimal("0.2")
"""Nobody allows ours to lie a fifth off or more: such a number is meant as a difference."""

_RATIOS = re.compile(
    r"\b(?:p[- ]?values?|perplexit(?:y|ies)|ppl|(?:peta|exa|giga|tera)?flops?|"
    r"training compute|(?:number of )?param(?:eter)?s)\b",
    re.IGNORECASE,
)
"""Quantities that people compare by how many times one is the other."""

_POWER = re.compile(r"10\s*(?:\^|\*\*|[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹])|\d\s*[eE][-+]?\d")


def _scale(reported: numbers.Printed | PrintedRange | None, metric: str) -> Scale:
    """Return the scale that a quantity asks for: ratios where it ranges over powers of ten."""
    if reported is None or reported.percent or reported.sign <= 0:
        return Scale.LINEAR
    # “+2.1” is a difference, which may as well be nothing: it has no ratio.
    as_ratio = _RATIOS.search(metric) or _POWER.search(reported.text)
    return Scale.LOG if as_ratio and not reported.text.startswith("+") else Scale.LINEAR


def _gap(typed: str | None) -> str | None:
    if typed is None or not typed.strip():
        return None
    gap = numbers.parse_amount(typed.strip(" %"), "the distance to the next row", "1.1")
    return format(gap, "f") if gap else None


def _check_span(reported: PrintedRange, criterion: Criterion) -> None:
    """Raise InvalidInput where a bound or a range cannot be judged so."""
    kind = "a bound" if reported.is_bound else "a range"
    if criterion is Criterion.EXACT:
        raise InvalidInput(
            f"`{reported.text}` is {kind}, and has no digits to round to. Leave the criterion out: "
            "ours then keeps to it or not."
        )
    if criterion is Criterion.DIRECTION and not reported.sign:
        raise InvalidInput(
            f"`{reported.text}` allows both sides of zero, so it has no direction. Leave the "
            "criterion out."
        )


_NEEDS_A_SIGN = frozenset({Criterion.RELATIVE, Criterion.DIRECTION})


def _claim_spread(
    typed: TypedTerms, reported: numbers.Printed | PrintedRange | None
) -> Decimal | None:
    if isinstance(reported, PrintedRange):
        if typed.spread is not None and typed.spread.strip():
            kind = "A bound" if reported.is_bound else "A range"
            raise InvalidInput(f"{kind} has no spread beside it. Leave the spread out.")
        return None
    if reported is not None and reported.spread is not None:
        if typed.spread is not None:
            raise InvalidInput("The spread is there twice: give it after ± or as `spread:`.")
        return reported.spread
    if typed.spread is None or numbers.is_not_reported(typed.spread):
        return None
    if reported is None:
        raise InvalidInput("A paper that reports no number reports no spread of it either.")
    return numbers.parse_amount(typed.spread.rstrip(" %"), "the spread", "0.3")


def _tolerance(
    typed: TypedTerms,
    criterion: Criterion,
    reported: numbers.Printed | PrintedRange | None,
    spread: Decimal | None,
) -> str | None:
    """Return the tolerance as it is kept; None where the margin follows from the paper."""
    given = typed.tolerance
    if criterion in _WITHOUT_TOLERANCE:
        if given is not None:
            raise InvalidInput(
                f"`{criterion}` has no tolerance. Leave it out, or choose `relative` or `absolute`."
            )
        return None
    if given is None:
        if criterion is Criterion.ABSOLUTE and spread is None and typed.gap is None:
            raise InvalidInput(
                "An absolute criterion needs the tolerance, in the metric's own unit: for example "
                "`tolerance: 0.5`."
            )
        return None
    if criterion is Criterion.RELATIVE:
        allowed = numbers.parse_tolerance(given, relative=True)
    else:
        allowed = _difference(given, criterion, reported)
    # A bound leaves room without any tolerance: everything on its good side.
    if not allowed and not isinstance(reported, PrintedRange):
        raise InvalidInput(
            "A tolerance of zero allows nothing. For what comes out the same every time, choose "
            "`criterion: exact`."
        )
    return format(allowed, "f")


_WITHOUT_TOLERANCE = frozenset({Criterion.DIRECTION, Criterion.EXACT, Criterion.OUTCOME})


def _difference(
    given: str, criterion: Criterion, reported: numbers.Printed | PrintedRange | None
) -> Decimal:
    """Return a tolerance in the metric's unit; `5%` of a plain number is that share of it."""
    allowed = numbers.parse_tolerance(given, relative=False)
    if "%" not in given or reported is None or reported.percent:
        return allowed
    if criterion is Criterion.ABSOLUTE or isinstance(reported, PrintedRange):
        raise InvalidInput(
            f"`{given.strip()[:20]}` is a share, and an absolute tolerance is a difference in the "
            "metric's own unit. Choose `criterion: relative`, or write it as in `0.5`."
        )
    with localcontext(numbers.PRECISION):
        return abs(reported.value) * allowed.scaleb(-2)


def with_gap(terms: ClaimTerms, others: Sequence[ClaimTerms]) -> ClaimTerms:
    """Return a claim's terms with the distance to the nearest other row of its column.

    Rows of one column have the same metric, data, split and unit. Where a tolerance, a spread or
    the distance itself was given, nothing is added.
    """
    given = terms.tolerance is not None or terms.spread is not None or terms.gap is not None
    if given or terms.is_comparison or terms.criterion in _WITHOUT_TOLERANCE:
        return terms
    own = terms_of(terms).reported
    if not isinstance(own, numbers.Printed):
        return terms
    distances: list[Decimal] = []
    for other in others:
        their = terms_of(other).reported
        same = _column(other) == _column(terms) and not other.is_comparison
        if same and isinstance(their, numbers.Printed) and their.percent is own.percent:
            with localcontext(numbers.PRECISION):
                distances.append(abs(their.value - own.value))
    # A row with the same number is no neighbour: its distance would allow nothing.
    nearest = min((one for one in distances if one), default=None)
    return terms if nearest is None else replace(terms, gap=format(nearest, "f"))


def _column(terms: ClaimTerms) -> tuple[str, str | None, str | None, str | None]:
    return terms.metric.casefold(), terms.dataset, terms.split, terms.unit


def check_change(before: ClaimTerms, after: ClaimTerms, *, tried: bool) -> None:
    """Raise Conflict for a change after which the results there are could not be compared.

    Once there are results, a number cannot become a yes or no, nor a plain number a percentage.
    """
    if not tried:
        return
    old, new = terms_of(before), terms_of(after)
    other_kind = _is_outcome(before.reported) is not _is_outcome(after.reported)
    if other_kind or (old.reported and new.reported and _percent(old) is not _percent(new)):
        raise Conflict(
            f"There are results for `{before.reported}`, and they cannot be compared with "
            f"`{after.reported}`. Add it as a claim of its own."
        )


def _percent(terms: Terms) -> bool:
    return terms.reported is not None and terms.reported.percent


def optional(text: str | None, what: str, limit: int, example: str) -> str | None:
    """Return a text on one line, None for an empty one; InvalidInput when it is too long."""
    return board.check_text(text, what, limit, example) if text and text.strip() else None
