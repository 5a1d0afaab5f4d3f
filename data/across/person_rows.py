"""Which rows of the store are about one person in one server.

Told from the tables' metadata, so that a new table is covered the day it is made: every 64-bit
column that is not known to hold something else may hold a person's id. Their export and their
erasure both rest on this.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, select

from data.across.server_export import rows_of_server
from data.delivery.schema import deliveries
from data.repository import Repository
from data.types import BigInt

NOT_PEOPLE = re.compile(
    r"(guild|channel|message|thread|voice|event|role|subject)_id|offset|attempts"
)
"""The 64-bit columns that hold neither a person's id nor an instant."""


def person_columns(table: Table) -> list[Column[Any]]:
    """Return the columns of a table that may hold a person's id."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, BigInt) and not NOT_PEOPLE.search(column.name)
    ]


def rows_naming(table: Table, guild_id: int, user_id: int) -> ColumnElement[bool] | None:
    """Return the condition for a server's rows that name somebody; None where none can."""
    columns = person_columns(table)
    ours = rows_of_server(table, guild_id)
    if not columns or ours is None:
        return None
    return ours & or_(*(column == user_id for column in columns))


class PersonRows(Repository):
    """Rows about a person that no column tells, only a text."""

    async def delivery_keys(self, guild_id: int, user_id: int) -> list[str]:
        """Return the keys of the messages that were meant for somebody."""
        keys = await self._values(
            select(deliveries.c.key).where(
                deliveries.c.guild_id == guild_id, deliveries.c.key.contains(str(user_id))
            )
        )
        # LIKE finds the id inside a longer one, too.
        whole = re.compile(rf"(?<!\d){user_id}(?!\d)")
        return [key for key in keys if whole.search(key)]
