"""Rows for every table, whatever tables there are: made from what the database says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from sqlalchemy import Column, MetaData, Table

from data.schema import metadata
from data.store import Store
from data.types import Choice, Flag, LocalDate, LocalTime, Strings
from tests.database import At, everything, opened

EPOCH = 1_760_000_000_000
"""An instant in 2025, as it is stored."""


def tables_of(at: At) -> list[Table]:
    """Return the tables that a database has, parents first."""
    reflected = MetaData()
    with opened(at) as connection:
        reflected.reflect(connection)
    return [table for table in reflected.sorted_tables if table.name != "alembic_version"]


def fill(at: At, *guild_ids: int, each: int = 2) -> None:
    """Put ``each`` rows of each of these servers into every table, each with its parents."""
    numbers = count(1000 + 1000 * sum(map(len, everything(at).values())))
    tables = tables_of(at)
    with opened(at) as connection:
        for guild_id in guild_ids:
            made: dict[str, list[dict[str, Any]]] = {}
            for table in tables:
                rows = made.setdefault(table.name, [])
                for index in range(1 if _one_for_each_server(table) else each):
                    rows.append(
                        {
                            column.name: _value(table, column, guild_id, index, numbers, made)
                            for column in table.columns
                        }
                    )
                connection.execute(table.insert(), rows)


def _one_for_each_server(table: Table) -> bool:
    return [column.name for column in table.primary_key] == ["guild_id"]


def _value(
    table: Table,
    column: Column[Any],
    guild_id: int,
    index: int,
    numbers: Iterator[int],
    made: dict[str, list[dict[str, Any]]],
) -> Any:
    """Return what a column takes: a parent's key, a value of its kind, a number of its own."""
    for key in column.foreign_keys:
        parents = made.get(key.column.table.name) or []
        if key.column.table is not table and parents:
            return parents[min(index, len(parents) - 1)][key.column.name]
        return None
    if column.name == "guild_id":
        return guild_id
    today = metadata.tables.get(table.name)
    kind = today.c[column.name].type if today is not None and column.name in today.c else None
    if isinstance(kind, Choice):
        members = tuple(kind.enum.__members__.values())
        return members[index % len(members)].value
    if isinstance(kind, LocalTime):
        return f"1{index % 10}:00"
    if isinstance(kind, LocalDate):
        return f"2026-01-0{index % 9 + 1}"
    if isinstance(kind, Strings):
        return f'["{column.name} {next(numbers)}"]'
    if isinstance(kind, Flag):
        return index % 2
    if "timezone" in column.name:
        return "Europe/London"
    if "INT" in str(column.type):  # BIGINT too
        return EPOCH + next(numbers) if column.name.endswith("_at") else next(numbers)
    if "REAL" in str(column.type) or "FLOAT" in str(column.type):
        return 1.5
    return f"{column.name} {next(numbers)}"


async def erase(store: Store, guild_id: int, user_id: int) -> None:
    """Erase somebody from a server's rows, a part at a time."""
    async with store.read() as tx:
        traces = await tx.person_erasure.find(guild_id, user_id)
    for part in traces.parts:
        async with store.transaction() as tx:
            await tx.person_erasure.erase(user_id, part)
