"""No regular expression takes longer than a text is long, whatever the text."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from tests.figures import Figures
from tests.security.expressions import Expression, expressions, hard

GROWING = (*range(10, 26, 3), 40, 100, 400, 1000)
"""Lengths before the first that counts: what doubles with each character shows here, and ends."""

SHORT, LONG = 4_000, 200_000

AT_ONCE = 0.015
"""Seconds of processor time at 4,000 characters: what grows with the square takes several times
that, what grows with the length a hundredth."""

A_WHILE = 0.5
"""Seconds at 200,000."""


def seconds(expression: Expression, text: str, allowed: float) -> float:
    """Return how long the processor works on it; the least of three, where it seems too long."""
    least = float("inf")
    for _ in range(3):
        began = time.thread_time()
        expression.run(text)
        least = min(least, time.thread_time() - began)
        if least <= allowed:
            break
    return least


def slowness(expression: Expression) -> str | None:
    """Say where an expression is too slow; None if it nowhere is."""
    taken: list[tuple[float, Callable[[int], str]]] = []
    for make in hard(expression.pattern):
        for length in (*GROWING, SHORT):
            needed = seconds(expression, make(length), AT_ONCE)
            if needed > AT_ONCE:
                return f"{needed:.3f} s for {length} of {make.__doc__}"
        taken.append((seconds(expression, make(SHORT), AT_ONCE), make))
    taken.sort(key=lambda one: -one[0])
    for _, make in taken[:3]:
        needed = seconds(expression, make(LONG), A_WHILE)
        if needed > A_WHILE:
            return f"{needed:.3f} s for {LONG} of {make.__doc__}"
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
