"""What the pictures share: their colours, their ground, and text in the font that Pillow brings.

They are drawn on a ground of their own, so that they read alike in Discord's dark and light
themes, and at twice the size that they are measured in, so that they are sharp on a phone.
"""

from __future__ import annotations

from functools import cache

from PIL import ImageDraw, ImageFont

SCALE = 2
"""How many pixels a unit of measure is."""

GROUND = "#20242c"
INK = "#f2f4f8"
DIM = "#a4acb9"
LINE = "#4a5261"
GREEN = "#3fb950"
AMBER = "#e8a33d"
BLUE = "#6f8fd6"
DARK = "#10131a"


def text(
    pen: ImageDraw.ImageDraw,
    left: float,
    top: float,
    words: str,
    size: int,
    fill: str,
    *,
    anchor: str = "lm",
) -> None:
    """Write ``words`` at a place in units; ``anchor`` is Pillow's, by default left and middle."""
    pen.text((left * SCALE, top * SCALE), words, font=font(size), fill=fill, anchor=anchor)


def fitting(words: str, size: int, room: float) -> str:
    """Cut a text so that it fits into ``room`` units."""
    face = font(size)
    if face.getlength(words) / SCALE <= room:
        return words
    while words and face.getlength(words + "…") / SCALE > room:
        words = words[:-1]
    return words.rstrip() + "…"


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own font, ``size`` units high."""
    return ImageFont.load_default(size * SCALE)
