"""Pictures of the preview page, taken with the system's Chromium over its debugging protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.base.errors import StartupError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""What Chromium is called on one system or another."""

STARTING = 20.0
"""Seconds that the browser may take to start."""

RENDERING = 20.0
"""Seconds that one picture may take."""

LISTENING = "DevTools listening on"
"""What the browser says once it can be spoken to."""

TALLEST = 8000
"""Pixels of a channel's height that are photographed, counted from its end."""

_READY = """new Promise(resolve => {
    const look = () => window.simcordPreview?.ready ? resolve(true) : setTimeout(look, 20);
    look();
})"""

# Only the channel is photographed, not the tools that stand around it.
_BARE = """
    for (const part of document.querySelectorAll('[data-workbench]'))
        part.style.setProperty('display', 'none', 'important');
    document.getElementById('preview-workspace').style.display = 'flex';
"""

# A form is shown whole instead of the channel behind it.
_FULL_HEIGHT = """(() => {
    const form = document.querySelector('.modal-dialog');
    if (form) {
        form.style.maxHeight = 'none';
        form.querySelector('.modal-body').style.overflow = 'visible';
        return Math.max(720, form.scrollHeight + 64);
    }
    const timeline = document.getElementById('channel-timeline');
    return document.getElementById('preview-app').clientHeight
        - timeline.clientHeight + timeline.scrollHeight;
})()"""

_SETTLED = """new Promise(resolve => {
    const timeline = document.getElementById('channel-timeline');
    timeline.scrollTop = timeline.scrollHeight;
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
})"""


def browser() -> str:
    """Return the path of Chromium; raises StartupError where there is none."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path is not None:
            return path
    raise StartupError(
        "Screenshots need Chromium, and none is on the PATH (looked for "
        f"{', '.join(BROWSERS)}). Debian: apt install chromium."
    )


class Camera:
    """A browser without a window, that photographs pages."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def photograph(self, url: str, width: int) -> bytes:
        """Return a PNG of the channel that the preview at ``url`` shows, ``width`` pixels wide.

        As tall as its messages, up to :data:`TALLEST`.
        """
        target = (await self._do("Target.createTarget", url="about:blank"))["targetId"]
        try:
            async with asyncio.timeout(RENDERING):
                attached = await self._do("Target.attachToTarget", targetId=target, flatten=True)
                return await self._photograph(url, width, attached["sessionId"])
        finally:
            await self._do("Target.closeTarget", targetId=target)

    async def _photograph(self, url: str, width: int, tab: str) -> bytes:
        await self._resize(tab, width, 720)
        await self._do("Page.navigate", tab, url=url)
        await self._ready(tab)
        await self._tell(tab, _BARE)
        await self._tell(tab, _SETTLED)
        height = min(TALLEST, int(await self._tell(tab, _FULL_HEIGHT)))
        await self._resize(tab, width, height)
        await self._tell(tab, _SETTLED)
        await self._ready(tab)
        picture = await self._do("Page.captureScreenshot", tab, format="png")
        return base64.b64decode(picture["data"])

    async def _resize(self, tab: str, width: int, height: int) -> None:
        await self._do(
            "Emulation.setDeviceMetricsOverride",
            tab,
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def _ready(self, tab: str) -> None:
        await self._tell(tab, _READY)

    async def _tell(self, tab: str, script: str) -> Any:
        answer = await self._do(
            "Runtime.evaluate", tab, expression=script, awaitPromise=True, returnByValue=True
        )
        return answer["result"].get("value")

    async def _do(self, method: str, tab: str | None = None, **arguments: Any) -> dict[str, Any]:
        """Ask the browser for one thing and wait for its answer; events are passed over."""
        number = next(self._numbers)
        order = {"id": number, "method": method, "params": arguments}
        await self._socket.send_json(order if tab is None else order | {"sessionId": tab})
        while True:
            answer = await self._socket.receive_json()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]


@asynccontextmanager
async def camera() -> AsyncGenerator[Camera]:
    """Start a browser without a window; it is gone at the end, with all that it wrote.

    Raises StartupError where there is no Chromium, or where it does not start.
    """
    path = browser()
    with tempfile.TemporaryDirectory(prefix="cohort-camera-", ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            path,
            "--headless",
            "--remote-debugging-port=0",
            f"--user-data-dir={folder}",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--disable-extensions",
            "--force-device-scale-factor=1",
            "--hide-scrollbars",
            "--no-default-browser-check",
            "--no-first-run",
            *(["--no-sandbox"] if _is_root() else []),
            "about:blank",
            env={**os.environ, "TMPDIR": folder},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            address = await _address(process, path)
            draining = asyncio.create_task(_drain(process))
            try:
                async with (
                    aiohttp.ClientSession() as session,
                    session.ws_connect(address, max_msg_size=0) as socket,
                ):
                    yield Camera(socket)
            finally:
                draining.cancel()
        finally:
            await _end(process)


async def _address(process: asyncio.subprocess.Process, path: str) -> str:
    """Return where the browser says that it listens."""
    assert process.stderr is not None  # noqa: S101 - it was asked for
    said = ""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STARTING):
            async for line in process.stderr:
                said = line.decode(errors="replace").strip() or said
                if said.startswith(LISTENING):
                    return said.removeprefix(LISTENING).strip()
    raise StartupError(f"{path} did not start, so there are no pictures: {said or 'it is silent'}")


async def _drain(process: asyncio.subprocess.Process) -> None:
    """Pass over what the browser has to say, or it would wait for somebody to read it."""
    assert process.stderr is not None  # noqa: S101 - it was asked for
    while await process.stderr.read(1 << 16):
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the browser with all of its processes, which are a group of their own."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3):
                await process.wait()
                return


def _is_root() -> bool:
    """Chromium refuses its sandbox to root, as in a container."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
