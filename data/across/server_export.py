"""Everything that one server has in the store, as JSON and CSV in a zip."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, or_, select

from data.repository import in_turns
from data.schema import metadata
from data.session import Session
from data.types import Secret

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""


async def server(connection: Session, guild_id: int) -> bytes:
    """Return a zip of one CSV for each table and ``cohort.json``, with this server's rows alone.

    Instants are written in ISO 8601, UTC. Each table is written once it is read, in a thread, so
    that there is never much of it at once, and nobody has to wait meanwhile.
    """
    archive = Archive()
    for table in metadata.sorted_tables:
        condition = rows_of_server(table, guild_id)
        if condition is None:
            continue
        told = [column for column in table.columns if not isinstance(column.type, Secret)]
        raw = (
            select(*(column.label(column.name) for column in told))
            .where(condition)
            .order_by(*table.primary_key.columns)
        )
        rows = await in_turns(map(_plain, await connection.execute(raw)))
        names = [column.name for column in told]
        await asyncio.to_thread(archive.add, table.name, names, rows)
    return await asyncio.to_thread(archive.whole)


class Archive:
    """A zip of tables while it is written."""

    def __init__(self) -> None:
        self._written = io.BytesIO()
        self._zip = zipfile.ZipFile(self._written, "w", zipfile.ZIP_DEFLATED)
        self._tables: list[str] = []

    def add(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add a table, whose rows are of values that JSON knows."""
        with self._writing(f"{name}.csv") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([_cell(value) for value in row] for row in rows)
        lines = (
            json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in rows
        )
        self._tables.append(f'"{name}": [\n ' + ",\n ".join(lines) + "\n]")

    def whole(self) -> bytes:
        """Add the tables as one JSON object, and return the zip."""
        with self._zip, self._writing("cohort.json") as file:
            file.write("{\n" + ",\n".join(self._tables) + "\n}\n")
        return self._written.getvalue()

    def _writing(self, name: str) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._zip.open(name, "w"), "utf-8", newline="")


def rows_of_server(table: Table, guild_id: int) -> ColumnElement[bool] | None:
    """Return the condition for a server's rows: by their own column, a parent's, or a child's."""
    owned = owned_by(table, guild_id)
    if owned is not None:
        return owned
    children = [
        table.c.id.in_(select(key.parent).where(other.c.guild_id == guild_id))
        for other in metadata.tables.values()
        for key in other.foreign_keys
        if key.column.table is table and "guild_id" in other.c
    ]
    return or_(*children) if children else None


def owned_by(table: Table, guild_id: int) -> ColumnElement[bool] | None:
    """Return the condition for one server's rows; None for tables that servers share."""
    if "guild_id" in table.c:
        return table.c.guild_id == guild_id
    # A parent that must be there first: one that may be missing would lose the rows without it.
    for key in sorted(table.foreign_keys, key=lambda one: bool(one.parent.nullable)):
        if key.column.table is table:
            continue
        parents = owned_by(key.column.table, guild_id)
        if parents is not None:
            return key.parent.in_(select(key.column).where(parents))
    return None


def plain(value: Any) -> Any:
    """Return a value that JSON knows."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple):
        return [plain(item) for item in cast("tuple[Any, ...]", value)]
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else str(value)


def _plain(row: Row[Any]) -> tuple[Any, ...]:
    return tuple(map(plain, row))


def _cell(cell: Any) -> Any:
    """Return a plain value for a CSV, such that no spreadsheet takes it for a formula."""
    if isinstance(cell, list):
        cell = json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        # As OWASP advises: spreadsheets take the apostrophe for “this is text” and do not show it.
        return "'" + cell
    return cell
