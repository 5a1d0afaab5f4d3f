"""What a server's settings look like as messages."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.ui import theme
from bot.ui.permissions import Missing
from data.server.groups import Server


def settings(
    server: Server, default_zone: str, missing: Sequence[Missing], untagged: Sequence[str] = ()
) -> discord.Embed:
    """Show a server's settings and what the bot is not allowed to do.

    ``untagged`` are the tags that the boards' forum lacks.
    """
    embed = discord.Embed(title="Cohort in this server", colour=theme.ACCENT)
    zone = server.timezone or f"{default_zone} (the bot's default)"
    embed.add_field(name="Time zone", value=zone)
    embed.add_field(
        name="Organisers",
        value=f"<@&{server.organiser_role_id}> and Manage Server"
        if server.organiser_role_id
        else "whoever has Manage Server",
    )
    embed.add_field(
        name="Announcements",
        value=f"<#{server.announcements_channel_id}>"
        if server.announcements_channel_id
        else "none: each group's own channel",
    )
    embed.add_field(
        name="Boards",
        value=f"<#{server.boards_channel_id}>"
        if server.boards_channel_id
        else "as threads in each group's channel",
    )
    if untagged:
        embed.add_field(
            name="Tags of the boards' forum",
            value="A board's post can show how far its project is. For that, make these tags in "
            f"the forum's settings: {', '.join(untagged)}.",
            inline=False,
        )
    if missing:
        embed.colour = theme.WARM
        embed.add_field(
            name="Missing permissions",
            value=theme.lines((f"• {entry}" for entry in missing), theme.FIELD_LIMIT),
            inline=False,
        )
    else:
        embed.add_field(
            name="Permissions", value="Everything that is needed is there.", inline=False
        )
    return embed
