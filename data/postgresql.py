"""All that is particular to PostgreSQL: its connections, one statement on them, and its locks.

asyncpg is driven directly: each statement is prepared once for each connection, and takes one
round trip. A transaction that writes holds an advisory lock until it ends, as SQLite's writer
does, so that the repositories can rely on the same: nobody else writes meanwhile.

Several processes can share a database, each with its own shards. The connection that writes holds
their locks, so that a process which lost them writes nothing until it has them again.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy import Column, Executable, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.engine import URL
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.base.errors import StartupError
from bot.base.shards import Shards
from data import migrations
from data.database import Refused, Why, Work
from data.schema import metadata
from data.session import Rows
from data.session import Session as AnySession
from data.statements import Filled, Parameters, Ready, Statements

T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)

try:
    import asyncpg  # pyright: ignore[reportMissingTypeStubs]
except ModuleNotFoundError:  # an extra, without which only SQLite can be used
    asyncpg = None

driver: Any = asyncpg

READERS = 4
"""Connections kept for reading."""

LOCK_TIMEOUT_MS = 2000
"""How long a transaction waits for another process's before it fails, as with SQLite."""

PATIENCE = 30.0
"""Seconds after which a statement that has no answer is given up, and its connection with it.

The kernel notices only after many minutes that a machine is no longer at the other end."""

CONNECTING = 2.0
"""Seconds that a connection may take: whoever acts waits meanwhile, and Discord takes no answer
after three."""

TAKING_OVER = 3.0
"""Seconds in which a process that has just ended may be known to the server to have ended."""

HANDING_OVER = 60.0
"""Seconds that a start waits for the process whose place it takes, as in a rolling restart."""

STANDSTILL_MS = 10_000
"""How long a process may stand still in a transaction while others wait for it to write."""

KEEPALIVE = {"idle": 15, "interval": 5, "count": 3}
"""The seconds after which the server asks a silent machine, and how often, before it gives it up.

By Linux's own values a machine that vanishes would keep its locks for two hours."""

OLDEST = 13
"""The oldest version that can be used: the first with ``pg_current_xact_id``."""

PREPARED = 500
"""How many statements stay prepared on one connection."""

_COHORT = 0x436F686F
"""What our advisory locks begin with: others may use the same database."""

_WRITER = 1
_SCHEMA = 2
"""The lock that whoever runs shares, and that whoever changes the tables has alone."""

_IDENTIFY = 16
"""The first of the locks that are held while a shard identifies; there are as many as Discord lets
identify at once."""

_SHARD = 14
"""A shard's lock is its number, below the total of shards, which begins at this bit.

So the locks tell whether all processes count the same shards."""

_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# Not REPEATABLE READ: its snapshot would be of before the lock was had.
_BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"
_TAKE_WRITER = f"SELECT pg_current_xact_id()::text FROM pg_advisory_xact_lock({_COHORT}, {_WRITER})"  # noqa: S608


class _Types(PGTypeCompiler):
    """Every integer has 64 bits, as SQLite's have: people paste and forge large ids."""

    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:  # noqa: N802 - SQLAlchemy's name
        return "BIGINT"


class _Tables(PGDDLCompiler):
    """Text is ordered by its bytes, as SQLite orders it, whatever the database's locale."""

    def get_column_specification(self, column: Column[Any], **kwargs: Any) -> str:
        written = super().get_column_specification(column, **kwargs)
        name, _, rest = written.partition(" ")
        rest = rest.replace("TEXT", 'TEXT COLLATE "C"', 1)
        return f"{name} {'BIGSERIAL' + rest[6:] if rest.startswith('SERIAL') else rest}"


class Dialect(PGDialect_asyncpg):
    """PostgreSQL with our types: integers of 64 bits, flags that are integers, bytewise text."""

    supports_statement_cache = True
    type_compiler_cls = _Types
    ddl_compiler = _Tables
    # A flag is compared with 1 and 0, as it is stored, and not with true and false.
    supports_native_boolean = False


class MigratingDialect(Dialect):
    """The same for migrations, which also read what the server says of its tables.

    In that, flags are PostgreSQL's own booleans.
    """

    supports_statement_cache = True
    supports_native_boolean = True


_DUE = "cohort_due"
"""The channel on which processes tell each other of what is due sooner than they know."""

_WAKE = text(f"SELECT pg_notify('{_DUE}', :told)")

for _table in metadata.tables.values():
    for _index in _table.indexes:
        if (_condition := _index.dialect_options["sqlite"]["where"]) is not None:
            _index.dialect_kwargs["postgresql_where"] = _condition

DIALECT = Dialect()
_STATEMENTS = Statements(DIALECT)


class Error(Exception):
    """A statement that PostgreSQL refuses, without the values in it: people wrote those."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code


class IntegrityError(Error):
    """A row that a constraint forbids."""


def _why(code: str) -> Why | None:
    """Say why an error, by its SQLSTATE, is one that passes; None where the statement is at fault.

    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    if code == "53100":
        return Why.FULL
    if code in ("55P03", "40P01", "40001"):  # no lock in time, a deadlock, a conflict
        return Why.LOCKED
    if code == "25P03":  # it stood still in a transaction for too long
        return Why.AWAY
    if code in ("25006", "58030"):  # read-only, as a standby is; a disk's error
        return Why.UNWRITABLE
    if code[:2] in ("08", "53", "57", "58", "28", "3D"):
        return Why.AWAY
    return None


async def _said(work: Awaitable[T], *, writing: bool = True) -> T:
    """Await what the driver does; raises Refused for a reason that passes, otherwise Error."""
    try:
        return await work
    except driver.PostgresError as error:
        code: str = error.sqlstate or ""
        # The message alone: the detail that comes with it holds values.
        kind = IntegrityError if code.startswith("23") else Error
        told = kind(code, str(error.args[0]) if error.args else type(error).__name__)
        why = _why(code)
        if why is None or (why is Why.UNWRITABLE and not writing):
            raise told from None
        raise Refused(why) from told
    except (driver.InterfaceError, driver.InternalClientError, OSError, TimeoutError) as error:
        # An internal error: the server's last word, that it ends the connection, was just read.
        if isinstance(error, ValueError):  # the driver's message quotes the value
            raise Error("22000", "a value does not fit where it is to go") from None
        raise Refused(Why.AWAY) from error


@dataclass(frozen=True, slots=True)
class _Prepared:
    statement: Any
    names: tuple[str, ...]


class Connection:
    """One connection. It is made when it is first used, and again after it was lost.

    Where it has ``own`` shards, it holds their locks; whenever it is made again, it takes them
    again before anything else, so that nobody writes without them.
    """

    def __init__(self, url: URL, *, writing: bool) -> None:
        self._url = url
        self._writing = writing
        self._raw: Any = None
        self._prepared: OrderedDict[str, _Prepared] = OrderedDict()
        self._clearing: asyncio.Task[None] | None = None
        self._committing: asyncio.Task[None] | None = None
        self._transaction = ""
        self._pid = 0
        self._started: Any = None
        """When the server of this connection was started."""
        self.own: Shards | None = None
        self.heard: Callable[[int, datetime], None] = lambda guild_id, at: None
        self.lost: Callable[[], None] = lambda: None

    async def begin(self) -> None:
        """Begin a transaction, on a new connection where the old one was lost."""
        await self.cleared()
        known = self._raw is not None
        try:
            await self._begin()
        except Refused as refused:
            if refused.why is not Why.AWAY or not known:
                raise
            # Nothing was done yet, so it can be done again.
            self._drop()
            await self._begin()

    async def _begin(self) -> None:
        raw = await self.raw()
        if not self._writing:
            await _said(raw.execute(_BEGIN_READING, timeout=PATIENCE))
            return
        await _said(raw.execute(_BEGIN_WRITING, timeout=PATIENCE))
        self._transaction = await _said((await self._prepare(_TAKE_WRITER)).statement.fetchval())

    async def run(self, ready: Ready) -> tuple[Sequence[Sequence[Any]], int, tuple[str, ...]]:
        """Run a statement; returns its rows, how many it touched, and its columns' names."""
        try:
            return await _said(self._run(ready), writing=self._writing)
        except Refused as refused:
            if isinstance(refused.__cause__, TimeoutError):
                self._drop()  # what it still does is no concern of ours, and is rolled back
            raise

    async def _run(self, ready: Ready) -> tuple[Sequence[Sequence[Any]], int, tuple[str, ...]]:
        prepared = await self._prepare(ready.sql)
        if ready.many:
            await prepared.statement.executemany(ready.values, timeout=PATIENCE)
            return (), len(ready.values), prepared.names
        rows = await prepared.statement.fetch(*ready.values[0], timeout=PATIENCE)
        _, _, count = prepared.statement.get_statusmsg().rpartition(" ")
        return rows, int(count) if count.isdecimal() else -1, prepared.names

    async def _prepare(self, sql: str) -> _Prepared:
        prepared = self._prepared.get(sql)
        if prepared is not None:
            self._prepared.move_to_end(sql)
            return prepared
        statement = await self._raw.prepare(sql, timeout=PATIENCE)
        names = tuple(attribute.name for attribute in statement.get_attributes())
        prepared = self._prepared[sql] = _Prepared(statement, names)
        if len(self._prepared) > PREPARED:
            self._prepared.popitem(last=False)
        return prepared

    async def commit(self) -> None:
        """Commit. A task that is cancelled meanwhile leaves it to be done all the same."""
        self._committing = asyncio.create_task(self._commit())
        await asyncio.shield(self._committing)

    async def _commit(self) -> None:
        try:
            if await _said(self._raw.execute("COMMIT", timeout=PATIENCE)) != "COMMIT":
                # A statement had failed, and nothing since could do anything.
                raise Error("25P02", "the transaction was rolled back")
        except Refused as refused:
            if refused.why is not Why.AWAY:
                raise
            self._drop()
            # Whether it was done before the connection was lost, only the server knows.
            if await self._outcome(self._transaction) != "committed":
                raise

    async def _outcome(self, transaction: str) -> str:
        """Ask how a transaction ended: https://www.postgresql.org/docs/current/functions-info.html.

        Raises Refused where the server is not back in time to say, or cannot know.
        """
        until, began_on = time.monotonic() + TAKING_OVER, self._started
        outcome = None
        while outcome not in ("committed", "aborted"):
            if time.monotonic() > until:
                raise Refused(Why.UNKNOWN)
            try:
                raw = await self.raw()
                asked = raw.fetchval(f"SELECT pg_xact_status('{int(transaction)}'::xid8)")
                outcome = await _said(asked)
            except Refused:
                outcome = None
            except Error as error:
                if error.code != "22023":  # the transaction is in the future
                    raise
                # The server crashed before it had written anything of it down.
                outcome = "aborted"
            if outcome not in ("committed", "aborted"):  # away, or still in progress
                await asyncio.sleep(0.1)
        # A server that crashed gives such a number again: to another's transaction.
        if outcome == "committed" and self._started != began_on:
            raise Refused(Why.UNKNOWN)
        return outcome

    def abandon(self) -> None:
        """Roll back what is open before anything else is done; nobody waits for it."""
        self._clearing = asyncio.create_task(self._clear())

    async def _clear(self) -> None:
        if self._committing is not None:
            await asyncio.wait([self._committing])
            self._committing.exception()  # whoever committed has been told
            self._committing = None
        if self._raw is None or self._raw.is_closed():
            return
        try:
            await _said(self._raw.execute("ROLLBACK", timeout=CONNECTING))
        except (Refused, Error):
            self._drop()

    async def cleared(self) -> None:
        """Wait until what was abandoned is rolled back."""
        if self._clearing is not None:
            await asyncio.shield(self._clearing)
            self._clearing = None

    async def raw(self) -> Any:
        """Return the driver's connection, made again where it was lost; raises Refused."""
        if self._raw is None or self._raw.is_closed():
            await self._connect()
        return self._raw

    async def _connect(self) -> None:
        raw = await _said(_connected(self._url))
        try:
            started = await _said(raw.fetchval("SELECT pg_postmaster_start_time()"))
            if self.own is not None:
                await self._take_again(raw, self.own)
                await self.share(raw, self.own)
        except BaseException:
            raw.terminate()
            raise
        self._prepared.clear()
        self._raw = raw
        self._pid, self._started = raw.get_server_pid(), started

    async def _take_again(self, raw: Any, own: Shards) -> None:
        """Take the locks of our shards again, from our own lost connection if need be."""
        until = time.monotonic() + TAKING_OVER
        while (holder := await _take(raw, own)) is not None:
            if holder.pid == self._pid:
                # The server has not noticed that nobody is at the other end any more.
                await _said(raw.fetchval("SELECT pg_terminate_backend($1)", self._pid))
            if time.monotonic() > until:
                raise Refused(Why.TAKEN)
            await asyncio.sleep(0.1)

    async def share(self, raw: Any, own: Shards) -> None:
        """Begin to get on with other processes, where there are any."""
        if own.is_all:
            return
        limit = f"SET idle_in_transaction_session_timeout = {STANDSTILL_MS}"
        await _said(raw.execute(limit))
        await _hear(raw, self.heard)
        raw.add_termination_listener(self._ended)

    def _ended(self, raw: Any) -> None:
        self.lost()

    def _drop(self) -> None:
        self._prepared.clear()
        if self._raw is not None:
            self._raw.terminate()

    async def close(self) -> None:
        """Close it; harmless when repeated."""
        await self.cleared()
        raw, self._raw = self._raw, None
        self._prepared.clear()
        if raw is not None and not raw.is_closed():
            try:
                await raw.close(timeout=CONNECTING)
            except (driver.PostgresError, driver.InterfaceError, OSError, TimeoutError):
                raw.terminate()


_RELEASE_ALL = "SELECT pg_advisory_unlock_all()"
_TRY_SCHEMA = f"SELECT pg_try_advisory_lock({_COHORT}, {_SCHEMA})"
_TRY_SHARDS = f"""
    SELECT pg_try_advisory_lock_shared({_COHORT}, {_SCHEMA})
    AND bool_and(pg_try_advisory_lock({_COHORT}, shard)) FROM unnest($1::int[]) AS shard
"""  # noqa: S608
_OTHERS = f"""
    SELECT pid, application_name AS name, objid::bigint AS lock, mode = 'ExclusiveLock' AS alone
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = {_COHORT} AND (objid = {_SCHEMA} OR objid >= {1 << _SHARD})
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Holder:
    """Another connection that has a lock."""

    pid: int
    name: str
    lock: int
    alone: bool

    @property
    def total(self) -> int:
        """How many shards it counts; 0 for the lock of the schema."""
        return self.lock >> _SHARD

    def hinders(self, own: Shards | None) -> bool:
        """Whether these shards cannot be had beside it, or with None the schema."""
        if own is None:
            return True
        if not self.total:
            return self.alone
        return self.total != own.total or self.lock in _locks(own)


def _locks(own: Shards) -> list[int]:
    return [own.total << _SHARD | shard for shard in own.own]


async def _take(raw: Any, own: Shards | None) -> _Holder | None:
    """Take the locks of these shards, or with None the schema's; returns who hinders that.

    Then it has none of them. Of two that count differently, the one that looks later sees the
    other, since both take their locks before they look.
    """
    while True:
        if own is None:
            taken = await _said(raw.fetchval(_TRY_SCHEMA))
        else:
            taken = await _said(raw.fetchval(_TRY_SHARDS, _locks(own)))
        others = [_Holder(*one) for one in await _said(raw.fetch(_OTHERS))]
        hinders = [one for one in others if one.hinders(own)] if own or not taken else []
        if taken and not hinders:
            return None
        await _said(raw.execute(_RELEASE_ALL))
        if hinders:
            return hinders[0]


async def _connected(url: URL) -> Any:
    named = f"cohort, process {os.getpid()} on {socket.gethostname()}"[:63]
    raw = await driver.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False),
        timeout=CONNECTING,
        server_settings={"application_name": named},
    )
    try:
        # Not as the connection's first words, of which PgBouncer knows few and refuses the others.
        await raw.execute(_SETTINGS, timeout=CONNECTING)
    except BaseException:
        raw.terminate()
        raise
    return raw


_SETTINGS = f"""
    SET lock_timeout = {LOCK_TIMEOUT_MS}; SET client_min_messages = warning;
    -- It compiles for longer than any of our statements runs.
    SET jit = off;
    SET tcp_keepalives_idle = {KEEPALIVE["idle"]};
    SET tcp_keepalives_interval = {KEEPALIVE["interval"]};
    SET tcp_keepalives_count = {KEEPALIVE["count"]}
"""


async def _hear(raw: Any, heard: Callable[[int, datetime], None]) -> None:
    """Call ``heard`` with each server and instant that another process wakes its process for."""

    def notified(connection: Any, pid: int, channel: str, told: str) -> None:
        guild_id, _, at = told.partition(" ")
        heard(int(guild_id), datetime.fromisoformat(at))

    await _said(raw.add_listener(_DUE, notified))


class Session:
    """One transaction on a connection. It begins with its first statement."""

    dialect = DIALECT

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._begun = False
        self._turn = asyncio.Lock()

    async def execute(self, statement: Executable | Filled, parameters: Parameters = None) -> Rows:
        """Run a statement, for each of several sets of parameters, and return its rows.

        Raises Refused for a reason that passes, otherwise Error.
        """
        ready = _STATEMENTS.ready(statement, parameters)
        async with self._turn:  # a connection does one thing at a time
            if not self._begun:
                self._begun = True
                await self._connection.begin()
            found, count, names = await self._connection.run(ready)
        return Rows(_STATEMENTS.shape(ready.compiled, names), found, count)

    async def commit(self) -> None:
        """Commit, where anything was done."""
        if self._begun:
            await self._connection.commit()

    def abandon(self) -> None:
        """Roll back what is open before the connection does anything else."""
        if self._begun:
            self._connection.abandon()


class Database:
    """A PostgreSQL database."""

    path = None
    readers = READERS

    def __init__(self, url: URL) -> None:
        self._url = url
        self._writer = Connection(url, writing=True)
        self._all_readers: list[Connection] = []
        self._idle: list[Connection] = []
        self._version = "PostgreSQL"

    @property
    def name(self) -> str:
        """The database's address, without the password."""
        url = self._url
        port = f":{url.port}" if url.port else ""
        host = url.host or url.query.get("host", "localhost")
        return f"postgresql://{url.username or ''}@{host}{port}/{url.database or ''}"

    @property
    def version(self) -> str:
        """The server's version, for people."""
        return self._version

    async def open(self, *, upgrade: bool, own: Shards | None) -> str | None:
        """Bring the schema up to date, keep the writer's connection, return the revision before."""
        if driver is None:
            raise StartupError(
                "PostgreSQL needs asyncpg, which is not installed: "
                'pip install "cohort-bot[postgresql]"'
            )
        try:
            raw = await self._writer.raw()
            await self._check_server(raw)
            found = present = await _revision(raw)
            if not upgrade:
                migrations.check(present, self.name)
            if present != migrations.HEAD:
                await self._wait_for(raw, None)
                present = await _revision(raw)  # another may have brought it up to date meanwhile
                if present is None:
                    await _said(_create(raw))
                elif present != migrations.HEAD:
                    migrations.check_known(present, self.name)
                    await _said(_migrate(self._url))
                await _said(raw.execute(_RELEASE_ALL))
            if own is not None:
                await self._wait_for(raw, own)
                migrations.check(await _revision(raw), self.name)  # nobody changes it from now on
                await self._writer.share(raw, own)
                self._writer.own = own
            return found
        except (Refused, Error) as error:
            raise StartupError(self._advice(error)) from error
        except DBAPIError as error:
            raise StartupError(f"{self.name} cannot be brought up to date: {error.orig}") from error

    async def _check_server(self, raw: Any) -> None:
        said: str = await _said(raw.fetchval("SHOW server_version"))
        self._version = f"PostgreSQL {said.partition(' ')[0]}"
        if raw.get_server_version().major < OLDEST:
            raise StartupError(
                f"{self.name} is {self._version}, and Cohort needs {OLDEST} or newer."
            )
        encoding = await _said(raw.fetchval("SHOW server_encoding"))
        if encoding != "UTF8":
            raise StartupError(
                f"{self.name} holds text as {encoding}, which not all that people write fits into. "
                "Make one with: createdb --encoding=UTF8 --template=template0 cohort"
            )

    async def _wait_for(self, raw: Any, own: Shards | None) -> None:
        """Take the locks of these shards once nobody has them.

        With None it is the schema's, until it is had or somebody else has changed the schema.
        """
        until, told = time.monotonic() + HANDING_OVER, False
        while (holder := await _take(raw, own)) is not None:
            if own is None and await _revision(raw) == migrations.HEAD:
                return
            if time.monotonic() > until:
                raise StartupError(self._in_use(holder, own))
            if not told and time.monotonic() > until - HANDING_OVER + TAKING_OVER:
                told = True
                log.warning("waiting for another Cohort to end", which=holder.name)
            await asyncio.sleep(0.1)

    def _in_use(self, holder: _Holder, own: Shards | None) -> str:
        """Say who has what this process needs, and what to do."""
        used = f"{self.name} is in use by another Cohort ({holder.name})"
        if own is None:
            return (
                f"{used}, and this version has to change its tables. Stop every process that runs "
                "on it, then start them with this version."
            )
        if holder.total not in (0, own.total):
            return (
                f"{used}, with COHORT_SHARDS={holder.total}, and this one has {own.total}. All "
                "need the same number: to change it, stop them all, then start them with the new "
                "one. Nothing is lost."
            )
        if own.is_all:
            return (
                f"{used}. Two on one database would send things twice: stop that one first, or "
                "give this one a COHORT_DATABASE_URL of its own."
            )
        return (
            f"{used}, which has one of the shards {own}. Stop that one first, or give this one "
            "other COHORT_SHARD_IDS."
        )

    def _advice(self, error: Refused | Error) -> str:
        """Say why the database cannot be used, and what to do."""
        cause = error.__cause__ if isinstance(error, Refused) else error
        code = cause.code if isinstance(cause, Error) else ""
        if code.startswith("28"):
            return (
                f"{self.name} does not accept this user or password ({cause}). Correct "
                "COHORT_DATABASE_URL."
            )
        if code == "3D000":
            return f"{self.name} does not exist. Make it: createdb --encoding=UTF8 …"
        if code == "42501":
            return f"{self.name} does not let me make tables ({cause}). Make this user its owner."
        if code == "42P07":
            return (
                f"{self.name} holds tables of something else ({cause}). Give Cohort one of its own."
            )
        if isinstance(error, Refused) and error.why is Why.AWAY:
            return f"{self.name} cannot be reached: {cause or error}. Is the server running?"
        return f"{self.name} cannot be used: {cause or error}"

    async def close(self) -> None:
        """Close every connection; the writer's takes the locks with it. Harmless when repeated."""
        readers, self._all_readers, self._idle = self._all_readers, [], []
        for connection in (*readers, self._writer):
            await connection.close()
        self._writer.own = None

    def on_woken(self, heard: Callable[[int, datetime], None], lost: Callable[[], None]) -> None:
        """Call ``heard`` when another process puts a deadline, with its server and instant.

        ``lost`` is called where that may go unheard from now on, until something is written.
        """
        self._writer.heard, self._writer.lost = heard, lost

    @asynccontextmanager
    async def identifying(self, turn: int) -> AsyncGenerator[None]:
        """Wait for a turn to identify, and hold it; one process at a time holds each turn.

        Raises Refused.
        """
        raw = await _said(_connected(self._url))
        try:
            await _said(raw.execute("SET lock_timeout = 0"))
            await _said(raw.execute(f"SELECT pg_advisory_lock({_COHORT}, {_IDENTIFY + turn})"))
            yield
        finally:
            raw.terminate()

    def write(self) -> Session:
        """Return a transaction that writes."""
        return Session(self._writer)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Session]:
        """Read a consistent snapshot; a write inside it fails."""
        if self._idle:
            connection = self._idle.pop()
        else:
            connection = Connection(self._url, writing=False)
            self._all_readers.append(connection)
        session = Session(connection)
        try:
            yield session
        finally:
            if connection in self._all_readers:  # the database is not closed
                session.abandon()  # there is nothing to commit, and so nothing to wait for
                self._idle.append(connection)

    async def whole(self, work: Work[T], *, writes: bool) -> T:
        """Run a whole transaction."""
        if not writes:
            async with self.read() as reading:
                return await work(reading)
        session = self.write()
        try:
            result = await work(session)
            await session.commit()
        except BaseException:
            session.abandon()
            raise
        return result

    async def wake(self, session: AnySession, guild_id: int, at: datetime) -> None:
        """With the commit, wake the process that has this server: something is due ``at`` then."""
        await session.execute(_WAKE, {"told": f"{guild_id} {at.isoformat()}"})

    async def given(self, session: AnySession) -> dict[str, int]:
        """Return the last id that each table gave to a row of its own, by the table's name."""
        found = await session.execute(
            text(
                "SELECT sequencename, last_value FROM pg_sequences "
                "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
            )
        )
        return {name.removesuffix("_id_seq"): last for name, last in found}

    async def give_after(self, session: AnySession, given: Mapping[str, int]) -> None:
        """Make each table give ids after these."""
        give = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
        for name, last in given.items():
            await session.execute(give, {"name": name, "last": last})


async def _revision(raw: Any) -> str | None:
    """Return the revision that a database is at, or None for one that holds nothing of ours."""
    if await _said(raw.fetchval("SELECT to_regclass('alembic_version') IS NULL")):
        return None
    return await _said(raw.fetchval("SELECT version_num FROM alembic_version"))


def tables() -> str:
    """Return the statements that make every table, and note the revision as Alembic does."""
    made: list[str] = []

    def add(statement: Any, *_: Any) -> None:
        made.append(str(statement.compile(dialect=DIALECT)).strip())

    metadata.create_all(MockConnection(DIALECT, add), checkfirst=False)
    made.append(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    made.append(f"INSERT INTO alembic_version VALUES ('{migrations.HEAD}')")  # noqa: S608
    return ";\n".join(made)


async def _create(raw: Any) -> None:
    # Several statements that are sent as one are one transaction.
    await raw.execute(tables(), timeout=PATIENCE)


async def _migrate(url: URL) -> None:
    """Run the migrations, all in one transaction; they take as long as they take."""
    registry.register("postgresql.cohort", "data.postgresql", "MigratingDialect")
    engine = create_async_engine(url.set(drivername="postgresql+cohort"), hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrations.run)
    finally:
        await engine.dispose()
