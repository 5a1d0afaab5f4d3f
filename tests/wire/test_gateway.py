"""Connections that break: what was missed is replayed, or the session is begun again."""

from __future__ import annotations

import pytest

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
    import aiohttp

    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{wire.gateway.url}?v=10&encoding=json") as socket,
    ):
        assert (await socket.receive_json())["d"] == {"heartbeat_interval": 41250}
        await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 0}})
        await socket.receive()
        assert socket.close_code == 4004


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
