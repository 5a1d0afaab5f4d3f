"""Looking at other servers' pages: what is refused, and that nothing they do does harm."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.net.public_http import AddressRefused, Outside, PageAnswer, Unreached, is_public


class Names(AbstractResolver):
    """Answers for names: the next of its addresses each time, the last for ever."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = {name.replace("_", "."): list(them) for name, them in addresses.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self.addresses:
            raise OSError("no such name")
        left = self.addresses[host]
        address = left.pop(0) if len(left) > 1 else left[0]
        return [
            ResolveResult(
                hostname=host, host=one, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for one in address.split()
        ]

    async def close(self) -> None:
        """There is nothing to let go of."""


class Site:
    """A server on this machine, which the tests make trusted by a name of its own."""

    def __init__(self) -> None:
        self.seen: list[web.Request] = []
        self.under_way = 0
        self.most_at_once = 0
        application = web.Application()
        application.router.add_get("/{path:.*}", self.answer)
        self.server = TestServer(application)

    @property
    def base(self) -> str:
        return f"http://docs.test:{self.server.port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        path = request.match_info["path"]
        if path == "page":
            if request.headers.get("If-None-Match") == '"one"':
                return web.Response(status=304)
            return web.Response(body=b"hello", headers={"ETag": '"one"'})
        if path.startswith("to/"):
            raise web.HTTPFound(request.rel_url.query["at"])
        if path == "round":
            raise web.HTTPFound("/round")
        if path == "huge":
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                for _ in range(10_000):
                    await response.write(b"x" * 65536)
            except ConnectionError:
                pass
            return response
        if path == "slow":
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                while True:
                    await response.write(b"x")
                    await asyncio.sleep(0.05)
            except ConnectionError:
                return response
        if path == "bomb":
            return web.Response(
                body=gzip.compress(b"0" * 5_000_000), headers={"Content-Encoding": "gzip"}
            )
        if path == "wait":
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
            await asyncio.sleep(0.02)
            self.under_way -= 1
            return web.Response(body=b"done")
        raise web.HTTPNotFound


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    await site.server.start_server()
    yield site
    await site.server.close()


def looking(site: Site, resolver: Names | None = None, **options: Any) -> Outside:
    names = resolver or Names(docs_test=["127.0.0.1"])
    return Outside(trusted=[site.base], resolver=names, **{"seconds": 10.0, **options})


async def look(outside: Outside, url: str, **options: Any) -> PageAnswer:
    try:
        return await outside.get(url, **options)
    finally:
        await outside.close()


async def test_a_page_is_read_and_its_headers_are_told(site: Site) -> None:
    answer = await look(looking(site, contact="ops@example.org"), f"{site.base}/page")
    assert (answer.status, answer.body, answer.headers["ETag"]) == (200, b"hello", '"one"')
    asked = site.seen[0].headers
    assert asked["User-Agent"].startswith("Cohort/")
    assert "ops@example.org" in asked["User-Agent"]
    assert asked["Accept-Encoding"] == "identity"


async def test_what_did_not_change_is_304(site: Site) -> None:
    answer = await look(looking(site), f"{site.base}/page", headers={"If-None-Match": '"one"'})
    assert (answer.status, answer.body) == (304, b"")


async def test_a_body_that_nobody_wants_is_not_read(site: Site) -> None:
    answer = await look(looking(site), f"{site.base}/huge", wants=lambda status, headers: False)
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:8080/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://10.0.0.8/",
        "http://192.168.1.1/",
        "http://172.16.3.4/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://168.63.129.16/",
        "http://100.100.100.200/",
        "http://224.0.0.1/",
        "http://0.0.0.0/",
        "http://255.255.255.255/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https://user:secret@example.org/",
        "https://example.org:22/",
        "https://example.org:8443/",
        "http:///nowhere",
        "not an address",
    ],
)
async def test_what_is_not_of_the_open_web_is_refused(site: Site, url: str) -> None:
    names = Names(docs_test=["127.0.0.1"], example_org=["93.184.216.34"])
    with pytest.raises(AddressRefused):
        await look(looking(site, names), url)
    assert names.asked == []
    assert site.seen == []


@pytest.mark.parametrize(
    "addresses",
    ["127.0.0.1", "::1", "10.1.2.3", "93.184.216.34 127.0.0.1", "::ffff:169.254.169.254"],
)
async def test_a_name_with_a_private_address_is_refused_where_it_is_found(
    site: Site, addresses: str
) -> None:
    names = Names(evil_test=[addresses])
    with pytest.raises(AddressRefused, match="not of the open web"):
        await look(looking(site, names), "http://evil.test/page")
    assert names.asked == ["evil.test"]


async def test_decimal_and_short_spellings_are_names_and_found_out(site: Site) -> None:
    for host in ("2130706433", "127.1", "0x7f.1"):
        outside = Outside(trusted=[site.base], seconds=1.0)  # the machine's own resolver
        with pytest.raises((AddressRefused, Unreached)):
            await look(outside, f"http://{host}/")
    assert site.seen == []


async def test_a_name_that_changes_its_address_gains_nothing(site: Site) -> None:
    """Whatever it said before, what is connected to is what was checked."""
    names = Names(docs_test=["127.0.0.1"], rebind_test=["192.0.2.1", "127.0.0.1"])
    outside = looking(site, names, seconds=0.2)
    with pytest.raises((AddressRefused, Unreached)):
        await outside.get("http://rebind.test/page")
    with pytest.raises(AddressRefused):
        await look(outside, "http://rebind.test/page")
    assert site.seen == []


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/page",
        "http://127.0.0.1:{port}/page",
        "http://evil.test/page",
        "http://evil.test:{port}/page",
        "//[::1]/page",
        "file:///etc/passwd",
        "http://user:secret@docs.test/page",
    ],
)
async def test_a_redirect_is_checked_like_the_first_address(site: Site, target: str) -> None:
    names = Names(docs_test=["127.0.0.1"], evil_test=["127.0.0.1"])
    target = target.format(port=site.server.port)
    with pytest.raises(AddressRefused):
        await look(looking(site, names), f"{site.base}/to/it?at={target}")
    assert [one.path for one in site.seen] == ["/to/it"]


async def test_a_redirect_on_the_same_server_is_followed_and_one_in_a_circle_is_not(
    site: Site,
) -> None:
    answer = await look(looking(site), f"{site.base}/to/it?at=/page")
    assert answer.body == b"hello"
    site.seen.clear()
    with pytest.raises(Unreached, match="on and on"):
        await look(looking(site), f"{site.base}/round")
    assert len(site.seen) == 5


async def test_a_secret_is_told_to_its_own_origin_alone(site: Site) -> None:
    other = Site()
    await other.server.start_server()
    outside = Outside(
        trusted=[site.base, other.base], resolver=Names(docs_test=["127.0.0.1"]), seconds=1.0
    )
    await look(
        outside,
        f"{site.base}/to/it?at={other.base}/page",
        secret={"Authorization": "Bearer hidden"},
    )
    assert site.seen[0].headers["Authorization"] == "Bearer hidden"
    assert "Authorization" not in other.seen[0].headers
    await other.server.close()


async def test_a_body_without_end_is_given_up(site: Site) -> None:
    with pytest.raises(Unreached):
        await look(looking(site, seconds=5.0), f"{site.base}/huge")


async def test_a_body_that_drips_is_given_up_in_time(site: Site) -> None:
    before = asyncio.get_running_loop().time()
    with pytest.raises(Unreached, match="in time"):
        await look(looking(site, seconds=0.3), f"{site.base}/slow")
    assert asyncio.get_running_loop().time() - before < 2


async def test_what_is_packed_is_not_unpacked(site: Site) -> None:
    answer = await look(looking(site), f"{site.base}/bomb")
    assert len(answer.body) < 100_000


async def test_one_host_is_asked_one_thing_at_a_time(site: Site) -> None:
    outside = looking(site)
    await asyncio.gather(*(outside.get(f"{site.base}/wait") for _ in range(5)))
    await outside.close()
    assert site.most_at_once == 1


async def test_nothing_there_and_closed_are_failures_not_defects(site: Site) -> None:
    outside = Outside(resolver=Names(gone_test=["192.0.2.1"]), seconds=0.2)
    with pytest.raises(Unreached):
        await outside.get("http://nowhere.test/")
    with pytest.raises((Unreached, AddressRefused)):
        await outside.get("http://gone.test/")
    await outside.close()
    with pytest.raises(Unreached):
        await outside.get("http://nowhere.test/")


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_is_as_public_as_itself(address: Any) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    assert is_public(f"64:ff9b::{address}") == is_public(str(address))
    assert not is_public(f"::{address}")


def test_addresses_of_the_open_web() -> None:
    for address in ("93.184.216.34", "140.82.121.6", "2606:50c0:8000::154"):
        assert is_public(address)
    for address in ("", "example.org", "1.2.3", "198.18.0.1", "2001:db8::1", "192.0.2.1"):
        assert not is_public(address)
