"""What an action costs with PostgreSQL, against SQLite.

Both are measured in one run, in turn. What PostgreSQL's own processes use is not counted: it is a
machine of its own where it matters.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from tests import postgresql
from tests.benchmarks.commands import ROUNDS, WARM_UP, Action, Cost, server, time_each
from tests.benchmarks.figure import Figure
from tests.wire.models import Permission
from tests.wire.process import BotProcess
from tests.wire.server import WireDiscord

TURNS = 3
"""How often each database is measured; the best counts."""

AIMS = {"/checkin post": (1.5, 2.5), "/commitment list": (1.3, 1.3)}
"""How many times SQLite's CPU, and its time until the answer, each may take."""


async def measure() -> list[Figure]:
    """Measure both; nothing where no PostgreSQL server can be started."""
    running = await asyncio.to_thread(postgresql.start, durable=True)
    if running is None:
        print(f"left out: {postgresql.MISSING}")
        return []
    try:
        databases = postgresql.Databases(str(running.folder), "bench")
        sqlite, other = list[dict[str, Cost]](), list[dict[str, Cost]]()
        for _ in range(TURNS):
            sqlite.append(await _costs(None))
            name = databases.make()
            other.append(await _costs(databases.address(name)))
            databases.drop(name)
    finally:
        await asyncio.to_thread(running.remove)
    figures: list[Figure] = []
    for name, (cpu, wall) in AIMS.items():
        ours, theirs = _best(sqlite, name), _best(other, name)
        figures += [
            Figure(f"{name} with SQLite, CPU", ours.cpu, "ms"),
            Figure(f"{name} with SQLite, wall", ours.wall, "ms"),
            Figure(f"{name}, PostgreSQL : SQLite, CPU", theirs.cpu / ours.cpu, "×", cpu),
            Figure(f"{name}, PostgreSQL : SQLite, wall", theirs.wall / ours.wall, "×", wall),
        ]
    return figures


def _best(turns: list[dict[str, Cost]], name: str) -> Cost:
    return Cost(min(turn[name].cpu for turn in turns), min(turn[name].wall for turn in turns))


async def _costs(database: str | None) -> dict[str, Cost]:
    """Measure with the database at an address, or with a new file."""
    async with WireDiscord() as wire:
        channel, people = server(wire)
        assert channel.guild is not None
        organiser = people[0]
        wire.world.add_role(channel.guild, "O", Permission.MANAGE_GUILD, organiser)
        settings = {} if database is None else {"COHORT_DATABASE_URL": database}
        with tempfile.TemporaryDirectory() as folder:
            async with BotProcess(wire, Path(folder), environment=settings) as bot:

                async def ask(number: int, command: str, **options: Any) -> Any:
                    return await wire.interact_slash(people[number], channel, command, **options)

                await ask(0, "group create", name="Grokkers", focus="a paper")
                await ask(0, "checkin schedule", cadence="weekly", day="sunday", time="18:00")
                for number in range(1, len(people)):
                    await ask(number, "group join")
                    await ask(number, "commitment add", text="Read it", due="in 3 days")
                actions: dict[str, Action] = {
                    "/checkin post": lambda number: ask(
                        number, "checkin post", did="read chapter 3", next="write it up"
                    ),
                    "/commitment list": lambda number: ask(number, "commitment list"),
                }
                found: dict[str, Cost] = {}
                for name, action in actions.items():
                    found |= await time_each(bot, {name: action}, ROUNDS, WARM_UP)
                return found
