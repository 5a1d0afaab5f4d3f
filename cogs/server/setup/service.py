"""A server's settings."""

from __future__ import annotations

from typing import Any

from bot.base import when
from bot.base.clock import Clock
from bot.base.errors import NotAllowed
from bot.place import Place
from data.server.groups import Server
from data.store import Store


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

    async def channels_in_use(self, server: Server) -> list[int]:
        """Return the channels that the server's groups and settings name, each once."""
        async with self.store.read() as tx:
            return await tx.groups.channels(server.guild_id)
