"""Two months of a server's life in which every kind of deadline falls due.

It is played by people's commands, clicks and reactions, against the real process on a clock that is
moved from due time to due time. Whenever a kind falls due for the first time, the process is killed
before it delivers anything, and a copy is kept of Discord and of the store as they are then: a
``Scene``, from which that delivery can be played again, as often as it is to be killed.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from .faults import Moment
from .interactions import Interaction
from .models import Channel, ChannelKind, Message, Permission, Thread, User
from .people import NoAnswer
from .process import WARM, BotProcess
from .server import WireDiscord
from .world import World

T = TypeVar("T")

BEGINNING = datetime(2026, 11, 2, 12, 3, tzinfo=UTC)
"""A Monday."""

ENVIRONMENT = {
    "COHORT_CARD_INTERVAL": "0",
    "COHORT_SENDS_PER_SECOND": "50",
    "WIRE_READY": "0.1",
    "WIRE_SWEEP": "stepped",
}
QUIET_SECONDS = 0.12
"""Without a request for this long, and with nothing due, a process has nothing left to do."""

LIST = b"""- unit: Circuits
  title: Zoom in
  link: https://distill.pub/2020/circuits/zoom-in/
  minutes: 30
  exercises: [Draw a circuit, Find an induction head]
- unit: Grokking
  title: Grokking
  minutes: 40
"""

STAGE = "people act"
"""The scene in which nothing is due: a round, a meeting and a project are open."""

LAST_SECONDS = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Scene:
    """Discord and the store at the moment when something falls due."""

    kind: str
    world: World
    database: Path
    at: datetime

    def enter(self, directory: Path) -> tuple[WireDiscord, BotProcess]:
        """Return a copy of it to play in; the caller opens and closes both."""
        directory.mkdir(parents=True)
        wire = WireDiscord(self.world.copy())
        wire.world.clock.offset = self.at - datetime.now(UTC)
        wire.limits.unlimited()
        wire.rest.checks_form = False  # checked in the season itself, and slow
        bot = BotProcess(wire, directory, command=WARM, environment=ENVIRONMENT)
        shutil.copy(self.database, bot.database)
        return wire, bot


def due_kinds(database: Path, now: datetime) -> set[str]:
    """Return the kinds of the deadlines that are due or being sent."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            "SELECT DISTINCT kind FROM deadlines "
            "WHERE state = 'sending' OR (state = 'pending' AND deliver_at <= ?)",
            (int(now.timestamp() * 1000),),
        )
        return {kind for (kind,) in found}


async def settled(
    wire: WireDiscord,
    bot: BotProcess,
    within: float = 180.0,
    *,
    quiet_for: float = QUIET_SECONDS,
) -> None:
    """Wait until the process has delivered what is due and asks nothing of Discord any more."""
    loop = asyncio.get_running_loop()
    # discord.py waits longer from one attempt to connect to the next, up to minutes.
    began = loop.time()
    while loop.time() - began < within:
        last = wire.requests.busy_until(loop.time())
        # Our own loop may have been held up too: then what came meanwhile is not read yet.
        await asyncio.sleep(0)
        quiet = loop.time() - max(last, began)
        if not bot.running:
            return
        if (
            quiet >= quiet_for
            and bot.idle
            and not due_kinds(bot.database, wire.world.clock.now())
            and bot.idle
        ):
            return
        await asyncio.sleep(0.02)
    due = due_kinds(bot.database, wire.world.clock.now())
    what = due or ("requests" if bot.idle else "work")
    raise AssertionError(f"{what} did not end in {within} s\n{bot.stderr[-3000:]}")


async def until_dead(bot: BotProcess, action: Awaitable[T]) -> T | None:
    """Do something and return the answer; None where the process ended before it was answered."""
    doing, dying = asyncio.ensure_future(action), asyncio.ensure_future(bot.wait())
    await asyncio.wait({doing, dying}, return_when=asyncio.FIRST_COMPLETED)
    dying.cancel()
    if not doing.done():
        doing.cancel()
    with suppress(asyncio.CancelledError, NoAnswer):
        return await doing
    return None


class Season:
    """The players, the process, and the scenes that were kept."""

    def __init__(self, wire: WireDiscord, directory: Path) -> None:
        self.wire = wire
        self.world = wire.world
        self.scenes: dict[str, Scene] = {}
        self.directory = directory
        self.world.clock.offset = BEGINNING - datetime.now(UTC)
        self.wire.limits.unlimited()
        home = directory / "season"
        home.mkdir(parents=True)
        self.bot = BotProcess(wire, home, command=WARM, environment=ENVIRONMENT)
        self.guild = self.world.add_guild("Study hall")
        self.grokking = self.world.add_channel(self.guild, "grokking")
        self.news = self.world.add_channel(self.guild, "announcements")
        self.boards = self.world.add_channel(self.guild, "boards", ChannelKind.FORUM)
        self.course = self.world.add_channel(self.guild, "course")
        names = ("Olga", "Ada", "Ben", "Chiara", "Dara", "Emil")
        people = [self.world.add_person(name, self.guild) for name in names]
        self.olga, self.ada, self.ben, self.chiara, self.dara, self.emil = people
        self.world.add_role(self.guild, "Organisers", Permission.MANAGE_GUILD, self.olga)

    # The process, which dies whenever something new is due

    async def start(self) -> None:
        """Start the process; where something new is due it is killed first, and that is kept."""
        while True:
            self.bot.environment["WIRE_COMMITS"] = str(self.bot.directory / "commits")
            self.bot.environment["WIRE_KNOWN"] = " ".join(self.scenes.keys() - {STAGE})
            with suppress(AssertionError):
                await self.bot.start()
                return
            assert await self._keep(), f"it does not start\n{self.bot.stderr[-3000:]}"

    async def settle(self) -> None:
        """Deliver everything that is due now."""
        while True:
            await settled(self.wire, self.bot)
            if self.bot.running:
                return
            assert await self._keep(), f"it died by itself\n{self.bot.stderr[-3000:]}"
            await self.start()

    async def _keep(self) -> bool:
        """Keep the scene, if something new is due; tell whether."""
        await self.bot.kill()
        due = due_kinds(self.bot.database, self.world.clock.now())
        new = sorted(due - self.scenes.keys())
        for kind in new:
            self.keep(kind)
        return bool(new)

    def keep(self, kind: str) -> None:
        """Keep what there is now as the scene of ``kind``; the process does not run."""
        file = self.directory / f"{kind}.db"
        with (
            closing(sqlite3.connect(self.bot.database)) as live,
            closing(sqlite3.connect(file)) as copy,
        ):
            live.backup(copy)
        self.scenes[kind] = Scene(kind, self.world.copy(), file, self.world.clock.now())

    async def done(self, action: Awaitable[T]) -> T | None:
        """Do something, and all that follows; None where the process died of it."""
        result = await self.until_dead(action)
        await self.settle()
        return result

    async def until_dead(self, action: Awaitable[T]) -> T | None:
        """Do something, or see the process end of it."""
        return await until_dead(self.bot, action)

    async def slash(
        self, who: User, where: Channel, command: str, **options: Any
    ) -> Interaction | None:
        """Give a command as somebody."""
        return await self.done(
            self.wire.interact_slash(who, where, command, within=30.0, **options)
        )

    async def click(self, who: User, message: Message | None, label: str) -> Interaction | None:
        """Press a button as somebody."""
        assert message is not None
        return await self.done(self.wire.click(who, message, label=label, within=30.0))

    async def submit(self, form: Interaction | None, **typed: str) -> Interaction | None:
        """Fill in a form as somebody, and send it off."""
        assert form is not None
        return await self.done(self.wire.submit_modal(form, typed, within=30.0))

    def board(self, having: str) -> Thread:
        """Return the thread of a project's board."""
        return next(one for one in self.guild.threads.values() if having in one.name)

    def again(self, kind: str) -> None:
        """Keep the scene of a kind once more, when it falls due the next time."""
        self.scenes.pop(kind)

    async def forward(self, to: datetime | timedelta) -> None:
        """Go to an instant, or so far ahead; everything on the way happens at its time."""
        until = to if isinstance(to, datetime) else self.world.clock.now() + to
        await self.settle()
        while (due := self._next_due()) is not None and due <= until:
            await self._be_at(max(due + LAST_SECONDS, self.world.clock.now()))
        await self._be_at(until)

    async def _be_at(self, instant: datetime) -> None:
        by = max(instant - self.world.clock.now(), timedelta())
        self.world.advance(by)
        self.bot.step_clock(by)
        await self.settle()

    def _next_due(self) -> datetime | None:
        with closing(sqlite3.connect(self.bot.database)) as connection:
            ((due,),) = connection.execute(
                "SELECT MIN(deliver_at) FROM deadlines WHERE state = 'pending'"
            )
        return None if due is None else datetime.fromtimestamp(due / 1000, UTC)

    def message(
        self, having: str, where: Channel | None = None, *, by: User | None = None
    ) -> Message:
        """Return the latest message that has a text in it, anywhere or in one place."""
        places = [where] if where is not None else list(self.world.channels.values())
        found = [
            message
            for place in places
            for message in place.messages.values()
            if having in message.text and message.author is (by or self.world.bot)
        ]
        assert found, f"nobody said {having!r}: {[m.text for m in self.world.messages()]}"
        return max(found, key=lambda message: message.id)

    # The story

    async def play(self, *, whole: bool = True) -> None:
        """Play it from beginning to end, or its first days alone, in which people begin."""
        await self.start()
        for chapter in (*BEGINNINGS, *LATER) if whole else BEGINNINGS:
            await chapter(self)
        assert self.wire.requests.violations() == []
        assert "Traceback" not in self.bot.stderr, self.bot.stderr
        await self.bot.terminate()
        self._cards()
        self._erasure()
        if not whole:
            return
        await self.start()
        self.world.remove_bot(self.guild)
        await self.forward(timedelta(days=31))

    def _cards(self) -> None:
        """Keep a scene for each kind of card: it could not be posted, and is to be tried again."""
        with closing(sqlite3.connect(self.bot.database)) as connection:
            cards = connection.execute(
                "SELECT kind, MAX(subject_id), guild_id, channel_id, message_id FROM cards "
                "GROUP BY kind"
            ).fetchall()
        original, whole = self.world, self.bot.database.read_bytes()
        for kind, subject, guild, channel, message in cards:
            self.world = original.copy()
            place = self.world.channels[channel]
            place.messages.pop(message)
            with closing(sqlite3.connect(self.bot.database)) as connection, connection:
                at = "kind = ? AND subject_id = ?"
                connection.execute(f"DELETE FROM cards WHERE {at}", (kind, subject))  # noqa: S608
                connection.execute(f"DELETE FROM deadlines WHERE {at}", (f"card.{kind}", subject))  # noqa: S608
                connection.execute(
                    "DELETE FROM deliveries WHERE key LIKE ?", (f"card/{kind}/{subject}/%",)
                )
                now = int(self.world.clock.now().timestamp() * 1000)
                connection.execute(
                    "INSERT INTO deadlines (guild_id, kind, subject_id, occurrence, offset, "
                    "due_at, deliver_at, state, attempts) VALUES (?, ?, ?, ?, 0, ?, ?, ?, 0)",
                    (guild, f"card.{kind}", subject, channel, now, now, "pending"),
                )
            self.keep(f"card.{kind}")
            self.bot.database.write_bytes(whole)
        self.world = original

    def _erasure(self) -> None:
        """Keep a scene of somebody's erasure that was begun, and is to be taken up."""
        whole = self.bot.database.read_bytes()
        with closing(sqlite3.connect(self.bot.database)) as connection, connection:
            now = int(self.world.clock.now().timestamp() * 1000)
            connection.execute(
                "INSERT INTO deadlines (guild_id, kind, subject_id, occurrence, offset, "
                "due_at, deliver_at, state, attempts) VALUES (?, ?, ?, ?, 0, ?, ?, ?, 0)",
                (self.guild.id, "people.forget", self.guild.id, self.ada.id, now, now, "pending"),
            )
        self.keep("people.forget")
        self.bot.database.write_bytes(whole)


async def gather(season: Season) -> None:
    """A group is made, and people join and say who they are."""
    s = season
    await s.slash(s.olga, s.news, "cohort setup", timezone="UTC", boards=s.boards)
    await s.slash(s.olga, s.grokking, "group create", name="Grokkers", focus="arXiv:2201.02177")
    for person in (s.ada, s.ben, s.chiara, s.dara):
        await s.slash(person, s.grokking, "group join")
    for person in (s.ada, s.ben, s.chiara):
        form = await s.slash(person, s.news, "profile set")
        said = {"timezone": "Europe/London", "interests": "evals", "free": "weekday evenings"}
        assert form is not None
        await s.done(s.wire.submit_modal(form, said))
        shown = await s.slash(person, s.news, "profile show")
        for menu, choice in (("profile:audience", "server"), ("profile:open", "pair")):
            assert shown.message is not None
            await s.done(s.wire.select(person, shown.message, menu, choice))


async def meet(season: Season) -> None:
    """People are introduced, and not; pods are made."""
    s = season
    for asker, answer in ((s.ada, "Introduce us"), (s.chiara, "Not now")):
        found = await s.slash(asker, s.news, "profile match")
        await s.click(asker, found.message, "Introduce us")
        question = s.message("would like to meet you")
        assert question.channel.recipient is not None
        await s.click(question.channel.recipient, question, answer)
    proposed = await s.slash(s.olga, s.grokking, "pod form", size=3)
    await s.click(s.olga, proposed.message, "Make these pods")
    await s.slash(s.emil, s.grokking, "group join")


async def work(season: Season) -> None:
    """A project begins, with what falls due in it; its thread is opened late."""
    s = season
    await settled(s.wire, s.bot, quiet_for=1.0)
    await s.settle()
    s.world.faults.add(
        "POST", "/channels/*/threads", when=Moment.BEFORE, hook=lambda _: s.bot.kill_now(), cut=True
    )
    proposing = s.wire.interact_slash(
        s.ada,
        s.news,
        "project propose",
        within=30.0,
        paper="arXiv:2201.02177",
        title="Grokking again",
    )
    await s.until_dead(proposing)
    await s.start()
    await s.forward(timedelta(minutes=5))
    board = s.board("again")
    await s.slash(s.ben, board, "project join")
    await s.slash(s.ada, board, "task add", title="Sweep", owner=s.ben, due="2026-11-06")
    await s.slash(s.ada, board, "deadline add", title="Figure 1", due="2026-11-12 18:00")
    await s.slash(
        s.ada,
        board,
        "claim add",
        statement="It groks",
        metric="accuracy",
        reported="99%",
        tolerance="2%",
    )
    await s.slash(s.ben, board, "result log", claim="It groks", value="98.5%")
    await s.slash(
        s.ben, s.grokking, "commitment add", text="Write it up", due="2026-11-07", witness=s.ada
    )
    await s.slash(s.emil, s.grokking, "group pause", until="2026-11-06")


async def read(season: Season) -> None:
    """Meetings are planned, answered, moved, held without their leader; papers are chosen."""
    s = season
    await s.slash(
        s.olga,
        s.grokking,
        "meeting schedule",
        title="Circuits",
        when="thu 19:00",
        repeat="weekly",
        paper="arXiv:2301.05217",
        capacity=1,
        facilitator=s.chiara,
    )
    await s.forward(timedelta(minutes=2))  # the process died before it posted the card
    card = s.message("Circuits", s.grokking)
    for person in (s.ada, s.ben):
        await s.done(_now(lambda person=person: s.wire.react(person, card, "✅")))
    await s.done(_now(lambda: s.wire.unreact(s.ada, card, "✅")))
    await s.slash(
        s.olga, s.grokking, "meeting move", meeting="Circuits", when="thu 20:00", which="this"
    )
    await s.slash(s.ada, s.grokking, "reading nominate", paper="arXiv:1706.03762")
    await s.forward(timedelta(minutes=2))
    await s.slash(
        s.ada,
        s.grokking,
        "meeting poll",
        title="When",
        slots="fri 18:00; sat 18:00",
        closes="wed 9:00",
    )
    poll = s.message("When", s.grokking)
    await s.done(_now(lambda: s.wire.react(s.ben, poll, next(iter(poll.reactions)))))


async def stand(season: Season) -> None:
    """A round opens; the stage is kept as it stands then."""
    s = season
    await s.slash(
        s.olga, s.grokking, "checkin schedule", cadence="weekly", day="friday", time="12:00"
    )
    await s.slash(s.dara, s.grokking, "profile notify", how="thread")
    await s.forward(timedelta(days=3))
    await s.bot.terminate()
    s.keep(STAGE)
    await s.start()


async def check_in(season: Season) -> None:
    """Three rounds: some post, somebody goes quiet, all are reminded."""
    s = season
    for number in range(3):
        if number:
            await s.forward(timedelta(days=3))
        for person in (s.ada, s.ben, s.dara, s.olga):
            await s.slash(person, s.grokking, "checkin post", did="Read a page", blocked="CUDA")
        await s.forward(timedelta(days=4))
    for label in ("Slow down", "Every round again"):
        own = await s.slash(s.ada, s.grokking, "checkin status")
        assert own is not None
        await s.click(s.ada, own.message, label)
    await s.slash(s.ben, s.grokking, "commitment add", text="Plot it", witness=s.ada)
    await s.slash(s.ben, s.grokking, "commitment done", commitment="Plot it")


async def be_one(season: Season) -> None:
    """What somebody committed to is a task of theirs: done, opened again, and seen by a witness."""
    s = season
    board = s.board("again")
    for title, due, options in (
        ("Train on mod 97", "2026-12-20", {"witness": s.ada}),
        ("Sweep more", None, {"due": "2026-12-18"}),
    ):
        await s.slash(s.ben, board, "task add", title=title, owner=s.ben, due=due)
        made = await s.slash(s.ben, s.grokking, "commitment add", text=title, **options)
        await s.click(s.ben, made.followups[-1], "It is the task")
    await s.slash(s.ben, board, "task move", task="Train on mod 97", state="done")


async def draft(season: Season) -> None:
    """A list and a poll are begun, and nobody comes back to them."""
    s = season
    file = s.world.upload("course.yaml", LIST)
    await s.slash(
        s.olga, s.grokking, "reading import", file=file, title="Some other time", when="tue 19:00"
    )
    await s.slash(s.ada, s.grokking, "meeting poll", title="Some other time")


async def study(season: Season) -> None:
    """A cohort goes through a list: meetings, exercises, gates, pods, coffees, a watched link."""
    s = season
    await s.slash(s.olga, s.course, "group create", name="Interp course", focus="circuits")
    for person in (s.ada, s.ben, s.chiara):
        await s.slash(person, s.course, "group join")
    await s.slash(s.ben, s.course, "project propose", paper="Zoom in", title="Course work")
    board = s.board("Course work")
    await s.slash(s.ben, board, "project link", label="code", url="https://github.com/openai/grok")
    await s.forward(timedelta(minutes=2))
    s.again("boards.watch")
    s.world.commits.insert(0, "b" * 40)
    file = s.world.upload("course.yaml", LIST)
    drafted = await s.slash(
        s.olga, s.course, "reading import", file=file, title="Interp", when="tue 19:00"
    )
    await s.click(s.olga, drafted.message, "As a programme")
    await s.slash(
        s.olga, s.course, "programme start", list="Interp", starts="tue 19:00", pod_size=2
    )
    await s.forward(timedelta(minutes=2))  # the process died before it posted the card
    card = s.message("🎓", s.course)
    for person in (s.ada, s.ben, s.chiara):
        await s.click(person, card, "Join")
    gates = await s.click(s.olga, card, "Stages")
    form = await s.click(s.olga, gates.message, "Change the stages")
    await s.submit(form, stages="Readings | a question | due 2026-11-26\nArtefact | a link")
    desk = next(one for one in s.world.messages() if "Take as tasks" in str(one.components))
    await s.click(s.ben, desk, "Take as tasks")
    await s.slash(s.olga, s.course, "coffee", every=1)
    coffee = s.message("Coffee in", s.course)
    for person in (s.ada, s.ben):
        await s.click(person, coffee, "Count me in")
    standing = await s.click(s.ada, card, "Where I stand")
    form = await s.click(s.ada, standing.message, "Hand in")
    await s.submit(form, text="https://example.org/mine")
    await s.forward(timedelta(minutes=11))
    await s.slash(s.olga, s.course, "programme open", stage="Artefact")
    await s.forward(timedelta(days=4))
    await s.slash(s.olga, s.course, "meeting cancel", meeting="Grokking")


async def part(season: Season) -> None:
    """The project goes silent, and somebody has everything of theirs erased."""
    s = season
    await s.forward(timedelta(days=15))
    asked = await s.slash(s.dara, s.news, "profile forget")
    sure = await s.click(s.dara, asked.message, "Erase me here")
    await s.click(s.dara, sure.message, "Yes, erase everything")


async def _now(act: Callable[[], object]) -> None:
    act()
    await asyncio.sleep(0.5)  # a reaction is answered by nothing that could be waited for


BEGINNINGS = (gather, meet, work, read, stand)
LATER = (be_one, draft, check_in, study, part)
