"""Numbers for people: with the digits that they deserve, and no more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext

from cogs.boards.printed.numbers import PRECISION

FEWEST, MOST = 3, 9
"""Significant digits of a distance: as many as tell it from the others, within these."""


def shown(value: Decimal) -> str:
    """Write a number as typed where it is short, else with 4 significant digits."""
    if len(value.as_tuple().digits) > 6:
        with localcontext(PRECISION) as context:
            context.prec = 4
            value = (+value).normalize()
    return format(value, "f") if -5 <= value.adjusted() <= 9 else f"{value:e}".replace("e+", "e")


def with_spread(mean: Decimal, spread: Decimal | None) -> str:
    """Write a mean with the digits that its spread allows: ``27.09 ± 0.33``.

    The spread has two significant digits, as the Guide to the Expression of Uncertainty in
    Measurement has it (JCGM 100:2008, 7.2.6), and the mean ends where it does. Large and small
    numbers share one power of ten: ``3.70e18 ± 0.04e18``.
    """
    if spread is None or not spread:
        return shown(mean)
    with localcontext(PRECISION):
        last = spread.adjusted() - 1
        top = max(mean.adjusted() if mean else spread.adjusted(), spread.adjusted())
        if -5 <= top <= 9 and last >= -9:
            if last >= 0:
                return f"{_rounded(mean, last):f} ± {_rounded(spread, last):f}"
            return f"{_rounded(mean, last):.{-last}f} ± {_rounded(spread, last):.{-last}f}"
        places = max(top - last, 0)
        scaled = [one.scaleb(-top) for one in (mean, spread)]
        first, second = (f"{one:.{places}f}e{top}" for one in scaled)
        return f"{first} ± {second}"


def short(value: float) -> str:
    """Write a float with up to 4 significant digits, without noughts at its end."""
    return _plain(f"{value:.4g}")


def apart(values: Sequence[float]) -> list[str]:
    """Write numbers with 3 significant digits, or as many as it takes to tell them apart."""
    known = {value for value in values if math.isfinite(value)}
    for digits in range(FEWEST, MOST + 1):
        said = [_digits(value, digits) for value in values]
        if len({one for one, value in zip(said, values, strict=True) if value in known}) == len(
            known
        ):
            return said
    return [_digits(value, MOST) for value in values]


def _digits(value: float, digits: int) -> str:
    return _plain(f"{value:.{digits}g}") if math.isfinite(value) else "any amount"


def _plain(text: str) -> str:
    number = Decimal(text)
    if -5 <= number.adjusted() <= 9 or not number:
        number = number.normalize() if number else Decimal(0)
        return f"{number:f}"
    return f"{number.normalize():e}".replace("e+", "e")


def _rounded(value: Decimal, place: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(place)) if place < 0 else round(value, -place)
