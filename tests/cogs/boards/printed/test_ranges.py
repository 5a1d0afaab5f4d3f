"""Bounds, ranges and approximate numbers, as papers print them in place of a number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.boards.imports import tables
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import rules as ledger
from cogs.boards.ledger import verdicts
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.ledger.verdicts import Sample, Terms, judge
from cogs.boards.printed import ranges as spans
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import Span
from data.states import Better, Criterion, Verdict


@pytest.mark.parametrize(
    ("printed", "low", "high", "strict", "percent"),
    [
        ("<0.05", None, "0.05", True, False),
        ("< 10^3", None, "1e3", True, False),
        ("≤ 0.050", None, "0.050", False, False),
        ("<= 5 %", None, "5", False, True),
        ("> -3.5", "-3.5", None, True, False),
        ("≥99%", "99", None, False, True),
        ("at least 3e-4", "3e-4", None, False, False),
        ("less than 10⁻⁴", None, "1e-4", True, False),
        ("40–50 %", "40", "50", False, True),
        ("40%–50%", "40", "50", False, True),
        ("40-50", "40", "50", False, False),
        ("0.90 to 0.95", "0.90", "0.95", False, False),
        ("-5 - -3", "-5", "-3", False, False),
        ("-5--3", "-5", "-3", False, False),
        ("1e-4–1e-3", "1e-4", "1e-3", False, False),
        ("10^-4 – 10^-3", "1e-4", "1e-3", False, False),
        ("1.2 × 10^3...1.5 × 10^3", "1.2e3", "1.5e3", False, False),
    ],
)
def test_a_bound_and_a_range_are_read_exactly_and_kept_as_printed(
    printed: str, low: str | None, high: str | None, strict: bool, percent: bool
) -> None:
    read = spans.parse_reported(printed)
    assert isinstance(read, Span)
    assert read.text == printed
    assert (read.low, read.high) == (low and Decimal(low), high and Decimal(high))
    assert (read.strict, read.percent) == (strict, percent)
    assert spans.parse_reported(read.text) == read


@pytest.mark.parametrize(
    ("printed", "text", "value", "spread"),
    [
        ("~0.9", "~0.9", "0.9", None),
        ("≈ 0.90", "≈ 0.90", "0.90", None),
        ("about 97.4 %", "about 97.4%", "97.4", None),
        ("~97.4 ± 0.3", "~97.4", "97.4", "0.3"),
    ],
)
def test_an_approximate_number_is_a_number_and_says_so(
    printed: str, text: str, value: str, spread: str | None
) -> None:
    read = spans.parse_reported(printed)
    assert isinstance(read, Printed)
    assert (read.text, str(read.value), read.about) == (text, value, True)
    assert read.spread == (Decimal(spread) if spread else None)


@pytest.mark.parametrize("printed", ["97.4", "-3.5", "1e-3", "10^-3", "2.1 × 10^-3", "97.4 ± 0.3"])
def test_a_number_is_no_range(printed: str) -> None:
    read = spans.parse_reported(printed)
    assert isinstance(read, Printed)
    assert not read.about


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("50-40", "smaller number first"),
        ("40-40", "smaller number first"),
        ("<0.05 ± 0.01", "no spread"),
        ("<", "cannot read"),
        ("< about", "cannot read"),
        ("10-20-30", "cannot read"),
        ("40%-50", "cannot read"),
        ("< 10-20", "cannot read"),
        ("0.9 ± 0.1 - 1", "cannot read"),
    ],
)
def test_what_is_neither_is_refused(printed: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        spans.parse_reported(printed)


@given(st.text(max_size=70) | st.from_regex(r"\A[<>≤≥~≈]?[-0-9.%e ]{1,12}(-|–|to)?[-0-9.%]{0,6}\Z"))
def test_any_text_is_read_or_refused_and_what_is_read_is_read_again(text: str) -> None:
    try:
        read = spans.parse_reported(text)
    except InvalidInput:
        return
    if read is not None:
        again = spans.parse_reported(read.text)
        assert again is not None
        assert again.text == read.text


def fixed(reported: str, criterion: Criterion, **given: Any) -> Terms:
    tolerance = given.get("tolerance")
    return Terms(
        spans.parse_reported(reported),
        given.get("better"),
        criterion,
        Decimal(tolerance) if tolerance is not None else None,
    )


RELATIVE, ABSOLUTE, INTERVAL = Criterion.RELATIVE, Criterion.ABSOLUTE, Criterion.INTERVAL
DIRECTION, EXACT = Criterion.DIRECTION, Criterion.EXACT


@pytest.mark.parametrize(
    ("reported", "criterion", "tolerance", "ours", "verdict", "sentence"),
    [
        ("<0.05", RELATIVE, None, "0.04", "reproduced",
         "Ours is 0.04 against <0.05: it keeps to the bound."),
        ("<0.05", RELATIVE, None, "0.05", "partly",
         "Ours is 0.05 against <0.05: it is the bound itself, which the paper leaves out."),
        ("≤0.05", RELATIVE, None, "0.05", "reproduced",
         "Ours is 0.05 against ≤0.05: it keeps to the bound."),
        ("<0.05", RELATIVE, None, "0.052", "partly",
         "Ours is 0.052 against <0.05: 4% higher than the bound allows; up to 5% counts as "
         "partly."),
        ("<0.05", RELATIVE, None, "0.06", "not reproduced",
         "Ours is 0.06 against <0.05: 20% higher than the bound allows; up to 5% counts as "
         "partly."),
        ("≥ 99%", ABSOLUTE, "0", "98.5", "not reproduced",
         "Ours is 98.5% against ≥ 99%: 0.5 lower than the bound allows."),
        ("> 0", RELATIVE, None, "-0.2", "reversed",
         "Ours is -0.2 against > 0: 0.2 lower than the bound allows."),
        ("40–50%", RELATIVE, None, "45", "reproduced",
         "Ours is 45% against 40–50%: it lies in the range."),
        ("40–50%", ABSOLUTE, "2", "38.5", "partly",
         "Ours is 38.5% against 40–50%: 1.5 lower than the range allows; up to 2 counts as "
         "partly."),
        ("> 2", DIRECTION, None, "0.1", "reproduced",
         "Ours is 0.1 against > 2: the same direction."),
        ("> 0", DIRECTION, None, "-0.1", "reversed",
         "Ours is -0.1 against > 0: the opposite direction."),
        ("< 10", DIRECTION, None, "5", "inconclusive",
         "Ours is 5 against < 10. Both sides of zero have no direction to compare."),
        ("<0.05", EXACT, None, "0.04", "inconclusive",
         "Ours is 0.04 against <0.05. A bound has no digits that ours could round to."),
        ("<0.05", INTERVAL, None, "0.04", "inconclusive",
         "Ours is 0.04 against <0.05. The interval needs at least 2 runs and their spread."),
        ("~0.9", EXACT, None, "0.9", "inconclusive",
         "Ours is 0.9 against ~0.9. The paper gives it as approximate, so its digits say nothing."),
        ("~0.9", RELATIVE, None, "0.92", "reproduced",
         "Ours is 0.92 against ~0.9: 2.222% higher, with 5% allowed."),
    ],
)  # fmt: skip
def test_ours_keeps_to_it_or_not_and_the_sentence_says_by_how_much(
    reported: str,
    criterion: Criterion,
    tolerance: str | None,
    ours: str,
    verdict: str,
    sentence: str,
) -> None:
    told = judge(fixed(reported, criterion, tolerance=tolerance), [Sample(Decimal(ours))])
    assert (told.verdict, told.sentence) == (Verdict(verdict), sentence)


def test_the_whole_interval_of_our_mean_has_to_lie_there() -> None:
    """Mean 0.04, deviation 0.01, 5 runs: t = 2.776, so the mean lies within 0.02758 to 0.05242."""
    sample = Sample(Decimal("0.04"), 5, Decimal("0.01"))
    said = {
        reported: judge(fixed(reported, INTERVAL), [sample])
        for reported in ("<0.06", "<0.05", "<0.02", "0.02–0.06", "0.03–0.06", "0.06–0.07")
    }
    assert {reported: str(one.verdict) for reported, one in said.items()} == {
        "<0.06": "reproduced",
        "<0.05": "inconclusive",
        "<0.02": "not reproduced",
        "0.02–0.06": "reproduced",
        "0.03–0.06": "inconclusive",
        "0.06–0.07": "not reproduced",
    }
    assert said["<0.05"].sentence == (
        "Ours is 0.04 ± 0.01 (5 runs) against <0.05: the 95% confidence interval of our mean, "
        "0.02758 to 0.05242, lies only partly where the bound allows."
    )


def test_better_than_a_range_is_exceeded_and_a_bound_is_kept_or_not() -> None:
    better = Better.HIGHER
    over = [Sample(Decimal(60))]
    assert judge(fixed("40–50", RELATIVE, better=better), over).verdict is Verdict.EXCEEDED
    assert judge(fixed("<50", RELATIVE, better=better), over).verdict is Verdict.NOT_REPRODUCED
    assert judge(fixed(">50", RELATIVE, better=better), over).verdict is Verdict.REPRODUCED


values = st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-(10**4), max_value=10**4
)
shares = st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=Decimal("0.9")
)
betters = st.sampled_from([None, *Better])
signs = st.sampled_from("<≤>≥")
GOODNESS = {Verdict.PARTLY: 1, Verdict.EXCEEDED: 1, Verdict.REPRODUCED: 2}


@st.composite
def printed_spans(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return f"{draw(signs)} {draw(values):f}"
    low, high = sorted([draw(values), draw(values)])
    assume(low < high)
    return f"{low:f} to {high:f}"


@given(printed_spans(), values, shares, st.sampled_from([RELATIVE, ABSOLUTE]), betters)
def test_only_what_lies_there_is_reproduced(
    reported: str, ours: Decimal, tolerance: Decimal, criterion: Criterion, better: Better | None
) -> None:
    span = spans.parse_reported(reported)
    assert isinstance(span, Span)
    terms = fixed(reported, criterion, tolerance=str(tolerance), better=better)
    told = judge(terms, [Sample(ours)])
    assert (told.verdict is Verdict.REPRODUCED) == span.holds(ours)


@given(printed_spans(), values, shares, shares, st.sampled_from([RELATIVE, ABSOLUTE]), betters)
def test_a_wider_tolerance_never_makes_a_verdict_worse(
    reported: str,
    ours: Decimal,
    first: Decimal,
    second: Decimal,
    criterion: Criterion,
    better: Better | None,
) -> None:
    before, after = (
        judge(fixed(reported, criterion, tolerance=str(one), better=better), [Sample(ours)]).verdict
        for one in sorted([first, second])
    )
    assert GOODNESS.get(before, 0) <= GOODNESS.get(after, 0)


@given(values, values, signs, shares)
def test_a_bound_mirrored_at_zero_is_judged_alike(
    bound: Decimal, ours: Decimal, sign: str, tolerance: Decimal
) -> None:
    assume(bound != 0)
    other = {"<": ">", "≤": "≥", ">": "<", "≥": "≤"}[sign]
    for criterion in (RELATIVE, ABSOLUTE):
        there = judge(
            fixed(f"{sign}{bound:f}", criterion, tolerance=str(tolerance)), [Sample(ours)]
        )
        mirrored = judge(
            fixed(f"{other}{-bound:f}", criterion, tolerance=str(tolerance)), [Sample(-ours)]
        )
        assert there.verdict is mirrored.verdict


@given(printed_spans(), st.lists(values, min_size=2, max_size=5), betters)
def test_by_the_interval_nothing_is_reproduced_whose_mean_lies_elsewhere(
    reported: str, runs: list[Decimal], better: Better | None
) -> None:
    span = spans.parse_reported(reported)
    assert isinstance(span, Span)
    sample = verdicts.of_runs(runs)
    told = judge(fixed(reported, INTERVAL, better=better), [sample])
    if told.verdict is Verdict.REPRODUCED:
        assert span.holds(sample.mean)
    elif told.verdict is not Verdict.INCONCLUSIVE:
        assert not span.holds(sample.mean)


@given(printed_spans(), st.sampled_from(list(Criterion)), betters)
def test_nothing_is_reproduced_without_data(
    reported: str, criterion: Criterion, better: Better | None
) -> None:
    assert judge(fixed(reported, criterion, better=better), []).verdict is Verdict.NOT_ATTEMPTED


def typed(reported: str, **given: Any) -> TypedTerms:
    return TypedTerms(statement="It holds", metric="error", reported=reported, **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (typed("<0.05", criterion=EXACT), "no digits to round to"),
        (typed("40-50", criterion=EXACT), "is a range"),
        (typed("~0.9", criterion=EXACT), "approximate"),
        (typed("< 10", criterion=DIRECTION), "no direction"),
        (typed("-1 to 1", criterion=DIRECTION), "no direction"),
        (typed("<0.05", spread="0.1"), "no spread beside it"),
    ],
)
def test_a_claim_that_could_never_be_judged_is_refused_when_it_is_written(
    given: TypedTerms, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        ledger.check_terms(given)


def test_a_claim_keeps_what_was_printed_and_says_how_it_is_judged() -> None:
    said = {
        given.reported: ledger_cards.judged(ledger.check_terms(given))
        for given in (
            typed("< 10^3"),
            typed("40–50 %", criterion=ABSOLUTE, tolerance="2"),
            typed("≤ 0.05", criterion=ABSOLUTE, tolerance="0"),
            typed("≥ 0.9", criterion=INTERVAL),
            typed("> 0", criterion=DIRECTION),
        )
    }
    assert said == {
        "< 10^3": "Counts as reproduced when ours keeps to the bound; as partly, up to 5% past it",
        "40–50 %": "Counts as reproduced when ours lies in the range; as partly, up to 2 past it",
        "≤ 0.05": "Counts as reproduced when ours keeps to the bound",
        "≥ 0.9": "Counts as reproduced when the 95% confidence interval of our mean keeps to the "
        "bound",
        "> 0": "Counts as reproduced when the direction is the same",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "reported"),
    [
        ("Model | error\nA | <0.05\nB | 0.1–0.2\nC | ~0.9", ["<0.05", "0.1–0.2", "~0.9"]),
        ("Model\terror\nA\t≥ 99%\nB\tn/r", ["≥ 99%"]),
        ("Model error top-5\nA <0.05 40–50\nB ≈0.9 3.5", ["<0.05", "40–50", "≈0.9", "3.5"]),
        (r"Model & error \\ A & $<$0.05 \\ B & $\leq 0.1$ \\ C & $40$--$50$ \\ D & $\sim$0.9 \\",
         ["<0.05", "≤0.1", "40–50", "≈0.9"]),
    ],
)  # fmt: skip
def test_tables_have_them_too(table: str, reported: list[str]) -> None:
    assert [one.reported for one in tables.parse(table)] == reported
