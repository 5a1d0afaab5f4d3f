"""Reaching organisers: by their role where Discord lets me ping it, else by name."""

from __future__ import annotations

import discord
from msgspec import Struct

from bot.client import CohortBot
from bot.ui import theme

MOST_NAMED = 5
"""How many people are named where the role cannot be pinged; each takes a request to Discord."""


class Organisers(Struct, frozen=True):
    """Whom to ping: a role, or a few people."""

    role_id: int | None = None
    user_ids: tuple[int, ...] = ()

    @property
    def mention(self) -> str:
        """Return the mention of them all."""
        people = " ".join(map(theme.person, self.user_ids))
        return f"<@&{self.role_id}>" if self.role_id is not None else people

    @property
    def pings(self) -> discord.AllowedMentions:
        """Return what a message with the mention is allowed to ping."""
        roles = [] if self.role_id is None else [discord.Object(self.role_id)]
        users = [discord.Object(user_id) for user_id in self.user_ids]
        return discord.AllowedMentions(everyone=False, users=users, roles=roles)


def cannot_ping(guild: discord.Guild, role_id: int | None) -> bool:
    """Whether mentions of a role reach nobody: Discord then shows only its name."""
    role = guild.get_role(role_id or 0)
    return role is not None and not (
        role.mentionable or guild.me.guild_permissions.mention_everyone
    )


async def organisers(bot: CohortBot, guild_id: int, role_id: int | None) -> Organisers:
    """Return whom to ping for the organisers of a server, whose role may be ``role_id``.

    Where the role is gone or cannot be pinged, these are the people who made the server's groups
    and still organise, else its owner: without a privileged intent Discord does not say who else
    has a role.
    """
    guild = bot.get_guild(guild_id)
    if guild is None:
        return Organisers(role_id)
    if guild.get_role(role_id or 0) is not None and not cannot_ping(guild, role_id):
        return Organisers(role_id)
    groups = await bot.store.fetch(lambda tx: tx.groups.of_server(guild_id))
    made = dict.fromkeys(group.created_by for group in reversed(groups))
    found: list[int] = []
    for user_id in list(made)[:MOST_NAMED]:
        try:
            member = await bot.roster.find(guild, user_id)
        except discord.HTTPException:
            continue
        holds = member is not None and any(role.id == role_id for role in member.roles)
        if member is not None and (holds or member.guild_permissions.manage_guild):
            found.append(user_id)
    if not found and guild.owner_id:
        found = [guild.owner_id]
    return Organisers(None, tuple(found))
