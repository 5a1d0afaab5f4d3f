"""Numbers as papers print them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.boards.printed import numbers, ranges
from tests.pace import milliseconds


@pytest.mark.parametrize(
    ("printed", "text", "value", "percent", "spread"),
    [
        ("0.10", "0.10", "0.10", False, None),
        ("0.1", "0.1", "0.1", False, None),
        (".975", ".975", "0.975", False, None),
        ("−3.5", "-3.5", "-3.5", False, None),
        ("+2", "+2", "2", False, None),
        ("1,234.5", "1,234.5", "1234.5", False, None),
        ("1,234,567", "1,234,567", "1234567", False, None),
        ("12 345", "12 345", "12345", False, None),
        ("0,975", "0,975", "0.975", False, None),
        ("97,4", "97,4", "97.4", False, None),
        ("97.4%", "97.4%", "97.4", True, None),
        ("97.4 %", "97.4%", "97.4", True, None),
        ("1.2e-3", "1.2e-3", "0.0012", False, None),
        ("1.20E3", "1.20E3", "1.20e3", False, None),
        ("1.2 × 10^-3", "1.2 × 10^-3", "0.0012", False, None),
        ("1.2 x 10^{6}", "1.2 x 10^{6}", "1.2e6", False, None),
        ("10^3", "10^3", "1e3", False, None),
        ("10⁻⁴", "10⁻⁴", "1e-4", False, None),
        ("-10**{2}", "-10**{2}", "-1e2", False, None),
        ("3·10⁻⁴", "3·10⁻⁴", "3e-4", False, None),
        ("97.4 ± 0.3", "97.4", "97.4", False, "0.3"),
        ("97.4±0.3%", "97.4%", "97.4", True, "0.3"),
        ("97.4% ± 0.3%", "97.4%", "97.4", True, "0.3"),
        ("97.4 +/- 0.30", "97.4", "97.4", False, "0.30"),
        ("97.4 (0.3)", "97.4", "97.4", False, "0.3"),
        ("97.4 (±0.3)", "97.4", "97.4", False, "0.3"),
        ("97.4(3)", "97.4", "97.4", False, "0.3"),
        ("0.1234(56)", "0.1234", "0.1234", False, "0.0056"),
        ("120(3)", "120", "120", False, "3"),
    ],
)
def test_a_printed_number_is_read_exactly(
    printed: str, text: str, value: str, percent: bool, spread: str | None
) -> None:
    read = numbers.parse(printed)
    assert read.text == text
    assert read.value == Decimal(value)
    assert read.percent is percent
    assert read.spread == (Decimal(spread) if spread else None)


def test_the_digits_that_were_printed_are_kept() -> None:
    assert str(numbers.parse("0.10").value) == "0.10"
    assert numbers.parse("0.10").unit == Decimal("0.01")
    assert numbers.parse("0.1").unit == Decimal("0.1")
    assert numbers.parse("1.2e3").unit == Decimal(100)
    assert numbers.parse("120").unit == Decimal(1)


@pytest.mark.parametrize(
    "text",
    ["", "about 97", "<0.001", "97..4", "9 7", "nan", "inf", "1e999", "1" * 40, "97.4 ±", "3/5",
     "97.4 ± -0.3", "0x10", "1.2.3", "97.4 (n=3)", "٣", "10⁻⁻", "10^", "1 x 10⁻"],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidInput, match="97\\.4 ± 0\\.3"):
        numbers.parse(text)


def test_a_number_that_two_countries_read_differently_is_asked_back() -> None:
    with pytest.raises(InvalidInput, match=r"`1234` or `1\.234`"):
        numbers.parse("1,234")


@pytest.mark.parametrize("text", ["n/r", "N/R", "not reported", " — ", "NR"])
def test_a_paper_may_report_no_number(text: str) -> None:
    assert ranges.parse_reported(text) is None


def test_several_runs_are_listed_between_commas_or_semicolons() -> None:
    assert [str(run.value) for run in numbers.parse_runs("97.10, 96.8; 97")] == [
        "97.10",
        "96.8",
        "97",
    ]


@pytest.mark.parametrize("text", ["97.1%, 0.97", "97.1 ± 0.2, 96", "", "a, b"])
def test_runs_that_do_not_go_together_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        numbers.parse_runs(text)


@pytest.mark.parametrize(
    ("text", "relative", "value"),
    [
        ("5%", True, "0.05"),
        ("0.05", True, "0.05"),
        ("0.5", False, "0.5"),
        ("0", True, "0"),
        ("± 0.5", False, "0.5"),
        ("+/-5 %", True, "0.05"),
    ],
)
def test_a_tolerance_is_a_share_or_a_difference(text: str, relative: bool, value: str) -> None:
    assert numbers.parse_tolerance(text, relative=relative) == Decimal(value)


@pytest.mark.parametrize("text", ["5", "100%", "-1%", "wide"])
def test_a_tolerance_that_allows_anything_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        numbers.parse_tolerance(text, relative=True)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12
    )
)
def test_what_python_prints_is_read_back_with_every_digit(value: Decimal) -> None:
    assert str(numbers.parse(f"{value:f}").value) == f"{value:f}"


@given(st.from_regex(r"\A[-+]?[0-9]{1,12}(\.[0-9]{1,12})?\Z"))
def test_a_number_is_the_same_with_a_spread_and_without(text: str) -> None:
    alone, spread = numbers.parse(text), numbers.parse(f"{text} ± 0")
    assert (alone.text, str(alone.value)) == (spread.text, str(spread.value))


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_and_never_fails(text: str) -> None:
    try:
        read = numbers.parse(text)
    except InvalidInput:
        return
    assert read.value.is_finite()


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [("yes", ["yes"]), ("Yes.", ["yes"]), ("no, partly; yes", ["no", "partly", "yes"]),
     ("done", ["yes"])],
)  # fmt: skip
def test_what_is_so_or_not_is_read_from_words(text: str, outcomes: list[str]) -> None:
    assert [str(one) for one in numbers.parse_outcomes(text)] == outcomes


@pytest.mark.parametrize("text", ["", "perhaps", "yes, 97", "97.4"])
def test_what_is_neither_yes_nor_no_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="`yes`, `partly` or `no`"):
        numbers.parse_outcomes(text)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0, 1, 2", "0 1 2"), ("42 43", "42 43"), ("0-4", "0 1 2 3 4"), ("1..3, 7", "1 2 3 7"),
     ("a1; b2", "a1 b2"), ("7", "7"), ("12-10", "12-10")],
)  # fmt: skip
def test_seeds_are_listed_or_spanned(text: str, seeds: str) -> None:
    assert numbers.parse_seeds(text) == tuple(seeds.split())


@pytest.mark.parametrize("text", ["", " , ", "1, 1", "0-3, 2", "one/two", "x" * 31, "0-99999999"])
def test_seeds_that_are_none_or_there_twice_are_refused(text: str) -> None:
    if text == "0-99999999":
        assert numbers.parse_seeds(text) == (text,)
        return
    with pytest.raises(InvalidInput):
        numbers.parse_seeds(text)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [("$12.50", "12.50", "USD"), ("12.50 eur", "12.50", "EUR"), ("3 €", "3", "EUR"),
     ("CHF 1,234.50", "1234.50", "CHF"), ("0", "0", "")],
)  # fmt: skip
def test_a_cost_is_an_amount_and_perhaps_a_currency(text: str, amount: str, currency: str) -> None:
    assert numbers.parse_cost(text) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["", "free", "$", "$3 EUR", "-3", "1,234", "3 apples"])
def test_what_is_no_cost_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        numbers.parse_cost(text)


@given(st.text(max_size=40))
def test_any_cost_and_any_seeds_are_read_or_refused(text: str) -> None:
    for read in (numbers.parse_cost, numbers.parse_seeds, numbers.parse_outcomes):
        try:
            read(text)
        except InvalidInput:
            continue


@pytest.mark.parametrize(
    ("pasted", "values", "number"),
    [
        ("[97.1, 96.8, 97.4]", ["97.1", "96.8", "97.4"], None),
        ("97.1,96.8,97.4", ["97.1", "96.8", "97.4"], None),
        ("97.1 96.8 97.4", ["97.1", "96.8", "97.4"], None),
        ("(97.1; 96.8)", ["97.1", "96.8"], None),
        ("array([97.1, 96.8])", ["97.1", "96.8"], None),
        ("np.array([97.1 96.8])", ["97.1", "96.8"], None),
        ("{97.1, 96.8}", ["97.1", "96.8"], None),
        ("97.1%,96.8%", ["97.1%", "96.8%"], None),
        ("97,1", ["97,1"], None),
        ("97 96 98", ["97", "96", "98"], None),
        ("1 234.5", ["1 234.5"], None),
        ("-1e-3 2e-3", ["-1e-3", "2e-3"], None),
        ("97.1 ± 0.2 (n=3)", ["97.1"], 3),
        ("97.1 ± 0.2, n = 3", ["97.1"], 3),
        ("97.1 (0.2) (5 seeds)", ["97.1"], 5),
        ("97.1, 96.8 (n=2)", ["97.1", "96.8"], 2),
        ("97.4 (0.3)", ["97.4"], None),
    ],
)
def test_runs_are_read_however_people_paste_them(
    pasted: str, values: list[str], number: int | None
) -> None:
    read = numbers.parse_value(pasted)
    assert [one.text for one in read.runs] == values
    assert read.number == number


def test_three_digits_between_blanks_are_asked_back() -> None:
    with pytest.raises(InvalidInput, match="one number or several runs"):
        numbers.parse_value("410 395 402")
    assert numbers.parse_value("12 345").runs[0].value == 12345


def test_a_list_and_its_number_that_contradict_are_asked_back() -> None:
    with pytest.raises(InvalidInput, match="Which is it"):
        numbers.parse_value("97.1, 96.8 (n=3)")


@pytest.mark.parametrize("read", [numbers.parse_value, ranges.parse_reported, numbers.parse_seeds])
@pytest.mark.parametrize(
    "text", ["1–" * 8000, "1," * 100_000, "[" * 100_000, "1 " * 100_000, "0-999," * 30_000,
             "(n=" * 60_000, "± " * 90_000, "97.1 ± 0.2 (n=3) " * 10_000]
)  # fmt: skip
def test_no_pasted_text_takes_long(read: Callable[[str], object], text: str) -> None:
    def pasted() -> None:
        with contextlib.suppress(InvalidInput):
            read(text)

    assert milliseconds(pasted, 1_000) < 1_000
