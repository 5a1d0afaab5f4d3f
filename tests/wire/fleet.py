"""Several processes on one PostgreSQL, killed at random while people act; so is the database.

People repeat what they got no answer to, where it was not done; at the end there must be exactly
what they did, and each reminder once.
"""

from __future__ import annotations

import asyncio
import math
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from bot.client import STOPPING
from bot.ui import theme
from tests.figures import Figures
from tests.postgresql import Server

from .components import numbered
from .interactions import Interaction
from .models import Guild, Message, Permission, User
from .people import NoAnswer, NotOffered
from .process import WARM, BotProcess
from .server import WireDiscord

T = TypeVar("T")

ENVIRONMENT = {"COHORT_CARD_INTERVAL": "0.2", "WIRE_READY": "0.1", "WIRE_IDENTIFY": ""}
IN_A_SERVER = 4
"""How many people act in each: one pauses in the middle, and the others go at their own pace."""

DAY = timedelta(days=1)
ANSWERED_WITHIN = 4.0
LOOKS_AFTER = 1.0
"""How many seconds somebody without an answer waits before looking whether it was done."""

RECOVERS = 2.0
"""How many seconds after a process or the database is back nobody counts on an answer yet."""

ATTEMPTS = 30
ANSWERS = {"✅": "going", "❔": "maybe", "❌": "not_going"}


@dataclass(frozen=True, slots=True)
class Size:
    """How many of what there is, and what becomes of it."""

    processes: int
    shards: int
    servers: int
    kills: int
    outages: int
    """How often the database is restarted, by turns orderly and as if it were killed."""
    pause: tuple[float, float]
    """How many seconds pass between two of those."""
    idle: float
    """How many seconds pass on average between two things that somebody does in one server."""
    afterwards: Sequence[int] = ()
    """With which numbers of shards all processes are started again, one after the other."""
    rolling: bool = False
    """Whether the processes are restarted in turn, as for an upgrade."""
    sweep: str = "60"
    """After how many seconds the table of deadlines is looked at, whatever is known of it."""


SMALL = Size(
    processes=2, shards=2, servers=3, kills=2, outages=1, pause=(0.3, 0.8), idle=0.2,
    sweep="1",
)  # fmt: skip
LARGE = Size(
    processes=3, shards=5, servers=10, kills=42, outages=6, pause=(0.4, 3.4), idle=0.8,
    afterwards=(7, 3), rolling=True,
)  # fmt: skip


@dataclass
class Fleet:
    """What was done, what went wrong on purpose, and what was found at the end."""

    done: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)
    """How many seconds each answer took, while nothing was down that it needs."""
    answered: int = 0
    excused: int = 0
    """Commands without an answer, whose process or database was down."""
    unanswered: list[str] = field(default_factory=list)
    """Commands without an answer, though nothing was down."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    """Cards that did not show their rows before the last restart."""
    refused: int = 0
    ended_badly: list[str] = field(default_factory=list)
    """How processes ended that were asked to, where not as they should."""

    @property
    def p99(self) -> float:
        """How long all but a hundredth of the answers took at most."""
        return sorted(self.answers)[math.ceil(len(self.answers) * 0.99) - 1]

    @property
    def wrong(self) -> list[str]:
        """Everything that should not be."""
        return [*self.lost, *self.doubled, *self.stale, *self.unanswered, *self.ended_badly]

    def figures(self) -> Figures:
        """Return what it comes to."""
        return {
            "things that people did": self.done.total(),
            "of those in direct messages": self.done["button"] + self.done["pause"],
            "SIGKILL": self.faults["SIGKILL"],
            "database restarts": self.faults["fast"] + self.faults["immediate"],
            "restarts in turn": self.faults["in turn"],
            "numbers of shards": 1 + self.faults["shards"],
            "commands answered": self.answered,
            "unanswered, what they need being down": self.excused,
            "unanswered though nothing was down": len(self.unanswered),
            "p99 of the other answers, ms": round(self.p99 * 1000),
            "refused with 429": self.refused,
            "reminders": self.done["commitment"] + self.done["meeting"],
            "cards out of date": len(self.stale),
            "lost": len(self.lost),
            "doubled": len(self.doubled),
            "outcome": "failed" if self.wrong else "ok",
        }


@dataclass
class _Down:
    """A time in which a process, or with None the database, is not there."""

    process: BotProcess | None
    since: float
    until: float = math.inf


class _Hall:
    """A server, and what its people did."""

    def __init__(self, stage: _Stage, guild: Guild) -> None:
        self.stage, self.guild = stage, guild
        world = stage.world
        self.channel = world.add_channel(guild, "grokking")
        self.people = [world.add_person(f"P{n}", guild) for n in range(IN_A_SERVER)]
        world.add_role(guild, "Organisers", Permission.MANAGE_GUILD, self.people[0])
        self.draw = random.Random(stage.draw.random())  # noqa: S311 - repeatable on purpose
        self.group_id = 0
        self.questions: dict[int, Message] = {}
        """The direct messages with buttons, by whose they are."""
        self.commitments: list[str] = []
        self.meetings: dict[str, User] = {}
        """Who made each: they come, or nobody might have to be reminded."""
        self.checkins: dict[int, str] = {}
        self.paces: dict[int, int] = {}
        self.paused: int | None = None

    async def set_up(self) -> None:
        """Make a group with rounds; its people were asked by direct message what suits them."""
        olga, *others = self.people
        schedule = {"cadence": "weekly", "day": "friday", "time": "12:00", "timezone": "UTC"}
        await self.stage.give(self, olga, "group create", name="Grokkers", focus="a paper")
        await self.stage.give(self, olga, "checkin schedule", **schedule)
        for person in others:
            await self.stage.give(self, person, "group join")
        ((self.group_id,),) = await self.stage.rows(
            "SELECT id FROM groups WHERE guild_id = %s", self.guild.id
        )
        for person in self.people:
            self.questions[person.id] = self._ask(person)
        for person in self.people[1:]:
            # Few conversations may be opened a minute: others are reminded in the channel.
            await self.stage.rows(
                "INSERT INTO profiles (guild_id, user_id, direct_closed_at) VALUES (%s, %s, %s)"
                " ON CONFLICT (guild_id, user_id) DO UPDATE"
                " SET direct_closed_at = excluded.direct_closed_at RETURNING 1",
                self.guild.id, person.id, int(self.stage.world.clock.now().timestamp() * 1000),
            )  # fmt: skip

    def _ask(self, person: User) -> Message:
        """Return the message that somebody who went quiet has had for a while."""
        buttons = [
            {"type": 2, "style": 2, "label": label, "custom_id": f"quiet:{does}:{self.group_id}"}
            for label, does in (("Slow down", "pace:2"), ("Pause for four weeks", "pause"))
        ]
        world = self.stage.world
        components = numbered([{"type": 1, "components": buttons}])
        return world.post(world.conversation(person), world.bot, components=components)

    # What people do

    async def act(self) -> None:
        """Act as somebody."""
        kind = self.draw.choices(
            ("check-in", "commitment", "meeting", "reaction", "button", "pause"),
            (4, 6, 1, 3, 3, 1),
        )[0]
        # Who is away is not reminded of anything, so they promise nothing.
        who = self.draw.choice(self.people[:-1])
        token = self.stage.token()
        match kind:
            case "check-in":
                await self.stage.until_done(
                    lambda: self.stage.give(self, who, "checkin post", did=token),
                    "SELECT 1 FROM checkins WHERE did = %s", token,
                )  # fmt: skip
                self.checkins[who.id] = token
            case "commitment":
                due = self._in_a_day()
                await self.stage.until_done(
                    lambda: self.stage.give(self, who, "commitment add", text=token, due=due),
                    "SELECT 1 FROM commitments WHERE text = %s", token,
                )  # fmt: skip
                self.commitments.append(token)
            case "meeting":
                when = self._in_a_day(at_least=60)
                await self.stage.until_done(
                    lambda: self.stage.give(self, who, "meeting schedule", title=token, when=when),
                    "SELECT 1 FROM meetings WHERE title = %s", token,
                )  # fmt: skip
                self.meetings[token] = who
                card = await self.stage.world.until(lambda: self.card(token), 120.0)
                self.stage.wire.react(who, card, "✅")
            case "reaction":
                others = [one for one, by in self.meetings.items() if by is not who]
                if others and (card := self.card(self.draw.choice(others))):
                    emoji = self.draw.choice(list(ANSWERS))
                    for other in ANSWERS:
                        if other != emoji:
                            self.stage.wire.unreact(who, card, other)
                    self.stage.wire.react(who, card, emoji)
            case "button":
                await self._slow_down(who)
            case _:
                if self.paused is None:
                    await self._pause(self.people[-1])
        self.stage.found.done[kind] += 1

    async def _slow_down(self, who: User) -> None:
        """Press the button that sets a pace of one's own, or the one that takes it back."""
        message = self.questions[who.id]
        # What is offered, and not what was pressed last: the message does not show that where the
        # process was killed before it answered.
        label, pace = ("Slow down", 2) if "Slow down" in message.text else ("Every round again", 1)
        await self.stage.until_done(
            lambda: self.stage.press(who, message, label),
            "SELECT 1 FROM members WHERE group_id = %s AND user_id = %s"
            " AND coalesce(pace, 1) = %s",
            self.group_id, who.id, pace,
        )  # fmt: skip
        self.paces[who.id] = pace

    async def _pause(self, who: User) -> None:
        self.paused = who.id
        await self.stage.until_done(
            lambda: self.stage.press(who, self.questions[who.id], "Pause"),
            "SELECT 1 FROM members WHERE group_id = %s AND user_id = %s AND away_until IS NOT NULL",
            self.group_id, who.id,
        )  # fmt: skip

    def _in_a_day(self, *, at_least: int = 10) -> str:
        """Return a minute whose reminder, a day before, is due within a minute from then."""
        due = self.stage.world.clock.now() + DAY + timedelta(seconds=at_least + 60)
        return f"{due:%Y-%m-%d %H:%M}"

    def card(self, token: str) -> Message | None:
        """Return a meeting's card, if there is one."""
        return next(iter(self.cards(token)), None)

    def cards(self, token: str) -> list[Message]:
        """Return the cards that a meeting has."""
        return [
            message
            for message in self.channel.messages.values()
            if token in message.text and "✅" in message.reactions
        ]

    # What came of it

    async def judge(self) -> None:
        """Compare what there is with what people did."""
        reminded = Counter(
            token
            for message in self.stage.world.messages()
            if message.author is self.stage.world.bot and theme.BELL in message.text
            for token in re.findall(r"token\d{5}", message.text)
        )
        for table, column, tokens in (
            ("commitments", "text", self.commitments),
            ("meetings", "title", list(self.meetings)),
        ):
            found = Counter(
                token
                for (token,) in await self.stage.rows(
                    f"SELECT {column} FROM {table} WHERE guild_id = %s",  # noqa: S608
                    self.guild.id,
                )
            )
            self._count(f"row of {table}", tokens, found)
            self._count(f"reminder of {table}", tokens, reminded)
        meetings = list(self.meetings)
        self._count("card", meetings, {one: len(self.cards(one)) for one in meetings})
        events = Counter(one.fields["name"] for one in self.guild.events.values())
        self._count("event", meetings, events)
        posted = Counter(
            token for (token,) in await self.stage.rows(
                "SELECT did FROM checkins WHERE guild_id = %s", self.guild.id
            )
        )  # fmt: skip
        self._count("check-in", list(self.checkins.values()), posted)
        text = "\n".join(message.text for message in self.channel.messages.values())
        shown = {one: int(one in text) for one in self.checkins.values()}
        self._count("card with check-in", list(self.checkins.values()), shown)
        await self._judge_answers()
        await self._judge_buttons()

    async def _judge_answers(self) -> None:
        answered = {
            (title, user, answer)
            for title, user, answer in await self.stage.rows(
                "SELECT title, user_id, answer FROM rsvps JOIN meetings ON meetings.id = meeting_id"
                " WHERE guild_id = %s",
                self.guild.id,
            )
        }
        wanted = {
            (token, user, ANSWERS[emoji])
            for token in self.meetings
            for card in self.cards(token)
            for emoji, users in card.reactions.items()
            for user in users
            if user != self.stage.world.bot.id and emoji in ANSWERS
        }
        self.stage.found.lost += [f"answer {one}" for one in sorted(wanted - answered)]
        self.stage.found.doubled += [f"answer {one}" for one in sorted(answered - wanted)]

    async def _judge_buttons(self) -> None:
        found = self.stage.found
        paces = dict(
            await self.stage.rows(
                "SELECT user_id, coalesce(pace, 1) FROM members WHERE group_id = %s", self.group_id
            )
        )
        found.lost += [
            f"pace {pace} of {user}" for user, pace in self.paces.items() if paces.get(user) != pace
        ]
        if self.paused is not None:
            cards = [m.text for m in self.channel.messages.values() if "**Focus**" in m.text]
            if not any(re.search(rf"Away: .*<@{self.paused}>", text) for text in cards):
                found.lost.append(f"the pause of {self.paused} on the group's card: {cards}")

    def _count(self, what: str, tokens: Sequence[str], found: Any) -> None:
        for token in tokens:
            count = found.get(token, 0)
            if not count:
                self.stage.found.lost.append(f"{what} {token}")
            self.stage.found.doubled += [f"{what} {token}"] * (count - 1)


class _Stage:
    def __init__(
        self, wire: WireDiscord, server: Server, address: str, directory: Path, size: Size, *,
        seed: int,
    ) -> None:  # fmt: skip
        self.wire, self.world, self.server, self.size = wire, wire.world, server, size
        self.address, self.directory = address, directory
        self.draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.found = Fleet()
        self.processes: list[BotProcess] = []
        self.shards = 0
        self.downs: list[_Down] = []
        self.acting = asyncio.Event()
        self._number = 0
        self._loop = asyncio.get_running_loop()
        self.halls = [_Hall(self, guild) for guild in self._guilds(size.servers)]

    def _guilds(self, count: int) -> list[Guild]:
        """Return servers, of each shard as many as of any other."""
        for number in range(count):
            while True:
                self.world.clock.offset += timedelta(milliseconds=1)
                guild = self.world.add_guild("Study hall")
                if (guild.id >> 22) % self.size.shards == number % self.size.shards:
                    break
                del self.world.guilds[guild.id]
        return list(self.world.guilds.values())

    def token(self) -> str:
        """Return a word that is in nothing else."""
        self._number += 1
        return f"token{self._number:05}"

    # The processes

    async def start(self, shards: int) -> None:
        """Start all processes; each has its share of the shards."""
        self.shards = shards
        count = self.size.processes
        own = [range(shards * n // count, shards * (n + 1) // count) for n in range(count)]
        for number, numbers in enumerate(own):
            if number == len(self.processes):
                folder = self.directory / f"process-{number}"
                folder.mkdir()
                environment = {
                    **ENVIRONMENT,
                    "COHORT_DATABASE_URL": self.address,
                    "WIRE_SWEEP": self.size.sweep,
                }
                self.processes.append(
                    BotProcess(self.wire, folder, command=WARM, environment=environment)
                )
            process = self.processes[number]
            process.shards = numbers
            process.environment["COHORT_SHARDS"] = str(shards)
            process.environment["COHORT_SHARD_IDS"] = ",".join(map(str, numbers))
        await asyncio.gather(*map(self.up, self.processes))

    async def up(self, process: BotProcess) -> None:
        """Start one as often as it takes, as whoever supervises it would."""
        down = self._down(process)
        while True:
            with suppress(AssertionError):
                await process.start()
                break
            if not self._is_down(None):
                raise AssertionError(f"it does not start\n{process.stdout[-3000:]}{process.stderr}")
            await asyncio.sleep(0.3)
        down.until = self._loop.time() + RECOVERS

    async def end(self, process: BotProcess) -> None:
        """Ask one to end, and see that it does."""
        self._down(process)
        ended = await process.terminate()
        if ended.code != 0:
            self.found.ended_badly.append(f"ended with {ended.code} after {ended.seconds:.1f} s")

    def _down(self, process: BotProcess | None) -> _Down:
        """Note that something is down; what was noted already goes on."""
        for one in self.downs:
            if one.process is process and one.until == math.inf:
                return one
        down = _Down(process, self._loop.time())
        self.downs.append(down)
        return down

    def _is_down(self, process: BotProcess | None, since: float | None = None) -> bool:
        """Whether something is down, or was since then."""
        now = self._loop.time()
        return any(
            one.process is process and one.until >= (now if since is None else since)
            for one in self.downs
        )

    def of(self, guild: Guild | None) -> BotProcess:
        """Return the process that hears of a server, or with None of direct messages."""
        shard = 0 if guild is None else (guild.id >> 22) % self.shards
        return next(one for one in self.processes if shard in one.shards)

    # What people do

    async def give(self, hall: _Hall, who: User, command: str, **said: str) -> Interaction:
        """Give a command in a server; raises NoAnswer where there is none in time."""
        return await self._answered(
            command,
            hall.guild,
            lambda: self.wire.interact_slash(
                who, hall.channel, command, within=ANSWERED_WITHIN, **said
            ),
        )

    async def press(self, who: User, message: Message, label: str) -> Interaction:
        """Press a button of a direct message."""
        return await self._answered(
            label,
            None,
            lambda: self.wire.click(who, message, label=label, within=ANSWERED_WITHIN),
        )

    async def _answered(
        self, what: str, guild: Guild | None, act: Callable[[], Awaitable[Interaction]]
    ) -> Interaction:
        """Do something, and note how long the answer took or why there was none."""
        process, began = self.of(guild), self._loop.time()
        try:
            answer = await act()
        except NoAnswer as error:
            if self._is_down(process, began) or self._is_down(None, began):
                self.found.excused += 1
            else:
                self.found.unanswered.append(f"{what}: {error}"[:300])
            raise
        self.found.answered += 1
        if answer.seconds is not None and not (
            self._is_down(process, began) or self._is_down(None, began)
        ):
            self.found.answers.append(answer.seconds)
        return answer

    async def until_done(
        self, give: Callable[[], Awaitable[Interaction]], statement: str, *values: Any
    ) -> None:
        """Do something; who is not answered looks whether it was done, and does it again if not."""
        told = ""
        for _ in range(ATTEMPTS):
            try:
                told = (await give()).text
            except NotOffered as error:
                told = str(error)
            except NoAnswer:
                await asyncio.sleep(LOOKS_AFTER)
            if await self.rows(statement, *values):
                return
            # A process that stops says so, and takes some seconds over it.
            await asyncio.sleep(1 if told.startswith(STOPPING) else 0.2)
        raise AssertionError(f"{values} could not be done in {ATTEMPTS} attempts: {told}")

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """Return what a query finds, once the database is there."""
        for _ in range(300):
            with suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(
                    host=str(self.server.folder), user="cohort", autocommit=True,
                    dbname=self.address.partition("?")[0].rpartition("/")[2],
                ) as connection:  # fmt: skip
                    return await (await connection.execute(statement, values)).fetchall()  # type: ignore[arg-type]
            await asyncio.sleep(0.1)
        raise AssertionError("the database is not there any more")

    # What goes wrong

    async def trouble(self) -> None:
        """Kill processes and restart the database, one after the other and at once."""
        each = math.ceil(self.size.kills / (self.size.outages + 1))
        async with asyncio.TaskGroup() as starting:
            for number in range(1, self.size.kills + 1):
                await asyncio.sleep(self.draw.uniform(*self.size.pause))
                running = [one for one in self.processes if not self._is_down(one)]
                while not running:
                    await asyncio.sleep(0.1)
                    running = [one for one in self.processes if one.running]
                process = self.draw.choice(running)
                down = self._down(process)
                await process.kill()
                assert down.until == math.inf
                self.found.faults["SIGKILL"] += 1
                starting.create_task(self.up(process))
                if number % each == 0 and number // each <= self.size.outages:
                    await asyncio.sleep(self.draw.uniform(0, self.size.pause[1]))
                    await self._restart_database(("fast", "immediate")[number // each % 2])

    async def _restart_database(self, mode: str) -> None:
        down = self._down(None)
        await asyncio.to_thread(self.server.stop, mode)
        await asyncio.sleep(self.draw.uniform(0, 1.5))
        await asyncio.to_thread(self.server.start)
        down.until = self._loop.time() + RECOVERS
        self.found.faults[mode] += 1

    async def roll(self) -> None:
        """Restart the processes in turn."""
        for process in self.processes:
            await self.end(process)
            await self.up(process)
            self.found.faults["in turn"] += 1

    async def change_shards(self, shards: int) -> None:
        """Stop all processes, and start them with another number of shards."""
        await asyncio.gather(*map(self.end, self.processes))
        await self.start(shards)
        self.found.faults["shards"] += 1

    async def settle(self, within: float = 60.0, quiet_for: float = 1.0) -> None:
        """Wait until all processes have delivered what is due, and ask nothing of Discord."""
        began = self._loop.time()
        due: list[Any] = []
        while self._loop.time() - began < within:
            last = self.wire.requests.busy_until(self._loop.time())
            quiet = self._loop.time() - max(last, began)
            if quiet >= quiet_for and all(one.doing == 0 for one in self.processes):
                due = await self.rows(
                    "SELECT kind, guild_id, state, error FROM deadlines WHERE state = 'sending'"
                    " OR (state = 'pending' AND deliver_at <= %s)",
                    int(self.world.clock.now().timestamp() * 1000),
                )
                if not due:
                    return
            await asyncio.sleep(0.05)
        doing = [(one.running, one.doing) for one in self.processes]
        logs = "\n".join(one.stdout[-1500:] for one in self.processes)
        raise AssertionError(f"{due or doing} did not end in {within} s\n{logs}")

    # The whole

    async def play(self) -> None:
        """Play people while all of it goes wrong, then compare."""
        await self.start(self.size.shards)
        for hall in self.halls:
            await hall.set_up()
        await self.settle(quiet_for=0.5)
        over = asyncio.Event()

        async def act(hall: _Hall) -> None:
            while not over.is_set():
                await hall.act()
                await asyncio.sleep(hall.draw.uniform(0, 2 * self.size.idle))

        async def play() -> None:
            try:
                await self.trouble()
                if self.size.rolling:
                    await self.roll()
                for shards in self.size.afterwards:
                    await self.change_shards(shards)
                    await asyncio.sleep(3)
            finally:
                over.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(play())
            for hall in self.halls:
                tasks.create_task(act(hall))
        await self.settle()
        shown = self._cards()
        self.world.advance(timedelta(minutes=3))
        await self._again()
        for _ in range(10):
            if not await self._overdue():
                break
            self.world.advance(timedelta(minutes=1))
            await self._again()
        for hall in self.halls:
            await hall.judge()
        for message, text in shown.items():
            if not message.deleted and message.text != text:
                self.found.stale.append(f"{text!r} became {message.text!r}")
        self.found.refused = sum(one.status == 429 for one in self.wire.requests)

    async def _overdue(self) -> bool:
        """Whether a reminder waits for a conversation that may not be opened yet."""
        now = int(self.world.clock.now().timestamp() * 1000)
        waiting = "SELECT 1 FROM deadlines WHERE state = 'pending' AND due_at <= %s LIMIT 1"
        return bool(await self.rows(waiting, now))

    async def _again(self) -> None:
        await asyncio.gather(*(one.kill() for one in self.processes))
        await asyncio.gather(*map(self.up, self.processes))
        await self.settle()

    def _cards(self) -> dict[Message, str]:
        """Return what the cards show: messages of the bot in which something can be pressed."""
        return {
            message: message.text
            for hall in self.halls
            for message in hall.channel.messages.values()
            if message.author is self.world.bot and message.components
        }


async def fleet(
    size: Size, server: Server, address: str, directory: Path, *, seed: int = 1
) -> Fleet:
    """Play people with several processes on an empty database; return what was found."""
    async with WireDiscord() as wire:
        # No round falls due meanwhile; and it is later than the account's id, or the servers' ids
        # would not say when they were made, and all be of one shard.
        monday = timedelta(days=7 - datetime.now(UTC).weekday())
        noon = datetime.now(UTC).replace(hour=12, minute=0)
        wire.world.clock.offset = noon + monday - datetime.now(UTC)
        wire.rest.checks_form = False
        stage = _Stage(wire, server, address, directory, size, seed=seed)
        try:
            await stage.play()
        finally:
            await asyncio.gather(*(one.kill() for one in stage.processes))
        return stage.found
