"""Who is in a server: asked of Discord one by one, since nobody tells of those who leave."""

from __future__ import annotations

import discord

from bot.base.clock import Clock
from bot.discord_codes import Refusal, refusal
from data.store import Store


class Roster:
    """Looks people up in a server, and ends the memberships of those found to have left it.

    Discord announces departures only to bots with the privileged intent for members.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def find(self, guild: discord.Guild, user_id: int) -> discord.Member | None:
        """Return a member as Discord knows them now, or None for somebody who left.

        Raises discord.HTTPException when Discord cannot be asked.
        """
        try:
            # From Discord and not from the cache, which without the members' intent keeps nobody up
            # to date.
            return await guild.fetch_member(user_id)
        except discord.HTTPException as error:
            if not await self.has_left(guild.id, user_id, error):
                raise
        return None

    async def has_left(self, guild_id: int, user_id: int, error: discord.HTTPException) -> bool:
        """Whether a refusal says that somebody left; what they were a member of ends then."""
        if refusal(error) is not Refusal.LEFT:
            return False
        await self.leave(guild_id, user_id)
        return True

    async def leave(self, guild_id: int, user_id: int) -> None:
        """Take somebody out of the groups of a server that they left."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            groups = await tx.groups.of_person(guild_id, user_id)
            for group in groups:
                await tx.groups.remove_member(group.id, user_id, now)
                await tx.touch_group(group, now)
