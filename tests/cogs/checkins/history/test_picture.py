"""The picture of somebody's rounds."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from cogs.checkins.history.picture import RoundBox, RoundsDrawing, draw
from cogs.checkins.history.rules import RoundOutcome

FIRST = date(2026, 1, 4)
NUMBERS = (("12", "of 14 rounds"), ("3", "in a row"))


def picture(*outcomes: RoundOutcome, every: timedelta = timedelta(weeks=1)) -> Image.Image:
    boxes = tuple(RoundBox(FIRST + every * index, one) for index, one in enumerate(outcomes))
    return Image.open(io.BytesIO(draw(RoundsDrawing(NUMBERS, boxes))))


@pytest.mark.parametrize(("rounds", "taller"), [(0, 0), (4, 0), (30, 6), (300, 11)])
def test_it_grows_by_months_and_stops_at_a_year(rounds: int, taller: int) -> None:
    one = picture(RoundOutcome.POSTED)
    many = picture(*[RoundOutcome.POSTED] * rounds)
    assert many.width == one.width
    assert many.height - one.height == taller * 108


def test_every_outcome_looks_different() -> None:
    seen = {
        picture(outcome).tobytes() for outcome in RoundOutcome if outcome is not RoundOutcome.ABSENT
    }
    assert len(seen) == 5


def test_more_rounds_in_a_month_than_weeks_still_fit() -> None:
    crowded = picture(*[RoundOutcome.POSTED] * 28, every=timedelta(days=1))
    ground = crowded.getpixel((crowded.width - 20, crowded.height // 2))
    assert isinstance(ground, tuple)
    assert ground[:3] == (0x20, 0x24, 0x2C)


def test_it_stands_on_a_ground_of_its_own_in_both_themes() -> None:
    shown = picture(RoundOutcome.POSTED)
    corner, ground = shown.getpixel((0, 0)), shown.getpixel((shown.width // 2, 10))
    assert isinstance(corner, tuple)
    assert isinstance(ground, tuple)
    assert corner[3] == 0
    assert ground[3] == 255
