"""Moves everything from one database to another, whichever they are, and compares both.

The source is read in one snapshot and the target is written in one transaction, so that what fails
leaves both as they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, MetaData, Table, insert, literal, select, tuple_
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.base.errors import StartupError, StoreUnavailable
from data.rows import Row
from data.schema import metadata
from data.session import Session
from data.store import Store

AT_ONCE = 5000
"""Rows that are read and written in one go: a few megabytes."""


class Copied(Struct, frozen=True):
    """How many tables and rows there are in both databases now."""

    tables: int
    rows: int


async def copy(source: Store, target: Store, tell: Callable[[str], None]) -> Copied:
    """Copy every row of ``source`` into ``target``, which holds none, and compare both.

    Both are open. ``tell`` is told of each table. Raises StartupError, with nothing written,
    where the target is not empty, a row does not fit into it, or what arrived differs.
    """
    tables = [_as_stored(table) for table in metadata.sorted_tables]
    rows = 0
    try:
        async with source.read() as old, target.transaction() as new:
            for table in tables:
                if (await new.connection.execute(select(table).limit(1))).first() is not None:
                    raise StartupError(
                        f"{target.name} is not empty: {table.name} has rows. Copy into a new "
                        "database; I overwrite nothing."
                    )
            for table in tables:
                try:
                    async for batch in _batches(old.connection, table):
                        names = [column.name for column in table.columns]
                        values = [dict(zip(names, row, strict=True)) for row in batch]
                        await new.connection.execute(insert(table), values)
                except StoreUnavailable:
                    raise
                except Exception as error:
                    raise StartupError(
                        f"{table.name} does not fit into {target.name}: {error}. Nothing was "
                        "copied."
                    ) from error
            await target.give_after(new.connection, await source.given(old.connection))
            for table in tables:
                was, is_ = await _sum(old.connection, table), await _sum(new.connection, table)
                if was != is_:
                    differ = ", ".join(
                        name for name in was.columns if was.columns[name] != is_.columns[name]
                    )
                    raise StartupError(
                        f"{table.name} arrived differently ({was.rows} rows and {is_.rows}; "
                        f"{differ or 'no column'} differs). Nothing was copied."
                    )
                rows += was.rows
                tell(f"{table.name}: {was.rows}")
    except StoreUnavailable as error:
        cause = error.__cause__ or error
        raise StartupError(f"The copy was given up, and nothing was copied: {cause}") from error
    return Copied(len(tables), rows)


class _Sum(Struct, frozen=True):
    """How many rows a table has, and a digest of each column, in the order of the keys."""

    rows: int
    columns: Mapping[str, str]


async def _sum(session: Session, table: Table) -> _Sum:
    names = [column.name for column in table.columns]
    digests = {name: hashlib.blake2b(digest_size=16) for name in names}
    rows = 0
    async for batch in _batches(session, table):
        rows += len(batch)
        for name, values in zip(names, zip(*batch, strict=True), strict=True):
            digests[name].update(repr(values).encode("utf-8", "surrogatepass"))
    return _Sum(rows, {name: digest.hexdigest() for name, digest in digests.items()})


async def _batches(session: Session, table: Table) -> AsyncGenerator[list[Row]]:
    """Yield a table's rows in the order of its key, ``AT_ONCE`` rows at a time."""
    key = list(table.primary_key.columns)
    places = [table.columns.keys().index(column.name) for column in key]
    rows = select(table).order_by(*key).limit(AT_ONCE)
    batch = (await session.execute(rows)).all()
    while batch:
        yield batch
        last = [literal(batch[-1][at], column.type) for at, column in zip(places, key, strict=True)]
        batch = (await session.execute(rows.where(tuple_(*key) > tuple_(*last)))).all()


_ANY = DefaultDialect()


def _as_stored(table: Table) -> Table:
    """Return a table whose values are as the database has them: numbers and texts."""
    columns = [
        Column(column.name, _stored(column.type), primary_key=column.primary_key)
        for column in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    while isinstance(kind, TypeDecorator):
        kind = kind.load_dialect_impl(_ANY)
    return kind
