"""What a paper reports: a number, or in place of one a bound (``< 10^3``) or a range (``40–50 %``).

A bound and a range say where the number lies, and no more: ours either lies there or not.
"""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

from bot.base.errors import InvalidInput
from cogs.boards.printed import numbers
from cogs.boards.printed.numbers import Printed

_BOUNDS = {
    "<": "<", "≤": "≤", "<=": "≤", "⩽": "≤", "at most": "≤", "less than": "<",
    ">": ">", "≥": "≥", ">=": "≥", "⩾": "≥", "at least": "≥", "more than": ">",
}  # fmt: skip
LONGEST = 2 * numbers.LONGEST + 10
"""Characters of a range: two numbers, and what is between them."""

_ABOUT = ("≈", "~", "∼", "≃", "about", "ca.", "circa")
_PREFIX = re.compile(
    "|".join(re.escape(one) for one in sorted((*_BOUNDS, *_ABOUT), key=len, reverse=True)),
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?<=[\d.%}⁰¹²³⁴⁵⁶⁷⁸⁹])\s*(?:-|–|—|−|\bto\b|\.\.\.?|…)\s*(?=[-+−]?[\d.])")


class PrintedRange(Struct, frozen=True):
    """Where a number lies by what was printed: from ``low`` to ``high``, either may be open.

    ``text`` is how it was printed. ``strict`` tells that a bound itself is left out, as in
    ``< 0.05``. Of percentages they are the numbers before the sign.
    """

    text: str
    low: Decimal | None
    high: Decimal | None
    strict: bool = False
    percent: bool = False

    @property
    def is_bound(self) -> bool:
        """Whether it is a bound on one side, and no range."""
        return self.low is None or self.high is None

    @property
    def sign(self) -> int:
        """Which side of zero all of it lies on: 1, -1, or 0 where it lies on both."""
        if self.low is not None and (self.low > 0 or (self.strict and self.low == 0)):
            return 1
        if self.high is not None and (self.high < 0 or (self.strict and self.high == 0)):
            return -1
        return 0

    def holds(self, value: Decimal) -> bool:
        """Whether a number lies there."""
        past = self.past(value)
        return past == 0 and not (self.strict and value in (self.low, self.high))

    def past(self, value: Decimal) -> Decimal:
        """Return how far a number lies past the nearer end: above zero where it is higher."""
        if self.low is not None and value < self.low:
            return value - self.low
        if self.high is not None and value > self.high:
            return value - self.high
        return Decimal(0)

    def end(self, value: Decimal) -> Decimal:
        """Return the end that a number outside lies past, or at."""
        if self.low is None or (self.high is not None and value >= self.high):
            assert self.high is not None  # noqa: S101 - it has one end at least
            return self.high
        return self.low


def parse_reported(text: str) -> Printed | PrintedRange | None:
    """Read what a paper reports; None for “n/r”, where it reports no number.

    A number may be printed as approximate (``≈ 0.9``). Raises InvalidInput for anything else.
    """
    if numbers.is_not_reported(text):
        return None
    shown = " ".join(text.split())
    if len(shown) > LONGEST:
        raise InvalidInput(
            f"`{shown[:40]}…` is too long for one number. Write it as printed, for example `97.4`, "
            "`< 0.05` or `40-50`."
        )
    prefix = _PREFIX.match(shown)
    if prefix is not None:
        return _prefixed(shown, prefix[0].casefold(), shown[prefix.end() :])
    for cut in _BETWEEN.finditer(shown):
        span = _range(shown, shown[: cut.start()], shown[cut.end() :])
        if span is not None:
            return span
    return numbers.parse(text)


def _prefixed(shown: str, sign: str, rest: str) -> Printed | PrintedRange:
    number = numbers.parse(rest)
    if sign in _ABOUT:
        text = shown[: len(shown) - len(rest.lstrip())] + number.text
        return Printed(text, number.value, number.percent, number.spread, about=True)
    if number.spread is not None:
        raise InvalidInput(f"`{shown[:60]}` is a bound, and has no spread. Leave the spread out.")
    bound = _BOUNDS[sign]
    strict = bound in "<>"
    if bound in "<≤":
        return PrintedRange(shown, None, number.value, strict, number.percent)
    return PrintedRange(shown, number.value, None, strict, number.percent)


def _range(shown: str, first: str, last: str) -> PrintedRange | None:
    """Return the range between two numbers; None where a side is no number."""
    try:
        low, high = numbers.parse(first), numbers.parse(last)
    except InvalidInput:
        return None
    if low.spread is not None or high.spread is not None:
        return None
    if low.percent and not high.percent:
        return None
    if low.value >= high.value:
        raise InvalidInput(
            f"In `{shown[:60]}` the second number is not the larger one. Write a range as in "
            "`40-50`, the smaller number first."
        )
    return PrintedRange(shown, low.value, high.value, percent=high.percent)
