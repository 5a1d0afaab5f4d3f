"""The small web server: documents for those who know their address, and whether the bot is well.

Off unless ``COHORT_WEB_PORT`` is set, and bound to this machine alone unless ``COHORT_WEB_HOST``
says otherwise. It holds no session and takes nothing in: two kinds of GET, and 404 for the rest.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from aiohttp import web
from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import StartupError
from bot.base.use_limits import Limit, Use, Uses
from bot.config import Settings
from bot.net.connections import Connections
from data.store import Store

log = structlog.stdlib.get_logger(__name__)

SECRET = re.compile(r"[A-Za-z0-9_-]{32,100}")
"""What the name of a document looks like; anything else is not even looked up."""

FRESH = timedelta(minutes=5)
"""How long a reader may show what it has without asking again."""

REMEMBERED = 10_000
"""How many documents have their last change remembered."""

OVERDUE = timedelta(minutes=10)
"""A deadline that waits longer than this past its time means that nothing is delivered."""

LINE = 2048
"""Bytes of the first line of a request, and of each header."""

READ = Limit("ask for one document 20 times a minute", 20, within=timedelta(minutes=1))
"""Calendars ask a few times an hour. Making one takes up to a second of a busy server's meetings,
and whoever has an address could ask for nothing else."""

ACCEPTED = 5
"""Connections that one step of the event loop accepts at most. At each, threads that read files may
have their turn of a millisecond or more, and nobody else is answered until the last."""

WAITING = 100
"""Connections that wait to be accepted at most; the kernel drops others, who try again."""

ANSWERS_IN = 5.0
"""Seconds in which the store has to answer."""


class Document(Struct, frozen=True):
    """What is served: its bytes, their type, and the name that they are saved under."""

    body: bytes
    content_type: str
    filename: str


Find = Callable[[str], Awaitable[Document | None]]
"""Returns the document that a secret opens, or None."""


class ProcessHealth(Struct, frozen=True):
    """Whether the bot does its work."""

    store: bool
    gateway: bool
    overdue: timedelta
    """How long ago the oldest deadline that waits should have been delivered."""

    @property
    def well(self) -> bool:
        """Whether all of it holds."""
        return self.store and self.gateway and self.overdue < OVERDUE

    def as_json(self) -> dict[str, object]:
        """Return it as JSON; it contains no secrets."""
        return {
            "well": self.well,
            "store": self.store,
            "gateway": self.gateway,
            "overdue_seconds": int(self.overdue.total_seconds()),
        }


@web.middleware
async def _one_request(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Close the connection after the answer, instead of keeping it for a request that may come."""
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        error.force_close()
        raise
    answer.force_close()
    return answer


class WebServer:
    """Serves ``/health``, and the documents that features offer under ``/<folder>/``."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, connected: Callable[[], bool]
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._connected = connected
        self._folders: dict[str, tuple[str, Find]] = {}
        self._since: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        """By requested path: the tag of its document, and since when it has had it."""
        self._reads = Uses()
        self._making = asyncio.Semaphore(1)
        """One document is made at a time: many at once would take all readers of the store."""
        self.connections = Connections()
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Server | None = None

    @property
    def is_public(self) -> bool:
        """Whether people outside can reach it, so that it makes sense to give out addresses.

        Where there are several processes, one that serves is enough: it answers for all servers.
        """
        shared = not self._store.shards.is_all
        return bool(self._settings.web_port or shared) and self._settings.web_address is not None

    def serve(self, folder: str, suffix: str, find: Find) -> None:
        """Serve what ``find`` returns for a secret at ``/<folder>/<secret><suffix>``."""
        self._folders[folder] = (suffix, find)

    def address(self, folder: str, secret: str) -> str:
        """Return where people outside find a document."""
        return f"{self._settings.web_address}/{folder}/{secret}{self._folders[folder][0]}"

    def application(self) -> web.Application:
        """Return the routes."""
        # Nothing is ever sent to it, so a body of any size is refused.
        application = web.Application(client_max_size=1, middlewares=[_one_request])
        application.router.add_get("/health", self._health)
        application.router.add_get("/{folder}/{name}", self._document)
        return application

    async def start(self) -> None:
        """Listen, if that is wanted; raises StartupError when the port cannot be had."""
        settings = self._settings
        if not settings.web_port:
            return
        # No access log: it would hold the addresses, and they are secrets.
        self._runner = web.AppRunner(
            self.application(),
            access_log=None,
            max_line_size=LINE,
            max_field_size=LINE,
            # Who has gone waits for nothing. Without it, each who asks and goes leaves work behind,
            # and the limits of connections bound none of it.
            handler_cancellation=True,
        )
        await self._runner.setup()
        assert self._runner.server is not None  # noqa: S101 - it was set up
        try:
            self._listening = await asyncio.get_running_loop().create_server(
                self.connections.protocol(self._runner.server),
                settings.web_host,
                settings.web_port,
                backlog=ACCEPTED,
            )
            for one in self._listening.sockets:  # asyncio takes one number for both
                with socket.fromfd(one.fileno(), one.family, one.type) as same:
                    same.listen(WAITING)
        except OSError as error:
            await self.stop()
            raise StartupError(
                f"COHORT_WEB_PORT: {settings.web_host}:{settings.web_port} cannot be used "
                f"({error.strerror}). Choose another port, or stop what has it."
            ) from error
        log.info("serving", host=settings.web_host, port=settings.web_port)

    async def stop(self) -> None:
        """Release the port."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
            await self.connections.close()

    async def health(self) -> ProcessHealth:
        """Check that the store answers, Discord is connected, and deadlines are delivered."""
        try:
            async with asyncio.timeout(ANSWERS_IN), self._store.read() as tx:
                due = await tx.deadlines.next_due(self._store.shards)
        except Exception:
            log.exception("the store does not answer")
            return ProcessHealth(store=False, gateway=self._connected(), overdue=timedelta())
        overdue = max(self._clock.now() - due, timedelta()) if due else timedelta()
        return ProcessHealth(store=True, gateway=self._connected(), overdue=overdue)

    async def _health(self, request: web.Request) -> web.Response:
        health = await self.health()
        return web.json_response(
            health.as_json(),
            status=200 if health.well else 503,
            headers={"Cache-Control": "no-store"},
        )

    async def _document(self, request: web.Request) -> web.Response:
        suffix, find = self._folders.get(request.match_info["folder"], ("", None))
        name = request.match_info["name"]
        secret = name.removesuffix(suffix)
        if find is None or not name.endswith(suffix) or SECRET.fullmatch(secret) is None:
            raise web.HTTPNotFound
        if not self._reads.may(0, 0, Use(READ, secret), self._clock.now()):
            raise web.HTTPTooManyRequests(
                headers={"Retry-After": str(int(READ.within.total_seconds()))}
            )
        async with self._making:
            document = await find(secret)
        if document is None:
            self._since.pop(request.path, None)
            raise web.HTTPNotFound
        return self._answer(request, document)

    def _answer(self, request: web.Request, document: Document) -> web.Response:
        """Return a document, or that the reader has it already (RFC 9110, 13.2.2)."""
        tag = hashlib.sha256(document.body).hexdigest()[:32]
        since = self._as_it_is_since(request.path, tag)
        if request.if_none_match is not None:
            known = any(one.value in (tag, "*") for one in request.if_none_match)
        else:
            known = request.if_modified_since is not None and since <= request.if_modified_since
        answer = web.Response(status=304) if known else web.Response(body=document.body)
        answer.etag = tag
        answer.last_modified = since
        answer.headers["Cache-Control"] = f"private, max-age={int(FRESH.total_seconds())}"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Robots-Tag"] = "noindex"
        if not known:
            answer.headers["Content-Type"] = document.content_type
            answer.headers["Content-Disposition"] = f'inline; filename="{document.filename}"'
        return answer

    def _as_it_is_since(self, path: str, tag: str) -> datetime:
        """Return when a document last changed; after a start, when it was first asked for."""
        standing = self._since.pop(path, None)
        if standing is None or standing[0] != tag:
            standing = (tag, self._clock.now().replace(microsecond=0))
        self._since[path] = standing
        if len(self._since) > REMEMBERED:
            self._since.popitem(last=False)
        return standing[1]
