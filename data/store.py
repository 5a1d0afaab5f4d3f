"""The store: its engine, its one writer, and the transactions that everything goes through.

SQLite is used in WAL mode with ``synchronous=NORMAL``: a committed transaction survives the
process being killed, and readers never wait for the writer. All that is particular to SQLite
stands here; the statements in the repositories serve PostgreSQL too.
"""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.base.errors import StartupError, StoreUnavailable
from data import migrations, sqlite
from data.across import export
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)

BUSY_TIMEOUT_MS = 2000
"""How long a statement waits for another process's lock before it fails, in milliseconds.

Who acts waits so long at most, and Discord takes no answer after three seconds."""

_SQLITE: dict[str, Any] = {
    "hide_parameters": True,
    "connect_args": {"async_creator_fn": sqlite.connect},
}

READERS = 3
"""Connections kept for reading; SQLite's readers block nobody."""


class Store:
    """An open database.

    ``transaction()`` writes, one at a time, in the order in which they asked; ``read()`` reads a
    consistent snapshot beside it. Await neither Discord nor HTTP inside either.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
            self._url = parsed
            self._writer, self._reader = _engines(url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise StartupError(
                f"COHORT_DATABASE_URL is not a database address I can use ({error}). "
                "For example: sqlite+aiosqlite:///cohort.db"
            ) from None
        self._writing = asyncio.Lock()
        self._refused_at = -math.inf
        self._open = False
        self._lock: sqlite.Lock | None = None
        self.on_earlier_deadline: Callable[[datetime], None] = lambda _: None
        """Told, after a commit, the earliest instant that it put among the deadlines."""

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None where there is none (in memory, or another database)."""
        name = self._url.database
        if self._url.get_backend_name() != "sqlite" or not name or name == ":memory:":
            return None
        return Path(name)

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed since."""
        return self._open

    async def open(self, *, upgrade: bool = True, alone: bool = False) -> None:
        """Bring the schema up to date and be ready for use.

        Without ``upgrade`` nothing is changed. ``alone`` keeps every other process that opens it
        so from this file until the store is closed; so does upgrading, while it lasts. Raises
        StartupError when the file cannot be used, is damaged, is newer than this code, is older
        and may not be upgraded, or belongs to another process.
        """
        if self._open:
            return
        name = self.path or self._url.render_as_string(hide_password=True)
        if self.path is not None and not self.path.absolute().parent.is_dir():
            raise StartupError(
                f"The folder {self.path.absolute().parent} for the database does not exist. "
                "Create it, or change COHORT_DATABASE_URL."
            )
        try:
            if upgrade:
                if self.path is not None and not self.path.exists():
                    self.path.touch(mode=0o600)  # it will hold what people write
                if alone or not await migrations.is_done(self._writer):
                    self._take_lock()
                await migrations.upgrade(self._writer, self.path)
                if not alone:
                    self._release_lock()
            else:
                await migrations.check(self._writer, self.path)
        except (DBAPIError, OSError, sqlite3.Error) as error:
            await self.close()
            cause = getattr(error, "orig", None) or error
            raise StartupError(_advice(str(name), str(cause))) from error
        except BaseException:
            await self.close()
            raise
        self._open = True

    async def close(self) -> None:
        """Let go of every connection; harmless when repeated."""
        self._open = False
        await self._writer.dispose()
        await self._reader.dispose()
        self._release_lock()

    def _take_lock(self) -> None:
        if self.path is not None and self._lock is None:
            self._lock = sqlite.Lock(self.path)

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Write: commit at the end, or roll everything back when the block raises.

        Raises StoreUnavailable when the database takes no writes just now.
        """
        asked_at = time.monotonic()
        async with self._writing:
            if asked_at < self._refused_at:  # it waited as long as who was refused
                raise StoreUnavailable(_LOCKED)
            try:
                async with self._writer.begin() as connection:
                    tx = Transaction(connection)
                    yield tx
            except OperationalError as error:
                sentence = _why_not(error)
                if sentence is None:
                    raise
                if sentence is _LOCKED:
                    self._refused_at = time.monotonic()
                log.error("the database takes no writes", reason=str(error.orig))
                raise StoreUnavailable(sentence) from error
        if "deadlines" in tx.__dict__ and tx.deadlines.earliest is not None:
            self.on_earlier_deadline(tx.deadlines.earliest)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Transaction]:
        """Read a consistent snapshot; a write inside it fails."""
        if self._reader is self._writer:
            async with self._writing, self._writer.begin() as connection:
                yield Transaction(connection)
        else:
            async with self._reader.begin() as connection:
                yield Transaction(connection)

    async def export(self, guild_id: int) -> bytes:
        """Return everything that a server has here, as a zip of JSON and CSV."""
        async with self.read() as tx:
            return await export.server(tx.connection, guild_id)

    async def backup(self, target: Path) -> None:
        """Copy the database to ``target`` while it is in use, and check the copy.

        Raises StartupError when the target cannot be written or the copy is damaged.
        """
        if self.path is None:
            raise StartupError("Only an SQLite file can be backed up; use your database's tools.")
        await asyncio.to_thread(migrations.copy_aside, self.path, target)


def _engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the writing and the reading engine; the same one where there is but one connection."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_async_engine(url, hide_parameters=True)
        return engine, engine.execution_options(isolation_level="REPEATABLE READ")
    if parsed.database in (None, "", ":memory:"):
        writer = create_async_engine(url, poolclass=StaticPool, **_SQLITE)
        _configure_sqlite(writer, begin="BEGIN IMMEDIATE", query_only=False)
        return writer, writer
    writer = create_async_engine(url, pool_size=1, max_overflow=0, **_SQLITE)
    _configure_sqlite(writer, begin="BEGIN IMMEDIATE", query_only=False)
    reader = create_async_engine(url, pool_size=READERS, max_overflow=0, **_SQLITE)
    _configure_sqlite(reader, begin="BEGIN", query_only=True)
    return writer, reader


def _configure_sqlite(engine: AsyncEngine, *, begin: str, query_only: bool) -> None:
    """Set the pragmas on each new connection, and begin transactions ourselves.

    A deferred BEGIN that writes later fails at once when somebody else wrote meanwhile, without
    waiting: https://www.sqlite.org/isolation.html. So the writer begins IMMEDIATE.
    """

    def on_connect(connection: Any, record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA query_only = {int(query_only)}")
        cursor.close()

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)


_LOCKED = (
    "Another program is using my database just now, so I could not write that down: nothing was "
    "changed. Try again in a minute; if it stays, tell whoever runs this bot."
)
_FULL = (
    "The disk that I write on is full, so I could not write that down: nothing was changed. Tell "
    "whoever runs this bot, and do it again once there is space."
)
_UNWRITABLE = (
    "I cannot write to my database just now, so nothing was changed. Tell whoever runs this bot, "
    "and do it again later."
)


def _why_not(error: OperationalError) -> str | None:
    """Say to a person why the database takes no writes; None where the statement is at fault."""
    cause = str(error.orig).lower()
    if "locked" in cause or "busy" in cause:
        return _LOCKED
    if "full" in cause:
        return _FULL
    if "disk i/o" in cause or "readonly" in cause or "unable to open" in cause:
        return _UNWRITABLE
    return None


def _advice(name: str, cause: str) -> str:
    """Say what is wrong with the database file, and what to do."""
    lowered = cause.lower()
    if "not a database" in lowered or "malformed" in lowered:
        return f"{name} is damaged or not a database ({cause}). Restore a backup in its place."
    if "readonly" in lowered or "read-only" in lowered or "unable to open" in lowered:
        return f"{name} cannot be written ({cause}). Give this user the right to write it."
    if "locked" in lowered:
        return f"{name} is in use by another process ({cause}). Stop the other one first."
    if "full" in lowered:
        return f"{name} cannot grow: the disk is full ({cause}). Free some space."
    return f"{name} cannot be used: {cause}"
