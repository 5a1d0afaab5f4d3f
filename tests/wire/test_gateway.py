"""Connections that break: what was missed is replayed, or the session is begun again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from .interactions import Kind
from .models import Channel, User
from .plain_client import PlainClient
from .server import WireDiscord

Place = tuple[Channel, User]


@pytest.fixture
def place(wire: WireDiscord) -> Place:
    guild = wire.world.add_guild("Study hall")
    return wire.world.add_channel(guild, "general"), wire.world.add_person("Ada", guild)


async def test_what_was_missed_while_the_line_was_cut_is_replayed(
    wire: WireDiscord, client: PlainClient, place: Place
) -> None:
    channel, ada = place
    await client.connected()
    async with wire.gateway.unreachable():
        missed = [wire.say(ada, channel, f"message {n}") for n in range(3)]
    assert [(await client.hears("message")).id for _ in range(3)] == [m.id for m in missed]
    await client.hears("resumed")
    assert (wire.gateway.identified, wire.gateway.resumed) == (1, 1)


async def test_a_close_with_a_code_is_resumed(
    wire: WireDiscord, client: PlainClient, place: Place
) -> None:
    await client.connected()
    await wire.gateway.close(4000)
    await wire.gateway.resumption()
    await client.hears("resumed")


async def test_op_7_makes_the_client_reconnect_and_resume(
    wire: WireDiscord, client: PlainClient, place: Place
) -> None:
    channel, ada = place
    await client.connected()
    wire.gateway.ask_to_reconnect()
    message = wire.say(ada, channel, "meanwhile")
    await client.hears("resumed")
    assert (await client.hears("message")).id == message.id
    assert wire.gateway.identified == 1


async def test_op_9_makes_the_client_begin_a_new_session(
    wire: WireDiscord, client: PlainClient, place: Place
) -> None:
    channel, ada = place
    await client.connected()
    await client.hears("ready")
    wire.gateway.invalidate()
    wire.say(ada, channel, "nobody is told this")
    await wire.gateway.ready(2)
    await client.hears("ready")
    later = wire.say(ada, channel, "but this")
    assert (await client.hears("message")).id == later.id
    assert wire.gateway.resumed == 0


async def test_op_9_that_can_be_resumed_is_resumed(
    wire: WireDiscord, client: PlainClient, place: Place
) -> None:
    await client.connected()
    wire.gateway.invalidate(resumable=True)
    await wire.gateway.resumption()
    assert wire.gateway.identified == 1


async def test_a_refused_resume_begins_a_new_session(
    wire: WireDiscord, client: PlainClient, place: Place
) -> None:
    await client.connected()
    async with wire.gateway.unreachable():
        wire.gateway.forget()
    await wire.gateway.ready(2)
    assert wire.gateway.resumed == 0


async def test_a_zombie_is_noticed_and_what_it_withheld_is_replayed(
    wire: WireDiscord, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    channel, ada = place
    wire.gateway.heartbeat_seconds = 0.1
    client = PlainClient(wire, monkeypatch, heartbeat_timeout=0.4)
    await client.connected()
    wire.gateway.go_silent()
    message = wire.say(ada, channel, "is anybody there?")
    await client.hears("resumed")
    assert (await client.hears("message")).id == message.id
    await client.close()


async def test_a_client_may_do_without_compression(
    wire: WireDiscord, client: PlainClient, place: Place
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{wire.gateway.url}?v=10&encoding=json") as socket,
    ):
        assert (await socket.receive_json())["d"] == {"heartbeat_interval": 41250}
        await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 0}})
        await socket.receive()
        assert socket.close_code == 4004


class Shard:
    """One shard's line, as Discord's documentation describes it, without a library."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def hears(self) -> dict[str, Any]:
        """Return what comes next."""
        return await self._socket.receive_json(timeout=5)

    async def closed(self) -> int | None:
        """Return the code that the line is closed with."""
        await self._socket.receive(timeout=5)
        return self._socket.close_code


@asynccontextmanager
async def shard(wire: WireDiscord, number: int, of: int) -> AsyncIterator[Shard]:
    """A line that has identified."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{wire.gateway.url}?v=10&encoding=json") as socket,
    ):
        await socket.receive_json()  # HELLO
        said = {"token": wire.world.token, "intents": 1 | 1 << 9, "shard": [number, of]}
        await socket.send_json({"op": 2, "d": said})
        yield Shard(socket)


async def test_a_shard_is_told_of_its_own_servers_and_shard_0_of_direct_messages(
    wire: WireDiscord, client: PlainClient
) -> None:
    while len({one.id >> 22 & 1 for one in wire.world.guilds.values()}) < 2:
        wire.world.clock.offset += timedelta(milliseconds=1)
        wire.world.add_guild("Study hall")
    ada = wire.world.add_person("Ada", *wire.world.guilds.values())
    own = {
        number: [one for one in wire.world.guilds.values() if one.id >> 22 & 1 == number]
        for number in (0, 1)
    }
    channels = {number: wire.world.add_channel(own[number][0], "general") for number in (1, 0)}
    async with shard(wire, 0, 2) as first, shard(wire, 1, 2) as second:
        for number, line in enumerate((first, second)):
            ready = (await line.hears())["d"]
            assert ready["shard"] == [number, 2]
            assert [int(guild["id"]) for guild in ready["guilds"]] == [o.id for o in own[number]]
            for guild in own[number]:
                assert (await line.hears())["d"]["id"] == str(guild.id)
        for channel in channels.values():
            wire.say(ada, channel, f"in {channel.id}")
        command = {"name": "hello", "id": "1", "type": 1}
        wire.interactions.begin(Kind.COMMAND, ada, wire.world.conversation(ada), command)
        for number, line in enumerate((first, second)):
            assert (await line.hears())["d"]["channel_id"] == str(channels[number].id)
        told = await first.hears()
        assert (told["t"], told["d"].get("guild_id")) == ("INTERACTION_CREATE", None)


async def test_a_session_survives_another_shard_that_begins(wire: WireDiscord) -> None:
    async with shard(wire, 0, 2) as first:
        session_id = (await first.hears())["d"]["session_id"]
        wire.gateway.drop()
    async with shard(wire, 1, 2) as second:
        await second.hears()
        assert session_id in wire.gateway.sessions


async def test_shards_identify_no_faster_than_they_may(wire: WireDiscord) -> None:
    wire.gateway.identify_seconds = 60
    wire.world.max_concurrency = 2
    async with shard(wire, 0, 4) as first, shard(wire, 1, 4) as second, shard(wire, 2, 4) as third:
        assert [(await line.hears())["op"] for line in (first, second, third)] == [0, 0, 9]
    assert wire.gateway.begun == {0: 1, 1: 1}
    assert wire.gateway.too_soon == 1


async def test_a_shard_that_there_is_not_is_refused(wire: WireDiscord) -> None:
    async with shard(wire, 2, 2) as line:
        assert await line.closed() == 4010


async def test_discord_goes_away_and_comes_back(
    wire: WireDiscord, client: PlainClient, place: Place
) -> None:
    channel, _ = place
    seen = await client.connected()
    await wire.go_away()
    with pytest.raises(OSError, match="Cannot connect"):
        await seen.text_channels[0].send("hello?")
    await wire.come_back()
    await wire.gateway.resumption(within=10)
    await seen.text_channels[0].send("hello again")
    assert [m.text for m in channel.messages.values()] == ["hello again"]
