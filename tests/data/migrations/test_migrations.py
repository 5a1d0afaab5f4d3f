"""Migrations: from empty, from every revision with rows, and never by halves."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text

from bot.base.errors import StartupError
from data import migrations
from data.schema import metadata
from data.store import Store
from tests.data.migrations.revisions import REVISIONS, SCRIPTS, make, upgrade
from tests.database import broken, everything
from tests.rows import fill

MADE_ANEW = frozenset({"servers", "units"})
"""Tables whose rows are made into others, each by a revision with a test of its own."""


def _rows(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for (name,) in names
        }


def _differences(path: Path) -> list[Any]:
    """Return in what a file's tables are not what the code says."""
    with create_engine(f"sqlite:///{path}").connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), metadata)


DROPPED_TABLES = frozenset({"sleep_votes", "sleep_ballots"})
DROPPED_COLUMNS = {
    "projects": frozenset({"dormant_at", "state"}),
    "series": frozenset({"until"}),
}
"""What later revisions take away or change; each has a test of its own."""


def kept(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> bool:
    """Whether every row is there, with the same in every column that there was."""
    for table, rows in before.items():
        if table in MADE_ANEW | DROPPED_TABLES:
            continue
        for old, new in zip(rows, after[table], strict=True):
            names = old.keys() - DROPPED_COLUMNS.get(table, frozenset())
            if any(old[name] != new[name] for name in names):
                return False
    return True


def test_the_head_is_the_last_revision() -> None:
    assert SCRIPTS.get_current_head() == migrations.HEAD


def _made(path: Path) -> dict[str, list[str]]:
    """Return the columns, constraints and options of each table and index, whatever their order."""

    def parts(made: str) -> list[str]:
        plain = " ".join(made.replace('"', "").replace("(", " ( ").replace(")", " ) ").split())
        parts = re.split(r" ?, (?![^(]*\))", plain.replace(" ) STRICT", ", STRICT"))
        return sorted(parts)

    with closing(sqlite3.connect(path)) as connection:
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: parts(sql) for name, sql in made}


async def test_a_new_database_is_what_all_migrations_make_and_what_the_code_says(
    tmp_path: Path,
) -> None:
    path, migrated = tmp_path / "cohort.db", tmp_path / "migrated.db"
    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    await store.close()
    upgrade(migrated, migrations.HEAD)
    assert _made(path) == _made(migrated)
    assert everything(path) == everything(migrated)
    assert _differences(path) == []
    with create_engine(f"sqlite:///{path}").connect() as connection:
        strict = connection.execute(text("PRAGMA table_list")).all()
    assert all(row.strict for row in strict if row.name in metadata.tables), (
        "every table of ours is strict"
    )


@pytest.mark.parametrize("revision", REVISIONS[:-1])
async def test_an_older_database_with_rows_in_every_table_is_upgraded_and_all_is_kept(
    tmp_path: Path, revision: str
) -> None:
    path = tmp_path / "cohort.db"
    make(path, revision)
    fill(path, 11, 12)
    before = everything(path)
    assert all(before.values())

    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    async with store.read() as tx:
        for table in metadata.sorted_tables:
            (await tx.connection.execute(select(table))).all()  # every value can still be read
    await store.close()

    after = everything(path)
    assert kept(before, after)
    assert {row["guild_id"] for row in after["servers"]} == {11, 12}
    assert broken(path) == []
    assert _differences(path) == []
    copy = path.with_name(f"cohort.db.before-{migrations.HEAD}")
    assert everything(copy) == before


async def test_a_server_that_was_known_by_its_rows_alone_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"
    make(path, "0005")
    fill(path, 11)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM servers")
    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    async with store.read() as tx:
        assert [one.guild_id for one in await tx.servers.everywhere()] == [11]
    await store.close()


async def test_a_project_that_slept_by_a_vote_is_paused(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"
    make(path, "0013")
    fill(path, 11, each=3)
    slept = {"active": 5, "done": 5, "writing": None}
    ids = [row["id"] for row in everything(path)["projects"]]
    with closing(sqlite3.connect(path)) as connection, connection:
        for project_id, (state, since) in zip(ids, slept.items(), strict=True):
            connection.execute(
                "UPDATE projects SET state = ?, dormant_at = ? WHERE id = ?",
                (state, since, project_id),
            )
        connection.execute("UPDATE cards SET kind = 'sleep' WHERE kind = 'group'")
    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    await store.close()
    after = everything(path)
    states = {row["id"]: row["state"] for row in after["projects"]}
    assert states == dict(zip(ids, ("paused", "done", "writing"), strict=True))
    assert "sleep" not in {row["kind"] for row in after["cards"]}
    assert broken(path) == []


async def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cohort.db"
    make(path, REVISIONS[0])
    before = path.read_bytes()

    def explode(connection: Any) -> None:
        connection.exec_driver_sql("CREATE TABLE half (x INTEGER)")
        raise StartupError("it broke in the middle")

    monkeypatch.setattr(migrations, "run", explode)
    with pytest.raises(StartupError, match="in the middle"):
        await Store(f"sqlite+aiosqlite:///{path}").open()

    assert "half" not in _rows(path)
    with closing(sqlite3.connect(path)) as connection:
        assert (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            == (REVISIONS[0])
        )
    assert len(before) <= path.stat().st_size


NUMBERED = [table.name for table in metadata.sorted_tables if "id" in table.c]


@pytest.mark.parametrize("migrated", [False, True], ids=["new", "migrated"])
def test_the_id_of_a_deleted_row_is_never_given_to_another(
    tmp_path: Path, new_database: Path, migrated: bool
) -> None:
    path = tmp_path / "cohort.db"
    if migrated:
        make(path, "0015")
        fill(path, 11)
        upgrade(path, migrations.HEAD)
    else:
        shutil.copyfile(new_database, path)
        fill(path, 11)
    with closing(sqlite3.connect(path)) as connection:
        for table in NUMBERED:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            others = ", ".join(f'"{name}"' for name in columns if name != "id")
            connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {table} LIMIT 1")  # noqa: S608
            (newest,) = connection.execute(f"SELECT max(id) FROM {table}").fetchone()  # noqa: S608
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
            connection.execute(f"INSERT INTO {table} ({others}) SELECT {others} FROM kept")  # noqa: S608
            (given,) = connection.execute(f"SELECT id FROM {table}").fetchone()  # noqa: S608
            assert given > newest, table
            connection.execute("DROP TABLE kept")


def test_ids_that_old_messages_name_are_not_given_either(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"
    make(path, "0015")
    with closing(sqlite3.connect(path)) as connection, connection:
        for kind, subject in (("board", 40), ("checkin", 41), ("coffee", 7)):
            connection.execute(
                "INSERT INTO cards (kind, subject_id, guild_id, channel_id, message_id, posted_at)"
                " VALUES (?, ?, 1, 1, 1, 1)",
                (kind, subject),
            )
        for key in ("boards.task/42/0/0/1760000000", "board/request/43/refused", "x", "y/2/z"):
            connection.execute(
                "INSERT INTO deliveries (key, guild_id, state, first_tried_at, attempts)"
                " VALUES (?, 1, 'sent', 1, 1)",
                (key,),
            )
        for kind, subject in (("introduction.ask", 44), ("server.erase", 10**17)):
            connection.execute(
                'INSERT INTO deadlines (guild_id, kind, subject_id, occurrence, "offset", due_at,'
                " deliver_at, state, attempts) VALUES (1, ?, ?, 0, 0, 1, 1, 'done', 1)",
                (kind, subject),
            )
    upgrade(path, migrations.HEAD)
    with closing(sqlite3.connect(path)) as connection:
        after = dict(connection.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 3"))
    assert after == {
        "projects": 40, "checkins": 41, "coffees": 7, "tasks": 42, "join_requests": 43,
        "introductions": 44,
    }  # fmt: skip
