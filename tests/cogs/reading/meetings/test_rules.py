"""Titles of meetings."""

from __future__ import annotations

import pytest

from bot.base.errors import InvalidInput
from cogs.reading.meetings import rules


@pytest.mark.parametrize("title", ["", "  ", "x" * 91])
def test_a_title_is_one_line_that_is_not_too_long(title: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_title(title)
    assert rules.check_title("  Grokking,\n section 1 ") == "Grokking, section 1"
