"""The REST side: reads a request, lets faults and limits strike, has it answered, logs it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from aiohttp import BodyPartReader, web

from . import (
    routes_account,
    routes_channels,
    routes_events,
    routes_interactions,
    routes_messages,
    routes_reactions,
    routes_threads,
    schema,
)
from .errors import DiscordError
from .faults import ConnectionCut, Fault, Moment
from .interactions import Interactions
from .limits import Limits, RateLimited, limited
from .log import Request, RequestLog
from .models import Upload
from .routing import Answer, Call, Route, find
from .world import World

PREFIX = "/api/v10"
SUBJECTS = (
    routes_account,
    routes_channels,
    routes_events,
    routes_interactions,
    routes_messages,
    routes_reactions,
    routes_threads,
)
"""Importing them declares their routes."""


class Rest:
    """Answers every request below ``/api/v10``.

    With ``checks_form`` a body that Discord would not accept is refused, and noted in the log.
    """

    def __init__(self, world: World, interactions: Interactions) -> None:
        self.world = world
        self.interactions = interactions
        self.limits = Limits()
        self.log = RequestLog()
        self.checks_form = True
        self.gateway_url = ""

    async def handle(self, raw: web.Request) -> web.StreamResponse:
        """Answer one request, or cut its connection."""
        request = Request(
            method=raw.method,
            path=raw.path.removeprefix(PREFIX),
            began=asyncio.get_running_loop().time(),
            at=self.world.clock.now(),
            query=dict(raw.query),
            reason=raw.headers.get("X-Audit-Log-Reason"),
        )
        self.log.add(request)
        uploads = await _read(raw, request)
        try:
            response = await self._respond(raw, request, uploads)
        except ConnectionCut:
            response = web.Response()
            if raw.transport is not None:
                raw.transport.abort()
        else:
            request.status = response.status
        request.ended = asyncio.get_running_loop().time()
        self.world.changed()
        return response

    async def _respond(
        self, raw: web.Request, request: Request, uploads: list[Upload]
    ) -> web.Response:
        found = find(request.method, request.path)
        request.route = found[0].template if found else None
        headers: dict[str, str] = {}
        try:
            await self._strike(request, Moment.BEFORE)
            if found is None:
                raise DiscordError(0)
            route, given = found
            if not route.open and raw.headers.get("Authorization") != f"Bot {self.world.token}":
                raise DiscordError(40001, message="401: Unauthorized")
            headers = self.limits.take(
                request.method, route.template, _major(given), counts=not route.open
            )
            self._check_form(route, request)
            body = route.handler(self._call(request, given, uploads))
            request.done = True
            await self._strike(request, Moment.AFTER)
        except _Failure as failure:
            return web.Response(status=failure.status, text="upstream error")
        except RateLimited as refusal:
            told = {"message": "You are being rate limited.", "retry_after": refusal.retry_after}
            return _json(429, told | {"global": refusal.everywhere}, refusal.headers)
        except DiscordError as refusal:
            request.code = refusal.code
            if refusal.retry_after is not None:
                headers = headers | limited(refusal.retry_after).headers
            return _json(refusal.status, refusal.payload(), headers)
        if body is None:
            return web.Response(status=204, headers=headers)
        answer = body if isinstance(body, Answer) else Answer(200, body)
        return _json(answer.status, answer.body, headers)

    async def _strike(self, request: Request, when: Moment) -> None:
        """Apply the next fault for this request."""
        fault = self.world.faults.next(request, when)
        if fault is not None:
            self.world.changed()
            await fault.strike(request)
            _refuse(fault)

    def _call(self, request: Request, given: dict[str, Any], uploads: list[Upload]) -> Call:
        return Call(
            self.world, self.interactions, request, given, uploads, gateway_url=self.gateway_url
        )

    def _check_form(self, route: Route, request: Request) -> None:
        if not self.checks_form or request.method not in ("POST", "PUT", "PATCH"):
            return
        violations = schema.violations(request.method, route.template, request.body)
        if violations:
            request.violations = [
                f"{'.'.join(map(str, path))}: {reason}" for path, reason in violations
            ]
            raise DiscordError(50035, errors=dict(violations))


class _Failure(Exception):
    """A server error, whose body is no JSON."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _refuse(fault: Fault) -> None:
    if fault.retry_after is not None and fault.code is None:
        raise limited(fault.retry_after, everywhere=fault.everywhere)
    if fault.code is not None:
        raise DiscordError(fault.code, status=fault.status, retry_after=fault.retry_after)
    if fault.status is not None:
        raise _Failure(fault.status)


async def _read(raw: web.Request, request: Request) -> list[Upload]:
    """Read a JSON or multipart body into ``request``; return its files."""
    if raw.content_type == "application/json":
        text = await raw.text()
        request.body = json.loads(text) if text else None
    uploads: list[Upload] = []
    if raw.content_type == "multipart/form-data":
        async for part in await raw.multipart():
            assert isinstance(part, BodyPartReader)
            content = bytes(await part.read(decode=True))
            if part.name == "payload_json":
                request.body = json.loads(content)
            elif match := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
                filename = part.filename or "unknown"
                uploads.append(Upload(match[1], filename, content))
                request.files[match[0]] = filename, content
    return uploads


def _json(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    """Return an answer as Discord's edge sends it: a bare content type, and ``Via``."""
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        content_type="application/json",
        headers={"Via": "1.1 google", **headers},
    )


def _major(given: dict[str, Any]) -> str:
    names = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_token")
    return "+".join(str(given[name]) for name in names if name in given)
