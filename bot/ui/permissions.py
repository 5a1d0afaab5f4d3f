"""What Cohort needs to be allowed, where, and what for."""

from __future__ import annotations

from collections.abc import Iterable

import discord
from msgspec import Struct

IN_CHANNEL: dict[str, str] = {
    "view_channel": "to see the channel",
    "send_messages": "to post cards, prompts and digests",
    "embed_links": "to show cards",
    "attach_files": "to send pictures and calendar files",
    "read_message_history": "to keep cards up to date",
    "add_reactions": "to offer ✅ ❔ ❌ under a meeting",
    "manage_messages": "to take off an earlier answer when somebody changes it",
    "pin_messages": "to pin a board's card",
    "create_public_threads": "to open a thread for a meeting or a project",
    "send_messages_in_threads": "to remind people in those threads",
    "manage_threads": "to keep an active board's thread open",
}
"""Permission → what for, in a channel where a group lives."""

FORUM = ("view_channel", "send_messages", "embed_links", "send_messages_in_threads",
         "read_message_history", "pin_messages", "manage_threads")  # fmt: skip
"""Permissions in a forum where boards live; Send Messages is what creates a post."""

POSTING = ("view_channel", "send_messages", "embed_links")
"""Without these a group can't be shown at all; others that are missing are named, and can wait."""

SERVER_WIDE: dict[str, str] = {
    # It covers changing and deleting one's own events; Manage Events is for those of others
    # (Discord's documentation, Topics → Permissions).
    "create_events": "to show meetings among the server's events, and to move and cancel those",
}

INVITE = discord.Permissions(**dict.fromkeys([*IN_CHANNEL, *SERVER_WIDE], True))
"""What the invitation asks for: no Administrator, nothing more than is used."""


class Missing(Struct, frozen=True):
    """One permission that is not there: Discord's name for it, where, and what it is for."""

    permission: str
    where: str
    purpose: str

    def __str__(self) -> str:
        return f"**{title(self.permission)}** in {self.where}: {self.purpose}"


def title(permission: str) -> str:
    """Return a permission as Discord's settings call it."""
    return {
        "send_messages_in_threads": "Send Messages in Threads",
        "manage_messages": "Manage Messages",
    }.get(permission, permission.replace("_", " ").title())


def missing_in(
    channel: discord.abc.GuildChannel, me: discord.Member, needed: Iterable[str] | None = None
) -> list[Missing]:
    """Return what is missing in one channel."""
    held = channel.permissions_for(me)
    if needed is None:
        needed = FORUM if isinstance(channel, discord.ForumChannel) else IN_CHANNEL
    return [
        Missing(name, channel.mention, IN_CHANNEL[name])
        for name in needed
        if not getattr(held, name)
    ]


def missing_in_server(me: discord.Member) -> list[Missing]:
    """Return what is missing for the server as a whole."""
    return [
        Missing(name, "the server", purpose)
        for name, purpose in SERVER_WIDE.items()
        if not getattr(me.guild_permissions, name)
    ]


def readers_know(guild: discord.Guild, channel_id: int, home_id: int) -> bool:
    """Whether all who read one channel may also read another: what lives there can be named here.

    False also where either channel is gone, since nobody can tell then.
    """
    here, home = guild.get_channel(channel_id), guild.get_channel(home_id)
    if here is None or home is None:
        return False
    people = [one for one in here.overwrites if isinstance(one, discord.Member) and not one.bot]
    roles = [one for one in guild.roles if not one.is_bot_managed()]
    return here == home or all(
        home.permissions_for(one).view_channel
        for one in (*roles, *people)
        if here.permissions_for(one).view_channel
    )
