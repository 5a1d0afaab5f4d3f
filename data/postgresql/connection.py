"""A connection, and one transaction on it.

asyncpg is driven directly: each statement is prepared once for each connection, and takes one
round trip. A transaction that writes holds an advisory lock until it ends, as SQLite's writer
does, so that the repositories can rely on the same: nobody else writes meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Executable
from sqlalchemy.engine import URL

from bot.base.shards import Shards
from data.database import Refused, Why
from data.postgresql.dialect import DIALECT
from data.postgresql.errors import Error, driver, said
from data.postgresql.locks import TAKE_WRITER, take
from data.rows import Rows
from data.statements import Filled, Parameters, Ready, Statements

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

STANDSTILL_MS = 10_000
"""How long a process may stand still in a transaction while others wait for it to write."""

KEEPALIVE = {"idle": 15, "interval": 5, "count": 3}
"""The seconds after which the server asks a silent machine, and how often, before it gives it up.

By Linux's own values a machine that vanishes would keep its locks for two hours."""

PREPARED = 500
"""How many statements stay prepared on one connection."""

_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# Not REPEATABLE READ: its snapshot would be of before the lock was had.
_BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"

DUE = "cohort_due"
"""The channel on which processes tell each other of what is due sooner than they know."""

_STATEMENTS = Statements(DIALECT)


class _Prepared(Struct, frozen=True):
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
            await said(raw.execute(_BEGIN_READING, timeout=PATIENCE))
            return
        await said(raw.execute(_BEGIN_WRITING, timeout=PATIENCE))
        self._transaction = await said((await self._prepare(TAKE_WRITER)).statement.fetchval())

    async def run(self, ready: Ready) -> tuple[Sequence[Sequence[Any]], int, tuple[str, ...]]:
        """Run a statement; returns its rows, how many it touched, and its columns' names."""
        try:
            return await said(self._run(ready), writing=self._writing)
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
            if await said(self._raw.execute("COMMIT", timeout=PATIENCE)) != "COMMIT":
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
                outcome = await said(asked)
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
            await said(self._raw.execute("ROLLBACK", timeout=CONNECTING))
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
        raw = await said(connected(self._url))
        try:
            started = await said(raw.fetchval("SELECT pg_postmaster_start_time()"))
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
        while (holder := await take(raw, own)) is not None:
            if holder.pid == self._pid:
                # The server has not noticed that nobody is at the other end any more.
                await said(raw.fetchval("SELECT pg_terminate_backend($1)", self._pid))
            if time.monotonic() > until:
                raise Refused(Why.TAKEN)
            await asyncio.sleep(0.1)

    async def share(self, raw: Any, own: Shards) -> None:
        """Begin to get on with other processes, where there are any."""
        if own.is_all:
            return
        limit = f"SET idle_in_transaction_session_timeout = {STANDSTILL_MS}"
        await said(raw.execute(limit))
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


async def connected(url: URL) -> Any:
    """Connect, and set the session up; returns the driver's connection."""
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

    await said(raw.add_listener(DUE, notified))


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
