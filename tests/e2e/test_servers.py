"""A server that removes the bot: what waits, what comes back with it, and what is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from simcord.backend import serializers

from bot.ops.servers import KEPT
from data.across.server_erasure import tables_of_a_server
from data.states import DeadlineState
from tests.database import everything
from tests.e2e.reading.steps import last_card
from tests.world import World, text


async def remove(world: World, *, unavailable: bool = False) -> None:
    """Take the bot out of the server, or have an outage that looks alike."""
    gone = {"id": str(world.guild.id)} | ({"unavailable": True} if unavailable else {})
    if not unavailable:
        world.env.inject_error(
            "GET", f"/guilds/{world.guild.id}", status=404, code=10004, times=None
        )
        world.env.inject_error("*", "/channels/**", status=403, code=50001, times=None)
    world.env.backend.emit("GUILD_DELETE", gone)
    await world.env.settle()


async def bring_back(world: World) -> None:
    world.env.backend.faults.clear()
    guild = world.env.backend.guilds[world.guild.id]
    world.env.backend.emit(
        "GUILD_CREATE", serializers.guild_create_payload(world.env.backend, guild)
    )
    await world.env.settle()


async def meeting(world: World) -> None:
    await world.group()
    await world.alice.slash(world.channel, "meeting schedule", title="Toy models", when="in 3 days")
    await world.alice.react(last_card(world, "Toy models"), "✅")


async def count(world: World, state: DeadlineState) -> int:
    async with world.bot.store.read() as tx:
        return await tx.deadlines.count(state)


def rows(world: World) -> int:
    return sum(
        row.get("guild_id") == world.guild.id
        for table in everything(world.bot.store).values()
        for row in table
    )


async def test_what_is_due_in_a_server_that_left_waits_and_fails_nowhere(world: World) -> None:
    await meeting(world)
    await remove(world)
    before = len(world.env.http_requests)
    await world.forward(timedelta(days=10))
    assert await count(world, DeadlineState.FAILED) == 0
    assert await count(world, DeadlineState.HELD) > 0
    sent = [one for one in world.env.http_requests[before:] if one.method == "POST"]
    assert sent == []


async def test_a_server_that_returns_has_everything_and_what_was_due_meanwhile(
    world: World,
) -> None:
    await world.group()
    await world.alice.slash(world.channel, "group pause", until="in 3 days")
    card = world.channel.history()[0]
    kept = rows(world)
    await remove(world)
    await world.forward(timedelta(days=5))
    await bring_back(world)
    await world.bot.deadlines.run_due()
    await world.env.settle()
    assert rows(world) >= kept
    assert await count(world, DeadlineState.HELD) == 0
    told = [message.content for message in world.alice.user.dm_channel.history()]
    assert any("Welcome back" in one for one in told), "the pause that ended meanwhile is told of"
    edited = [one for one in world.env.http_requests if one.method == "PATCH"]
    assert any(str(card.id) in one.path for one in edited), "its card is drawn again"
    shown = await world.bob.slash(world.channel, "group show")
    assert "2 members" in text(shown) or "3 members" in text(shown)
    await world.forward(KEPT)
    assert rows(world) >= kept, "nothing is erased once it is back"


async def test_after_thirty_days_nothing_of_the_server_is_left(world: World) -> None:
    await meeting(world)
    await remove(world)
    await world.forward(KEPT - timedelta(minutes=1))
    assert rows(world) > 0
    await world.forward(timedelta(minutes=1))
    assert rows(world) == 0
    assert await world.bot.deadlines.next_due() is None


async def test_the_days_go_on_counting_over_a_restart(world: World) -> None:
    await meeting(world)
    await remove(world)
    await world.forward(timedelta(days=20))
    gone = world.env.backend.guilds.pop(world.guild.id)
    await world.restart()
    await world.forward(timedelta(days=9))
    assert rows(world) > 0
    assert await count(world, DeadlineState.FAILED) == 0
    await world.forward(timedelta(days=1))
    assert rows(world) == 0
    world.env.backend.guilds[world.guild.id] = gone


@pytest.mark.parametrize("returns", [False, True])
async def test_an_erasing_that_was_interrupted_is_ended_even_when_the_server_is_back(
    world: World, returns: bool
) -> None:
    await meeting(world)
    await remove(world)
    await world.forward(KEPT - timedelta(minutes=1))
    for table in tables_of_a_server()[:10]:
        async with world.bot.store.transaction() as tx:
            await tx.server_erasure.erase_part(world.guild.id, table)
    assert rows(world) > 0
    gone = world.env.backend.guilds.pop(world.guild.id)
    if returns:
        world.env.backend.guilds[world.guild.id] = gone
    await world.crash()
    await world.env.settle()
    async with world.bot.store.read() as tx:
        assert await tx.servers.known() == {}, "what is half erased does not come back"
    await world.forward(timedelta(minutes=1))
    await world.env.settle()
    left = {name for name, rows in everything(world.bot.store).items()
            if any(row.get("guild_id") == world.guild.id for row in rows)}  # fmt: skip
    assert left == ({"servers", "deliveries"} if returns else set()), "it is greeted as a new one"
    world.env.backend.guilds[world.guild.id] = gone


async def test_an_outage_is_no_removal(world: World) -> None:
    await meeting(world)
    await remove(world, unavailable=True)
    assert await count(world, DeadlineState.HELD) == 0
    async with world.bot.store.read() as tx:
        assert (await tx.servers.get(world.guild.id)).left_at is None
    await bring_back(world)


async def test_a_removal_that_was_missed_is_seen_at_the_next_start(world: World) -> None:
    await meeting(world)
    gone = world.env.backend.guilds.pop(world.guild.id)
    await world.restart()
    await world.bot.servers.reconcile()
    async with world.bot.store.read() as tx:
        assert (await tx.servers.get(world.guild.id)).left_at is not None
    world.env.backend.guilds[world.guild.id] = gone
    await world.restart()
    await world.env.settle()
    async with world.bot.store.read() as tx:
        assert (await tx.servers.get(world.guild.id)).left_at is None
    assert await count(world, DeadlineState.HELD) == 0


async def test_a_return_that_was_missed_stops_the_erasing(world: World) -> None:
    await meeting(world)
    await remove(world)
    world.env.backend.faults.clear()
    kept = rows(world)
    await world.forward(KEPT)
    assert rows(world) >= kept
    async with world.bot.store.read() as tx:
        assert (await tx.servers.get(world.guild.id)).left_at is None


@pytest.mark.parametrize("status", [500, 429])
async def test_when_discord_cannot_say_nothing_is_erased(world: World, status: int) -> None:
    await meeting(world)
    await remove(world)
    world.env.backend.faults.clear()
    world.env.inject_error("GET", f"/guilds/{world.guild.id}", status=500, code=0, times=None)
    await world.forward(KEPT)
    assert rows(world) > 0
