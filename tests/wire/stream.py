"""A stream of check-ins, answers, results and commitments, under faults drawn by a seed.

People repeat what they got no answer to, where it was not done; at the end there must be exactly
what they did.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.figures import Figures

from .faults import Moment
from .interactions import Interaction
from .models import Channel, Message, Permission, User
from .people import NoAnswer, NotOffered
from .process import WARM, BotProcess
from .season import BEGINNING, settled
from .server import WireDiscord

PEOPLE = 8
ENVIRONMENT = {"COHORT_CARD_INTERVAL": "0.2", "WIRE_SWEEP": "1"}
MOST = 100
"""How many results there are, and reminders: a claim takes 200, and a channel one each second."""

PAUSE = 0.05
"""Seconds from one deed of somebody to the next: how much is done is no measure of the machine."""

DAY_AND_A_BIT = timedelta(days=1, seconds=20)


@dataclass
class Stream:
    """What was done, what went wrong on purpose, and what was found at the end."""

    done: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def figures(self) -> Figures:
        """Return what it comes to."""
        return {
            "things that people did": self.done.total(),
            "faults survived": self.faults.total(),
            "of those SIGKILL": self.faults["SIGKILL"],
            "lost": len(self.lost),
            "doubled": len(self.doubled),
        }


class _Stage:
    def __init__(self, wire: WireDiscord, bot: BotProcess, seed: int) -> None:
        self.wire, self.bot, self.world = wire, bot, wire.world
        self.draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.found = Stream()
        self.guild = self.world.add_guild("Study hall")
        self.channel = self.world.add_channel(self.guild, "grokking")
        self.people = [self.world.add_person(f"P{n}", self.guild) for n in range(PEOPLE)]
        self.world.add_role(self.guild, "Organisers", Permission.MANAGE_GUILD, self.people[0])
        self.number = 0
        self.commitments: list[str] = []
        self.results: list[str] = []
        self.checkins: dict[int, str] = {}
        self.restarting = asyncio.Lock()

    async def set_up(self) -> None:
        olga = self.people[0]
        await self.give(olga, "group create", name="Grokkers", focus="a paper")
        for person in self.people[1:]:
            await self.give(person, "group join")
        await self.give(
            olga, "checkin schedule", cadence="weekly", day="friday", time="12:00", timezone="UTC"
        )
        await self.give(olga, "meeting schedule", title="Circuits", when="sat 18:00")
        await self.give(olga, "project propose", paper="arXiv:2201.02177", title="Again")
        self.board = next(one for one in self.guild.threads.values() if one.name == "Again")
        for person in self.people[1:]:
            await self.give(person, "project join", self.board)
        await self.give(
            olga,
            "claim add",
            self.board,
            statement="It groks",
            metric="accuracy",
            reported="99%",
        )

    async def give(self, who: User, command: str, where: Channel | None = None, **said: Any) -> Any:
        return await self.wire.interact_slash(
            who, where or self.channel, command, within=30.0, **said
        )

    def rows(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.bot.database}?mode=ro", uri=True)) as store:
            return store.execute(statement, values).fetchall()

    async def until_done(
        self, give: Callable[[], Awaitable[Any]], statement: str, value: str
    ) -> None:
        """Do something; who is not answered looks whether it was done, and does it again if not."""
        told = ""
        for _ in range(20):
            with suppress(NoAnswer, NotOffered):
                told = (await give()).text
            async with self.restarting:
                if self.rows(statement, value):
                    return
            await asyncio.sleep(self.draw.uniform(0.1, 0.4))
        raise AssertionError(f"{value} could not be done in twenty attempts: {told}")

    # What people do

    async def act(self) -> None:
        """Do something as somebody."""
        self.number += 1
        token = f"token{self.number:05}"
        who = self.draw.choice(self.people)
        full = max(len(self.results), len(self.commitments)) >= MOST
        kinds = ("check-in", "answer") if full else ("check-in", "answer", "result", "commitment")
        kind = self.draw.choice(kinds)
        if kind == "check-in":
            await self.until_done(
                lambda: self.quickly(who, "checkin post", did=token),
                "SELECT 1 FROM checkins WHERE did = ?",
                token,
            )
            self.checkins[who.id] = token
        elif kind == "result":
            value = f"{self.number / 1000:.3f}%"
            await self.until_done(
                lambda: self.quickly(who, "result log", self.board, claim="It groks", value=value),
                "SELECT 1 FROM results WHERE value = ?",
                value,
            )
            self.results.append(value)
        elif kind == "commitment":
            due = self.world.clock.now() + DAY_AND_A_BIT
            await self.until_done(
                lambda: self.quickly(
                    who,
                    "commitment add",
                    text=token,
                    due=f"{due + timedelta(minutes=1):%Y-%m-%d %H:%M}",
                ),
                "SELECT 1 FROM commitments WHERE text = ?",
                token,
            )
            self.commitments.append(token)
        else:
            card = self.card()
            if card is not None:
                emoji = self.draw.choice("✅❔❌")
                for other in "✅❔❌":
                    if other != emoji:
                        self.wire.unreact(who, card, other)
                self.wire.react(who, card, emoji)
        self.found.done[kind] += 1

    async def quickly(
        self, who: User, command: str, where: Channel | None = None, **said: Any
    ) -> Interaction:
        return await self.wire.interact_slash(
            who, where or self.channel, command, within=4.0, **said
        )

    def card(self) -> Message | None:
        """Return the meeting's card that stands."""
        cards = [
            message
            for message in self.channel.messages.values()
            if "Circuits" in message.text and "✅" in message.reactions
        ]
        return max(cards, key=lambda message: message.id, default=None)

    # What goes wrong

    async def fail(self) -> None:
        """Make something go wrong."""
        kind = self.draw.choice(FAULTS)
        self.found.faults[kind] += 1
        faults, gateway = self.world.faults, self.wire.gateway
        after = self.draw.choice((Moment.BEFORE, Moment.AFTER))
        many = self.draw.randint(1, 4)
        match kind:
            case "429":
                faults.add("*", "/channels/**", retry_after=0.3, times=many)
            case "429 for all":
                faults.add("*", "/channels/**", retry_after=0.5, everywhere=True)
            case "500":
                faults.add("*", "/channels/**", status=500, when=after, times=many)
            case "502":
                faults.add("*", "**", status=502, times=many)
            case "cut":
                faults.add("*", "/channels/**", cut=True, when=after, times=many)
            case "hang":
                fault = faults.add("*", "/channels/**", hang=True, when=after)
                asyncio.get_running_loop().call_later(1.0, fault.release)
            case "op 7":
                gateway.ask_to_reconnect()
            case "op 9":
                gateway.invalidate()
            case "line cut":
                gateway.drop()
            case "resume refused":
                gateway.forget()
                gateway.drop()
            case "away":
                await self.wire.go_away()
                await asyncio.sleep(self.draw.uniform(0.2, 1.5))
                await self.wire.come_back()
            case "locked":
                other = sqlite3.connect(self.bot.database, isolation_level=None)
                with closing(other), suppress(sqlite3.OperationalError):
                    other.execute("BEGIN IMMEDIATE")
                    await asyncio.sleep(self.draw.uniform(0.1, 1.0))
                    other.rollback()
            case _:
                async with self.restarting:
                    await self.bot.kill()
                    with suppress(AssertionError):
                        await self.bot.start()
        if not self.bot.running:
            async with self.restarting:
                self.world.faults.clear()
                await self.bot.start()

    # What came of it

    async def judge(self) -> None:
        """Compare what there is with what people did."""
        self.world.faults.clear()
        async with self.restarting:
            await self.bot.kill()
            await self.bot.start()
        self.world.advance(timedelta(minutes=3))
        await self.bot.kill()
        await self.bot.start()
        await settled(self.wire, self.bot, quiet_for=2.5)
        said = Counter(
            token
            for message in self.world.messages()
            for token in self.commitments
            if token in message.text and message.nonce is not None
        )
        for token in self.commitments:
            self._count(
                "commitment", token, self.rows("SELECT 1 FROM commitments WHERE text = ?", token)
            )
            self._count("reminder", token, [None] * said[token])
        for value in self.results:
            self._count("result", value, self.rows("SELECT 1 FROM results WHERE value = ?", value))
        for token in self.checkins.values():
            self._count("check-in", token, self.rows("SELECT 1 FROM checkins WHERE did = ?", token))
            shown = [
                message
                for message in self.channel.messages.values()
                if token in message.text and message.author is self.world.bot
            ]
            if not shown:
                self.found.lost.append(f"the card of {token}")
        answered = {
            (user, answer) for user, answer in self.rows("SELECT user_id, answer FROM rsvps")
        }
        names = {"✅": "going", "❔": "maybe", "❌": "not_going"}
        card = self.card()
        if card is not None:
            wanted = {
                (user, names[emoji])
                for emoji, users in card.reactions.items()
                for user in users
                if user != self.world.bot.id and emoji in names
            }
            self.found.lost += [f"answer {one}" for one in wanted - answered]
            self.found.doubled += [f"answer {one}" for one in answered - wanted]

    def _count(self, what: str, name: str, found: list[Any]) -> None:
        if not found:
            self.found.lost.append(f"{what} {name}")
        self.found.doubled += [f"{what} {name}"] * (len(found) - 1)


FAULTS = (
    "429",
    "429 for all",
    "500",
    "502",
    "cut",
    "hang",
    "op 7",
    "op 9",
    "line cut",
    "resume refused",
    "away",
    "locked",
    "SIGKILL",
    "SIGKILL",
    "SIGKILL",
)


async def stream(seconds: float, directory: Path, *, seed: int) -> Stream:
    """Act as people for a while as things go wrong; return what was found."""
    async with WireDiscord() as wire:
        wire.world.clock.offset = BEGINNING - datetime.now(UTC)
        bot = BotProcess(wire, directory, command=WARM, environment=ENVIRONMENT)
        async with bot:
            stage = _Stage(wire, bot, seed)
            await stage.set_up()
            loop = asyncio.get_running_loop()
            until = loop.time() + seconds

            async def people() -> None:
                while loop.time() < until:
                    await stage.act()
                    await asyncio.sleep(PAUSE)

            async def trouble() -> None:
                while loop.time() < until:
                    await asyncio.sleep(stage.draw.uniform(0.3, 1.2))
                    await stage.fail()

            await asyncio.gather(people(), people(), people(), trouble())
            await stage.judge()
            return stage.found
