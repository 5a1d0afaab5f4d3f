"""People act while all kinds of things go wrong; ``make soak`` does it for longer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.figures import Figures

from .stream import stream

SECONDS = 10.0


async def test_whatever_goes_wrong_what_people_did_is_there_once(
    tmp_path: Path, tell: Callable[[str, Figures], None]
) -> None:
    found = await stream(SECONDS, tmp_path, seed=1)
    assert found.lost == []
    assert found.doubled == []
    assert found.done.total() > 0
    tell("faults", found.figures())
