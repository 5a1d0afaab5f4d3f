"""Verdicts: worked cases, their error rates by simulation, and their properties."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cogs.boards.ledger.terms import Judgement, Sample, Terms, margin_of, of_runs
from cogs.boards.ledger.verdicts import judge
from cogs.boards.printed import numbers, ranges
from data.states import (
    Better,
    ClaimRole,
    Criterion,
    Outcome,
    PrintedAs,
    Scale,
    SpreadKind,
    Verdict,
)
from tests.cogs.boards.ledger.drawing import rates

LEVEL = {Verdict.REPRODUCED: 2, Verdict.PARTLY: 1}
"""How good a verdict is; all others are level, see ``judge``."""


def terms(
    reported: str,
    criterion: str = "absolute",
    tolerance: str | None = None,
    better: str | None = "higher",
    **given: Any,
) -> Terms:
    for name in ("spread", "gap", "whole"):
        if name in given:
            given[name] = Decimal(given[name])
    return Terms(
        ranges.parse_reported(reported),
        Better(better) if better else None,
        Criterion(criterion),
        Decimal(tolerance) if tolerance is not None else None,
        **given,
    )


def ours(values: str, source: str = "alice", name: str = "R1") -> Sample:
    return of_runs([Decimal(one) for one in values.split(", ")], source=source, name=name)


def summary(mean: str, deviation: str, runs: int) -> Sample:
    return Sample(Decimal(mean), runs, Decimal(deviation), digit=Decimal("0.01"))


def found(fixed: Terms, *results: Sample | str) -> Judgement:
    return judge(fixed, [ours(one) if isinstance(one, str) else one for one in results])


@pytest.mark.parametrize(
    ("reported", "criterion", "tolerance", "better", "runs", "verdict"),
    [
        # The interval is far wider than any difference that would matter.
        ("97.4", "interval", "1", "higher", "80, 90", "inconclusive"),
        ("97.4", "interval", None, "higher", "80, 90", "inconclusive"),
        ("97.4", "relative", "0.01", "higher", "50, 144.8", "inconclusive"),
        ("97.4", "exact", None, "higher", "50, 144.8", "inconclusive"),
        # Three runs that agree say enough.
        ("97.4", "absolute", "1", "higher", "97.1, 96.8, 97.4", "reproduced"),
        ("97.4", "absolute", "0.5", "higher", "97.1, 96.8, 97.4", "partly"),
        ("97.4", "absolute", "1", "higher", "95.1, 95.3, 95.2", "not reproduced"),
        ("97.4", "absolute", "1", "lower", "95.1, 95.3, 95.2", "exceeded"),
        ("97.4", "absolute", "1", None, "99.7, 99.6, 99.8", "not reproduced"),
        ("97.4", "absolute", "1", "higher", "96.1, 96.2, 96.0, 96.1, 96.1", "partly"),
        # One run says how near it is, and no more.
        ("97.4", "absolute", "1", "higher", "97.1", "inconclusive"),
        ("97.40", "absolute", "1", "higher", "97.41", "reproduced"),
        ("97.4", "absolute", "1", "higher", "80.0", "not reproduced"),
        ("97.4", "absolute", "1", "lower", "80.0", "exceeded"),
        # The sign comes before what is better.
        ("-2.1", "equivalent", None, "higher", "3.0", "reversed"),
        ("-2.1", "absolute", "0.5", "higher", "2.9, 3.0, 3.1", "reversed"),
        ("-2.1", "direction", None, "higher", "3.0", "reversed"),
        ("+0.1", "absolute", "0.5", "higher", "-0.10, -0.11, -0.09", "reproduced"),
        # A direction needs evidence.
        ("+2.1", "direction", None, "higher", "0.001", "inconclusive"),
        ("+2.1", "direction", None, "higher", "2.0, 2.2, 1.9", "reproduced"),
        ("+2.1", "direction", None, "higher", "7.0, 7.4, 7.2", "reproduced"),
        ("+2.1", "direction", None, "higher", "-2.0, -2.2, -1.9", "reversed"),
        ("+2.1", "direction", None, "higher", "0.1, -0.1, 0.05", "not reproduced"),
        ("+2.1", "direction", None, "higher", "2, -1, 0.5", "inconclusive"),
        ("-2.1", "direction", None, "lower", "-2.0, -2.2, -1.9", "reproduced"),
        ("0", "direction", None, "higher", "1, 2, 3", "inconclusive"),
        # Digits: 0.10 claims more than 0.1 does.
        ("0.1", "exact", None, "higher", "0.14", "reproduced"),
        ("0.10", "exact", None, "higher", "0.14", "exceeded"),
        ("0.10", "exact", None, "higher", "0.095", "reproduced"),
        ("0.10", "exact", None, "higher", "0.0949", "not reproduced"),
        ("0.10", "exact", None, "higher", "0.10, 0.104, 0.098", "reproduced"),
        ("0.10", "exact", None, "higher", "0.10, 0.10, 0.14", "inconclusive"),
        ("0.10", "exact", None, "lower", "0.14, 0.15", "not reproduced"),
        ("97.4", "exact", None, "higher", "97", "inconclusive"),
        ("-0.10", "exact", None, "higher", "0.10", "reversed"),
        ("n/r", "absolute", "1", "higher", "1", "inconclusive"),
        ("97.4", "equivalent", None, "higher", "97.4, 97.4, 97.4", "inconclusive"),
    ],
)  # fmt: skip
def test_runs_are_judged(
    reported: str,
    criterion: str,
    tolerance: str | None,
    better: str | None,
    runs: str,
    verdict: str,
) -> None:
    judged = found(terms(reported, criterion, tolerance, better), runs)
    assert judged.verdict is Verdict(verdict), judged.sentence


@pytest.mark.parametrize("criterion", list(Criterion))
def test_with_no_result_nothing_was_attempted(criterion: Criterion) -> None:
    assert found(terms("1", criterion)).verdict is Verdict.NOT_ATTEMPTED


def test_the_sentence_gives_the_numbers_with_the_digits_they_deserve() -> None:
    judged = found(terms("97.4%", tolerance="1"), "97.1, 96.8, 97.4")
    assert judged.sentence == (
        "Ours is 97.10% ± 0.30 (3 runs) against 97.4%: ours lies within 0.859 of it (95% sure), "
        "and 1 is allowed."
    )
    close = found(terms("97.4", tolerance="1.0001"), ", ".join(["98.4"] * 7))
    assert close.verdict is Verdict.PARTLY
    assert "± 0" not in close.sentence


@pytest.mark.parametrize(
    ("runs", "more"), [("97.1", 2), ("97.2, 96.2", 2), ("96.5, 95.0, 98.9, 97.6", 4)]
)
def test_an_inconclusive_verdict_says_how_many_more_runs_would_tell(runs: str, more: int) -> None:
    judged = found(terms("97.4", tolerance="1"), runs)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.more_runs == more
    assert f"{more} more" in judged.sentence


def test_runs_that_scatter_too_far_are_not_said_to_need_more_runs() -> None:
    judged = found(terms("97.4", tolerance="0.1"), "90, 97.4, 104")
    assert judged.more_runs is None
    assert "More runs like these would not tell" in judged.sentence
    coarse = found(terms("8.75", tolerance="0.025"), "8.71, 8.80, 8.66", "8.7, 8.8, 8.9")
    assert "written with too few digits for what is allowed" in coarse.sentence


def test_results_of_different_people_are_judged_apart_and_their_disagreement_is_said() -> None:
    good = ours("97.1, 97.2, 97.3", "alice", "R1")
    bad = ours("90.0, 90.1, 90.2", "bob", "R2")
    together = found(terms("97.4", tolerance="1"), good, bad)
    assert together.verdict is Verdict.INCONCLUSIVE
    assert together.disagree
    assert [(part.names, part.verdict) for part in together.parts] == [
        (("R1",), Verdict.REPRODUCED), (("R2",), Verdict.NOT_REPRODUCED),
    ]  # fmt: skip
    assert "The results disagree (R1 alone: reproduced; R2 alone: not reproduced)." in (
        together.sentence
    )


def test_one_source_that_lies_too_far_off_takes_reproduced_away_however_many_runs_agree() -> None:
    many = ours(", ".join(["97.4", "97.5", "97.3"] * 20), "alice", "R1")
    other = ours("95.9, 96.1", "bob", "R2")
    judged = found(terms("97.4", tolerance="1"), many, other)
    assert judged.verdict is not Verdict.REPRODUCED
    assert found(terms("97.4", tolerance="1"), many).verdict is Verdict.REPRODUCED


def test_two_sources_that_both_differ_are_not_reproduced_however_they_differ() -> None:
    judged = found(
        terms("97.4", tolerance="1"),
        ours("80.0, 80.1, 80.2", "alice", "R1"),
        ours("90.0, 90.1, 90.2", "bob", "R2"),
    )
    assert judged.verdict is Verdict.NOT_REPRODUCED
    assert judged.disagree


def test_the_papers_spread_makes_the_margin_and_counts_as_its_own_scatter() -> None:
    known = terms("97.4", "equivalent", spread="0.3", runs=5)
    margin = margin_of(known)
    assert margin is not None
    assert margin.size == pytest.approx(0.6)
    assert found(known, "97.4, 97.5, 97.3, 97.4, 97.4").verdict is Verdict.REPRODUCED
    # One run of ours takes its scatter from the paper.
    assert "± 0.6" in margin.text
    assert found(known, "95.0").verdict is Verdict.NOT_REPRODUCED
    # A number that the paper itself does not know well is not disproved by runs that agree.
    loose = terms("97.4", "absolute", "1", spread="2.0", runs=3)
    assert found(loose, "95.1, 95.3, 95.2").verdict is Verdict.INCONCLUSIVE
    assert found(terms("97.4", tolerance="1"), "95.1, 95.3, 95.2").verdict is (
        Verdict.NOT_REPRODUCED
    )


@pytest.mark.parametrize(
    ("kind", "spread"),
    [(SpreadKind.DEVIATION, "2"), (SpreadKind.ERROR, "0.6324555"),
     (SpreadKind.INTERVAL, "1.430714"), (SpreadKind.RANGE, "3.078")],
)  # fmt: skip
def test_the_kind_of_the_papers_spread_counts(kind: SpreadKind, spread: str) -> None:
    """All four say s = 2 over ten runs."""
    margin = margin_of(terms("90", "equivalent", spread=spread, spread_kind=kind, runs=10))
    assert margin is not None
    assert margin.size == pytest.approx(4, rel=1e-3)


def test_without_a_spread_the_margin_is_half_of_the_way_to_the_next_row() -> None:
    """BLEU 27.3 and 28.4 are two rows of one table: neither reproduces the other."""
    base = terms("27.3", "equivalent", gap="1.1")
    assert found(base, "27.2, 27.4, 27.3").verdict is Verdict.REPRODUCED
    assert found(base, "28.3, 28.4, 28.5").verdict is Verdict.EXCEEDED


def test_a_proportion_is_judged_by_what_is_left_over() -> None:
    """97.4 % right and 2.6 % wrong are the same claim, and so are 95.0 and 5.0."""
    right = found(terms("97.4%", "relative", "0.05", whole="100"), "95.0, 95.1, 94.9")
    wrong = found(terms("2.6%", "relative", "0.05", "lower", whole="100"), "5.0, 4.9, 5.1")
    share = found(terms("0.974", "relative", "0.05", whole="1"), "0.950, 0.951, 0.949")
    assert right.verdict is wrong.verdict is share.verdict is Verdict.NOT_REPRODUCED
    margins = [
        margin_of(terms(*given, whole=whole))
        for *given, whole in (
            ("97.4%", "relative", "0.05", "100"), ("2.6%", "relative", "0.05", "100"),
        )
    ]  # fmt: skip
    assert [one and round(one.size, 9) for one in margins] == [0.13, 0.13]
    assert margins[0] is not None
    assert margins[0].text == "± 0.13%, 5% of the 2.6% that is left to 100%"


def test_a_best_run_is_compared_with_the_best_of_as_many() -> None:
    runs = "97.1, 97.2, 97.3, 96.8, 97.5, 97.0, 96.9, 97.2, 97.1, 97.4"
    best = terms("97.5", tolerance="0.5", printed_as=PrintedAs.BEST, runs=10)
    judged = found(best, runs)
    assert judged.verdict is Verdict.REPRODUCED, judged.sentence
    assert found(best, "97.1, 97.2").more_runs == 8
    unknown = terms("97.5", tolerance="0.5", printed_as=PrintedAs.BEST)
    assert "does not say of how many" in found(unknown, runs).sentence
    mean = found(best, summary("97.1", "0.2", 10))
    assert mean.verdict is Verdict.INCONCLUSIVE
    assert "list the value of each" in mean.sentence


def test_a_median_and_a_single_run_are_compared_with_their_like() -> None:
    runs = "97.1, 97.2, 97.3, 97.2, 80.0"
    assert found(terms("97.2", tolerance="1"), runs).verdict is Verdict.INCONCLUSIVE
    median = terms("97.2", tolerance="1", printed_as=PrintedAs.MEDIAN, runs=5)
    assert found(median, "97.1, 97.2, 97.3, 97.2, 97.0").verdict is Verdict.REPRODUCED
    assert found(median, "97.1, 97.2").more_runs == 1
    # A single run's number scatters, so as many runs of ours say less of what is behind it.
    mean, single = (
        found(terms("97.2", tolerance="0.6", printed_as=kind), "97.0, 97.2, 97.4")
        for kind in (PrintedAs.MEAN, PrintedAs.SINGLE)
    )
    assert (mean.verdict, single.verdict) == (Verdict.REPRODUCED, Verdict.PARTLY)


def test_a_baseline_that_is_exceeded_says_what_that_means() -> None:
    judged = found(terms("27.3", tolerance="0.5", role=ClaimRole.BASELINE), "29.1, 29.2, 29.3")
    assert judged.verdict is Verdict.EXCEEDED
    assert "It is a baseline" in judged.sentence


def test_ratios_are_compared_as_ratios() -> None:
    """3.3e18 and 3.6e18 FLOPs lie as far apart as 3.6e18 and 3.927e18."""
    fixed = terms("3.3e18", "relative", "0.05", "lower", scale=Scale.LOG)
    assert found(fixed, "3.35e18, 3.36e18, 3.34e18").verdict is Verdict.REPRODUCED
    # 3.3 × 1.05² = 3.638, and on the other side 3.3 / 1.05² = 2.993.
    assert found(fixed, "3.58e18, " * 9 + "3.59e18").verdict is Verdict.PARTLY
    assert found(fixed, "3.66e18, " * 9 + "3.65e18").verdict is Verdict.NOT_REPRODUCED
    assert found(fixed, "3.00e18, 3.01e18, 2.99e18").verdict is Verdict.EXCEEDED
    direction = terms("10^5", "direction", scale=Scale.LOG)
    assert found(direction, "90000, 91000, 89000").verdict is Verdict.REPRODUCED
    assert "above zero" in found(fixed, "0, 3e18").sentence


@pytest.mark.parametrize(
    ("reported", "tries", "verdict", "said"),
    [
        ("yes", ["yes"], "reproduced", "Ours is yes, as the paper says."),
        ("yes", ["no"], "not reproduced", "Ours is no, and the paper says yes."),
        ("yes", ["partly"], "partly", "Ours is partly, and the paper says yes."),
        ("yes", ["yes", "yes"], "reproduced", "2 of our 2 tries say yes."),
        ("yes", ["yes", "no", "yes"], "partly", "2 of our 3 tries say yes."),
        ("yes", ["yes", "partly"], "partly", "1 of our 2 tries says yes, and 1 partly."),
        ("yes", ["no", "no"], "not reproduced", "0 of our 2 tries say yes."),
        ("no", ["no"], "reproduced", "Ours is no, as the paper says."),
        ("no", ["yes", "no"], "partly", "1 of our 2 tries says no."),
    ],
)
def test_what_is_so_or_not_is_judged_by_its_tries(
    reported: str, tries: list[str], verdict: str, said: str
) -> None:
    """PaperBench grades code and its execution as done or not (Starace et al. 2025, 2504.01848)."""
    fixed = Terms(
        numbers.Printed(reported, numbers.SHARES[Outcome(reported)]), None, Criterion.OUTCOME, None
    )
    judged = judge(fixed, [of_runs([numbers.SHARES[Outcome(one)] for one in tries])])
    assert (judged.verdict, judged.sentence) == (Verdict(verdict), said)


def test_a_prediction_interval_is_that_of_core_bench() -> None:
    """CORE-Bench (Siegel et al. 2024, arXiv:2409.11363): mean ± t·s·√(1 + 1/n), n = 3 runs.

    By hand for these made-up runs: mean 96.09, s 0.22650, half width 1.1254. It has to lie within
    the margin of the paper's value.
    """
    runs = "96.12, 95.85, 96.30"
    wide = terms("96.09", "interval", "1.6")
    narrow = terms("96.09", "interval", "1.0")
    assert found(wide, runs).verdict is Verdict.REPRODUCED
    assert found(narrow, runs).verdict is Verdict.PARTLY
    assert found(terms("94.9", "interval", "0.01", "lower"), runs).verdict is (
        Verdict.NOT_REPRODUCED
    )
    assert found(terms("95.0", "interval", "0.1", "lower"), runs).verdict is Verdict.INCONCLUSIVE


# Error rates, by simulation. The whole table is printed by `make bench`.

DRAWS = 120


@pytest.mark.parametrize("known", [False, True])
def test_at_every_number_of_runs_the_error_rates_hold(known: bool) -> None:
    """At most 5 % wrongly reproduced at or beyond the margin, at most 10 % wrongly not reproduced.

    With so few draws, a rate may come out three standard errors higher.
    """

    def most(rate: float) -> float:
        return rate + 3 * math.sqrt(rate * (1 - rate) / DRAWS)

    for one in rates(DRAWS, known=known):
        assert one.wrong <= most(0.05), one
        assert one.beyond <= most(0.05), one
        assert one.blamed <= most(0.10), one


# Properties.

values = st.decimals(-30, 30, places=2).map(lambda one: Decimal(100) + one)
criteria = st.sampled_from(["absolute", "equivalent", "interval"])
margins = st.decimals("0.1", 20, places=1)
papers = st.sampled_from(
    [{}, {"spread": "2", "runs": 5}, {"spread": "1", "spread_kind": SpreadKind.ERROR},
     {"spread": "1", "spread_kind": SpreadKind.INTERVAL, "runs": 3}, {"runs": 1}, {"runs": 4},
     {"printed_as": PrintedAs.SINGLE}, {"printed_as": PrintedAs.MEDIAN},
     {"printed_as": PrintedAs.BEST, "runs": 2}, {"printed_as": PrintedAs.BEST, "runs": 3}]
)  # fmt: skip
sources = st.sampled_from(["alice", "bob"])


def level(fixed: Terms, runs: list[tuple[Decimal, str]]) -> int:
    samples = [of_runs([value], source=source, name="R") for value, source in runs]
    return LEVEL.get(judge(fixed, samples).verdict, 0)


@given(
    st.lists(st.tuples(values, sources), min_size=1, max_size=6),
    criteria,
    margins,
    papers,
    st.sampled_from(["higher", "lower", None]),
    st.data(),
)
def test_a_run_farther_from_the_paper_never_improves_a_verdict(
    runs: list[tuple[Decimal, str]],
    criterion: str,
    margin: Decimal,
    paper: dict[str, Any],
    better: str | None,
    data: st.DataObject,
) -> None:
    fixed = terms("100", criterion, str(margin), better, **paper)
    at = data.draw(st.integers(0, len(runs) - 1))
    away = data.draw(st.decimals(0, 60, places=2))
    value, source = runs[at]
    farther = [*runs]
    farther[at] = (value + away if value >= 100 else value - away, source)
    assert level(fixed, farther) <= level(fixed, runs)


@given(
    st.lists(st.tuples(values, sources), min_size=1, max_size=9),
    criteria,
    margins,
    papers,
    st.sampled_from(["higher", "lower", None]),
    st.sampled_from(["alice", "bob", "cara"]),
)
@example(
    runs=[(Decimal("99.76"), "alice"), (Decimal("101.72"), "alice")],
    criterion="interval",
    margin=Decimal("2.9"),
    paper={},
    better="higher",
    source="alice",
)
@example(
    runs=[(Decimal("93.46"), "alice")],
    criterion="absolute",
    margin=Decimal(11),
    better="higher",
    source="alice",
    paper={"spread": "1", "spread_kind": SpreadKind.INTERVAL, "runs": 3},
)
@example(
    runs=[(Decimal(one), "alice") for one in ("99.14", "98.91", "100.37")],
    criterion="equivalent",
    margin=Decimal("1.6"),
    better="higher",
    source="alice",
    paper={"printed_as": PrintedAs.BEST, "runs": 2},
)
@example(
    runs=[(Decimal(one), "bob") for one in ("90.81", "82.75", "69.7", "84.16", "73.57")]
    + [(Decimal("125.66"), "alice")],
    criterion="equivalent", margin=Decimal(17), better=None, source="cara",
    paper={"spread": "1", "spread_kind": SpreadKind.INTERVAL, "runs": 3},
)  # fmt: skip
def test_further_runs_that_agree_with_the_paper_never_worsen_a_verdict(
    runs: list[tuple[Decimal, str]],
    criterion: str,
    margin: Decimal,
    paper: dict[str, Any],
    better: str | None,
    source: str,
) -> None:
    fixed = terms("100", criterion, str(margin), better, **paper)
    assert level(fixed, [*runs, (Decimal("100.00"), source)]) >= level(fixed, runs)


@given(
    st.lists(st.tuples(values, sources), min_size=1, max_size=9),
    st.sampled_from(
        [terms("100", "exact"), terms("100.00", "direction"), terms("5.00", "direction"),
         terms("100", "relative", "0.05", scale=Scale.LOG), terms("95 to 105", "absolute", "3")]
    ),
    st.sampled_from(["alice", "bob", "cara"]),
)  # fmt: skip
def test_the_same_holds_of_signs_digits_ratios_and_ranges(
    runs: list[tuple[Decimal, str]], fixed: Terms, source: str
) -> None:
    """With a range, one more run agrees that lies where ours do on average, within it."""
    reported = fixed.reported
    agreeing = mean_of(runs)
    if isinstance(reported, numbers.Printed):
        agreeing = reported.value.quantize(Decimal("0.01"))  # as exact as the others
    if not isinstance(reported, numbers.Printed):
        assume(95 <= agreeing <= 105)
    assert level(fixed, [*runs, (agreeing, source)]) >= level(fixed, runs)


def mean_of(runs: list[tuple[Decimal, str]]) -> Decimal:
    return (sum((value for value, _ in runs), Decimal(0)) / len(runs)).quantize(Decimal("0.01"))


@given(
    st.lists(st.tuples(values, sources), min_size=1, max_size=7),
    st.sampled_from(
        [terms("110", "direction"), terms("<= 95", "absolute", "3"), terms("95 to 105", "absolute"),
         terms("100", "exact"), terms("100", "relative", "0.05", scale=Scale.LOG)]
    ),
    st.data(),
)  # fmt: skip
def test_a_run_farther_from_a_sign_a_bound_or_a_range_never_improves_a_verdict(
    runs: list[tuple[Decimal, str]], fixed: Terms, data: st.DataObject
) -> None:
    """Farther is where the claim says less: below the sign's value, past the bound."""
    at = data.draw(st.integers(0, len(runs) - 1))
    away = data.draw(st.decimals(0, 60, places=2))
    value, source = runs[at]
    low, high = {"direction": (Decimal(110), Decimal(10**6))}.get(
        fixed.criterion.value, ends(fixed.reported)
    )
    assume(value <= low or value >= high)
    farther = [*runs]
    farther[at] = (value + away if value >= high else value - away, source)
    assume(farther[at][0] > 0)
    assert level(fixed, farther) <= level(fixed, runs)


def ends(reported: numbers.Printed | ranges.PrintedRange | None) -> tuple[Decimal, Decimal]:
    if isinstance(reported, ranges.PrintedRange):
        return reported.low or Decimal(-(10**6)), reported.high or Decimal(10**6)
    assert reported is not None
    return reported.value, reported.value


@given(
    st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=6),
    st.sampled_from([Outcome.YES, Outcome.NO]),
    st.data(),
)
def test_tries_that_agree_never_worsen_a_verdict_and_those_that_do_not_never_improve_it(
    tries: list[Outcome], claimed: Outcome, data: st.DataObject
) -> None:
    fixed = Terms(
        numbers.Printed(str(claimed), numbers.SHARES[claimed]), None, Criterion.OUTCOME, None
    )
    own = [(numbers.SHARES[one], data.draw(sources)) for one in tries]
    more = (numbers.SHARES[claimed], data.draw(sources))
    less = (1 - numbers.SHARES[claimed], data.draw(sources))
    assert level(fixed, [*own, more]) >= level(fixed, own) >= level(fixed, [*own, less])


@given(st.lists(values, min_size=1, max_size=8), criteria, margins, papers, st.data())
def test_order_and_grouping_within_a_source_change_nothing(
    runs: list[Decimal],
    criterion: str,
    margin: Decimal,
    paper: dict[str, Any],
    data: st.DataObject,
) -> None:
    fixed = terms("100", criterion, str(margin), **paper)
    whole = judge(fixed, [of_runs(runs)])
    mixed = data.draw(st.permutations(runs))
    cut = data.draw(st.integers(0, len(runs)))
    parts = [of_runs(part) for part in (mixed[:cut], mixed[cut:]) if part]
    assert judge(fixed, parts).verdict is whole.verdict


@given(
    st.lists(values, min_size=1, max_size=6),
    criteria,
    margins,
    st.sampled_from(["-3", "-2", "1", "6"]),
)
@example(runs=[Decimal("102.40")], criterion="absolute", margin=Decimal("0.2"), power="-3")
def test_units_change_nothing(
    runs: list[Decimal], criterion: str, margin: Decimal, power: str
) -> None:
    shift = int(power)
    plain = judge(terms("100", criterion, str(margin)), [of_runs(runs)])
    scaled = judge(
        terms(f"{Decimal(100).scaleb(shift):f}", criterion, f"{margin.scaleb(shift):f}"),
        [of_runs([run.scaleb(shift) for run in runs])],
    )
    assert scaled.verdict is plain.verdict


@given(st.lists(values, min_size=1, max_size=6), margins, st.sampled_from(["higher", "lower"]))
def test_a_mirror_image_gets_the_same_verdict(
    runs: list[Decimal], margin: Decimal, better: str
) -> None:
    """An error is what is left to an accuracy: 100 − x with the other side better."""
    other = {"higher": "lower", "lower": "higher"}[better]
    there = judge(terms("100", "absolute", str(margin), better), [of_runs(runs)])
    back = judge(terms("200", "absolute", str(margin), other), [of_runs([300 - x for x in runs])])
    assert there.verdict is back.verdict


@given(st.lists(values, min_size=1, max_size=6), margins, margins)
def test_a_wider_tolerance_never_takes_reproduced_away(
    runs: list[Decimal], first: Decimal, second: Decimal
) -> None:
    narrow, wide = sorted([first, second])
    assume(narrow < wide)
    before, after = (LEVEL.get(found_verdict(str(margin), runs), 0) for margin in (narrow, wide))
    assert before <= after


def found_verdict(margin: str, runs: list[Decimal]) -> Verdict:
    return judge(terms("100", "absolute", margin, None), [of_runs(runs)]).verdict
