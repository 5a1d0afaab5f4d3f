"""What the pictures share: their colours, their ground, and text in the font that Pillow brings.

They are drawn on a ground of their own, so that they read alike in Discord's dark and light
themes, and at twice the size that they are measured in, so that they are sharp on a phone. Pillow
is loaded with the first picture.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont


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

_STRIP = 128
"""How many lines of a picture are compressed at a time."""

_COLOURS = {"RGB": 2, "RGBA": 6}
"""What a PNG calls the modes of ours."""


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


def width(words: str, size: int) -> float:
    """Return how wide a text is, in units."""
    return font(size).getlength(words) / SCALE


def fitting(words: str, size: int, room: float) -> str:
    """Cut a text so that it fits into ``room`` units, with an ellipsis where something was cut."""
    if width(words, size) <= room:
        return words
    short, long = 0, len(words)
    while short < long:
        middle = (short + long + 1) // 2
        if width(words[:middle].rstrip() + "…", size) <= room:
            short = middle
        else:
            long = middle - 1
    return words[:short].rstrip() + "…"


def png(image: Image.Image) -> bytes:
    """Return a picture as a PNG (https://www.w3.org/TR/png-3/), without filters.

    Pillow's own writer keeps everybody else waiting while it compresses; zlib does not, and the
    flat grounds of ours are as small without filters.
    """
    across, height = image.size
    packed = zlib.compressobj()
    data = b""
    for top in range(0, height, _STRIP):
        band = image.crop((0, top, across, min(height, top + _STRIP))).tobytes()
        line = len(image.getbands()) * across
        lines = (band[at : at + line] for at in range(0, len(band), line))
        data += packed.compress(b"".join(b"\0" + one for one in lines))
    head = struct.pack(">IIBBBBB", across, height, 8, _COLOURS[image.mode], 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", data + packed.flush()), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own font, ``size`` units high."""
    from PIL import ImageFont

    return ImageFont.load_default(size * SCALE)
