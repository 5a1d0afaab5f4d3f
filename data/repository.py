"""What every repository does the same way: run a statement, and turn rows into records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Executable, Table, insert
from sqlalchemy.dialects import sqlite

from data.session import Row, Session

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

R = TypeVar("R")

AT_A_TIME = 100
"""How many rows are read before other tasks get a turn."""


class Repository:
    """A set of statements on one connection, inside one transaction."""

    def __init__(self, connection: Session) -> None:
        self._connection = connection

    async def _run(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        """Execute, once for each set of parameters, and return how many rows were touched."""
        return (await self._connection.execute(statement, parameters)).rowcount

    async def _first(self, record: Callable[..., R], statement: Executable) -> R | None:
        """Return the first row as a record, or None."""
        rows = await self._connection.execute(statement)
        row = rows.first()
        # By name and not by place: a column that a migration adds at the end must not end up in
        # another field.
        return None if row is None else record(**dict(zip(rows.names, row, strict=True)))

    async def _all(self, record: Callable[..., R], statement: Executable, **given: Any) -> list[R]:
        """Return every row as a record; ``given`` are the statement's parameters, if any."""
        rows = await self._connection.execute(statement, given or None)
        names = rows.names
        return await each(lambda row: record(**dict(zip(names, row, strict=True))), rows)

    async def _value(self, statement: Executable) -> Any:
        """Return the first column of the first row, or None."""
        return (await self._connection.execute(statement)).scalar()

    async def _values(self, statement: Executable) -> list[Any]:
        """Return the first column of every row."""
        return (await self._connection.execute(statement)).scalars()

    async def _insert(self, table: Table, **values: Any) -> int:
        """Insert one row and return its id."""
        # RETURNING and not lastrowid: PostgreSQL has no such thing, and one way serves both.
        return (await self._connection.execute(_insertion(table), values)).scalar()

    def _upsert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an insert that knows ``on_conflict_do_update`` on the database in use."""
        return _insert_on(self._connection.dialect.name, table)

    async def _put(self, table: Table, *, key: tuple[str, ...], **values: Any) -> None:
        """Insert one row, or overwrite the row that has the same key."""
        await self._put_all(table, key, [values])

    async def _put_all(
        self, table: Table, key: tuple[str, ...], rows: Sequence[dict[str, Any]]
    ) -> None:
        """Insert rows, all with the same columns, or overwrite those that have the same keys."""
        if rows:
            dialect = self._connection.dialect.name
            statement = _replacement(table, key, tuple(rows[0]), dialect)
            await self._run(statement, rows)


async def each(record: Callable[[Row], R], rows: Iterable[Row]) -> list[R]:
    """Return what ``record`` makes of each row; other tasks get a turn in between."""
    made: list[R] = []
    for count, row in enumerate(rows, 1):
        made.append(record(row))
        if count % AT_A_TIME == 0:
            # Where this runs on the event loop, ten thousand rows in one go would hold up every
            # button for longer than people notice.
            await asyncio.sleep(0)
    return made


# Building a statement costs more than running it: those of the same shape are built once.


@cache
def _insertion(table: Table) -> Executable:
    """Return the statement that adds a row and returns its id; the values are its parameters."""
    return insert(table).returning(table.c.id)


def _insert_on(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # some megabytes that SQLite has no use for

    return postgresql.insert(table)


@cache
def _replacement(
    table: Table, key: tuple[str, ...], names: tuple[str, ...], dialect: str
) -> Executable:
    """Return the statement that adds a row, or overwrites the one that has the same key."""
    statement = _insert_on(dialect, table)
    columns = [table.c[name] for name in key]
    changed = {name: statement.excluded[name] for name in names if name not in key}
    if changed:
        return statement.on_conflict_do_update(index_elements=columns, set_=changed)
    return statement.on_conflict_do_nothing(index_elements=columns)
