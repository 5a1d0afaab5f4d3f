"""Migrations: from empty, from every revision with rows, and never by halves."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from bot.errors import StartupError
from data import migrations
from data.database import Store
from data.schema import metadata

SCRIPTS = ScriptDirectory(str(migrations.FOLDER))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


def _upgrade_to(path: Path, revision: str) -> None:
    """Make a database as the version of that revision left it."""
    from alembic import command

    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _rows(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for (name,) in names
        }


def _fill(path: Path) -> None:
    """Put two rows into every table, parents first, with values of each column's type."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for table in metadata.sorted_tables:
            known: list[Any] = connection.execute(f"PRAGMA table_info({table.name})").fetchall()
            columns = [row[1] for row in known]
            for number in (1, 2):
                values = [
                    number if kind == "INTEGER" else f"2026-01-0{number}"
                    for _, _, kind, *_ in known
                ]
                if columns:
                    marks = ", ".join("?" * len(columns))
                    quoted = ", ".join(f'"{column}"' for column in columns)
                    connection.execute(
                        f"INSERT INTO {table.name} ({quoted}) VALUES ({marks})",  # noqa: S608
                        values,
                    )


def test_the_head_is_the_last_revision() -> None:
    assert SCRIPTS.get_current_head() == migrations.HEAD


async def test_from_empty_the_tables_are_what_the_code_says(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"
    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    await store.close()
    with create_engine(f"sqlite:///{path}").connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        strict = connection.execute(text("PRAGMA table_list")).all()
    assert all(row.strict for row in strict if row.name in metadata.tables), (
        "every table of ours is strict"
    )


@pytest.mark.parametrize("revision", REVISIONS[:-1])
async def test_an_older_database_with_rows_is_upgraded_and_a_copy_is_set_aside(
    tmp_path: Path, revision: str
) -> None:
    path = tmp_path / "cohort.db"
    _upgrade_to(path, revision)
    _fill(path)
    before = _rows(path)

    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    await store.close()

    after = _rows(path)
    assert {name: after[name] for name in before} == before
    copy = path.with_name(f"cohort.db.before-{migrations.HEAD}")
    assert _rows(copy) == before


async def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cohort.db"
    _upgrade_to(path, REVISIONS[0])
    before = path.read_bytes()

    def explode(connection: Any) -> None:
        connection.exec_driver_sql("CREATE TABLE half (x INTEGER)")
        raise StartupError("it broke in the middle")

    monkeypatch.setattr(migrations, "_run", explode)
    with pytest.raises(StartupError, match="in the middle"):
        await Store(f"sqlite+aiosqlite:///{path}").open()

    assert "half" not in _rows(path)
    with closing(sqlite3.connect(path)) as connection:
        assert (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            == (REVISIONS[0])
        )
    assert len(before) <= path.stat().st_size
