"""Threads, forum posts and who is in them."""

from __future__ import annotations

from . import payloads
from .errors import DiscordError, invalid_body
from .models import Channel, ChannelKind, Json, MessageFlag, MessageKind, Permission, Thread
from .routes_channels import known_tags
from .routes_messages import SENDABLE, may_write
from .routing import Answer, Call, not_archived, route
from .world import World

DAY = 1440


@route("POST", "/channels/{channel_id}/threads")
def create(call: Call) -> Answer:
    """Open a thread in a text channel, or a post in a forum."""
    channel = call.channel()
    if channel.kind is ChannelKind.FORUM:
        return Answer(201, _post(call, channel))
    if channel.kind is not ChannelKind.TEXT:
        raise DiscordError(50024)
    kind = ChannelKind(call.body.get("type") or ChannelKind.PRIVATE_THREAD)
    public = kind is ChannelKind.PUBLIC_THREAD
    call.channel(Permission.CREATE_PUBLIC_THREADS if public else Permission.CREATE_PRIVATE_THREADS)
    thread = call.world.create_thread(
        channel, call.body["name"], call.world.bot, kind=kind, auto_archive_minutes=_minutes(call)
    )
    return Answer(201, payloads.thread(call.world, thread))


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def create_on_message(call: Call) -> Answer:
    message = call.message(Permission.CREATE_PUBLIC_THREADS)
    if message.channel.kind is not ChannelKind.TEXT:
        raise DiscordError(50024)
    thread = call.world.create_thread(
        message.channel,
        call.body["name"],
        call.world.bot,
        start=message,
        auto_archive_minutes=_minutes(call),
    )
    return Answer(201, payloads.thread(call.world, thread))


@route("GET", "/guilds/{guild_id}/threads/active")
def active(call: Call) -> Json:
    world = call.world
    seen = [t for t in call.guild().threads.values() if not t.archived and world.bot_sees(t)]
    return _listed(world, seen)


@route("GET", "/channels/{channel_id}/threads/archived/public")
def archived_public(call: Call) -> Json:
    return _archived(call, ChannelKind.PUBLIC_THREAD)


@route("GET", "/channels/{channel_id}/threads/archived/private")
def archived_private(call: Call) -> Json:
    call.channel(Permission.MANAGE_THREADS)
    return _archived(call, ChannelKind.PRIVATE_THREAD)


@route("GET", "/channels/{channel_id}/thread-members")
def members(call: Call) -> list[Json]:
    thread = call.thread()
    return [payloads.thread_member(thread, user_id) for user_id in thread.members]


@route("GET", "/channels/{channel_id}/thread-members/{user_id}")
def member(call: Call) -> Json:
    thread = call.thread()
    if call.user().id not in thread.members:
        raise DiscordError(10007)
    return payloads.thread_member(thread, call.user().id)


@route("PUT", "/channels/{channel_id}/thread-members/@me")
def enter(call: Call) -> None:
    thread = call.thread()
    not_archived(thread)
    call.world.add_to_thread(thread, call.world.bot)


@route("DELETE", "/channels/{channel_id}/thread-members/@me")
def exit_(call: Call) -> None:
    thread = call.thread()
    not_archived(thread)
    call.world.remove_from_thread(thread, call.world.bot)


@route("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def add(call: Call) -> None:
    """Add somebody, who has to see the channel; the thread says so."""
    thread, user = call.thread(), call.user()
    not_archived(thread)
    assert thread.guild is not None
    if Permission.SEND_MESSAGES_IN_THREADS not in call.world.bot_permissions(thread):
        raise DiscordError(50013)
    if Permission.VIEW_CHANNEL not in thread.guild.permissions_of(user, thread):
        raise DiscordError(50001)
    if user.id not in thread.members:
        call.world.add_to_thread(thread, user)
        call.world.post(thread, call.world.bot, kind=MessageKind.MEMBER_ADDED)


@route("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
def remove(call: Call) -> None:
    thread = call.thread()
    not_archived(thread)
    call.channel(Permission.MANAGE_THREADS)
    call.world.remove_from_thread(thread, call.user())


def _post(call: Call, forum: Channel) -> Json:
    """Open a forum's post: a thread whose first message has its id."""
    world, body = call.world, call.body["message"]
    call.channel(Permission.SEND_MESSAGES)
    tags = known_tags(forum, call.body.get("applied_tags"))
    fields = world.message_fields(body, call.uploads)
    if not world.has_substance(fields):
        raise DiscordError(50006)
    thread = world.create_thread(
        forum,
        call.body["name"],
        world.bot,
        applied_tags=tags,
        auto_archive_minutes=_minutes(call),
    )
    may_write(world, thread, body, call.uploads)
    message = world.post(
        thread,
        world.bot,
        id=thread.id,
        flags=MessageFlag(body.get("flags") or 0) & SENDABLE,
        allowed=body.get("allowed_mentions"),
        **fields,
    )
    return payloads.thread(world, thread) | {"message": payloads.message(world, message)}


def _minutes(call: Call) -> int:
    minutes = call.body.get("auto_archive_duration") or 3 * DAY
    if minutes not in (60, DAY, 3 * DAY, 7 * DAY):
        raise invalid_body("auto_archive_duration", says="Value must be one of 60, 1440, …")
    return minutes


def _archived(call: Call, kind: ChannelKind) -> Json:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    assert channel.guild is not None
    threads = [
        thread
        for thread in channel.guild.threads.values()
        if thread.parent is channel and thread.archived and thread.kind is kind
    ]
    threads.sort(key=lambda thread: thread.archive_changed_at, reverse=True)
    return _listed(call.world, threads[: call.query("limit") or 50]) | {"has_more": False}


def _listed(world: World, threads: list[Thread]) -> Json:
    joined = [thread for thread in threads if world.bot.id in thread.members]
    return {
        "threads": [payloads.thread(world, thread) for thread in threads],
        "members": [payloads.thread_member(thread, world.bot.id) for thread in joined],
    }
