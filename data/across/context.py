"""What every interaction needs to know first, in one statement."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import BindParameter, and_, literal, select

from data.people.schema import profiles
from data.repository import Repository
from data.server.groups import Group
from data.server.schema import groups, servers
from data.statements import Prepared, given


class Whereabouts(Struct, frozen=True):
    """A server's zone and organiser role, a person's own zone, and the group of a channel."""

    server_timezone: str | None
    organiser_role_id: int | None
    own_timezone: str | None
    here: Group | None


_GUILD: BindParameter[int] = given("guild_id")
# Built once: this is asked at every command, and building it takes longer than SQLite's answer.
_ASK = Prepared(
    select(servers.c.timezone, servers.c.organiser_role_id, profiles.c.timezone, *groups.c)
    .select_from(select(literal(1)).subquery("always"))
    .outerjoin(servers, servers.c.guild_id == _GUILD)
    .outerjoin(
        profiles,
        and_(profiles.c.guild_id == _GUILD, profiles.c.user_id == given("user_id")),
    )
    .outerjoin(
        groups,
        and_(
            groups.c.guild_id == _GUILD,
            groups.c.channel_id == given("channel_id"),
            groups.c.archived_at.is_(None),
        ),
    ),
    ("guild_id", "channel_id", "user_id"),
)


class Contexts(Repository):
    """Asks where somebody is."""

    async def get(self, guild_id: int, channel_id: int, user_id: int) -> Whereabouts:
        """Return what is known of a person in a channel of a server."""
        found = await self._rows(_ASK.filled(guild_id, channel_id, user_id))
        row: list[Any] = list(found.one())
        group = row[3:]
        return Whereabouts(row[0], row[1], row[2], Group(*group) if group[0] else None)
