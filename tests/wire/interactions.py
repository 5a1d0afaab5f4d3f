"""Interactions: what a person asked, how the bot answered, and how long that may take."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from . import components as parts
from . import payloads
from .errors import DiscordError, invalid_body
from .models import (
    ALL,
    Channel,
    ChannelKind,
    Json,
    Message,
    MessageFlag,
    MessageKind,
    Thread,
    Upload,
    User,
)
from .world import World

FIRST_ANSWER = timedelta(seconds=3)
TOKEN_LIFE = timedelta(minutes=15)


class Kind(IntEnum):
    """What a person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """How the bot may answer at first."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


ALLOWED = {
    Kind.COMMAND: {Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.MODAL},
    Kind.COMPONENT: set(Callback) - {Callback.CHOICES},
    Kind.AUTOCOMPLETE: {Callback.CHOICES},
    Kind.MODAL: set(Callback) - {Callback.CHOICES, Callback.MODAL},
}


@dataclass(eq=False)
class Interaction:
    """One thing that a person asked of the bot, and everything that it answered.

    ``message`` is the answer (or, after an update, the message that was clicked), ``modal`` the
    form that it opened, ``choices`` the completions. ``seconds`` passed until the first answer.
    """

    id: int
    token: str
    kind: Kind
    user: User
    channel: Channel
    data: Json
    at: datetime
    began: float
    source: Message | None = None
    callback: Callback | None = None
    seconds: float | None = None
    message: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None

    @property
    def text(self) -> str:
        """All that the person reads in answer, follow-ups included."""
        shown = [self.message] if self.message else []
        return "\n".join(m.text for m in [*shown, *self.followups])

    @property
    def ephemeral(self) -> bool:
        """Whether only the person sees the answer."""
        return self.message is not None and self.message.ephemeral

    @property
    def settled(self) -> bool:
        """Whether the person is no longer looking at "thinking…"."""
        if self.callback is Callback.DEFERRED_MESSAGE:
            assert self.message is not None
            return MessageFlag.LOADING not in self.message.flags or self.message.deleted
        return self.callback is not None


class Interactions:
    """Every interaction by its token, with the rules of answering."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.all: list[Interaction] = []
        self._by_token: dict[str, Interaction] = {}

    def begin(
        self, kind: Kind, user: User, channel: Channel, data: Json, source: Message | None = None
    ) -> Interaction:
        """Tell the bot what ``user`` did."""
        interaction = Interaction(
            id=self.world.new_id(),
            token=secrets.token_urlsafe(48),
            kind=kind,
            user=user,
            channel=channel,
            data=data,
            at=self.world.clock.now(),
            began=asyncio.get_running_loop().time(),
            source=source,
        )
        self.all.append(interaction)
        self._by_token[interaction.token] = interaction
        self.world.announce("INTERACTION_CREATE", self._payload(interaction))
        return interaction

    def answer(self, interaction_id: int, token: str, body: Json, files: list[Upload]) -> Json:
        """Take the bot's first answer; return what ``with_response`` tells.

        Raises Unknown interaction after three seconds, and for a second answer.
        """
        interaction = self._by_token.get(token)
        now = self.world.clock.now()
        if interaction is None or interaction.id != interaction_id:
            raise DiscordError(10062)
        if interaction.callback is not None:
            raise DiscordError(40060)
        if now - interaction.at > FIRST_ANSWER:
            raise DiscordError(10062)
        callback = Callback(body["type"])
        if callback not in ALLOWED[interaction.kind]:
            raise invalid_body(
                "type", says=f"{callback.name} cannot answer {interaction.kind.name}"
            )
        if callback in (Callback.UPDATE, Callback.DEFERRED_UPDATE) and interaction.source is None:
            raise invalid_body("type", says="there is no message to update")
        self._apply(interaction, callback, body.get("data") or {}, files)
        interaction.callback = callback
        interaction.seconds = asyncio.get_running_loop().time() - interaction.began
        self.world.changed()
        return self._response(interaction)

    def live(self, token: str) -> Interaction:
        """Return the interaction whose token this is, acknowledged and not fifteen minutes old."""
        interaction = self._by_token.get(token)
        if interaction is None or self.world.clock.now() - interaction.at > TOKEN_LIFE:
            raise DiscordError(50027)
        if interaction.callback is None:
            raise DiscordError(10015)
        return interaction

    def follow_up(self, token: str, body: Json, files: list[Upload]) -> Message:
        """Post a further message; the first after "thinking…" takes its place, as in Discord."""
        interaction = self.live(token)
        if not interaction.settled and interaction.message is not None:
            self._fill(interaction.message, body, files)
            return interaction.message
        message = self._write(interaction, body, files)
        interaction.followups.append(message)
        self.world.changed()
        return message

    def find(self, token: str, message_id: str) -> Message:
        """Return the answer (``@original``) or one of the follow-ups."""
        interaction = self.live(token)
        answers = [*([interaction.message] if interaction.message else []), *interaction.followups]
        for message in answers:
            original = message_id == "@original" and message is interaction.message
            if (original or str(message.id) == message_id) and not message.deleted:
                return message
        raise DiscordError(10008)

    def edit(self, token: str, message_id: str, body: Json, files: list[Upload]) -> Message:
        """Change an answer; one that was still "thinking…" is it no longer."""
        message = self.find(token, message_id)
        self._fill(message, body, files)
        return message

    def _apply(
        self, interaction: Interaction, callback: Callback, data: Json, files: list[Upload]
    ) -> None:
        match callback:
            case Callback.MESSAGE:
                interaction.message = self._write(interaction, data, files)
            case Callback.DEFERRED_MESSAGE:
                flags = MessageFlag(data.get("flags") or 0) | MessageFlag.LOADING
                interaction.message = self._write(interaction, {"flags": int(flags)}, files)
            case Callback.UPDATE:
                interaction.message = interaction.source
                assert interaction.source is not None
                self._fill(interaction.source, data, files)
            case Callback.DEFERRED_UPDATE:
                interaction.message = interaction.source
            case Callback.CHOICES:
                interaction.choices = data.get("choices") or []
            case Callback.MODAL:
                interaction.modal = data | {"components": parts.numbered(data["components"])}

    def _write(self, interaction: Interaction, data: Json, files: list[Upload]) -> Message:
        flags = MessageFlag(data.get("flags") or 0)
        fields = self.world.message_fields(data, files)
        if not MessageFlag.LOADING & flags and not self.world.has_substance(fields):
            raise DiscordError(50006)
        fields |= {
            "flags": flags,
            "interaction": self._metadata(interaction),
            "allowed": data.get("allowed_mentions"),
        }
        if interaction.kind is Kind.COMMAND:
            menu = interaction.data.get("type", 1) != 1
            fields["kind"] = MessageKind.CONTEXT_MENU if menu else MessageKind.COMMAND
        write = self.world.write if flags & MessageFlag.EPHEMERAL else self.world.post
        return write(interaction.channel, self.world.bot, **fields)

    def _fill(self, message: Message, data: Json, files: list[Upload]) -> None:
        flags = message.flags & ~MessageFlag.LOADING
        flags |= MessageFlag(data.get("flags") or 0) & ~MessageFlag.EPHEMERAL
        fields = self.world.message_fields(data, files, message)
        self.world.edit(message, **fields, flags=flags, allowed=data.get("allowed_mentions"))

    def _metadata(self, interaction: Interaction) -> Json:
        data: Json = {
            "id": str(interaction.id),
            "type": int(interaction.kind),
            "user": payloads.user(interaction.user),
            "authorizing_integration_owners": {},
        }
        if interaction.source is not None:
            data["interacted_message_id"] = str(interaction.source.id)
        return data

    def _response(self, interaction: Interaction) -> Json:
        assert interaction.callback is not None
        told: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
        response: Json = {"interaction": told}
        if interaction.message is not None:
            told |= {
                "response_message_id": str(interaction.message.id),
                "response_message_loading": MessageFlag.LOADING in interaction.message.flags,
                "response_message_ephemeral": interaction.message.ephemeral,
            }
            response["resource"] = {
                "type": int(interaction.callback),
                "message": payloads.message(self.world, interaction.message),
            }
        return response

    def _payload(self, interaction: Interaction) -> Json:
        channel, user = interaction.channel, interaction.user
        guild = channel.guild
        data: Json = {
            "id": str(interaction.id),
            "application_id": str(self.world.application.id),
            "type": int(interaction.kind),
            "data": interaction.data,
            "token": interaction.token,
            "version": 1,
            "locale": "en-GB",
            "channel": payloads.channel(self.world, channel),
            "channel_id": str(channel.id),
            "app_permissions": str(int(self.world.bot_permissions(channel))),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if interaction.source is not None:
            data["message"] = payloads.message(self.world, interaction.source)
        if guild is None:
            return data | {"user": payloads.user(user), "context": 1}
        permissions = guild.permissions_of(user, channel)
        data["channel"]["permissions"] = str(int(permissions & ALL))
        member = payloads.member(guild.members[user.id])
        return data | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": member | {"permissions": str(int(permissions & ALL))},
            "context": 0,
        }


def can_be_used_in(channel: Channel) -> bool:
    """Whether commands can be given there: not in an archived thread, nor in a forum itself."""
    if isinstance(channel, Thread):
        return not channel.archived
    return channel.kind in (ChannelKind.TEXT, ChannelKind.DM)
