"""What exists in this Discord, what can be done to it, and the events that follow.

Everything that changes goes through a method of ``World``, which announces it; the gateway passes
the announcements on to whoever is connected.
"""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, TypeVar

from . import components as parts
from . import payloads
from .errors import DiscordError
from .faults import Faults
from .models import (
    BOT,
    EVERYONE,
    NOTHING,
    Application,
    Attachment,
    Channel,
    ChannelKind,
    Clock,
    Event,
    Guild,
    Intent,
    Json,
    Member,
    Message,
    MessageFlag,
    MessageKind,
    Overwrite,
    Permission,
    Role,
    ScheduledEvent,
    Tag,
    Thread,
    Upload,
    User,
)

Found = TypeVar("Found")

EPOCH_MS = 1_420_070_400_000
NONCE_LIFE = timedelta(minutes=5)


class World:
    """Everything that exists, with the operations that a person or the bot can do on it.

    ``token`` is the bot's. ``files_url`` is where attachments can be fetched, set by the server.
    ``commits`` are those of a repository elsewhere, whose link may be watched: the newest first.
    ``shards`` is how many the bot is recommended to have, ``max_concurrency`` how many of them may
    identify at once.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.faults = Faults()
        self.listeners: list[Callable[[Event], None]] = []
        self.guilds: dict[int, Guild] = {}
        self.users: dict[int, User] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: dict[int | None, list[Json]] = {}
        self.attachments: dict[int, Attachment] = {}
        self.commits = ["a" * 40]
        self.shards = 1
        self.max_concurrency = 1
        self.files_url = ""
        self.token = "wire.token.of-the-bot"
        self._nonces: dict[tuple[int, str], tuple[datetime, Message]] = {}
        self._last_id = 0
        self._waiting: list[asyncio.Future[None]] = []
        self.bot = self._account("Cohort", bot=True)
        self.application = Application(id=self.bot.id, owner=self._account("operator"))

    def copy(self) -> World:
        """Return a copy of everything that exists, without its faults and without listeners."""
        listeners, waiting, faults = self.listeners, self._waiting, self.faults
        self.listeners, self._waiting, self.faults = [], [], Faults()
        try:
            return deepcopy(self)
        finally:
            self.listeners, self._waiting, self.faults = listeners, waiting, faults

    # Time and waiting

    def new_id(self) -> int:
        """Return a snowflake of this instant, larger than every one before."""
        milliseconds = int(self.clock.now().timestamp() * 1000) - EPOCH_MS
        self._last_id = max(self._last_id + 1, milliseconds << 22)
        return self._last_id

    def advance(self, by: timedelta) -> None:
        """Move the server's clock; threads left alone for too long are archived by it."""
        self.clock.offset += by
        now = self.clock.now()
        for guild in self.guilds.values():
            for thread in [t for t in guild.threads.values() if not t.archived]:
                if now - thread.last_active_at >= timedelta(minutes=thread.auto_archive_minutes):
                    self.update_thread(thread, archived=True)

    async def until(self, check: Callable[[], Found | None], within: float = 5.0) -> Found:
        """Return what ``check`` gives as soon as that is true; it is asked after every change.

        Raises TimeoutError after ``within`` seconds.
        """
        async with asyncio.timeout(within):
            while not (found := check()):
                change = asyncio.get_running_loop().create_future()
                self._waiting.append(change)
                await change
        return found

    def changed(self) -> None:
        """Wake up whoever waits in ``until``."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    # Announcements

    def announce(
        self,
        name: str,
        build: Json | Callable[[Intent], Json],
        *,
        intent: Intent = Intent.NONE,
        channel: Channel | None = None,
    ) -> None:
        """Tell every connection with ``intent``, if the bot can see ``channel``."""
        self.changed()
        if channel is not None and not self.bot_sees(channel):
            return
        event = Event(name, intent, build if callable(build) else lambda _: build)
        for listener in self.listeners:
            listener(event)

    def bot_sees(self, channel: Channel) -> bool:
        """Whether the bot gets what happens in ``channel``."""
        return channel.guild is None or Permission.VIEW_CHANNEL in self.bot_permissions(channel)

    def bot_permissions(self, channel: Channel) -> Permission:
        """Compute what the bot may do in ``channel``."""
        if channel.guild is None:
            return BOT
        held = channel.guild.permissions_of(self.bot, channel)
        hidden = (
            isinstance(channel, Thread)
            and channel.kind is ChannelKind.PRIVATE_THREAD
            and self.bot.id not in channel.members
            and Permission.MANAGE_THREADS not in held
        )
        return Permission(0) if hidden else held

    # Servers, people, roles, channels

    def _account(self, name: str, *, bot: bool = False) -> User:
        user = User(self.new_id(), name, bot)
        self.users[user.id] = user
        return user

    def add_person(self, name: str, *guilds: Guild) -> User:
        """Return a new account, a member of ``guilds``."""
        user = self._account(name)
        for guild in guilds:
            self.join(guild, user)
        return user

    def add_guild(self, name: str, *, bot_permissions: Permission = BOT) -> Guild:
        """Return a new server, where the bot was invited with ``bot_permissions``."""
        owner = self._account(f"{name}'s owner")
        guild = Guild(self.new_id(), name, owner)
        guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE, position=0)
        guild.members[owner.id] = Member(owner, guild, self.clock.now())
        self.guilds[guild.id] = guild
        self.invite_bot(guild, bot_permissions)
        return guild

    def invite_bot(self, guild: Guild, permissions: Permission = BOT) -> None:
        """Add the bot to the server, with a role of its own."""
        role = Role(self.new_id(), self.bot.name, permissions)
        guild.roles[role.id] = role
        guild.members[self.bot.id] = Member(self.bot, guild, self.clock.now(), [role])
        self.announce(
            "GUILD_CREATE", lambda i: payloads.guild_create(self, guild, i), intent=Intent.GUILDS
        )

    def remove_bot(self, guild: Guild) -> None:
        """Remove the bot from the server, and its role with it."""
        for role in guild.members.pop(self.bot.id).roles:
            del guild.roles[role.id]
        self.announce("GUILD_DELETE", {"id": str(guild.id)}, intent=Intent.GUILDS)

    def join(self, guild: Guild, user: User) -> Member:
        """Make ``user`` a member."""
        member = guild.members[user.id] = Member(user, guild, self.clock.now())
        data = payloads.member(member) | {"guild_id": str(guild.id)}
        self.announce("GUILD_MEMBER_ADD", data, intent=Intent.GUILD_MEMBERS)
        return member

    def leave(self, guild: Guild, user: User) -> None:
        """Take ``user`` out of the server."""
        del guild.members[user.id]
        data = {"guild_id": str(guild.id), "user": payloads.user(user)}
        self.announce("GUILD_MEMBER_REMOVE", data, intent=Intent.GUILD_MEMBERS)

    def add_role(
        self, guild: Guild, name: str, permissions: Permission = NOTHING, *holders: User
    ) -> Role:
        """Return a new role, held by ``holders``."""
        role = Role(self.new_id(), name, permissions, position=len(guild.roles))
        guild.roles[role.id] = role
        self._announce_role("GUILD_ROLE_CREATE", guild, role)
        for user in holders:
            member = guild.members[user.id]
            member.roles.append(role)
            data = payloads.member(member) | {"guild_id": str(guild.id)}
            self.announce("GUILD_MEMBER_UPDATE", data, intent=Intent.GUILD_MEMBERS)
        return role

    def set_permissions(self, guild: Guild, role: Role, permissions: Permission) -> None:
        """Give a role exactly these permissions."""
        role.permissions = permissions
        self._announce_role("GUILD_ROLE_UPDATE", guild, role)

    def _announce_role(self, event: str, guild: Guild, role: Role) -> None:
        data = {"guild_id": str(guild.id), "role": payloads.role(role)}
        self.announce(event, data, intent=Intent.GUILDS)

    def add_channel(
        self,
        guild: Guild,
        name: str,
        kind: ChannelKind = ChannelKind.TEXT,
        *,
        tags: Iterable[str] = (),
    ) -> Channel:
        """Return a new channel; ``tags`` are a forum's."""
        channel = Channel(self.new_id(), kind, name, guild)
        channel.tags = [Tag(self.new_id(), tag) for tag in tags]
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self._announce_channel("CHANNEL_CREATE", channel)
        return channel

    def set_overwrite(
        self,
        channel: Channel,
        target: Role | User,
        *,
        allow: Permission = NOTHING,
        deny: Permission = NOTHING,
    ) -> None:
        """Set what ``channel`` allows and denies ``target``."""
        seen_before = self.bot_sees(channel)
        channel.overwrites[target.id] = Overwrite(allow, deny)
        if seen_before and not self.bot_sees(channel):
            data = payloads.channel(self, channel)
            self.announce("CHANNEL_DELETE", data, intent=Intent.GUILDS)
        else:
            self._announce_channel("CHANNEL_UPDATE", channel)

    def update_channel(self, channel: Channel, **fields: Any) -> None:
        """Change ``fields`` of a channel (name, topic, tags, …)."""
        for name, value in fields.items():
            setattr(channel, name, value)
        self._announce_channel("CHANNEL_UPDATE", channel)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel or thread, with all that is in it."""
        guild = channel.guild
        assert guild is not None, "a conversation cannot be deleted"
        seen = channel if self.bot_sees(channel) else None
        del self.channels[channel.id]
        if isinstance(channel, Thread):
            del guild.threads[channel.id]
            if seen:
                data = payloads.thread_stub(channel)
                self.announce("THREAD_DELETE", data, intent=Intent.GUILDS)
            return
        for thread in [t for t in guild.threads.values() if t.parent is channel]:
            del guild.threads[thread.id], self.channels[thread.id]
        del guild.channels[channel.id]
        if seen:
            data = payloads.channel(self, channel)
            self.announce("CHANNEL_DELETE", data, intent=Intent.GUILDS)

    def _announce_channel(self, event: str, channel: Channel) -> None:
        data = payloads.channel(self, channel)
        self.announce(event, data, intent=Intent.GUILDS, channel=channel)

    def conversation(self, user: User) -> Channel:
        """Return the bot's direct messages with ``user``, opened if need be."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.new_id(), ChannelKind.DM, user.name, recipient=user)
        self.channels[channel.id] = channel
        return channel

    # Messages

    def remembered(self, author: User, nonce: object) -> Message | None:
        """Return the message that ``author`` sent with this nonce in the last five minutes.

        Raises Unknown Message where it has been deleted since, as Discord does.
        """
        at, message = self._nonces.get((author.id, str(nonce)), (None, None))
        if at is None or message is None or self.clock.now() - at > NONCE_LIFE:
            return None
        if message.deleted:
            raise DiscordError(10008)
        return message

    def post(self, channel: Channel, author: User, content: str = "", **fields: Any) -> Message:
        """Add a message and announce it; ``fields`` are as for ``write``."""
        message = self.write(channel, author, content, **fields)
        if isinstance(channel, Thread):
            channel.last_active_at = message.created_at
            channel.messages_ever += 1
            channel.members.setdefault(author.id, message.created_at)
        channel.messages[message.id] = message
        if message.nonce is not None:
            self._nonces[author.id, str(message.nonce)] = message.created_at, message
        self._announce_message("MESSAGE_CREATE", message, with_nonce=True)
        return message

    def write(
        self,
        channel: Channel,
        author: User,
        content: str = "",
        *,
        allowed: Json | None = None,
        **fields: Any,
    ) -> Message:
        """Return a message that is in no channel: what only one person sees.

        ``fields`` are those of ``Message``, ``allowed`` the sender's ``allowed_mentions``.
        """
        message_id = fields.pop("id", None) or self.new_id()
        message = Message(message_id, channel, author, self.clock.now(), content=content, **fields)
        self._notify(message, allowed)
        return message

    def _notify(self, message: Message, allowed: Json | None) -> None:
        everything = {"parse": ["users", "roles", "everyone"], "replied_user": True}
        allowed = everything if allowed is None else allowed
        parse = allowed.get("parse") or []
        text = message.content + "\n".join(parts.texts(message.components))
        people = dict.fromkeys(
            int(found)
            for found in re.findall(r"<@!?(\d+)>", text)
            if "users" in parse or found in map(str, allowed.get("users") or [])
        )
        if message.reference and allowed.get("replied_user"):
            people[message.reference.author.id] = None
        message.mentions = [self.users[i] for i in people if i in self.users]
        message.notified_roles = [
            int(found)
            for found in dict.fromkeys(re.findall(r"<@&(\d+)>", text))
            if "roles" in parse or found in map(str, allowed.get("roles") or [])
        ]
        guild = message.channel.guild
        message.notified_everyone = (
            guild is not None
            and "everyone" in parse
            and re.search(r"@(everyone|here)\b", text) is not None
            and Permission.MENTION_EVERYONE in guild.permissions_of(message.author, message.channel)
        )

    def message_fields(
        self, body: Json, files: list[Upload], current: Message | None = None
    ) -> dict[str, Any]:
        """Return the fields of ``Message`` that a request's body sets, its files stored.

        Of the ``current`` message's attachments those stay that the body lists, or all where it
        lists none. ``attachment://`` addresses become those of the files.
        """
        fields: dict[str, Any] = {}
        for name in ("content", "embeds", "components"):
            if name in body:
                fields[name] = body[name] or ("" if name == "content" else [])
        listed = {str(entry["id"]): entry for entry in body.get("attachments") or []}
        if files or "attachments" in body:
            present = current.attachments if current else []
            kept = [a for a in present if "attachments" not in body or str(a.id) in listed]
            added = [self._store(file, listed.get(file.index, {})) for file in files]
            fields["attachments"] = [*kept, *added]
        urls = {a.filename: a.url for a in fields.get("attachments", [])}
        if "embeds" in fields:
            fields["embeds"] = [
                {"type": "rich"} | _with_addresses(embed, urls) for embed in fields["embeds"]
            ]
        if "components" in fields:
            fields["components"] = parts.numbered(_with_addresses(fields["components"], urls))
        return fields

    @staticmethod
    def has_substance(fields: dict[str, Any]) -> bool:
        """Whether a message with these fields would not be empty."""
        content = (fields.get("content") or "").strip()
        return bool(content or any(fields.get(n) for n in ("embeds", "components", "attachments")))

    def _store(self, file: Upload, entry: Json) -> Attachment:
        attachment_id = self.new_id()
        name = entry.get("filename") or file.filename
        url = f"{self.files_url}/{attachment_id}/{name}"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        stored = Attachment(attachment_id, name, file.content, url, kind, entry.get("description"))
        self.attachments[attachment_id] = stored
        return stored

    def upload(self, filename: str, content: bytes) -> Attachment:
        """Return a file that a person has uploaded, to be given to a command."""
        return self._store(Upload("0", filename, content), {})

    def edit(self, message: Message, *, allowed: Json | None = None, **fields: Any) -> None:
        """Change ``fields`` of a message and announce it where others see it."""
        for name, value in fields.items():
            setattr(message, name, value)
        message.edited_at = self.clock.now()
        self._notify(message, allowed)
        if message.ephemeral:
            self.changed()
        else:
            self._announce_message("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        if message.channel.messages.pop(message.id, None) is None:
            self.changed()
            return
        data = payloads.message_reference(message)
        data["id"] = data.pop("message_id")
        self.announce(
            "MESSAGE_DELETE", data, intent=self._messages(message), channel=message.channel
        )

    def _announce_message(self, event: str, message: Message, *, with_nonce: bool = False) -> None:
        def build(intents: Intent) -> Json:
            readable = Intent.MESSAGE_CONTENT in intents
            data = payloads.message(self, message, readable=readable, with_nonce=with_nonce)
            return data | payloads.message_place(message)

        self.announce(event, build, intent=self._messages(message), channel=message.channel)

    @staticmethod
    def _messages(message: Message) -> Intent:
        return Intent.GUILD_MESSAGES if message.channel.guild else Intent.DIRECT_MESSAGES

    # Reactions and pins

    def react(self, message: Message, user: User, emoji: str) -> None:
        """Add a reaction; doing it again changes nothing."""
        if emoji not in message.reactions and len(message.reactions) >= 20:
            raise DiscordError(30010)
        people = message.reactions.setdefault(emoji, {})
        if user.id not in people:
            people[user.id] = None
            self._announce_reaction("MESSAGE_REACTION_ADD", message, user, emoji)

    def unreact(self, message: Message, user: User, emoji: str) -> None:
        """Take a reaction away, if it is there."""
        people = message.reactions.get(emoji, {})
        if user.id in people:
            del people[user.id]
            if not people:
                del message.reactions[emoji]
            self._announce_reaction("MESSAGE_REACTION_REMOVE", message, user, emoji)

    def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """Take away every reaction, or every one with ``emoji``."""
        data = payloads.message_reference(message)
        if emoji is None:
            message.reactions.clear()
            name = "MESSAGE_REACTION_REMOVE_ALL"
        else:
            message.reactions.pop(emoji, None)
            data["emoji"] = payloads.emoji(emoji)
            name = "MESSAGE_REACTION_REMOVE_EMOJI"
        self.announce(name, data, intent=self._reactions(message), channel=message.channel)

    def _announce_reaction(self, event: str, message: Message, user: User, emoji: str) -> None:
        data = payloads.reaction_event(message, user, emoji, added=event.endswith("ADD"))
        self.announce(event, data, intent=self._reactions(message), channel=message.channel)

    @staticmethod
    def _reactions(message: Message) -> Intent:
        if message.channel.guild:
            return Intent.GUILD_MESSAGE_REACTIONS
        return Intent.DIRECT_MESSAGE_REACTIONS

    def pin(self, message: Message, by: User) -> None:
        """Pin a message; the channel says so."""
        if message.pinned_at:
            return
        if sum(m.pinned_at is not None for m in message.channel.messages.values()) >= 250:
            raise DiscordError(30003)
        message.pinned_at = self.clock.now()
        self._announce_message("MESSAGE_UPDATE", message)
        self._announce_pins(message)
        self.post(message.channel, by, kind=MessageKind.PINNED, reference=message)

    def unpin(self, message: Message) -> None:
        """Take a message off the pins."""
        if message.pinned_at:
            message.pinned_at = None
            self._announce_message("MESSAGE_UPDATE", message)
            self._announce_pins(message)

    def _announce_pins(self, message: Message) -> None:
        data = payloads.message_reference(message)
        del data["message_id"]
        data["last_pin_timestamp"] = message.pinned_at and payloads.instant(message.pinned_at)
        self.announce("CHANNEL_PINS_UPDATE", data, intent=Intent.GUILDS, channel=message.channel)

    # Threads

    def create_thread(
        self,
        parent: Channel,
        name: str,
        owner: User,
        *,
        start: Message | None = None,
        kind: ChannelKind = ChannelKind.PUBLIC_THREAD,
        **fields: Any,
    ) -> Thread:
        """Open a thread on a message, in a channel or as a forum's post."""
        guild = parent.guild
        assert guild is not None, "threads are a server's"
        if start is not None and start.id in guild.threads:
            raise DiscordError(160004)
        if sum(not t.archived for t in guild.threads.values()) >= guild.active_threads_allowed:
            raise DiscordError(160006)
        now = self.clock.now()
        thread = Thread(
            id=start.id if start else self.new_id(),
            kind=kind,
            name=name,
            guild=guild,
            parent=parent,
            owner=owner,
            created_at=now,
            archive_changed_at=now,
            last_active_at=now,
            members={owner.id: now},
            **fields,
        )
        guild.threads[thread.id] = self.channels[thread.id] = thread
        data = payloads.thread(self, thread) | {"newly_created": True}
        self.announce("THREAD_CREATE", data, intent=Intent.GUILDS, channel=thread)
        if start is not None:
            start.thread = thread
            start.flags |= MessageFlag.HAS_THREAD
            self._announce_message("MESSAGE_UPDATE", start)
        elif kind is ChannelKind.PUBLIC_THREAD and parent.kind is not ChannelKind.FORUM:
            self.post(parent, owner, name, kind=MessageKind.THREAD_CREATED)
        return thread

    def update_thread(self, thread: Thread, **fields: Any) -> None:
        """Change ``fields`` of a thread (name, archived, locked, applied_tags, …)."""
        if fields.get("archived", thread.archived) != thread.archived:
            thread.archive_changed_at = self.clock.now()
            if thread.archived:
                thread.last_active_at = self.clock.now()
        for name, value in fields.items():
            setattr(thread, name, value)
        data = payloads.thread(self, thread)
        self.announce("THREAD_UPDATE", data, intent=Intent.GUILDS, channel=thread)

    def add_to_thread(self, thread: Thread, user: User) -> None:
        """Make ``user`` a member of the thread."""
        if user.id not in thread.members:
            thread.members[user.id] = self.clock.now()
            self._announce_thread_members(thread, user, added=True)

    def remove_from_thread(self, thread: Thread, user: User) -> None:
        """Take ``user`` out of the thread."""
        if thread.members.pop(user.id, None):
            self._announce_thread_members(thread, user, added=False)

    def _announce_thread_members(self, thread: Thread, user: User, *, added: bool) -> None:
        data: Json = {
            "id": str(thread.id),
            "guild_id": str(thread.guild and thread.guild.id),
            "member_count": len(thread.members),
        }
        if added:
            data["added_members"] = [payloads.thread_member(thread, user.id)]
        else:
            data["removed_member_ids"] = [str(user.id)]
        intent = Intent.GUILDS if user is self.bot else Intent.GUILD_MEMBERS
        self.announce("THREAD_MEMBERS_UPDATE", data, intent=intent, channel=thread)

    # Scheduled events

    def create_event(self, guild: Guild, creator: User, fields: Json) -> ScheduledEvent:
        """Add a scheduled event; ``fields`` are those of the request."""
        if sum(e.status in (1, 2) for e in guild.events.values()) >= 100:
            raise DiscordError(30038)
        event = ScheduledEvent(self.new_id(), guild, creator, dict(fields))
        guild.events[event.id] = event
        self._announce_event("CREATE", event)
        return event

    def update_event(self, event: ScheduledEvent, fields: Json) -> None:
        """Change a scheduled event; ``fields`` are those of the request."""
        event.status = fields.get("status", event.status)
        event.fields |= {name: value for name, value in fields.items() if name != "status"}
        self._announce_event("UPDATE", event)

    def delete_event(self, event: ScheduledEvent) -> None:
        """Delete a scheduled event."""
        del event.guild.events[event.id]
        self._announce_event("DELETE", event)

    def _announce_event(self, what: str, event: ScheduledEvent) -> None:
        data = payloads.scheduled_event(event)
        self.announce(f"GUILD_SCHEDULED_EVENT_{what}", data, intent=Intent.GUILD_SCHEDULED_EVENTS)

    # Looking things up

    def messages(self) -> Iterator[Message]:
        """Give every message of every channel, oldest first in each."""
        for channel in list(self.channels.values()):
            yield from list(channel.messages.values())


def _with_addresses(value: Any, urls: dict[str, str]) -> Any:
    """Return a copy of embeds or components in which ``attachment://`` is resolved."""
    if isinstance(value, dict):
        return {key: _with_addresses(inner, urls) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_addresses(inner, urls) for inner in value]
    if isinstance(value, str) and value.startswith("attachment://"):
        return urls.get(value.removeprefix("attachment://"), value)
    return value
