"""How many connections the web server holds, and for how long: whoever connects may mean harm.

aiohttp waits as long as a client likes for the end of its headers. A thousand that never end them
would take all file descriptors of the process, and so Discord and the database with them
(https://cheatsheetseries.owasp.org/cheatsheets/Denial_of_Service_Cheat_Sheet.html). A document is
asked for and sent in milliseconds, so every connection carries one request and ends soon.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.net.public_http import is_public

MOST = 100
"""Connections at once: a tenth of the descriptors that a process usually has."""

MOST_OF_ADDRESS = 20
"""Connections at once from one address. A proxy's, which is not public, speaks for many people."""

HEADER_SECONDS = 5.0
"""How long a client has to send its request."""

SECONDS = 15.0
"""How long a connection may last, the answer included: a slow reader holds one no longer."""

REQUEST_BYTES = 16 * 1024
"""How much a client may send: a GET has a line and a few headers."""

END_OF_HEADERS = b"\r\n\r\n"


class Connections:
    """The connections that are open, the oldest first.

    When there is no room, the oldest that has not asked for anything yet makes room: so those who
    hold connections open displace each other, and whoever asks at once is answered.
    """

    def __init__(self) -> None:
        self._open: dict[ClientConnection, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def protocol(self, make: Callable[[], asyncio.Protocol]) -> Callable[[], ClientConnection]:
        """Return what makes the protocol of each new connection around aiohttp's own."""
        return lambda: ClientConnection(self, make())

    def enter(self, new: ClientConnection) -> None:
        """Count a new connection, and end others where there are too many."""
        if is_public(new.address):
            same = [one for one in self._open if one.address == new.address]
            _end_one(same, MOST_OF_ADDRESS)
        _end_one(list(self._open), MOST)
        self._open[new] = None

    async def close(self) -> None:
        """End them all, and let the loop close their sockets."""
        for one in list(self._open):
            one.end()
        await asyncio.sleep(0)

    def leave(self, gone: ClientConnection) -> None:
        """Count a connection no longer."""
        self._open.pop(gone, None)


def _end_one(among: list[ClientConnection], most: int) -> None:
    if len(among) >= most:
        next((one for one in among if not one.has_asked), among[0]).end()


class ClientConnection(asyncio.Protocol):
    """One connection: hands everything to aiohttp's protocol, within limits of time and size."""

    def __init__(self, connections: Connections, inner: asyncio.Protocol) -> None:
        self._connections = connections
        self._inner = inner
        self._transport: asyncio.Transport | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._received = 0
        self._last = b""
        self.address = ""
        self.has_asked = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to count, and to wait for the request."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - it is a socket's
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        loop = asyncio.get_running_loop()
        self._timers = [
            loop.call_later(HEADER_SECONDS, self._end_if_nothing_was_asked),
            loop.call_later(SECONDS, self.end),
        ]
        self._connections.enter(self)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Hand on what came, unless it is more than a request has."""
        self._received += len(data)
        if self._received > REQUEST_BYTES:
            self.end()
            return
        # The end of the headers may be split over two packets.
        recent = self._last + data
        self.has_asked = self.has_asked or END_OF_HEADERS in recent
        self._last = recent[-len(END_OF_HEADERS) :]
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Hand on that the client sends no more."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Hand on that the client reads slowly."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that it reads again."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no longer."""
        self._leave()
        self._inner.connection_lost(exc)

    def end(self) -> None:
        """End it without another word, and make its room free at once."""
        self._leave()
        if self._transport is not None:
            # Not close(): that would wait until a client that reads nothing has read what was sent.
            self._transport.abort()

    def _end_if_nothing_was_asked(self) -> None:
        if not self.has_asked:
            self.end()

    def _leave(self) -> None:
        self._connections.leave(self)
        for timer in self._timers:
            timer.cancel()
