"""Names of somebody who means harm, whose servers never say where they are."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any

import pytest

from bot.base.errors import CohortError
from bot.net.public_http import Outside

MANY = 60
"""More than the event loop has threads of its own."""


async def test_names_without_an_answer_take_none_of_the_loops_own_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends, asked, look_up = threading.Event(), threading.Event(), socket.getaddrinfo

    def silent(host: Any, *args: Any, **options: Any) -> Any:
        if str(host).endswith(".test"):
            asked.set()
            ends.wait(60)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return look_up(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    outside = Outside(seconds=60)
    looks = [asyncio.create_task(outside.get(f"http://n{one}.test/")) for one in range(MANY)]
    try:
        while not asked.is_set():  # noqa: ASYNC110 - it is set in another thread
            await asyncio.sleep(0.01)
        async with asyncio.timeout(20):
            assert await asyncio.to_thread(lambda: "free") == "free"
    finally:
        ends.set()
        for one in looks:
            one.cancel()
        for one in looks:
            with suppress(asyncio.CancelledError, CohortError):
                await one
        await outside.close()
