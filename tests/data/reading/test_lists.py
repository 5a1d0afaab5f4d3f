"""Reading lists in the store, and what became of the units that series had of their own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from bot.base.recurrence import Cadence
from data import migrations
from data.reading.lists import NewReading, ReadingList, Unit
from data.reading.meetings import SeriesId
from data.store import Store


def _go(path: Path, revision: str, *, down: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)
    engine.dispose()


BEFORE = """
INSERT INTO groups (id, guild_id, channel_id, name, focus, created_by, created_at)
 VALUES (1, 5, 6, 'Interp', 'ARENA', 7, 0);
INSERT INTO series (id, guild_id, group_id, title, cadence, anchor, at, timezone, minutes,
 created_by, days_ahead, created_at)
 VALUES (3, 5, 1, 'Course', 'weekly', '2026-11-10', '19:00', 'Europe/London', 60, 7, 6, 99);
INSERT INTO papers (id, key, title, authors, created_at)
 VALUES (4, 'arxiv:2201.02177', 'Grokking', '[]', 0);
INSERT INTO meetings (id, guild_id, group_id, series_id, title, starts_at, minutes, created_by,
 created_at, changes) VALUES (8, 5, 1, 3, 'Grokking', 1, 60, 7, 0, 0);
INSERT INTO units VALUES (3, 1, 'Grokking', 4, 40, 'beginner', '["Figure 1", "Another prime"]', 8);
INSERT INTO units VALUES (3, 2, 'Measures', NULL, NULL, NULL, '[]', NULL);
"""


def _units(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM units ORDER BY number").fetchall()


async def test_the_units_of_a_series_become_a_list_of_its_group_and_back(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"
    _go(path, "0009")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(BEFORE)
    before = _units(path)

    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    async with store.read() as tx:
        (one,) = await tx.reading_lists.of_server(5)
        assert (one.group_id, one.title, one.created_by) == (1, "Course", 7)
        first, second = await tx.reading_lists.units(one.id)
        assert (first.title, first.week, first.minutes) == ("Grokking", 1, 40)
        assert [(it.paper_id, it.level) for it in first.readings] == [(4, "beginner")]
        assert [it.text for it in first.exercises] == ["Figure 1", "Another prime"]
        assert (second.title, second.minutes, second.exercises) == ("Measures", None, ())
        assert await tx.reading_lists.next_unit(SeriesId(3)) == second
        (met,) = await tx.reading_lists.met(one.id)
        assert (met.meeting_id, met.unit_id) == (8, first.id)
    await store.close()

    _go(path, "0009", down=True)
    assert _units(path) == before


async def test_a_series_goes_through_a_list_and_another_begins_at_its_first_unit(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        one = await _list(tx)
        units = await tx.reading_lists.units(one.id)
        for series in (1, 2):
            await _series(tx, one)
            assert await tx.reading_lists.next_unit(SeriesId(series)) == units[0]
            await tx.reading_lists.meet(units[0].id, await _meeting(tx, one, series))
            assert await tx.reading_lists.next_unit(SeriesId(series)) == units[1]
        assert len(await tx.reading_lists.met(one.id)) == 2
        assert await tx.reading_lists.unit(one.guild_id, units[1].id) == units[1]
        assert await tx.reading_lists.unit(one.guild_id + 1, units[1].id) is None
        assert await tx.reading_lists.get(one.guild_id + 1, one.id) is None


async def _list(tx: Any) -> ReadingList:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    group = await tx.groups.create(
        guild_id=5, channel_id=6, name="Interp", focus="ARENA", timezone=None, created_by=7, now=now
    )
    list_id = await tx.reading_lists.add(
        guild_id=5, group_id=group.id, title="Course", created_by=7, created_at=now
    )
    for number in (1, 2):
        await tx.reading_lists.add_unit(
            5,
            list_id,
            number=number,
            week=number,
            title=f"Unit {number}",
            readings=[NewReading("One"), NewReading("Two", minutes=20)],
            tasks=["Do it"],
        )
    found = await tx.reading_lists.get(5, list_id)
    assert found is not None
    units: list[Unit] = await tx.reading_lists.units(list_id)
    assert [one.number for one in units[0].readings] == [1, 2]
    return found


async def _series(tx: Any, one: ReadingList) -> SeriesId:
    series_id = await tx.meetings.add_series(
        guild_id=one.guild_id,
        group_id=one.group_id,
        title=one.title,
        cadence=Cadence.WEEKLY,
        anchor=date(2026, 11, 10),
        at=time(19),
        timezone="Europe/London",
        minutes=60,
        created_by=7,
        days_ahead=6,
        created_at=one.created_at,
    )
    await tx.reading_lists.follow(series_id, one.id)
    return series_id


async def _meeting(tx: Any, one: ReadingList, series_id: int) -> Any:
    return await tx.meetings.add(
        guild_id=one.guild_id,
        group_id=one.group_id,
        series_id=series_id,
        title="Unit 1",
        starts_at=one.created_at,
        minutes=60,
        created_by=7,
        created_at=one.created_at,
    )
