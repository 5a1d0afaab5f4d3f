"""The picture of somebody's rounds."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from cogs.checkins.history.picture import Box, Drawing, draw
from cogs.checkins.history.rules import Outcome

FIRST = date(2026, 1, 4)
NUMBERS = (("12", "of 14 rounds"), ("3", "in a row"))


def picture(*outcomes: Outcome, every: timedelta = timedelta(weeks=1)) -> Image.Image:
    boxes = tuple(Box(FIRST + every * index, one) for index, one in enumerate(outcomes))
    return Image.open(io.BytesIO(draw(Drawing(NUMBERS, boxes))))


@pytest.mark.parametrize(("rounds", "taller"), [(0, 0), (4, 0), (30, 6), (300, 11)])
def test_it_grows_by_months_and_stops_at_a_year(rounds: int, taller: int) -> None:
    one = picture(Outcome.POSTED)
    many = picture(*[Outcome.POSTED] * rounds)
    assert many.width == one.width
    assert many.height - one.height == taller * 108


def test_every_outcome_looks_different() -> None:
    seen = {picture(outcome).tobytes() for outcome in Outcome if outcome is not Outcome.ABSENT}
    assert len(seen) == 5


def test_more_rounds_in_a_month_than_weeks_still_fit() -> None:
    crowded = picture(*[Outcome.POSTED] * 28, every=timedelta(days=1))
    ground = crowded.getpixel((crowded.width - 20, crowded.height // 2))
    assert isinstance(ground, tuple)
    assert ground[:3] == (0x20, 0x24, 0x2C)


def test_it_stands_on_a_ground_of_its_own_in_both_themes() -> None:
    shown = picture(Outcome.POSTED)
    corner, ground = shown.getpixel((0, 0)), shown.getpixel((shown.width // 2, 10))
    assert isinstance(corner, tuple)
    assert isinstance(ground, tuple)
    assert corner[3] == 0
    assert ground[3] == 255
