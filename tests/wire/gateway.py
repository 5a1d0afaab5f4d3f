"""The gateway: sessions, heartbeats, events and their replay, and the ways in which it fails."""

from __future__ import annotations

import asyncio
import json
import math
import zlib
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol

from aiohttp import WSCloseCode, WSMsgType, web

from . import payloads
from .models import PRIVILEGED, Event, Intent, Json
from .world import World

REMEMBERED_EVENTS = 20_000


class Op(IntEnum):
    """The gateway's operations."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """The close codes used here."""

    UNKNOWN_ERROR = 4000
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    INVALID_SEQUENCE = 4007
    INVALID_SHARD = 4010
    DISALLOWED_INTENTS = 4014


@dataclass(eq=False)
class Session:
    """What the gateway remembers of one IDENTIFY, connected or not."""

    id: str
    intents: Intent
    shard: tuple[int, int] = (0, 1)
    sequence: int = 0
    events: deque[tuple[int, Json]] = field(default_factory=lambda: deque(maxlen=REMEMBERED_EVENTS))
    connection: Connection | None = None
    resumes: int = 0

    def push(self, name: str, data: Json) -> None:
        """Send an event, or keep it until the session is resumed."""
        self.sequence += 1
        payload = {"op": Op.DISPATCH, "t": name, "s": self.sequence, "d": data}
        self.events.append((self.sequence, payload))
        if self.connection is not None:
            self.connection.send(payload)

    def has(self, guild_id: int) -> bool:
        """Whether its shard is the one that is told of a server; 0 is no server."""
        number, of = self.shard
        return (guild_id >> 22) % of == number

    def can_replay_from(self, sequence: int) -> bool:
        """Whether every event after ``sequence`` is still remembered."""
        return not self.events or self.events[0][0] <= sequence + 1


class Compressor(Protocol):
    """Turns each message into what goes over the wire."""

    def pack(self, text: bytes) -> bytes: ...


class ZlibStream:
    """One zlib stream for the whole connection, flushed after each message."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def pack(self, text: bytes) -> bytes:
        return self._stream.compress(text) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """One zstandard stream for the whole connection, flushed after each message."""

    def __init__(self) -> None:
        import zstandard  # pyright: ignore[reportMissingImports] - not with every Python

        self._stream = zstandard.ZstdCompressor().compressobj()
        self._flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK

    def pack(self, text: bytes) -> bytes:
        return self._stream.compress(text) + self._stream.flush(self._flush)


COMPRESSORS: dict[str, Callable[[], Compressor]] = {
    "zlib-stream": ZlibStream,
    "zstd-stream": ZstdStream,
}


@dataclass(eq=False)
class Connection:
    """One websocket. A silent one sends nothing more, as when the line is dead."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    compressor: Compressor | None
    session: Session | None = None
    silent: bool = False
    closing: bool = False
    _outbox: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)

    def send(self, payload: Json) -> None:
        """Queue a payload."""
        self._outbox.put_nowait(payload)

    async def write(self) -> None:
        """Send what is queued, until cancelled or cut."""
        with suppress(ConnectionError):
            while True:
                payload = await self._outbox.get()
                if self.silent:
                    continue
                text = json.dumps(payload)
                if self.compressor is None:
                    await self.socket.send_str(text)
                else:
                    await self.socket.send_bytes(self.compressor.pack(text.encode()))

    def detach(self) -> None:
        """Drop the session's connection; from now on it remembers what it cannot send."""
        if self.session is not None and self.session.connection is self:
            self.session.connection = None

    async def close(self, code: int) -> None:
        """Close the line with a code; the session can be resumed."""
        self.closing = True
        self.detach()
        await self.socket.close(code=code)

    def cut(self) -> None:
        """Drop the line without a word."""
        self.silent = True
        self.detach()
        self.transport.abort()


class Gateway:
    """Accepts connections, keeps sessions, and fails on request.

    ``heartbeat_seconds`` is what HELLO asks for. ``begun`` counts the sessions begun, by shard, and
    ``resumed`` those taken up again. In ``identify_seconds`` the world's ``max_concurrency``
    sessions may begin, each of another remainder of the shard's number: Discord's are five
    (https://discord.com/developers/docs/events/gateway, "Sharding"), and with none there is no
    limit. ``too_soon`` counts those that it refused.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.heartbeat_seconds = 41.25
        self.acknowledges = True
        self.identify_seconds = 0.0
        self.begun: Counter[int] = Counter()
        self.resumed = 0
        self.too_soon = 0
        self.presence: Json | None = None
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self._identified_at: dict[int, float] = {}
        self._open = asyncio.Event()
        self._open.set()
        world.listeners.append(self._dispatch)

    # What tests do to it

    @property
    def identified(self) -> int:
        """How many sessions have been begun in all."""
        return self.begun.total()

    @property
    def told(self) -> int | None:
        """The number of the last event of the newest session; None where its line is down."""
        for session in reversed(self.sessions.values()):
            return session.sequence if session.connection is not None else None
        return None

    async def ready(self, count: int = 1, within: float = 30.0) -> Session:
        """Wait until ``count`` sessions in all have been begun; return the newest."""
        await self.world.until(lambda: self.identified >= count, within)
        return next(reversed(self.sessions.values()))

    async def all_ready(
        self, shards: Iterable[int], before: Mapping[int, int], within: float = 30.0
    ) -> None:
        """Wait until each of these shards has begun another session than those ``before``."""
        await self.world.until(
            lambda: all(self.begun[shard] > before.get(shard, 0) for shard in shards), within
        )

    async def resumption(self, count: int = 1, within: float = 30.0) -> None:
        """Wait until sessions have been resumed ``count`` times in all."""
        await self.world.until(lambda: self.resumed >= count, within)

    def drop(self) -> None:
        """Cut every connection without a word; the sessions can be resumed."""
        for connection in list(self.connections):
            connection.cut()

    async def close(self, code: int = Close.UNKNOWN_ERROR) -> None:
        """Close every connection with a code."""
        for connection in list(self.connections):
            await connection.close(code)

    def ask_to_reconnect(self) -> None:
        """Send op 7: come back and resume."""
        self._tell_all({"op": Op.RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9; the sessions are forgotten unless they can be resumed."""
        self._tell_all({"op": Op.INVALID_SESSION, "d": resumable})
        if not resumable:
            self.forget()

    def forget(self) -> None:
        """Forget every session: the next RESUME is refused with op 9."""
        for session in self.sessions.values():
            session.connection = None
        self.sessions.clear()

    def go_silent(self) -> None:
        """Turn the present connections into zombies: open, but nothing comes any more.

        Not even acknowledgements of heartbeats; the session remembers what was to be sent.
        """
        for connection in self.connections:
            connection.silent = True
            connection.detach()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Cut every connection, and keep newcomers waiting until the block ends."""
        self._open.clear()
        self.drop()
        try:
            yield
        finally:
            self._open.set()

    # What clients do with it

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one websocket until it closes."""
        await self._open.wait()
        socket = web.WebSocketResponse(max_msg_size=4096 * 4)
        await socket.prepare(request)
        assert isinstance(request.transport, asyncio.Transport)
        how = request.query.get("compress")
        compressor = COMPRESSORS[how]() if how else None
        connection = Connection(socket, request.transport, compressor)
        self.connections.add(connection)
        connection.send(
            {"op": Op.HELLO, "d": {"heartbeat_interval": int(self.heartbeat_seconds * 1000)}}
        )
        writer = asyncio.create_task(connection.write())
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._receive(connection, json.loads(frame.data))
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
            self.connections.discard(connection)
            session = connection.session
            connection.detach()
            left = socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
            if session and left and not connection.closing:
                self.sessions.pop(session.id, None)
        return socket

    async def shut(self) -> None:
        """Close for good."""
        self._open.set()
        await self.close(WSCloseCode.GOING_AWAY)

    async def _receive(self, connection: Connection, payload: Json) -> None:
        op, data = payload["op"], payload.get("d") or {}
        if op == Op.HEARTBEAT:
            if self.acknowledges:
                connection.send({"op": Op.HEARTBEAT_ACK})
        elif op == Op.IDENTIFY:
            await self._identify(connection, data)
        elif op == Op.RESUME:
            await self._resume(connection, data)
        elif connection.session is None:
            await connection.close(Close.NOT_AUTHENTICATED)
        elif op == Op.PRESENCE:
            self.presence = data
        elif op == Op.REQUEST_MEMBERS:
            self._send_members(connection.session, data)

    async def _identify(self, connection: Connection, data: Json) -> None:
        if data["token"] != self.world.token:
            await connection.close(Close.AUTHENTICATION_FAILED)
            return
        intents = Intent(data["intents"])
        if intents & PRIVILEGED & ~self.world.application.privileged_intents:
            await connection.close(Close.DISALLOWED_INTENTS)
            return
        number, of = data.get("shard") or (0, 1)
        if not 0 <= number < of:
            await connection.close(Close.INVALID_SHARD)
            return
        if self._is_too_soon(number):
            self.too_soon += 1
            connection.send({"op": Op.INVALID_SESSION, "d": False})
            return
        self.sessions = {
            one: session
            for one, session in self.sessions.items()
            if session.connection is not None or session.shard != (number, of)
        }
        session = Session(
            f"{self.world.new_id():x}", intents, connection=connection, shard=(number, of)
        )
        self.sessions[session.id] = connection.session = session
        guilds = [
            guild
            for guild in self.world.guilds.values()
            if self.world.bot.id in guild.members and session.has(guild.id)
        ]
        ready: Json = {
            "v": 10,
            "user": payloads.user(self.world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": f"{self.url}/resume",
            "application": {key: payloads.application(self.world)[key] for key in ("id", "flags")},
        }
        if "shard" in data:
            ready["shard"] = data["shard"]
        session.push("READY", ready)
        for guild in guilds:
            created = payloads.guild_create(self.world, guild, intents)
            session.push("GUILD_CREATE", created | {"unavailable": False})
        self.begun[number] += 1
        self.world.changed()

    def _is_too_soon(self, number: int) -> bool:
        """Whether a shard may not identify now; if it may, the next of its remainder waits."""
        now = asyncio.get_running_loop().time()
        remainder = number % self.world.max_concurrency
        if now < self._identified_at.get(remainder, -math.inf) + self.identify_seconds:
            return True
        self._identified_at[remainder] = now
        return False

    async def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        since = data["seq"] or 0
        if data["token"] != self.world.token:
            await connection.close(Close.AUTHENTICATION_FAILED)
        elif session is None or not session.can_replay_from(since):
            connection.send({"op": Op.INVALID_SESSION, "d": False})
        elif since > session.sequence:
            await connection.close(Close.INVALID_SEQUENCE)
        else:
            for sequence, payload in session.events:
                if sequence > since:
                    connection.send(payload)
            session.connection, connection.session = connection, session
            session.push("RESUMED", {})
            session.resumes += 1
            self.resumed += 1
            self.world.changed()

    def _send_members(self, session: Session, data: Json) -> None:
        guild = self.world.guilds[int(data["guild_id"])]
        wanted: Any = data.get("user_ids")
        if wanted is not None:
            ids = {int(i) for i in (wanted if isinstance(wanted, list) else [wanted])}
            found = [m for m in guild.members.values() if m.user.id in ids]
        else:
            query = (data.get("query") or "").lower()
            if not query and Intent.GUILD_MEMBERS not in session.intents:
                return
            found = [m for m in guild.members.values() if m.user.name.lower().startswith(query)]
            found = found[: data.get("limit") or None]
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": [payloads.member(m) for m in found],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        session.push("GUILD_MEMBERS_CHUNK", chunk | {"nonce": data.get("nonce")})

    def _dispatch(self, event: Event) -> None:
        of_guild = event.name in ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE")
        built: dict[Intent, Json] = {}
        for session in self.sessions.values():
            if event.intent in session.intents:
                if session.intents not in built:
                    built[session.intents] = event.build(session.intents)
                data = built[session.intents]
                if session.has(int(data.get("id" if of_guild else "guild_id") or 0)):
                    session.push(event.name, data)

    def _tell_all(self, payload: Json) -> None:
        for connection in self.connections:
            connection.send(payload)
