"""Several shards in one process: each is told of its own servers, and can be gone by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .models import Channel, User
from .process import WARM, BotProcess
from .server import WireDiscord
from .shards import servers_of

SHARDS = 3


@pytest.fixture
def servers(wire: WireDiscord) -> list[tuple[Channel, User]]:
    return servers_of(wire.world, SHARDS)


def process(wire: WireDiscord, folder: Path, **environment: str) -> BotProcess:
    return BotProcess(
        wire,
        folder,
        command=WARM,
        environment={"WIRE_READY": "0.1", "WIRE_IDENTIFY": "", **environment},
    )


async def test_the_servers_of_every_shard_are_served_by_one_process(
    wire: WireDiscord, servers: list[tuple[Channel, User]], tmp_path: Path
) -> None:
    wire.world.shards = SHARDS
    async with process(wire, tmp_path, COHORT_SHARDS="0") as bot:
        await wire.gateway.ready(SHARDS)
        for channel, olga in servers:
            answer = await wire.interact_slash(
                olga, channel, "group create", name="Grokkers", focus="a paper"
            )
            assert "Grokkers" in answer.text
        with closing(sqlite3.connect(bot.database)) as connection:
            assert connection.execute("SELECT count(*) FROM servers").fetchone() == (SHARDS,)


async def test_a_server_that_removes_the_bot_while_all_shards_are_away_is_missed_alone(
    wire: WireDiscord, servers: list[tuple[Channel, User]], tmp_path: Path
) -> None:
    left = servers[1][0].guild
    assert left is not None
    async with process(wire, tmp_path, COHORT_SHARDS=str(SHARDS)) as bot:
        await wire.gateway.ready(SHARDS)

        def known() -> list[tuple[int, bool]]:
            with closing(sqlite3.connect(bot.database)) as connection:
                return connection.execute(
                    "SELECT guild_id, left_at IS NULL FROM servers ORDER BY guild_id"
                ).fetchall()

        async def until(wanted: list[tuple[int, bool]]) -> None:
            async with asyncio.timeout(20):
                while known() != wanted:  # noqa: ASYNC110 - another process tells nobody
                    await asyncio.sleep(0.05)

        ids = sorted(channel.guild.id for channel, _ in servers if channel.guild)
        await until([(one, True) for one in ids])
        wire.gateway.forget()
        async with wire.gateway.unreachable():
            wire.world.remove_bot(left)
        await until([(one, one != left.id) for one in ids])
