"""The plot of a report: for each claim, where ours lies on the scale of its own criterion.

On that scale the paper's value is the line in the middle, and one step to either side is as far as
ours may lie; the band is where the claim counts as reproduced. Our mean is drawn with its interval:
filled where a verdict rests on it, hollow where it says nothing, so that a wide interval does not
look better than a narrow one. What lies past the edge ends in an arrow. The picture has the shape
of a page, and its own ground, to read alike in Discord's dark and light themes. ``draw`` is plain
work on plain values: it runs in a thread.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.ui import canvas
from bot.ui.canvas import SCALE
from cogs.boards.ledger import criteria, number_format
from cogs.boards.ledger import standings as ledger
from cogs.boards.ledger.headline import Evidence, counted_verdict, evidence
from cogs.boards.ledger.runs import Ruler
from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.ledger.terms import Margin, Sample, Terms, margin_of, pooled
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import PrintedRange
from data.states import Criterion, Scale, Verdict

if TYPE_CHECKING:
    from PIL import ImageDraw

REACH = 3.0
"""How many steps the scale goes on either side."""

FARTHEST = 1000
"""Fewer steps than that are said in full beside the arrow."""

_WIDTH = 480
_MARGIN = 12
_ROW = 30
_HEAD = 62
_FOOT = 66
_PAGE = round(_WIDTH * math.sqrt(2))
"""The height of a page of ISO 216, such as A4, in proportion to the width."""

ROWS = (_PAGE - _HEAD - _FOOT) // _ROW
"""How many claims fit a page."""

_LEFT, _RIGHT = 214, 374
"""Where the scale begins and ends; the verdict is to its right."""

_GROUND = "#20242c"
_INK = "#f2f4f8"
_DIM = "#b4bcc9"
_LINE = "#4a5261"
_BAND = "#33475f"
_WARNING = "#eab04a"
_COLOURS = {
    Verdict.REPRODUCED: "#57c765",
    Verdict.EXCEEDED: "#62a8f5",
    Verdict.PARTLY: "#eab04a",
    Verdict.NOT_REPRODUCED: "#f0675e",
    Verdict.REVERSED: "#c58cf0",
    Verdict.INCONCLUSIVE: "#c09a7a",
    Verdict.NOT_ATTEMPTED: "#b4bcc9",
}

_SHORT = {
    Evidence.CONFIRMED: "confirmed",
    Evidence.SINGLE: "single result",
    Evidence.DISPUTED: "disputed",
}

_DRAWABLE = str.maketrans("−–—×’“”≈∼", '---x\'""~~') | {ord("≥"): ">=", ord("≤"): "<="}


class Position(Struct, frozen=True):
    """Where things lie on a claim's scale, in its steps from the middle.

    ``band`` is where the claim counts as reproduced; an open side is infinite. ``middle`` says
    what the middle is, where it is not the paper's value.
    """

    ours: float | None
    interval: tuple[float, float] | None
    theirs: tuple[float, float] | None
    band: tuple[float, float] | None
    middle: str = ""


class PlotRow(Struct, frozen=True):
    """One claim, with its values as they are said; no position where there is no scale.

    ``verdict`` is the one that the claim counts with; ``known`` says how well it is known, or
    which one today's terms give where they were changed for the better.
    """

    name: str
    statement: str
    theirs: str
    ours: str
    verdict: Verdict
    known: str
    position: Position | None

    @property
    def is_disputed(self) -> bool:
        """Whether results contradict each other, or somebody disputes one."""
        return self.known == _SHORT[Evidence.DISPUTED]


def rows(standings: Sequence[ClaimStanding]) -> list[PlotRow]:
    """Return what is drawn, by the claims' numbers.

    What has no room is left out from the end: claims that nobody tried, then those that are not
    headline claims.
    """
    # Chosen by need, drawn by number: people look a claim up by its number.
    by_need = sorted(
        standings,
        key=lambda one: (
            one.judgement.verdict is Verdict.NOT_ATTEMPTED,
            not one.claim.terms.headline,
            one.claim.number,
        ),
    )
    kept = sorted(by_need[:ROWS], key=lambda one: one.claim.number)
    return [_row(standing) for standing in kept]


def draw(title: str, drawn: Sequence[PlotRow], left_out: int) -> bytes:
    """Return the plot as a PNG; there was no room for ``left_out`` claims."""
    height = _HEAD + _ROW * len(drawn) + _FOOT
    # Here and not above, so that a bot that never draws does not load it.
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (_WIDTH * SCALE, height * SCALE), _GROUND)
    pen = ImageDraw.Draw(image)
    room = _WIDTH - 2 * _MARGIN
    canvas.text(pen, _MARGIN, 19, canvas.fitting(drawable(title), 15, room), 15, _INK)
    _axis(pen, 46)
    y = _HEAD
    for row in drawn:
        _draw_row(pen, row, y)
        y += _ROW
    _legend(pen, y + 14, left_out)
    return canvas.png(image)


def drawable(text: str) -> str:
    """Return a text in the letters that the font has, with “?” for any other."""
    # The font has little more than ASCII; an accent is dropped, rather than its letter.
    decomposed = unicodedata.normalize("NFKD", " ".join(text.split()).translate(_DRAWABLE))
    kept = (one for one in decomposed if not unicodedata.combining(one))
    return "".join(one if one.isascii() or one in "±·…" else "?" for one in kept)


def _row(standing: ClaimStanding) -> PlotRow:
    claim = standing.claim
    terms = ledger.terms_of(claim.terms)
    samples = ledger.samples(claim.terms, standing.results)
    printed = claim.terms.reported
    if claim.terms.spread is not None:
        printed += f" ± {claim.terms.spread}"
    unit = f" {claim.terms.unit}" if claim.terms.unit else ""
    counted, now = counted_verdict(standing), standing.judgement.verdict
    return PlotRow(
        name=claim.name,
        statement=drawable(claim.terms.statement),
        theirs=drawable(printed + unit),
        ours=drawable(_said(standing, terms, samples)),
        verdict=counted,
        known=_SHORT.get(evidence(standing), "") if counted is now else f"changed: {now}",
        position=_position(standing, terms, pooled(samples) if samples else None),
    )


def _said(standing: ClaimStanding, terms: Terms, samples: Sequence[Sample]) -> str:
    """Say in a few signs what ours is."""
    interval = standing.judgement.interval
    if standing.claim.terms.is_comparison and interval is not None:
        return " to ".join(number_format.apart([interval.low, interval.high]))
    if not samples:
        return "-"
    if terms.criterion is Criterion.OUTCOME:
        tries = [value for one in samples for value in (one.values or (one.mean,))]
        if len(tries) > 1:
            return f"yes in {sum(value == 1 for value in tries)} of {len(tries)}"
        return {Decimal(0): "no", Decimal(1): "yes"}.get(tries[0], "partly")
    ours = pooled(samples)
    percent = "%" if terms.reported is not None and terms.reported.percent else ""
    if ours.runs == 1:
        return number_format.shown(ours.mean) + percent
    return f"{number_format.with_spread(ours.mean, ours.deviation)}{percent} ({ours.runs} runs)"


def _position(standing: ClaimStanding, terms: Terms, ours: Sample | None) -> Position | None:
    """Return where a claim's numbers lie on its own scale; None where there is no scale."""
    judgement, reported = standing.judgement, terms.reported
    if standing.claim.terms.is_comparison:
        return _of_comparison(standing)
    if reported is None or terms.criterion is Criterion.OUTCOME:
        return None
    # Which side of zero something is on can only be seen where zero is.
    ruler = Ruler(Scale.LINEAR if terms.criterion is Criterion.DIRECTION else terms.scale)
    # A logarithm has no place for zero or less.
    if ours is not None and ours.mean <= 0 and ruler.at(0.0) < 0:
        return None
    at = ruler.at(float(ours.mean)) if ours is not None else None
    ends = None
    if judgement.interval is not None:
        ends = ruler.at(judgement.interval.low), ruler.at(judgement.interval.high)
    margin = judgement.margin or margin_of(terms)
    middle, step, band, said = _scale(terms, ruler, reported, margin, [at, *(ends or ())])
    # A paper that reports 0 without a margin gives no measure for how far is far.
    if not step or not math.isfinite(step):
        return None
    paper = None
    if isinstance(reported, Printed):
        error = ruler.theirs(terms, reported).error
        value = ruler.at(float(reported.value))
        if error:
            paper = (value - 2 * error - middle) / step, (value + 2 * error - middle) / step
    return Position(
        ours=(at - middle) / step if at is not None else None,
        interval=((ends[0] - middle) / step, (ends[1] - middle) / step) if ends else None,
        theirs=paper,
        band=band,
        middle=said,
    )


def _of_comparison(standing: ClaimStanding) -> Position | None:
    interval, margin = standing.judgement.interval, standing.judgement.margin
    if interval is None:
        return None
    # The lead that is claimed is one step from zero.
    step = 2 * margin.size if margin is not None else max(abs(interval.low), abs(interval.high)) / 2
    if not step:
        return None
    ends = interval.low / step, interval.high / step
    return Position(sum(ends) / 2, ends, None, (0.0, math.inf), "no lead")


def _scale(
    terms: Terms,
    ruler: Ruler,
    reported: Printed | PrintedRange,
    margin: Margin | None,
    others: Sequence[float | None],
) -> tuple[float, float, tuple[float, float] | None, str]:
    """Return the middle of a claim's scale, its step, the band and what the middle is called."""
    if terms.criterion is Criterion.DIRECTION:
        least = reported.value if isinstance(reported, Printed) else reported.end(Decimal(0))
        band = (0.0, math.inf) if reported.sign > 0 else (-math.inf, 0.0)
        return 0.0, abs(float(least)) or 1.0, band, "zero"
    if isinstance(reported, Printed):
        middle = ruler.at(float(reported.value))
        if terms.criterion is Criterion.EXACT:
            return middle, float(reported.unit) / 2, (-1.0, 1.0), ""
        if margin is not None:
            return middle, margin.size, (-1.0, 1.0), ""
        return middle, abs(middle), None, ""
    low, high = criteria.ends(ruler, reported)
    if math.isfinite(low) and math.isfinite(high):
        return (low + high) / 2, (high - low) / 2, (-1.0, 1.0), "range"
    end = high if math.isfinite(high) else low
    away = [abs(one - end) for one in others if one is not None and math.isfinite(one)]
    # “At most 5” is met anywhere below, so the band has no other side.
    band = (-math.inf, 0.0) if math.isfinite(high) else (0.0, math.inf)
    return end, max(away, default=0.0) / 2 or abs(end) or 1.0, band, "bound"


def _at(steps: float) -> float:
    """Return the place on the axis; the edge for what lies beyond it."""
    inside = max(-1.0, min(1.0, steps / REACH))
    return (_LEFT + _RIGHT) / 2 + inside * (_RIGHT - _LEFT) / 2


def _axis(pen: ImageDraw.ImageDraw, y: float) -> None:
    canvas.text(pen, _MARGIN, y, "claim, what the paper says, ours", 11, _DIM)
    for steps, label in ((-2, "-2"), (-1, "-1"), (0, "paper"), (1, "+1"), (2, "+2")):
        canvas.text(pen, _at(steps), y, label, 11, _DIM, anchor="mm")
    canvas.text(pen, _WIDTH - _MARGIN, y, "verdict", 11, _DIM, anchor="rm")
    _line(pen, _MARGIN, y + 10, _WIDTH - _MARGIN, y + 10, _LINE, 1)


def _draw_row(pen: ImageDraw.ImageDraw, row: PlotRow, y: float) -> None:
    colour = _COLOURS[row.verdict]
    room = _LEFT - _MARGIN - 10
    title = canvas.fitting(f"{row.name}  {row.statement}", 11, room)
    canvas.text(pen, _MARGIN, y + 8, title, 11, _INK)
    said = f"paper {row.theirs}"
    if row.verdict is not Verdict.NOT_ATTEMPTED:
        said += f"; ours {row.ours}"
    canvas.text(pen, _MARGIN, y + 20, canvas.fitting(said, 10, room), 10, _DIM)
    canvas.text(pen, _WIDTH - _MARGIN, y + 8, str(row.verdict), 11, colour, anchor="rm")
    known = _WARNING if row.is_disputed else _DIM
    canvas.text(pen, _WIDTH - _MARGIN, y + 20, row.known, 10, known, anchor="rm")
    if row.is_disputed:
        pen.rectangle(_box(2, y + 2, 5, y + _ROW - 4), fill=_WARNING)
    if row.position is not None:
        # By the verdict and not by the width: a wide interval far from the margin does say
        # something.
        hollow = row.verdict is Verdict.INCONCLUSIVE
        _draw_position(pen, row.position, y + 14, colour, hollow=hollow)
    _line(pen, _MARGIN, y + _ROW - 2, _WIDTH - _MARGIN, y + _ROW - 2, _LINE, 1)


def _draw_position(
    pen: ImageDraw.ImageDraw, one: Position, y: float, colour: str, *, hollow: bool
) -> None:
    if one.band is not None:
        low, high = (max(-REACH, min(REACH, end)) for end in one.band)
        pen.rectangle(_box(_at(low), y - 10, _at(high), y + 10), fill=_BAND)
    _line(pen, _at(0), y - 11, _at(0), y + 11, _DIM, 1)
    if one.middle:
        canvas.text(pen, _at(0) + 3, y - 7, one.middle, 9, _DIM)
    if one.theirs is not None:
        _interval(pen, *one.theirs, y - 4, _INK, 2)
    if one.interval is not None:
        _interval(pen, *one.interval, y + 4, colour, 1 if hollow else 3)
    if one.ours is None:
        return
    if abs(one.ours) > REACH:
        side = 1 if one.ours > 0 else -1
        _arrow(pen, _at(one.ours), y + 4, side, colour)
        far = f"{one.ours:+.1f}" if abs(one.ours) < FARTHEST else f"{one.ours:+.0e}"
        anchor = "rm" if side > 0 else "lm"
        canvas.text(pen, _at(one.ours) - side * 6, y - 6, far, 10, colour, anchor=anchor)
        return
    box = _box(_at(one.ours) - 4, y, _at(one.ours) + 4, y + 8)
    if hollow:
        pen.ellipse(box, fill=_GROUND, outline=colour, width=SCALE)
    else:
        pen.ellipse(box, fill=colour)


def _interval(
    pen: ImageDraw.ImageDraw, low: float, high: float, y: float, colour: str, width: int
) -> None:
    """Draw an interval; an end past the edge is an arrow there."""
    if low > REACH or high < -REACH:
        return
    _line(pen, _at(low), y, _at(high), y, colour, width)
    for end, side in ((low, -1), (high, 1)):
        if abs(end) > REACH:
            _arrow(pen, _at(end), y, side, colour)
        else:
            _line(pen, _at(end), y - 3, _at(end), y + 3, colour, 1)


def _legend(pen: ImageDraw.ImageDraw, y: float, left_out: int) -> None:
    pen.rectangle(_box(_MARGIN, y - 5, _MARGIN + 18, y + 5), fill=_BAND)
    canvas.text(pen, _MARGIN + 24, y, "counts as reproduced", 11, _DIM)
    pen.ellipse(_box(_MARGIN + 156, y - 4, _MARGIN + 164, y + 4), fill=_INK)
    canvas.text(pen, _MARGIN + 170, y, "ours", 11, _DIM)
    circle = _box(_MARGIN + 206, y - 4, _MARGIN + 214, y + 4)
    pen.ellipse(circle, fill=_GROUND, outline=_INK, width=SCALE)
    canvas.text(pen, _MARGIN + 220, y, "ours, says nothing yet", 11, _DIM)
    pen.rectangle(_box(_MARGIN + 346, y - 6, _MARGIN + 349, y + 6), fill=_WARNING)
    canvas.text(pen, _MARGIN + 355, y, "disputed", 11, _DIM)
    explained = "Bars: 90% interval of our mean; white: two standard errors of the paper's"
    canvas.text(pen, _MARGIN, y + 17, explained, 11, _DIM)
    steps = "Steps: as far as a claim's own terms allow"
    canvas.text(pen, _MARGIN, y + 33, steps, 11, _DIM)
    if left_out:
        claims = "claim" if left_out == 1 else "claims"
        more = f"No room for {left_out} {claims} more: the report has them"
        canvas.text(pen, _WIDTH - _MARGIN, y + 33, more, 11, _DIM, anchor="rm")


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
