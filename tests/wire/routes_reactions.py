"""Reactions."""

from __future__ import annotations

from . import payloads
from .errors import DiscordError
from .models import Json, Permission
from .routing import Call, not_archived, route

ALL = "/channels/{channel_id}/messages/{message_id}/reactions"
ONE = ALL + "/{emoji_name}"


@route("PUT", ONE + "/@me")
def react(call: Call) -> None:
    emoji = _emoji(call)
    message = call.message(Permission.READ_MESSAGE_HISTORY)
    not_archived(message.channel)
    if emoji not in message.reactions:
        call.channel(Permission.ADD_REACTIONS)
    call.world.react(message, call.world.bot, emoji)


@route("DELETE", ONE + "/@me")
def take_back(call: Call) -> None:
    message = call.message()
    not_archived(message.channel)
    call.world.unreact(message, call.world.bot, _emoji(call))


@route("DELETE", ONE + "/{user_id}")
def take_away(call: Call) -> None:
    message = call.message(Permission.MANAGE_MESSAGES)
    not_archived(message.channel)
    call.world.unreact(message, call.user(), _emoji(call))


@route("DELETE", ALL)
@route("DELETE", ONE)
def clear(call: Call) -> None:
    message = call.message(Permission.MANAGE_MESSAGES)
    not_archived(message.channel)
    call.world.clear_reactions(message, _emoji(call) if "emoji_name" in call.given else None)


@route("GET", ONE)
def who(call: Call) -> list[Json]:
    """Return who reacted, by id, after the one that ``after`` names."""
    message = call.message(Permission.READ_MESSAGE_HISTORY)
    after, limit = call.query("after") or 0, call.query("limit") or 25
    people = sorted(i for i in message.reactions.get(_emoji(call), {}) if i > after)
    return [payloads.user(call.world.users[i]) for i in people[:limit]]


def _emoji(call: Call) -> str:
    """Return the emoji of the path; servers here have none of their own."""
    emoji: str = call.given["emoji_name"]
    if emoji.isascii():
        raise DiscordError(10014)
    return emoji
