"""A hostile member for a few seconds; ``make soak`` has a minute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.figures import Figures

from .hostile import PAUSE, attack

SECONDS = 6.0
KINDS = 10

BESIDE_OTHERS = 3 * PAUSE
"""Whatever runs on the same cores takes the caches away, so that a step takes longer than in the
soak, which runs alone."""


async def test_somebody_else_is_answered_while_a_member_does_everything_nasty(
    tmp_path: Path, tell: Callable[[str, Figures], None]
) -> None:
    found = await attack(SECONDS, tmp_path, seed=1, pause=BESIDE_OTHERS)
    assert found.wrong == [], found.figures()
    kinds = {*found.tried, *found.withheld}
    assert len(kinds) == KINDS, f"not every kind was tried: {found.tried}, {found.withheld}"
    assert found.answers
    tell("hostile", found.figures())
