"""The picture of a cohort's progress: it fits, whatever it shows."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cogs.programmes.progress import picture
from cogs.programmes.progress.picture import PersonRow, ProgressDrawing, UnitBox
from cogs.programmes.progress.rules import UnitMark

BOXES = st.builds(UnitBox, st.sampled_from(UnitMark), st.integers(0, 3), st.integers(0, 3))


@st.composite
def drawings(draw: st.DrawFn) -> ProgressDrawing:
    units = draw(st.integers(1, picture.COLUMNS))
    rows = draw(
        st.lists(
            st.builds(
                PersonRow,
                st.text(max_size=40).map(picture.drawable),
                st.lists(BOXES, min_size=units, max_size=units).map(tuple),
                st.integers(1, 6),
                st.booleans(),
                st.booleans(),
            ),
            max_size=picture.ROWS,
        )
    )
    first = draw(st.integers(1, 47))
    stages = tuple(sorted(draw(st.lists(st.integers(1, 6), min_size=units, max_size=units))))
    return ProgressDrawing("A programme", "Unit 1", first, first, stages, tuple(rows))


@settings(max_examples=15, deadline=None)
@given(drawings())
def test_every_picture_is_as_wide_as_a_phone_and_no_taller_than_its_lines(
    drawing: ProgressDrawing,
) -> None:
    image = Image.open(io.BytesIO(picture.draw(drawing)))
    assert image.size[0] == 880
    assert image.size[1] <= 2 * (170 + 36 * max(1, len(drawing.rows)))


@given(st.integers(1, 60), st.integers(1, 60))
def test_the_window_of_units_holds_the_current_one(units: int, current: int) -> None:
    current = min(units, current)
    first, last = picture.window(units, current)
    assert 1 <= first <= current <= last <= units
    assert last - first + 1 == min(units, picture.COLUMNS)


def test_a_name_is_drawn_without_what_the_font_lacks() -> None:
    assert picture.drawable("Ada 🌱") == "Ada"
    assert picture.drawable("Élif") == "Elif"
    assert picture.drawable("Зоя") == ""
