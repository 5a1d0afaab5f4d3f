"""Servers as the bot may read them, and channels."""

from __future__ import annotations

from . import payloads
from .errors import DiscordError, invalid_body
from .models import Channel, ChannelKind, Json, MessageKind, Permission, Tag, Thread
from .routing import Call, not_archived, route
from .world import World


@route("GET", "/guilds/{guild_id}")
def guild(call: Call) -> Json:
    return payloads.guild(call.guild())


@route("GET", "/guilds/{guild_id}/channels")
def guild_channels(call: Call) -> list[Json]:
    visible = [c for c in call.guild().channels.values() if call.world.bot_sees(c)]
    return [payloads.channel(call.world, channel) for channel in visible]


@route("GET", "/guilds/{guild_id}/roles")
def guild_roles(call: Call) -> list[Json]:
    return [payloads.role(role) for role in call.guild().roles.values()]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def guild_member(call: Call) -> Json:
    member = call.guild().members.get(call.user().id)
    if member is None:
        raise DiscordError(10007)
    return payloads.member(member)


@route("GET", "/channels/{channel_id}")
def channel(call: Call) -> Json:
    return payloads.channel(call.world, call.channel())


@route("DELETE", "/channels/{channel_id}")
def delete_channel(call: Call) -> Json:
    channel = call.channel()
    if channel.guild is not None:
        threads = isinstance(channel, Thread)
        call.channel(Permission.MANAGE_THREADS if threads else Permission.MANAGE_CHANNELS)
        call.world.delete_channel(channel)
    return payloads.channel(call.world, channel)


@route("PATCH", "/channels/{channel_id}")
def edit_channel(call: Call) -> Json:
    channel = call.channel()
    if isinstance(channel, Thread):
        _edit_thread(call, channel)
    else:
        call.channel(Permission.MANAGE_CHANNELS)
        _edit_guild_channel(call.world, channel, call.body)
    return payloads.channel(call.world, channel)


@route("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> None:
    call.channel(Permission.SEND_MESSAGES)


def _edit_thread(call: Call, thread: Thread) -> None:
    """Change a thread: its owner may do most, a moderator everything.

    An archived one has to be unarchived by the same request, or before.
    """
    body, world = call.body, call.world
    moderates = Permission.MANAGE_THREADS in world.bot_permissions(thread)
    if not moderates and (thread.owner is not world.bot or body.get("locked") is not None):
        raise DiscordError(50013)
    if body.get("archived") is not False:
        not_archived(thread)
    elif thread.locked and not moderates:
        raise DiscordError(160005)
    fields = {name: body[name] for name in ("archived", "locked", "invitable") if name in body}
    if "auto_archive_duration" in body:
        fields["auto_archive_minutes"] = body["auto_archive_duration"]
    if "applied_tags" in body:
        assert thread.parent is not None
        fields["applied_tags"] = known_tags(thread.parent, body["applied_tags"])
    renamed = body.get("name") not in (None, thread.name)
    if renamed:
        fields["name"] = body["name"]
    world.update_thread(thread, **fields)
    if renamed:
        world.post(thread, world.bot, thread.name, kind=MessageKind.NAME_CHANGED)


def _edit_guild_channel(world: World, channel: Channel, body: Json) -> None:
    tags = channel.tags
    if "available_tags" in body:
        if channel.kind is not ChannelKind.FORUM:
            raise DiscordError(50024)
        tags = [
            Tag(int(tag.get("id") or world.new_id()), tag["name"], bool(tag.get("moderated")))
            for tag in body["available_tags"]
        ]
        if len({tag.name for tag in tags}) < len(tags):
            raise invalid_body("available_tags", says="Tag names must be unique")
    name, topic = body.get("name", channel.name), body.get("topic", channel.topic)
    world.update_channel(channel, name=name, topic=topic, tags=tags)


def known_tags(forum: Channel, wanted: list[str | int] | None) -> list[int]:
    """Return the ids of a forum's tags, refusing those that it does not have."""
    tags = [int(tag) for tag in wanted or []]
    if any(tag not in {t.id for t in forum.tags} for tag in tags):
        raise DiscordError(10087)
    if forum.requires_tag and not tags:
        raise DiscordError(40067)
    return tags
