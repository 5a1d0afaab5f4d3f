"""What exists, as Discord's JSON says it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .models import (
    Attachment,
    Channel,
    ChannelKind,
    Guild,
    Intent,
    Json,
    Member,
    Message,
    MessageKind,
    Role,
    ScheduledEvent,
    Thread,
    User,
)

if TYPE_CHECKING:
    from .world import World


def instant(value: datetime) -> str:
    """Return an instant in ISO 8601, as Discord writes it."""
    return value.isoformat(timespec="microseconds")


def user(user: User) -> Json:
    return {
        "id": str(user.id),
        "username": user.name.lower().replace(" ", "_"),
        "global_name": user.name,
        "discriminator": "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def member_only(member: Member) -> Json:
    """Return a member without the user, as messages carry it."""
    return {
        "nick": member.nick,
        "avatar": None,
        "roles": [str(role.id) for role in member.roles],
        "joined_at": instant(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def member(member: Member) -> Json:
    return member_only(member) | {"user": user(member.user)}


def role(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def channel(world: World, channel: Channel) -> Json:
    if isinstance(channel, Thread):
        return thread(world, channel)
    last = channel.last_message
    data: Json = {
        "id": str(channel.id),
        "type": int(channel.kind),
        "last_message_id": last and str(last.id),
        "flags": 1 << 4 if channel.requires_tag else 0,
    }
    if channel.guild is None:
        return data | {"recipients": [user(channel.recipient)] if channel.recipient else []}
    return (
        data
        | {
            "guild_id": str(channel.guild.id),
            "name": channel.name,
            "topic": channel.topic,
            "position": list(channel.guild.channels).index(channel.id)
            if channel.id in channel.guild.channels
            else 0,
            "parent_id": channel.parent and str(channel.parent.id),
            "nsfw": False,
            "rate_limit_per_user": 0,
            "permission_overwrites": [
                {
                    "id": str(target),
                    "type": 0 if target in channel.guild.roles else 1,
                    "allow": str(int(overwrite.allow)),
                    "deny": str(int(overwrite.deny)),
                }
                for target, overwrite in channel.overwrites.items()
            ],
        }
        | _kind_specific(channel)
    )


def _kind_specific(channel: Channel) -> Json:
    if channel.kind is ChannelKind.FORUM:
        return {
            "available_tags": [
                {
                    "id": str(tag.id),
                    "name": tag.name,
                    "moderated": tag.moderated,
                    "emoji_id": None,
                    "emoji_name": None,
                }
                for tag in channel.tags
            ],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "default_auto_archive_duration": 4320,
        }
    if channel.kind is ChannelKind.VOICE:
        return {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    return {}


def thread(world: World, thread: Thread) -> Json:
    last = thread.last_message
    data: Json = {
        "id": str(thread.id),
        "type": int(thread.kind),
        "guild_id": str(thread.guild and thread.guild.id),
        "parent_id": str(thread.parent and thread.parent.id),
        "owner_id": str(thread.owner.id),
        "name": thread.name,
        "last_message_id": last and str(last.id),
        "message_count": len(thread.messages),
        "total_message_sent": thread.messages_ever,
        "member_count": min(len(thread.members), 50),
        "rate_limit_per_user": 0,
        "flags": 0,
        "applied_tags": [str(tag) for tag in thread.applied_tags],
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": instant(thread.archive_changed_at),
            "auto_archive_duration": thread.auto_archive_minutes,
            "locked": thread.locked,
            "invitable": thread.invitable,
            "create_timestamp": instant(thread.created_at),
        },
    }
    if world.bot.id in thread.members:
        data["member"] = thread_member(thread, world.bot.id)
    return data


def thread_stub(thread: Thread) -> Json:
    """Return the little that the deletion of a thread tells."""
    whole = {"id": thread.id, "guild_id": thread.guild and thread.guild.id}
    whole["parent_id"] = thread.parent and thread.parent.id
    return {name: str(value) for name, value in whole.items()} | {"type": int(thread.kind)}


def thread_member(thread: Thread, user_id: int) -> Json:
    return {
        "id": str(thread.id),
        "user_id": str(user_id),
        "join_timestamp": instant(thread.members[user_id]),
        "flags": 0,
    }


def attachment(attachment: Attachment) -> Json:
    data: Json = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.content),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": attachment.content_type,
    }
    return data | ({"description": attachment.description} if attachment.description else {})


def emoji(emoji: str) -> Json:
    """Return an emoji's parts; a custom one is written ``name:id``."""
    name, _, emoji_id = emoji.partition(":")
    return {"id": emoji_id or None, "name": name}


def message(
    world: World, message: Message, *, readable: bool = True, with_nonce: bool = False
) -> Json:
    """Return a message as the bot gets it.

    Without ``readable`` (the intent to read what people write) only what the bot itself wrote, what
    mentions it and what it is told in private has content.
    """
    shown = (
        readable
        or message.author is world.bot
        or message.channel.guild is None
        or world.bot in message.mentions
    )
    data: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": int(message.kind),
        "author": user(message.author),
        "content": message.content if shown else "",
        "embeds": message.embeds if shown else [],
        "components": message.components if shown else [],
        "attachments": [attachment(a) for a in message.attachments] if shown else [],
        "timestamp": instant(message.created_at),
        "edited_timestamp": message.edited_at and instant(message.edited_at),
        "flags": int(message.flags),
        "tts": False,
        "pinned": message.pinned_at is not None,
        "mention_everyone": message.notified_everyone,
        "mentions": [user(mentioned) for mentioned in message.mentions],
        "mention_roles": [str(role_id) for role_id in message.notified_roles],
    }
    if message.reactions:
        data["reactions"] = [
            {
                "emoji": emoji(name),
                "count": len(people),
                "count_details": {"burst": 0, "normal": len(people)},
                "burst_colors": [],
                "me": world.bot.id in people,
                "me_burst": False,
            }
            for name, people in message.reactions.items()
        ]
    if with_nonce and message.nonce is not None:
        data["nonce"] = message.nonce
    if message.thread is not None:
        data["thread"] = thread(world, message.thread)
    if message.reference is not None:
        data["message_reference"] = message_reference(message.reference) | {"type": 0}
        if message.kind is MessageKind.REPLY:
            data["referenced_message"] = _referenced(world, message.reference, readable=readable)
    if message.interaction is not None:
        data["interaction_metadata"] = message.interaction
        data["application_id"] = data["webhook_id"] = str(world.application.id)
    return data


def _referenced(world: World, original: Message, *, readable: bool) -> Json | None:
    if original.deleted:
        return None
    data = message(world, original, readable=readable)
    data.pop("referenced_message", None)
    return data


def message_place(message: Message) -> Json:
    """Return where a message is and its author's membership, which only the gateway tells."""
    guild = message.channel.guild
    if guild is None:
        return {}
    data: Json = {"guild_id": str(guild.id)}
    if message.author.id in guild.members:
        data["member"] = member_only(guild.members[message.author.id])
    return data


def message_reference(message: Message) -> Json:
    guild = message.channel.guild
    data = {"message_id": str(message.id), "channel_id": str(message.channel.id)}
    return data | ({"guild_id": str(guild.id)} if guild else {})


def reaction_event(message: Message, person: User, name: str, *, added: bool) -> Json:
    data: Json = message_reference(message) | {
        "user_id": str(person.id),
        "emoji": emoji(name),
        "type": 0,
        "burst": False,
    }
    guild = message.channel.guild
    if added:
        data["message_author_id"] = str(message.author.id)
        if guild and person.id in guild.members:
            data["member"] = member(guild.members[person.id])
    return data


def scheduled_event(event: ScheduledEvent) -> Json:
    fields = event.fields
    return {
        "id": str(event.id),
        "guild_id": str(event.guild.id),
        "channel_id": fields.get("channel_id"),
        "creator_id": str(event.creator.id),
        "creator": user(event.creator),
        "name": fields["name"],
        "description": fields.get("description"),
        "image": None,
        "scheduled_start_time": fields["scheduled_start_time"],
        "scheduled_end_time": fields.get("scheduled_end_time"),
        "privacy_level": fields["privacy_level"],
        "status": event.status,
        "entity_type": fields["entity_type"],
        "entity_id": None,
        "entity_metadata": fields.get("entity_metadata"),
        "recurrence_rule": None,
        "user_count": 0,
    }


def guild(guild: Guild) -> Json:
    """Return a server as REST tells it: without channels and members."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "roles": [role(r) for r in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "icon": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "system_channel_id": None,
        "system_channel_flags": 0,
    }


def guild_create(world: World, guild_: Guild, intents: Intent) -> Json:
    """Return a server as the gateway tells it to a connection with ``intents``.

    Archived threads are not in it, nor, without the intent for members, anyone but the bot.
    """
    visible = [c for c in guild_.channels.values() if world.bot_sees(c)]
    told = guild_.members.values() if Intent.GUILD_MEMBERS in intents else ()
    return guild(guild_) | {
        "joined_at": instant(guild_.members[world.bot.id].joined_at),
        "large": False,
        "member_count": len(guild_.members),
        "members": [member(m) for m in told or [guild_.members[world.bot.id]]],
        "channels": [channel(world, c) for c in visible],
        "threads": [
            thread(world, t)
            for t in guild_.threads.values()
            if not t.archived and world.bot_sees(t)
        ],
        "guild_scheduled_events": [scheduled_event(e) for e in guild_.events.values()],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "soundboard_sounds": [],
    }


def application(world: World) -> Json:
    application = world.application
    flags = 0
    if Intent.GUILD_MEMBERS in application.privileged_intents:
        flags |= 1 << 15
    if Intent.MESSAGE_CONTENT in application.privileged_intents:
        flags |= 1 << 19
    return {
        "id": str(application.id),
        "name": application.name,
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user(application.owner),
        "team": None,
        "verify_key": "0" * 64,
        "flags": flags,
        "interactions_endpoint_url": None,
        "approximate_guild_count": len(world.guilds),
    }
