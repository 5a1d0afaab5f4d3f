"""What the pictures share: texts cut to their room, and PNGs that hold what was drawn."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bot.ui import canvas


@given(st.text("iW .", max_size=60), st.floats(20, 200))
def test_a_text_is_cut_only_where_it_has_no_room_and_then_as_little_as_can_be(
    words: str, room: float
) -> None:
    cut = canvas.fitting(words, 12, room)
    assert canvas.width(cut, 12) <= room
    if canvas.width(words, 12) <= room:
        assert cut == words
    else:
        kept = cut.removesuffix("…")
        longer = words[: len(kept) + 1]
        assert words.startswith(kept)
        assert longer.endswith(" ") or canvas.width(longer + "…", 12) > room


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_png_holds_the_picture_as_it_was_drawn(mode: str) -> None:
    image = Image.new(mode, (37, 300))
    pen = ImageDraw.Draw(image)
    pen.ellipse((3, 3, 30, 290), fill=canvas.GREEN)
    read = Image.open(io.BytesIO(canvas.png(image)))
    assert (read.format, read.mode, read.size) == ("PNG", mode, image.size)
    assert read.tobytes() == image.tobytes()
