"""Erasing a whole server that removed the bot, from every table there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, exists, select

from data.across.row_keys import PART, rows_with
from data.across.server_export import owned_by
from data.delivery.kinds import DeadlineKind
from data.delivery.schema import deadlines
from data.repository import Repository
from data.schema import metadata
from data.server.schema import servers
from data.states import DeadlineState


class ServerErasure(Repository):
    """Statements over every table; a new one is covered the day it is made.

    Nobody else can write during a transaction, so a server is erased a part at a time. Its own row
    goes first and the deadline of its erasure last: one without the other was interrupted.
    """

    async def begun(self, guild_ids: Sequence[int]) -> set[int]:
        """Return those of these servers of which a part is erased already, and a part is not."""
        unknown = set(guild_ids) - set(
            await self._values(select(servers.c.guild_id).where(servers.c.guild_id.in_(guild_ids)))
        )
        if not unknown:
            return set()
        waiting = select(deadlines.c.subject_id).where(
            deadlines.c.kind == DeadlineKind.SERVER_ERASE,
            deadlines.c.subject_id.in_(unknown),
            deadlines.c.state.in_([DeadlineState.PENDING, DeadlineState.SENDING]),
        )
        return set(await self._values(waiting))

    async def erase_part(self, guild_id: int, name: str) -> int:
        """Delete some of a server's rows of a table; returns how many, fewer than PART at the end.

        A row that several servers use, such as a paper's, goes with the last that points at it.
        """
        table = metadata.tables[name]
        owned = owned_by(table, guild_id)
        assert owned is not None  # noqa: S101 - the tables of a server are those that have it
        if table is deadlines:
            owned &= deadlines.c.kind != DeadlineKind.SERVER_ERASE
        key = list(table.primary_key.columns)
        to = [one for one in table.foreign_keys if one.column.table in shared_tables()]
        columns = [*key, *(one.parent.label(f"to_{n}") for n, one in enumerate(to))]
        rows = list(await self._connection.execute(select(*columns).where(owned).limit(PART)))
        if not rows:
            return 0
        keys = [tuple(row[: len(key)]) for row in rows]
        erased = await self._run(delete(table).where(rows_with(table, keys)))
        for number, one in enumerate(to, len(key)):
            used = {row[number] for row in rows} - {None}
            if used:
                erased += await self._erase_unused(one.column.table, used)
        return erased

    async def erase_last(self, guild_id: int) -> None:
        """Delete the deadline of a server's erasure, which is over."""
        await self._run(
            delete(deadlines).where(
                deadlines.c.kind == DeadlineKind.SERVER_ERASE, deadlines.c.subject_id == guild_id
            )
        )

    async def _erase_unused(self, table: Table, ids: set[int]) -> int:
        """Delete those of these rows that no server points at."""
        unused = [~exists().where(key == table.c.id) for key in _keys_to(table)]
        return await self._run(delete(table).where(table.c.id.in_(ids), *unused))


def tables_of_a_server() -> list[str]:
    """Return the tables that hold a server's rows, in the order in which these are erased."""
    tables = reversed(metadata.sorted_tables)  # what refers to others before those
    owned = [table for table in tables if owned_by(table, 0) is not None]
    owned.sort(key=lambda table: (table is not servers, table is deadlines))
    return [table.name for table in owned]


def shared_tables() -> list[Table]:
    """Return the tables whose rows belong to whichever servers point at them."""
    return [
        table for table in metadata.sorted_tables if owned_by(table, 0) is None and _keys_to(table)
    ]


def _keys_to(table: Table) -> list[Column[Any]]:
    """Return the columns of other tables that point at this one."""
    return [
        key.parent
        for other in metadata.sorted_tables
        for key in other.foreign_keys
        if key.column.table is table and other is not table
    ]
