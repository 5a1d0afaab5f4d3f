"""The rules of the pinned tzdata count, whatever the operating system has."""

from __future__ import annotations

import os
import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tzdata

PROBE = """
import bot.base
from zoneinfo import ZoneInfo
from datetime import UTC, datetime
print(datetime(2026, 11, 10, 19, tzinfo=ZoneInfo("America/Vancouver")).astimezone(UTC).isoformat())
"""


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        # British Columbia stays on summer time from 2026 on; files older than 2026 say 03:00.
        ("America/Vancouver", "2026-11-10T19:00", "2026-11-11T02:00"),
        ("Europe/Berlin", "2026-07-09T19:00", "2026-07-09T17:00"),
    ],
)
def test_the_pinned_rules_count_in_the_tests(zone: str, wall: str, utc: str) -> None:
    assert zoneinfo.TZPATH == ()
    there = datetime.fromisoformat(wall).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    assert there.astimezone(UTC) == datetime.fromisoformat(f"{utc}+00:00")
    assert tzdata.IANA_VERSION >= "2026f"


def test_the_pinned_rules_count_in_a_process_that_is_told_of_others(tmp_path: Path) -> None:
    # A file that claims Vancouver is on UTC: an operating system with rules of its own.
    other = tmp_path / "America"
    other.mkdir()
    rules = Path(tzdata.__file__).parent / "zoneinfo" / "UTC"
    (other / "Vancouver").write_bytes(rules.read_bytes())
    root = Path(__file__).parents[3]
    told = subprocess.run(
        [sys.executable, "-c", PROBE],
        env={**os.environ, "PYTHONTZPATH": str(tmp_path), "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "2026-11-11T02:00:00+00:00"
