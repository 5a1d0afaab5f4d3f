"""Erasing a whole server that removed the bot, from every table there is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, or_, select

from data.across.server_export import owned_by
from data.repository import Repository
from data.schema import metadata


class ServerErasure(Repository):
    """Statements over every table; a new one is covered the day it is made."""

    async def erase(self, guild_id: int) -> int:
        """Delete every row of a server; returns how many there were.

        A row that several servers use, such as a paper's, goes when this was the only one.
        """
        used = {
            table: await self._values(select(table.c.id).where(_used_by(table, guild_id)))
            for table in shared_tables()
        }
        rows = 0
        for table in reversed(metadata.sorted_tables):
            condition = owned_by(table, guild_id)
            if condition is not None:
                rows += await self._run(delete(table).where(condition))
        for table, ids in used.items():
            unused = [
                table.c.id.not_in(select(key).where(key.is_not(None))) for key in _keys_to(table)
            ]
            for start in range(0, len(ids), 500):
                some = table.c.id.in_(ids[start : start + 500])
                rows += await self._run(delete(table).where(some, *unused))
        return rows


def shared_tables() -> list[Table]:
    """Return the tables whose rows belong to whichever servers point at them."""
    return [
        table for table in metadata.sorted_tables if owned_by(table, 0) is None and _keys_to(table)
    ]


def _used_by(table: Table, guild_id: int) -> ColumnElement[bool]:
    """Return the condition for the rows of a shared table that a server points at."""
    pointing: list[ColumnElement[bool]] = []
    for key in _keys_to(table):
        theirs = owned_by(key.table, guild_id)
        if theirs is not None:
            pointing.append(table.c.id.in_(select(key).where(theirs)))
    return or_(*pointing)


def _keys_to(table: Table) -> list[Column[Any]]:
    """Return the columns of other tables that point at this one."""
    return [
        key.parent
        for other in metadata.sorted_tables
        for key in other.foreign_keys
        if key.column.table is table and other is not table
    ]
