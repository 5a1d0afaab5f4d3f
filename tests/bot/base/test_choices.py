"""Things offered by title, and found again by what was picked or typed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.base.choices import Offered
from bot.base.errors import InvalidInput, NotFound


@dataclass(frozen=True)
class Plant:
    id: int
    title: str
    sown: str = "May"
    row: int | None = None


def plants(*things: Plant) -> Offered[Plant]:
    return Offered(things, "plant", apart=lambda one: one.sown, same=lambda one: one.row or -one.id)


KALE, LEEK = Plant(1, "Kale"), Plant(2, "Leek")


def test_what_is_offered_is_found_by_what_discord_hands_back() -> None:
    offered = plants(KALE, LEEK)
    assert offered.entries() == [("Kale", "#1"), ("Leek", "#2")]
    assert [offered.named(value) for _, value in offered.entries()] == [KALE, LEEK]


@pytest.mark.parametrize("typed", ["kale", " KALE ", "Kale"])
def test_a_typed_title_is_found_in_any_case(typed: str) -> None:
    assert plants(KALE, LEEK).named(typed) is KALE


def test_equal_titles_are_told_apart_and_what_was_told_apart_can_be_typed() -> None:
    offered = plants(KALE, Plant(2, "kale", "June"), Plant(3, "Kale", "June"))
    titles = [title for title, _ in offered.entries()]
    assert titles == ["Kale · May", "kale · June", "Kale · June (2)"]
    assert [offered.named(title).id for title in titles] == [1, 2, 3]


def test_a_title_that_several_have_is_asked_back_with_what_tells_them_apart() -> None:
    offered = plants(KALE, Plant(2, "Kale", "June"))
    with pytest.raises(InvalidInput, match="“Kale · May”, “Kale · June”"):
        offered.named("kale")


def test_of_one_row_the_first_is_meant() -> None:
    first, second = Plant(1, "Kale", "May", row=7), Plant(2, "Kale", "June", row=7)
    assert plants(first, second).named("kale") is first


@pytest.mark.parametrize("given", ["#9", "oak", "", "#", "#x", "#" + "9" * 30, "1"])
def test_what_is_not_among_them_is_not_found(given: str) -> None:
    with pytest.raises(NotFound, match="no plant called"):
        plants(KALE, LEEK).named(given)


def test_a_title_may_look_like_a_reference() -> None:
    odd = Plant(5, "#2")
    assert plants(KALE, odd).named("#2") is odd


def test_long_titles_stay_unlike_each_other() -> None:
    offered = plants(*(Plant(number, "x" * 200) for number in range(1, 4)))
    titles = [title for title, _ in offered.entries()]
    assert len(set(titles)) == 3
    assert all(len(title) <= 100 for title in titles)


def test_series_are_counted_with_their_own_plural() -> None:
    series = Offered((KALE, Plant(2, "Kale", "June")), "series", apart=lambda one: one.sown)
    with pytest.raises(InvalidInput, match="2 series with that title"):
        series.named("kale")
