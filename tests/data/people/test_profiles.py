"""When somebody can be reached: their own clocks, their quiet hours, and the nights of others."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from data.people.profiles import Profile

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = Profile(1, 2, "America/Los_Angeles", quiet_from=time(22), quiet_until=time(8))
SIESTA = Profile(1, 2, quiet_from=time(13), quiet_until=time(16))
NOTHING_SAID = Profile(1, 2)
ALMOST_ALWAYS = Profile(1, 2, quiet_from=time(9), quiet_until=time(8, 30))


@pytest.mark.parametrize(
    ("profile", "instant", "before", "after"),
    [
        # Los Angeles is nine hours behind Berlin, and eight behind UTC.
        (NIGHTS, "2026-01-10T08:00", "2026-01-10T05:00", "2026-01-10T16:00"),
        (NIGHTS, "2026-01-09T17:00", "2026-01-09T17:00", "2026-01-09T17:00"),
        (NIGHTS, "2026-01-10T06:00", "2026-01-10T05:00", "2026-01-10T16:00"),  # 22:00, as it begins
        (SIESTA, "2026-01-10T13:30", "2026-01-10T11:00", "2026-01-10T15:00"),
        (SIESTA, "2026-01-10T02:00", "2026-01-10T02:00", "2026-01-10T02:00"),
        (NOTHING_SAID, "2026-01-10T02:00", "2026-01-09T17:00", "2026-01-10T08:00"),
        (ALMOST_ALWAYS, "2026-01-10T12:00", "2026-01-11T07:30", "2026-01-11T07:30"),
    ],
)
def test_somebody_is_reached_before_or_after_their_quiet_hours(
    profile: Profile, instant: str, before: str, after: str
) -> None:
    at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    for earlier, expected in ((True, before), (False, after)):
        found = profile.awake(at, BERLIN, earlier=earlier)
        assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC), earlier
