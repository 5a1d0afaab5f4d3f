"""All that is particular to SQLite: its connections, one statement on them, and the file's lock.

SQLite is used in WAL mode: a committed transaction survives the process being killed, and readers
never wait for the writer.

aiosqlite runs SQLite in a thread for each connection, and each trip to the thread wakes the event
loop twice, which costs more than SQLite's work. So a whole transaction is one trip: its coroutine
runs in the thread, where each statement is done when it is awaited, and nothing ever suspends. A
transaction that is an ``async with`` block takes a trip for each statement.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import sqlite3
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import copy_context
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

import aiosqlite
import structlog
from sqlalchemy import Executable, text
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError

from bot.base.errors import StartupError
from bot.base.shards import Shards
from data import migrations
from data.database import ONLY_THE_STORE, Refused, Why, Work
from data.rows import Rows
from data.session import Session as AnySession
from data.statements import Filled, Parameters, Ready, Statements

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

Found: TypeAlias = tuple[Sequence[Sequence[Any]], int, tuple[str, ...]]
"""The rows that a statement found, how many it touched, and its columns' names."""

READERS = 3
"""Connections kept for reading; SQLite's readers block nobody."""

BUSY_TIMEOUT_MS = 2000
"""How long a statement waits for another process's lock before it fails, in milliseconds.

Whoever acts waits this long at most, and Discord takes no answer after three seconds."""

DIALECT = SQLiteDialect_pysqlite(dbapi=sqlite3)  # pyright: ignore[reportArgumentType] - a module
_STATEMENTS = Statements(DIALECT)


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
            # Not flock: that lock would pass to the children of a fork, and outlive us in them.
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                # Only for the sentence: the lock itself is what counts, and the number may be that
                # of a process of another container.
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
        """Release it for another process."""
        os.close(self._file)


class Connection(aiosqlite.Connection):
    """An aiosqlite connection that runs what it is given in its thread."""

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

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run ``work`` with the sqlite3 connection in this connection's thread."""
        return await self._execute(work, self._conn, *arguments)  # pyright: ignore

    async def whole(self, begin: str, work: Work[T]) -> T:
        """Run a whole transaction in this connection's thread; raises Refused.

        A caller that is cancelled meanwhile ends it at its next statement, and nothing of it stays.
        """
        session = _Whole(self._conn, begin)
        try:
            return await self._execute(copy_context().run, session.do, work)  # pyright: ignore
        except asyncio.CancelledError:
            session.cancelled = True
            raise

    def post(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Queue ``work`` after what is already queued, without waiting."""
        if self._connection is not None:  # what was open on one that is closed is rolled back
            done: Callable[[], object] = partial(work, self._connection)
            self._tx.put_nowait((None, done))  # pyright: ignore


class Session:
    """One transaction on a connection, a trip for each statement. It begins with the first."""

    dialect = DIALECT

    def __init__(self, connection: Connection, begin: str) -> None:
        self._connection = connection
        self._begin = begin
        self._begun = False

    async def execute(self, statement: Executable | Filled, parameters: Parameters = None) -> Rows:
        """Run a statement, for each of several sets of parameters, and return its rows.

        Raises Refused for a reason that passes, and otherwise what sqlite3 raises.
        """
        ready = _STATEMENTS.ready(statement, parameters)
        try:
            found = await self._connection.run(self._step, ready)
        except sqlite3.OperationalError as error:
            _raise_why(error, self._begin)
            raise
        return _rows(ready, found)

    async def commit(self) -> None:
        """Commit, where anything was done."""
        if self._begun:
            try:
                await self._connection.run(sqlite3.Connection.commit)
            except sqlite3.OperationalError as error:
                _raise_why(error, self._begin)
                raise

    def abandon(self) -> None:
        """Roll back what is open before the connection does anything else.

        Nobody waits for it, so that a task that is cancelled leaves nothing open either.
        """
        self._connection.post(_roll_back)

    def _step(self, database: sqlite3.Connection, ready: Ready) -> Found:
        if not self._begun:
            database.execute(self._begin)
            self._begun = True
        return _step(database, ready)


class _Whole:
    """A transaction that runs in its connection's thread, from its BEGIN to its COMMIT."""

    dialect = DIALECT

    def __init__(self, database: sqlite3.Connection, begin: str) -> None:
        self._database = database
        self._begin = begin
        self._begun = False
        self.cancelled = False

    def do(self, work: Work[T]) -> T:
        """Run the transaction; raises Refused for a reason that passes."""
        try:
            result = _run(work(self))
            self._check_wanted()
            self._database.commit()
        except sqlite3.OperationalError as error:
            _raise_why(error, self._begin)
            raise
        finally:
            # After a commit nothing is open, and rolling back does nothing: one line for every way
            # out.
            _roll_back(self._database)
        return result

    async def execute(self, statement: Executable | Filled, parameters: Parameters = None) -> Rows:
        """Run a statement, for each of several sets of parameters, and return its rows."""
        self._check_wanted()
        if not self._begun:
            self._database.execute(self._begin)
            self._begun = True
        ready = _STATEMENTS.ready(statement, parameters)
        return _rows(ready, _step(self._database, ready))

    def _check_wanted(self) -> None:
        if self.cancelled:
            raise asyncio.CancelledError


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that awaits nothing but statements, each of which is done at once."""
    try:
        while work.send(None) is None:
            pass  # it lets others have their turn, as ``asyncio.sleep(0)`` does; a thread does so
        work.throw(RuntimeError(ONLY_THE_STORE))
    except StopIteration as ended:
        return ended.value
    except RuntimeError as error:
        if "event loop" not in str(error):  # asyncio's own sentence, where there is none
            raise
        raise RuntimeError(ONLY_THE_STORE) from error
    raise RuntimeError(ONLY_THE_STORE)


def _step(database: sqlite3.Connection, ready: Ready) -> Found:
    if ready.many:
        cursor = database.executemany(ready.sql, ready.values)
    else:
        cursor = database.execute(ready.sql, ready.values[0])
    try:
        described = cursor.description
        rows = cursor.fetchall() if described else ()
        return rows, cursor.rowcount, tuple(column[0] for column in described or ())
    finally:
        cursor.close()


def _rows(ready: Ready, found: Found) -> Rows:
    raw, count, names = found
    return Rows(_STATEMENTS.shape(ready.compiled, names), raw, count)


def _raise_why(error: sqlite3.OperationalError, begin: str) -> None:
    """Raise Refused where the database takes no writes, not where the statement is at fault."""
    cause = str(error).lower()
    if "locked" in cause or "busy" in cause:
        raise Refused(Why.LOCKED) from error
    if "full" in cause:
        raise Refused(Why.FULL) from error
    broken = "disk i/o" in cause or "unable to open" in cause
    if broken or ("readonly" in cause and begin == _BEGIN_WRITING):
        raise Refused(Why.UNWRITABLE) from error


def _roll_back(database: sqlite3.Connection) -> None:
    if database.in_transaction:
        database.rollback()


class Database:
    """An SQLite file, in WAL mode, or a database in memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path: Path | None = None if name == ":memory:" else Path(name)
        """The SQLite file, or None where it is in memory."""
        self._writer: Connection | None = None
        self._all_readers: list[Connection] = []
        self._idle: list[Connection] = []
        self._lock: Lock | None = None

    @property
    def version(self) -> str:
        """SQLite's version, for people."""
        return f"SQLite {sqlite3.sqlite_version}"

    @property
    def readers(self) -> int:
        """How many may read at once; what is in memory has no second connection."""
        return 0 if self.path is None else READERS

    async def open(self, *, upgrade: bool, own: Shards | None) -> str | None:
        """Bring the schema up to date, keep the writer's connection, return the revision before."""
        path = self.path
        if path is not None and not path.absolute().parent.is_dir():
            raise StartupError(
                f"The folder {path.absolute().parent} for the database does not exist. "
                "Create it, or change COHORT_DATABASE_URL."
            )
        try:
            if upgrade and path is not None and not path.exists():
                path.touch(mode=0o600)  # it will hold what people write
            self._writer = await connect(self.name, query_only=False)
            present = await self._writer.run(revision)
            if not upgrade:
                migrations.check(present, self.name)
            if own is not None or present != migrations.HEAD:
                self._take_lock()
            if present != migrations.HEAD:
                await self._writer.run(migrations.upgrade, present, path)
            if own is None:
                self._release_lock()
            return present
        except (sqlite3.Error, DBAPIError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise StartupError(_advice(self.name, str(cause))) from error

    async def close(self) -> None:
        """Close every connection and release the lock; harmless when repeated."""
        connections, self._all_readers, self._idle = self._all_readers, [], []
        if self._writer is not None:
            connections.append(self._writer)
            self._writer = None
        for connection in connections:
            await connection.close()
        self._release_lock()

    def on_woken(self, heard: Callable[[int, datetime], None], lost: Callable[[], None]) -> None:
        """Hear nothing: a file is one process's."""

    def identifying(self, turn: int) -> AbstractAsyncContextManager[None]:
        """Wait for nobody, for the same reason."""
        return nullcontext()

    def write(self) -> Session:
        """Return a transaction that writes."""
        assert self._writer is not None  # noqa: S101 - it is open
        return Session(self._writer, _BEGIN_WRITING)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Session]:
        """Read a consistent snapshot; a write inside it fails."""
        async with self._reader() as connection:
            session = Session(connection, _BEGIN_READING)
            try:
                yield session
            finally:
                session.abandon()  # there is nothing to commit, and so nothing to wait for

    async def whole(self, work: Work[T], *, writes: bool) -> T:
        """Run a whole transaction in one trip to a connection's thread."""
        if writes:
            assert self._writer is not None  # noqa: S101 - it is open
            return await self._writer.whole(_BEGIN_WRITING, work)
        async with self._reader() as connection:
            return await connection.whole(_BEGIN_READING, work)

    @asynccontextmanager
    async def _reader(self) -> AsyncGenerator[Connection]:
        """Lend a connection for reading."""
        if self._idle:
            connection = self._idle.pop()
        else:
            connection = await connect(self.name, query_only=True)
            self._all_readers.append(connection)
        try:
            yield connection
        finally:
            if connection in self._all_readers:  # the database is not closed
                self._idle.append(connection)

    async def wake(self, session: AnySession, guild_id: int, at: datetime) -> None:
        """Wake nobody: a file is one process's."""

    async def given(self, session: AnySession) -> dict[str, int]:
        """Return the last id that each table gave to a row of its own, by the table's name."""
        found = await session.execute(text("SELECT name, seq FROM sqlite_sequence"))
        return dict(found.all())

    async def give_after(self, session: AnySession, given: Mapping[str, int]) -> None:
        """Make each table give ids after these."""
        for name, last in given.items():
            row = {"name": name, "last": last}
            await session.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), row)
            added = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"
            await session.execute(text(added), row)

    def _take_lock(self) -> None:
        if self.path is not None and self._lock is None:
            self._lock = Lock(self.path)

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


_BEGIN_READING = "BEGIN"
_BEGIN_WRITING = "BEGIN IMMEDIATE"
"""A deferred BEGIN that writes later fails at once where somebody else wrote meanwhile, without
waiting: https://www.sqlite.org/isolation.html."""


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


async def connect(database: str, *, query_only: bool) -> Connection:
    """Open a database and set up the connection.

    WAL with ``synchronous=NORMAL``: what is committed survives the process being killed.
    """

    def open_file() -> sqlite3.Connection:
        opened = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        try:
            for pragma in (
                f"busy_timeout = {BUSY_TIMEOUT_MS}",
                "journal_mode = WAL",
                "synchronous = NORMAL",
                "foreign_keys = ON",
                f"query_only = {int(query_only)}",
            ):
                opened.execute(f"PRAGMA {pragma}").close()
        except BaseException:
            opened.close()
            raise
        return opened

    connection = Connection(open_file, 64)
    # A daemon: a connection that was never closed must not keep the process from ending.
    connection._thread.daemon = True  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    await connection
    return connection


def revision(database: sqlite3.Connection) -> str | None:
    """Return the revision that a database is at, or None for one that holds nothing of ours."""
    known = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    if not database.execute(known).fetchone()[0]:
        return None
    row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else row[0]
