"""The condition for rows of the servers that are a process's own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, literal_column

from bot.base.shards import AT, Shards


def of_shards(shards: Shards, guild_id: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for rows of these shards' servers; none where that is all of them.

    Numbers are written out: PostgreSQL knows no ``bigint >> bigint``, which values would make.
    """
    if shards.is_all:
        return ()
    shard = guild_id.bitwise_rshift(_written(AT)) % _written(shards.total)
    return (shard.in_([_written(one) for one in shards.own]),)


def _written(number: int) -> ColumnElement[Any]:
    return literal_column(str(number), Integer)
