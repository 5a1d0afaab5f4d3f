"""Lines of a text that become commitments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cogs.checkins.commitments import rules


def test_lines_become_commitments_without_their_bullets_each_once() -> None:
    text = "- chapter 4\n* [ ] exercise 2\n\n3. write it up\nChapter 4\n---\n• 7 problems"
    assert rules.commitments(text) == [
        "chapter 4",
        "exercise 2",
        "write it up",
        "7 problems",
    ]


def test_a_number_that_begins_a_line_is_kept_where_it_is_no_bullet() -> None:
    assert rules.commitments("2 exercises\n3.5 hours of reading") == [
        "2 exercises",
        "3.5 hours of reading",
    ]


@given(st.text())
def test_any_text_gives_a_bounded_number_of_short_lines(text: str) -> None:
    lines = rules.commitments(text)
    assert len(lines) <= rules.LINES
    assert all(0 < len(line) <= rules.LINE_LIMIT and "\n" not in line for line in lines)
