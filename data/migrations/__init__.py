"""Bringing a database to the present schema, with a copy set aside first.

An empty database gets the present tables at once; Alembic, which takes a second to load and to
run, is only loaded where there is something to migrate.

Everything runs in one transaction with foreign keys off (a batch rebuild with them on would
delete child rows) and checked before the commit, so a failed upgrade leaves the file as it was.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.pool import StaticPool

from bot.base.errors import StartupError
from data.schema import metadata

HEAD = "0022"
"""The revision of this code's schema."""

FOLDER = Path(__file__).parent


def check(present: str | None, name: str) -> None:
    """Raise StartupError unless ``present``, a database's revision, is :data:`HEAD`."""
    if present != HEAD:
        raise StartupError(
            f"{name} is at revision {present or 'none'}, and this Cohort needs "
            f"{HEAD}. `cohort migrate`, or the bot's next start, brings it up to date."
        )


def upgrade(database: sqlite3.Connection, present: str | None, path: Path | None) -> None:
    """Bring an SQLite database that is at revision ``present`` to :data:`HEAD`; blocks.

    ``path`` is the file, copied to ``<file>.before-<revision>`` before a change.
    Raises StartupError when the database is newer than this code, or the copy cannot be made.
    """
    engine = create_engine(
        "sqlite://", creator=lambda: database, poolclass=StaticPool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    with engine.connect() as connection:
        if present is None and not inspect(connection).get_table_names():
            connection.rollback()
            with connection.begin():
                _create(connection)
            return
        connection.rollback()
        if present is not None:
            check_known(present, f"The database {path or ''}")
        if present is not None and path is not None:
            copy_aside(path, path.with_name(f"{path.name}.before-{HEAD}"))
        database.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                run(connection)
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise StartupError(
                        f"Upgrading {path or 'the database'} would break {len(broken)} links "
                        f"between rows (first: {tuple(broken[0])}). Nothing was changed."
                    )
        finally:
            database.execute("PRAGMA foreign_keys = ON")


def _begin(connection: sqlalchemy.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def copy_aside(source: Path, target: Path) -> None:
    """Copy an SQLite database that may be in use, and check the copy's integrity.

    Blocks; raises StartupError when the copy cannot be written or fails the check.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # it holds what people wrote
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
            live.backup(copy)
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise StartupError(f"The copy of {source} is damaged: {verdict}")
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StartupError(f"{target} cannot be written: {error}") from error
    finally:
        for leftover in (part, part.with_name(part.name + "-journal")):
            leftover.unlink(missing_ok=True)


def check_known(present: str, name: str) -> None:
    """Raise StartupError where a database's revision is not one of ours."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(FOLDER))
    if present not in {script.revision for script in scripts.walk_revisions()}:
        raise StartupError(
            f"{name} is at revision {present}, which is newer than this Cohort. Upgrade Cohort, or "
            "restore a backup made by this version."
        )


def _create(connection: sqlalchemy.Connection) -> None:
    """Make the present tables, and note the revision as Alembic does."""
    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def run(connection: sqlalchemy.Connection) -> None:
    """Run, on this connection, every migration that it lacks."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
