"""Bringing a database to the present schema, with a copy set aside first.

An empty database gets the present tables at once; Alembic, which takes a second to load and to
run, is only loaded where there is something to migrate.

Everything runs in one transaction with foreign keys off (a batch rebuild with them on would
delete child rows) and checked before the commit, so a failed upgrade leaves the file as it was.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.base.errors import StartupError
from data.schema import metadata

HEAD = "0017"
"""The revision that this code's schema stands at."""

FOLDER = Path(__file__).parent


async def upgrade(engine: AsyncEngine, path: Path | None) -> None:
    """Bring the database to :data:`HEAD`; a no-op when it is there already.

    ``path`` is the SQLite file, copied to ``<file>.before-<revision>`` before a change.
    Raises StartupError when the database is newer than this code, or the copy cannot be made.
    """
    async with engine.connect() as connection:
        present = await _revision(connection)
        await connection.rollback()
        if present == HEAD:
            return
        if present is None and await _empty(connection):
            async with connection.begin():
                await connection.run_sync(_create)
            return
        known = await asyncio.to_thread(_known_revisions)
        if present is not None and present not in known:
            raise StartupError(
                f"The database {path or ''} is at revision {present}, which is newer than this "
                "Cohort. Upgrade Cohort, or restore a backup made by this version."
            )
        if present is not None and path is not None:
            await asyncio.to_thread(copy_aside, path, path.with_name(f"{path.name}.before-{HEAD}"))
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            await _outside_transaction(connection, "PRAGMA foreign_keys = OFF")
        try:
            async with connection.begin():
                await connection.run_sync(_run)
                if sqlite:
                    broken = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
                    if broken:
                        raise StartupError(
                            f"Upgrading {path or 'the database'} would break {len(broken)} links "
                            f"between rows (first: {tuple(broken[0])}). Nothing was changed."
                        )
        finally:
            if sqlite:
                await _outside_transaction(connection, "PRAGMA foreign_keys = ON")


async def is_done(engine: AsyncEngine) -> bool:
    """Return whether the database stands at :data:`HEAD`."""
    async with engine.connect() as connection:
        return await _revision(connection) == HEAD


async def check(engine: AsyncEngine, path: Path | None) -> None:
    """Raise StartupError unless the database stands at :data:`HEAD`; changes nothing."""
    async with engine.connect() as connection:
        present = await _revision(connection)
    if present != HEAD:
        raise StartupError(
            f"{path or 'The database'} is at revision {present or 'none'}, and this Cohort needs "
            f"{HEAD}. `cohort migrate`, or the bot's next start, brings it up to date."
        )


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


async def _revision(connection: AsyncConnection) -> str | None:
    """Return the revision that the database stands at, or None for an empty one."""

    def read(sync: Connection) -> str | None:
        if not inspect(sync).has_table("alembic_version"):
            return None
        return sync.execute(text("SELECT version_num FROM alembic_version")).scalar()

    return await connection.run_sync(read)


async def _empty(connection: AsyncConnection) -> bool:
    """Return whether the database has no table at all."""
    names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await connection.rollback()
    return not names


async def _outside_transaction(connection: AsyncConnection, statement: str) -> None:
    """Run a pragma that SQLite ignores inside a transaction."""

    def execute(sync: Connection) -> None:
        cursor = sync.connection.cursor()
        cursor.execute(statement)
        cursor.close()

    await connection.run_sync(execute)


def _known_revisions() -> frozenset[str]:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(FOLDER))
    return frozenset(script.revision for script in scripts.walk_revisions())


def _create(connection: Connection) -> None:
    """Make the present tables, and note the revision as Alembic does."""
    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
