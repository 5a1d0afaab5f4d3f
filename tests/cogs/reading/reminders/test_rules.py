"""Which reminders a meeting still has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cogs.reading.reminders import rules

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_reminder_that_has_gone_by_is_not_planned() -> None:
    hour, day = timedelta(hours=1), timedelta(hours=24)
    assert list(rules.reminders(NOW + timedelta(days=2), NOW)) == [day, hour]
    assert list(rules.reminders(NOW + timedelta(hours=3), NOW)) == [hour]
    assert list(rules.reminders(NOW + timedelta(minutes=30), NOW)) == []
