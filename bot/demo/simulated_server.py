"""The simulated server of the demo: the real bot, the people who live there, and one clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import simcord
from msgspec import Struct
from simcord._clock import Clock as VirtualClock  # pyright: ignore[reportPrivateUsage] - it takes none otherwise
from simcord.actors import MemberActor
from simcord.backend.errors import SetupError
from simcord.builders import ChannelHandle, GuildHandle

from bot.app import create_bot
from bot.base.clock import SteppedClock
from bot.client import CohortBot
from bot.config import Settings
from bot.demo.wording import one_line
from bot.jobs.scheduler import fast_forward

T = TypeVar("T")

OPENED = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
"""When the server's story begins: a Monday, aware UTC."""

NOWHERE = "http://127.0.0.1:9"
"""Where the papers' archives would be; nothing listens there, so look-ups fail at once."""

PATIENCE = 10.0
"""Seconds that an action waits for another one, from the browser, to be over."""


class Calendar(VirtualClock):
    """The simulated Discord's calendar: the bot's clock, so that the two agree on the time.

    How long the simulation's timers still run is counted apart from it.
    """

    def __init__(self, clock: SteppedClock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        """Return the instant it is, aware, in UTC."""
        return self._clock.now()


class Happening(Struct, frozen=True):
    """A message that the bot posted: where, when (aware UTC), and what it says."""

    place: ChannelHandle
    at: datetime
    text: str


class Town:
    """One server with its channels and people, and the bot among them."""

    def __init__(self, env: simcord.Env, bot: CohortBot, clock: SteppedClock) -> None:
        self.env = env
        self.bot = bot
        self.clock = clock
        self._passing = asyncio.Lock()
        self.guild: GuildHandle = env.create_guild("Alignment Study Group")
        self.people: dict[str, MemberActor] = {}
        self.channels: dict[str, ChannelHandle] = {}

    def move_in(self, name: str, *roles: simcord.RoleHandle) -> MemberActor:
        """Add somebody to the server, under the name that the terminal knows them by."""
        user = self.env.create_user(name.casefold(), global_name=name)
        self.people[name] = person = self.guild.add_member(user, roles=roles)
        return person

    def channel(self, name: str, topic: str) -> ChannelHandle:
        """Open a text channel."""
        self.channels[name] = channel = self.guild.create_text_channel(name, topic=topic)
        return channel

    def places(self) -> list[ChannelHandle]:
        """Return the channels, each followed by its threads, oldest first."""
        return [
            place
            for channel in self.channels.values()
            for place in (channel, *sorted(channel.threads, key=lambda thread: thread.id))
        ]

    def names(self) -> dict[int, str]:
        """Return what people, roles and channels are called, by id, with their sign."""
        users = self.env.backend.users.values()
        names = {user.id: f"@{user.global_name or user.name}" for user in users}
        names |= {role.id: f"@{name}" for name, role in self.guild.roles.items()}
        return names | {place.id: f"#{place.name}" for place in self.places()}

    def inboxes(self) -> list[ChannelHandle]:
        """Return the direct messages that people have had with the bot."""
        started = self.env.backend.dm_channels
        return [one.user.dm_channel for one in self.people.values() if one.id in started]

    async def alone(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do one thing in the simulated Discord, once nothing else is being done there.

        The page in the browser acts there too, and it takes one action at a time.
        """
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await act()
                except SetupError as error:
                    if "overlaps active" not in str(error):
                        raise
                await asyncio.sleep(0.02)

    async def forward(self, by: timedelta) -> list[Happening]:
        """Move the clock that far ahead, with everything that falls due on the way.

        Returns what the bot posted meanwhile, in order.
        """
        # First the passing of time, then the simulated Discord; `tick` takes them in that order
        # too. In opposite orders each would wait for the other.
        async with self._passing:
            before = self._newest()
            async with self._undisturbed():
                await self._pass(by)
            return list(self.since(before))

    async def tick(self, by: timedelta) -> None:
        """Move the clock on by the real time that has passed; :meth:`forward` goes faster."""
        async with self._passing:
            await self._pass(by)

    async def until(self, to: datetime) -> None:
        """Move the clock to ``to`` (aware); does nothing if that is past."""
        await self.tick(to - self.clock.now())

    async def _pass(self, by: timedelta) -> None:
        # Added up only now: meanwhile somebody else may have moved the clock further.
        to = self.clock.now() + max(by, timedelta())
        failures: list[Exception] = []

        async def passing() -> None:
            try:
                await fast_forward(self.bot.deadlines, self.clock, to)
                await self.bot.deadlines.sweep()
            except Exception as error:
                failures.append(error)

        # The bot's own work, so that it measures time as the rest of the bot does.
        work = self.bot.background.spawn(passing(), "passing time")
        assert work is not None  # noqa: S101 - the bot is running
        await work
        if failures:
            raise failures[0]
        await self.alone(lambda: self.env.advance_time(0))

    @asynccontextmanager
    async def _undisturbed(self) -> AsyncGenerator[None]:
        """Block the page meanwhile: an answer would come days after its question."""
        await self.alone(self.env.settle)
        self.env._begin_operation("forward")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - there is no public way
        try:
            yield
        finally:
            self.env._end_operation()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    @property
    def doings(self) -> int:
        """How much has been done in the simulated Discord so far; it only grows."""
        return len(self.env.backend.transcript)

    def since(self, message_id: int) -> Iterator[Happening]:
        """Return what the bot posted after a message, in order."""
        ours = self.env.backend.bot_user.id
        names = self.names()
        fresh = [
            (message.id, Happening(place, message.created_at, one_line(message, names)))
            for place in (*self.places(), *self.inboxes())
            for message in place.history()
            if message.id > message_id and message.author.id == ours and not message.is_system()
        ]
        for _, happening in sorted(fresh, key=lambda entry: entry[0]):
            yield happening

    def _newest(self) -> int:
        histories = (place.history() for place in (*self.places(), *self.inboxes()))
        return max((message.id for history in histories for message in history), default=0)


@asynccontextmanager
async def town(folder: Path) -> AsyncGenerator[Town]:
    """Run the bot in an empty server, with its database in ``folder``."""
    clock = SteppedClock(OPENED)
    # Not read from the environment: the demo is the same for everybody.
    settings = Settings(
        database_url=f"sqlite+aiosqlite:///{folder / 'cohort.db'}",
        card_interval=0,
        arxiv_api=NOWHERE,
        crossref_api=NOWHERE,
        openreview_api=NOWHERE,
        github_url=NOWHERE,
        watch_links=False,
    )
    bot = create_bot(settings, clock=clock)
    env = simcord.Env(bot, settle_timeout=30)
    env.backend.bot_user.name = "Cohort"
    env.backend.clock = Calendar(clock)
    await env.start()
    bot.deadlines.silence()
    try:
        yield Town(env, bot, clock)
    finally:
        await bot.close()
        await env.shutdown()
