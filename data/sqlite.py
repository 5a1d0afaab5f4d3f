"""All that is particular to SQLite: its connections, one statement on them, and the file's lock.

aiosqlite runs SQLite in a thread for each connection, and each trip to the thread wakes the event
loop twice. SQLAlchemy's own adapter makes four trips for a statement and compiles nothing less:
both cost more than SQLite's work. So a statement is compiled once for its shape, and takes one
trip, in which the first of a transaction begins it.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import aiosqlite
import structlog
from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.compiler import SQLCompiler

from bot.base.errors import StartupError
from data.session import Rows, Shape

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

BUSY_TIMEOUT_MS = 2000
"""How long a statement waits for another process's lock before it fails, in milliseconds.

Whoever acts waits this long at most, and Discord takes no answer after three seconds."""

DIALECT = SQLiteDialect_pysqlite(dbapi=sqlite3)  # pyright: ignore[reportArgumentType] - a module
_COMPILED: dict[Any, Any] = {}
_SHAPES: dict[SQLCompiler, Shape] = {}


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

    def post(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Have ``work`` run after what was asked for before, and wait for nothing."""
        if self._connection is not None:  # what was open on one that is closed is rolled back
            done: Callable[[], object] = partial(work, self._connection)
            self._tx.put_nowait((None, done))  # pyright: ignore


class Session:
    """One transaction on a connection. It begins with its first statement."""

    dialect = DIALECT

    def __init__(self, connection: Connection, begin: str) -> None:
        self._connection = connection
        self._begin = begin
        self._begun = False

    async def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> Rows:
        """Run a statement, for each of several sets of parameters, and return its rows.

        Raises what sqlite3 raises.
        """
        if parameters is None:
            given: Sequence[Mapping[str, Any]] = ()
        elif isinstance(parameters, Mapping):
            given = (parameters,)
        else:
            given = parameters
        many = len(given) > 1
        compiled, extracted, collected, _ = statement._compile_w_cache(  # noqa: SLF001  # pyright: ignore
            DIALECT,
            compiled_cache=_COMPILED,
            column_keys=sorted(given[0]) if given else [],
            for_executemany=many,
        )
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - what a statement compiles to
        values: list[Sequence[Any]] = []
        sql = ""
        for one in given or ({},):
            sql, row = _bound(compiled, one, extracted, collected)
            values.append(row)
        found, count, names = await self._connection.run(
            self._step, sql, values if many else values[0], many
        )
        return Rows(_shape(compiled, names), found, count)

    async def commit(self) -> None:
        """Commit, where anything was done."""
        if self._begun:
            await self._connection.run(sqlite3.Connection.commit)

    def abandon(self) -> None:
        """Roll back what is open before the connection does anything else.

        Nobody waits for it, so that a task that is cancelled leaves nothing open either.
        """
        self._connection.post(_roll_back)

    def _step(
        self, database: sqlite3.Connection, sql: str, values: Any, many: bool
    ) -> tuple[Sequence[Sequence[Any]], int, tuple[str, ...]]:
        if not self._begun:
            database.execute(self._begin)
            self._begun = True
        cursor = database.executemany(sql, values) if many else database.execute(sql, values)
        try:
            described = cursor.description
            rows = cursor.fetchall() if described else ()
            return rows, cursor.rowcount, tuple(column[0] for column in described or ())
        finally:
            cursor.close()


def _roll_back(database: sqlite3.Connection) -> None:
    if database.in_transaction:
        database.rollback()


def _bound(
    compiled: SQLCompiler,
    given: Mapping[str, Any],
    extracted: Any,
    collected: Any,
) -> tuple[str, Sequence[Any]]:
    """Return a compiled statement's text and its values, in order, as the database takes them.

    ``extracted`` are the values of this statement, where the compiled one was made of another of
    the same shape. Lists become as many question marks as they hold.
    """
    named = compiled.construct_params(
        given or None,
        extracted_parameters=extracted,
        escape_names=False,
        _collected_params=collected,
    )
    for column in compiled.insert_prefetch:
        default: Any = column.default
        name = compiled._within_exec_param_key_getter(column)  # noqa: SLF001  # pyright: ignore
        named[name] = default.arg if default.is_scalar else default.arg(None)
    processors = cast("dict[str, Any]", compiled._bind_processors)  # noqa: SLF001  # pyright: ignore
    if compiled.literal_execute_params or compiled.post_compile_params:
        state = compiled._process_parameters_for_postcompile(named)  # noqa: SLF001  # pyright: ignore
        sql, order = state.statement, state.positiontup
        named = {**named, **state.additional_parameters}
        processors = {**processors, **cast("dict[str, Any]", state.processors)}
    else:
        sql, order = compiled.string, compiled.positiontup
    values: list[Any] = []
    for name in order or ():
        process = processors.get(name)
        values.append(named[name] if process is None else process(named[name]))
    return sql, values


def _shape(compiled: SQLCompiler, names: tuple[str, ...]) -> Shape:
    """Return what a statement's rows are like: worked out once for each compiled statement."""
    shape = _SHAPES.get(compiled)
    if shape is None:
        columns = compiled._result_columns  # noqa: SLF001  # pyright: ignore
        if columns:
            shape = Shape(
                tuple(str(column.keyname) for column in columns),
                tuple(column.type._cached_result_processor(DIALECT, None) for column in columns),  # noqa: SLF001  # pyright: ignore
            )
        else:
            shape = Shape(names, (None,) * len(names))
        _SHAPES[compiled] = shape
    return shape


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
