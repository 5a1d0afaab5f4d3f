"""The plot of a report: for each claim, how far ours lies from the paper's value.

A forest plot: the paper's value is the line in the middle, the scale is relative to it, so that
claims of different metrics stand below each other. Drawn on a ground of its own, to read alike in
Discord's dark and light themes. ``draw`` is plain work on plain values: it runs in a thread.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from PIL import Image, ImageDraw, ImageFont

from cogs.boards.rules import ledger, numbers, verdicts
from cogs.boards.rules.ledger import Standing
from data.claims import ClaimTerms
from data.states import Criterion, SpreadKind, Verdict

ROWS = 40
"""How many claims one plot shows."""

FARTHEST = 2.0
"""Beyond twice the paper's value an arrow stands at the edge."""

_REACHES = (0.02, 0.04, 0.1, 0.2, 0.4, 1.0, FARTHEST)
"""Scales whose half is a round number as well."""

_SCALE = 2
_WIDTH = 900
_MARGIN = 24
_ROW = 54
_HEAD = 84
_FOOT = 96
_LEFT = 330
_RIGHT = 700

_GROUND = "#20242c"
_INK = "#f2f4f8"
_DIM = "#a4acb9"
_LINE = "#4a5261"
_BAND = "#2c3a4d"
_COLOURS = {
    Verdict.REPRODUCED: "#3fb950",
    Verdict.EXCEEDED: "#3fb950",
    Verdict.PARTLY: "#e8a33d",
    Verdict.NOT_REPRODUCED: "#e5534b",
    Verdict.REVERSED: "#e5534b",
    Verdict.INCONCLUSIVE: "#a4acb9",
    Verdict.NOT_ATTEMPTED: "#a4acb9",
}

_DRAWABLE = str.maketrans("−–—×’“”≥≤", '---x\'""><')


@dataclass(frozen=True, slots=True)
class Row:
    """One claim: everything in shares of the paper's value, 0 where they are equal."""

    name: str
    statement: str
    said: str
    verdict: Verdict
    ours: float | None
    ours_half: float | None
    theirs_half: float | None
    allowed: float | None


def rows(standings: Sequence[Standing]) -> list[Row]:
    """Return what can be drawn: the claims with a reported number other than zero."""
    found = [row for standing in standings if (row := _row(standing)) is not None]
    return found[:ROWS]


def draw(title: str, drawn: Sequence[Row], left_out: int) -> bytes:
    """Return the plot as a PNG; ``left_out`` claims could not be drawn."""
    height = _HEAD + len(drawn) * _ROW + _FOOT
    image = Image.new("RGBA", (_WIDTH * _SCALE, height * _SCALE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle(
        (0, 0, _WIDTH * _SCALE - 1, height * _SCALE - 1), radius=18 * _SCALE, fill=_GROUND
    )
    _text(pen, _MARGIN, 32, _fit(pen, drawable(title), 20, _WIDTH - 2 * _MARGIN), 20, _INK)
    _text(pen, _MARGIN, 60, "Ours against the paper, relative to the paper's value", 14, _DIM)
    reach = _reach(drawn)
    bottom = _HEAD + len(drawn) * _ROW
    _axis(pen, reach, bottom)
    for index, row in enumerate(drawn):
        _draw_row(pen, row, _HEAD + index * _ROW + _ROW / 2, reach)
    _legend(pen, bottom + 44, left_out)
    out = io.BytesIO()
    image.save(out, format="PNG", optimize=True)
    return out.getvalue()


def drawable(text: str) -> str:
    """Return a text in the letters that the font has; “?” stands for any other."""
    decomposed = unicodedata.normalize("NFKD", " ".join(text.split()).translate(_DRAWABLE))
    kept = (one for one in decomposed if not unicodedata.combining(one))
    return "".join(one if one.isascii() or one in "±·…" else "?" for one in kept)


def _row(standing: Standing) -> Row | None:
    terms = standing.claim.terms
    reported = numbers.parse_reported(terms.reported)
    if reported is None or reported.value == 0:
        return None
    base = abs(reported.value)
    samples = [ledger.sample(one.findings) for one in standing.results if one.counts]
    ours = verdicts.pooled(samples) if samples else None
    verdict = standing.judgement.verdict
    with localcontext(numbers.PRECISION):
        return Row(
            name=standing.claim.name,
            statement=drawable(terms.statement),
            said=drawable(_said(terms, samples, verdict)),
            verdict=verdict,
            ours=float((ours.mean - reported.value) / base) if ours else None,
            ours_half=_share(_half(ours.deviation, ours.runs), base) if ours else None,
            theirs_half=_share(_theirs_half(terms), base),
            allowed=_allowed(terms, base),
        )


def _said(terms: ClaimTerms, samples: Sequence[verdicts.Sample], verdict: Verdict) -> str:
    if not samples:
        return f"{terms.reported} · {verdict}"
    return f"{verdict}"


def _half(deviation: Decimal | None, runs: int) -> Decimal | None:
    """Return half of the 95 % confidence interval of a mean, where it can be told."""
    if deviation is None or runs < 2:
        return None
    return verdicts.confidence_half_width(deviation, runs)


def _theirs_half(terms: ClaimTerms) -> Decimal | None:
    """Return half of the paper's interval; its spread as printed where the runs are unknown."""
    if terms.spread is None:
        return None
    spread = Decimal(terms.spread)
    runs = terms.runs or 0
    if terms.spread_kind is SpreadKind.DEVIATION and runs > 1:
        return _half(spread, runs)
    if terms.spread_kind is SpreadKind.ERROR and runs > 1:
        return verdicts.student_t(runs - 1) * spread
    return spread


def _allowed(terms: ClaimTerms, base: Decimal) -> float | None:
    if terms.tolerance is None:
        return None
    tolerance = Decimal(terms.tolerance)
    return float(tolerance if terms.criterion is Criterion.RELATIVE else tolerance / base)


def _share(value: Decimal | None, base: Decimal) -> float | None:
    return float(value / base) if value is not None else None


def _reach(drawn: Sequence[Row]) -> float:
    """Return how far the scale goes on either side: enough for all, at most ``FARTHEST``."""
    needed = [0.0]
    for row in drawn:
        needed += [row.allowed or 0, row.theirs_half or 0]
        if row.ours is not None:
            needed.append(abs(row.ours) + (row.ours_half or 0))
    wanted = max(needed) * 1.1
    return next((reach for reach in _REACHES if reach >= wanted), FARTHEST)


def _at(share: float, reach: float) -> float:
    """Return the place on the axis; the edge for what lies beyond it."""
    inside = max(-1.0, min(1.0, share / reach))
    return _LEFT + (inside + 1) / 2 * (_RIGHT - _LEFT)


def _axis(pen: ImageDraw.ImageDraw, reach: float, bottom: float) -> None:
    for share in (-reach, -reach / 2, 0.0, reach / 2, reach):
        x = _at(share, reach)
        colour = _DIM if share == 0 else _LINE
        _line(pen, x, _HEAD - 6, x, bottom + 4, colour, 1)
        percent = share * 100
        label = "paper" if share == 0 else f"{percent:+.0f}%"
        _text(pen, x, bottom + 16, label, 13, _DIM, anchor="mm")


def _draw_row(pen: ImageDraw.ImageDraw, row: Row, y: float, reach: float) -> None:
    if row.allowed is not None:
        pen.rectangle(
            _box(_at(-row.allowed, reach), y - 15, _at(row.allowed, reach), y + 15), fill=_BAND
        )
        _line(pen, _at(0, reach), y - 27, _at(0, reach), y + 27, _DIM, 1)
    _text(pen, _MARGIN, y - 10, row.name, 16, _INK)
    width = _LEFT - 2 * _MARGIN
    _text(pen, _MARGIN, y + 11, _fit(pen, row.statement, 13, width), 13, _DIM)
    _interval(pen, 0.0, row.theirs_half, y - 8, reach, _INK)
    _diamond(pen, _at(0, reach), y - 8, 5, _INK)
    colour = _COLOURS[row.verdict]
    if row.ours is not None:
        _interval(pen, row.ours, row.ours_half, y + 8, reach, colour)
        x = _at(row.ours, reach)
        if abs(row.ours) > reach:
            _arrow(pen, x, y + 8, 7 if row.ours > 0 else -7, colour)
        else:
            pen.ellipse(_box(x - 5, y + 3, x + 5, y + 13), fill=colour)
        _text(pen, _RIGHT + 20, y - 10, f"{row.ours * 100:+.3g}%", 15, _INK)
        _text(pen, _RIGHT + 20, y + 11, row.said, 13, colour)
    else:
        _text(pen, _RIGHT + 20, y, row.said, 13, colour)


def _interval(
    pen: ImageDraw.ImageDraw, centre: float, half: float | None, y: float, reach: float, colour: str
) -> None:
    if half is None:
        return
    low, high = _at(centre - half, reach), _at(centre + half, reach)
    _line(pen, low, y, high, y, colour, 2)
    _line(pen, low, y - 4, low, y + 4, colour, 2)
    _line(pen, high, y - 4, high, y + 4, colour, 2)


def _legend(pen: ImageDraw.ImageDraw, y: float, left_out: int) -> None:
    _diamond(pen, _MARGIN + 6, y, 5, _INK)
    _text(pen, _MARGIN + 18, y, "paper", 13, _DIM)
    pen.ellipse(_box(_MARGIN + 81, y - 5, _MARGIN + 91, y + 5), fill=_COLOURS[Verdict.REPRODUCED])
    _text(pen, _MARGIN + 98, y, "ours", 13, _DIM)
    pen.rectangle(_box(_MARGIN + 150, y - 7, _MARGIN + 176, y + 7), fill=_BAND)
    _text(pen, _MARGIN + 184, y, "allowed", 13, _DIM)
    _text(
        pen,
        _MARGIN + 260,
        y,
        "Bars: 95% confidence of the mean; without runs, the paper's spread",
        13,
        _DIM,
    )
    if left_out:
        note = f"{left_out} not drawn: no number, zero, or no room"
        _text(pen, _MARGIN, y + 26, note, 13, _DIM)


def _diamond(pen: ImageDraw.ImageDraw, x: float, y: float, size: float, colour: str) -> None:
    points = [(x - size, y), (x, y - size), (x + size, y), (x, y + size)]
    pen.polygon([(px * _SCALE, py * _SCALE) for px, py in points], fill=colour)


def _arrow(pen: ImageDraw.ImageDraw, x: float, y: float, size: float, colour: str) -> None:
    points = [(x, y), (x - size, y - 6), (x - size, y + 6)]
    pen.polygon([(px * _SCALE, py * _SCALE) for px, py in points], fill=colour)


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
    return tuple(edge * _SCALE for edge in (left, top, right, bottom))


def _line(
    pen: ImageDraw.ImageDraw,
    left: float,
    top: float,
    right: float,
    bottom: float,
    colour: str,
    width: int,
) -> None:
    pen.line(_box(left, top, right, bottom), fill=colour, width=width * _SCALE)


def _text(
    pen: ImageDraw.ImageDraw,
    x: float,
    y: float,
    text: str,
    size: int,
    colour: str,
    anchor: str = "lm",
) -> None:
    font = ImageFont.load_default(size * _SCALE)
    pen.text((x * _SCALE, y * _SCALE), text, font=font, fill=colour, anchor=anchor)


def _fit(pen: ImageDraw.ImageDraw, text: str, size: int, width: float) -> str:
    """Cut a text to a width, with an ellipsis where something was cut."""
    font = ImageFont.load_default(size * _SCALE)
    shown = text
    while shown and pen.textlength(shown, font=font) > width * _SCALE:
        text = text[:-1]
        shown = text.rstrip() + "…"
    return shown
