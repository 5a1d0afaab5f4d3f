"""Titles that people read as the same are the same, and people are named and counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.wording import batches, folded, names
from bot.ui.sanitise import sound


@pytest.mark.parametrize(
    "other",
    [
        "kale bed",
        " Kale  Bed ",
        "Ｋａｌｅ Ｂｅｄ",
        "Kale\u200b Bed",
        "Ka\u00adle Bed",
        "Kale\u00a0Bed",
        "\u2060Kale Bed\ufeff",
        "Kale\u3000Bed",
    ],
)
def test_case_width_blanks_and_what_shows_nothing_make_no_new_title(other: str) -> None:
    assert folded(other) == folded("Kale Bed")


def test_other_letters_make_another_title() -> None:
    assert folded("Kale Bed") != folded("Kale Beds")
    assert folded("Käle") != folded("Kale")


@pytest.mark.parametrize(
    "blank", ["\u3164", "\u2800\u2800", "\u200b", "\u115f", "\ufe0f", " \u00ad"]
)
def test_a_text_in_which_nothing_can_be_seen_is_empty(blank: str) -> None:
    assert sound(blank) == ""


def test_of_people_of_whom_only_the_first_were_read_all_are_counted() -> None:
    assert names([1, 2], limit=20, of=2) == "<@1>, <@2>"
    assert names([1, 2, 3], limit=2, of=30) == "<@1>, <@2> and 28 more"


@given(st.lists(st.integers(), max_size=300))
def test_batches_hold_everybody_once(people: list[int]) -> None:
    found = batches(people)
    assert [user for batch in found for user in batch] == people
    assert all(0 < len(batch) <= 50 for batch in found)
