"""What ``/checkin post`` costs against a bare command that does one durable write.

Both are processes of their own, talking to the same stand-in for Discord over HTTP and the
gateway, one after the other in one run.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.figure import Figure
from tests.wire.interactions import Interaction
from tests.wire.models import Channel, Permission, User
from tests.wire.process import BotProcess
from tests.wire.server import WireDiscord

WARM_UP, ROUNDS = 20, 200

Post = Callable[[User], Awaitable[Interaction]]


class Cost(NamedTuple):
    """Of one command, in milliseconds: the process's CPU, and until its answer."""

    cpu: float
    wall: float


async def measure() -> list[Figure]:
    """Measure both, in turn, and the best of three."""
    bare, ours = [], []
    for _ in range(3):
        bare.append(await _bare())
        ours.append(await _ours())
    least = Cost(min(one.cpu for one in bare), min(one.wall for one in bare))
    most = Cost(min(one.cpu for one in ours), min(one.wall for one in ours))
    return [
        Figure("bare command, CPU", least.cpu, "ms"),
        Figure("bare command, wall", least.wall, "ms"),
        Figure("/checkin post, CPU", most.cpu, "ms"),
        Figure("/checkin post, wall", most.wall, "ms"),
        Figure("/checkin post : bare, CPU", most.cpu / least.cpu, "×", 3),
        Figure("/checkin post : bare, wall", most.wall / least.wall, "×", 3),
    ]


async def _bare() -> Cost:
    async with WireDiscord() as wire:
        channel, people = _server(wire)
        with tempfile.TemporaryDirectory() as folder:
            bot = BotProcess(
                wire,
                Path(folder),
                command=(sys.executable, "-m", "tests.benchmarks.bare"),
                environment={"BARE_DATABASE": str(Path(folder) / "bare.db")},
            )
            async with bot:

                async def post(who: User) -> Interaction:
                    return await wire.interact_slash(
                        who, channel, "post", did="read chapter 3", next="write it up"
                    )

                return await _time(bot, people, post)


async def _ours() -> Cost:
    async with WireDiscord() as wire:
        channel, people = _server(wire)
        with tempfile.TemporaryDirectory() as folder:
            async with BotProcess(wire, Path(folder)) as bot:
                organiser = people[0]
                assert channel.guild is not None
                wire.world.add_role(channel.guild, "O", Permission.MANAGE_GUILD, organiser)
                await wire.interact_slash(
                    organiser, channel, "group create", name="Grokkers", focus="a paper"
                )
                await wire.interact_slash(
                    organiser,
                    channel,
                    "checkin schedule",
                    cadence="weekly",
                    day="sunday",
                    time="18:00",
                )
                for person in people[1:]:
                    await wire.interact_slash(person, channel, "group join")

                async def post(who: User) -> Interaction:
                    return await wire.interact_slash(
                        who, channel, "checkin post", did="read chapter 3", next="write it up"
                    )

                return await _time(bot, people, post)


def _server(wire: WireDiscord) -> tuple[Channel, list[User]]:
    wire.limits.unlimited()
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "mech-interp")
    people = [wire.world.add_person(f"p{number}", guild) for number in range(WARM_UP + ROUNDS)]
    return channel, people


async def _time(bot: BotProcess, people: list[User], post: Post) -> Cost:
    for person in people[:WARM_UP]:
        await post(person)
    before = _cpu_seconds(bot)
    answers = [await post(person) for person in people[WARM_UP:]]
    cpu = (_cpu_seconds(bot) - before) / ROUNDS
    assert all(answer.message is not None for answer in answers)
    return Cost(cpu * 1000, statistics.median(one.seconds or 0.0 for one in answers) * 1000)


def _cpu_seconds(bot: BotProcess) -> float:
    """Return the CPU time that the process has used, user and system."""
    fields = Path(f"/proc/{bot.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
