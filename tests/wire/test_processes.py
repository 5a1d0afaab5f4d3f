"""Several processes on one PostgreSQL database, each with its own shards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.database import rows
from tests.postgresql import Databases

from .models import Channel, Message, User
from .process import WARM, BotProcess
from .server import WireDiscord
from .shards import servers_of

SHARDS = 2


@pytest.fixture
def address(postgresql_folder: str) -> Iterator[str]:
    databases = Databases(postgresql_folder, "processes")
    yield databases.address(databases.template)
    databases.drop(databases.template)


@pytest.fixture
def servers(wire: WireDiscord) -> list[tuple[Channel, User]]:
    return servers_of(wire.world, SHARDS)


def process(wire: WireDiscord, folder: Path, address: str, shard: int) -> BotProcess:
    folder.mkdir(exist_ok=True)
    environment = {
        "COHORT_DATABASE_URL": address,
        "COHORT_SHARDS": str(SHARDS),
        "COHORT_SHARD_IDS": str(shard),
        "COHORT_CARD_INTERVAL": "0",
        "WIRE_READY": "0.1",
        "WIRE_IDENTIFY": "",
        "WIRE_SWEEP": "stepped",
    }
    made = BotProcess(wire, folder, command=WARM, environment=environment)
    made.shards = (shard,)
    return made


async def test_each_process_serves_its_servers_and_hears_of_what_another_did_there(
    wire: WireDiscord, servers: list[tuple[Channel, User]], address: str, tmp_path: Path
) -> None:
    async with (
        process(wire, tmp_path / "0", address, 0) as first,
        process(wire, tmp_path / "1", address, 1) as second,
    ):
        cards: list[Message] = []
        for channel, olga in servers:
            made = await wire.interact_slash(
                olga, channel, "group create", name="Grokkers", focus="a paper"
            )
            assert "Grokkers" in made.text
            assert made.message is not None
            cards.append(made.message)
        (channel, olga), card = servers[1], cards[1]
        assert channel.guild is not None
        ((group_id,),) = rows(
            address, "SELECT id FROM groups WHERE channel_id = :place", place=channel.id
        )
        ada = wire.world.add_person("Ada", channel.guild)
        await wire.interact_slash(ada, channel, "group join")
        await wire.world.until(lambda: f"<@{ada.id}>" in card.text, 10)

        # Direct messages are told to the first shard, whosever group they are about.
        leave = {"type": 2, "style": 2, "label": "Leave", "custom_id": f"quiet:leave:{group_id}"}
        asked = wire.world.post(
            wire.world.conversation(ada),
            wire.world.bot,
            components=[{"type": 1, "id": 1, "components": [{**leave, "id": 2}]}],
        )
        left = await wire.click(ada, asked, label="Leave")
        assert "You left" in left.text
        await wire.world.until(lambda: f"<@{ada.id}>" not in card.text, 10)
        assert "Traceback" not in first.stderr + second.stderr


async def test_the_shards_of_all_processes_take_turns_to_identify(
    wire: WireDiscord, address: str, tmp_path: Path
) -> None:
    wire.gateway.identify_seconds = 1.0
    both = [process(wire, tmp_path / str(shard), address, shard) for shard in range(SHARDS)]
    try:
        for bot in both:
            bot.environment["WIRE_IDENTIFY"] = "1.2"
            await bot.launch()
        await wire.gateway.ready(SHARDS)
        assert wire.gateway.begun == {0: 1, 1: 1}
        assert wire.gateway.too_soon == 0
    finally:
        for bot in both:
            await bot.kill()


async def test_a_killed_process_keeps_nobody_else_waiting_and_its_successor_takes_up_its_work(
    wire: WireDiscord, servers: list[tuple[Channel, User]], address: str, tmp_path: Path
) -> None:
    async with process(wire, tmp_path / "0", address, 0) as first:
        second = process(wire, tmp_path / "1", address, 1)
        await second.start()
        for channel, olga in servers:
            await wire.interact_slash(
                olga, channel, "group create", name="Grokkers", focus="a paper"
            )
            await wire.interact_slash(
                olga, channel, "meeting schedule", title="Grokking", when="in 3 days"
            )
        await second.kill()

        def reminders(channel: Channel) -> list[str]:
            assert channel.guild is not None
            asked = "SELECT state FROM deadlines WHERE kind = 'reading.remind' AND guild_id = :of"
            return [state for (state,) in rows(address, asked, of=channel.guild.id)]

        def said(channel: Channel) -> int:
            assert channel.guild is not None
            return sum(len(one.messages) for one in (channel, *channel.guild.threads.values()))

        async def all_done(channel: Channel) -> None:
            async with asyncio.timeout(20):
                while set(reminders(channel)) != {"done"}:  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.05)

        quiet = [said(channel) for channel, _ in servers]
        later = timedelta(days=3, minutes=-10)
        wire.world.advance(later)
        first.step_clock(later)
        (own, olga), (foreign, _) = servers
        await all_done(own)
        assert set(reminders(foreign)) == {"pending"}
        answered = await wire.interact_slash(olga, own, "group show")
        assert "Grokkers" in answered.text

        # A rolling restart: the next one waits until the one before it has ended.
        async with process(wire, tmp_path / "2", address, 1) as third:
            await all_done(foreign)
            fourth = process(wire, tmp_path / "3", address, 1)
            await fourth.launch()
            sessions = wire.gateway.identified
            await third.terminate()
            await wire.gateway.ready(sessions + 1, 30)
            assert fourth.running
            await fourth.terminate()
        assert said(own) > quiet[0]
        assert said(foreign) - quiet[1] == said(own) - quiet[0]
