"""Upgrading series that were not numbered: their meetings get the numbers that their rules give."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.data.migrations.revisions import make, upgrade


@pytest.mark.parametrize(
    ("cadence", "anchor", "until", "days", "numbers", "times"),
    [
        ("weekly", "2026-01-08", "2026-01-29", ["2026-01-08", "2026-01-22"], [0, 2], 4),
        ("weekly", "2026-01-08", "2026-01-28", ["2026-01-08"], [0], None),
        # Moved to Fridays: what was held on Thursdays comes before the first of them.
        (
            "weekly",
            "2026-01-16",
            None,
            ["2026-01-01", "2026-01-08", "2026-01-16"],
            [-2, -1, 0],
            None,
        ),
        ("fortnightly", "2026-01-08", "2026-02-05", ["2026-01-22"], [1], 3),
        ("monthly", "2026-01-08", "2026-03-12", ["2026-01-08", "2026-02-12"], [0, 1], 3),
    ],
)
def test_a_series_of_before_keeps_its_days_and_its_length(
    tmp_path: Path,
    cadence: str,
    anchor: str,
    until: str | None,
    days: list[str],
    numbers: list[int],
    times: int | None,
) -> None:
    path = tmp_path / "cohort.db"
    make(path, "0016")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO groups (id, guild_id, channel_id, name, focus, created_by, created_at)"
            " VALUES (1, 1, 2, 'Interp', 'a paper', 3, 0)"
        )
        connection.execute(
            "INSERT INTO series (id, guild_id, group_id, title, cadence, anchor, at, timezone,"
            " minutes, created_by, days_ahead, until, created_at, changes)"
            " VALUES (1, 1, 1, 'Reading', ?, ?, '19:00', 'UTC', 60, 3, 6, ?, 0, 0)",
            (cadence, anchor, until),
        )
        for day in days:
            connection.execute(
                "INSERT INTO meetings (guild_id, group_id, series_id, occurs_on, title, starts_at,"
                " minutes, created_by, created_at, changes)"
                " VALUES (1, 1, 1, ?, 'Reading', ?, 60, 3, 0, 0)",
                (day, date.fromisoformat(day).toordinal() * 86_400_000),
            )
        connection.commit()
    upgrade(path, "0017")
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT number FROM meetings ORDER BY occurs_on").fetchall()
        assert [number for (number,) in found] == numbers
        length = connection.execute("SELECT times, until FROM series").fetchone()
        assert length == (times, None if times else until)
