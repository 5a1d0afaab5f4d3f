"""Messages that must arrive: once, somewhere, and on record."""

from __future__ import annotations

from datetime import timedelta

import discord
import pytest

from bot.base.errors import Undeliverable
from bot.jobs.delivery import NONCE_MEMORY, Content, channel, person
from data.delivery.deliveries import DeliveryRecord
from data.states import Sent
from tests.world import World


async def record(world: World, key: str) -> DeliveryRecord:
    async with world.bot.store.read() as tx:
        found = await tx.deliveries.get(key)
    assert found is not None
    return found


async def test_a_message_is_sent_once_however_often_it_is_asked_for(world: World) -> None:
    where = [channel(world.channel.id)]
    first = await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    again = await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)

    assert first.id == again.id
    assert [message.content for message in world.channel.history()] == ["hello"]
    assert (await record(world, "a")).state is Sent.SENT


async def test_a_post_carries_a_nonce_that_discord_enforces(world: World) -> None:
    await world.bot.delivery.send(
        "a", world.guild.id, Content("hello"), [channel(world.channel.id)]
    )
    (sent,) = [one.json for one in world.env.http_requests if one.path.endswith("/messages")]
    assert isinstance(sent, dict)
    assert sent["enforce_nonce"] is True
    assert 1 <= len(sent["nonce"]) <= 25


async def test_closed_direct_messages_fall_back_to_the_channel(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=1)
    await world.bot.delivery.send(
        "a", world.guild.id, Content("psst"), [person(world.alice.id), channel(world.channel.id)]
    )
    assert world.channel.last_message is not None
    assert "direct messages are closed" in str((await record(world, "a")).error)


async def test_what_is_refused_everywhere_is_on_record_with_the_reason(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=2)
    with pytest.raises(Undeliverable, match="Send Messages"):
        await world.bot.delivery.send(
            "a",
            world.guild.id,
            Content("psst"),
            [person(world.alice.id), channel(world.channel.id)],
        )
    assert (await record(world, "a")).state is Sent.FAILED


async def test_an_outage_is_raised_so_that_it_is_tried_again(world: World) -> None:
    where = [channel(world.channel.id)]
    world.env.inject_error("POST", "/channels/*/messages", status=503, times=1)
    with pytest.raises(discord.HTTPException):
        await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    assert (await record(world, "a")).state is Sent.TRYING

    await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    assert (await record(world, "a")).error is None


async def test_a_possible_double_is_marked_and_not_hidden(world: World) -> None:
    where = [channel(world.channel.id)]
    world.env.inject_error("POST", "/channels/*/messages", status=503, times=1)
    with pytest.raises(discord.HTTPException):
        await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    world.clock.move_to(world.clock.now() + NONCE_MEMORY + timedelta(seconds=1))

    await world.bot.delivery.send("a", world.guild.id, Content("hello"), where)
    assert "may have arrived" in str((await record(world, "a")).error)


async def test_a_channel_that_is_not_cached_is_posted_to_all_the_same(world: World) -> None:
    world.bot.get_guild(world.guild.id)._channels.clear()  # type: ignore[union-attr]
    await world.bot.delivery.send(
        "a", world.guild.id, Content("hello"), [channel(world.channel.id)]
    )
    assert [message.content for message in world.channel.history()] == ["hello"]
