"""The web server stays open to those who ask, whoever holds connections to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace

import aiohttp
import pytest

from bot.base.clock import SteppedClock
from bot.config import Settings
from bot.net import connections, web
from bot.net.web import Document, WebServer
from data.store import Store
from tests.bot.net.test_web import ADDRESS, SECRET, free_port
from tests.world import World

HOSTILE = 200

Hold = Callable[..., Awaitable[socket.socket]]


@pytest.fixture
async def server(settings: Settings, store: Store, clock: SteppedClock) -> AsyncIterator[WebServer]:
    async def find(secret: str) -> Document | None:
        return Document(b"BEGIN:VCALENDAR", "text/calendar", "a.ics") if secret == SECRET else None

    port = free_port()
    settings = replace(settings, web_port=port)
    server = WebServer(settings, store, clock, lambda: True)
    server.serve("calendar", ".ics", find)
    await server.start()
    yield server
    await server.stop()


def port_of(server: WebServer) -> int:
    return server._settings.web_port


@pytest.fixture
def hold() -> Iterator[Hold]:
    """What opens connections to a server that never say what they want, but for ``sent``."""
    opened: list[socket.socket] = []

    async def open_(server: WebServer, count: int, sent: bytes = b"GET / HT") -> socket.socket:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            one = socket.socket()
            one.setblocking(False)
            opened.append(one)
            await loop.sock_connect(one, ("127.0.0.1", port_of(server)))
            await loop.sock_sendall(one, sent)
        return opened[-count]

    yield open_
    for one in opened:
        one.close()


async def answer_to(one: socket.socket) -> bytes:
    """Return what the server says until it ends the connection."""
    loop, said = asyncio.get_running_loop(), b""
    with suppress(ConnectionError):
        async with asyncio.timeout(5):
            while more := await loop.sock_recv(one, 4096):
                said += more
    return said


async def test_two_hundred_half_open_connections_leave_the_feed_open(
    hold: Hold, server: WebServer
) -> None:
    first = await hold(server, HOSTILE)
    async with aiohttp.ClientSession() as session:
        for _ in range(5):
            async with session.get(f"http://127.0.0.1:{port_of(server)}{ADDRESS}") as answer:
                assert (answer.status, await answer.read()) == (200, b"BEGIN:VCALENDAR")
                assert answer.headers["Connection"] == "close"
    assert len(server.connections) <= connections.MOST
    assert await answer_to(first) == b""


async def test_a_crowd_of_connections_is_accepted_a_few_at_a_time(
    server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = 0
    accept = socket.socket.accept

    def count(self: socket.socket) -> tuple[socket.socket, object]:
        nonlocal accepted
        found = accept(self)
        accepted += 1
        return found

    monkeypatch.setattr(socket.socket, "accept", count)
    crowd = 5 * web.ACCEPTED
    with ExitStack() as opened:
        for _ in range(crowd):  # the loop does not run meanwhile: all of them wait in the kernel
            one = socket.create_connection(("127.0.0.1", port_of(server)), timeout=5)
            opened.enter_context(one)
        while accepted < crowd:
            before = accepted
            await asyncio.sleep(0)
            assert accepted - before <= web.ACCEPTED


async def test_a_connection_that_asks_for_nothing_ends(
    hold: Hold, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.05)
    for sent in (b"", b"GET /health HTTP/1.1\r\nA: b\r\n"):
        one = await hold(server, 1, sent)
        assert await answer_to(one) == b""
    assert len(server.connections) == 0


async def test_a_connection_ends_even_if_it_asked_and_reads_nothing(
    hold: Hold, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SECONDS", 0.05)
    body = b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    one = await hold(server, 1, body)
    await answer_to(one)
    assert len(server.connections) == 0


async def test_a_request_that_goes_on_and_on_is_cut_off(hold: Hold, server: WebServer) -> None:
    headers = b"".join(b"H%d: %s\r\n" % (n, b"x" * 1000) for n in range(40))
    one = await hold(server, 1, b"GET /health HTTP/1.1\r\n" + headers)
    assert b"200 OK" not in await answer_to(one)
    for line in (b"GET /" + b"x" * 5000, b"\x00\x01\x02" * 100):
        one = await hold(server, 1, line + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 400 " in await answer_to(one)


async def test_one_public_address_does_not_take_all_connections(
    hold: Hold, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "is_public", lambda address: True)
    await hold(server, connections.MOST_OF_ADDRESS + 5)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port_of(server)}/health") as answer,
    ):
        assert answer.status == 200
    assert len(server.connections) <= connections.MOST_OF_ADDRESS


async def test_the_bot_answers_meanwhile(hold: Hold, world: World) -> None:
    port = free_port()
    settings = replace(world.settings, web_port=port)
    server = WebServer(settings, world.bot.store, world.clock, lambda: True)
    await server.start()
    await hold(server, HOSTILE)
    await world.group()
    shown = await world.alice.slash(world.channel, "group show")
    await server.stop()
    assert shown.acknowledged
