"""What the first moment that somebody types costs, in a process that has read none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROBE = """
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from bot.base import when
from tests.pace import milliseconds

def first():
    now = datetime(2026, 1, 7, tzinfo=UTC)
    when.parse("vendredi 19h30", zone=ZoneInfo("Europe/Paris"), now=now)
    when.zone_choices("Boston")

print(milliseconds(first, float("inf")))
"""


def test_the_first_moment_that_is_typed_makes_nobody_wait() -> None:
    root = Path(__file__).parents[4]
    told = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=root, capture_output=True, text=True, check=True
    )
    assert float(told.stdout) < 50
