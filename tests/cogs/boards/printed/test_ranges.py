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
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.ledger.terms import Terms, of_runs
from cogs.boards.ledger.verdicts import judge
from cogs.boards.printed import ranges
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import PrintedRange
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
    read = ranges.parse_reported(printed)
    assert isinstance(read, PrintedRange)
    assert read.text == printed
    assert (read.low, read.high) == (low and Decimal(low), high and Decimal(high))
    assert (read.strict, read.percent) == (strict, percent)
    assert ranges.parse_reported(read.text) == read


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
    read = ranges.parse_reported(printed)
    assert isinstance(read, Printed)
    assert (read.text, str(read.value), read.about) == (text, value, True)
    assert read.spread == (Decimal(spread) if spread else None)


@pytest.mark.parametrize("printed", ["97.4", "-3.5", "1e-3", "10^-3", "2.1 × 10^-3", "97.4 ± 0.3"])
def test_a_number_is_no_range(printed: str) -> None:
    read = ranges.parse_reported(printed)
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
        ranges.parse_reported(printed)


@given(st.text(max_size=70) | st.from_regex(r"\A[<>≤≥~≈]?[-0-9.%e ]{1,12}(-|–|to)?[-0-9.%]{0,6}\Z"))
def test_any_text_is_read_or_refused_and_what_is_read_is_read_again(text: str) -> None:
    try:
        read = ranges.parse_reported(text)
    except InvalidInput:
        return
    if read is not None:
        again = ranges.parse_reported(read.text)
        assert again is not None
        assert again.text == read.text


def fixed(reported: str, criterion: Criterion, **given: Any) -> Terms:
    tolerance = given.get("tolerance")
    return Terms(
        ranges.parse_reported(reported),
        given.get("better"),
        criterion,
        Decimal(tolerance) if tolerance is not None else None,
    )


RELATIVE, ABSOLUTE, INTERVAL = Criterion.RELATIVE, Criterion.ABSOLUTE, Criterion.INTERVAL
DIRECTION, EXACT = Criterion.DIRECTION, Criterion.EXACT


@pytest.mark.parametrize(
    ("reported", "criterion", "tolerance", "ours", "verdict", "sentence"),
    [
        ("<0.05", RELATIVE, None, "0.040, 0.041, 0.039", "reproduced",
         "Ours is 0.0400 ± 0.0010 (3 runs) against <0.05: our mean lies between 0.0382 and 0.0418 "
         "(90% interval), and keeps to the bound."),
        ("<0.05", RELATIVE, None, "0.04, 0.06, 0.05", "inconclusive",
         "Ours is 0.050 ± 0.010 (3 runs) against <0.05: our mean lies between 0.0325 and 0.0675 "
         "(90% interval), which is too wide to tell whether it keeps to the bound. More runs like "
         "these would not tell: they scatter too far for what is allowed."),
        ("<0.05", RELATIVE, None, "0.060, 0.061, 0.059", "not reproduced",
         "Ours is 0.0600 ± 0.0010 (3 runs) against <0.05: our mean lies between 0.0582 and 0.0618 "
         "(90% interval), past the bound."),
        ("<0.05", RELATIVE, None, "0.04", "inconclusive",
         "Ours is 0.04 against <0.05. One run does not show how far runs scatter: 2 more would."),
        ("40–50%", RELATIVE, None, "45, 46, 44", "reproduced",
         "Ours is 45.0% ± 1.0 (3 runs) against 40–50%: our mean lies between 43.2 and 46.8 (90% "
         "interval), and lies in the range."),
        ("40–50%", ABSOLUTE, "4", "39, 40, 40, 39, 39", "partly",
         "Ours is 39.40% ± 0.55 (5 runs) against 40–50%: our mean lies between 38.8 and 40 (90% "
         "interval), past the range by no more than is allowed for partly."),
        ("> 2", DIRECTION, None, "2.1, 2.2, 1.9", "reproduced",
         "Ours is 2.07 ± 0.15 (3 runs) against > 2: the direction is the same (95% sure)."),
        ("> 2", DIRECTION, None, "-2.1, -2.2, -1.9", "reversed",
         "Ours is -2.07 ± 0.15 (3 runs) against > 2: the direction is the opposite one."),
        ("< 10", DIRECTION, None, "5", "inconclusive",
         "Ours is 5 against < 10. Both sides of zero have no direction to compare."),
        ("<0.05", EXACT, None, "0.04", "inconclusive",
         "Ours is 0.04 against <0.05. A bound has no digits that ours could round to."),
        ("~0.9", EXACT, None, "0.9", "inconclusive",
         "Ours is 0.9 against ~0.9. The paper gives it as approximate, so its digits say nothing."),
        ("~0.9", RELATIVE, "0.05", "0.91, 0.92, 0.90", "reproduced",
         "Ours is 0.910 ± 0.010 (3 runs) against ~0.9: ours lies within 0.032 of it (95% sure), "
         "and 0.045 is allowed."),
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
    runs = of_runs([Decimal(one) for one in ours.split(", ")])
    told = judge(fixed(reported, criterion, tolerance=tolerance), [runs])
    assert (told.verdict, told.sentence) == (Verdict(verdict), sentence)


def test_better_than_a_range_is_exceeded_and_a_bound_is_kept_or_not() -> None:
    better = Better.HIGHER
    over = [of_runs([Decimal(60), Decimal(61), Decimal(62)])]
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
GOODNESS = {Verdict.PARTLY: 1, Verdict.REPRODUCED: 2}


@st.composite
def printed_spans(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return f"{draw(signs)} {draw(values):f}"
    low, high = sorted([draw(values), draw(values)])
    assume(low < high)
    return f"{low:f} to {high:f}"


many = st.lists(values, min_size=1, max_size=5)


@given(printed_spans(), many, shares, st.sampled_from([RELATIVE, ABSOLUTE]), betters)
def test_nothing_is_reproduced_whose_mean_lies_elsewhere(
    reported: str,
    runs: list[Decimal],
    tolerance: Decimal,
    criterion: Criterion,
    better: Better | None,
) -> None:
    span = ranges.parse_reported(reported)
    assert isinstance(span, PrintedRange)
    sample = of_runs(runs)
    told = judge(fixed(reported, criterion, tolerance=str(tolerance), better=better), [sample])
    if told.verdict is Verdict.REPRODUCED:
        assert span.holds(sample.mean)
    elif told.verdict in (Verdict.NOT_REPRODUCED, Verdict.EXCEEDED):
        assert not span.holds(sample.mean)


@given(printed_spans(), many, shares, shares, st.sampled_from([RELATIVE, ABSOLUTE]), betters)
def test_a_wider_tolerance_never_makes_a_verdict_worse(
    reported: str,
    runs: list[Decimal],
    first: Decimal,
    second: Decimal,
    criterion: Criterion,
    better: Better | None,
) -> None:
    before, after = (
        judge(fixed(reported, criterion, tolerance=str(one), better=better), [of_runs(runs)])
        for one in sorted([first, second])
    )
    assert GOODNESS.get(before.verdict, 0) <= GOODNESS.get(after.verdict, 0)


@given(values, many, signs, shares)
def test_a_bound_mirrored_at_zero_is_judged_alike(
    bound: Decimal, runs: list[Decimal], sign: str, tolerance: Decimal
) -> None:
    assume(bound != 0)
    other = {"<": ">", "≤": "≥", ">": "<", "≥": "≤"}[sign]
    for criterion in (RELATIVE, ABSOLUTE):
        there = judge(
            fixed(f"{sign}{bound:f}", criterion, tolerance=str(tolerance)), [of_runs(runs)]
        )
        mirrored = judge(
            fixed(f"{other}{-bound:f}", criterion, tolerance=str(tolerance)),
            [of_runs([-run for run in runs])],
        )
        assert there.verdict is mirrored.verdict


@given(printed_spans(), many, st.data())
def test_a_run_farther_from_a_bound_or_a_range_never_improves_a_verdict(
    reported: str, runs: list[Decimal], data: st.DataObject
) -> None:
    span = ranges.parse_reported(reported)
    assert isinstance(span, PrintedRange)
    at = data.draw(st.integers(0, len(runs) - 1))
    past = span.past(runs[at])
    assume(past != 0)
    away = data.draw(st.decimals(0, 10**4, places=3))
    farther = [*runs]
    farther[at] += away if past > 0 else -away
    before, after = (
        judge(fixed(reported, ABSOLUTE, tolerance="50"), [of_runs(one)]) for one in (runs, farther)
    )
    assert GOODNESS.get(after.verdict, 0) <= GOODNESS.get(before.verdict, 0)


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
        "< 10^3": "Counts as reproduced when our mean is shown to keep to the bound",
        "40–50 %": "Counts as reproduced when our mean is shown to lie in the range; as partly, "
        "up to 2 past it",
        "≤ 0.05": "Counts as reproduced when our mean is shown to keep to the bound",
        "≥ 0.9": "Counts as reproduced when our mean is shown to keep to the bound",
        "> 0": "Counts as reproduced when the direction is shown to be the same",
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
