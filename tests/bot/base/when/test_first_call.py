"""What the first moment that somebody types costs, in a process that has read none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROBE = """
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from bot.base import when
began = time.process_time()
when.parse("vendredi 19h30", zone=ZoneInfo("Europe/Paris"), now=datetime(2026, 1, 7, tzinfo=UTC))
when.zone_choices("Boston")
print(time.process_time() - began)
"""


def test_the_first_moment_that_is_typed_makes_nobody_wait() -> None:
    root = Path(__file__).parents[4]
    told = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=root, capture_output=True, text=True, check=True
    )
    assert float(told.stdout) < 0.05
