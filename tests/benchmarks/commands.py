"""What people's actions cost, against a bare command and against the same work written by hand.

All are processes of their own, talking to the same stand-in for Discord over HTTP and the gateway,
one after the other in one run.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.benchmarks.figure import Figure
from tests.wire.models import Channel, Message, Permission, User
from tests.wire.process import BotProcess
from tests.wire.server import WireDiscord

WARM_UP, ROUNDS = 20, 200
FEW = 40
"""Rounds of what posts cards and threads of its own."""

TURNS = 10
"""How often a task is taken, and then done."""

LOOK, IDLE = 0.3, 0.002
"""A process that uses less than ``IDLE`` seconds of CPU in ``LOOK`` seconds is at rest."""

CARD_EDITED = 1.2
"""Seconds after which a card is edited that was edited just before."""

ONE_BY_ONE = frozenset({"Take it", "Done"})
"""What is measured with a rest after each, so that each edit of the board's card is counted.

A process that has rested for more than a second finds little of what it needs in the processor's
caches: the bare command takes twice as long then. So these are compared with one that rests too.
"""

AIMS = {
    "/checkin post": 3,
    "reaction": 3,
    "/meeting schedule": 15,
    "/task add": 5,
    "Take it": 5,
    "Done": 5,
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


class Measure(Protocol):
    """Measures what each of these actions costs, by name.

    Each is repeated ``rounds`` times after ``warm_up`` times. Several take turns, and each turn
    waits until everything that followed the one before is done.
    """

    async def __call__(
        self, actions: Mapping[str, Action], rounds: int = ROUNDS, *, warm_up: int = WARM_UP
    ) -> None: ...


BARE, RESTED, MANUAL = "bare command", "bare command, after a rest", "check-in by hand"


async def measure() -> list[Figure]:
    """Measure all, in turn, and the best of three."""
    runs: list[dict[str, Cost]] = []
    for _ in range(3):
        bare = await _alone("tests.benchmarks.bare", BARE, rested=RESTED)
        by_hand = await _alone("tests.benchmarks.by_hand", MANUAL)
        runs.append({**bare, **by_hand, **await _ours()})
    best = {
        name: Cost(min(run[name].cpu for run in runs), min(run[name].wall for run in runs))
        for name in runs[0]
    }
    figures: list[Figure] = []
    for name, cost in best.items():
        figures += [
            Figure(f"{name}, CPU", cost.cpu, "ms"),
            Figure(f"{name}, wall", cost.wall, "ms"),
        ]
    for name, aim in AIMS.items():
        bare = best[RESTED if name in ONE_BY_ONE else BARE]
        figures.append(Figure(f"{name} : bare, CPU", best[name].cpu / bare.cpu, "×", aim))
    ours, bare, by_hand = best["/checkin post"], best[BARE], best[MANUAL]
    return [
        *figures,
        Figure("/checkin post : bare, wall", ours.wall / bare.wall, "×", 3),
        Figure("/checkin post : by hand, CPU", ours.cpu / by_hand.cpu, "×", BY_HAND),
    ]


async def _alone(module: str, name: str, *, rested: str | None = None) -> dict[str, Cost]:
    """Measure a program that has one command, and as ``rested`` with a rest after each use."""
    async with WireDiscord() as wire:
        channel, people = server(wire)
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

                found = await time_each(bot, {name: post}, ROUNDS, WARM_UP)
                if rested is not None:
                    found |= await time_each(bot, {rested: post}, TURNS, 1, rests=True)
                return found


async def _ours() -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    async with WireDiscord() as wire:
        channel, people = server(wire)
        with tempfile.TemporaryDirectory() as folder:
            async with BotProcess(wire, Path(folder)) as bot:

                async def time_them(
                    actions: Mapping[str, Action], rounds: int = ROUNDS, *, warm_up: int = WARM_UP
                ) -> None:
                    found.update(await time_each(bot, actions, rounds, warm_up))

                await act(wire, channel, people, time_them)
    return found


async def act(
    wire: WireDiscord, channel: Channel, people: Sequence[User], measured: Measure
) -> None:
    """Measure what people do most, in a new server."""
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
        # Each at a time that is free: two at once would draw a warning, which is a request more.
        when = f"in {number + 3} days"
        return await wire.interact_slash(
            organiser, channel, "meeting schedule", title=f"Talk {number}", when=when
        )

    await measured({"/checkin post": post})
    await measured({"/meeting schedule": schedule}, FEW)
    card = next(one for one in reversed(channel.messages.values()) if one.reactions)

    async def react(number: int) -> Any:
        wire.react(people[number], card, "✅")
        await asyncio.sleep(0.01)  # faster than people do, and not all in one instant

    await measured({"reaction": react})
    await wire.interact_slash(
        organiser, channel, "project propose", paper="arXiv:2201.02177", title="Grokking"
    )
    thread = next(one for one in channel.guild.threads.values() if "Grokking" in one.name)

    async def add(number: int) -> Any:
        return await wire.interact_slash(
            organiser, thread, "task add", title=f"Train on mod {number}"
        )

    async def offer(number: int) -> Any:
        return await wire.autocomplete(organiser, thread, "task move", "task", "Train")

    def press(label: str) -> Action:
        async def pressed(number: int) -> Any:
            board, button = await wire.world.until(lambda: _button(thread, label))
            return await wire.click(organiser, board, button)

        return pressed

    await measured({"/task add": add}, FEW)
    await measured({"autocomplete": offer})
    # A board has buttons for its first tasks only, and those that somebody is doing come first.
    await measured({"Take it": press("take"), "Done": press("done")}, TURNS, warm_up=1)


def _button(thread: Channel, what: str) -> tuple[Message, str] | None:
    """Return the board's card, and its first button that does this to a task, if it has one."""
    board = next(one for one in thread.messages.values() if one.pinned_at is not None)
    ids = re.findall(rf'"custom_id": "(task:{what}:[^"]+)"', json.dumps(board.components))
    return (board, ids[0]) if ids else None


def server(wire: WireDiscord) -> tuple[Channel, list[User]]:
    wire.limits.unlimited()
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "mech-interp")
    people = [wire.world.add_person(f"p{number}", guild) for number in range(WARM_UP + ROUNDS)]
    return channel, people


async def time_each(
    bot: BotProcess,
    actions: Mapping[str, Action],
    rounds: int,
    warm_up: int,
    *,
    rests: bool = False,
) -> dict[str, Cost]:
    """Return what each action costs, with everything that follows it.

    The process rests after each of several actions, and of one that ``rests``.
    """
    rests = rests or len(actions) > 1
    for number in range(warm_up):
        for action in actions.values():
            await action(number)
            if rests:
                await at_rest(bot)
    await at_rest(bot)
    cpu, walls = dict.fromkeys(actions, 0.0), {name: list[float]() for name in actions}
    began = cpu_seconds(bot)
    for number in range(warm_up, warm_up + rounds):
        for name, action in actions.items():
            answer = await action(number)
            walls[name].append(getattr(answer, "seconds", None) or 0.0)
            if rests or number == warm_up + rounds - 1:
                await at_rest(bot)
                ended = cpu_seconds(bot)
                cpu[name] += ended - began
                began = ended
    return {
        name: Cost(cpu[name] / rounds * 1000, statistics.median(walls[name]) * 1000)
        for name in actions
    }


async def at_rest(bot: BotProcess) -> None:
    """Wait until the process has done what it set itself to do, edits of cards too."""
    before, since = cpu_seconds(bot), 0.0
    while since < CARD_EDITED:
        await asyncio.sleep(LOOK)
        now = cpu_seconds(bot)
        since = since + LOOK if now - before < IDLE else 0.0
        before = now


def cpu_seconds(bot: BotProcess) -> float:
    """Return the CPU time that all threads of the process have used, user and system."""
    clock = (~bot.pid << 3) | 2  # as clock_getcpuclockid(3) makes it, which Python does not offer
    return time.clock_gettime(clock)
