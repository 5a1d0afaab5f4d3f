"""What may stand in the ledger: claims with their terms, and how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bot.base.errors import Conflict, InvalidInput, NotAllowed
from cogs.boards.ledger import verdicts
from cogs.boards.ledger.verdicts import Judgement, Sample, Terms
from cogs.boards.printed import numbers
from cogs.boards.printed import ranges as spans
from cogs.boards.printed.ranges import Span
from cogs.boards.projects import rules as board
from data.boards.claims import Claim, ClaimTerms
from data.boards.projects import Project
from data.boards.results import Findings, Result
from data.states import Better, Category, Criterion, Decision, Outcome, SpreadKind

CLAIMS = 200
"""How many claims a project may have."""

RESULTS = 200
"""How many results a claim may have."""

REMEMBERED = 4096
"""Of how many results what they measured is remembered, not read anew."""

STATEMENT_LIMIT = 300
METRIC_LIMIT = 80
UNIT_LIMIT = 30
PLACE_LIMIT = 80
NOTES_LIMIT = 1000
"""The longest reason of a review, and the longest passage of a result."""

HEAVIEST = Decimal(1000)
LARGEST_RUNS = 100_000

SETTLES = frozenset({Decision.UPHOLD, Decision.REJECT})


@dataclass(frozen=True, slots=True)
class TypedTerms:
    """What somebody typed for a claim; None where nothing was.

    ``no_better`` takes away which way is better, where the claim says one.
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


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim, all its results, and what those that count say of it."""

    claim: Claim
    results: Sequence[Result]
    judgement: Judgement

    @property
    def is_disputed(self) -> bool:
        """Whether a result that counts is disputed, and no lead has settled it."""
        return any(result.is_disputed for result in self.results if result.counts)

    @property
    def changed_after_results(self) -> bool:
        """Whether the terms were changed when there were results already."""
        return self.claim.version > 1


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
    if typed.reported is not None and _is_outcome(typed.reported) != _is_outcome(present.reported):
        kept = None
    if typed.category in _TRIED:
        kept = Criterion.OUTCOME
    elif typed.category is Category.RESULT and present.category in _TRIED:
        kept = None
    criterion = typed.criterion or kept
    same_kind = criterion is present.criterion
    has_number = criterion is not Criterion.OUTCOME
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
        tolerance=typed.tolerance or (present.tolerance if same_kind else None),
        weight=typed.weight or present.weight,
        headline=present.headline if typed.headline is None else typed.headline,
        unit=_kept(typed.unit, present.unit),
        split=_kept(typed.split, present.split),
        category=typed.category or present.category,
    )
    if whole.spread is None or not whole.spread.strip():
        whole = replace(whole, spread=None, spread_kind=typed.spread_kind)
    changed = check_terms(whole)
    if changed == present:
        raise Conflict("Nothing changes by that: give what is to be different.")
    return changed


def changes(
    before: ClaimTerms | Findings, after: ClaimTerms | Findings
) -> dict[str, tuple[str | None, str | None]]:
    """Return what differs: each field's text before and after."""
    old, new = _shown(before), _shown(after)
    return {name: (_text(old[name]), _text(new[name])) for name in old if old[name] != new[name]}


def _shown(said: ClaimTerms | Findings) -> dict[str, Any]:
    """Return all fields, a tolerance as people write it."""
    fields = asdict(said)
    if fields.get("criterion") is Criterion.RELATIVE:
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
        **_every_claim(typed, statement, metric, category),
    )


def _number_terms(typed: TypedTerms, statement: str, metric: str) -> ClaimTerms:
    reported = spans.parse_reported(typed.reported or "")
    criterion = typed.criterion or Criterion.RELATIVE
    spread = _claim_spread(typed, reported)
    if criterion is Criterion.OUTCOME:
        raise InvalidInput("`outcome` is for what is so or not: `reported` is then `yes` or `no`.")
    if typed.spread_kind is not None and spread is None:
        raise InvalidInput("Give the spread itself too, for example `spread: 0.3`.")
    if isinstance(reported, Span):
        _check_span(reported, criterion)
    elif reported is not None and reported.about and criterion is Criterion.EXACT:
        raise InvalidInput(
            f"The digits of `{reported.text}` are approximate, so `exact` cannot compare them. "
            "Choose `relative` or `absolute`."
        )
    elif reported is not None and reported.value == 0 and criterion in _NEEDS_A_SIGN:
        raise InvalidInput(
            f"A reported value of zero cannot be judged by `{criterion}`. Choose `absolute` with a "
            "tolerance, or `interval`."
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
        tolerance=_tolerance(typed.tolerance, criterion),
        **_every_claim(typed, statement, metric, Category.RESULT),
    )


def _every_claim(
    typed: TypedTerms, statement: str, metric: str, category: Category
) -> dict[str, Any]:
    """Return what claims with a number and without have alike."""
    weight = numbers.parse_amount(typed.weight or "1", "the weight", "2")
    if weight > HEAVIEST:
        raise InvalidInput(f"The weight can be {HEAVIEST} at most; 1 is usual.")
    return {
        "statement": statement,
        "metric": metric,
        "place": optional(typed.place, "the place", PLACE_LIMIT, "Table 2, row 3"),
        "dataset": optional(typed.dataset, "the dataset", PLACE_LIMIT, "mod 97, 50 % train"),
        "weight": format(weight, "f"),
        "headline": bool(typed.headline),
        "unit": optional(typed.unit, "the unit", UNIT_LIMIT, "FLOPs"),
        "split": optional(typed.split, "the split", PLACE_LIMIT, "newstest2014"),
        "category": category,
    }


def _check_span(reported: Span, criterion: Criterion) -> None:
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


def _claim_spread(typed: TypedTerms, reported: numbers.Printed | Span | None) -> Decimal | None:
    if isinstance(reported, Span):
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


def _tolerance(typed: str | None, criterion: Criterion) -> str | None:
    if criterion is Criterion.RELATIVE:
        share = (
            numbers.parse_tolerance(typed, relative=True) if typed else verdicts.DEFAULT_TOLERANCE
        )
        return format(share, "f")
    if criterion is Criterion.ABSOLUTE:
        if typed is None:
            raise InvalidInput(
                "An absolute criterion needs the tolerance, in the metric's own unit: for example "
                "`tolerance: 0.5`."
            )
        return format(numbers.parse_tolerance(typed, relative=False), "f")
    if typed is not None:
        raise InvalidInput(
            f"`{criterion}` has no tolerance. Leave it out, or choose `relative` or `absolute`."
        )
    return None


def standing(claim: Claim, results: Sequence[Result]) -> Standing:
    """Judge a claim by those of its results that count."""
    samples = [sample(result.findings) for result in results if result.counts]
    return Standing(claim, tuple(results), verdicts.judge(terms_of(claim.terms), samples))


def as_of(whole: Standing, result: Result) -> Standing:
    """Return a claim as it stood with that result: nothing that was logged after it."""
    known = [one for one in whole.results if one.number <= result.number]
    return standing(whole.claim, [_unreplaced(one, known) for one in known])


def ahead_of(whole: Standing, result: Result) -> Standing:
    """Return a claim as it stood before that result."""
    known = [one for one in whole.results if one.number < result.number]
    return standing(whole.claim, [_unreplaced(one, known) for one in known])


def _unreplaced(result: Result, known: Sequence[Result]) -> Result:
    return replace(result, replaced=any(one.replaces == result.id for one in known))


def terms_of(terms: ClaimTerms) -> Terms:
    """Return the part of a claim's terms that decides its verdict."""
    outcome = numbers.parse_outcome(terms.reported)
    return Terms(
        reported=(
            numbers.Printed(terms.reported, numbers.SHARES[outcome])
            if outcome is not None
            else spans.parse_reported(terms.reported)
        ),
        better=terms.better,
        criterion=terms.criterion,
        tolerance=Decimal(terms.tolerance) if terms.tolerance is not None else None,
    )


def span_of(terms: ClaimTerms) -> Span | None:
    """Return the bound or the range that a paper gives in place of a number; None for others."""
    reported = terms_of(terms).reported
    return reported if isinstance(reported, Span) else None


def sample(findings: Findings) -> Sample:
    """Return what a result measured; of tries without a number, the share that says “yes”."""
    return _measured(findings.value, findings.spread, findings.runs)


@lru_cache(maxsize=REMEMBERED)
def _measured(value: str, spread: str | None, runs: int) -> Sample:
    """Read a result's texts, which never change: a board is shown far more often than that."""
    if numbers.parse_outcome(value.partition(",")[0]) is not None:
        shares = [numbers.SHARES[one] for one in numbers.parse_outcomes(value)]
        return Sample(numbers.mean(shares), runs)
    values = [one.value for one in numbers.parse_runs(value)]
    if len(values) > 1:
        return verdicts.of_runs(values)
    return Sample(values[0], runs, Decimal(spread) if spread is not None else None)


def check_change(before: ClaimTerms, after: ClaimTerms, *, tried: bool) -> None:
    """Raise Conflict for a change after which the results there are could not be compared.

    A number cannot become a yes or no, nor a share a percentage, once there are results.
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


def tally(standings: Sequence[Standing]) -> verdicts.Tally:
    """Weigh what a project's claims say together."""
    return verdicts.tally(weighed(standings))


def weighed(standings: Sequence[Standing]) -> list[verdicts.Weighed]:
    """Return what each claim came to, and how much it counts."""
    return [
        verdicts.Weighed(
            one.judgement.verdict, Decimal(one.claim.terms.weight), one.claim.terms.headline
        )
        for one in standings
    ]


def check_review(
    project: Project,
    result: Result,
    decision: Decision,
    user_id: int,
    *,
    organiser: bool,
) -> None:
    """Raise NotAllowed or Conflict where a review cannot be.

    A result is reviewed by somebody who did not log it; a dispute is settled by the lead, or by
    an organiser, with ``UPHOLD`` or ``REJECT``.
    """
    if result.runner_id == user_id:
        raise NotAllowed("That result is yours: somebody else has to review it.")
    if result.replaced:
        raise Conflict("A later result replaced that one. Review the later one.")
    if decision in SETTLES:
        if project.lead_id != user_id and not organiser:
            raise NotAllowed("Only the project's lead, or an organiser, settles a dispute.")
        if not result.is_disputed:
            raise Conflict("Nobody disputes that result, so there is nothing to settle.")
    elif decision is Decision.DISPUTE and result.is_disputed:
        raise Conflict("That result is disputed already. The project's lead settles it.")
    elif not result.counts:
        raise Conflict("The lead rejected that result. Log another one instead.")


def optional(text: str | None, what: str, limit: int, example: str) -> str | None:
    """Return a text on one line, None for an empty one; InvalidInput when it is too long."""
    return board.check_text(text, what, limit, example) if text and text.strip() else None
