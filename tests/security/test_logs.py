"""What is never logged, at whatever level: the token, and what people write."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import insert

from bot.config import LogLevel
from bot.ops import logs
from data.server.schema import groups
from data.store import Store
from tests.database import INTEGRITY
from tests.security.stage import furnish, new_server
from tests.world import World

TOKEN = "MTIzNDU2Nzg5.secret.token-of-the-bot"


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
