"""aiosqlite with one trip to its thread for each statement.

SQLAlchemy's adapter makes four for each (a cursor, its execution, its rows, its end), and one
more to roll back what was committed. Each trip wakes the event loop, and together they cost more
than SQLite's own work.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiosqlite
import structlog

from bot.base.errors import StartupError

log = structlog.stdlib.get_logger(__name__)


class Lock:
    """The right to be the only process that runs on a database file, until it ends.

    It is a POSIX lock on ``<file>.lock``: the kernel takes it back however the process ends, and
    children that it forks do not have it. The file stays, since deleting it would let two
    processes lock two files of one name.
    """

    def __init__(self, path: Path) -> None:
        """Raise StartupError where another process has the lock."""
        file = path.with_name(f"{path.name}.lock")
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                holder = os.pread(self._file, 20, 0).decode(errors="replace").strip()
                os.close(self._file)
                raise StartupError(
                    f"{path} is in use by another Cohort (process {holder}). Two on one database "
                    "would send things twice: stop that one first, or give this one a "
                    "COHORT_DATABASE_URL of its own."
                ) from None
            # A file system without locks, some network mounts for one, is no reason not to run.
            log.warning("the database cannot be locked", file=str(file), reason=error.strerror)
            return
        os.truncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._file)


class Cursor:
    """What SQLAlchemy asks of an asynchronous cursor, with the rows fetched in ``execute``."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute a statement and fetch all its rows."""
        await self._connection.run(self._execute, statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute a statement for each set of parameters."""
        await self._connection.run(self._execute_many, statement, parameters)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """Return the rows, which are here already."""
        return self._rows

    async def close(self) -> None:
        """Do nothing: the real cursor is closed."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Do nothing: the real cursor is closed."""

    def _execute(
        self, database: sqlite3.Connection, statement: str, parameters: Sequence[Any]
    ) -> None:
        cursor = database.execute(statement, parameters)
        self._keep(cursor)

    def _execute_many(
        self, database: sqlite3.Connection, statement: str, parameters: Iterable[Sequence[Any]]
    ) -> None:
        cursor = database.executemany(statement, parameters)
        self._keep(cursor)

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else ()
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()


class Connection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors make one trip."""

    _stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread; the future is done once it has ended."""
        self._stopped = super().stop()  # pyright: ignore[reportUnknownMemberType]
        return self._stopped

    async def _connect(self) -> Self:
        """Open the file. Where that fails, wait for the thread, which would outlive the loop."""
        try:
            await super()._connect()
        except BaseException:
            if self._stopped is not None:
                await self._stopped
            raise
        return self

    async def run(self, work: Any, *arguments: Any) -> None:
        """Run ``work`` with the sqlite3 connection, in this connection's thread."""
        await self._execute(work, self._conn, *arguments)  # pyright: ignore[reportUnknownMemberType]

    def cursor(self) -> Cursor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return a cursor, for which there is no need to go to the thread."""
        return Cursor(self)

    async def rollback(self) -> None:
        """Roll back what is open; nothing is after a commit."""
        if self._conn.in_transaction:
            await super().rollback()


def connect(database: str, **options: Any) -> Connection:
    """Return a connection that is not open yet, as ``aiosqlite.connect`` does."""
    iter_chunk_size = 64

    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(database, **options)

    connection = Connection(open_file, iter_chunk_size)
    # A daemon: a connection that was never closed must not keep the process from ending.
    connection._thread.daemon = True  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return connection
