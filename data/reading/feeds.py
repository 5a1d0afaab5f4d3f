"""Addresses of calendar feeds: who follows what, and by which secret."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

from msgspec import Struct
from sqlalchemy import ColumnElement, delete, exists, select

from data.reading.schema import feeds
from data.repository import Repository
from data.server.groups import GroupId
from data.server.schema import members, servers

FeedId = NewType("FeedId", int)


class Feed(Struct, frozen=True):
    """What somebody follows from their calendar: a group, or with None all that they come to.

    Whoever has ``token`` can read it; a leaked token is replaced, never reused.
    """

    id: FeedId
    guild_id: int
    user_id: int
    group_id: GroupId | None
    token: str
    made_at: datetime


class Feeds(Repository):
    """The rows of feeds. A feed ends when its person leaves the group, or the bot the server."""

    async def by_token(self, token: str) -> Feed | None:
        """Return the feed that a secret opens; the secret is all we know of the caller."""
        return await self._first(Feed, lambda: select(feeds).where(feeds.c.token == token, _LASTS))

    async def of_person(self, guild_id: int, user_id: int, group_id: GroupId | None) -> Feed | None:
        """Return somebody's feed of a group, or with None of their own meetings."""
        return await self._first(
            Feed, select(feeds).where(_theirs(guild_id, user_id, group_id), _LASTS)
        )

    async def put(
        self, guild_id: int, user_id: int, group_id: GroupId | None, token: str, now: datetime
    ) -> None:
        """Give somebody a new secret for a feed; the old one stops working."""
        await self._run(delete(feeds).where(_theirs(guild_id, user_id, group_id)))
        await self._insert(
            feeds,
            guild_id=guild_id,
            user_id=user_id,
            group_id=group_id,
            token=token,
            made_at=now,
        )

    async def end(self, guild_id: int, user_id: int) -> int:
        """End every feed of somebody in a server; returns how many there were."""
        return await self._run(
            lambda: delete(feeds).where(feeds.c.guild_id == guild_id, feeds.c.user_id == user_id)
        )


_LASTS = ~exists().where(
    members.c.group_id == feeds.c.group_id,
    members.c.user_id == feeds.c.user_id,
    members.c.left_at >= feeds.c.made_at,
) & ~exists().where(servers.c.guild_id == feeds.c.guild_id, servers.c.left_at.is_not(None))


def _theirs(guild_id: int, user_id: int, group_id: GroupId | None) -> ColumnElement[bool]:
    mine = (feeds.c.guild_id == guild_id) & (feeds.c.user_id == user_id)
    return mine & (feeds.c.group_id.is_(None) if group_id is None else feeds.c.group_id == group_id)
