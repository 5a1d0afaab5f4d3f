"""“The first beats the second (by so much)”, by our own runs of both rows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.boards.ledger import rules
from cogs.boards.ledger.comparisons import Side, compare, difference
from cogs.boards.ledger.rules import TypedComparison
from cogs.boards.ledger.terms import of_runs
from data.boards.claims import Claim
from data.states import Better, Category, Criterion, Verdict
from tests.cogs.boards.reports.test_writing import claim

SLEEP = (
    ["0.7", "-1.6", "-0.2", "-1.2", "-0.1", "3.4", "3.7", "0.8", "0.0", "2.0"],
    ["1.9", "0.8", "1.1", "0.1", "-0.1", "4.4", "5.5", "1.6", "4.6", "3.4"],
)
"""Hours of sleep that two drugs added to ten patients (Student 1908)."""


def side(name: str, runs: list[str], *, paired: bool = False, reported: str | None = None) -> Side:
    values = [Decimal(one) for one in runs]
    seeds = {("alice", str(seed)): value for seed, value in enumerate(values)} if paired else {}
    return Side(
        name, [of_runs(values)] if values else [], Decimal(reported) if reported else None, seeds
    )


def test_runs_with_the_same_seeds_are_compared_as_pairs() -> None:
    """R's paired t.test of the sleep data: difference 1.58, 95 % interval 0.70 to 2.46."""
    second, first = (side(name, runs, paired=True) for name, runs in zip("BA", SLEEP, strict=True))
    found = difference(first, second, Better.HIGHER)
    assert found.pairs == 10
    assert found.mean == pytest.approx(1.58)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(1.58 - 1.833 * 1.22995 / 10**0.5, abs=1e-3)
    assert found.better == pytest.approx(0.95), "nine pairs of ten, and a tie"


def test_other_runs_are_compared_by_welchs_test() -> None:
    """R's t.test of the sleep data, not paired: its 95 % interval −3.37 to 0.21 holds zero."""
    second, first = (side(name, runs) for name, runs in zip("BA", SLEEP, strict=True))
    found = difference(first, second, Better.HIGHER)
    assert found.pairs == 0
    assert found.interval is not None
    assert found.interval.low == pytest.approx(1.58 - 1.740 * 0.849, abs=0.01)
    lower = difference(first, second, Better.LOWER)
    assert lower.mean == pytest.approx(-1.58)
    assert found.better + lower.better == pytest.approx(1)


@pytest.mark.parametrize(
    ("first", "second", "by", "verdict"),
    [
        (["28.4", "28.5", "28.3"], ["27.2", "27.3", "27.1"], None, "reproduced"),
        (["28.4", "28.5", "28.3"], ["27.2", "27.3", "27.1"], "1.1", "reproduced"),
        (["28.4", "28.5", "28.3"], ["27.2", "27.3", "27.1"], "5.0", "partly"),
        (["27.2", "27.3", "27.1"], ["28.4", "28.5", "28.3"], None, "reversed"),
        (["28.4", "26.0", "30.0"], ["27.2", "28.3", "26.1"], None, "inconclusive"),
        (["28.40", "28.41", "28.39"], ["28.40", "28.42", "28.38"], "1.1", "not reproduced"),
        (["28.4"], ["27.2"], None, "inconclusive"),
        ([], ["27.2"], None, "inconclusive"),
        ([], [], None, "not attempted"),
    ],
)
def test_two_rows_are_judged(
    first: list[str], second: list[str], by: str | None, verdict: str
) -> None:
    judged = compare(
        side("C1", first), side("C2", second), Better.HIGHER, Decimal(by) if by else None
    )
    assert judged.verdict is Verdict(verdict), judged.sentence


def test_the_sentence_gives_size_direction_and_how_often() -> None:
    judged = compare(
        side("C1", ["28.4", "28.5", "28.3"]), side("C2", ["27.2", "27.3", "27.1"]),
        Better.HIGHER, None,
    )  # fmt: skip
    assert judged.sentence == (
        "C1 is 1.2 better than C2 (90% interval 1.03 to 1.37): it is the better one in 100% of all "
        "pairs of runs, a clear lead."
    )


def test_a_row_that_does_better_than_in_the_paper_weakens_the_lead_over_it() -> None:
    first, second = side("C1", ["28.4", "28.5", "28.3"]), side("C2", ["27.2", "27.3", "27.1"])
    strong = Side(second.name, second.samples, None, {}, exceeded=True)
    assert compare(first, second, Better.HIGHER, None).verdict is Verdict.REPRODUCED
    weakened = compare(first, strong, Better.HIGHER, None)
    assert weakened.verdict is Verdict.PARTLY
    assert "weakens the comparison" in weakened.sentence


values = st.lists(st.decimals(-50, 50, places=1), min_size=1, max_size=6)


@given(values, values, st.sampled_from(list(Better)))
def test_exchanging_the_two_turns_the_difference(
    first: list[Decimal], second: list[Decimal], better: Better
) -> None:
    ours, others = (
        side(name, [str(x) for x in runs]) for name, runs in (("A", first), ("B", second))
    )
    there, back = difference(ours, others, better), difference(others, ours, better)
    assert there.mean == pytest.approx(-back.mean, abs=1e-9)
    assert there.better == pytest.approx(1 - back.better)
    pairs = [(a > b) + (a == b) / 2 for a in first for b in second]
    share = sum(pairs) / len(pairs)
    assert there.better == pytest.approx(share if better is Better.HIGHER else 1 - share)


def test_what_is_typed_becomes_the_terms_of_a_comparison() -> None:
    first, second = claim(1, "28.4"), claim(2, "27.3")
    plain = rules.check_comparison(TypedComparison("Big beats base"), first, second)
    assert (plain.first_id, plain.second_id, plain.by) == (1, 2, None)
    assert (plain.criterion, plain.reported, plain.better) == (
        Criterion.DIRECTION, "1.1", Better.HIGHER,
    )  # fmt: skip
    sized = rules.check_comparison(TypedComparison("Big wins", by="+2.3"), first, second)
    assert (sized.by, sized.criterion) == ("2.3", Criterion.EQUIVALENT)
    size = TypedComparison("Big wins", criterion=Criterion.ABSOLUTE)
    assert rules.check_comparison(size, first, second).by == "1.1", "the paper's own lead"


@pytest.mark.parametrize(
    ("first", "second", "typed", "said"),
    [
        (claim(1, "1"), claim(1, "1"), TypedComparison("x"), "beat itself"),
        (claim(1, "1"), claim(2, "1%"), TypedComparison("x"), "percentage"),
        (claim(1, "yes", better=None, category=Category.RUN), claim(2, "1"), TypedComparison("x"),
         "so or not"),
        (claim(1, "1", better=None), claim(2, "1", better=None), TypedComparison("x"), "Which way"),
        (claim(1, "1"), claim(2, "2"), TypedComparison("x", criterion=Criterion.EXACT),
         "direction"),
        (claim(1, "1"), claim(2, "2"), TypedComparison("x", by="much"), "2.3"),
        (claim(1, "1"), claim(2, "2"), TypedComparison(), "statement"),
    ],
)  # fmt: skip
def test_two_rows_that_cannot_be_compared_are_refused(
    first: Claim, second: Claim, typed: TypedComparison, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        rules.check_comparison(typed, first, second)
