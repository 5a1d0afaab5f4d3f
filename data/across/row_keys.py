"""Rows by their primary keys, many at a time: what is erased in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Table, and_, tuple_

PART = 500
"""Rows that are erased in one transaction, so that other writers need not wait long."""

LOOKED_UP = 20 * PART
"""How often an index may be looked into for that many rows."""

Key: TypeAlias = "tuple[Any, ...]"
"""A row's primary key."""


def rows_with(table: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    """Return the condition for the rows that have these keys.

    SQLite finds no index for several keys of more than one column, and reads the whole table
    (https://www.sqlite.org/rowvalue.html). So the columns are given one by one as well, as far as
    their combinations stay few.
    """
    columns = list(table.primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([key for (key,) in keys])
    narrowed: list[ColumnElement[bool]] = []
    combinations = 1
    for column, values in zip(columns, map(set[Any], zip(*keys, strict=True)), strict=True):
        combinations *= len(values)
        if combinations > LOOKED_UP:
            break
        narrowed.append(column.in_(values))
    return and_(*narrowed, tuple_(*columns).in_(keys))
