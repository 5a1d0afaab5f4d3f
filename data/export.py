"""Everything that one server has in the store, as JSON and CSV in a zip."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from data.schema import metadata
from data.schema.types import Secret

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""


async def server(connection: AsyncConnection, guild_id: int) -> bytes:
    """Return a zip of ``cohort.json`` and one CSV for each table, with this server's rows alone.

    Instants are written in ISO 8601, UTC.
    """
    tables: dict[str, tuple[list[str], list[Sequence[Any]]]] = {}
    for table in metadata.sorted_tables:
        condition = of_server(table, guild_id)
        if condition is None:
            continue
        told = [column for column in table.columns if not isinstance(column.type, Secret)]
        raw = select(*(column.label(column.name) for column in told)).where(condition)
        rows = (await connection.execute(raw)).all()
        names = [column.name for column in told]
        tables[table.name] = (names, [tuple(row) for row in rows])
    return _zip(tables)


def of_server(table: Table, guild_id: int) -> ColumnElement[bool] | None:
    """Return what holds for a server's rows: by their own column, a parent's, or a child's."""
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
    """Return what holds for the rows that are one server's alone; None where rows are shared."""
    if "guild_id" in table.c:
        return table.c.guild_id == guild_id
    for key in sorted(table.foreign_keys, key=lambda one: bool(one.parent.nullable)):
        if key.column.table is table:
            continue
        parents = owned_by(key.column.table, guild_id)
        if parents is not None:
            return key.parent.in_(select(key.column).where(parents))
    return None


def _zip(tables: dict[str, tuple[list[str], list[Sequence[Any]]]]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = {
            name: [dict(zip(columns, map(plain, row), strict=True)) for row in rows]
            for name, (columns, rows) in tables.items()
        }
        archive.writestr("cohort.json", json.dumps(whole, indent=1, ensure_ascii=False))
        for name, (columns, rows) in tables.items():
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow(columns)
            writer.writerows([_cell(value) for value in row] for row in rows)
            archive.writestr(f"{name}.csv", text.getvalue())
    return written.getvalue()


def plain(value: Any) -> Any:
    """Return a value that JSON knows."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple):
        return [plain(item) for item in cast("tuple[Any, ...]", value)]
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else str(value)


def _cell(value: Any) -> Any:
    """Return a value for a CSV that no spreadsheet takes for a formula."""
    cell = plain(value)
    if isinstance(cell, list):
        cell = json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell
