"""What may stand in the ledger: terms of claims, findings of results, and what they come to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.base.errors import Conflict, InvalidInput
from cogs.boards.ledger import rules as ledger
from cogs.boards.ledger import standings
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.ledger.terms import Judgement, Sample, Terms
from cogs.boards.results import rules as findings
from cogs.boards.results.rules import TypedFindings
from data.boards.claims import Claim, ClaimId, ClaimTerms
from data.boards.projects import ProjectId
from data.boards.results import Result, ResultId
from data.states import Better, Category, Criterion, Origin, SpreadKind, Verdict

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def terms(**given: Any) -> ClaimTerms:
    return ledger.check_terms(
        TypedTerms(**{"statement": "It holds", "metric": "acc", "reported": "97.0", **given})
    )


def claim(of: ClaimTerms) -> Claim:
    return Claim(ClaimId(1), 1, ProjectId(1), 1, 1, 2, NOW, 2, NOW, of)


def result(number: int, found: str, of: Claim, replaces: int | None = None, **said: Any) -> Result:
    return Result(
        ResultId(number), 1, ClaimId(1), number, 1,
        ResultId(replaces) if replaces else None, 2, NOW,
        findings.check_findings(of, TypedFindings(value=found, **said)),
    )  # fmt: skip


def test_a_claim_about_code_or_a_run_is_so_or_not() -> None:
    for category in (Category.CODE, Category.RUN):
        for reported in (None, "n/r", "yes"):
            made = terms(category=category, reported=reported)
            assert (made.reported, made.criterion) == ("yes", Criterion.OUTCOME)
            assert made.category is category
        with pytest.raises(InvalidInput, match="is so or not"):
            terms(category=category, reported="97.0")
    qualitative = terms(reported="No")
    assert (qualitative.reported, qualitative.category) == ("no", Category.RESULT)
    assert terms(unit="ms", split="test").unit == "ms"


@pytest.mark.parametrize(
    "given",
    [{"criterion": Criterion.EXACT}, {"spread": "0.1"}, {"tolerance": "1%"},
     {"better": Better.HIGHER}, {"spread_kind": SpreadKind.ERROR}],
)  # fmt: skip
def test_what_goes_with_numbers_does_not_go_with_yes(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        terms(reported="yes", **given)
    with pytest.raises(InvalidInput):
        terms(reported="partly")
    with pytest.raises(InvalidInput):
        terms(criterion=Criterion.OUTCOME)


def test_an_empty_field_of_a_form_empties_the_claims_and_one_not_given_keeps_it() -> None:
    before = terms(
        place="Table 2", dataset="mod 97", spread="0.30", spread_kind=SpreadKind.ERROR, runs=3,
        unit="points",
    )  # fmt: skip
    assert before.spread == "0.30", "its digits are kept"
    after = ledger.change_terms(before, TypedTerms(place="", unit=""))
    assert (after.place, after.unit, after.dataset) == (None, None, "mod 97")
    after = ledger.change_terms(before, TypedTerms(spread="", runs=0))
    assert (after.spread, after.spread_kind, after.runs) == (None, None, None)
    after = ledger.change_terms(before, TypedTerms(reported="98.0"))
    assert after.spread is None, "the spread was that of the other number"


def test_a_claim_can_become_one_about_a_run_and_a_result_again() -> None:
    before = terms(tolerance="1%", better=Better.HIGHER, spread="0.3", runs=3, weight="2")
    run = ledger.change_terms(before, TypedTerms(category=Category.RUN))
    assert (run.reported, run.criterion, run.weight) == ("yes", Criterion.OUTCOME, "2")
    assert (run.spread, run.tolerance, run.better, run.runs) == (None, None, None, None)
    again = ledger.change_terms(run, TypedTerms(category=Category.RESULT))
    assert (again.category, again.reported) == (Category.RESULT, "yes")
    number = ledger.change_terms(again, TypedTerms(reported="97.0"))
    assert (number.criterion, number.tolerance) == (Criterion.EQUIVALENT, None)
    with pytest.raises(Conflict, match="Nothing changes"):
        ledger.change_terms(number, TypedTerms(reported="97.0"))


def test_what_changed_is_told_field_by_field() -> None:
    before = terms(tolerance="1%")
    after = ledger.change_terms(before, TypedTerms(tolerance="2%", headline=True, place="Table 1"))
    assert ledger.changes(before, after) == {
        "tolerance": ("1%", "2%"),
        "headline": ("no", "yes"),
        "place": (None, "Table 1"),
    }


@pytest.mark.parametrize(
    ("reported", "becomes", "comparable"),
    [("97.0", "96.0", True), ("97.0", "97.0%", False), ("97.0", "yes", False),
     ("yes", "no", True), ("yes", "1", False), ("97.0", "n/r", True), ("n/r", "97%", True)],
)  # fmt: skip
def test_once_there_are_results_they_must_stay_comparable(
    reported: str, becomes: str, comparable: bool
) -> None:
    before, after = terms(reported=reported), terms(reported=becomes)
    ledger.check_change(before, after, tried=False)
    if comparable:
        ledger.check_change(before, after, tried=True)
        return
    with pytest.raises(Conflict, match="a claim of its own"):
        ledger.check_change(before, after, tried=True)


def test_seeds_are_as_many_as_runs() -> None:
    of = claim(terms())
    assert result(1, "97, 96", of, seeds="0, 1").findings.seeds == "0, 1"
    assert result(1, "97 ± 0.2", of, seeds="0-4").findings.runs == 5
    assert result(1, "97", of, seeds="42").findings.runs == 1
    refused: list[tuple[str, dict[str, Any]]] = [
        ("97, 96", {"seeds": "0"}),
        ("97", {"seeds": "0, 1", "runs": 3}),
    ]
    for value, given in refused:
        with pytest.raises(InvalidInput, match=r"seeds for \d runs"):
            result(1, value, of, **given)


def test_a_result_says_how_it_was_made() -> None:
    made = result(
        1, "97, 96", claim(terms()), cost="$3", hours="1.50", command="python x.py\n--wd 1",
        origin=Origin.AUTHORS, hardware="1 × A100", revision="3f2a",
    ).findings  # fmt: skip
    assert (made.cost, made.hours, made.command) == ("3 USD", "1.50", "python x.py\n--wd 1")
    assert findings.gaps(made) == ["seeds", "evidence", "deviations", "notes"]


def test_gaps_are_filled_and_nothing_is_overwritten() -> None:
    made = result(1, "97, 96", claim(terms()), hours="2").findings
    filled = findings.complete(made, TypedFindings(seeds="0, 1", hours="9", cost="3 EUR"))
    assert (filled.seeds, filled.hours, filled.cost) == ("0, 1", "2", "3 EUR")
    with pytest.raises(Conflict, match="fills no gap"):
        findings.complete(made, TypedFindings(hours="9"))
    with pytest.raises(InvalidInput, match="3 seeds for 2 runs"):
        findings.complete(made, TypedFindings(seeds="0-2"))


def test_what_a_file_says_stands_where_nothing_was_typed() -> None:
    typed = TypedFindings(value="acc", hours="1")
    of_file = TypedFindings(value="97; 96", seeds="0, 1", hours="2")
    assert findings.merged(typed, of_file) == TypedFindings(value="97; 96", seeds="0, 1", hours="1")


def test_tries_of_a_run_are_counted() -> None:
    of = claim(terms(category=Category.RUN, reported="yes"))
    standing = standings.standing(of, [result(1, "yes, no", of), result(2, "yes", of)])
    assert standing.judgement.verdict is Verdict.PARTLY
    assert standing.judgement.sentence == "2 of our 3 tries say yes."
    refused: list[tuple[str, dict[str, Any]]] = [
        ("97", {}),
        ("yes", {"spread": "0.1"}),
        ("yes, no", {"runs": 3}),
    ]
    for value, given in refused:
        with pytest.raises(InvalidInput):
            result(3, value, of, **given)


def test_a_result_is_shown_with_the_verdict_that_it_led_to() -> None:
    of = claim(terms(criterion=Criterion.ABSOLUTE, tolerance="1"))
    wrong = result(1, "9.7", of)
    right = result(2, "97.0, 97.1, 96.9", of, replaces=1)
    later = result(3, "80.0, 80.1, 79.9", of)
    whole = standings.standing(of, [Result(**{**_fields(wrong), "replaced": True}), right, later])
    assert whole.judgement.verdict is not Verdict.REPRODUCED
    assert standings.as_of(whole, right).judgement.verdict is Verdict.REPRODUCED
    assert standings.ahead_of(whole, right).judgement.verdict is Verdict.NOT_REPRODUCED
    assert standings.ahead_of(whole, wrong).judgement.verdict is Verdict.NOT_ATTEMPTED


def test_a_claim_is_judged_once_for_what_it_says_and_what_was_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged: list[int] = []

    def judge(terms: Terms, samples: Sequence[Sample]) -> Judgement:
        judged.append(len(samples))
        return Judgement(Verdict.INCONCLUSIVE, f"Asked {len(judged)} times.")

    monkeypatch.setattr(standings, "_judgements", OrderedDict())
    monkeypatch.setattr(standings.verdicts, "judge", judge)
    of = claim(terms(criterion=Criterion.ABSOLUTE, tolerance="1"))
    found = [result(1, "97.0", of), result(2, "97.0, 97.1", of)]
    first = standings.standing(of, found).judgement
    assert standings.standing(of, found).judgement is first
    noted = [found[0], Result(**{**_fields(found[1]), "logged_at": NOW + timedelta(days=1)})]
    assert standings.standing(of, noted).judgement is first
    assert judged == [2]
    # Whatever may change the verdict or its sentence has it judged again, also what only reads
    # differently.
    claims = [claim(terms(criterion=Criterion.ABSOLUTE, tolerance=one)) for one in ("1.0", "2")]
    standings.standing(claims[0], found)
    standings.standing(claims[1], found)
    standings.standing(of, [result(1, "97.00", of), found[1]])
    standings.standing(of, [found[0], result(2, "97.0, 97.1", of, hardware="one A100")])
    standings.standing(of, [Result(**{**_fields(found[0]), "replaced": True}), found[1]])
    assert judged == [2, 2, 2, 2, 2, 1]


def _fields(one: Result) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Result.__struct_fields__}


def test_a_claim_without_a_tolerance_takes_its_margin_from_the_next_row_of_its_column() -> None:
    base, big = terms(reported="27.3", dataset="EN-DE"), terms(reported="28.4", dataset="EN-DE")
    french = terms(reported="27.4", dataset="EN-FR")
    rows = [base, big, french]
    assert ledger.with_gap(base, rows).gap == "1.1"
    assert ledger.with_gap(big, rows).gap == "1.1"
    assert ledger.with_gap(french, rows).gap is None, "it is alone in its column"
    given = terms(reported="27.3", dataset="EN-DE", tolerance="1%")
    assert ledger.with_gap(given, rows) is given
    assert not standings.asks_for_margin(ledger.with_gap(base, rows))
    assert standings.asks_for_margin(french)
