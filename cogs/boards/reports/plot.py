"""The plot of a report: for each claim, how far ours lies from the paper's value.

A forest plot whose scale is each claim's own: the paper's value is the line in the middle, and one
step to either side is as much as the claim's criterion allows. So claims of different metrics can
be compared, and one wide interval does not squeeze the others: what lies past the edge ends in an
arrow. It is as wide as a phone, with its own ground, to read alike in Discord's dark and light
themes. ``draw`` is plain work on plain values: it runs in a thread.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from PIL import Image, ImageDraw

from bot.ui import canvas
from bot.ui.canvas import SCALE
from cogs.boards.ledger import rules as ledger
from cogs.boards.ledger import verdicts
from cogs.boards.ledger.rules import Standing
from cogs.boards.printed import numbers
from cogs.boards.printed.ranges import Span
from data.boards.claims import ClaimTerms
from data.states import Criterion, SpreadKind, Verdict

ROWS = 40
"""How many claims one plot shows."""

REACH = 3.0
"""How many tolerances the scale goes on either side."""

FARTHEST = 1000
"""Fewer tolerances than that are said in full beside the arrow."""

_WIDTH = 360
_MARGIN = 12
_ROW = 66
_BRIEF = 42
_HEAD = 58
_FOOT = 62

_GROUND = "#20242c"
_INK = "#f2f4f8"
_DIM = "#b4bcc9"
_LINE = "#4a5261"
_BAND = "#33475f"
_COLOURS = {
    Verdict.REPRODUCED: "#57c765",
    Verdict.EXCEEDED: "#62a8f5",
    Verdict.PARTLY: "#eab04a",
    Verdict.NOT_REPRODUCED: "#f0675e",
    Verdict.REVERSED: "#c58cf0",
    Verdict.INCONCLUSIVE: "#c09a7a",
    Verdict.NOT_ATTEMPTED: "#b4bcc9",
}

_DRAWABLE = str.maketrans("−–—×’“”≈∼", '---x\'""~~') | {ord("≥"): ">=", ord("≤"): "<="}


@dataclass(frozen=True, slots=True)
class Position:
    """Where things lie on a claim's scale, in its steps from the paper's value.

    ``banded`` tells that a step is what the criterion allows; without, it is the paper's value
    itself, and ``zero`` is where nothing would lie.
    """

    ours: float | None
    ours_half: float | None
    theirs_half: float | None
    banded: bool
    zero: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One claim, with its values as they are said; no position where there is no number."""

    name: str
    statement: str
    theirs: str
    ours: str
    verdict: Verdict
    position: Position | None

    @property
    def height(self) -> int:
        """How high the row is drawn."""
        return _BRIEF if self.position is None else _ROW


def rows(standings: Sequence[Standing]) -> list[Row]:
    """Return what is drawn: those claims that were tried first to have room, by their numbers."""
    tried = [one for one in standings if one.judgement.verdict is not Verdict.NOT_ATTEMPTED]
    others = [one for one in standings if one.judgement.verdict is Verdict.NOT_ATTEMPTED]
    kept = sorted([*tried, *others][:ROWS], key=lambda one: one.claim.number)
    return [_row(standing) for standing in kept]


def draw(title: str, drawn: Sequence[Row], left_out: int) -> bytes:
    """Return the plot as a PNG; there was no room for ``left_out`` claims."""
    height = _HEAD + sum(row.height for row in drawn) + _FOOT
    image = Image.new("RGB", (_WIDTH * SCALE, height * SCALE), _GROUND)
    pen = ImageDraw.Draw(image)
    canvas.text(
        pen, _MARGIN, 19, canvas.fitting(drawable(title), 15, _WIDTH - 2 * _MARGIN), 15, _INK
    )
    _axis(pen, 41)
    y = _HEAD
    for row in drawn:
        _draw_row(pen, row, y)
        y += row.height
    _legend(pen, y + 20, left_out)
    return canvas.png(image)


def drawable(text: str) -> str:
    """Return a text in the letters that the font has; “?” stands for any other."""
    decomposed = unicodedata.normalize("NFKD", " ".join(text.split()).translate(_DRAWABLE))
    kept = (one for one in decomposed if not unicodedata.combining(one))
    return "".join(one if one.isascii() or one in "±·…" else "?" for one in kept)


def _row(standing: Standing) -> Row:
    claim = standing.claim
    terms = ledger.terms_of(claim.terms)
    samples = [ledger.sample(one.findings) for one in standing.results if one.counts]
    ours = verdicts.pooled(samples) if samples else None
    theirs = claim.terms.reported
    if claim.terms.spread is not None:
        theirs += f" ± {claim.terms.spread}"
    unit = f" {claim.terms.unit}" if claim.terms.unit else ""
    return Row(
        name=claim.name,
        statement=drawable(claim.terms.statement),
        theirs=drawable(theirs + unit),
        ours=drawable(_said(claim.terms, terms, ours)),
        verdict=standing.judgement.verdict,
        position=_position(claim.terms, terms.reported, ours),
    )


def _said(terms: ClaimTerms, meaning: verdicts.Terms, ours: verdicts.Sample | None) -> str:
    """Say in a few signs what ours is."""
    if ours is None:
        return "-"
    if terms.criterion is Criterion.OUTCOME:
        tries = "" if ours.runs == 1 else f" of {ours.runs} tries"
        if ours.runs > 1:
            return f"yes in {verdicts.shown((ours.mean * ours.runs).quantize(Decimal(1)))}{tries}"
        return {Decimal(0): "no", Decimal(1): "yes"}.get(ours.mean, "partly")
    percent = "%" if meaning.reported is not None and meaning.reported.percent else ""
    said = verdicts.shown(ours.mean) + percent
    if ours.deviation is not None and ours.runs > 1:
        said += f" ± {verdicts.shown(ours.deviation)}"
    return f"{said} ({ours.runs} runs)" if ours.runs > 1 else said


def _position(
    terms: ClaimTerms, reported: numbers.Printed | Span | None, ours: verdicts.Sample | None
) -> Position | None:
    """Return where a claim's numbers lie on its own scale; None where there is no scale."""
    if reported is None or isinstance(reported, Span) or terms.criterion is Criterion.OUTCOME:
        return None
    with localcontext(numbers.PRECISION):
        allowed = _allowed(terms, reported, ours)
        step = allowed or abs(reported.value)
        if not step:
            return None
        return Position(
            ours=float((ours.mean - reported.value) / step) if ours else None,
            ours_half=_steps(_half(ours.deviation, ours.runs), step) if ours else None,
            theirs_half=_steps(_theirs_half(terms), step),
            banded=bool(allowed),
            zero=float(-reported.value / step) if not allowed else None,
        )


def _allowed(
    terms: ClaimTerms, reported: numbers.Printed, ours: verdicts.Sample | None
) -> Decimal | None:
    """Return how far from the paper's value ours may lie; None where that is not what counts."""
    match terms.criterion:
        case Criterion.RELATIVE:
            return Decimal(terms.tolerance or 0) * abs(reported.value)
        case Criterion.ABSOLUTE:
            return Decimal(terms.tolerance or 0)
        case Criterion.EXACT:
            return reported.unit / 2
        case Criterion.INTERVAL:
            if ours is None or ours.deviation is None or ours.runs < 2:
                return None
            return verdicts.prediction_half_width(ours.deviation, ours.runs)
        case _:
            return None


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


def _steps(value: Decimal | None, step: Decimal) -> float | None:
    return float(value / step) if value is not None else None


def _at(steps: float) -> float:
    """Return the place on the axis; the edge for what lies beyond it."""
    inside = max(-1.0, min(1.0, steps / REACH))
    return _WIDTH / 2 + inside * (_WIDTH / 2 - 2 * _MARGIN)


def _axis(pen: ImageDraw.ImageDraw, y: float) -> None:
    for steps in (-2, -1, 0, 1, 2):
        label = "paper" if steps == 0 else f"{steps:+d} tol."
        canvas.text(pen, _at(steps), y, label, 11, _DIM, anchor="mm")
    _line(pen, _MARGIN, y + 9, _WIDTH - _MARGIN, y + 9, _LINE, 1)


def _draw_row(pen: ImageDraw.ImageDraw, row: Row, y: float) -> None:
    colour = _COLOURS[row.verdict]
    said = str(row.verdict)
    room = _WIDTH - 2 * _MARGIN - canvas.width(said, 12) - 8
    canvas.text(
        pen, _MARGIN, y + 10, canvas.fitting(f"{row.name}  {row.statement}", 12, room), 12, _INK
    )
    canvas.text(pen, _WIDTH - _MARGIN, y + 10, said, 12, colour, anchor="rm")
    theirs = canvas.fitting(f"paper {row.theirs}", 12, 150)
    canvas.text(pen, _MARGIN, y + 27, theirs, 12, _DIM)
    left = max(_MARGIN + 130, _MARGIN + canvas.width(theirs, 12) + 12)
    if row.verdict is not Verdict.NOT_ATTEMPTED:
        ours = canvas.fitting(f"ours {row.ours}", 12, _WIDTH - _MARGIN - left)
        canvas.text(pen, left, y + 27, ours, 12, colour)
    if row.position is not None:
        _draw_position(pen, row.position, y + 48, colour)
    _line(pen, _MARGIN, y + row.height - 4, _WIDTH - _MARGIN, y + row.height - 4, _LINE, 1)


def _draw_position(pen: ImageDraw.ImageDraw, one: Position, y: float, colour: str) -> None:
    if one.banded:
        pen.rectangle(_box(_at(-1), y - 9, _at(1), y + 9), fill=_BAND)
    _line(pen, _at(0), y - 11, _at(0), y + 11, _DIM, 1)
    if one.zero is not None and abs(one.zero) <= REACH:
        _line(pen, _at(one.zero), y - 9, _at(one.zero), y + 9, _LINE, 1)
        canvas.text(pen, _at(one.zero) + 4, y - 5, "0", 10, _DIM)
    _interval(pen, 0.0, one.theirs_half, y - 4, _INK)
    _diamond(pen, _at(0), y - 4, 4, _INK)
    if one.ours is None:
        return
    _interval(pen, one.ours, one.ours_half, y + 4, colour)
    if abs(one.ours) > REACH:
        side = 1 if one.ours > 0 else -1
        _arrow(pen, _at(one.ours), y + 4, side, colour)
        far = f"{one.ours:+.1f}" if abs(one.ours) < FARTHEST else f"{one.ours:+.0e}"
        anchor = "rm" if side > 0 else "lm"
        canvas.text(pen, _at(one.ours) - side * 6, y - 7, far, 11, colour, anchor=anchor)
    else:
        pen.ellipse(_box(_at(one.ours) - 4, y, _at(one.ours) + 4, y + 8), fill=colour)


def _interval(
    pen: ImageDraw.ImageDraw, centre: float, half: float | None, y: float, colour: str
) -> None:
    """Draw an interval; an end past the edge is an arrow there."""
    if half is None or centre - half > REACH or centre + half < -REACH:
        return
    low, high = centre - half, centre + half
    _line(pen, _at(low), y, _at(high), y, colour, 2)
    for end, side in ((low, -1), (high, 1)):
        if abs(end) > REACH:
            _arrow(pen, _at(end), y, side, colour)
        else:
            _line(pen, _at(end), y - 3, _at(end), y + 3, colour, 2)


def _legend(pen: ImageDraw.ImageDraw, y: float, left_out: int) -> None:
    _diamond(pen, _MARGIN + 4, y, 4, _INK)
    canvas.text(pen, _MARGIN + 13, y, "paper", 11, _DIM)
    pen.ellipse(_box(_MARGIN + 56, y - 4, _MARGIN + 64, y + 4), fill=_COLOURS[Verdict.REPRODUCED])
    canvas.text(pen, _MARGIN + 70, y, "ours", 11, _DIM)
    pen.rectangle(_box(_MARGIN + 106, y - 6, _MARGIN + 126, y + 6), fill=_BAND)
    canvas.text(pen, _MARGIN + 132, y, "allowed (1 tol.)", 11, _DIM)
    canvas.text(
        pen, _MARGIN, y + 18, "Bars: 95% confidence, or the paper's spread as printed", 11, _DIM
    )
    if left_out:
        claims = "claim" if left_out == 1 else "claims"
        canvas.text(pen, _MARGIN, y + 34, f"No room for {left_out} {claims} more", 11, _DIM)


def _diamond(pen: ImageDraw.ImageDraw, x: float, y: float, size: float, colour: str) -> None:
    points = [(x - size, y), (x, y - size), (x + size, y), (x, y + size)]
    pen.polygon([(px * SCALE, py * SCALE) for px, py in points], fill=colour)


def _arrow(pen: ImageDraw.ImageDraw, x: float, y: float, side: int, colour: str) -> None:
    tip = x + side * 5
    points = [(tip, y), (x - side * 3, y - 5), (x - side * 3, y + 5)]
    pen.polygon([(px * SCALE, py * SCALE) for px, py in points], fill=colour)


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
    return tuple(edge * SCALE for edge in (left, top, right, bottom))


def _line(
    pen: ImageDraw.ImageDraw,
    left: float,
    top: float,
    right: float,
    bottom: float,
    colour: str,
    width: int,
) -> None:
    pen.line(_box(left, top, right, bottom), fill=colour, width=width * SCALE)
