"""What every repository does the same way: run a statement, and turn rows into records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import Executable, Table, insert, update
from sqlalchemy.dialects import sqlite

from data.rows import Rows
from data.session import Session
from data.statements import Filled, Prepared, filled, given

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

R = TypeVar("R")

Statement: TypeAlias = Executable | Filled | Callable[[], Executable]
"""A statement; as a lambda it is built once, see :func:`data.statements.filled`."""

AT_A_TIME = 100
"""How many rows are read before other tasks get a turn."""


class Repository:
    """A set of statements on one connection, inside one transaction."""

    def __init__(self, connection: Session) -> None:
        self._connection = connection

    async def _rows(
        self,
        statement: Statement,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> Rows:
        """Execute, once for each set of parameters, and return the rows."""
        if not isinstance(statement, Filled | Executable):
            statement = filled(statement)
        return await self._connection.execute(statement, parameters)

    async def _run(
        self,
        statement: Statement,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        """Execute, once for each set of parameters, and return how many rows were touched."""
        return (await self._rows(statement, parameters)).rowcount

    async def _first(self, record: Callable[..., R], statement: Statement) -> R | None:
        """Return the first row as a record, or None."""
        return next((await self._rows(statement)).records(record), None)

    async def _all(self, record: Callable[..., R], statement: Statement) -> list[R]:
        """Return every row as a record."""
        return await in_turns((await self._rows(statement)).records(record))

    async def _value(self, statement: Statement) -> Any:
        """Return the first column of the first row, or None."""
        return (await self._rows(statement)).scalar()

    async def _values(self, statement: Statement) -> list[Any]:
        """Return the first column of every row."""
        return (await self._rows(statement)).scalars()

    async def _insert(self, table: Table, **values: Any) -> int:
        """Insert one row and return its id."""
        # RETURNING and not lastrowid: PostgreSQL has no such thing, and one way serves both.
        filled = Filled(_insertion(table, tuple(values)), [tuple(values.values())])
        return (await self._connection.execute(filled)).scalar()

    async def _change(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> int:
        """Set columns of the rows that have these values; returns how many there were."""
        changed = _change(table, tuple(key), tuple(values))
        return await self._run(changed.filled(*key.values(), *values.values()))

    def _upsert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an insert that knows ``on_conflict_do_update`` on the database in use."""
        return insert_on(self._connection.dialect.name, table)

    async def _put(self, table: Table, *, key: tuple[str, ...], **values: Any) -> None:
        """Insert one row, or overwrite the row that has the same key."""
        await self._put_all(table, key, [values])

    async def _put_all(
        self, table: Table, key: tuple[str, ...], rows: Sequence[dict[str, Any]]
    ) -> None:
        """Insert rows, all with the same columns, or overwrite those that have the same keys."""
        if rows:
            names = tuple(rows[0])
            statement = _replacement(table, key, names, self._connection.dialect.name)
            await self._run(Filled(statement, [tuple(row[name] for name in names) for row in rows]))


async def in_turns(making: Iterable[R]) -> list[R]:
    """Return all that is made of rows; other tasks get a turn in between."""
    made: list[R] = []
    for one in making:
        made.append(one)
        if len(made) % AT_A_TIME == 0:
            # Where this runs on the event loop, ten thousand rows in one go would hold up every
            # button for longer than people notice.
            await asyncio.sleep(0)
    return made


# Building a statement costs more than running it: those of the same shape are built once.


@cache
def _insertion(table: Table, names: tuple[str, ...]) -> Prepared:
    """Return the statement that adds a row with these columns, and returns its id."""
    return Prepared(insert(table).values(_open(table, names)).returning(table.c.id), names)


@cache
def _change(table: Table, key: tuple[str, ...], names: tuple[str, ...]) -> Prepared:
    """Return the statement that sets these columns of the rows with these values."""
    theirs = [table.c[name] == given(f"key_{name}") for name in key]
    return Prepared(
        update(table).where(*theirs).values(_open(table, names)),
        (*(f"key_{name}" for name in key), *names),
    )


def _open(table: Table, names: tuple[str, ...]) -> dict[str, Any]:
    """Return a parameter for each of these columns."""
    return {name: given(name, table.c[name].type) for name in names}


def insert_on(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that knows ``on_conflict_do_update`` on a database."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # some megabytes that SQLite has no use for

    return postgresql.insert(table)


@cache
def _replacement(
    table: Table, key: tuple[str, ...], names: tuple[str, ...], dialect: str
) -> Prepared:
    """Return the statement that adds a row, or overwrites the one that has the same key."""
    statement = insert_on(dialect, table).values(_open(table, names))
    columns = [table.c[name] for name in key]
    changed = {name: statement.excluded[name] for name in names if name not in key}
    if changed:
        return Prepared(
            statement.on_conflict_do_update(index_elements=columns, set_=changed), names
        )
    return Prepared(statement.on_conflict_do_nothing(index_elements=columns), names)
