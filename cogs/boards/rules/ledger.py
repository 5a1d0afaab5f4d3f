"""What may stand in the ledger: claims with their terms, and results with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.errors import Conflict, InvalidInput, NotAllowed
from cogs.boards.rules import board, numbers, verdicts
from cogs.boards.rules.verdicts import Judgement, Sample, Terms
from data.boards import Project
from data.claims import Claim, ClaimTerms
from data.results import Findings, Result
from data.states import Better, Criterion, Decision, Origin, SpreadKind

CLAIMS = 200
"""How many claims a project may have."""

RESULTS = 200
"""How many results a claim may have."""

STATEMENT_LIMIT = 300
METRIC_LIMIT = 80
PLACE_LIMIT = 80
NOTES_LIMIT = 1000
HEAVIEST = Decimal(1000)
LARGEST_RUNS = 100_000

SETTLES = frozenset({Decision.UPHOLD, Decision.REJECT})


@dataclass(frozen=True, slots=True)
class TypedTerms:
    """What somebody typed for a claim; None where nothing was."""

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


@dataclass(frozen=True, slots=True)
class TypedFindings:
    """What somebody typed for a result; None where nothing was."""

    value: str
    spread: str | None = None
    runs: int | None = None
    evidence: str | None = None
    deviations: str | None = None
    hours: str | None = None
    notes: str | None = None
    origin: Origin | None = None
    revision: str | None = None
    hardware: str | None = None


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
    criterion = typed.criterion or present.criterion
    same_kind = criterion is present.criterion
    new_number = typed.reported is not None
    whole = TypedTerms(
        statement=typed.statement or present.statement,
        metric=typed.metric or present.metric,
        reported=typed.reported or present.reported,
        place=typed.place or present.place,
        dataset=typed.dataset or present.dataset,
        spread=typed.spread or (None if new_number else present.spread),
        spread_kind=typed.spread_kind or (None if new_number else present.spread_kind),
        runs=typed.runs or present.runs,
        better=typed.better or present.better,
        criterion=criterion,
        tolerance=typed.tolerance or (present.tolerance if same_kind else None),
        weight=typed.weight or present.weight,
        headline=present.headline if typed.headline is None else typed.headline,
    )
    changed = check_terms(whole)
    if changed == present:
        raise Conflict("Nothing changes by that: give what is to be different.")
    return changed


def _terms(typed: TypedTerms, statement: str, metric: str) -> ClaimTerms:
    reported = numbers.parse_reported(typed.reported or "")
    criterion = typed.criterion or Criterion.RELATIVE
    spread = _claim_spread(typed, reported)
    if typed.spread_kind is not None and spread is None:
        raise InvalidInput("Give the spread itself too, for example `spread: 0.3`.")
    if reported is not None and reported.value == 0 and criterion in _NEEDS_A_SIGN:
        raise InvalidInput(
            f"A reported value of zero cannot be judged by `{criterion}`. Choose `absolute` with a "
            "tolerance, or `interval`."
        )
    if reported is None and criterion is Criterion.DIRECTION:
        raise InvalidInput(
            "A direction needs the difference that the paper reports, for example `+2.1`."
        )
    weight = numbers.parse_amount(typed.weight or "1", "the weight", "2")
    if weight > HEAVIEST:
        raise InvalidInput(f"The weight can be {HEAVIEST} at most; 1 is usual.")
    return ClaimTerms(
        statement=statement,
        metric=metric,
        reported=reported.text if reported is not None else "n/r",
        place=_optional(typed.place, "the place", PLACE_LIMIT, "Table 2, row 3"),
        dataset=_optional(typed.dataset, "the dataset", PLACE_LIMIT, "mod 97, 50 % train"),
        spread=format(spread, "f") if spread is not None else None,
        spread_kind=(typed.spread_kind or SpreadKind.DEVIATION) if spread is not None else None,
        runs=typed.runs,
        better=typed.better,
        criterion=criterion,
        tolerance=_tolerance(typed.tolerance, criterion),
        weight=format(weight, "f"),
        headline=bool(typed.headline),
    )


_NEEDS_A_SIGN = frozenset({Criterion.RELATIVE, Criterion.DIRECTION})


def _claim_spread(typed: TypedTerms, reported: numbers.Printed | None) -> Decimal | None:
    if reported is not None and reported.spread is not None:
        if typed.spread is not None:
            raise InvalidInput("The spread is there twice: give it after ± or as `spread:`.")
        return reported.spread
    if typed.spread is None:
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


def check_findings(claim: Claim, typed: TypedFindings) -> Findings:
    """Return a result's findings; InvalidInput, with an example, for what cannot be judged."""
    listed = numbers.parse_runs(typed.value)
    reported = numbers.parse_reported(claim.terms.reported)
    if reported is not None and reported.percent != listed[0].percent:
        wanted, given = ("in percent", "97.4%") if reported.percent else ("a plain number", "0.974")
        raise InvalidInput(
            f"{claim.name} is reported as {claim.terms.reported}, so yours has to be {wanted} too, "
            f"for example `{given}`."
        )
    spread = listed[0].spread
    if typed.spread is not None:
        if spread is not None or len(listed) > 1:
            raise InvalidInput(
                "The spread is there twice: leave `spread:` out, since the value gives it already."
            )
        spread = numbers.parse_amount(typed.spread.rstrip(" %"), "the spread", "0.3")
    runs = typed.runs or len(listed)
    if len(listed) > 1 and runs != len(listed):
        raise InvalidInput(f"You listed {len(listed)} values and said {runs} runs. Which is it?")
    if spread is not None and runs < 2:
        raise InvalidInput(
            "A spread is over several runs: give their number too, for example `runs: 3`."
        )
    value = ", ".join(one.text for one in listed)
    if len(value) > board.NOTES_LIMIT * 4:
        raise InvalidInput("Those are too many values for one result. Log them as several.")
    hours = typed.hours
    return Findings(
        value=value,
        spread=format(spread, "f") if spread is not None else None,
        runs=runs,
        evidence=_optional(typed.evidence, "the evidence", 500, "https://wandb.ai/…"),
        deviations=board.check_passage(typed.deviations, "the deviations", NOTES_LIMIT),
        hours=format(numbers.parse_amount(hours, "the hours", "3.5"), "f") if hours else None,
        notes=board.check_passage(typed.notes, "the notes", NOTES_LIMIT),
        origin=typed.origin,
        revision=_optional(typed.revision, "the commit", PLACE_LIMIT, "3f2a9c1"),
        hardware=_optional(typed.hardware, "the hardware", PLACE_LIMIT, "1 × RTX 4090"),
    )


def standing(claim: Claim, results: Sequence[Result]) -> Standing:
    """Judge a claim by those of its results that count."""
    samples = [sample(result.findings) for result in results if result.counts]
    return Standing(claim, tuple(results), verdicts.judge(terms_of(claim.terms), samples))


def terms_of(terms: ClaimTerms) -> Terms:
    """Return the part of a claim's terms that decides its verdict."""
    return Terms(
        reported=numbers.parse_reported(terms.reported),
        better=terms.better,
        criterion=terms.criterion,
        tolerance=Decimal(terms.tolerance) if terms.tolerance is not None else None,
    )


def sample(findings: Findings) -> Sample:
    """Return what a result measured."""
    values = [one.value for one in numbers.parse_runs(findings.value)]
    if len(values) > 1:
        return verdicts.of_runs(values)
    deviation = Decimal(findings.spread) if findings.spread is not None else None
    return Sample(values[0], findings.runs, deviation)


def tally(standings: Sequence[Standing]) -> verdicts.Tally:
    """Weigh what a project's claims say together."""
    return verdicts.tally(
        verdicts.Weighed(
            one.judgement.verdict, Decimal(one.claim.terms.weight), one.claim.terms.headline
        )
        for one in standings
    )


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


def _optional(text: str | None, what: str, limit: int, example: str) -> str | None:
    return board.check_text(text, what, limit, example) if text and text.strip() else None
