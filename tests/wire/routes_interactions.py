"""Answers to interactions: by callback first, then by the interaction's own webhook."""

from __future__ import annotations

from . import payloads
from .errors import DiscordError
from .models import Json
from .routing import Call, route

WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", open=True)
def callback(call: Call) -> Json | None:
    response = call.interactions.answer(
        call.given["interaction_id"], call.given["interaction_token"], call.body, call.uploads
    )
    wanted = call.request.query.get("with_response", "").lower() in ("1", "true")
    return response if wanted else None


@route("POST", WEBHOOK, open=True)
def follow_up(call: Call) -> Json:
    message = call.interactions.follow_up(_token(call), call.body, call.uploads)
    return payloads.message(call.world, message)


@route("GET", WEBHOOK + "/messages/{which}", open=True)
def answer(call: Call) -> Json:
    return payloads.message(call.world, call.interactions.find(_token(call), call.given["which"]))


@route("PATCH", WEBHOOK + "/messages/{which}", open=True)
def edit(call: Call) -> Json:
    message = call.interactions.edit(_token(call), call.given["which"], call.body, call.uploads)
    return payloads.message(call.world, message)


@route("DELETE", WEBHOOK + "/messages/{which}", open=True)
def delete(call: Call) -> None:
    call.world.delete(call.interactions.find(_token(call), call.given["which"]))


def _token(call: Call) -> str:
    if call.given["webhook_id"] != call.world.application.id:
        raise DiscordError(10015)
    return call.given["webhook_token"]
