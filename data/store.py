"""The store: its one writer, its readers, and the transactions that everything goes through.

SQLite is used in WAL mode: a committed transaction survives the process being killed, and readers
never wait for the writer. What is particular to SQLite is in :mod:`data.sqlite`.
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

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.base.errors import StartupError, StoreUnavailable
from data import migrations, sqlite
from data.across import export
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)

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
        except ArgumentError as error:
            raise StartupError(_no_address(str(error))) from None
        if parsed.drivername != "sqlite+aiosqlite":
            raise StartupError(_no_address(parsed.drivername))
        self._database = parsed.database or ":memory:"
        self._writer: sqlite.Connection | None = None
        self._readers: list[sqlite.Connection] = []
        self._idle: list[sqlite.Connection] = []
        self._reading = asyncio.Semaphore(READERS)
        self._writing = asyncio.Lock()
        self._refused_at = -math.inf
        self._open = False
        self._lock: sqlite.Lock | None = None
        self.on_earlier_deadline: Callable[[datetime], None] = lambda _: None
        """Told, after a commit, the earliest instant that it put among the deadlines."""

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None where it is in memory."""
        return None if self._database == ":memory:" else Path(self._database)

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
        path = self.path
        if path is not None and not path.absolute().parent.is_dir():
            raise StartupError(
                f"The folder {path.absolute().parent} for the database does not exist. "
                "Create it, or change COHORT_DATABASE_URL."
            )
        try:
            if upgrade and path is not None and not path.exists():
                path.touch(mode=0o600)  # it will hold what people write
            self._writer = await sqlite.connect(self._database, query_only=False)
            present = await self._writer.run(sqlite.revision)
            if not upgrade:
                migrations.check(present, path)
            else:
                if alone or present != migrations.HEAD:
                    self._take_lock()
                if present != migrations.HEAD:
                    await migrations.upgrade(self._writer, present, path)
                if not alone:
                    self._release_lock()
        except (sqlite3.Error, DBAPIError, OSError) as error:
            await self.close()
            cause = getattr(error, "orig", None) or error
            raise StartupError(_advice(self._database, str(cause))) from error
        except BaseException:
            await self.close()
            raise
        self._open = True

    async def close(self) -> None:
        """Let go of every connection; harmless when repeated."""
        self._open = False
        connections, self._readers, self._idle = self._readers, [], []
        if self._writer is not None:
            connections.append(self._writer)
            self._writer = None
        for connection in connections:
            await connection.close()
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
            if asked_at < self._refused_at:  # it waited as long as the one that was refused
                raise StoreUnavailable(_LOCKED)
            session = sqlite.Session(self._connected(), _BEGIN_WRITING)
            tx = Transaction(session)
            try:
                yield tx
                await session.commit()
            except sqlite3.OperationalError as error:
                session.abandon()
                sentence = _why_not(error)
                if sentence is None:
                    raise
                if sentence is _LOCKED:
                    self._refused_at = time.monotonic()
                log.error("the database takes no writes", reason=str(error))
                raise StoreUnavailable(sentence) from error
            except BaseException:
                session.abandon()
                raise
        if "deadlines" in tx.__dict__ and tx.deadlines.earliest is not None:
            self.on_earlier_deadline(tx.deadlines.earliest)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Transaction]:
        """Read a consistent snapshot; a write inside it fails."""
        if self.path is None:
            async with self.transaction() as tx:
                yield tx
            return
        async with self._reading:
            self._connected()
            if self._idle:
                connection = self._idle.pop()
            else:
                connection = await sqlite.connect(self._database, query_only=True)
                self._readers.append(connection)
            session = sqlite.Session(connection, "BEGIN")
            try:
                yield Transaction(session)
            finally:
                if connection in self._readers:  # the store is not closed
                    session.abandon()  # there is nothing to commit, and so nothing to wait for
                    self._idle.append(connection)

    def _connected(self) -> sqlite.Connection:
        if self._writer is None:
            raise RuntimeError("the store is not open")
        return self._writer

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


_BEGIN_WRITING = "BEGIN IMMEDIATE"
"""A deferred BEGIN that writes later fails at once where somebody else wrote meanwhile, without
waiting: https://www.sqlite.org/isolation.html."""


def _no_address(reason: str) -> str:
    return (
        f"COHORT_DATABASE_URL is not a database address I can use ({reason}). "
        "For example: sqlite+aiosqlite:///cohort.db"
    )


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


def _why_not(error: sqlite3.OperationalError) -> str | None:
    """Say to a person why the database takes no writes; None where the statement is at fault."""
    cause = str(error).lower()
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
