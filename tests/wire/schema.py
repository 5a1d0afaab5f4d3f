"""Whether a request has the form that Discord asks for.

Two kinds of rule: Discord's own description of its API, where DISCORD_OPENAPI names a copy of
it, and what that leaves out and Discord enforces all the same, which is written here.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from . import components as parts
from .models import Json, MessageFlag

OPENAPI = Path(os.environ.get("DISCORD_OPENAPI", "openapi.json"))
"""A copy of Discord's description: github.com/discord/discord-api-spec, specs/openapi.json."""

COMMAND_NAME = re.compile(r"^[-_'\w\u0900-\u097F\u0E00-\u0E7F]{1,32}$")
PERMISSION_FIELDS = {"permissions", "allow", "deny", "default_member_permissions"}

MESSAGE_ROUTES = {
    ("POST", "/channels/{channel_id}/messages"),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}"),
    ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"),
    ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
}

EMBED_SIZES = {"title": 256, "description": 4096}
PART_SIZES = {"custom_id": 100, "label": 80, "url": 512, "placeholder": 150}
LABEL_SIZES = {"label": 45, "description": 100}
OPTION_SIZES = {"label": 100, "value": 100, "description": 100}
EVENT_SIZES = {"name": 100, "description": 1000}
"""Discord's documentation: Embed Limits, Component Reference, Guild Scheduled Event."""

Violation = tuple[tuple[str | int, ...], str]


class Description:
    """Discord's description of its API: tells what in a body contradicts it."""

    def __init__(self, document: Json) -> None:
        _tolerate_harmless_deviations(document)
        self._paths = {
            _anonymous(path): (path, methods) for path, methods in document["paths"].items()
        }
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("discord:", resource)
        self._validators: dict[tuple[str, str], Draft202012Validator | None] = {}

    def violations(self, method: str, route: str, body: Any) -> Iterator[Violation]:
        """Give what is wrong with a body; one error at most, the first and most telling."""
        validator = self._validator(method, route)
        if validator is None or body is None:
            return
        error = next(validator.iter_errors(body), None)
        if error is not None:
            error = _innermost(error)
            yield tuple(error.absolute_path), error.message

    def knows(self, method: str, route: str) -> bool:
        """Whether there is such a route."""
        _, methods = self._paths.get(_anonymous(route), ("", {}))
        return method.lower() in methods

    def _validator(self, method: str, route: str) -> Draft202012Validator | None:
        key = method.lower(), route
        if key not in self._validators:
            path, methods = self._paths.get(_anonymous(route), ("", {}))
            content = methods.get(key[0], {}).get("requestBody", {}).get("content", {})
            pointer = "/".join(
                part.replace("~", "~0").replace("/", "~1")
                for part in ("", "paths", path, key[0], "requestBody", "content")
            )
            reference = {"$ref": f"discord:#{pointer}/application~1json/schema"}
            self._validators[key] = (
                Draft202012Validator(reference, registry=self._registry)
                if "application/json" in content
                else None
            )
        return self._validators[key]


@cache
def description() -> Description | None:
    """Return Discord's description, or None where there is no copy of it."""
    if not OPENAPI.is_file():
        return None
    return Description(json.loads(OPENAPI.read_text(encoding="utf-8")))


def violations(method: str, route: str, body: Any) -> list[Violation]:
    """Return everything that is wrong with the body of a request, by path and reason."""
    described = description()
    found = list(described.violations(method, route, body)) if described else []
    return found or list(unwritten_violations(method, route, body))


def unwritten_violations(method: str, route: str, body: Any) -> Iterator[Violation]:
    """Give what Discord refuses without its description saying so."""
    if (method, route) in MESSAGE_ROUTES:
        yield from _message(body or {})
    elif route.endswith("/threads") and isinstance(body, dict):
        yield from _longer(body, {"name": 100})
        if "message" in body:
            yield from _within("message", _message(body["message"]))
    elif "/scheduled-events" in route and isinstance(body, dict):
        yield from _longer(body, EVENT_SIZES)
        yield from _longer(body.get("entity_metadata") or {}, {"location": 100})
    elif route.startswith("/interactions/") and isinstance(body, dict):
        data = body.get("data") or {}
        if body.get("type") == 9:
            yield from _within("data", _longer(data, {"title": 45, "custom_id": 100}))
            yield from _within("data", _sizes(data.get("components")))
            yield from _within("data", _custom_ids(data.get("components")))
        elif body.get("type") == 8:
            if len(data.get("choices") or []) > 25:
                yield ("data", "choices"), "Must be 25 or fewer in length."
        else:
            yield from _within("data", _message(data))
    elif method == "PUT" and route.endswith("/commands") and isinstance(body, list):
        yield from _commands(body)


def _message(body: Json) -> Iterator[Violation]:
    if len(body.get("content") or "") > 2000:
        yield ("content",), "Must be 2000 or fewer in length."
    embeds = body.get("embeds") or []
    if sum(len(text) for embed in embeds for text in parts.embed_texts(embed)) > 6000:
        yield ("embeds",), "Embed size exceeds maximum size of 6000"
    for embed in embeds:
        yield from _longer(embed, EMBED_SIZES)
        yield from _longer(embed.get("footer") or {}, {"text": 2048})
        yield from _longer(embed.get("author") or {}, {"name": 256})
        fields = embed.get("fields") or []
        if len(fields) > 25:
            yield ("embeds",), "Must be 25 or fewer in length."
        for field in fields:
            yield from _longer(field, {"name": 256, "value": 1024})
    components = body.get("components") or []
    yield from _sizes(components)
    if MessageFlag(body.get("flags") or 0) & MessageFlag.COMPONENTS_V2:
        if body.get("content") or embeds:
            yield ("content",), "The 'content' and 'embeds' fields cannot be used with this flag"
        if sum(1 for _ in parts.walk(components)) > 40:
            yield ("components",), "The maximum number of components is 40"
        if sum(map(len, parts.texts(components))) > 4000:
            yield ("components",), "The text of all components exceeds 4000 characters"
    else:
        if len(components) > 5:
            yield ("components",), "Must be between 1 and 5 in length."
        if any(component["type"] != parts.ACTION_ROW for component in components):
            yield ("components",), "Only action rows can be used without the components flag"
    yield from _custom_ids(components)


def _sizes(components: list[Json] | None) -> Iterator[Violation]:
    for part in parts.walk(components):
        yield from _longer(part, LABEL_SIZES if part["type"] == parts.LABEL else PART_SIZES)
        if part["type"] == parts.TEXT_INPUT:
            yield from _longer(part, {"placeholder": 100, "value": 4000})
        options = part.get("options") or []
        if len(options) > 25:
            yield ("options",), "Must be between 1 and 25 in length."
        for option in options:
            yield from _longer(option, OPTION_SIZES)


def _longer(holder: Json, sizes: dict[str, int]) -> Iterator[Violation]:
    for name, limit in sizes.items():
        if len(str(holder.get(name) or "")) > limit:
            yield (name,), f"Must be {limit} or fewer in length."


def _custom_ids(components: list[Json] | None) -> Iterator[Violation]:
    seen: Counter[str] = Counter()
    for part in parts.walk(components):
        kind, custom_id = part["type"], part.get("custom_id")
        if kind == parts.BUTTON:
            links = part.get("style") in (parts.LINK_STYLE, parts.PREMIUM_STYLE)
            if links and custom_id:
                yield ("components",), "A custom id and a url cannot both be specified"
            if not links and not custom_id:
                yield ("components",), "A custom id is required"
            if not links and not part.get("label") and not part.get("emoji"):
                yield ("components",), "A button needs a label or an emoji"
        if kind == parts.STRING_SELECT and not part.get("options"):
            yield ("components",), "A select menu needs between 1 and 25 options"
        if custom_id:
            seen[custom_id] += 1
    for custom_id, times in seen.items():
        if times > 1:
            yield ("components",), f"Component custom id cannot be duplicated: {custom_id}"


def _commands(commands: list[Json]) -> Iterator[Violation]:
    kinds = Counter((command.get("type") or 1, command["name"]) for command in commands)
    for (_, name), times in kinds.items():
        if times > 1:
            yield (), f"Application command names must be unique: {name}"
    for index, command in enumerate(commands):
        if (command.get("type") or 1) == 1:
            yield from _within(index, _command(command))
            if _length(command) > 8000:
                yield (index,), "Command exceeds maximum size of 8000"


def _command(command: Json) -> Iterator[Violation]:
    name = command["name"]
    if not COMMAND_NAME.match(name) or name != name.lower():
        yield ("name",), f"Command name is invalid: {name}"
    if not command.get("description"):
        yield ("description",), "This field is required"
    optional_seen = False
    for index, option in enumerate(command.get("options") or []):
        yield from _within("options", _within(index, _command(option)))
        if option["type"] in (1, 2):
            continue
        if option.get("required") and optional_seen:
            yield ("options", index), "Required options must be placed before non-required options"
        optional_seen = optional_seen or not option.get("required")


def _length(command: Json) -> int:
    own = len(command["name"]) + len(command.get("description") or "")
    choices = sum(
        len(choice["name"]) + len(str(choice["value"])) for choice in command.get("choices") or []
    )
    return own + choices + sum(map(_length, command.get("options") or []))


def _within(step: str | int, found: Iterator[Violation]) -> Iterator[Violation]:
    for path, reason in found:
        yield (step, *path), reason


def _anonymous(route: str) -> str:
    return re.sub(r"{\w+}", "{}", route)


def _innermost(error: ValidationError) -> ValidationError:
    """Return what is wrong inside the alternative that was meant, going by its ``type``."""
    while error.context:
        alternatives: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            alternatives.setdefault(inner.relative_schema_path[0], []).append(inner)
        meant = [found for found in alternatives.values() if not any(map(_of_another_kind, found))]
        if not meant:
            break
        error = max((e for found in meant for e in found), key=lambda e: len(e.relative_path))
    return error


def _of_another_kind(error: ValidationError) -> bool:
    """Whether the error says that the value is no such thing at all."""
    return error.validator in ("type", "enum", "const") and list(error.relative_path) in (
        [],
        ["type"],
    )


def _tolerate_harmless_deviations(document: Json) -> None:
    """Accept what Discord does: snowflakes as numbers, permissions as texts, media channels."""
    schemas = document["components"]["schemas"]
    schemas["SnowflakeType"]["type"] = ["string", "integer"]
    schemas["ChannelTypes"]["oneOf"].append({"title": "GUILD_MEDIA", "const": 16})
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            if name in PERMISSION_FIELDS and "integer" in field.get("type", ()):
                field["type"] = [*field["type"], "string"]
