"""A server's settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot import when
from bot.clock import Clock
from bot.errors import NotAllowed
from bot.place import Place
from data.checkins import Round
from data.database import Store
from data.server import Group, GroupId, Server


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: the groups they are in, and the server's others."""

    own: list[Group]
    others: list[Group]
    rounds: dict[GroupId, Round]


class ServerService:
    """What organisers decide for the whole server, and what everybody may ask of it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def settings(self, guild_id: int) -> Server:
        """Return the server's settings."""
        async with self.store.read() as tx:
            return await tx.servers.get(guild_id)

    async def set_up(
        self,
        place: Place,
        *,
        timezone: str | None = None,
        organiser_role_id: int | None = None,
        announcements_channel_id: int | None = None,
        boards_channel_id: int | None = None,
    ) -> Server:
        """Save what is given and leave the rest.

        Raises NotAllowed without Manage Server, InvalidInput for an unknown zone.
        """
        if not place.manager:
            raise NotAllowed("Only people with Manage Server can set Cohort up.")
        given: dict[str, Any] = {
            "timezone": when.zone(timezone).key if timezone else None,
            "organiser_role_id": organiser_role_id,
            "announcements_channel_id": announcements_channel_id,
            "boards_channel_id": boards_channel_id,
        }
        settings = {name: value for name, value in given.items() if value is not None}
        async with self.store.transaction() as tx:
            return await tx.servers.save(place.guild_id, self.clock.now(), **settings)

    async def standing(self, place: Place) -> Standing:
        """Return the server's groups, those of the person apart."""
        async with self.store.read() as tx:
            own = await tx.groups.of_person(place.guild_id, place.user_id)
            everything = await tx.groups.of_server(place.guild_id)
            rounds = await tx.checkins.open_rounds(place.guild_id)
        own_ids = {group.id for group in own}
        others = [group for group in everything if group.id not in own_ids]
        return Standing(own, others, {one.group_id: one for one in rounds})

    async def channels_in_use(self, server: Server) -> list[int]:
        """Return the channels that the server's groups and settings name, each once."""
        async with self.store.read() as tx:
            groups = await tx.groups.of_server(server.guild_id)
        named = [server.announcements_channel_id, server.boards_channel_id]
        used = [group.channel_id for group in groups] + [one for one in named if one is not None]
        return list(dict.fromkeys(used))
