"""The picture of a cohort's progress: a line for each person, a column for each unit.

It is narrow, so that it reads on a phone. What a box means shows in its shape as well as in its
colour. ``draw`` is plain work on plain values: it runs in a thread, off the event loop.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.ui import canvas
from bot.ui.canvas import SCALE
from cogs.programmes.progress.rules import UnitMark

if TYPE_CHECKING:
    from PIL import ImageDraw

ROWS = 20
"""How many people one picture shows."""

COLUMNS = 14
"""How many units one picture shows."""

_WIDTH = 440
_MARGIN = 20
_NAME = 112
_STAGE = 44
_ROW = 32
_GAP = 4
_TITLE = 66
_HEAD = 42
_FOOT = 62
_WIDEST = 44

_FAINT = "#6a7383"
_NOW = "#2b3240"


class UnitBox(Struct, frozen=True):
    """One unit of one person; ``done`` of ``exercises`` are done."""

    mark: UnitMark
    exercises: int = 0
    done: int = 0


class PersonRow(Struct, frozen=True):
    """One person: what they are called, their boxes, and the stage they are in.

    ``waiting`` at the gate after it; ``finished`` with the last.
    """

    name: str
    boxes: tuple[UnitBox, ...]
    stage: int
    waiting: bool = False
    finished: bool = False


class ProgressDrawing(Struct, frozen=True):
    """All that the picture shows; ``first`` is the number of the first unit that it has."""

    title: str
    subtitle: str
    first: int
    current: int | None
    stages: tuple[int, ...]
    """The stage of each unit that is shown."""
    rows: tuple[PersonRow, ...]


def window(units: int, current: int) -> tuple[int, int]:
    """Return the first and the last unit to show, so that the current one and those before it are.

    Both from 1; all units where there are few.
    """
    # Two units ahead are in sight, so that people see what comes.
    last = min(units, max(COLUMNS, current + 2))
    return max(1, last - COLUMNS + 1), last


def draw(drawing: ProgressDrawing) -> bytes:
    """Return the picture as a PNG."""
    rows = max(1, len(drawing.rows))
    height = _TITLE + _HEAD + rows * (_ROW + _GAP) + _FOOT
    from PIL import Image, ImageDraw

    # Transparent outside of the rounded corners: behind it is Discord's dark or its light theme.
    image = Image.new("RGBA", (_WIDTH * SCALE, height * SCALE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle(
        (0, 0, _WIDTH * SCALE - 1, height * SCALE - 1), radius=18 * SCALE, fill=canvas.GROUND
    )
    canvas.text(
        pen, _MARGIN, 26, canvas.fitting(drawing.title, 19, _WIDTH - 2 * _MARGIN), 19, canvas.INK
    )
    canvas.text(pen, _MARGIN, 50, drawing.subtitle, 14, canvas.DIM)
    columns = max(1, len(drawing.stages))
    room = _WIDTH - 2 * _MARGIN - _NAME - _STAGE
    step = min(_WIDEST + _GAP, room / columns)
    width = step - _GAP
    left = _MARGIN + _NAME
    bottom = _TITLE + _HEAD + rows * (_ROW + _GAP) - _GAP / 2
    if drawing.current is not None and 0 <= drawing.current - drawing.first < columns:
        # Drawn before everything else, so that it is behind the boxes.
        here = left + (drawing.current - drawing.first) * step
        pen.rounded_rectangle(
            _scaled(here - _GAP / 2, _TITLE + 8, here + width + _GAP / 2, bottom),
            radius=6 * SCALE,
            fill=_NOW,
        )
    for index, stage in enumerate(drawing.stages):
        middle = left + index * step + width / 2
        canvas.text(
            pen, middle, _TITLE + 24, str(drawing.first + index), 15, canvas.DIM, anchor="mm"
        )
        if index and stage != drawing.stages[index - 1]:
            line = left + index * step - _GAP / 2
            pen.line(_scaled(line, _TITLE + 12, line, bottom), fill=canvas.AMBER, width=2 * SCALE)
    canvas.text(pen, _WIDTH - _MARGIN, _TITLE + 24, "stage", 14, canvas.DIM, anchor="rm")
    if not drawing.rows:
        canvas.text(
            pen,
            _WIDTH / 2,
            _TITLE + _HEAD + _ROW / 2,
            "Nobody to show",
            16,
            canvas.DIM,
            anchor="mm",
        )
    for number, row in enumerate(drawing.rows):
        top = _TITLE + _HEAD + number * (_ROW + _GAP)
        canvas.text(
            pen, _MARGIN, top + _ROW / 2, canvas.fitting(row.name, 16, _NAME - 8), 16, canvas.INK
        )
        for index, box in enumerate(row.boxes):
            _box(pen, left + index * step, top, width, _ROW, box)
        _stage(pen, _WIDTH - _MARGIN - 16, top + _ROW / 2, row)
    _legend(pen, height - _FOOT + 14)
    return canvas.png(image)


def drawable(name: str) -> str:
    """Return what the font that Pillow brings can draw of a name: accents go, and so do emoji.

    Empty where that is nothing, as for a name in another script.
    """
    letters = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name)
        if letter.isspace() or (not unicodedata.combining(letter) and _has(letter))
    )
    return " ".join(letters.split())


def _box(
    pen: ImageDraw.ImageDraw, left: float, top: float, width: float, height: float, box: UnitBox
) -> None:
    """Draw a unit: full, its lower half, with round ends, or only its outline."""
    frame = _scaled(left, top, left + width, top + height)
    radius = min(width, height) / 5 * SCALE
    middle = (left + width / 2, top + height / 2)
    match box.mark:
        case UnitMark.BOTH:
            pen.rounded_rectangle(frame, radius=radius, fill=canvas.GREEN)
        case UnitMark.READ:
            pen.rounded_rectangle(frame, radius=radius, outline=canvas.GREEN, width=2 * SCALE)
            lower = _scaled(left + 4, top + height / 2, left + width - 4, top + height - 4)
            pen.rectangle(lower, fill=canvas.GREEN)
        case UnitMark.THERE:
            pen.rounded_rectangle(frame, radius=min(width, height) / 2 * SCALE, fill=canvas.BLUE)
        case UnitMark.OPEN:
            pen.rounded_rectangle(frame, radius=radius, outline=canvas.LINE, width=2 * SCALE)
        case UnitMark.LOCKED:
            _lock(pen, *middle)
        case UnitMark.AHEAD:
            x, y = middle
            pen.ellipse(_scaled(x - 2, y - 2, x + 2, y + 2), fill=_FAINT)
        case UnitMark.BEFORE:
            x, y = middle
            pen.line(_scaled(x - 5, y, x + 5, y), fill=canvas.LINE, width=2 * SCALE)
    if box.done:
        x, y = left + width - 6, top + 7
        fill = canvas.INK if box.done >= box.exercises else canvas.DIM
        pen.ellipse(
            _scaled(x - 4, y - 4, x + 4, y + 4), fill=fill, outline=canvas.DARK, width=SCALE
        )


def _lock(pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
    """Draw a small padlock around a point."""
    pen.arc(_scaled(x - 4, y - 8, x + 4, y + 2), 180, 360, fill=_FAINT, width=2 * SCALE)
    pen.rounded_rectangle(_scaled(x - 6, y - 2, x + 6, y + 7), radius=2 * SCALE, fill=_FAINT)


def _stage(pen: ImageDraw.ImageDraw, x: float, y: float, row: PersonRow) -> None:
    """Draw the stage that somebody is in: filled once they wait at its gate, green when done."""
    frame = _scaled(x - 13, y - 13, x + 13, y + 13)
    if row.finished:
        pen.ellipse(frame, fill=canvas.GREEN)
    elif row.waiting:
        pen.ellipse(frame, fill=canvas.AMBER)
    else:
        pen.ellipse(frame, outline=canvas.LINE, width=2 * SCALE)
    ink = canvas.DARK if row.finished or row.waiting else canvas.INK
    canvas.text(pen, x, y, str(row.stage), 16, ink, anchor="mm")


def _legend(pen: ImageDraw.ImageDraw, top: float) -> None:
    left = float(_MARGIN)
    for mark, word in (
        (UnitMark.BOTH, "read, there"),
        (UnitMark.READ, "read"),
        (UnitMark.THERE, "there"),
        (UnitMark.OPEN, "not yet"),
        (UnitMark.LOCKED, "locked"),
    ):
        _box(pen, left, top, 16, 16, UnitBox(mark))
        canvas.text(pen, left + 21, top + 8, word, 14, canvas.DIM)
        left += 32 + canvas.width(word, 14)
    second = top + 26
    left = _MARGIN + 8
    pen.ellipse(_scaled(left - 4, second + 4, left + 4, second + 12), fill=canvas.INK)
    canvas.text(pen, left + 13, second + 8, "exercises done", 14, canvas.DIM)
    left += 26 + canvas.width("exercises done", 14) + 4
    pen.ellipse(_scaled(left - 6, second + 2, left + 6, second + 14), fill=canvas.AMBER)
    canvas.text(pen, left + 13, second + 8, "waits at the gate", 14, canvas.DIM)
    left += 26 + canvas.width("waits at the gate", 14) + 4
    pen.ellipse(_scaled(left - 6, second + 2, left + 6, second + 14), fill=canvas.GREEN)
    canvas.text(pen, left + 13, second + 8, "finished", 14, canvas.DIM)


def _scaled(*numbers: float) -> Sequence[float]:
    return [number * SCALE for number in numbers]


@cache
def _has(letter: str) -> bool:
    """Whether the font draws a letter otherwise than one that it does not know."""
    return _drawn(letter) != _drawn("\U0010fffd")


def _drawn(letter: str) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("L", (64, 64))
    ImageDraw.Draw(image).text((8, 8), letter, font=canvas.font(16), fill=255)
    return image.tobytes()
