"""The page to open: who one is, all channels, time, and in the middle the channel itself.

The middle is SimCord's preview, in a frame. Everything around it does the same lines as the
terminal, through the same desk.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.resources import files

from aiohttp import web
from simcord.preview._server import PreviewServer  # pyright: ignore[reportPrivateUsage]

from bot.base.errors import StartupError
from bot.demo.channel_page import Page
from bot.demo.line_queue import Desk
from bot.demo.simulated_server import Town

LONGEST = 4000
"""Characters of a line that the page sends."""

# SimCord lets no page frame its preview; ours, from the same machine, has to.
_headers: dict[str, str] = PreviewServer._SECURITY_HEADERS  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
_headers.pop("X-Frame-Options", None)
_headers["Content-Security-Policy"] = _headers["Content-Security-Policy"].replace(
    "frame-ancestors 'none'", "frame-ancestors http://127.0.0.1:*"
)


class Window:
    """Serves the page; its address holds a secret, because whoever has it can act in the demo."""

    def __init__(self, town: Town, page: Page, desk: Desk) -> None:
        self._town = town
        self._page = page
        self._desk = desk
        self._secret = secrets.token_urlsafe(16)
        self._port = 0

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self._port}/{self._secret}/"

    async def start(self, port: int | None) -> web.AppRunner:
        """Listen on this machine; raises StartupError when the port is taken."""
        app = web.Application(client_max_size=4 * LONGEST)
        app.router.add_get(f"/{self._secret}/", self._show)
        app.router.add_get(f"/{self._secret}/state", self._state)
        app.router.add_post(f"/{self._secret}/line", self._line)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port or 0).start()
        except OSError:
            await runner.cleanup()
            raise StartupError(
                f"Port {port} is taken, or not allowed. Choose another with --port, or leave "
                "--port out and a free one is taken."
            ) from None
        self._port = int(runner.addresses[0][1])
        return runner

    async def _show(self, request: web.Request) -> web.Response:
        text = files("bot.demo").joinpath("main_page.html").read_text(encoding="utf-8")
        page = text.replace("{{preview}}", self._page.url)
        return web.Response(
            text=page, content_type="text/html", headers={"Cache-Control": "no-store"}
        )

    async def _state(self, request: web.Request) -> web.Response:
        """Tell where things stand, and what was said since the line that the page knows."""
        stage = self._desk.stage
        if stage is None:
            return web.json_response({"ready": False, "said": []})
        seen = int(request.query.get("seen", "0"))
        return web.json_response(
            {
                "ready": True,
                "now": stage.now,
                "person": stage.who,
                "people": list(self._town.people),
                "places": [
                    {"name": one.name, "thread": one.is_thread, "here": one.id == stage.place.id}
                    for one in stage.visible()
                ],
                "inbox": stage.in_inbox,
                "said": self._desk.said_since(seen),
            },
            dumps=lambda value: json.dumps(value, ensure_ascii=False),
        )

    async def _line(self, request: web.Request) -> web.Response:
        if self._desk.stage is None:
            raise web.HTTPServiceUnavailable(text="The scene is still being set.")
        text = (await request.text())[:LONGEST].replace("\n", " ").strip()
        if text == "quit":
            self._desk.say("Type `quit` at the terminal, or press Ctrl-C there.")
            return web.json_response({})
        await self._desk.do(text, echo=self._desk.say)
        return web.json_response({})


@asynccontextmanager
async def window(town: Town, page: Page, desk: Desk, port: int | None) -> AsyncGenerator[Window]:
    """Serve the page on ``port`` of this machine, or on a free one."""
    shown = Window(town, page, desk)
    runner = await shown.start(port)
    try:
        yield shown
    finally:
        await runner.cleanup()
