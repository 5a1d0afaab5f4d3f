"""The bot's own account, its application and its commands."""

from __future__ import annotations

from . import payloads
from .errors import DiscordError
from .models import Json
from .routing import Call, route


@route("GET", "/users/@me")
def me(call: Call) -> Json:
    return payloads.user(call.world.bot) | {"verified": True, "mfa_enabled": True, "flags": 0}


@route("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> list[Json]:
    world = call.world
    mine = [guild for guild in world.guilds.values() if world.bot.id in guild.members]
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "owner": False,
            "permissions": str(int(guild.permissions_of(world.bot))),
            "features": [],
        }
        for guild in mine
    ]


@route("GET", "/users/{user_id}")
def user(call: Call) -> Json:
    return payloads.user(call.user())


@route("POST", "/users/@me/channels")
def open_conversation(call: Call) -> Json:
    recipient = call.world.users.get(int(call.body["recipient_id"]))
    if recipient is None:
        raise DiscordError(10013)
    if recipient is call.world.bot:
        raise DiscordError(50007)
    return payloads.channel(call.world, call.world.conversation(recipient))


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(call: Call) -> Json:
    return payloads.application(call.world)


@route("GET", "/gateway", open=True)
def gateway(call: Call) -> Json:
    return {"url": call.gateway_url}


@route("GET", "/gateway/bot")
def gateway_for_bots(call: Call) -> Json:
    return {
        "url": call.gateway_url,
        "shards": call.world.shards,
        "session_start_limit": {
            "total": 1000,
            "remaining": 999,
            "reset_after": 86_400_000,
            "max_concurrency": call.world.max_concurrency,
        },
    }


@route("GET", "/applications/{application_id}/commands")
@route("GET", "/applications/{application_id}/guilds/{guild_id}/commands")
def commands(call: Call) -> list[Json]:
    return call.world.commands.get(_scope(call), [])


@route("PUT", "/applications/{application_id}/commands")
@route("PUT", "/applications/{application_id}/guilds/{guild_id}/commands")
def set_commands(call: Call) -> list[Json]:
    scope, world = _scope(call), call.world
    wanted: list[Json] = call.request.body or []
    kinds = [command.get("type") or 1 for command in wanted]
    if kinds.count(1) > 100 or kinds.count(2) > 5 or kinds.count(3) > 5:
        raise DiscordError(30032)
    present = {(c["name"], c["type"]): c["id"] for c in world.commands.get(scope, [])}
    world.commands[scope] = [
        {
            "description": "",
            "options": [],
            "contexts": None,
            "integration_types": [0],
            "nsfw": False,
            **command,
            "type": kind,
            "id": present.get((command["name"], kind)) or str(world.new_id()),
            "version": str(world.new_id()),
            "application_id": str(world.application.id),
            "default_member_permissions": _text(command.get("default_member_permissions")),
            "dm_permission": command.get("dm_permission", True),
        }
        | ({"guild_id": str(scope)} if scope else {})
        for command, kind in zip(wanted, kinds, strict=True)
    ]
    world.changed()
    return world.commands[scope]


def _scope(call: Call) -> int | None:
    if call.given["application_id"] != call.world.application.id:
        raise DiscordError(50001)
    return call.guild().id if "guild_id" in call.given else None


def _text(permissions: int | str | None) -> str | None:
    return None if permissions is None else str(permissions)
