"""Messages and pins."""

from __future__ import annotations

from datetime import datetime

from . import components as parts
from . import payloads
from .errors import DiscordError, invalid_body
from .models import (
    Channel,
    ChannelKind,
    Intent,
    Json,
    Message,
    MessageFlag,
    MessageKind,
    Permission,
    Thread,
    Upload,
)
from .routing import Call, not_archived, route
from .world import World

LARGEST_UPLOAD = 10 * 1024 * 1024
SENDABLE = (
    MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2
)
WRITABLE_KINDS = (
    MessageKind.DEFAULT,
    MessageKind.REPLY,
    MessageKind.COMMAND,
    MessageKind.CONTEXT_MENU,
)


@route("GET", "/channels/{channel_id}/messages/pins")
def pins(call: Call) -> Json:
    """Return the pinned messages with when they were pinned, the newest first."""
    pinned = _pinned(call.channel(Permission.READ_MESSAGE_HISTORY))
    before = call.request.query.get("before")
    if before:
        pinned = [m for m in pinned if m.pinned_at and m.pinned_at < datetime.fromisoformat(before)]
    limit = call.query("limit") or 50
    items = [
        {"pinned_at": payloads.instant(m.pinned_at), "message": _told(call.world, m)}
        for m in pinned[:limit]
        if m.pinned_at
    ]
    return {"items": items, "has_more": len(pinned) > limit}


@route("GET", "/channels/{channel_id}/pins")
def pins_as_a_list(call: Call) -> list[Json]:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    return [_told(call.world, m) for m in _pinned(channel)[:50]]


@route("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
@route("PUT", "/channels/{channel_id}/pins/{message_id}")
def pin(call: Call) -> None:
    message = call.message(Permission.PIN_MESSAGES)
    not_archived(message.channel)
    call.world.pin(message, by=call.world.bot)


@route("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
@route("DELETE", "/channels/{channel_id}/pins/{message_id}")
def unpin(call: Call) -> None:
    message = call.message(Permission.PIN_MESSAGES)
    not_archived(message.channel)
    call.world.unpin(message)


@route("GET", "/channels/{channel_id}/messages")
def history(call: Call) -> list[Json]:
    """Return messages, the newest first; ``before``, ``after`` or ``around`` an id."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    limit = call.query("limit") or 50
    before, after, around = (call.query(name) for name in ("before", "after", "around"))
    messages = sorted(channel.messages.values(), key=lambda message: message.id)
    if around is not None:
        nearest = sorted(messages, key=lambda message: abs(message.id - around))[:limit]
        messages = sorted(nearest, key=lambda message: message.id)
    elif after is not None:
        messages = [message for message in messages if message.id > after][:limit]
    elif before is not None:
        messages = [message for message in messages if message.id < before]
    return [_told(call.world, message) for message in reversed(messages[-limit:])]


@route("GET", "/channels/{channel_id}/messages/{message_id}")
def message(call: Call) -> Json:
    return _told(call.world, call.message(Permission.READ_MESSAGE_HISTORY))


@route("POST", "/channels/{channel_id}/messages")
def create(call: Call) -> Json:
    """Post a message, or return the first one with the same nonce if that is enforced."""
    channel, body, world = call.channel(), call.body, call.world
    may_write(world, channel, body, call.uploads)
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce"):
        first = world.remembered(world.bot, nonce)
        if first is not None:
            return payloads.message(world, first, with_nonce=True)
    fields = world.message_fields(body, call.uploads)
    if not world.has_substance(fields):
        raise DiscordError(50006)
    reference = _referenced(channel, body)
    if reference is not None:
        fields |= {"reference": reference, "kind": MessageKind.REPLY}
    if isinstance(channel, Thread) and channel.archived:
        world.update_thread(channel, archived=False)
    posted = world.post(
        channel,
        world.bot,
        nonce=nonce,
        flags=MessageFlag(body.get("flags") or 0) & SENDABLE,
        allowed=body.get("allowed_mentions"),
        **fields,
    )
    return payloads.message(world, posted, with_nonce=True)


@route("PATCH", "/channels/{channel_id}/messages/{message_id}")
def edit(call: Call) -> Json:
    message, body, world = call.message(), call.body, call.world
    if message.author is not world.bot:
        raise DiscordError(50005)
    if message.kind not in WRITABLE_KINDS:
        raise DiscordError(50021)
    not_archived(message.channel)
    fields = world.message_fields(body, call.uploads, message)
    after = {n: getattr(message, n) for n in ("content", "embeds", "components", "attachments")}
    if not world.has_substance(after | fields):
        raise DiscordError(50006)
    flags = message.flags | MessageFlag(body.get("flags") or 0) & SENDABLE
    rows_only = MessageFlag.COMPONENTS_V2 not in flags
    if rows_only and any(c["type"] != parts.ACTION_ROW for c in fields.get("components", [])):
        raise invalid_body("components", says="Only action rows can be used in this message")
    world.edit(message, **fields, flags=flags, allowed=body.get("allowed_mentions"))
    return payloads.message(world, message)


@route("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete(call: Call) -> None:
    message = call.message()
    if message.author is not call.world.bot:
        call.channel(Permission.MANAGE_MESSAGES)
    call.world.delete(message)


def may_write(world: World, channel: Channel, body: Json, uploads: list[Upload]) -> None:
    """Refuse a message that the bot may not post there."""
    if sum(len(file.content) for file in uploads) > LARGEST_UPLOAD:
        raise DiscordError(40005)
    if channel.recipient is not None:
        shared = any(channel.recipient.id in g.members for g in world.guilds.values())
        if not channel.recipient.accepts_messages or not shared:
            raise DiscordError(50007)
        return
    if channel.kind in (ChannelKind.FORUM, ChannelKind.CATEGORY):
        raise DiscordError(50008)
    in_thread = isinstance(channel, Thread)
    needed = Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES
    if body.get("embeds"):
        needed |= Permission.EMBED_LINKS
    if uploads:
        needed |= Permission.ATTACH_FILES
    held = world.bot_permissions(channel)
    if needed not in held:
        raise DiscordError(50013)
    if in_thread and channel.locked and Permission.MANAGE_THREADS not in held:
        raise DiscordError(160005)


def _referenced(channel: Channel, body: Json) -> Message | None:
    reference = body.get("message_reference")
    if not reference:
        return None
    found = channel.messages.get(int(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        raise invalid_body("message_reference", says="Unknown message")
    return found


def _pinned(channel: Channel) -> list[Message]:
    pinned = [m for m in channel.messages.values() if m.pinned_at]
    return sorted(pinned, key=lambda m: (m.pinned_at, m.id), reverse=True)


def _told(world: World, message: Message) -> Json:
    readable = Intent.MESSAGE_CONTENT in world.application.privileged_intents
    return payloads.message(world, message, readable=readable)
