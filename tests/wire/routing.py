"""How a route is declared, found and called."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import DiscordError
from .interactions import Interactions
from .log import Request
from .models import Channel, Guild, Json, Message, Permission, Thread, Upload, User
from .world import World


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with a status of its own."""

    status: int
    body: Any


@dataclass(slots=True)
class Call:
    """One request in the hands of its route.

    ``given`` holds the parts of the path, numbers where they are ids.
    """

    world: World
    interactions: Interactions
    request: Request
    given: dict[str, Any]
    uploads: list[Upload]
    gateway_url: str

    @property
    def body(self) -> Json:
        return self.request.body or {}

    def query(self, name: str) -> int | None:
        """Return a number of the query string."""
        value = self.request.query.get(name)
        return None if value is None else int(value)

    def guild(self) -> Guild:
        """Return the server that the path names, if the bot is in it."""
        guild = self.world.guilds.get(self.given["guild_id"])
        if guild is None or self.world.bot.id not in guild.members:
            raise DiscordError(10004)
        return guild

    def channel(self, *permissions: Permission) -> Channel:
        """Return the channel that the path names, if the bot may do that there."""
        channel = self.world.channels.get(self.given["channel_id"])
        if channel is None:
            raise DiscordError(10003)
        if channel.guild is not None and self.world.bot.id not in channel.guild.members:
            raise DiscordError(50001)
        held = self.world.bot_permissions(channel)
        if channel.guild is not None and Permission.VIEW_CHANNEL not in held:
            raise DiscordError(50001)
        if any(permission not in held for permission in permissions):
            raise DiscordError(50013)
        return channel

    def thread(self) -> Thread:
        """Return the thread that the path names, if the bot sees it."""
        channel = self.channel()
        if not isinstance(channel, Thread):
            raise DiscordError(50024)
        return channel

    def message(self, *permissions: Permission) -> Message:
        """Return the message that the path names, if the bot may do that in its channel."""
        message = self.channel(*permissions).messages.get(self.given["message_id"])
        if message is None:
            raise DiscordError(10008)
        return message

    def user(self) -> User:
        """Return the account that the path names."""
        user = self.world.users.get(self.given["user_id"])
        if user is None:
            raise DiscordError(10013)
        return user


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One route; an open one asks for no token, and is under no limit of the token's."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    open: bool


ROUTES: list[Route] = []


def route(method: str, template: str, *, open: bool = False) -> Callable[[Handler], Handler]:
    """Declare a route. A part whose name ends in ``_id`` is a number, any other a text."""

    def declare(handler: Handler) -> Handler:
        pattern = re.sub(r"{(\w+_id)}", r"(?P<\1>\\d+)", template)
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", pattern)
        ROUTES.append(Route(method, template, re.compile(pattern), handler, open))
        return handler

    return declare


def find(method: str, path: str) -> tuple[Route, dict[str, Any]] | None:
    """Return the route for a request, and the parts of its path."""
    for declared in ROUTES:
        if declared.method == method and (match := declared.pattern.fullmatch(path)):
            return declared, {
                name: int(value) if name.endswith("_id") else value
                for name, value in match.groupdict().items()
            }
    return None


def not_archived(channel: Channel) -> None:
    """Refuse what an archived thread refuses."""
    if isinstance(channel, Thread) and channel.archived:
        raise DiscordError(50083)
