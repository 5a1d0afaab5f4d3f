"""Verdicts, checked against worked examples and by their properties."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from statistics import mean, stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cogs.boards.rules import numbers, verdicts
from cogs.boards.rules.verdicts import Sample, Terms, judge
from data.states import Better, Criterion, Verdict

HOT_DOGS = ["25.2", "21.3", "22.8", "17.0", "29.8", "21.0", "25.5", "16.0", "20.9", "19.5"]
"""Fat content of ten hot dogs in percent: Devore, Probability and Statistics, example 7.12."""


def terms(
    reported: str,
    criterion: Criterion = Criterion.RELATIVE,
    tolerance: str | None = None,
    better: Better | None = Better.HIGHER,
) -> Terms:
    return Terms(
        numbers.parse_reported(reported),
        better,
        criterion,
        Decimal(tolerance) if tolerance is not None else None,
    )


def one(value: str) -> list[Sample]:
    return [Sample(Decimal(value))]


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, "12.706"), (2, "4.303"), (3, "3.182"), (4, "2.776"), (5, "2.571"), (9, "2.262"),
     (10, "2.228"), (15, "2.131"), (30, "2.042"), (60, "2.000"), (120, "1.980"),
     (10**6, "1.960")],
)  # fmt: skip
def test_students_t_is_that_of_the_tables(freedom: int, quantile: str) -> None:
    assert round(verdicts.student_t(freedom), 3) == Decimal(quantile)


def test_students_t_has_no_step_where_its_computation_changes() -> None:
    quantiles = [verdicts.student_t(freedom) for freedom in range(195, 206)]
    falls = [before - after for before, after in pairwise(quantiles)]
    assert all(Decimal("0.00005") < fall < Decimal("0.00007") for fall in falls)
    assert round(verdicts.student_t(1000), 4) == Decimal("1.9623")


def test_the_prediction_interval_is_that_of_a_textbook() -> None:
    """Devore gives mean 21.90, s 4.134 and the interval (12.09, 31.71)."""
    sample = verdicts.of_runs([Decimal(value) for value in HOT_DOGS])
    assert sample.deviation is not None
    half = verdicts.prediction_half_width(sample.deviation, sample.runs)
    assert round(sample.mean, 2) == Decimal("21.90")
    assert round(sample.deviation, 3) == Decimal("4.134")
    assert abs(sample.mean - half - Decimal("12.09")) <= Decimal("0.01")
    assert abs(sample.mean + half - Decimal("31.71")) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("reported", "verdict"),
    [("12.10", Verdict.REPRODUCED), ("31.70", Verdict.REPRODUCED), ("12.08", Verdict.EXCEEDED),
     ("31.72", Verdict.NOT_REPRODUCED), ("-1", Verdict.EXCEEDED)],
)  # fmt: skip
def test_a_value_within_the_textbooks_interval_is_reproduced(
    reported: str, verdict: Verdict
) -> None:
    sample = verdicts.of_runs([Decimal(value) for value in HOT_DOGS])
    assert judge(terms(reported, Criterion.INTERVAL), [sample]).verdict is verdict


def test_the_confidence_interval_of_a_mean_is_that_of_students_sleep_data() -> None:
    """Student (1908): ten differences of hours slept, mean 1.58, s 1.230, t = 4.06.

    R's t.test(extra ~ group, sleep, paired = TRUE) gives the interval 0.7001 to 2.4599.
    """
    hours = ["1.2", "2.4", "1.3", "1.3", "0.0", "1.0", "1.8", "0.8", "4.6", "1.4"]
    sample = verdicts.of_runs([Decimal(value) for value in hours])
    assert sample.deviation is not None
    half = verdicts.confidence_half_width(sample.deviation, sample.runs)
    assert round(sample.mean - half, 4) == Decimal("0.7001")
    assert round(sample.mean + half, 4) == Decimal("2.4599")
    assert judge(terms("+1.58", Criterion.DIRECTION), [sample]).verdict is Verdict.REPRODUCED
    assert judge(terms("-1.58", Criterion.DIRECTION), [sample]).verdict is Verdict.REVERSED


@pytest.mark.parametrize(
    ("reported", "ours", "criterion", "tolerance", "better", "verdict"),
    [
        # Vaswani et al. 2017, table 2: BLEU of the base model, English to German.
        ("27.3", "27.1", "relative", "0.01", "higher", "reproduced"),
        ("27.3", "26.9", "relative", "0.01", "higher", "partly"),
        ("27.3", "26.7", "relative", "0.01", "higher", "not reproduced"),
        ("27.3", "27.9", "relative", "0.01", "higher", "exceeded"),
        ("27.3", "27.573", "relative", "0.01", "higher", "reproduced"),
        # Perplexity: less is better.
        ("4.92", "5.01", "absolute", "0.05", "lower", "partly"),
        ("4.92", "4.80", "absolute", "0.05", "lower", "exceeded"),
        ("4.92", "5.30", "absolute", "0.05", "lower", "not reproduced"),
        # A gain that turns into a loss.
        ("+2.1", "-0.4", "absolute", "0.5", "higher", "reversed"),
        ("+0.1", "-0.1", "absolute", "0.5", "higher", "reproduced"),
        ("-2.1", "0.4", "absolute", "0.5", "lower", "reversed"),
        # Without a better side, being off either way is being off.
        ("97", "99", "absolute", "1", None, "partly"),
        ("97", "95", "absolute", "1", None, "partly"),
        ("97", "113", "absolute", "1", None, "not reproduced"),
        # Printed digits: 0.10 claims more than 0.1 does.
        ("0.1", "0.14", "exact", None, "higher", "reproduced"),
        ("0.10", "0.14", "exact", None, "higher", "exceeded"),
        ("0.10", "0.095", "exact", None, "higher", "reproduced"),
        ("0.10", "0.0949", "exact", None, "higher", "not reproduced"),
        ("+3", "7", "direction", None, "higher", "reproduced"),
        ("+3", "0", "direction", None, "higher", "not reproduced"),
        ("+3", "-1", "direction", None, "higher", "reversed"),
        ("0", "1", "relative", "0.05", "higher", "inconclusive"),
        ("0", "1", "direction", None, "higher", "inconclusive"),
        ("n/r", "1", "relative", "0.05", "higher", "inconclusive"),
        ("97", "97", "interval", None, "higher", "inconclusive"),
    ],
)  # fmt: skip
def test_one_result_is_judged(
    reported: str,
    ours: str,
    criterion: str,
    tolerance: str | None,
    better: str | None,
    verdict: str,
) -> None:
    fixed = terms(reported, Criterion(criterion), tolerance, Better(better) if better else None)
    assert judge(fixed, one(ours)).verdict is Verdict(verdict)


def test_the_sentence_gives_the_numbers() -> None:
    sentence = judge(terms("97.4%", tolerance="0.05"), one("92.5")).sentence
    assert sentence == "Ours is 92.5% against 97.4%: 5.031% lower, with 5% allowed."
    sample = verdicts.of_runs([Decimal("97.1"), Decimal("96.8"), Decimal("97.4")])
    sentence = judge(terms("97.4", Criterion.INTERVAL), [sample]).sentence
    assert sentence == (
        "Ours is 97.1 ± 0.3 (3 runs) against 97.4: the paper's value lies within the 95% "
        "prediction interval of our 3 runs, 95.61 to 98.59."
    )


@pytest.mark.parametrize("criterion", list(Criterion))
def test_with_no_result_nothing_was_attempted(criterion: Criterion) -> None:
    assert judge(terms("1", criterion), []).verdict is Verdict.NOT_ATTEMPTED


def test_an_effect_whose_interval_holds_zero_is_inconclusive() -> None:
    sample = verdicts.of_runs([Decimal(2), Decimal(-1), Decimal("0.5")])
    assert judge(terms("+1", Criterion.DIRECTION), [sample]).verdict is Verdict.INCONCLUSIVE


values = st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6
)
shares = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=0, max_value=Decimal("0.9")
)


@given(values, values, shares, shares, st.sampled_from([None, *Better]))
def test_a_wider_tolerance_never_takes_reproduced_away(
    reported: Decimal, ours: Decimal, first: Decimal, second: Decimal, better: Better | None
) -> None:
    assume(reported != 0)
    narrow, wide = sorted([first, second])
    for criterion in (Criterion.RELATIVE, Criterion.ABSOLUTE):
        before = judge(terms(f"{reported:f}", criterion, str(narrow), better), [Sample(ours)])
        after = judge(terms(f"{reported:f}", criterion, str(wide), better), [Sample(ours)])
        if before.verdict is Verdict.REPRODUCED:
            assert after.verdict is Verdict.REPRODUCED
        if before.verdict is Verdict.PARTLY:
            assert after.verdict in (Verdict.PARTLY, Verdict.REPRODUCED)


@given(values, values, st.decimals(places=2, min_value=0, max_value=1000))
def test_an_absolute_tolerance_is_symmetric(
    reported: Decimal, ours: Decimal, tolerance: Decimal
) -> None:
    """Exchanging the two, mirroring both at zero, or turning what is better changes nothing."""
    there = judge(terms(f"{reported:f}", Criterion.ABSOLUTE, str(tolerance), None), [Sample(ours)])
    back = judge(terms(f"{ours:f}", Criterion.ABSOLUTE, str(tolerance), None), [Sample(reported)])
    assert there.verdict is back.verdict
    for better, other in ((Better.HIGHER, Better.LOWER), (Better.LOWER, Better.HIGHER)):
        plain = judge(
            terms(f"{reported:f}", Criterion.ABSOLUTE, str(tolerance), better), [Sample(ours)]
        )
        mirrored = judge(
            terms(f"{-reported:f}", Criterion.ABSOLUTE, str(tolerance), other), [Sample(-ours)]
        )
        assert plain.verdict is mirrored.verdict


@given(
    st.lists(values, min_size=2, max_size=12),
    st.integers(min_value=1, max_value=11),
)
def test_pooling_is_as_if_all_runs_had_been_one(runs: list[Decimal], cut: int) -> None:
    assume(cut < len(runs))
    parts = [verdicts.of_runs(runs[:cut]), verdicts.of_runs(runs[cut:])]
    together = verdicts.pooled(parts)
    assert together.runs == len(runs)
    assert together.deviation is not None
    assert float(together.mean) == pytest.approx(mean(map(float, runs)), abs=1e-6)
    assert float(together.deviation) == pytest.approx(stdev(map(float, runs)), rel=1e-6, abs=1e-6)


@given(st.lists(st.decimals(places=2, min_value=0, max_value=50), min_size=1, max_size=5))
def test_the_bar_has_all_its_blocks(weights: list[Decimal]) -> None:
    total = sum(weights)
    assume(total > 0)
    counts = verdicts.blocks([weight / total for weight in weights], 10)
    assert sum(counts) == 10
    assert all(count >= 0 for count in counts)


def test_the_projects_verdict_weighs_its_claims() -> None:
    told = verdicts.tally(
        [
            verdicts.Weighed(Verdict.REPRODUCED, Decimal(3), headline=True),
            verdicts.Weighed(Verdict.EXCEEDED, Decimal(1)),
            verdicts.Weighed(Verdict.REVERSED, Decimal(2), headline=True),
            verdicts.Weighed(Verdict.NOT_ATTEMPTED, Decimal(2)),
        ]
    )
    assert (told.good, told.partly, told.bad) == (Decimal("0.5"), Decimal(0), Decimal("0.25"))
    assert (told.claims, told.attempted, told.headlines, told.headlines_good) == (4, 3, 2, 1)
