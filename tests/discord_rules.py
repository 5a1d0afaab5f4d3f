"""Holds what the bot sends in the simulated server against Discord's own description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from simcord.types import HttpLogEntry

from tests.wire import schema

_IDS = (
    (r"/applications/\d+", "/applications/{application_id}"),
    (r"/channels/\d+", "/channels/{channel_id}"),
    (r"/guilds/\d+", "/guilds/{guild_id}"),
    (r"/interactions/\d+/[^/]+", "/interactions/{interaction_id}/{interaction_token}"),
    (r"/members/\d+", "/members/{user_id}"),
    (r"/messages/\d+", "/messages/{message_id}"),
    (r"/scheduled-events/\d+", "/scheduled-events/{guild_scheduled_event_id}"),
    (r"/users/\d+", "/users/{user_id}"),
    (r"/webhooks/\d+/[^/]+", "/webhooks/{webhook_id}/{webhook_token}"),
)


def route(path: str) -> str:
    """Return a request's path as Discord's description writes it."""
    for pattern, template in _IDS:
        path = re.sub(pattern, template, path)
    return path


def violations(requests: Iterable[HttpLogEntry]) -> list[str]:
    """Return what Discord would refuse in these requests' bodies."""
    return [
        f"{request.method} {request.path}: {'.'.join(map(str, where))}: {reason}"
        for request in requests
        if request.json is not None
        for where, reason in schema.violations(request.method, route(request.path), request.json)
    ]


def described(requests: Iterable[HttpLogEntry]) -> int:
    """Return how many bodies were held against Discord's description; none without a copy of it."""
    known = schema.description()
    if known is None:
        return 0
    return sum(
        request.json is not None and known.knows(request.method, route(request.path))
        for request in requests
    )


def careless(requests: Iterable[HttpLogEntry]) -> list[str]:
    """Return the messages that do not name whom alone they may ping."""
    found: list[str] = []
    for request in requests:
        for body in messages(request.json):
            allowed = body.get("allowed_mentions")
            if allowed is None or allowed.get("parse"):
                found.append(f"{request.method} {request.path} may ping {allowed or 'everybody'}")
    return found


def messages(payload: Any) -> Iterator[dict[str, Any]]:
    """Yield the messages in a request's body: the body itself, or that of an answer."""
    if not isinstance(payload, dict):
        return
    if isinstance(payload.get("data"), dict) and payload.get("type") in (4, 7):
        payload = payload["data"]
    if isinstance(payload.get("message"), dict):
        payload = payload["message"]  # a forum's post
    is_form = "custom_id" in payload
    if not is_form and any(payload.get(key) for key in ("content", "embeds", "components")):
        yield payload
