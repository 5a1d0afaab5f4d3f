"""Whoever has the address of a document keeps the bot no busier than a calendar program does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from bot.base.clock import SteppedClock
from bot.config import Settings
from bot.net.web import READ, Document, WebServer
from data.store import Store
from tests.bot.net.test_web import ADDRESS, free_port

OTHER = f"/calendar/{'t' * 43}.ics"


class Shelf:
    """Documents that are made only once somebody lets them."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0
        self.let = asyncio.Event()

    async def find(self, secret: str) -> Document | None:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.let.wait()
        finally:
            self.under_way -= 1
        return Document(b"BEGIN:VCALENDAR", "text/calendar", "a.ics")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def server(
    settings: Settings, store: Store, clock: SteppedClock, shelf: Shelf
) -> AsyncIterator[str]:
    """A web server; what is yielded is where it is."""
    port = free_port()
    server = WebServer(replace(settings, web_port=port), store, clock, lambda: True)
    server.serve("calendar", ".ics", shelf.find)
    await server.start()
    yield f"http://127.0.0.1:{port}"
    await server.stop()


async def until(shelf: Shelf, under_way: int) -> None:
    """Wait until so many documents are being made."""
    async with asyncio.timeout(20):
        while shelf.under_way != under_way:  # noqa: ASYNC110 - the server says nothing of it
            await asyncio.sleep(0.01)


async def ask(server: str, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(server + path) as answer:
        return answer.status


async def test_who_asks_and_goes_leaves_no_work_behind(server: str, shelf: Shelf) -> None:
    for _ in range(5):
        asked = asyncio.create_task(ask(server, ADDRESS))
        await until(shelf, 1)
        asked.cancel()
        await until(shelf, 0)


async def test_documents_are_made_one_after_the_other(server: str, shelf: Shelf) -> None:
    asked = [asyncio.create_task(ask(server, path)) for path in (ADDRESS, OTHER) * 5]
    await until(shelf, 1)
    shelf.let.set()
    assert set(await asyncio.gather(*asked)) == {200}
    assert shelf.most == 1


async def test_one_address_is_not_asked_for_without_end(
    server: str, shelf: Shelf, clock: SteppedClock
) -> None:
    shelf.let.set()
    for _ in range(READ.most):
        assert await ask(server, ADDRESS) == 200
    assert await ask(server, ADDRESS) == 429
    assert await ask(server, OTHER) == 200, "others are answered"
    clock.move_to(clock.now() + timedelta(minutes=1))
    assert await ask(server, ADDRESS) == 200
