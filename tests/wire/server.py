"""The whole: a Discord on loopback that a bot can be pointed at."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Self

from aiohttp import web

from .gateway import Gateway
from .limits import Limits
from .log import RequestLog
from .people import People
from .rest import PREFIX, Rest
from .world import World


class WireDiscord(People):
    """A Discord that listens on a port of 127.0.0.1 while its block runs.

    ``api`` is the base address to give to the bot; the gateway is learnt there. ``world`` is what
    exists, ``requests`` what was asked, ``limits`` and ``gateway`` how it behaves.
    """

    def __init__(self, world: World | None = None) -> None:
        super().__init__(world or World())
        self.gateway = Gateway(self.world)
        self.rest = Rest(self.world, self.interactions)
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    @property
    def github(self) -> str:
        """The base address of a GitHub that knows one repository, of the world's commits."""
        return f"http://127.0.0.1:{self.port}/github"

    @property
    def requests(self) -> RequestLog:
        return self.rest.log

    @property
    def limits(self) -> Limits:
        return self.rest.limits

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/resume", self.gateway.handle)
        app.router.add_get("/files/{attachment}/{name}", self._file)
        app.router.add_get("/github/repos/{owner}/{name}/commits", self._commits)
        app.router.add_route("*", PREFIX + "/{rest:.*}", self.rest.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await self.come_back()
        self.gateway.url = self.rest.gateway_url = f"ws://127.0.0.1:{self.port}/gateway"
        self.world.files_url = f"http://127.0.0.1:{self.port}/files"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        self.world.faults.clear()
        await self.gateway.shut()
        await self._runner.cleanup()

    async def go_away(self) -> None:
        """Refuse connections and cut those there are, as when the network is gone."""
        assert self._runner is not None
        assert self._runner.server is not None
        assert self._site is not None
        await self._site.stop()
        self._site = None
        self.gateway.drop()
        for connection in list(self._runner.server.connections):
            if connection.transport is not None:
                connection.transport.abort()

    async def come_back(self) -> None:
        """Listen, on the same port as before."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        if not self.port:
            self.port = self._runner.addresses[0][1]

    async def _commits(self, request: web.Request) -> web.Response:
        tag = f'"{self.world.commits[0]}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.json_response(
            [{"sha": one} for one in self.world.commits], headers={"ETag": tag}
        )

    async def _file(self, request: web.Request) -> web.Response:
        with suppress(ValueError):
            found = self.world.attachments.get(int(request.match_info["attachment"]))
            if found is not None:
                return web.Response(body=found.content, content_type=found.content_type)
        raise web.HTTPNotFound
