"""One member does everything nasty at once to a running process, while another is answered.

Huge pastes into commands and forms, files that are made to be slow or large, floods of
completions, storms of presses and reactions, made-up custom ids, joining and leaving, and
connections to the web server that never finish. What is measured: the memory that the process
takes, how long its loop stood still, and how long the other person waited.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bot.net.test_web import free_port
from tests.figures import Figures

from . import components as parts
from .interactions import Interaction, Kind
from .models import Channel, Json, Message, Permission, User
from .people import NoAnswer, NotOffered
from .process import WARM, BotProcess
from .server import WireDiscord

LONG = 6000
"""The most characters that Discord lets somebody type into an option."""

IN_A_FORM = 4000
FILE = 190_000
PATIENCE = 30.0

HALF_OPEN = 150
"""Connections to the web server that are held open at once."""

MEMORY = 200
"""MB that the process may take for all of it, beside what it took before."""

PAUSE = 0.05
"""Seconds that the process itself may make one step of the loop take, its other threads included.

The longest of a minute takes 19 to 27 ms, and 25 to 32 while both cores are busy with something
else. By the clock it may be any time then, for which the bot can do nothing: that is told, not
judged.
"""

TEXTS = (
    "mercredi 19:00;",
    "1–",
    "\n",
    "\\begin{tabular}",
    "| a ",
    "<td colspan=999 rowspan=999>",
    "a: &a [*a,",
    '[{"0":1},',
    "https://x/[",
    "<@123456789012345678> a\n",
    "\u202e\u0301",
    "@everyone ",
    "1 000 ",
    "- a\n",
)

FILES = {
    "names.json": "[" + ",".join(f'{{"{n}":1}}' for n in range(FILE // 12)) + "]",
    "deep.json": "[" * FILE,
    "head.csv": ",".join(f"c{n}" for n in range(5000)) + "\n" + "1,2\n" * 40_000,
    "commas.csv": 'claim,value\n"' + "," * 90_000,
    "aliases.yaml": "a: &a [x]\n" + "".join(f"b{n}: *a\n" for n in range(FILE // 10)),
    "laughs.yaml": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
    ),
    "deep.yaml": "\n".join(" " * n + "a:" for n in range(600)),
    "tables.tex": "\\begin{tabular}{lll}" * (FILE // 20),
    "spans.html": "<table>" + "<tr><td colspan=999 rowspan=999>1" * (FILE // 33),
    "nested.html": "<div>" * (FILE // 5),
    "lines.csv": "title,link\n" + "a,b\n" * (FILE // 4),
}
"""What made the bot slow, or large, or might."""


@dataclass
class Attack:
    """How it went: counts of what was tried, times in seconds, memory in MB."""

    tried: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    before: float = 0.0
    most: float = 0.0
    own: float = 0.0
    wall: float = 0.0
    slowest: str = ""
    wrong: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        """How long all but a hundredth of the other person's answers took at most."""
        return sorted(self.answers)[math.ceil(len(self.answers) * 0.99) - 1]

    def figures(self) -> Figures:
        """Return what it comes to."""
        return {
            "things a hostile member did": self.tried.total() - self.tried["hold"],
            "connections held open": self.tried["hold"],
            "answers to somebody else": len(self.answers),
            "of those late or missing": len(self.unanswered),
            "p99 of them, ms": round(self.p99 * 1000),
            "memory before, MB": round(self.before),
            "memory at most, MB": round(self.most),
            "longest step of the loop, its own ms": round(self.own * 1000),
            "the same, by the clock, ms": round(self.wall * 1000),
            "outcome": "; ".join(self.wrong) or "ok",
        }


class _Member:
    """Somebody who means harm, in a group, on a board, and at a meeting."""

    def __init__(self, wire: WireDiscord, seed: int, port: int) -> None:
        self.wire, self.port = wire, port
        self.draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
        world = wire.world
        self.guild = world.add_guild("Study hall")
        self.channel = world.add_channel(self.guild, "grokking")
        self.olga, self.mal, self.ben = (
            world.add_person(name, self.guild) for name in ("Olga", "Mal", "Ben")
        )
        world.add_role(self.guild, "Organisers", Permission.MANAGE_GUILD, self.olga)
        self.board: Channel = self.channel
        self.found = Attack()

    async def set_up(self) -> None:
        await self.give(self.olga, "group create", name="Grokkers", focus="a paper")
        for person in (self.mal, self.ben):
            await self.give(person, "group join")
        await self.give(self.olga, "checkin schedule", cadence="weekly", day="friday", time="12:00")
        await self.give(self.olga, "meeting schedule", title="Circuits", when="in 3 days")
        await self.give(self.mal, "project propose", paper="arXiv:2201.02177", title="Again")
        self.board = next(one for one in self.guild.threads.values() if one.name == "Again")
        await self.give(self.ben, "project join", where=self.board)
        await self.give(self.mal, "task add", where=self.board, title="Train")
        await self.give(
            self.mal, "claim add", where=self.board, statement="It groks", metric="accuracy",
            reported="99%",
        )  # fmt: skip

    async def give(
        self, who: User, command: str, *, where: Channel | None = None, **said: Any
    ) -> Interaction:
        return await self.wire.interact_slash(
            who, where or self.channel, command, within=PATIENCE, **said
        )

    def text(self, length: int = LONG) -> str:
        unit = self.draw.choice(TEXTS)
        return (unit * (length // len(unit) + 1))[:length]

    # What is nasty

    async def pastes(self) -> None:
        """Type as much as Discord takes into options that are read."""
        command, given, where = self.draw.choice(
            [
                ("commitment add", {"text": "a", "due": self.text()}, None),
                ("meeting poll", {"title": "When", "slots": self.text()}, None),
                ("meeting schedule", {"title": "a", "when": self.text()}, None),
                ("reading nominate", {"paper": self.text()}, None),
                ("checkin post", {"did": self.text(), "next": self.text()}, None),
                ("result log", {"claim": "It groks", "value": self.text()}, self.board),
                ("task add", {"title": "a", "due": self.text(), "notes": self.text()}, self.board),
                ("project link", {"label": "a", "url": self.text()}, self.board),
                ("profile set", {"about": self.text()}, None),
            ]
        )  # fmt: skip
        await self.give(self.mal, command, where=where, **given)

    async def forms(self) -> None:
        """Fill every field of a form to the brim."""
        command, where = self.draw.choice(
            [("claim import", self.board), ("claim add", self.board), ("checkin post", None)]
        )
        form = await self.give(self.mal, command, where=where)
        if form.modal is None:
            return
        filled = {
            field["custom_id"]: self.text(field.get("max_length", IN_A_FORM))
            for field in parts.walk(form.modal["components"])
            if field["type"] == parts.TEXT_INPUT
        }
        await self.wire.submit_modal(form, filled, within=PATIENCE)

    async def files(self) -> None:
        """Attach what is slow to read, or becomes large."""
        name = self.draw.choice(sorted(FILES))
        file = self.wire.world.upload(name, FILES[name].encode()[:FILE])
        kind = self.draw.choice(("result", "claims", "list"))
        if kind == "result":
            await self.give(self.mal, "result log", where=self.board, claim="It groks", file=file)
        elif kind == "claims":
            await self.give(self.mal, "claim import", where=self.board, file=file)
        else:
            await self.give(self.mal, "reading import", title="a", when="in 3 days", file=file)

    async def completions(self) -> None:
        """Type fast, and long, where titles are offered."""
        command, option, where = self.draw.choice(
            [
                ("task move", "task", self.board),
                ("result log", "claim", self.board),
                ("meeting show", "meeting", self.channel),
                ("group create", "timezone", self.channel),
            ]
        )
        typed = self.text(self.draw.choice((20, 100, LONG)))
        await self.wire.autocomplete(self.mal, where, command, option, typed, within=PATIENCE)

    async def presses(self) -> None:
        """Press whatever there is."""
        shown = [
            (message, button["custom_id"])
            for message in self.wire.world.messages()
            if message.author is self.wire.world.bot
            for button in _buttons(message)
        ]
        if shown:
            message, custom_id = self.draw.choice(shown)
            await self.wire.click(self.mal, message, custom_id, within=PATIENCE)

    async def made_up(self) -> None:
        """Use controls and forms that were never shown, with ids that nobody has."""
        source = next(iter(self.channel.messages.values()))
        words = self.draw.choice(
            ("board:join", "task:done", "task:set:done", "reading:lead", "claim:change", "again:x")
        )
        custom_id = f"{words}:{self.draw.choice((0, 1, 10**18, '9' * 60, 'x'))}"[:100]
        if self.draw.random() < 0.5:
            data: Json = {"component_type": parts.BUTTON, "custom_id": custom_id, "id": 1}
            kind = Kind.COMPONENT
        else:
            typed = {"type": parts.TEXT_INPUT, "id": 2, "custom_id": "title",
                     "value": self.text(IN_A_FORM)}  # fmt: skip
            data = {"custom_id": custom_id, "resolved": {},
                    "components": [{"type": parts.LABEL, "id": 1, "component": typed}]}  # fmt: skip
            kind = Kind.MODAL
        self.wire.interactions.begin(kind, self.mal, self.channel, data, source)
        await asyncio.sleep(0.05)  # a made-up control may never be answered: nobody waits

    async def reactions(self) -> None:
        """Answer a meeting this way and that."""
        card = next((one for one in self.channel.messages.values() if "✅" in one.reactions), None)
        if card is not None:
            for emoji in "✅❔❌🎉":
                self.wire.react(self.mal, card, emoji)
                self.wire.unreact(self.mal, card, emoji)
        await asyncio.sleep(0.05)

    async def comings(self) -> None:
        """Come and go, as a member of the group and of the server."""
        await self.give(self.mal, self.draw.choice(("group leave", "group join")))
        passing = self.wire.world.add_person(f"P{self.found.tried['comings']}", self.guild)
        self.wire.world.leave(self.guild, passing)

    async def pictures(self) -> None:
        """Ask for what costs work."""
        command, where = self.draw.choice(
            [("checkin stats", None), ("project report", self.board), ("profile export", None)]
        )
        await self.give(self.mal, command, where=where)

    async def hold(self) -> None:
        """Hold a connection to the web server open, without ever finishing its headers."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n")
            for _ in range(20):
                writer.write(b"X: y\r\n")
                await writer.drain()
                if reader.at_eof():
                    return
                await asyncio.sleep(0.3)
        finally:
            writer.close()

    # All at once

    async def again_and_again(self, what: Callable[[], Awaitable[None]], until: float) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            try:
                await what()
            except NotOffered:  # Discord's client itself would not send it
                self.found.withheld[what.__name__] += 1
            except (NoAnswer, OSError):
                self.found.tried[what.__name__] += 1
            else:
                self.found.tried[what.__name__] += 1
            await asyncio.sleep(0)

    async def somebody_else(self, until: float) -> None:
        """Another person uses commands, one after the other."""
        loop = asyncio.get_running_loop()
        said = itertools.cycle(
            [("commitment list", None), ("meeting list", None), ("task list", self.board)]
        )
        while loop.time() < until:
            command, where = next(said)
            try:
                answer = await self.give(self.ben, command, where=where)
            except NoAnswer as error:
                self.found.unanswered.append(str(error))
                continue
            assert answer.seconds is not None
            self.found.answers.append(answer.seconds)
            await asyncio.sleep(0.1)

    async def watch(self, pid: int, until: float) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            self.found.most = max(self.found.most, memory(pid))
            await asyncio.sleep(0.1)


def _buttons(message: Message) -> list[Json]:
    return [
        one
        for one in parts.walk(message.components)
        if one["type"] == parts.BUTTON and "custom_id" in one and not one.get("disabled")
    ]


def memory(pid: int) -> float:
    """Return how many MB of memory a process has just now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def _steps(file: Path, after: int) -> Sequence[tuple[float, float, str]]:
    """Return the loop's long steps since the file had so many bytes: its own, clock, what."""
    lines = file.read_bytes()[after:].decode().splitlines()
    return [tuple(json.loads(line)) for line in lines]


async def attack(seconds: float, directory: Path, *, seed: int, pause: float = PAUSE) -> Attack:
    """Run the attack for ``seconds`` and return how it went.

    ``pause`` is how many seconds the process itself may make one step of the loop take.
    """
    async with WireDiscord() as wire:
        port = free_port()
        steps = directory / "steps"
        environment = {
            "COHORT_WEB_PORT": str(port),
            "COHORT_WEB_ADDRESS": f"http://127.0.0.1:{port}",
            "COHORT_LOG_LEVEL": "debug",
            "WIRE_STEPS": str(steps),
        }
        member = _Member(wire, seed, port)
        bot = BotProcess(wire, directory, command=WARM, environment=environment)
        async with bot:
            await member.set_up()
            found = member.found
            found.before = found.most = memory(bot.pid)
            already = steps.stat().st_size
            until = asyncio.get_running_loop().time() + seconds
            nasty = (
                member.pastes, member.forms, member.files, member.files, member.completions,
                member.completions, member.presses, member.made_up, member.reactions,
                member.comings, member.pictures,
            )  # fmt: skip
            await asyncio.gather(
                member.somebody_else(until),
                member.watch(bot.pid, until),
                *(member.again_and_again(one, until) for one in nasty),
                *(member.again_and_again(member.hold, until) for _ in range(HALF_OPEN)),
            )
            if not bot.running:
                found.wrong.append("the process ended")
            for own, wall, what in _steps(steps, already):
                found.wall = max(found.wall, wall)
                if own > found.own:
                    found.own, found.slowest = own, what
            await bot.terminate()
        _judge(found, bot, wire, pause)
        return found


def _judge(found: Attack, bot: BotProcess, wire: WireDiscord, pause: float) -> None:
    """Note what must not be, whatever the machine."""
    if found.unanswered:
        found.wrong.append(f"{len(found.unanswered)} answers to somebody else were missing")
    if found.most - found.before > MEMORY:
        found.wrong.append(f"memory grew by {found.most - found.before:.0f} MB")
    if found.own > pause:
        found.wrong.append(f"the loop stood still {found.own:.3f} s in {found.slowest}")
    if wire.world.token in bot.stdout + bot.stderr:
        found.wrong.append("the token is in the log")
    open_to_others = [
        str(one.relative_to(bot.directory))
        for one in bot.directory.rglob("*")
        if one.name.startswith("cohort.db") or "backups" in one.parts
        if one.stat().st_mode & 0o077
    ]
    if open_to_others:
        found.wrong.append(f"others may read {open_to_others}")
