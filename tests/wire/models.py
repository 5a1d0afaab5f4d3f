"""What this Discord is made of: plain records, and Discord's own numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum, IntFlag
from typing import Any

from . import components as parts

Json = dict[str, Any]


class Permission(IntFlag):
    """The permission bits that matter to a bot that writes, reacts, threads and schedules."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44
    PIN_MESSAGES = 1 << 51


EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.ADD_REACTIONS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
)
BOT = (
    EVERYONE
    | Permission.MANAGE_MESSAGES
    | Permission.PIN_MESSAGES
    | Permission.MANAGE_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.MANAGE_EVENTS
    | Permission.CREATE_EVENTS
)
ALL = ~Permission(0)
NOTHING = Permission(0)


class Intent(IntFlag):
    """The groups of events that a connection asks for."""

    NONE = 0
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT


class ChannelKind(IntEnum):
    """Discord's numbers for the kinds of channel that exist here."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class MessageKind(IntEnum):
    """Discord's numbers for the kinds of message that exist here."""

    DEFAULT = 0
    MEMBER_ADDED = 1
    NAME_CHANGED = 4
    PINNED = 6
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20
    CONTEXT_MENU = 23


class MessageFlag(IntFlag):
    """The message flags that matter here."""

    NONE = 0
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


@dataclass(slots=True, eq=False)
class User:
    """An account. ``accepts_messages`` is False for one whose direct messages are closed."""

    id: int
    name: str
    bot: bool = False
    accepts_messages: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False)
class Role:
    id: int
    name: str
    permissions: Permission
    position: int = 1


@dataclass(slots=True, eq=False)
class Member:
    user: User
    guild: Guild
    joined_at: datetime
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None


@dataclass(slots=True)
class Overwrite:
    """What a channel allows or denies one role or person, beyond the server's roles."""

    allow: Permission = NOTHING
    deny: Permission = NOTHING


@dataclass(slots=True)
class Tag:
    id: int
    name: str
    moderated: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request; ``index`` is the number in its field's name."""

    index: str
    filename: str
    content: bytes


@dataclass(slots=True, eq=False)
class Attachment:
    id: int
    filename: str
    content: bytes
    url: str
    content_type: str = "application/octet-stream"
    description: str | None = None


@dataclass(slots=True, eq=False)
class Channel:
    """A channel, a conversation or, as ``Thread``, a thread; ``messages`` holds them by id."""

    id: int
    kind: ChannelKind
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    topic: str | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    tags: list[Tag] = field(default_factory=list)
    requires_tag: bool = False
    recipient: User | None = None
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def last_message(self) -> Message | None:
        return next(reversed(self.messages.values()), None)


@dataclass(slots=True, eq=False, kw_only=True)
class Thread(Channel):
    owner: User
    created_at: datetime
    archive_changed_at: datetime
    last_active_at: datetime
    auto_archive_minutes: int = 4320
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    applied_tags: list[int] = field(default_factory=list)
    members: dict[int, datetime] = field(default_factory=dict)
    messages_ever: int = 0


@dataclass(slots=True, eq=False)
class Message:
    """A message. ``reactions`` maps an emoji (or ``name:id``) to who reacted, in order.

    ``mentions`` are the people whom it notified, after ``allowed_mentions``; ``notified_roles`` and
    ``notified_everyone`` likewise.
    """

    id: int
    channel: Channel
    author: User
    created_at: datetime
    kind: MessageKind = MessageKind.DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: MessageFlag = MessageFlag.NONE
    reactions: dict[str, dict[int, None]] = field(default_factory=dict)
    mentions: list[User] = field(default_factory=list)
    notified_roles: list[int] = field(default_factory=list)
    notified_everyone: bool = False
    edited_at: datetime | None = None
    pinned_at: datetime | None = None
    nonce: str | int | None = None
    reference: Message | None = None
    thread: Thread | None = None
    interaction: Json | None = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return MessageFlag.EPHEMERAL in self.flags

    @property
    def text(self) -> str:
        """All that a reader sees: content, embeds, texts and labels of components."""
        embedded = [text for embed in self.embeds for text in parts.embed_texts(embed)]
        return "\n".join(filter(None, [self.content, *embedded, *parts.visible(self.components)]))


@dataclass(slots=True, eq=False)
class ScheduledEvent:
    id: int
    guild: Guild
    creator: User
    fields: Json
    status: int = 1


@dataclass(slots=True, eq=False)
class Guild:
    id: int
    name: str
    owner: User
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    events: dict[int, ScheduledEvent] = field(default_factory=dict)
    active_threads_allowed: int = 1000

    def permissions_of(self, user: User, channel: Channel | None = None) -> Permission:
        """Compute what ``user`` may do here, or in ``channel``, by Discord's rules."""
        member = self.members.get(user.id)
        if member is None:
            return Permission(0)
        held = self.roles[self.id].permissions
        for role in member.roles:
            held |= role.permissions
        if user is self.owner or Permission.ADMINISTRATOR in held:
            return ALL
        place = channel.parent if isinstance(channel, Thread) else channel
        if place is None:
            return held
        everyone = place.overwrites.get(self.id, Overwrite())
        held = held & ~everyone.deny | everyone.allow
        of_roles = [place.overwrites[r.id] for r in member.roles if r.id in place.overwrites]
        for overwrite in of_roles:
            held &= ~overwrite.deny
        for overwrite in of_roles:
            held |= overwrite.allow
        own = place.overwrites.get(user.id, Overwrite())
        held = held & ~own.deny | own.allow
        return held if Permission.VIEW_CHANNEL in held else Permission(0)


@dataclass(slots=True)
class Application:
    """The bot's entry in the developer portal, with the privileged intents that are on there."""

    id: int
    owner: User
    name: str = "Cohort"
    privileged_intents: Intent = Intent.NONE


@dataclass(frozen=True, slots=True)
class Event:
    """One announcement. ``build`` gives its data for a connection with the given intents."""

    name: str
    intent: Intent
    build: Callable[[Intent], Json]


class Clock:
    """The server's clock: the machine's, moved by what a test asks for."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC) + self.offset
