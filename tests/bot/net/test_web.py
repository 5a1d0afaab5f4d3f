"""The small web server: what it gives to whom, and what it says of the bot's health."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.base.clock import SteppedClock
from bot.base.errors import StartupError
from bot.config import Settings
from bot.net.web import Document, WebServer
from data.store import Store

SECRET = "s" * 43
ADDRESS = f"/calendar/{SECRET}.ics"


class Shelf:
    """One document that may change or go, and a gateway that may go away."""

    def __init__(self) -> None:
        self.body: bytes | None = b"BEGIN:VCALENDAR"
        self.asked: list[str] = []
        self.connected = True

    async def find(self, secret: str) -> Document | None:
        self.asked.append(secret)
        if self.body is None or secret != SECRET:
            return None
        return Document(self.body, "text/calendar; charset=utf-8", "cohort.ics")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def client(
    settings: Settings, store: Store, clock: SteppedClock, shelf: Shelf
) -> AsyncIterator[TestClient]:
    server = WebServer(settings, store, clock, lambda: shelf.connected)
    server.serve("calendar", ".ics", shelf.find)
    async with TestClient(TestServer(server.application())) as client:
        yield client


async def test_a_document_is_sent_with_its_type_and_for_its_reader_alone(
    client: TestClient,
) -> None:
    answer = await client.get(ADDRESS)
    assert answer.status == 200
    assert await answer.read() == b"BEGIN:VCALENDAR"
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="cohort.ics"'
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["ETag"].strip('"')
    assert answer.headers["Last-Modified"] == "Mon, 02 Nov 2026 12:00:00 GMT"
    head = await client.head(ADDRESS)
    assert (head.status, await head.read()) == (200, b"")


async def test_who_has_the_document_already_is_told_so(
    client: TestClient, shelf: Shelf, clock: SteppedClock
) -> None:
    first = await client.get(ADDRESS)
    clock.move_to(clock.now() + timedelta(minutes=10))
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'W/{first.headers["ETag"]}, "other"'},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = await client.get(ADDRESS, headers=condition)
        assert (again.status, await again.read()) == (304, b""), condition
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Last-Modified"] == first.headers["Last-Modified"]

    shelf.body = b"BEGIN:VCALENDAR changed"
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
        {"If-None-Match": '"other"', "If-Modified-Since": "Mon, 02 Nov 2099 12:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
    ):
        changed = await client.get(ADDRESS, headers=condition)
        assert (changed.status, await changed.read()) == (200, shelf.body), condition
        assert changed.headers["Last-Modified"] == "Mon, 02 Nov 2026 12:10:00 GMT"


async def test_nothing_is_found_without_the_whole_secret(client: TestClient, shelf: Shelf) -> None:
    async def status(path: str) -> int:
        async with client.get(path) as answer:
            return answer.status

    for path in (
        "/",
        "/calendar",
        "/calendar/",
        "/calendar/.ics",
        f"/calendar/{SECRET}",
        f"/other/{SECRET}.ics",
        f"/calendar/{SECRET[:10]}.ics",
        "/calendar/..%2f..%2fcohort.db.ics",
        f"/calendar/{SECRET}%00.ics",
        f"/calendar/{'s' * 5000}.ics",
        f"/calendar/{SECRET}.ics/more",
    ):
        assert await status(path) == 404, path
    assert shelf.asked == []
    assert await status(f"/calendar/{'t' * 43}.ics") == 404
    async with client.post(ADDRESS, data=b"x") as answer:
        assert answer.status == 405
    shelf.body = None
    assert await status(ADDRESS) == 404


async def test_health_is_200_while_store_and_gateway_are_there_and_nothing_waits(
    client: TestClient, shelf: Shelf, store: Store, clock: SteppedClock
) -> None:
    answer = await client.get("/health")
    assert answer.status == 200
    assert await answer.json() == {
        "well": True,
        "store": True,
        "gateway": True,
        "overdue_seconds": 0,
    }
    assert answer.headers["Cache-Control"] == "no-store"

    async with store.transaction() as tx:
        await tx.deadlines.put("x", 1, clock.now(), guild_id=1)
    clock.move_to(clock.now() + timedelta(minutes=9))
    async with client.get("/health") as soon:
        assert soon.status == 200
    clock.move_to(clock.now() + timedelta(minutes=2))
    late = await client.get("/health")
    assert (late.status, (await late.json())["overdue_seconds"]) == (503, 660)


async def test_health_is_503_without_the_gateway_or_the_store(
    client: TestClient, shelf: Shelf, store: Store
) -> None:
    shelf.connected = False
    answer = await client.get("/health")
    assert (answer.status, (await answer.json())["gateway"]) == (503, False)

    shelf.connected = True
    store.read = lambda: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    answer = await client.get("/health")
    assert (answer.status, (await answer.json())["store"]) == (503, False)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def test_it_listens_only_where_it_is_told_to(
    settings: Settings, store: Store, clock: SteppedClock
) -> None:
    silent = WebServer(settings, store, clock, lambda: True)
    await silent.start()
    assert not silent.is_public
    await silent.stop()

    port = free_port()
    settings = replace(settings, web_port=port)
    server = WebServer(settings, store, clock, lambda: True)
    await server.start()
    assert not server.is_public
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/health") as answer,
    ):
        assert answer.status == 200
    second = WebServer(settings, store, clock, lambda: True)
    with pytest.raises(StartupError, match=f"127.0.0.1:{port} cannot be used"):
        await second.start()
    await server.stop()
    await second.start()
    await second.stop()


def test_an_address_needs_a_port_and_a_public_name(
    settings: Settings, store: Store, clock: SteppedClock
) -> None:
    named = Settings(web_port=8080, web_address="https://cohort.example")
    server = WebServer(named, store, clock, lambda: True)
    server.serve("calendar", ".ics", Shelf().find)
    assert server.is_public
    assert server.address("calendar", SECRET) == f"https://cohort.example{ADDRESS}"
    assert not WebServer(
        Settings(web_address="https://cohort.example"), store, clock, lambda: True
    ).is_public
