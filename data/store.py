"""The store: its one writer, its readers, and the transactions that everything goes through.

What is particular to a database is in :mod:`data.sqlite` and :mod:`data.postgresql`.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.base.errors import StartupError
from bot.base.shards import ALL, Shards
from data import migrations, sqlite
from data.across import server_export
from data.database import ONLY_THE_STORE, WAITED_FOR, Database, Refused, Why
from data.session import Session
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)


T = TypeVar("T")
P = ParamSpec("P")

LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""Where something may be due of which nothing was heard: whoever looks, finds it."""

_inside: ContextVar[bool] = ContextVar("_inside", default=False)
"""Whether a whole transaction is running here, which no other may interrupt."""


def outside() -> None:
    """Raise RuntimeError inside a transaction, which may run in another thread."""
    if _inside.get():
        raise RuntimeError(ONLY_THE_STORE)


class Store:
    """An open database.

    A transaction is a coroutine that is handed a :class:`Transaction`: ``write()`` runs one at a
    time, in the order in which they asked, and commits it or rolls it back whole; ``fetch()`` reads
    a consistent snapshot beside it. It awaits only the transaction, and touches only what it was
    given: on SQLite it runs in the database's thread, in one trip, beside the event loop. Neither
    Discord's caches nor anything else that somebody changes meanwhile belong in it.

    ``transaction()`` and ``read()`` do the same for a block that has to stay on the loop, at a trip
    for each statement. Await neither Discord nor HTTP inside any of them.
    """

    def __init__(self, url: str, shards: Shards = ALL) -> None:
        self.shards = shards
        """Whose servers are this process's own: it delivers nothing anywhere else."""
        self._database = _database(url)
        # As many as there are connections: whoever waits here would otherwise wait in the
        # database's own pool, where nobody sees it.
        self._reading = asyncio.Semaphore(self._database.readers)
        # A lock of our own, and not SQLite's: its waiters come in order, and none of them holds a
        # thread meanwhile.
        self._writing = asyncio.Lock()
        self._refused_at = -math.inf
        self._refused_for = Why.LOCKED
        self._open = False
        self.on_earlier_deadline: Callable[[datetime], None] = lambda _: None
        """Called with the earliest deadline in one of its servers that a commit wrote."""
        self._database.on_woken(self._heard, lambda: self.on_earlier_deadline(LONG_AGO))

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None where the database is no file."""
        return self._database.path

    @property
    def name(self) -> str:
        """What it is called in sentences: the file, or the address without the password."""
        return self._database.name

    @property
    def version(self) -> str:
        """The database's engine and version, for people."""
        return self._database.version

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed since."""
        return self._open

    async def open(self, *, upgrade: bool = True, alone: bool = False) -> str | None:
        """Bring the schema up to date and be ready for use.

        Returns the revision at which the database was found; None for an empty one. Without
        ``upgrade`` nothing is changed. ``alone`` keeps every other process that opens it so from
        these shards until the store is closed; upgrading keeps it from all, while it lasts. Raises
        StartupError when the database cannot be used, is damaged, is newer than this code, is
        older and may not be upgraded, or its shards belong to another process.
        """
        if self._open:
            return migrations.HEAD
        try:
            found = await self._database.open(upgrade=upgrade, own=self.shards if alone else None)
        except BaseException:
            await self.close()
            raise
        self._open = True
        return found

    async def close(self) -> None:
        """Close every connection; harmless when repeated."""
        self._open = False
        await self._database.close()

    async def write(self, work: Callable[[Transaction], Coroutine[Any, Any, T]]) -> T:
        """Write: commit when ``work`` ends, or roll back when it raises; returns what it returns.

        Raises StoreUnavailable when the database takes no writes just now.
        """
        async with self._turn():
            result, earliest = await self._database.whole(self._of(work), writes=True)
        # After the commit: an alarm that rings earlier would look for a row that is not there yet.
        if earliest is not None:
            self.on_earlier_deadline(earliest)
        return result

    async def fetch(self, work: Callable[[Transaction], Coroutine[Any, Any, T]]) -> T:
        """Read a consistent snapshot, and return what ``work`` returns; a write in it fails.

        Raises StoreUnavailable when the database cannot be reached.
        """
        if not self._database.readers:
            return await self.write(work)
        outside()
        async with self._reading:
            self._check_open()
            result, _ = await self._database.whole(self._of(work), writes=False)
            return result

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Write: commit at the end, or roll back when the block raises.

        Raises StoreUnavailable when the database takes no writes just now.
        """
        async with self._turn():
            session = self._database.write()
            tx = Transaction(session)
            try:
                yield tx
                own = await self._own_deadline(tx)
                await session.commit()
            except BaseException:
                session.abandon()
                raise
        if own is not None:
            self.on_earlier_deadline(own)

    def _of(
        self,
        work: Callable[[Transaction], Coroutine[Any, Any, T]],
    ) -> Callable[[Session], Coroutine[Any, Any, tuple[T, datetime | None]]]:
        """Return what runs ``work``, and returns its result with the earliest deadline it wrote."""

        async def whole(session: Session) -> tuple[T, datetime | None]:
            tx = Transaction(session)
            was_inside = _inside.set(True)
            try:
                return await work(tx), await self._own_deadline(tx)
            finally:
                _inside.reset(was_inside)

        return whole

    async def _own_deadline(self, tx: Transaction) -> datetime | None:
        """Return the earliest of what became due in our servers; others are told of theirs."""
        if "deadlines" not in tx.__dict__:
            return None
        own: list[datetime] = []
        for guild_id, at in tx.deadlines.earliest.items():
            if self.shards.has(guild_id):
                own.append(at)
            else:
                await self._database.wake(tx.connection, guild_id, at)
        return min(own, default=None)

    def _heard(self, guild_id: int, at: datetime) -> None:
        if self.shards.has(guild_id):
            self.on_earlier_deadline(at)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Transaction]:
        """Read a consistent snapshot; a write inside it fails.

        Raises StoreUnavailable when the database cannot be reached.
        """
        if not self._database.readers:
            async with self.transaction() as tx:
                yield tx
            return
        outside()
        async with self._reading:
            self._check_open()
            async with self._database.read() as session:
                yield Transaction(session)

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Wait until nobody else writes; remember why the database takes no writes."""
        outside()
        asked_at = time.monotonic()
        async with self._writing:
            if asked_at < self._refused_at:  # it waited as long as the one that was refused
                raise Refused(self._refused_for)
            self._check_open()
            try:
                yield
            except Refused as refused:
                if refused.why in WAITED_FOR:
                    self._refused_at, self._refused_for = time.monotonic(), refused.why
                log.error("the database takes no writes", reason=str(refused.__cause__ or refused))
                raise

    def identifying(self, turn: int) -> AbstractAsyncContextManager[None]:
        """Wait for a turn to identify, and hold it; one process at a time holds each turn.

        Raises StoreUnavailable.
        """
        return self._database.identifying(turn)

    def _check_open(self) -> None:
        if not self._open:
            raise RuntimeError("the store is not open")

    async def given(self, session: Session) -> dict[str, int]:
        """Return the last id that each table gave to a row of its own, by the table's name."""
        return await self._database.given(session)

    async def give_after(self, session: Session, given: Mapping[str, int]) -> None:
        """Make each table give ids after these, which may belong to rows that are gone."""
        await self._database.give_after(session, given)

    async def export(self, guild_id: int) -> bytes:
        """Return everything that a server has here, as a zip of JSON and CSV."""
        async with self.read() as tx:
            return await server_export.server(tx.connection, guild_id)

    async def backup(self, target: Path) -> None:
        """Copy the database to ``target`` while it is in use, and check the copy.

        Raises StartupError when the target cannot be written or the copy is damaged.
        """
        if self.path is None:
            raise StartupError(
                "Only an SQLite file can be copied so. PostgreSQL's own tool does it: "
                "pg_dump --format=custom --file=cohort.dump"
            )
        await asyncio.to_thread(migrations.copy_aside, self.path, target)


class HasStore(Protocol):
    """A service: whatever keeps its rows in a store."""

    @property
    def store(self) -> Store:
        """Where they are."""
        ...


S = TypeVar("S", bound=HasStore)


def transaction(
    method: Callable[Concatenate[S, Transaction, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Make a method one transaction: it is handed ``tx``, which its callers leave out.

    See :class:`Store` for what it may do.
    """

    @wraps(method)
    async def whole(self: S, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.store.write(lambda tx: method(self, tx, *args, **kwargs))

    return whole


def snapshot(
    method: Callable[Concatenate[S, Transaction, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Make a method read one snapshot: it is handed ``tx``, which its callers leave out.

    See :class:`Store` for what it may do.
    """

    @wraps(method)
    async def whole(self: S, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.store.fetch(lambda tx: method(self, tx, *args, **kwargs))

    return whole


def _database(url: str) -> Database:
    """Return the database at an address; raises StartupError where it is not an address."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StartupError(_no_address(str(error))) from None
    if parsed.drivername == "sqlite+aiosqlite":
        return sqlite.Database(parsed.database or ":memory:")
    if parsed.drivername == "postgresql+asyncpg":
        # Only here: its dialect and driver take a while to load, and most have no use for them.
        from data.postgresql.database import Database as PostgreSQL

        return PostgreSQL(parsed)
    raise StartupError(_no_address(parsed.drivername))


def _no_address(reason: str) -> str:
    return (
        f"COHORT_DATABASE_URL is not a database address I can use ({reason}). "
        "For example: sqlite+aiosqlite:///cohort.db or postgresql+asyncpg://cohort@db/cohort"
    )
