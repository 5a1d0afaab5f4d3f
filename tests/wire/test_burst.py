"""A burst of deadlines, at a small size; ``make soak`` has ten thousand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.figures import Figures

from .burst import burst

COUNT = 300


async def test_a_burst_is_delivered_whole_in_order_and_within_the_limit(
    tmp_path: Path, tell: Callable[[str, Figures], None]
) -> None:
    found = await burst(COUNT, tmp_path)
    assert (found.sent, found.doubled) == (COUNT, 0)
    # None on a machine that keeps up; where it is held up, requests arrive in clusters.
    assert found.refused <= COUNT * 0.03
    assert found.out_of_order <= 60, "no further than those that are in hand together"
    # A loaded machine may be slower than Discord allows; never faster, and people are answered.
    assert found.seconds >= found.least_seconds * 0.9
    tell("load", found.figures())
