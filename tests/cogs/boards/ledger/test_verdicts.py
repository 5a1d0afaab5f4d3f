"""Verdicts, checked against worked examples and by their properties."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from statistics import mean, stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cogs.boards.ledger import verdicts
from cogs.boards.ledger.verdicts import Sample, Terms, judge
from cogs.boards.printed import numbers
from cogs.boards.printed import ranges as spans
from data.states import Better, Criterion, Outcome, Verdict

HOT_DOGS = ["25.2", "21.3", "22.8", "17.0", "29.8", "21.0", "25.5", "16.0", "20.9", "19.5"]
"""Fat content of ten hot dogs in percent: Devore, Probability and Statistics, example 7.12."""


def terms(
    reported: str,
    criterion: Criterion = Criterion.RELATIVE,
    tolerance: str | None = None,
    better: Better | None = Better.HIGHER,
) -> Terms:
    return Terms(
        spans.parse_reported(reported),
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


def test_both_intervals_are_those_of_another_textbook() -> None:
    """Montgomery & Runger, Applied Statistics and Probability for Engineers, 8-29 and 8-73.

    The life of 16 tires, mean 60139.7 km, s 3645.94 km, t 2.131: 58197.33 to 62082.07 for the
    mean, 52131.08 to 68148.31 for the next tire.
    """
    mean_life, deviation = Decimal("60139.7"), Decimal("3645.94")
    of_mean = verdicts.confidence_half_width(deviation, 16)
    of_next = verdicts.prediction_half_width(deviation, 16)
    within = Decimal("1.0")  # the book's t has three decimals
    assert abs(mean_life - of_mean - Decimal("58197.33")) < within
    assert abs(mean_life + of_mean - Decimal("62082.07")) < within
    assert abs(mean_life - of_next - Decimal("52131.08")) < 2 * within
    assert abs(mean_life + of_next - Decimal("68148.31")) < 2 * within


CORE_BENCH = ["96.12", "95.85", "96.30"]
"""Three runs, made up. CORE-Bench (Siegel et al. 2024, arXiv:2409.11363) takes a value for
reproduced from mean − h to mean + h, both included, where h = t.ppf(0.975, n − 1) · std(ddof=1) ·
√(1 + 1/n): ``eval_result_json`` in benchmark/evaluations.py of github.com/siegelz/core-bench. By
hand, with the table's t of 4.303: mean 96.09, std 0.22650, h = 1.1254."""


@pytest.mark.parametrize(
    ("reported", "verdict"),
    [("96.09", Verdict.REPRODUCED), ("94.97", Verdict.REPRODUCED), ("97.21", Verdict.REPRODUCED),
     ("94.96", Verdict.EXCEEDED), ("97.22", Verdict.NOT_REPRODUCED)],
)  # fmt: skip
def test_an_interval_is_judged_as_by_core_benchs_own_formula(
    reported: str, verdict: Verdict
) -> None:
    sample = verdicts.of_runs([Decimal(value) for value in CORE_BENCH])
    assert sample.deviation is not None
    assert round(sample.deviation, 4) == Decimal("0.2265")
    assert round(verdicts.prediction_half_width(sample.deviation, 3), 3) == Decimal("1.125")
    assert judge(terms(reported, Criterion.INTERVAL), [sample]).verdict is verdict


@given(
    st.lists(
        st.decimals(places=2, min_value=-100, max_value=100), min_size=2, max_size=6, unique=True
    ),
    st.decimals(places=2, min_value=-300, max_value=300),
)
def test_an_interval_holds_exactly_what_lies_within_t_s_and_the_root(
    runs: list[Decimal], reported: Decimal
) -> None:
    """The formula again, in floats and with t from a table, for 1 to 5 degrees of freedom."""
    table = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 5: 2.5706}
    half = table[len(runs) - 1] * stdev(map(float, runs)) * (1 + 1 / len(runs)) ** 0.5
    distance = abs(mean(map(float, runs)) - float(reported))
    assume(abs(distance - half) > 1e-3 * half)
    found = judge(terms(f"{reported:f}", Criterion.INTERVAL, better=None), [verdicts.of_runs(runs)])
    assert (found.verdict is Verdict.REPRODUCED) is (distance < half)


@given(
    st.decimals(places=2, min_value=0, max_value=100),
    st.decimals(places=2, min_value=0, max_value=100),
    st.decimals(places=2, min_value=0, max_value=20),
)
def test_an_absolute_tolerance_is_epsilon_reproducibility(
    paper: Decimal, ours: Decimal, epsilon: Decimal
) -> None:
    """sotabench: reproduced if abs(code result − paper result) is small; above, with benefits.

    https://forum.sotabench.com/t/feedback-on-epsilon-reproducibility/18; its bound is exclusive,
    ours inclusive, so that a tolerance of 0.5 allows what the paper prints as 0.5 off.
    """
    fixed = terms(f"{paper:f}", Criterion.ABSOLUTE, f"{epsilon:f}", Better.HIGHER)
    verdict = judge(fixed, [Sample(ours)]).verdict
    assert (verdict is Verdict.REPRODUCED) is (abs(ours - paper) <= epsilon)
    assert (verdict is Verdict.EXCEEDED) is (ours > paper + epsilon)


@pytest.mark.parametrize(
    ("reported", "tries", "verdict", "said"),
    [
        ("yes", ["yes"], "reproduced", "Ours is yes, as the paper says."),
        ("yes", ["no"], "not reproduced", "Ours is no, and the paper says yes."),
        ("yes", ["partly"], "partly", "Ours is partly, and the paper says yes."),
        ("yes", ["yes", "yes"], "reproduced", "2 of our 2 tries say yes."),
        ("yes", ["yes", "no", "yes"], "partly", "2 of our 3 tries say yes."),
        ("yes", ["partly", "no"], "partly", "0.5 of our 2 tries say yes."),
        ("yes", ["no", "no"], "not reproduced", "0 of our 2 tries say yes."),
        ("no", ["no"], "reproduced", "Ours is no, as the paper says."),
        ("no", ["yes", "no"], "partly", "1 of our 2 tries say no."),
    ],
)
def test_what_is_so_or_not_is_judged_by_its_tries(
    reported: str, tries: list[str], verdict: str, said: str
) -> None:
    """PaperBench grades code and its execution as done or not (Starace et al. 2025, 2504.01848)."""
    fixed = Terms(
        numbers.Printed(reported, numbers.SHARES[Outcome(reported)]), None, Criterion.OUTCOME, None
    )
    found = judge(fixed, [Sample(numbers.SHARES[Outcome(one)]) for one in tries])
    assert (found.verdict, found.sentence) == (Verdict(verdict), said)


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


GOODNESS = {
    Verdict.NOT_REPRODUCED: 0,
    Verdict.REVERSED: 0,
    Verdict.PARTLY: 1,
    Verdict.EXCEEDED: 1,
    Verdict.REPRODUCED: 2,
}


@given(values, values, shares, shares, st.sampled_from([None, *Better]))
def test_a_wider_tolerance_never_makes_a_verdict_worse(
    reported: Decimal, ours: Decimal, first: Decimal, second: Decimal, better: Better | None
) -> None:
    assume(reported != 0)
    narrow, wide = sorted([first, second])
    for criterion in (Criterion.RELATIVE, Criterion.ABSOLUTE):
        before, after = (
            judge(terms(f"{reported:f}", criterion, str(one), better), [Sample(ours)]).verdict
            for one in (narrow, wide)
        )
        assert GOODNESS[before] <= GOODNESS[after]


@given(
    st.sampled_from(["n/r", "0", "1.5", "-3", "97.4%"]),
    st.sampled_from(list(Criterion)),
    st.sampled_from([None, *Better]),
)
def test_nothing_is_reproduced_without_data(
    reported: str, criterion: Criterion, better: Better | None
) -> None:
    fixed = terms(reported, criterion, "0.1", better)
    assert judge(fixed, []).verdict is Verdict.NOT_ATTEMPTED
    if reported == "n/r":
        assert judge(fixed, [Sample(Decimal(1), 3, Decimal(1))]).verdict is Verdict.INCONCLUSIVE


@given(values, st.lists(values, min_size=1, max_size=5), st.sampled_from(list(Criterion)[:5]))
def test_the_order_in_which_runs_are_logged_does_not_matter(
    reported: Decimal, runs: list[Decimal], criterion: Criterion
) -> None:
    fixed = terms(f"{reported:f}", criterion, "0.1")
    there = judge(fixed, [Sample(run) for run in runs])
    assert judge(fixed, [Sample(run) for run in reversed(runs)]).verdict is there.verdict


@given(values, values, shares)
def test_a_relative_tolerance_is_symmetric_around_the_papers_value(
    reported: Decimal, difference: Decimal, share: Decimal
) -> None:
    """Without a better side, being above or below by as much is the same, but for the sign."""
    assume(reported != 0)
    fixed = terms(f"{reported:f}", Criterion.RELATIVE, str(share), None)
    above = judge(fixed, [Sample(reported + difference)]).verdict
    below = judge(fixed, [Sample(reported - difference)]).verdict
    if Verdict.REVERSED not in (above, below):
        assert above is below


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


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Verdict)), st.decimals(places=1, min_value=0, max_value=9)),
        min_size=1,
        max_size=8,
    )
)
def test_every_verdict_has_its_part_of_the_weight(claims: list[tuple[Verdict, Decimal]]) -> None:
    weighed = [verdicts.Weighed(verdict, weight) for verdict, weight in claims]
    assume(sum(weight for _, weight in claims) > 0)
    shares = verdicts.shares(weighed)
    told = verdicts.tally(weighed)
    assert round(sum(shares.values()), 20) == 1
    assert round(shares[Verdict.REPRODUCED] + shares[Verdict.EXCEEDED] - told.good, 20) == 0


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
