"""The rows of the crash matrix, and how it is played: all of it, or a draw."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.app import create_bot
from bot.config import Settings
from data.states import CardKind
from tests.figures import Figures

from .ending import Difference
from .matrix import Point, Row, Whole, killed, undisturbed
from .models import Channel, Guild, Message, Thread, User
from .season import STAGE, Scene
from .server import WireDiscord

AT_ONCE = 4
"""How many processes are killed beside each other."""


SEEN_LATER = frozenset({"boards.watch"})
"""Kinds that end otherwise after a crash, by design.

A look at a link that was cut short is made up for at the next, hours later: what changed is then
told with the time of that look.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one crash ended; ``difference`` is None where its step never came."""

    row: str
    point: Point
    difference: Difference | None

    @property
    def reached(self) -> bool:
        return self.difference is not None

    @property
    def lost(self) -> list[tuple[str, ...]]:
        return self.difference.lost if self.difference else []

    @property
    def doubled(self) -> list[tuple[str, ...]]:
        return self.difference.doubled if self.difference else []


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """Return what the crashes come to."""
    return {
        "kinds of deliveries and deeds": len({one.row for one in outcomes}),
        "killed": sum(one.reached for one in outcomes),
        "lost": sum(len(one.lost) for one in outcomes),
        "doubled": sum(len(one.doubled) for one in outcomes),
    }


async def crash_everywhere(
    scenes: Mapping[str, Scene],
    directory: Path,
    draw: random.Random,
    *,
    each: int | None,
    until: float | None = None,
    deeds: bool = True,
) -> list[Outcome]:
    """Kill the bot at ``each`` steps of each row, or at every one; past ``until`` no more.

    ``until`` is by the loop's clock; ``deeds`` has people act besides.
    """
    rows = [Row(name, scene) for name, scene in scenes.items() if name not in {STAGE, *SEEN_LATER}]
    rows += ROWS_OF_PEOPLE(scenes) if deeds else []
    draws = {row.name: random.Random(draw.random()) for row in rows}  # noqa: S311 - repeatable
    free = asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one(row: Row, point: Point, whole: Whole) -> Outcome | None:
        async with free:
            if until is not None and loop.time() > until:
                return None
            place = directory / f"{row.name} {point}".replace("/", "-")
            return Outcome(row.name, point, await killed(row, point, whole, place))

    async def play(row: Row) -> Whole | None:
        async with free:
            if until is not None and loop.time() > until:
                return None
            return await undisturbed(row, directory / row.name)

    wholes = await asyncio.gather(*map(play, rows))
    steps: list[tuple[Row, Point, Whole]] = []
    for row, whole in zip(rows, wholes, strict=True):
        if whole is not None:
            points = list(whole.points())
            if each is not None:
                points = draws[row.name].sample(points, min(each, len(points)))
            steps += [(row, point, whole) for point in points]
    draw.shuffle(steps)  # where time ends it, something of each row has been played
    found = await asyncio.gather(*(one(*step) for step in steps))
    return [outcome for outcome in found if outcome is not None]


async def kinds_not_played(scenes: Mapping[str, Scene], directory: Path) -> list[str]:
    """Return the kinds of deadlines that the bot delivers, and that did not fall due."""
    bot = create_bot(Settings(database_url=f"sqlite+aiosqlite:///{directory / 'kinds.db'}"))
    await bot.store.open()
    for set_up in bot.features:
        await set_up(bot)
    found = set(bot.deadlines.kinds) | {f"card.{kind}" for kind in CardKind}
    await bot.close()
    return sorted(found - scenes.keys())


# What people do, on the stage of the season


def ROWS_OF_PEOPLE(scenes: Mapping[str, Scene]) -> list[Row]:  # noqa: N802 - reads as a table
    """Return the rows in which somebody acts, and the process dies of it."""
    stage = scenes[STAGE]
    return [
        Row("a check-in", stage, _check_in, _has("checkins", "did = 'Killed for it'")),
        # Whoever looks sees whether their reaction is there; giving it again changes nothing.
        Row("an RSVP", stage, _answer, lambda _: False),
        Row("a result", stage, _log_result, _has("results", "value LIKE '97%' OR value = 0.97")),
        Row("a meeting", stage, _schedule, _has("meetings", "title = 'Killed for it'")),
    ]


def _has(table: str, condition: str):  # type: ignore[no-untyped-def]
    def look(store: sqlite3.Connection) -> bool:
        statement = f"SELECT count(*) FROM {table} WHERE {condition}"  # noqa: S608 - our own tables
        return store.execute(statement).fetchone()[0] > 0

    return look


def _place(wire: WireDiscord) -> tuple[Guild, Channel, dict[str, User]]:
    (guild,) = wire.world.guilds.values()
    channel = next(one for one in guild.channels.values() if one.name == "grokking")
    return guild, channel, {user.name: user for user in wire.world.users.values()}


async def _check_in(wire: WireDiscord) -> None:
    _, channel, people = _place(wire)
    await wire.interact_slash(
        people["Ada"], channel, "checkin post", within=30.0, did="Killed for it"
    )


async def _answer(wire: WireDiscord) -> None:
    _, channel, people = _place(wire)
    card = _latest(channel, "Circuits")
    wire.react(people["Ada"], card, "✅")


async def _log_result(wire: WireDiscord) -> None:
    guild, _, people = _place(wire)
    board: Thread = next(one for one in guild.threads.values() if "again" in one.name)
    await wire.interact_slash(
        people["Ben"], board, "result log", within=30.0, claim="It groks", value="97%"
    )


async def _schedule(wire: WireDiscord) -> None:
    _, channel, people = _place(wire)
    await wire.interact_slash(
        people["Ada"],
        channel,
        "meeting schedule",
        within=30.0,
        title="Killed for it",
        when="sat 18:00",
    )


def _latest(channel: Channel, having: str) -> Message:
    return max(
        (one for one in channel.messages.values() if having in one.text and one.reactions),
        key=lambda message: message.id,
    )
