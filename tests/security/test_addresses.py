"""Addresses of the network that the bot runs in, and what its own web server is asked."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

import pytest

from bot.config import Settings
from bot.net.public_http import AddressRefused, Outside, Unreached, is_public
from tests.bot.net.test_web import free_port
from tests.world import World

INSIDE = (
    "127.0.0.1",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "0.0.0.0",  # noqa: S104 - as an address to be refused
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:192.0.0.192",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::7f00:1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_of_a_network_of_ones_own_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "140.82.112.3", "2606:4700:4700::1111"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


SPELLINGS = (
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "0",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "localhost",
    "localhost.",
    "someone@localhost",
    "example.org#@127.0.0.1",
)


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_this_machine_is_connected_to(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    knocks: list[object] = []

    async def knocked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        knocks.append(reader)
        writer.close()

    doors = await asyncio.start_server(knocked, "localhost", 0)
    port = doors.sockets[0].getsockname()[1]
    monkeypatch.setattr("bot.net.public_http.PORTS", frozenset({80, port}))
    outside = Outside(seconds=5)
    address = f"http://{host}:{port}/latest/meta-data"
    if "#" in host:
        address = f"http://{host.replace('example.org', f'127.0.0.1:{port}')}/"
    with pytest.raises((AddressRefused, Unreached)):
        await outside.get(address)
    await outside.close()
    doors.close()
    await doors.wait_closed()
    assert knocks == []


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, web_port=free_port(), web_address="https://cohort.example")


NAMES = (
    "/",
    "/calendar",
    "/calendar/",
    "/calendar/.ics",
    "/calendar/..%2f..%2fetc%2fpasswd.ics",
    "/calendar/../../../../etc/passwd",
    "//etc/passwd",
    "/calendar/%00.ics",
    "/calendar/" + "a" * 43 + ".ics",
    "/calendar/" + "a" * 7000 + ".ics",
    "/calendar/" + "%F0%9F%A7%AA" * 20 + ".ics",
    "/calendar/' OR 1=1 --.ics".replace(" ", "%20"),
    "/health/../calendar/x.ics",
    "/health?x=" + "a" * 5000,
    "/static/cohort.db",
    "http://169.254.169.254/latest/",
    "*",
)


async def asked(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    with contextlib.suppress(ConnectionError):
        await writer.drain()
    answer = b""
    with contextlib.suppress(ConnectionError, TimeoutError):
        answer = await asyncio.wait_for(reader.read(65536), 5)
    writer.close()
    return answer


async def test_the_web_server_tells_nothing_to_who_guesses(world: World) -> None:
    port = world.settings.web_port
    assert port is not None
    wrong: list[str] = []
    for name in NAMES:
        if name.startswith("/health?"):
            continue
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"):
            head = f"{method} {name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            answer = await asked(port, head.encode())
            status = answer.split(b" ")[1:2]
            if status not in ([b"400"], [b"404"], [b"405"]):
                wrong.append(f"{method} {name[:60]}: {answer[:100]!r}")
            if b"Traceback" in answer or b"cohort.db" in answer or b"root:" in answer:
                wrong.append(f"{method} {name[:60]} tells {answer!r}")
    assert not wrong, "\n".join(wrong)


REQUESTS = {
    "a huge header": b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n",
    "many headers": b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
    "a long line": b"GET /" + b"a" * 2_000_000 + b" HTTP/1.1\r\n\r\n",
    "no HTTP": bytes(range(256)) * 20,
    "a body": b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\nxxx",
    "two lengths": b"POST /health HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a smuggled one": b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n",
    "a tag of nonsense": b'GET /health HTTP/1.1\r\nHost: x\r\nIf-None-Match: ""W/"\r\n'
    b"If-Modified-Since: yesterday\r\nRange: bytes=9-1\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("what", REQUESTS)
async def test_an_odd_request_does_not_end_the_web_server(world: World, what: str) -> None:
    port = world.settings.web_port
    assert port is not None
    answer = await asked(port, REQUESTS[what])
    assert b"Traceback" not in answer
    well = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert b'"well"' in await asked(port, well)
