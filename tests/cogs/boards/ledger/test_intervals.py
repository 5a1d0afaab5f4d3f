"""Quantiles and intervals, against textbooks, published examples and integration."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.boards.ledger import intervals
from cogs.boards.ledger.distributions import normal, quantile
from cogs.boards.ledger.intervals import Points, Theirs, cautious, of_mean, summarised, usual
from tests.pace import milliseconds

HOT_DOGS = [25.2, 21.3, 22.8, 17.0, 29.8, 21.0, 25.5, 16.0, 20.9, 19.5]
"""Fat content of ten hot dogs in percent: Devore, Probability and Statistics, example 7.12."""

SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
"""Hours of sleep that two drugs added (Student 1908), as in R's data set of that name."""


def points(values: list[float]) -> Points:
    return Points(tuple((value, 1) for value in values))


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (9, 2.262), (10, 2.228),
     (15, 2.131), (30, 2.042), (60, 2.000), (120, 1.980), (10**6, 1.968)],
)  # fmt: skip
def test_students_t_is_that_of_the_tables(freedom: int, expected: float) -> None:
    assert round(quantile(0.975, freedom), 3) == expected


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 6.314), (2, 2.920), (5, 2.015), (10, 1.812), (30, 1.697)]
)
def test_the_one_sided_quantile_is_that_of_the_tables(freedom: int, expected: float) -> None:
    assert round(quantile(0.95, freedom), 3) == expected


def test_students_t_only_falls_towards_the_normal_quantile() -> None:
    found = [quantile(0.95, freedom) for freedom in (1, 2, 3, 10, 100, 299, 300)]
    assert all(before > after for before, after in pairwise(found))
    assert quantile(0.95, 10**5) == found[-1], "many degrees of freedom are on the safe side"
    assert 1 < found[-1] / normal(0.95) < 1.004


def test_the_prediction_interval_is_that_of_a_textbook() -> None:
    """Devore gives mean 21.90, s 4.134 and the interval (12.09, 31.71)."""
    found = usual(points(HOT_DOGS), Theirs(), sure=0.975)
    assert found is not None
    assert found.low == pytest.approx(12.09, abs=0.01)
    assert found.high == pytest.approx(31.71, abs=0.01)


def test_the_interval_of_a_mean_is_that_of_students_sleep_data() -> None:
    """R's t.test(extra ~ group, sleep, paired = TRUE) gives the interval 0.7001 to 2.4599."""
    found = of_mean(points([b - a for a, b in zip(*SLEEP, strict=True)]), sure=0.975)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.7001, 2.4599)


def test_both_intervals_are_those_of_another_textbook() -> None:
    """Montgomery & Runger, Applied Statistics and Probability for Engineers, 8-29 and 8-73.

    The life of 16 tires, mean 60139.7 km, s 3645.94 km, t 2.131: 58197.33 to 62082.07 for the
    mean, 52131.08 to 68148.31 for the next tire.
    """
    tires = summarised(60139.7, 3645.94, 16)
    mean, next_one = of_mean(tires, sure=0.975), usual(tires, Theirs(), sure=0.975)
    assert mean is not None
    assert next_one is not None
    assert (mean.low, mean.high) == (
        pytest.approx(58197.33, abs=1),
        pytest.approx(62082.07, abs=1),
    )
    assert (next_one.low, next_one.high) == (
        pytest.approx(52131.08, abs=2),
        pytest.approx(68148.31, abs=2),
    )


def test_welchs_interval_is_that_of_r() -> None:
    """R's t.test(extra ~ group, sleep): df = 17.776, interval −3.3654832 to 0.2054832.

    With the degrees of freedom rounded down to 17, it is a little wider.
    """
    first, second = (points(one) for one in SLEEP)
    assert second.deviation is not None
    found = usual(first, intervals.of_deviation(second.deviation, 10), sure=0.975)
    assert found is not None
    low, high = found.low - second.mean, found.high - second.mean
    assert -3.38 < low < -3.3654
    assert 0.2054 < high < 0.22


def test_welchs_degrees_of_freedom_are_those_of_a_textbook() -> None:
    """Montgomery & Runger, example 10-6: arsenic in water, s 7.63 and 15.3, n = 10 each: 13.2."""
    errors = [spread / math.sqrt(10) for spread in (7.63, 15.3)]
    assert intervals.welch_freedom(errors[0], 10, errors[1], 10) == 13
    assert intervals.welch_freedom(1.0, 5, 1.0, 5) == 8, "two alike have n + m − 2"
    assert intervals.welch_freedom(1.0, 5, 0.0, 9) == 4


def test_an_equivalence_test_has_the_published_numbers() -> None:
    """Lakens 2017 (Soc. Psychol. Personal. Sci. 8, 355), on Moery & Calin-Jageman.

    Means 5.25 and 5.22, sd 0.95 and 0.83, n 95 and 89: equivalent within ± 0.384, 90 % interval
    −0.188 to 0.248.
    """
    ours, paper = summarised(5.25, 0.95, 95), intervals.of_deviation(0.83, 89)
    found = usual(ours, paper)
    assert found is not None
    assert found.low - 5.22 == pytest.approx(-0.188, abs=0.001)
    assert found.high - 5.22 == pytest.approx(0.248, abs=0.001)
    careful = cautious(ours, 5.22, 5.22, paper)
    assert careful is not None
    assert 0.248 <= careful.farthest(5.22) < 0.40, "more careful by what its properties cost"


def test_an_interval_captures_the_next_mean_as_often_as_published() -> None:
    """A 95 % interval of a mean captures the next mean of as many runs in 83.4 %.

    Cumming & Maillardet 2006 (Psychol. Methods 11, 217), for large samples; the interval with both
    sides' runs captures it in 95 % (Spence & Stanley 2016). Why “the original lies within the
    replication's interval”, one criterion of the Open Science Collaboration (2015), is too strict.
    """
    rng, tries, within, predicted = random.Random(7), 3000, 0, 0  # noqa: S311
    for _ in range(tries):
        ours = summarised(rng.gauss(0, 1 / math.sqrt(40)), 1, 40)
        other = rng.gauss(0, 1 / math.sqrt(40))
        mean, both = of_mean(ours, sure=0.975), usual(ours, Theirs(40), sure=0.975)
        assert mean is not None
        assert both is not None
        within += mean.nearest(other) == 0
        predicted += both.nearest(other) == 0
    assert within / tries == pytest.approx(0.834, abs=0.025)
    assert predicted / tries == pytest.approx(0.95, abs=0.015)


def _chance_of_one(near: float, scatter: float) -> float:
    cdf = NormalDist(1, scatter).cdf
    return cdf(near) - cdf(-near)


def _chance_of_two(near: float, scatter: float, steps: int = 200) -> float:
    """Return the chance that two runs around 1 have a root mean square below ``near``."""
    radius, found = near * math.sqrt(2), 0.0
    one = NormalDist(1, scatter)
    for step in range(steps):
        x = -radius + (step + 0.5) * 2 * radius / steps
        height = math.sqrt(radius * radius - x * x)
        found += one.pdf(x) * (one.cdf(height) - one.cdf(-height)) * 2 * radius / steps
    return found


@pytest.mark.parametrize(("runs", "chance"), [(1, _chance_of_one), (2, _chance_of_two)])
def test_few_runs_lie_so_near_a_number_in_at_most_one_case_of_twenty(runs: int, chance) -> None:  # type: ignore[no-untyped-def]  # pyright: ignore
    near = intervals.NEAR[runs]
    most = max(chance(near, scatter / 100) for scatter in range(30, 250, 4))
    assert most == pytest.approx(0.05, abs=0.0003)


numbers = st.floats(-50, 50).map(lambda one: round(one, 3))


@given(st.lists(numbers, min_size=3, max_size=7), st.floats(0.01, 4), st.floats(0, 9))
def test_the_widest_interval_is_that_of_the_worst_choice_of_runs(
    values: list[float], factor: float, extra: float
) -> None:
    """Every subset of runs is moved back to the paper's value, 0; none may give a wider one."""
    found = intervals._widest(points(values), 0, 0, factor, extra)  # pyright: ignore[reportPrivateUsage]
    number = len(values)
    for chosen in range(1 << number):
        moved = points([value * (chosen >> at & 1) for at, value in enumerate(values)])
        half = math.sqrt(factor * (moved.deviation or 0) ** 2 + extra)
        assert moved.mean + half <= found.high + 1e-6
        assert moved.mean - half >= found.low - 1e-6


@given(st.lists(numbers, min_size=1, max_size=7), st.data())
def test_a_run_that_moves_away_only_widens_the_interval(
    values: list[float], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(values) - 1))
    away = data.draw(st.floats(0, 100))
    moved = [*values]
    moved[at] += away if moved[at] >= 0 else -away
    theirs = data.draw(st.sampled_from([Theirs(), Theirs(5), intervals.of_deviation(1.0, 5)]))
    before, after = (cautious(points(one), 0, 0, theirs) for one in (values, moved))
    assert before is not None
    assert after is not None
    assert after.low <= before.low + 1e-9
    assert after.high >= before.high - 1e-9


@given(st.floats(-100, 100), st.floats(0.001, 50), st.integers(2, 60))
def test_a_summary_has_the_mean_and_the_deviation_it_says(
    mean: float, deviation: float, runs: int
) -> None:
    found = summarised(mean, deviation, runs)
    assert found.runs == runs
    assert found.mean == pytest.approx(mean, abs=1e-9)
    assert found.deviation == pytest.approx(deviation)


def test_many_runs_are_judged_in_little_time() -> None:
    rng = random.Random(3)  # noqa: S311 - draws, not secrets
    values = [rng.gauss(100, 2) for _ in range(20_000)]
    whole = intervals.together([points(values[:7000]), points(values[7000:])])
    assert (whole.runs, len(whole.counted)) == (20_000, 299)
    assert whole.mean == pytest.approx(points(values).mean)
    assert whole.deviation == pytest.approx(points(values).deviation, rel=0.01)
    assert cautious(whole, 100, 100, Theirs()) is not None
    assert milliseconds(lambda: cautious(whole, 100, 100, Theirs()), 50) < 50


def test_every_kind_of_spread_says_the_same_of_the_same_runs() -> None:
    """Ten runs with s = 2: error 0.632, half interval 1.431, half range 3.078."""
    deviation = intervals.of_deviation(2.0, 10)
    for other in (
        intervals.of_error(2 / math.sqrt(10), 10),
        intervals.of_interval(2.262157 * 2 / math.sqrt(10), 10),
        intervals.of_range(3.078, 10),
    ):
        assert other.deviation == pytest.approx(deviation.deviation, rel=1e-4)
        assert other.error == pytest.approx(deviation.error, rel=1e-4)
    assert intervals.of_range(3.0, None) == Theirs()
    assert intervals.of_deviation(3.0, None) == Theirs(None, 3.0)
