"""Wording that fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.ui import theme


def test_a_text_is_cut_between_words() -> None:
    assert theme.clip("one two three", 13) == "one two three"
    assert theme.clip("one two three four", 14) == "one two three…"
    assert theme.clip("one two threefour", 14) == "one two…"
    assert theme.clip("a" * 50, 10) == "a" * 9 + "…"


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_a_cut_text_is_never_too_long(text: str, limit: int) -> None:
    assert len(theme.clip(text, limit)) <= limit


@given(st.lists(st.text(max_size=40), max_size=60), st.integers(min_value=60, max_value=400))
def test_lines_fit_and_say_how_many_are_left_out(entries: list[str], limit: int) -> None:
    shown = theme.lines(entries, limit)
    assert len(shown) <= limit
    if len("\n".join(entries)) > limit:
        assert "more" in shown


def test_what_people_typed_is_shown_and_not_acted_on() -> None:
    shown = theme.escape("**bold** @everyone <@123456789012345678> `code`")
    assert "**bold**" not in shown
    assert "@everyone" not in shown
    assert "<@123456789012345678>" not in shown


def test_names_say_how_many_are_left_out() -> None:
    assert theme.names([1, 2, 3], limit=2) == "<@1>, <@2> and 1 more"
    assert theme.names([]) == theme.NOTHING


def test_a_bar_is_never_longer_than_its_width() -> None:
    assert theme.bar(0.5, 4) == "▰▰▱▱"
    assert theme.bar(7, 4) == "▰▰▰▰"
