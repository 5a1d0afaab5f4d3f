"""Reminders of deadlines: the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cogs.boards.deadlines import rules

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def test_a_deadline_anywhere_on_earth_reminds_at_the_groups_own_hours() -> None:
    """23:59 AoE of the 20th is 11:59 UTC of the 21st: 3:59 in San Francisco."""
    due = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
    zone = ZoneInfo("America/Los_Angeles")
    found = {
        offset: instant.astimezone(zone).strftime("%d %H:%M")
        for offset, instant in rules.reminders(due, NOON, zone)
    }
    assert found == {604800: "13 18:00", 86400: "19 18:00", 7200: "20 18:00", 0: "21 09:00"}
    london = dict(rules.reminders(due, NOON, ZoneInfo("Europe/London")))
    assert london[0] == due
    assert london[7200] == due - timedelta(hours=2)
