"""Reading lists from files."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidInput
from cogs.reading.curriculum import UnitPlan, read

LIST = """unit,title,link,minutes,level,exercises
1,Grokking,https://arxiv.org/abs/2201.02177,40,beginner,Reproduce figure 1; Try another prime

2,Progress measures,,,,
"""


@pytest.mark.parametrize("change", [str, lambda text: text.replace(",", "\t")])
def test_each_line_is_a_unit_with_what_it_has(change: object) -> None:
    assert callable(change)
    first, second = read(change(LIST).encode("utf-8-sig"))
    assert first == UnitPlan(
        "Grokking",
        "https://arxiv.org/abs/2201.02177",
        40,
        "beginner",
        ("Reproduce figure 1", "Try another prime"),
    )
    assert second.title.startswith("Progress measures")
    assert second.link is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no unit"),
        ("a,b\n1,2", "no column `title`"),
        ("title\n", "no unit"),
        ("title,minutes\nGrokking,soon", "Line 2"),
        ("title,link\nGrokking,nowhere", "Line 2"),
        ("title\n" + "x" * 91, "Line 2"),
        ("title\n" + "x\n" * 61, "61 units"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read(text.encode())


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_file_is_read_or_refused_in_words(data: bytes) -> None:
    with suppress(InvalidInput):
        assert read(data)
