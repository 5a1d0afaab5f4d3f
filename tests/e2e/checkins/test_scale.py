"""A group of two thousand: within Discord's limits, and never blocking the loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from data.checkins.rounds import RoundId
from data.server.groups import GroupId
from tests.e2e.checkins.test_rounds import DUE, rounds, shown
from tests.world import World, text

PEOPLE = 2000
LONGEST_STALL = 0.5
"""Seconds of its own time that the loop may spend on one thing; generous, for slow machines."""


def texts(components: Any) -> Iterator[str]:
    """Yield every text of a message's components."""
    for component in components:
        if component.get("type") == 10:
            yield component["content"]
        yield from texts(component.get("components", []))
        if "accessory" in component:
            yield from texts([component["accessory"]])


def count(components: Any) -> int:
    return sum(
        1 + count(component.get("components", [])) + ("accessory" in component)
        for component in components
    )


@asynccontextmanager
async def watched() -> AsyncGenerator[None]:
    """Hold that the loop is never blocked for long."""
    stalls: list[float] = []

    async def watch() -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.01)
            stalls.append(time.thread_time() - began)

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
    assert max(stalls, default=0) < LONGEST_STALL


async def test_two_thousand_people_go_through_a_round(world: World) -> None:
    await rounds(world)
    now = world.clock.now()
    async with world.bot.store.transaction() as tx:
        for number in range(PEOPLE):
            await tx.groups.add_member(GroupId(1), 10**17 + number, now)
        for number in range(PEOPLE // 2):
            checkin = await tx.checkins.add(
                guild_id=world.guild.id,
                group_id=GroupId(1),
                round_id=RoundId(1),
                user_id=10**17 + number,
                questions=("Did?", "Next?", "Blocked?", ""),
                did="I *read* " * 40,
                next="- more\n- and more",
                blocked="_everything_ " * 30,
                extra="",
                late=False,
                posted_at=now,
            )
            await tx.commitments.add_lines(checkin, ["more", "and more"], now)

    before = len(world.env.http_requests)
    async with watched():
        for instant in (DUE - timedelta(hours=48), DUE - timedelta(hours=24), DUE):
            await world.forward(instant)
    status = await world.alice.slash(world.channel, "checkin status")
    everybody = await world.organiser.slash(world.channel, "checkin stats", everybody=True)

    digest = shown(world, f"{PEOPLE // 2} people checked in")
    assert "2000 commitments" in text(digest)
    assert f"of {PEOPLE + 3}" in text(everybody)
    assert "Page 1 of" in text(status)
    for request in world.env.http_requests[before:]:
        json = request.json or {}
        if request.method not in ("POST", "PATCH") or not isinstance(json, dict):
            continue
        data = json.get("data") or json
        components = data.get("components") or []
        assert sum(map(len, texts(components))) <= 4000
        assert count(components) <= 40
        assert len(data.get("content") or "") <= 2000
        assert len((data.get("allowed_mentions") or {}).get("users", [])) <= 50
        for embed in data.get("embeds") or []:
            assert len(embed.get("fields", [])) <= 25
            assert (
                sum(len(field["value"]) + len(field["name"]) for field in embed.get("fields", []))
                < 5500
            )
            assert all(len(field["value"]) <= 1024 for field in embed.get("fields", []))
            assert len(embed.get("description") or "") <= 4096


async def test_drawing_a_picture_does_not_block_the_loop(world: World) -> None:
    await rounds(world)
    for week in range(12):
        await world.forward(DUE + week * timedelta(days=7))
    async with watched():
        await world.alice.slash(world.channel, "checkin stats")
