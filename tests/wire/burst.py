"""Many deadlines due in the same second, through a Discord that takes fifty requests in one."""

from __future__ import annotations

import asyncio
import gc
import math
import random
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.figures import Figures

from .log import RequestLog
from .models import Channel, User
from .process import WARM, BotProcess
from .season import BEGINNING
from .server import WireDiscord

PER_SECOND = 50
IN_A_GROUP = 20
GROUPS = 200
"""At least so many: a channel takes five messages in five seconds."""

IN_A_SERVER = 10
NUMBER = re.compile(r"burst (\d+)")
POSTED = ("POST", "/channels/*/messages")


@dataclass(frozen=True, slots=True)
class Burst:
    """How it went: times in seconds, of requests and of answers to people meanwhile."""

    count: int
    sent: int
    doubled: int
    seconds: float
    least_seconds: float
    refused: int
    answers: Sequence[float]
    out_of_order: int
    busiest: int

    @property
    def ratio(self) -> float:
        """How much longer it took than the limit alone would have it take."""
        return self.seconds / self.least_seconds

    @property
    def p99(self) -> float:
        """How long all but a hundredth of the answers took at most."""
        return sorted(self.answers)[math.ceil(len(self.answers) * 0.99) - 1]

    def figures(self) -> Figures:
        """Return what it comes to."""
        return {
            "due in the same second": self.count,
            "requests a second allowed": PER_SECOND,
            "seconds": round(self.seconds, 1),
            "times the limit's own": round(self.ratio, 3),
            "refused with 429": self.refused,
            "out of order by at most": self.out_of_order,
            "people answered meanwhile": len(self.answers),
            "p99 of their answers, ms": round(self.p99 * 1000),
            "lost": self.count - self.sent,
            "doubled": self.doubled,
        }


async def burst(count: int, directory: Path, *, seed: int = 0) -> Burst:
    """Make many reminders fall due at once, while people use commands."""
    with _without_pauses():
        return await _burst(count, directory, seed)


async def _burst(count: int, directory: Path, seed: int) -> Burst:
    async with WireDiscord() as wire:
        wire.world.clock.offset = BEGINNING - datetime.now(UTC)
        wire.rest.checks_form = False
        groups = [
            _group(wire, number) for number in range(max(GROUPS, math.ceil(count / IN_A_GROUP)))
        ]
        bot = BotProcess(wire, directory, command=("migrate",))
        await bot.launch()
        assert await bot.wait(60) == 0, bot.stderr
        due_at = wire.world.clock.now() + timedelta(seconds=4)
        order = list(range(count))
        random.Random(seed).shuffle(order)  # noqa: S311 - a shuffle, no secret
        _fill(bot.database, groups, order, due_at)
        bot.command = WARM
        async with bot:
            answers: list[float] = []
            asking = asyncio.create_task(_ask(wire, groups, answers))
            within = count / PER_SECOND * 2 + 30
            async with asyncio.timeout(within):
                while not _all_there(wire, count):  # noqa: ASYNC110 - asked seldom, on purpose
                    await asyncio.sleep(0.5)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        requests = [r for r in wire.requests.matching(*POSTED) if r.status == 200]
        sent = _sent(wire)
        counted = RequestLog()  # the answers to interactions are under no common limit
        for request in wire.requests:
            if not request.path.startswith("/interactions/"):
                counted.add(request)
        places = {number: place for place, number in enumerate(sorted(set(sent)))}
        return Burst(
            count=count,
            sent=len(set(sent)),
            doubled=len(sent) - len(set(sent)),
            seconds=requests[-1].began - requests[0].began,
            least_seconds=(count - 1) / PER_SECOND,
            refused=sum(r.status == 429 for r in wire.requests),
            answers=answers,
            out_of_order=max(abs(places[number] - at) for at, number in enumerate(sent)),
            busiest=counted.busiest(),
        )


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Collect no garbage: while this Discord pauses for that, requests would come in a heap."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _group(wire: WireDiscord, number: int) -> tuple[Channel, User]:
    servers = list(wire.world.guilds.values())
    if number // IN_A_SERVER >= len(servers):
        servers.append(wire.world.add_guild(f"Server {len(servers)}"))
    guild = servers[-1]
    return wire.world.add_channel(guild, f"group-{number}"), wire.world.add_person(
        f"Person{number}", guild
    )


def _all_there(wire: WireDiscord, count: int) -> bool:
    """Whether all was sent; each message is only read once there are so many."""
    messages = sum(len(channel.messages) for channel in wire.world.channels.values())
    return messages >= count and len(_sent(wire)) >= count


def _sent(wire: WireDiscord) -> list[int]:
    """Return the numbers of the reminders in the order in which they were taken."""
    requests = [r for r in wire.requests.matching(*POSTED) if r.status == 200]
    found = (NUMBER.search(str(request.body)) for request in requests)
    return [int(one[1]) for one in found if one is not None]


async def _ask(
    wire: WireDiscord, groups: Sequence[tuple[Channel, User]], answers: list[float]
) -> None:
    """Use commands as several people, one after another."""
    for number in range(10**6):
        channel, person = groups[number % len(groups)]
        answer = await wire.interact_slash(person, channel, "commitment list", within=20.0)
        assert answer.seconds is not None
        answers.append(answer.seconds)
        await asyncio.sleep(0.2)


def _fill(
    database: Path,
    groups: Sequence[tuple[Channel, User]],
    order: Sequence[int],
    due_at: datetime,
) -> None:
    """Write the groups and the reminders; of these, ``order`` says how urgent each row is.

    The people's direct messages are known to be closed, so each reminder is one request.
    """
    now = int(due_at.timestamp() * 1000)
    hour = 3_600_000
    with closing(sqlite3.connect(database)) as store, store:
        for number, (channel, person) in enumerate(groups, 1):
            assert channel.guild is not None
            guild = channel.guild.id
            store.execute(
                "INSERT OR IGNORE INTO servers (guild_id, joined_at) VALUES (?, ?)",
                (guild, now),
            )
            store.execute(
                "INSERT INTO groups (id, guild_id, channel_id, name, focus, created_by, "
                "created_at) VALUES (?, ?, ?, ?, 'a paper', ?, ?)",
                (number, guild, channel.id, channel.name, person.id, now),
            )
            store.execute(
                "INSERT INTO members (group_id, user_id, joined_at) VALUES (?, ?, ?)",
                (number, person.id, now),
            )
            store.execute(
                "INSERT INTO profiles (guild_id, user_id, direct_closed_at) VALUES (?, ?, ?)",
                (guild, person.id, now),
            )
        for row, urgency in enumerate(order, 1):
            group = row % len(groups)
            channel, person = groups[group]
            assert channel.guild is not None
            until = now + 24 * hour + urgency * 1000
            store.execute(
                "INSERT INTO commitments (id, guild_id, group_id, user_id, text, state, made_at, "
                "due_at) VALUES (?, ?, ?, ?, ?, 'open', ?, ?)",
                (row, channel.guild.id, group + 1, person.id, f"burst {urgency}", now, until),
            )
            store.execute(
                "INSERT INTO deadlines (guild_id, kind, subject_id, occurrence, offset, due_at, "
                "deliver_at, expires_at, state, attempts) "
                "VALUES (?, 'commitment.remind', ?, 0, 86400, ?, ?, ?, 'pending', 0)",
                (channel.guild.id, row, now, now, until),
            )
