"""Looking at pages of the open web, whose addresses people typed: politely, and nowhere else.

An address that a person gives must not make the bot knock at doors inside the network it runs in.
So what counts is the address that a connection is made to: it is checked where names are resolved,
so that a name that changes its address between the check and the connection gains nothing
(https://owasp.org/www-community/attacks/Server_Side_Request_Forgery).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct
from yarl import URL

from bot import __version__
from bot.base.errors import CohortError

MAX_BODY = 1024 * 1024
"""Bytes of one page that are read."""

MAX_REDIRECTS = 4
SECONDS = 10.0
"""How long one look may take, with all its redirects."""

NAMES_AT_ONCE = 4
"""How many names the system is asked for at a time; the others wait."""

# Other ports of a public address are seldom pages, and often somebody's database.
PORTS = frozenset((80, 443))
SCHEMES = frozenset(("http", "https"))

REDIRECTS = frozenset((301, 302, 303, 307, 308))

_METADATA = frozenset({"168.63.129.16"})
"""Public addresses where cloud machines read their secrets (instance metadata)."""

_RESERVED = ipaddress.ip_network("192.0.0.0/24")
"""Of this, Python before 3.13 takes most to be global; a cloud's metadata is in it."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


class AddressRefused(CohortError):
    """The address is not on the public internet."""


class Unreached(CohortError):
    """There was no usable answer; a later try may succeed."""


class PageAnswer(Struct, frozen=True):
    """What a server said; ``body`` is empty where it was not wanted."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


Wants = Callable[[int, Mapping[str, str]], bool]
"""Says from the status and the headers whether the body is worth reading."""


class Outside:
    """Looks at pages, one at a time of each host.

    ``trusted`` are base addresses that whoever runs the bot chose: there, and only there, any
    address and port is allowed. ``resolver`` finds the addresses of names. ``close`` it.
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        trusted: Iterable[str] = (),
        seconds: float = SECONDS,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._agent = agent(contact)
        self._trusted = {_origin(URL(base)) for base in trusted}
        self._seconds = seconds
        self._resolver = resolver or _SystemNames()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        secret: Mapping[str, str] | None = None,
        wants: Wants | None = None,
        limit: int = MAX_BODY,
        cut: bool = False,
    ) -> PageAnswer:
        """Look at ``url``; ``secret`` are headers that only its own origin is told.

        With ``cut``, a body of more than ``limit`` bytes is read up to there and no further.

        Raises AddressRefused for an address that is not of the open web, there or on the way, and
        Unreached for silence, too long an answer, and what cannot be read as an answer.
        """
        try:
            start = URL(url)
        except ValueError:
            raise AddressRefused("That is no address.") from None
        # One at a time of each host: a board with twenty links to one site must not look like an
        # attack. The dictionary is weak, so that hosts are forgotten.
        lock = self._locks.setdefault(start.host or "", asyncio.Lock())
        async with lock:
            try:
                # Around everything, redirects too: a server that sends on slowly gets no more time
                # than one that answers slowly.
                async with asyncio.timeout(self._seconds):
                    return await self._follow(
                        start, headers or {}, secret or {}, wants, limit, cut=cut
                    )
            except TimeoutError:
                raise Unreached(f"{start.host} did not answer in time.") from None
            except (aiohttp.ClientError, OSError, ValueError) as error:
                refused = _refusal(error)
                if refused is not None:
                    raise refused from None
                raise Unreached(
                    f"{start.host} cannot be reached: {type(error).__name__}."
                ) from error

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self._resolver.close()  # which the client leaves open

    async def _follow(
        self,
        url: URL,
        headers: Mapping[str, str],
        secret: Mapping[str, str],
        wants: Wants | None,
        limit: int,
        *,
        cut: bool,
    ) -> PageAnswer:
        home = _origin(url)
        for _ in range(1 + MAX_REDIRECTS):
            self._check(url)
            # A redirect to elsewhere must not carry the token there.
            told = {**headers, **(secret if _origin(url) == home else {})}
            # Followed by hand, since each address on the way has to be checked as the first was.
            async with self._connected().get(url, headers=told, allow_redirects=False) as answer:
                target = answer.headers.get("Location")
                if answer.status not in REDIRECTS or target is None:
                    wanted = wants is None or wants(answer.status, answer.headers)
                    body = await bounded(answer, limit, cut=cut) if wanted else b""
                    # Otherwise the rest would be read to use the connection again, however long it
                    # is.
                    if not wanted or cut:
                        answer.close()
                    return PageAnswer(answer.status, str(url), answer.headers.copy(), body)
            url = url.join(URL(target))
        raise Unreached(f"{url.host} sends on and on.")

    def _check(self, url: URL) -> None:
        """Raise AddressRefused for what is not a public address of the web, as far as it shows."""
        if _origin(url) in self._trusted:
            return
        if url.scheme not in SCHEMES or not url.host:
            raise AddressRefused("I only look at web pages (http and https).")
        if url.user is not None or url.password is not None:
            raise AddressRefused("I don't open addresses that contain a password.")
        if url.port not in PORTS:
            raise AddressRefused(f"{url.host} is only opened on the web's own ports (80 and 443).")
        try:
            ipaddress.ip_address(url.host)
        except ValueError:
            if _is_odd_number(url.host):
                raise AddressRefused(f"{url.host} is not of the open web.") from None
            return  # a name: its addresses are checked where they are found
        if not is_public(url.host):
            raise AddressRefused(f"{url.host} is not of the open web.")

    def _connected(self) -> aiohttp.ClientSession:
        if self._closed:
            raise aiohttp.ClientConnectionError("closed")
        # Made when it is first used: a session wants a running loop, and most servers watch no
        # links.
        if self._session is None:
            trusted = {(host, port) for _, host, port in self._trusted}
            self._session = session(self._agent, _PublicOnly(self._resolver, trusted))
        return self._session


class _PublicOnly(AbstractResolver):
    """Finds only addresses of the open web; what it returns is what is connected to."""

    def __init__(
        self, resolver: AbstractResolver, trusted: set[tuple[str | None, int | None]]
    ) -> None:
        self._resolver = resolver
        self._trusted = trusted

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the public addresses of a name; raises AddressRefused when one is not."""
        found = await self._resolver.resolve(host, port, family)
        if (host, port) in self._trusted:
            return found
        # A name with a public and a private address is up to no good: all or none.
        if not all(is_public(one["host"]) for one in found):
            raise _RefusedName(f"{host} is not of the open web.")
        return found

    async def close(self) -> None:
        """Close the wrapped resolver."""
        await self._resolver.close()


class _SystemNames(AbstractResolver):
    """Asks the system for the addresses of names, in threads of its own.

    The event loop's threads also find Discord's address. The system waits half a minute for a name
    server that says nothing, and no time limit ends that: a handful of names of somebody who means
    harm would take all of them.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(NAMES_AT_ONCE, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name; raises OSError where it has none."""
        ask = partial(
            socket.getaddrinfo,
            host,
            port,
            family=family,
            type=socket.SOCK_STREAM,
            flags=socket.AI_ADDRCONFIG,
        )
        found = await asyncio.get_running_loop().run_in_executor(self._pool, ask)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """Release the threads; one that waits for a name ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _RefusedName(OSError):
    """A refusal on its way through the client, which takes an OSError for a failed look-up."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, however it is written.

    Private, loopback, link-local, multicast, reserved and shared ones are not, nor those of a
    cloud's metadata; an IPv4 address inside an IPv6 one counts as itself.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        # Ways to write an IPv4 address inside an IPv6 one that nobody uses on the open web any
        # more.
        if ip.teredo is not None or ip.is_site_local or ip in _COMPATIBLE:
            return False
        inside = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        ip = inside or ip
    if str(ip) in _METADATA or ip in _RESERVED:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _is_odd_number(host: str) -> bool:
    """Whether a host is an IPv4 address in a way that only old software reads, as ``127.1``.

    The system's resolver takes it, and some clients connect without asking ours.
    """
    try:
        socket.inet_aton(host)
    except (OSError, ValueError):
        return False
    return True


def agent(contact: str | None) -> str:
    """Return how the bot names itself to other servers."""
    return f"Cohort/{__version__}" + (f" (mailto:{contact})" if contact else "")


def session(agent: str, resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """Return a client with no memory and no proxy, which unpacks nothing."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit_per_host=1, resolver=resolver, use_dns_cache=resolver is None
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": agent, "Accept-Encoding": "identity"},
        auto_decompress=False,  # or a small answer could become a huge one
        timeout=aiohttp.ClientTimeout(total=None),
    )


async def bounded(answer: aiohttp.ClientResponse, limit: int, *, cut: bool = False) -> bytes:
    """Return the body of an answer; past ``limit`` bytes cuts it off, or raises ValueError."""
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > limit:
            if cut:
                return bytes(body[:limit])
            raise ValueError(f"more than {limit} bytes")
    return bytes(body)


def _origin(url: URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.host, url.port


def _refusal(error: BaseException) -> AddressRefused | None:
    """Return the refusal that hides in an error of the client."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, _RefusedName):
            return AddressRefused(str(seen))
        seen = seen.__cause__ or seen.__context__
    return None
