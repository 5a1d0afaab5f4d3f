"""What ``/checkin post`` costs against a bare command that does one durable write."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
import discord
import simcord
from discord import app_commands

from bot.clock import SteppedClock
from bot.config import Settings
from tests.benchmarks.figure import Figure
from tests.world import World

WARM_UP, ROUNDS = 20, 150

Times = tuple[float, float]


class Bare(discord.Client):
    """The least that could be called a check-in: one command, one table, one INSERT."""

    def __init__(self, path: Path) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self._path = path

        @self.tree.command(description="Post")
        async def post(
            interaction: discord.Interaction[Bare], did: str, next: str | None = None
        ) -> None:
            await self.database.execute(
                "INSERT INTO posts (user_id, did, next) VALUES (?, ?, ?)",
                (interaction.user.id, did, next),
            )
            await self.database.commit()
            await interaction.response.send_message(f"{interaction.user.mention}: {did}")

    async def setup_hook(self) -> None:
        self.database = await aiosqlite.connect(self._path)
        await self.database.execute("PRAGMA journal_mode = WAL")
        await self.database.execute("PRAGMA synchronous = NORMAL")
        await self.database.execute("CREATE TABLE posts (user_id INTEGER, did TEXT, next TEXT)")
        await self.database.commit()
        await self.tree.sync()

    async def close(self) -> None:
        await self.database.close()
        await super().close()


async def measure() -> list[Figure]:
    """Run both in SimCord in this process: medians of CPU and wall time for each command."""
    with tempfile.TemporaryDirectory() as name:
        bare = await _bare(Path(name))
        ours = await _ours(Path(name))
    return [
        Figure("bare command, CPU", bare[0] * 1000, "ms"),
        Figure("bare command, wall", bare[1] * 1000, "ms"),
        Figure("/checkin post, CPU", ours[0] * 1000, "ms"),
        Figure("/checkin post, wall", ours[1] * 1000, "ms"),
        Figure("/checkin post : bare, CPU", ours[0] / bare[0], "×", 3),
        Figure("/checkin post : bare, wall", ours[1] / bare[1], "×", 3),
    ]


async def _bare(folder: Path) -> Times:
    bot = Bare(folder / "bare.db")
    async with simcord.run(bot) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        people = [guild.add_member(env.create_user(f"p{number}")) for number in range(ROUNDS)]

        async def post(number: int) -> None:
            who = people[number % len(people)]
            await who.slash(channel, "post", did="read chapter 3", next="write it up")

        times = await _time(post)
        await bot.close()
    return times


async def _ours(folder: Path) -> Times:
    clock = SteppedClock(datetime(2026, 11, 2, 12, 0, tzinfo=UTC))
    # The prompt is edited once an interval however many post; what one edit costs is no part of this.
    settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'ours.db'}", card_interval=60)
    world = World(settings, clock)
    await world.start()
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    people = [world.join(f"p{number}") for number in range(WARM_UP + ROUNDS)]
    for person in people:
        await person.slash(world.channel, "group join")

    async def post(number: int) -> None:
        await people[number].slash(
            world.channel, "checkin post", did="read chapter 3", next="write it up"
        )

    times = await _time(post)
    await world.stop()
    return times


async def _time(work: Callable[[int], Awaitable[None]]) -> Times:
    """Return the median CPU and wall time of one call, in seconds."""
    cpu: list[float] = []
    wall: list[float] = []
    for number in range(WARM_UP + ROUNDS):
        cpu_began, wall_began = time.process_time(), time.perf_counter()
        await work(number)
        if number >= WARM_UP:
            cpu.append(time.process_time() - cpu_began)
            wall.append(time.perf_counter() - wall_began)
    return statistics.median(cpu), statistics.median(wall)
