"""Titles of meetings, and batches of people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.reading.meetings import rules

people = st.integers(min_value=1, max_value=6)


@pytest.mark.parametrize("title", ["", "  ", "x" * 91])
def test_a_title_is_one_line_that_is_not_too_long(title: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_title(title)
    assert rules.check_title("  Grokking,\n section 1 ") == "Grokking, section 1"


@given(st.lists(st.integers(), max_size=300))
def test_batches_hold_everybody_once(people: list[int]) -> None:
    found = rules.batches(people)
    assert [user for batch in found for user in batch] == people
    assert all(0 < len(batch) <= 50 for batch in found)
