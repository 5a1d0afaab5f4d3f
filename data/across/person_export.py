"""Everything that the store holds of one person in one server, for their own copy of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from data.across.person_rows import PersonRows, rows_naming
from data.across.server_export import plain
from data.delivery.schema import deliveries
from data.people.schema import pod_wishes
from data.schema import metadata

UNTOLD = frozenset({pod_wishes.name})
"""Tables left out of a person's export: they say as much about somebody else."""


class PersonExport(PersonRows):
    """Reads a person's rows from every table."""

    async def everything(self, guild_id: int, user_id: int) -> Mapping[str, Sequence[Any]]:
        """Return all rows of this server that are somebody's or name them, by table, for JSON."""
        found: dict[str, Sequence[Any]] = {}
        for table in metadata.sorted_tables:
            condition = rows_naming(table, guild_id, user_id)
            if condition is None or table.name in UNTOLD:
                continue
            rows = await self._all(_row, select(table).where(condition))
            if rows:
                found[table.name] = rows
        about = await self.delivery_keys(guild_id, user_id)
        if about:
            statement = select(deliveries).where(deliveries.c.key.in_(about))
            found[deliveries.name] = await self._all(_row, statement)
        return found


def _row(**values: Any) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}
