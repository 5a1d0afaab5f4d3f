"""Faults and limits: what goes wrong on purpose is what the client meets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from .faults import Fault, path_matches
from .limits import Rule
from .log import Request
from .models import Channel
from .plain_client import PlainClient
from .server import WireDiscord

SEND = ("POST", "/channels/*/messages")


@pytest.fixture
def channel(wire: WireDiscord) -> Channel:
    return wire.world.add_channel(wire.world.add_guild("Study hall"), "general")


class Bare:
    """Requests without discord.py, which would repeat and wait."""

    def __init__(self, wire: WireDiscord, session: aiohttp.ClientSession) -> None:
        self.wire = wire
        self.session = session

    async def __call__(
        self, method: str, path: str, body: Any = None, **options: Any
    ) -> tuple[int, Any, Any]:
        async with self.session.request(
            method, self.wire.api + path, json=body, **options
        ) as answer:
            told = await answer.json() if answer.content_type == "application/json" else None
            return answer.status, told, answer.headers


@pytest.fixture
async def bare(wire: WireDiscord) -> AsyncIterator[Bare]:
    headers = {"Authorization": f"Bot {wire.world.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield Bare(wire, session)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (10003, 404),
        (10008, 404),
        (30046, 429),
        (50001, 403),
        (50007, 403),
        (50013, 403),
        (160006, 400),
    ],
)
async def test_a_code_is_answered_with_its_status(
    wire: WireDiscord, channel: Channel, bare: Bare, code: int, status: int
) -> None:
    wire.world.faults.add(*SEND, code=code)
    given, told, headers = await bare("POST", f"/channels/{channel.id}/messages", {"content": "x"})
    assert (given, told["code"]) == (status, code)
    assert ("Retry-After" in headers) == ("retry_after" in told) == (status == 429)
    given, told, _ = await bare("POST", f"/channels/{channel.id}/messages", {"content": "x"})
    assert given == 200


async def test_a_server_error_is_tried_again_by_discord_py(
    wire: WireDiscord, channel: Channel, client: PlainClient
) -> None:
    place = (await client.connected()).text_channels[0]
    fault = wire.world.faults.add(*SEND, status=502)
    await place.send("once")
    assert fault.hits == 1
    assert [r.status for r in wire.requests.matching(*SEND)] == [502, 200]
    assert len(channel.messages) == 1


async def test_cut_before_nothing_is_sent(
    wire: WireDiscord, channel: Channel, client: PlainClient
) -> None:
    place = (await client.connected()).text_channels[0]
    wire.world.faults.add(*SEND, cut=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await place.send("lost", nonce="n")
    assert channel.messages == {}
    request = wire.requests.matching(*SEND)[0]
    assert (request.status, request.done) == (None, False)


async def test_cut_after_the_message_is_there_and_its_nonce_finds_it(
    wire: WireDiscord, channel: Channel, client: PlainClient
) -> None:
    place = (await client.connected()).text_channels[0]
    wire.world.faults.add(*SEND, when="after", cut=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await place.send("sent", nonce="n")
    assert [m.text for m in channel.messages.values()] == ["sent"]
    assert wire.requests.matching(*SEND)[0].done
    assert (await place.send("sent", nonce="n")).id == next(iter(channel.messages))
    assert len(channel.messages) == 1


async def test_a_request_hangs_until_it_is_released(
    wire: WireDiscord, channel: Channel, bare: Bare
) -> None:
    fault = wire.world.faults.add(*SEND, hang=True)
    path = f"/channels/{channel.id}/messages"
    with pytest.raises(TimeoutError):
        await bare("POST", path, {"content": "x"}, timeout=aiohttp.ClientTimeout(total=0.1))
    fault.times = 2
    waiting = asyncio.create_task(bare("POST", path, {"content": "y"}))
    await wire.world.until(lambda: fault.hits == 2)
    assert channel.messages == {}
    fault.release()
    assert (await waiting)[0] == 200
    await wire.world.until(lambda: len(channel.messages) == 2)
    assert {m.text for m in channel.messages.values()} == {"x", "y"}


async def test_a_hook_sees_the_request_and_faults_are_chosen_by_count_and_content(
    wire: WireDiscord, channel: Channel, bare: Bare
) -> None:
    seen: list[Any] = []

    async def hook(request: Request) -> None:
        await asyncio.sleep(0)
        seen.append((request.body["content"], request.done, len(channel.messages)))

    wire.limits.unlimited()
    faults = wire.world.faults
    fault = faults.add(*SEND, when="after", hook=hook, times=None, skip=1)
    faults.add(*SEND, status=500, only=lambda request: request.body["content"] == "c")
    answers = [
        (await bare("POST", f"/channels/{channel.id}/messages", {"content": text}))[0]
        for text in "abcd"
    ]
    assert answers == [200, 200, 500, 200]
    assert seen == [("b", True, 2), ("d", True, 3)]
    assert fault.hits == 2
    faults.clear()


def test_paths_match_by_segment() -> None:
    assert path_matches("/channels/*/messages", "/channels/5/messages")
    assert not path_matches("/channels/*/messages", "/channels/5/messages/6")
    assert path_matches("/channels/**", "/channels/5/messages/6")
    assert path_matches("**", "/anything/at/all")
    assert Fault("*", "/a").matches("GET", "/a")


# Rate limits


async def test_an_unexpected_429_is_obeyed_for_as_long_as_it_says(
    wire: WireDiscord, channel: Channel, client: PlainClient
) -> None:
    place = (await client.connected()).text_channels[0]
    wire.world.faults.add(*SEND, retry_after=0.4)
    await place.send("patience")
    refused, sent = wire.requests.matching(*SEND)
    assert (refused.status, sent.status) == (429, 200)
    assert 0.4 <= sent.began - refused.began < 0.8
    assert wire.requests.refused() == 1


async def test_a_global_429_holds_everything(
    wire: WireDiscord, channel: Channel, client: PlainClient
) -> None:
    place = (await client.connected()).text_channels[0]
    fault = wire.world.faults.add(*SEND, retry_after=0.4, everywhere=True)
    sending = asyncio.create_task(place.send("patience"))
    await wire.world.until(lambda: fault.hits)
    await asyncio.sleep(0.05)
    await client.fetch_user(wire.world.bot.id)
    await sending
    refused = wire.requests.matching(*SEND)[0]
    fetched = wire.requests.matching("GET", "/users/*")[-1]
    assert fetched.began - refused.began >= 0.35


async def test_discord_py_keeps_within_a_bucket_that_it_is_told_of(
    wire: WireDiscord, channel: Channel, client: PlainClient
) -> None:
    place = (await client.connected()).text_channels[0]
    wire.limits.only(Rule(("POST",), "/channels/{channel_id}/messages", 2, 0.3))
    for number in range(5):
        await place.send(str(number))
    sent = wire.requests.matching(*SEND)
    assert [r.status for r in sent] == [200] * 5
    assert sent[-1].began - sent[0].began >= 0.6


async def test_a_bucket_and_the_whole_are_refused_with_the_right_headers(
    wire: WireDiscord, channel: Channel, bare: Bare
) -> None:
    path = f"/channels/{channel.id}/messages"
    other = wire.world.add_channel(next(iter(wire.world.guilds.values())), "other")
    wire.limits.only(Rule(("POST",), "/channels/{channel_id}/messages", 1, 5.0))
    status, _, headers = await bare("POST", path, {"content": "x"})
    assert (status, headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == (
        200,
        "1",
        "0",
    )
    status, told, headers = await bare("POST", path, {"content": "x"})
    assert (status, told["global"], headers["X-RateLimit-Scope"]) == (429, False, "user")
    assert 4 < told["retry_after"] <= 5 == int(headers["Retry-After"])
    assert (await bare("POST", f"/channels/{other.id}/messages", {"content": "x"}))[0] == 200

    wire.limits.only(per_second=10)
    answers = await asyncio.gather(*(bare("GET", "/users/@me") for _ in range(20)))
    refused = [(told, headers) for status, told, headers in answers if status == 429]
    assert len(refused) >= 8
    told, headers = refused[0]
    assert (told["global"], headers["X-RateLimit-Global"]) == (True, "true")
    assert wire.requests.busiest() >= 20


async def test_an_unknown_route_is_noted(wire: WireDiscord, bare: Bare) -> None:
    status, told, _ = await bare("GET", "/channels/5/invites")
    assert (status, told["code"]) == (404, 0)
    assert [r.path for r in wire.requests.unknown()] == ["/channels/5/invites"]
