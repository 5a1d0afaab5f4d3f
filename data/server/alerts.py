"""What is wrong in a server, since when, and whether its organisers were told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, select, update

from data.repository import Repository
from data.server.schema import troubles


class Trouble(Struct, frozen=True):
    """One thing that is wrong; ``name`` tells it from others, ``text`` says it in a line."""

    guild_id: int
    name: str
    text: str
    since: datetime
    told_at: datetime | None


class Troubles(Repository):
    """The rows of troubles; one that is mended has none."""

    async def of_server(self, guild_id: int) -> list[Trouble]:
        """Return what is wrong in a server, the oldest first."""
        return await self._all(
            Trouble,
            lambda: (
                select(troubles)
                .where(troubles.c.guild_id == guild_id)
                .order_by(troubles.c.since, troubles.c.name)
            ),
        )

    async def of_servers(self, guild_ids: Sequence[int]) -> list[Trouble]:
        """Return what is wrong in servers."""
        return await self._all(Trouble, select(troubles).where(troubles.c.guild_id.in_(guild_ids)))

    async def compare(self, guild_id: int, found: Mapping[str, str], now: datetime) -> None:
        """Note what is wrong now, by name: fixed troubles go, others keep their time."""
        known = {one.name: one for one in await self.of_server(guild_id)}
        mended = [name for name in known if name not in found]
        if mended:
            await self._run(
                delete(troubles).where(troubles.c.guild_id == guild_id, troubles.c.name.in_(mended))
            )
        for name, text in found.items():
            if name not in known:
                await self._put(
                    troubles,
                    key=("guild_id", "name"),
                    guild_id=guild_id,
                    name=name,
                    text=text,
                    since=now,
                    told_at=None,
                )

    async def told(self, guild_id: int, names: Collection[str], now: datetime) -> None:
        """Note that the organisers were told of these."""
        await self._run(
            lambda: (
                update(troubles)
                .where(troubles.c.guild_id == guild_id, troubles.c.name.in_(names))
                .values(told_at=now)
            )
        )
