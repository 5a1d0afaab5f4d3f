"""What people's actions cost, against a bare command and against the same work written by hand.

All are processes of their own, talking to the same stand-in for Discord over HTTP and the gateway,
one after the other in one run.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.figure import Figure
from tests.wire.models import Channel, Message, Permission, Thread, User
from tests.wire.process import BotProcess
from tests.wire.server import WireDiscord

WARM_UP, ROUNDS = 20, 200
FEW = 40
"""Rounds of what posts cards and threads of its own."""

TAKEN = 10
"""Tasks that are taken: a board shows no more buttons at once."""

AIMS = {
    "/checkin post": 3,
    "reaction": 3,
    "/meeting schedule": 15,
    "/task add": 5,
    "Take it": 5,
    "autocomplete": 2,
}
"""How many times the CPU of a bare command each may take."""

BY_HAND = 1.5
"""How many times the CPU of the same check-in written by hand ``/checkin post`` may take."""

Action = Callable[[int], Awaitable[Any]]


class Cost(NamedTuple):
    """Of one action, in milliseconds: the process's CPU, and until its answer."""

    cpu: float
    wall: float


async def measure() -> list[Figure]:
    """Measure all, in turn, and the best of three."""
    runs: list[dict[str, Cost]] = []
    for _ in range(3):
        bare = await _alone("tests.benchmarks.bare")
        by_hand = await _alone("tests.benchmarks.by_hand")
        runs.append({"bare command": bare, "check-in by hand": by_hand, **await _ours()})
    best = {
        name: Cost(min(run[name].cpu for run in runs), min(run[name].wall for run in runs))
        for name in runs[0]
    }
    bare, by_hand = best["bare command"], best["check-in by hand"]
    figures: list[Figure] = []
    for name, cost in best.items():
        figures += [
            Figure(f"{name}, CPU", cost.cpu, "ms"),
            Figure(f"{name}, wall", cost.wall, "ms"),
        ]
    for name, aim in AIMS.items():
        figures.append(Figure(f"{name} : bare, CPU", best[name].cpu / bare.cpu, "×", aim))
    ours = best["/checkin post"]
    return [
        *figures,
        Figure("/checkin post : bare, wall", ours.wall / bare.wall, "×", 3),
        Figure("/checkin post : by hand, CPU", ours.cpu / by_hand.cpu, "×", BY_HAND),
    ]


async def _alone(module: str) -> Cost:
    """Measure a program that has one command."""
    async with WireDiscord() as wire:
        channel, people = _server(wire)
        assert channel.guild is not None
        with tempfile.TemporaryDirectory() as folder:
            bot = BotProcess(
                wire,
                Path(folder),
                command=(sys.executable, "-m", module),
                environment={
                    "BARE_DATABASE": str(Path(folder) / "bare.db"),
                    "BARE_PEOPLE": ",".join(str(one.id) for one in people),
                    "BARE_PLACE": f"{channel.guild.id},{channel.id}",
                },
            )
            async with bot:

                async def post(number: int) -> Any:
                    return await wire.interact_slash(
                        people[number], channel, "post", did="read chapter 3", next="write it up"
                    )

                return await _time(bot, post)


async def _ours() -> dict[str, Cost]:
    async with WireDiscord() as wire:
        channel, people = _server(wire)
        with tempfile.TemporaryDirectory() as folder:
            async with BotProcess(wire, Path(folder)) as bot:
                return await _actions(wire, bot, channel, people)


async def _actions(
    wire: WireDiscord, bot: BotProcess, channel: Channel, people: Sequence[User]
) -> dict[str, Cost]:
    organiser = people[0]
    assert channel.guild is not None
    wire.world.add_role(channel.guild, "O", Permission.MANAGE_GUILD, organiser)
    await wire.interact_slash(organiser, channel, "group create", name="Grokkers", focus="a paper")
    await wire.interact_slash(
        organiser, channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    for person in people[1:]:
        await wire.interact_slash(person, channel, "group join")

    async def post(number: int) -> Any:
        return await wire.interact_slash(
            people[number], channel, "checkin post", did="read chapter 3", next="write it up"
        )

    async def schedule(number: int) -> Any:
        return await wire.interact_slash(
            organiser, channel, "meeting schedule", title=f"Talk {number}", when="in 3 days"
        )

    found = {"/checkin post": await _time(bot, post)}
    found["/meeting schedule"] = await _time(bot, schedule, FEW)
    card = next(one for one in reversed(channel.messages.values()) if one.reactions)

    async def react(number: int) -> Any:
        wire.react(people[number], card, "✅")
        await asyncio.sleep(0.01)  # faster than people do, and not all in one instant

    found["reaction"] = await _time(bot, react)
    await wire.interact_slash(
        organiser, channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    thread = next(
        one
        for one in channel.guild.threads.values()
        if isinstance(one, Thread) and "Grokking" in one.name
    )

    async def add(number: int) -> Any:
        return await wire.interact_slash(
            organiser, thread, "task add", title=f"Train on mod {number}"
        )

    async def offer(number: int) -> Any:
        return await wire.autocomplete(organiser, thread, "task move", "task", "Train")

    async def take(number: int) -> Any:
        await _at_rest(bot)
        board, free = await wire.world.until(lambda: _offered(thread))
        return await wire.click(organiser, board, free)

    found["/task add"] = await _time(bot, add, FEW)
    found["autocomplete"] = await _time(bot, offer)
    found["Take it"] = await _time(bot, take, TAKEN, warm_up=2)
    return found


def _offered(thread: Channel) -> tuple[Message, str] | None:
    """Return the board's card, and the button of a task on it that is free, if there is one."""
    board = next(one for one in thread.messages.values() if one.pinned_at is not None)
    ids = re.findall(r'"custom_id": "(task:take:[^"]+)"', json.dumps(board.components))
    return (board, ids[0]) if ids else None


def _server(wire: WireDiscord) -> tuple[Channel, list[User]]:
    wire.limits.unlimited()
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "mech-interp")
    people = [wire.world.add_person(f"p{number}", guild) for number in range(WARM_UP + ROUNDS)]
    return channel, people


async def _time(
    bot: BotProcess, action: Action, rounds: int = ROUNDS, *, warm_up: int = WARM_UP
) -> Cost:
    """Repeat ``action``, each time with everything that follows it."""
    for number in range(warm_up):
        await action(number)
    await _at_rest(bot)
    before = _cpu_seconds(bot)
    answers = [await action(number) for number in range(warm_up, warm_up + rounds)]
    await _at_rest(bot)
    cpu = (_cpu_seconds(bot) - before) / rounds
    walls = [getattr(one, "seconds", None) or 0.0 for one in answers]
    return Cost(cpu * 1000, statistics.median(walls) * 1000)


async def _at_rest(bot: BotProcess) -> None:
    """Wait until the process has done what it set itself to do."""
    before = -1.0
    while (now := _cpu_seconds(bot)) != before:
        before = now
        await asyncio.sleep(0.3)


def _cpu_seconds(bot: BotProcess) -> float:
    """Return the CPU time that the process has used, user and system."""
    fields = Path(f"/proc/{bot.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
