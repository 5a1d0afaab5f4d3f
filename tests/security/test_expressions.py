"""No regular expression takes longer than a text is long, whatever the text.

``LENGTHS=all``, and ``make soak``, try them on the longest texts, too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from tests.figures import Figures
from tests.pace import milliseconds
from tests.security.expressions import Expression, expressions, hard

GROWING = (*range(10, 26, 3), 40, 100, 400, 1000)
"""Lengths before the first that counts: what doubles with each character shows here, and ends."""

SHORT = 4_000
LONG = 200_000 if os.environ.get("LENGTHS") == "all" else 50_000

AT_ONCE = 15.0
"""Milliseconds of processor time at 4,000 characters: what grows with the square takes several
times that, what grows with the length a hundredth."""

A_WHILE = 500.0
"""Milliseconds at 200,000."""


def takes(expression: Expression, text: str, allowed: float) -> float:
    """Return for how many milliseconds it works; measured again where it seems too long."""
    return milliseconds(lambda: expression.run(text), allowed)


def slowness(expression: Expression) -> str | None:
    """Say where an expression is too slow; None if it nowhere is."""
    taken: list[tuple[float, Callable[[int], str]]] = []
    for make in hard(expression.pattern):
        needed = 0.0
        for length in (*GROWING, SHORT):
            needed = takes(expression, make(length), AT_ONCE)
            if needed > AT_ONCE:
                return f"{needed:.1f} ms for {length} of {make.__doc__}"
        taken.append((needed, make))
    taken.sort(key=lambda one: -one[0])
    allowed = A_WHILE * LONG / 200_000
    for _, make in taken[:3]:
        needed = takes(expression, make(LONG), allowed)
        if needed > allowed:
            return f"{needed:.1f} ms for {LONG} of {make.__doc__}"
    return None


def test_every_expression_is_linear(tell: Callable[[str, Figures], None]) -> None:
    known = expressions()
    wrong = [
        f"{one.where}: {slow} in {one.pattern.pattern[:120]}"
        for one in known
        if (slow := slowness(one)) is not None
    ]
    tell("expressions", {"regular expressions tried": len(known)})
    assert not wrong, f"{len(wrong)} of {len(known)}:\n" + "\n".join(wrong)
    assert len(known) >= 200, "the walk found next to nothing"


@pytest.mark.parametrize(
    ("slow", "searches"),
    [
        (r"(?:a+)+b", False),
        (r"(?:[ \t]*\n?)*@", False),
        (r"\s+\Z", True),
        (r"x\s*y?\s*z", False),
        (r"a*?[ab]*c", False),
        (r"<!--.*?-->", True),
    ],
)
def test_the_walk_would_find_a_slow_one(slow: str, searches: bool) -> None:
    assert slowness(Expression("here", re.compile(slow), searches)) is not None
