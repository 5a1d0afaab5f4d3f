"""A look at a test's database from outside, whichever it is: beside the bot, and synchronously."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from data.postgresql.database import Database
from data.postgresql.errors import Error, IntegrityError
from data.store import Store

At = Path | Store | str
"""A database: a file, a store, or an address."""

INTEGRITY = (sqlite3.IntegrityError, IntegrityError)
"""What is raised where a constraint forbids a row."""

READ_ONLY = (sqlite3.OperationalError, Error)
"""What is raised where something is written that may only be read."""


def address(at: At) -> URL:
    """Return where SQLAlchemy finds a database without an event loop."""
    if isinstance(at, Store):
        if isinstance(at._database, Database):
            return at._database._url.set(drivername="postgresql+psycopg")
        assert at.path is not None
        at = at.path
    if isinstance(at, Path):
        return URL.create("sqlite", database=str(at))
    kind, _, _ = (url := make_url(at)).drivername.partition("+")
    return url.set(drivername="sqlite" if kind == "sqlite" else "postgresql+psycopg")


def is_postgresql(at: At) -> bool:
    """Tell whether a database is one of PostgreSQL."""
    return address(at).drivername.startswith("postgresql")


def engine(at: At) -> Engine:
    """Return an engine that keeps no connection."""
    made = create_engine(address(at), poolclass=NullPool)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
    return made


@contextmanager
def opened(at: At, *, linked: bool = True) -> Generator[Connection]:
    """Yield a connection, in a transaction that is committed at the end.

    Not ``linked``, rows may lose their parents.
    """
    with engine(at).connect() as connection:
        if not linked and connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA foreign_keys = OFF"))
        elif not linked:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.commit()


def vanish(store: Store) -> None:
    """Close a store's connections as if its process had ended: only the server is told.

    SQLite's files have no server, and nothing has to be told.
    """
    if isinstance(store._database, Database):
        store._open = False
        for connection in (store._database._writer, *store._database._all_readers):
            connection._drop()


def rows(at: At, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with opened(at) as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def everything(at: At) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables, in the order of their keys."""
    with opened(at) as connection:
        return {name: _all(connection, name) for name in _names(connection)}


def broken(at: At) -> list[Any]:
    """Return what the database finds wrong: rows without their parents, and a damaged file."""
    if is_postgresql(at):
        return []  # it lets nobody make such a row, and damage cannot be made by a statement
    links = rows(at, "PRAGMA foreign_key_check")
    return [*links, *(row for row in rows(at, "PRAGMA integrity_check") if row != ("ok",))]


class Snapshot(Protocol):
    """The whole database at one moment, to be compared with, and put back as often as it takes."""

    def changed(self) -> list[str]:
        """Name the tables that are not what they were."""
        ...

    def restore(self) -> None:
        """Put the rows back, and the numbers that are given next."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def snapshot(at: At) -> Snapshot:
    """Keep the whole database as it is."""
    return PostgreSQLSnapshot(at) if is_postgresql(at) else SQLiteSnapshot(at)


class SQLiteSnapshot:
    """A copy of a file."""

    def __init__(self, at: At) -> None:
        self._live = sqlite3.connect(str(address(at).database))
        self._copy = sqlite3.connect(":memory:")
        self._live.backup(self._copy)
        self._before = self._dump(self._copy)
        self._version = self._written()

    def changed(self) -> list[str]:
        # Reading every row takes long, and most of what is refused writes nothing at all.
        version = self._written()
        if version == self._version:
            return []
        now = self._dump(self._live)
        differ = [name for name, was in self._before.items() if now[name] != was]
        if not differ:
            self._version = version
        return differ

    def restore(self) -> None:
        if self.changed():
            self._copy.backup(self._live)
            self._version = self._written()

    def close(self) -> None:
        self._live.close()
        self._copy.close()

    def _written(self) -> int:
        """Return a number that changes with each commit of another connection."""
        return self._live.execute("PRAGMA data_version").fetchone()[0]

    @staticmethod
    def _dump(of: sqlite3.Connection) -> dict[str, list[Any]]:
        names = of.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: of.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}  # noqa: S608


class PostgreSQLSnapshot:
    """All rows of a database of PostgreSQL."""

    def __init__(self, at: At) -> None:
        self._engine = create_engine(address(at))
        self._live = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._live.execute(text("SET session_replication_role = replica"))  # no links meanwhile
        names = _names(self._live)
        self._rows = {name: _all(self._live, name) for name in names}
        # One statement for all tables: most of what is refused writes nothing, and reading every
        # row here would take longer than the refusal.
        asked = " UNION ALL ".join(
            f"SELECT '{name}', count(*), sum(hashtextextended(t::text, 0)) FROM \"{name}\" t"  # noqa: S608
            for name in names
        )
        self._asked = text(asked.replace("::", r"\:\:"))
        self._before = self._sums()
        self._numbers = self._last_numbers()

    def changed(self) -> list[str]:
        return sorted(name for name, *_ in self._before - self._sums())

    def restore(self) -> None:
        for name in self.changed():
            self._live.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608
            if rows := self._rows[name]:
                table = Table(name, MetaData(), *map(Column, rows[0]))
                self._live.execute(table.insert(), rows)
        for (name, last), (_, was) in zip(self._last_numbers(), self._numbers, strict=True):
            if last != was:
                given = {"name": name, "last": was or 1, "called": was is not None}
                self._live.execute(text("SELECT setval(:name, :last, :called)"), given)

    def close(self) -> None:
        self._live.close()
        self._engine.dispose()

    def _sums(self) -> set[tuple[Any, ...]]:
        """Return how many rows each table has, and a sum of what is in them."""
        return {tuple(row) for row in self._live.execute(self._asked)}

    def _last_numbers(self) -> list[tuple[str, int | None]]:
        asked = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
        return [(name, last) for name, last in self._live.execute(text(asked))]


def _names(connection: Connection) -> list[str]:
    known = inspect(connection).get_table_names()
    return sorted(set(known) - {"alembic_version", "sqlite_sequence"})


def _all(connection: Connection, name: str) -> list[dict[str, Any]]:
    found = connection.execute(text(f'SELECT * FROM "{name}"')).mappings().all()  # noqa: S608
    return sorted(map(dict, found), key=lambda row: [str(value) for value in row.values()])
