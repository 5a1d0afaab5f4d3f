"""Kills the bot at every step of something, starts it again, and compares how it ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from .ending import Difference, Ending, ending
from .faults import Moment, path_matches
from .log import Request
from .process import BotProcess
from .season import STAGE, Scene, settled, until_dead
from .server import WireDiscord

BEGINNINGS = ("/users/@me", "/oauth2/**", "/gateway/**", "/applications/**")
"""What is asked at each start, in which nothing is delivered."""

PROMISED = timedelta(minutes=3)
"""By then what somebody asked for, and was not answered, has been done all the same.

It is then that endings are compared: what falls due soon has fallen due in each.
"""

WITHIN = 60.0
SURELY = 0.3
"""How many seconds without a request show that all is done, where nothing is compared with it."""

Deed = Callable[[WireDiscord], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Point:
    """One step at which the process is killed."""

    what: str
    when: Moment
    number: int

    def __str__(self) -> str:
        return f"{self.when} {self.what} {self.number}"


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of the matrix plays: a scene, and what somebody does in it.

    ``done`` tells from the store whether it was done; who got no answer looks, and does it again
    where it was not.
    """

    name: str
    scene: Scene
    deed: Deed | None = None
    done: Callable[[sqlite3.Connection], bool] = field(default=lambda store: True)


@dataclass(frozen=True, slots=True)
class Whole:
    """How a row ends where nothing goes wrong, and in how many steps."""

    ending: Ending
    requests: int
    commits: int

    def points(self) -> Iterator[Point]:
        """Return every step at which the process can be killed."""
        for number in range(1, self.requests + 1):
            yield Point("request", Moment.BEFORE, number)
            yield Point("request", Moment.AFTER, number)
        for number in range(1, self.commits + 1):
            yield Point("commit", Moment.BEFORE, number)
            yield Point("commit", Moment.AFTER, number)


def counted(request: Request) -> bool:
    """Whether a request is a step of what is delivered."""
    return not any(path_matches(path, request.path) for path in BEGINNINGS)


async def undisturbed(row: Row, directory: Path) -> Whole:
    """Play a row without a crash."""
    wire, bot = row.scene.enter(directory)
    commits = directory / "commits"
    bot.environment["WIRE_COMMITS"] = str(commits)
    async with wire:
        async with bot:
            if row.deed is not None:
                await row.deed(wire)
            await settled(wire, bot, quiet_for=SURELY)
            requests, committed = sum(map(counted, wire.requests)), commits.stat().st_size
            await _promised(row, wire, bot)
        await _again(wire, bot)
        return Whole(ending(wire.world, bot.database), requests, committed)


async def killed(row: Row, point: Point, whole: Whole, directory: Path) -> Difference | None:
    """Play a row with a crash, and again from there; None where the step never came."""
    wire, bot = row.scene.enter(directory)
    if point.what == "commit":
        bot.environment["WIRE_COMMITS"] = str(directory / "commits")
        bot.environment["WIRE_KILL"] = f"{point.when}:{point.number}"
    else:
        wire.world.faults.add(
            "*",
            "**",
            when=point.when,
            hook=lambda _: bot.kill_now(),
            cut=True,
            only=counted,
            skip=point.number - 1,
        )
    async with wire:
        await bot.launch()
        try:
            before = wire.gateway.identified
            await until_dead(bot, wire.gateway.ready(before + 1, WITHIN))
            if bot.running and row.deed is not None:
                await until_dead(bot, row.deed(wire))
            if bot.running:
                await settled(wire, bot)
            came = not bot.running
        finally:
            await bot.kill()
        bot.environment.pop("WIRE_KILL", None)
        wire.world.faults.clear()
        async with bot:
            with closing(sqlite3.connect(bot.database)) as store:
                again = row.deed is not None and not row.done(store)
            if again and row.deed is not None:
                await row.deed(wire)
            await settled(wire, bot)
            await _promised(row, wire, bot)
            if row.scene.kind == STAGE:
                await _again(wire, bot)
            difference = await _compared(wire, bot, whole)
        return difference if came or difference else None


async def _promised(row: Row, wire: WireDiscord, bot: BotProcess) -> None:
    """Go to the instant at which endings are compared."""
    by = max(row.scene.at + PROMISED - wire.world.clock.now(), timedelta())
    wire.world.advance(by)
    bot.step_clock(by)
    await settled(wire, bot)


async def _again(wire: WireDiscord, bot: BotProcess) -> None:
    """Start it once more: each card then shows its rows."""
    await bot.kill()
    await bot.start()
    await settled(wire, bot)


async def _compared(wire: WireDiscord, bot: BotProcess, whole: Whole) -> Difference:
    """Compare, once there is nothing left to do; at the latest its next start mends a card."""
    difference = whole.ending.differs(ending(wire.world, bot.database))
    if difference:
        await _again(wire, bot)
        difference = whole.ending.differs(ending(wire.world, bot.database))
    return difference
