"""What Discord does not let the bot do in this server, and which tags a forum lacks."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.base.errors import Conflict, InvalidInput
from bot.ui.permissions import Missing, missing_in, missing_in_server, title
from data.states import ProjectState


def missing_permissions(guild: discord.Guild, channel_ids: Iterable[int]) -> list[Missing]:
    """Return every permission that is missing, by channel, with what it is for."""
    return missing_in_channels(guild, channel_ids) + missing_in_server(guild.me)


def missing_in_channels(guild: discord.Guild, channel_ids: Iterable[int]) -> list[Missing]:
    """Return what is missing in these channels alone."""
    found: list[Missing] = []
    for channel_id in channel_ids:
        channel = guild.get_channel(channel_id)
        if channel is None:
            found.append(
                Missing("view_channel", f"<#{channel_id}>", "it is hidden from me, or was deleted")
            )
        else:
            found += missing_in(channel, guild.me)
    return found


def missing_tags(guild: discord.Guild, boards_channel_id: int | None) -> list[str]:
    """Return the states of projects that the boards' forum has no tag for, and we may not make."""
    forum = guild.get_channel(boards_channel_id or 0)
    if not isinstance(forum, discord.ForumChannel):
        return []
    if forum.permissions_for(guild.me).manage_channels:
        return []
    there = {tag.name.casefold() for tag in forum.available_tags}
    return [str(state) for state in ProjectState if str(state) not in there]


POSTING = ("view_channel", "send_messages", "embed_links")
"""Without these a group can't be shown at all; others that are missing are named, and can wait."""

USABLE_SHOWN = 25
"""Discord's limit for the options of a menu."""


def check_home(
    guild: discord.Guild, channel_id: int, *, in_thread: bool = False
) -> discord.TextChannel:
    """Return the text channel in which a group can live.

    Raises InvalidInput for a thread, or a channel of another kind, and Conflict where the bot
    cannot post, naming each permission that it lacks.
    """
    channel = guild.get_channel(channel_id)
    if isinstance(channel, discord.ForumChannel):
        kind = "a media channel" if channel.is_media() else "a forum"
        raise InvalidInput(
            f"{channel.mention} is {kind}, and a group lives in a text channel, where its prompts "
            "and meetings are posted. Use this in a text channel, or give one with `channel:`."
        )
    if in_thread:
        raise InvalidInput(
            f"This is a thread, and a group lives in a whole text channel. Give "
            f"`channel:`, for example <#{channel_id}>."
        )
    if isinstance(channel, discord.VoiceChannel | discord.StageChannel | discord.CategoryChannel):
        kind = {
            discord.ChannelType.voice: "a voice channel",
            discord.ChannelType.stage_voice: "a stage",
        }.get(channel.type, "a category")
        raise InvalidInput(
            f"{channel.mention} is {kind}, and a group lives in a text channel. Use this in one, "
            "or give one with `channel:`."
        )
    if not isinstance(channel, discord.TextChannel):
        raise InvalidInput(
            f"I cannot see <#{channel_id}>. Let me see it (View Channel), or give another text "
            "channel with `channel:`."
        )
    missing = missing_in(channel, guild.me, POSTING)
    if missing:
        needed = "\n".join(f"• {one}" for one in missing)
        raise Conflict(
            f"I cannot post in {channel.mention}, so a group there would hear nothing of me. "
            f"Allow me, in that channel's settings:\n{needed}\nThen send this again, or choose "
            "another channel."
        )
    return channel


def check_boards(forum: discord.ForumChannel | discord.TextChannel | None) -> None:
    """Raise InvalidInput for a media channel, which Discord offers wherever a forum may be given.

    Each post there needs a picture or a video, and a board's first message is a card.
    """
    if isinstance(forum, discord.ForumChannel) and forum.is_media():
        raise InvalidInput(
            f"{forum.mention} is a media channel, and boards open as threads of a forum or of a "
            "text channel. Give one of those with `boards:`."
        )


def usable_channels(
    guild: discord.Guild, *, forums: bool = False
) -> list[discord.TextChannel | discord.ForumChannel]:
    """Return the channels in which the bot can post, as Discord lists them."""
    wanted: list[discord.TextChannel | discord.ForumChannel] = [*guild.text_channels]
    if forums:
        wanted += [one for one in guild.forums if not one.is_media()]
    return [
        channel
        for channel in sorted(wanted, key=lambda one: one.position)
        if not _cannot_post(channel, guild.me)
    ]


def unusable_channels(guild: discord.Guild) -> list[str]:
    """Say of each text channel in which the bot cannot post what is missing there."""
    return [
        f"{channel.mention}: {', '.join(title(one.permission) for one in missing)}"
        for channel in guild.text_channels
        if (missing := _cannot_post(channel, guild.me))
    ]


def _cannot_post(
    channel: discord.TextChannel | discord.ForumChannel, me: discord.Member
) -> list[Missing]:
    needed = POSTING[:2] if isinstance(channel, discord.ForumChannel) else POSTING
    return missing_in(channel, me, needed)
