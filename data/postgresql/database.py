"""A PostgreSQL database: opened, brought up to date, written by one at a time, read by several.

Several processes can share a database, each with its own shards. The connection that writes holds
their locks, so that a process which lost them writes nothing until it has them again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.base.errors import StartupError
from bot.base.shards import Shards
from data import migrations
from data.database import Refused, Why, Work
from data.postgresql.connection import DUE, PATIENCE, TAKING_OVER, Connection, Session, connected
from data.postgresql.dialect import tables
from data.postgresql.errors import Error, driver, said
from data.postgresql.locks import COHORT, IDENTIFY, RELEASE_ALL, Holder, take
from data.session import Session as AnySession

T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)

READERS = 4
"""Connections kept for reading."""

HANDING_OVER = 60.0
"""Seconds that a start waits for the process whose place it takes, as in a rolling restart."""

OLDEST = 13
"""The oldest version that can be used: the first with ``pg_current_xact_id``."""

_WAKE = text(f"SELECT pg_notify('{DUE}', :told)")


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
                    await said(_create(raw))
                elif present != migrations.HEAD:
                    migrations.check_known(present, self.name)
                    await said(_migrate(self._url))
                await said(raw.execute(RELEASE_ALL))
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
        version: str = await said(raw.fetchval("SHOW server_version"))
        self._version = f"PostgreSQL {version.partition(' ')[0]}"
        if raw.get_server_version().major < OLDEST:
            raise StartupError(
                f"{self.name} is {self._version}, and Cohort needs {OLDEST} or newer."
            )
        encoding = await said(raw.fetchval("SHOW server_encoding"))
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
        while (holder := await take(raw, own)) is not None:
            if own is None and await _revision(raw) == migrations.HEAD:
                return
            if time.monotonic() > until:
                raise StartupError(self._in_use(holder, own))
            if not told and time.monotonic() > until - HANDING_OVER + TAKING_OVER:
                told = True
                log.warning("waiting for another Cohort to end", which=holder.name)
            await asyncio.sleep(0.1)

    def _in_use(self, holder: Holder, own: Shards | None) -> str:
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
        raw = await said(connected(self._url))
        try:
            await said(raw.execute("SET lock_timeout = 0"))
            await said(raw.execute(f"SELECT pg_advisory_lock({COHORT}, {IDENTIFY + turn})"))
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
    if await said(raw.fetchval("SELECT to_regclass('alembic_version') IS NULL")):
        return None
    return await said(raw.fetchval("SELECT version_num FROM alembic_version"))


async def _create(raw: Any) -> None:
    # Several statements that are sent as one are one transaction.
    await raw.execute(tables(), timeout=PATIENCE)


async def _migrate(url: URL) -> None:
    """Run the migrations, all in one transaction; they take as long as they take."""
    registry.register("postgresql.cohort", "data.postgresql.dialect", "MigratingDialect")
    engine = create_async_engine(url.set(drivername="postgresql+cohort"), hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrations.run)
    finally:
        await engine.dispose()
