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
from functools import cached_property
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import StartupError, StoreUnavailable
from data import export, migrations, sqlite
from data.boards import Boards
from data.cards import PUBLISH, PUBLISH_AFTER, Cards
from data.checkins import Checkins
from data.claims import Claims
from data.coffees import Coffees
from data.commitments import Commitments
from data.deadlines import Deadlines
from data.deliveries import Deliveries
from data.departures import Departures
from data.drafts import Drafts
from data.feeds import Feeds
from data.gatherings import Gatherings
from data.history import History
from data.introductions import Introductions
from data.join_requests import JoinRequests
from data.linked_work import LinkedWork
from data.nominations import Nominations
from data.notes import Notes
from data.papers import Papers
from data.people import People
from data.personal import Personal
from data.pods import Pods
from data.polls import Polls
from data.portfolio import Portfolios
from data.programmes import Programmes
from data.project_deadlines import ProjectDeadlines
from data.project_log import ProjectLog
from data.reading import Reading
from data.reading_lists import ReadingLists
from data.results import Results
from data.rsvps import Rsvps
from data.server import Groups, Servers
from data.sleep_votes import SleepVotes
from data.states import CardKind
from data.subjects import Subjects
from data.tasks import Tasks
from data.troubles import Troubles
from data.watches import Watches
from data.whereabouts import WhereaboutsOf

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


class Transaction:
    """Everything read or written between one BEGIN and its COMMIT, by repository."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def expect_card(
        self, kind: CardKind, subject_id: int, *, guild_id: int, channel_id: int, now: datetime
    ) -> None:
        """Have a subject's card posted in a while, should whoever makes the subject not live to.

        Goes where the subject is written; the card that is posted takes it back.
        """
        await self.deadlines.put(
            PUBLISH + kind,
            subject_id,
            now + PUBLISH_AFTER,
            guild_id=guild_id,
            occurrence=channel_id,
        )

    @cached_property
    def servers(self) -> Servers:
        """The Discord servers and their settings."""
        return Servers(self.connection)

    @cached_property
    def whereabouts(self) -> WhereaboutsOf:
        """What an interaction needs to know first."""
        return WhereaboutsOf(self.connection)

    @cached_property
    def groups(self) -> Groups:
        """The study groups and their members."""
        return Groups(self.connection)

    @cached_property
    def people(self) -> People:
        """What people said of themselves."""
        return People(self.connection)

    @cached_property
    def introductions(self) -> Introductions:
        """Who asked to be introduced to whom."""
        return Introductions(self.connection)

    @cached_property
    def pods(self) -> Pods:
        """The small circles inside groups."""
        return Pods(self.connection)

    @cached_property
    def coffees(self) -> Coffees:
        """Pair meetings: who wants them, and who met whom."""
        return Coffees(self.connection)

    @cached_property
    def portfolios(self) -> Portfolios:
        """What somebody did, with its evidence."""
        return Portfolios(self.connection)

    @cached_property
    def personal(self) -> Personal:
        """All that is somebody's, in every table."""
        return Personal(self.connection)

    @cached_property
    def checkins(self) -> Checkins:
        """Schedules, rounds and check-ins."""
        return Checkins(self.connection)

    @cached_property
    def commitments(self) -> Commitments:
        """What people said they would do."""
        return Commitments(self.connection)

    @cached_property
    def history(self) -> History:
        """What became of rounds."""
        return History(self.connection)

    @cached_property
    def reading(self) -> Reading:
        """Meetings and the series they belong to."""
        return Reading(self.connection)

    @cached_property
    def reading_lists(self) -> ReadingLists:
        """What groups read in order, and how far they are."""
        return ReadingLists(self.connection)

    @cached_property
    def programmes(self) -> Programmes:
        """Cohorts that go through a reading list, in stages."""
        return Programmes(self.connection)

    @cached_property
    def drafts(self) -> Drafts:
        """What somebody has looked at and not yet decided."""
        return Drafts(self.connection)

    @cached_property
    def rsvps(self) -> Rsvps:
        """The answers to meetings."""
        return Rsvps(self.connection)

    @cached_property
    def gatherings(self) -> Gatherings:
        """What happens around a meeting: who was there, questions, turns at leading."""
        return Gatherings(self.connection)

    @cached_property
    def feeds(self) -> Feeds:
        """Addresses of calendar feeds."""
        return Feeds(self.connection)

    @cached_property
    def nominations(self) -> Nominations:
        """What could be read next, and who is for it."""
        return Nominations(self.connection)

    @cached_property
    def polls(self) -> Polls:
        """Times to choose from, and whom they suit."""
        return Polls(self.connection)

    @cached_property
    def boards(self) -> Boards:
        """Projects and the people in them."""
        return Boards(self.connection)

    @cached_property
    def tasks(self) -> Tasks:
        """The tasks of projects."""
        return Tasks(self.connection)

    @cached_property
    def linked_work(self) -> LinkedWork:
        """Which commitment is which task."""
        return LinkedWork(self.connection)

    @cached_property
    def watches(self) -> Watches:
        """The links that are watched for change."""
        return Watches(self.connection)

    @cached_property
    def sleep_votes(self) -> SleepVotes:
        """Votes on letting a project sleep."""
        return SleepVotes(self.connection)

    @cached_property
    def project_log(self) -> ProjectLog:
        """What projects' people write in their logs, and the links that belong to projects."""
        return ProjectLog(self.connection)

    @cached_property
    def join_requests(self) -> JoinRequests:
        """Who asked to join a project."""
        return JoinRequests(self.connection)

    @cached_property
    def claims(self) -> Claims:
        """What papers claim."""
        return Claims(self.connection)

    @cached_property
    def results(self) -> Results:
        """What people found, and what others say of it."""
        return Results(self.connection)

    @cached_property
    def project_deadlines(self) -> ProjectDeadlines:
        """The dates that projects work towards."""
        return ProjectDeadlines(self.connection)

    @cached_property
    def papers(self) -> Papers:
        """The papers, and what is known of them."""
        return Papers(self.connection)

    @cached_property
    def deadlines(self) -> Deadlines:
        """What falls due, and when."""
        return Deadlines(self.connection)

    @cached_property
    def cards(self) -> Cards:
        """Where the live messages stand."""
        return Cards(self.connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        """The record of what had to arrive."""
        return Deliveries(self.connection)

    @cached_property
    def subjects(self) -> Subjects:
        """What the subjects of deadlines are called."""
        return Subjects(self.connection)

    @cached_property
    def troubles(self) -> Troubles:
        """What is wrong, and whether organisers were told."""
        return Troubles(self.connection)

    @cached_property
    def departures(self) -> Departures:
        """Whole servers, to be erased."""
        return Departures(self.connection)

    @cached_property
    def notes(self) -> Notes:
        """What the process remembers of itself."""
        return Notes(self.connection)


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

    async def open(self, *, upgrade: bool = True) -> None:
        """Bring the schema up to date and be ready for use.

        Without ``upgrade`` nothing is changed. Raises StartupError when the file cannot be used,
        is damaged, is newer than this code, or is older and may not be upgraded.
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
                await migrations.upgrade(self._writer, self.path)
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
