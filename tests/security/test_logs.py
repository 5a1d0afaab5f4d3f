"""What is never logged, at whatever level: the token, and what people write."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter
from sqlalchemy import insert

from bot.config import LogFormat, LogLevel, Settings
from bot.ops import logs
from data.server.schema import groups
from data.store import Store
from tests.database import INTEGRITY
from tests.security.stage import furnish, new_server
from tests.world import World

TOKEN = "MTIzNDU2Nzg5.secret.token-of-the-bot"
KEY = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTpxdW9ra2E"
"""What Discord gives with an interaction: whoever has it answers in the bot's name."""


@pytest.fixture
def logged(world: World) -> Iterator[io.StringIO]:
    """Everything that is logged at the most talkative level."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    talkative = replace(world.settings, log_level=LogLevel.DEBUG)
    logs.configure(talkative, stream=stream, token=TOKEN)
    yield stream
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_what_people_write_and_are_written_is_not_logged(
    world: World, logged: io.StringIO
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    await world.forward(timedelta(days=15))
    # What is not taken is not logged either.
    await side.insider.slash(side.channel, "group pause", until="quokka o'clock")
    told = [message.content for message in side.member.user.dm_channel.history()]
    assert told, "nobody was sent a direct message"
    assert "quokka" not in logged.getvalue()


async def test_the_token_is_hidden_wherever_it_would_be_logged(
    world: World, logged: io.StringIO
) -> None:
    try:
        raise RuntimeError(f"Authorization: Bot {TOKEN}")
    except RuntimeError:
        logging.getLogger("aiohttp").exception("a request failed with %s", TOKEN)
    assert "a request failed" in logged.getvalue()
    assert TOKEN not in logged.getvalue()


async def test_a_statement_that_fails_does_not_name_what_people_wrote(store: Store) -> None:
    with pytest.raises(INTEGRITY) as raised:
        async with store.transaction() as tx:
            await tx.connection.execute(
                insert(groups).values(guild_id=1, channel_id=1, name="quokka", focus="quokka")
            )
    assert "quokka" not in str(raised.value)


async def test_no_key_of_an_interaction_or_a_webhook_is_in_what_discord_py_says_of_its_work(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for written in LogFormat:
        stream = io.StringIO()
        talkative = replace(world.settings, log_level=LogLevel.DEBUG, log_format=written)
        with _configured(talkative, stream):
            await _talk(monkeypatch)
            assert KEY not in stream.getvalue()
            # Its debug lines are left out; this is what somebody sees who lets them in.
            logging.getLogger("discord").setLevel(logging.DEBUG)
            await _talk(monkeypatch)
        said = stream.getvalue()
        assert "has returned status code 200" in said
        assert "WebSocket Event" in said
        assert KEY not in said


@contextmanager
def _configured(settings: Settings, stream: io.StringIO) -> Generator[None]:
    """Log to the stream as the bot does, and as before afterwards."""
    root, library = logging.getLogger(), logging.getLogger("discord")
    handlers, level, floor = root.handlers, root.level, library.level
    logs.configure(settings, stream=stream, token=TOKEN)
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
        library.setLevel(floor)
        structlog.reset_defaults()


def _ignore(*_: object) -> None:
    """Take what would go to a running client."""


async def _talk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make discord.py answer an interaction and receive one, and log what it logs then."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"id": "1"})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        monkeypatch.setattr(Route, "BASE", str(server.make_url("/api")))
        for path in ("/webhooks/{webhook_id}/{webhook_token}/messages/@original",
                     "/interactions/{webhook_id}/{webhook_token}/callback"):  # fmt: skip
            route = Route("POST", path, webhook_id=7, webhook_token=KEY)
            await AsyncWebhookAdapter().request(route, session, payload={"content": "Hello"})
    socket: Any = object.__new__(DiscordWebSocket)
    socket.shard_id, socket._keep_alive = 0, None
    socket.log_receive = socket._dispatch = _ignore
    sent = {"op": 99, "t": "INTERACTION_CREATE", "s": None, "d": {"id": "7", "token": KEY}}
    await socket.received_message(json.dumps(sent))
