"""The locks by which processes share a database: one writes at a time, and each has its shards.

They are advisory locks of a session, and go with the connection that holds them.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from bot.base.shards import Shards
from data.postgresql.errors import said

COHORT = 0x436F686F
"""What our advisory locks begin with: others may use the same database."""

_WRITER = 1
_SCHEMA = 2
"""The lock that whoever runs shares, and that whoever changes the tables has alone."""

IDENTIFY = 16
"""The first of the locks that are held while a shard identifies; there are as many as Discord lets
identify at once."""

_SHARD = 14
"""A shard's lock is its number, below the total of shards, which begins at this bit.

So the locks tell whether all processes count the same shards."""

TAKE_WRITER = f"SELECT pg_current_xact_id()::text FROM pg_advisory_xact_lock({COHORT}, {_WRITER})"  # noqa: S608

RELEASE_ALL = "SELECT pg_advisory_unlock_all()"
_TRY_SCHEMA = f"SELECT pg_try_advisory_lock({COHORT}, {_SCHEMA})"
_TRY_SHARDS = f"""
    SELECT pg_try_advisory_lock_shared({COHORT}, {_SCHEMA})
    AND bool_and(pg_try_advisory_lock({COHORT}, shard)) FROM unnest($1::int[]) AS shard
"""  # noqa: S608
_OTHERS = f"""
    SELECT pid, application_name AS name, objid::bigint AS lock, mode = 'ExclusiveLock' AS alone
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = {COHORT} AND (objid = {_SCHEMA} OR objid >= {1 << _SHARD})
"""  # noqa: S608


class Holder(Struct, frozen=True):
    """Another connection that has a lock."""

    pid: int
    name: str
    lock: int
    alone: bool

    @property
    def total(self) -> int:
        """How many shards it counts; 0 for the lock of the schema."""
        return self.lock >> _SHARD

    def hinders(self, own: Shards | None) -> bool:
        """Whether these shards cannot be had beside it, or with None the schema."""
        if own is None:
            return True
        if not self.total:
            return self.alone
        return self.total != own.total or self.lock in _locks(own)


def _locks(own: Shards) -> list[int]:
    return [own.total << _SHARD | shard for shard in own.own]


async def take(raw: Any, own: Shards | None) -> Holder | None:
    """Take the locks of these shards, or with None the schema's; returns who hinders that.

    Then it has none of them. Of two that count differently, the one that looks later sees the
    other, since both take their locks before they look.
    """
    while True:
        if own is None:
            taken = await said(raw.fetchval(_TRY_SCHEMA))
        else:
            taken = await said(raw.fetchval(_TRY_SHARDS, _locks(own)))
        others = [Holder(*one) for one in await said(raw.fetch(_OTHERS))]
        hinders = [one for one in others if one.hinders(own)] if own or not taken else []
        if taken and not hinders:
            return None
        await said(raw.execute(RELEASE_ALL))
        if hinders:
            return hinders[0]
