"""The picture of somebody's rounds: a calendar with a box for each, and three numbers.

It is tall rather than wide, so that it reads on a phone. What a box means shows in its shape as
well as in its colour. ``draw`` is plain work on plain values: it runs in a thread, off the loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.ui import canvas
from bot.ui.canvas import SCALE
from cogs.checkins.history.rules import RoundOutcome

if TYPE_CHECKING:
    from PIL import ImageDraw

MONTHS = 12
"""How many months back the calendar goes, at most."""

_WIDTH = 440
_MARGIN = 24
_BOX = 46
_WIDEST = 64
_GAP = 8
_LABEL = 72
_HEAD = 116
_FOOT = 66


_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip


class RoundBox(Struct, frozen=True):
    """One round: the local day on which it was due, and what it was."""

    day: date
    outcome: RoundOutcome


class RoundsDrawing(Struct, frozen=True):
    """All that the picture shows: (number, caption) pairs, and the boxes, the oldest first."""

    numbers: tuple[tuple[str, str], ...]
    boxes: tuple[RoundBox, ...]


def draw(drawing: RoundsDrawing) -> bytes:
    """Return the picture as a PNG."""
    months = _months(drawing.boxes)
    height = _HEAD + max(1, len(months)) * (_BOX + _GAP) + _FOOT
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (_WIDTH * SCALE, height * SCALE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle(
        (0, 0, _WIDTH * SCALE - 1, height * SCALE - 1), radius=18 * SCALE, fill=canvas.GROUND
    )
    _numbers(pen, drawing.numbers)
    if not months:
        canvas.text(pen, _WIDTH / 2, _HEAD + _BOX / 2, "No rounds yet", 18, canvas.DIM, anchor="mm")
    columns = max((len(boxes) for _, boxes in months), default=1)
    width = min(_WIDEST, (_WIDTH - 2 * _MARGIN - _LABEL + _GAP) / columns - _GAP)
    for row, (label, boxes) in enumerate(months):
        top = _HEAD + row * (_BOX + _GAP)
        canvas.text(pen, _MARGIN, top + _BOX / 2, label, 17, canvas.DIM, anchor="lm")
        for column, box in enumerate(boxes):
            left = _MARGIN + _LABEL + column * (width + _GAP)
            _box(pen, left, top, str(box.day.day), box.outcome, width, _BOX)
    _legend(pen, height - _FOOT + 16)
    return canvas.png(image)


def _months(boxes: Sequence[RoundBox]) -> list[tuple[str, list[RoundBox]]]:
    """Return the last months that had a round, with their rounds, the newest month first."""
    found: dict[tuple[int, int], list[RoundBox]] = {}
    for box in boxes:
        if box.outcome is not RoundOutcome.ABSENT:
            found.setdefault((box.day.year, box.day.month), []).append(box)
    latest = sorted(found, reverse=True)[:MONTHS]
    return [
        (f"{_MONTH_NAMES[month - 1]} {year % 100:02}", found[year, month]) for year, month in latest
    ]


def _numbers(pen: ImageDraw.ImageDraw, numbers: Sequence[tuple[str, str]]) -> None:
    width = (_WIDTH - 2 * _MARGIN) / max(1, len(numbers))
    for index, (number, caption) in enumerate(numbers):
        middle = _MARGIN + width * (index + 0.5)
        canvas.text(pen, middle, 44, number, 38, canvas.INK, anchor="mm")
        canvas.text(pen, middle, 80, caption, 16, canvas.DIM, anchor="mm")


def _legend(pen: ImageDraw.ImageDraw, top: float) -> None:
    entries = (
        (RoundOutcome.POSTED, "posted"),
        (RoundOutcome.LATE, "late"),
        (RoundOutcome.AWAY, "away"),
        (RoundOutcome.MISSED, "missed"),
        (RoundOutcome.OPEN, "open"),
    )
    left = float(_MARGIN)
    for outcome, word in entries:
        _box(pen, left, top + 6, "", outcome, 18, 18)
        canvas.text(pen, left + 24, top + 15, word, 15, canvas.DIM, anchor="lm")
        left += 38 + canvas.width(word, 15)


def _box(
    pen: ImageDraw.ImageDraw,
    left: float,
    top: float,
    label: str,
    outcome: RoundOutcome,
    width: float,
    height: float,
) -> None:
    """Draw a round: full, with a corner cut off, with round ends, or only its outline."""
    frame = (
        left * SCALE,
        top * SCALE,
        (left + width) * SCALE,
        (top + height) * SCALE,
    )
    ink = canvas.DARK
    radius = height / 5 * SCALE
    match outcome:
        case RoundOutcome.POSTED:
            pen.rounded_rectangle(frame, radius=radius, fill=canvas.GREEN)
        case RoundOutcome.LATE:
            pen.rounded_rectangle(frame, radius=radius, fill=canvas.AMBER)
            corner = height * 0.36 * SCALE
            right, top_edge = frame[2] + 1, frame[1] - 1
            pen.polygon(
                [(right - corner, top_edge), (right, top_edge), (right, top_edge + corner)],
                fill=canvas.GROUND,
            )
        case RoundOutcome.AWAY:
            pen.rounded_rectangle(frame, radius=height / 2 * SCALE, fill=canvas.BLUE)
        case RoundOutcome.OPEN:
            pen.rounded_rectangle(frame, radius=radius, outline=canvas.INK, width=2 * SCALE)
            ink = canvas.INK
        case _:
            pen.rounded_rectangle(frame, radius=radius, outline=canvas.LINE, width=2 * SCALE)
            ink = canvas.DIM
    if label:
        canvas.text(pen, left + width / 2, top + height / 2, label, 18, ink, anchor="mm")
