"""A server's scheduled events."""

from __future__ import annotations

from datetime import datetime

from . import payloads
from .errors import DiscordError, invalid_body
from .models import Guild, Json, Permission, ScheduledEvent
from .routing import Call, route
from .world import World

ALL = "/guilds/{guild_id}/scheduled-events"
ONE = ALL + "/{guild_scheduled_event_id}"
EXTERNAL = 3


@route("GET", ALL)
def events(call: Call) -> list[Json]:
    return [payloads.scheduled_event(event) for event in call.guild().events.values()]


@route("POST", ALL)
def create(call: Call) -> Json:
    guild = call.guild()
    _may_schedule(call, guild)
    _check(call.world, call.body)
    event = call.world.create_event(guild, call.world.bot, call.body)
    return payloads.scheduled_event(event)


@route("GET", ONE)
def event(call: Call) -> Json:
    return payloads.scheduled_event(_event(call))


@route("PATCH", ONE)
def edit(call: Call) -> Json:
    event = _event(call)
    _may_schedule(call, event.guild)
    if "scheduled_start_time" in call.body:
        _check(call.world, event.fields | call.body)
    call.world.update_event(event, call.body)
    return payloads.scheduled_event(event)


@route("DELETE", ONE)
def delete(call: Call) -> None:
    event = _event(call)
    _may_schedule(call, event.guild)
    call.world.delete_event(event)


@route("GET", ONE + "/users")
def users(call: Call) -> list[Json]:
    _event(call)
    return []


def _event(call: Call) -> ScheduledEvent:
    event = call.guild().events.get(call.given["guild_scheduled_event_id"])
    if event is None:
        raise DiscordError(10070)
    return event


def _may_schedule(call: Call, guild: Guild) -> None:
    held = guild.permissions_of(call.world.bot)
    if not held & (Permission.MANAGE_EVENTS | Permission.CREATE_EVENTS):
        raise DiscordError(50013)


def _check(world: World, fields: Json) -> None:
    """Refuse what Discord's form does: the past, an end before the start, no place."""
    starts = datetime.fromisoformat(fields["scheduled_start_time"])
    if starts <= world.clock.now():
        raise invalid_body("scheduled_start_time", says="Cannot schedule event in the past.")
    ends = fields.get("scheduled_end_time")
    if ends and datetime.fromisoformat(ends) <= starts:
        raise invalid_body("scheduled_end_time", says="Cannot end before it starts.")
    if fields["entity_type"] == EXTERNAL:
        if not ends:
            raise invalid_body("scheduled_end_time", says="This field is required")
        if not (fields.get("entity_metadata") or {}).get("location"):
            raise invalid_body("entity_metadata", "location", says="This field is required")
    elif not fields.get("channel_id"):
        raise invalid_body("channel_id", says="This field is required")
