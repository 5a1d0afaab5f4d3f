"""What happens while something is away, full, locked, or at another time than it was."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .models import Channel, Permission, User
from .process import WARM, BotProcess
from .season import BEGINNING
from .server import WireDiscord

HOUR = timedelta(hours=1)
ENVIRONMENT = {"WIRE_SWEEP": "0.2", "COHORT_CARD_INTERVAL": "0"}


@dataclass
class Group:
    """A group with an organiser in it, and the bot that serves it."""

    wire: WireDiscord
    bot: BotProcess
    channel: Channel
    olga: User

    async def commit(self, text: str, due_in: timedelta) -> None:
        """Commit to something, of which one is reminded a day before it is due, and then."""
        due = self.wire.world.clock.now() + due_in
        await self.wire.interact_slash(
            self.olga, self.channel, "commitment add", text=text, due=f"{due:%Y-%m-%d %H:%M}"
        )

    def reminders(self, text: str) -> list[str]:
        """Return what the bot said of it without being asked."""
        return [
            message.text
            for message in self.wire.world.messages()
            if text in message.text and not message.ephemeral and message.nonce is not None
        ]

    async def reminded(self, text: str, times: int = 1, within: float = 30.0) -> None:
        await self.wire.world.until(lambda: len(self.reminders(text)) >= times, within)

    def rows(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self.bot.database)) as connection:
            return connection.execute(statement).fetchall()

    async def told(self, statement: str, wanted: Any, within: float = 30.0) -> None:
        """Wait until the process has written down what a statement then finds."""
        async with asyncio.timeout(within):
            while self.rows(statement) != wanted:  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.05)

    def pass_time(self, by: timedelta) -> None:
        """Move everybody's clock on."""
        self.wire.world.advance(by)
        self.bot.step_clock(by)


@pytest.fixture
async def group(wire: WireDiscord, tmp_path: Path) -> AsyncIterator[Group]:
    wire.world.clock.offset = BEGINNING - datetime.now(UTC)
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "mech-interp")
    olga = wire.world.add_person("Olga", guild)
    wire.world.add_role(guild, "Organisers", Permission.MANAGE_GUILD, olga)
    async with BotProcess(wire, tmp_path, command=WARM, environment=ENVIRONMENT) as bot:
        await wire.interact_slash(olga, channel, "group create", name="Grokkers", focus="a paper")
        yield Group(wire, bot, channel, olga)


async def test_discord_away_for_six_hours_what_fell_due_is_sent_at_once_when_it_is_back(
    group: Group,
) -> None:
    await group.commit("Write it up", 25 * HOUR)
    await group.wire.go_away()
    group.pass_time(6 * HOUR)
    await group.told(
        "SELECT state, error FROM deadlines WHERE kind = 'commitment.remind' AND offset > 0",
        [("pending", "Discord cannot be reached")],
    )
    await group.wire.come_back()
    await group.reminded("Write it up")
    await group.told(
        "SELECT state FROM deadlines WHERE kind = 'commitment.remind' AND offset > 0", [("done",)]
    )
    assert len(group.reminders("Write it up")) == 1
    assert group.rows("SELECT error FROM deliveries WHERE key LIKE '%commitment%'") == [(None,)], (
        "without a connection nothing can have arrived before"
    )


async def test_a_machine_that_was_suspended_for_two_days_delivers_late_what_is_still_of_use(
    group: Group,
) -> None:
    await group.commit("Before I sleep", 26 * HOUR)
    await group.commit("After I sleep", 72 * HOUR)
    os.kill(group.bot.pid, signal.SIGSTOP)
    group.pass_time(timedelta(days=2, minutes=5))
    group.wire.gateway.drop()
    group.wire.gateway.forget()
    os.kill(group.bot.pid, signal.SIGCONT)
    await group.reminded("Before I sleep")
    await group.reminded("After I sleep")
    await group.wire.gateway.ready(2)
    assert len(group.reminders("Before I sleep")) == 1, "the reminder of the day before is no use"
    assert len(group.reminders("After I sleep")) == 1
    await group.commit("Awake again", 72 * HOUR)


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_is_stepped_loses_and_doubles_nothing(group: Group, hours: int) -> None:
    await group.commit("Half an hour", 24.5 * HOUR)
    await group.commit("Two hours", 26 * HOUR)
    ((before,),) = group.rows("SELECT written_at FROM notes WHERE name = 'heartbeat'")
    group.bot.step_clock(hours * HOUR)
    if hours > 0:
        await group.reminded("Half an hour")
    answer = await group.wire.interact_slash(group.olga, group.channel, "commitment list")
    assert "Half an hour" in answer.text, "who acts meanwhile is answered"
    async with asyncio.timeout(20):
        while True:
            ((beat,),) = group.rows("SELECT written_at FROM notes WHERE name = 'heartbeat'")
            if beat > before + hours * 3_600_000 - 60_000 and beat != before:
                break
            await asyncio.sleep(0.05)
    # The clock is put right again, and time goes on.
    group.bot.step_clock(-hours * HOUR)
    group.pass_time(3 * HOUR)
    await group.reminded("Half an hour")
    await group.reminded("Two hours")
    await asyncio.sleep(0.5)
    assert len(group.reminders("Half an hour")) == 1
    assert len(group.reminders("Two hours")) == 1


@pytest.fixture
def another() -> Iterator[subprocess.Popen[bytes]]:
    """Another program, which takes the database's lock when it is told to, and keeps it."""
    program = (
        "import sqlite3, sys; file = sys.stdin.readline().strip(); "
        "held = sqlite3.connect(file, isolation_level=None); held.execute('BEGIN IMMEDIATE'); "
        "print('held', flush=True); sys.stdin.readline()"
    )
    process = subprocess.Popen(
        (sys.executable, "-c", program), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    yield process
    process.kill()
    process.communicate()


async def test_a_database_that_somebody_else_has_locked_is_said_in_time_and_waited_for(
    group: Group, another: subprocess.Popen[bytes]
) -> None:
    await group.commit("Write it up", 25 * HOUR)
    assert another.stdin is not None
    assert another.stdout is not None
    another.stdin.write(f"{group.bot.database}\n".encode())
    another.stdin.flush()
    await asyncio.to_thread(another.stdout.readline)
    group.pass_time(2 * HOUR)
    answers = await asyncio.gather(
        *(
            group.wire.interact_slash(group.olga, group.channel, "commitment add", text=text)
            for text in ("One", "Two", "Three")
        )
    )
    for answer in answers:
        assert "nothing was changed" in answer.text
        assert answer.ephemeral
        assert answer.seconds is not None
        assert answer.seconds < 3
    listed = await group.wire.interact_slash(group.olga, group.channel, "commitment list")
    assert "Write it up" in listed.text, "what is only looked at can be"
    assert group.reminders("Write it up") == []
    another.kill()
    await group.reminded("Write it up", within=20)
    assert len(group.reminders("Write it up")) == 1
    await group.wire.interact_slash(group.olga, group.channel, "commitment add", text="Four")
    assert "Traceback" not in group.bot.stderr


async def test_a_full_disk_is_said_and_all_goes_on_once_there_is_space(group: Group) -> None:
    await group.commit("Write it up", 25 * HOUR)
    full = max(file.stat().st_size for file in group.bot.directory.glob("cohort.db*"))
    _, most = resource.prlimit(group.bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(group.bot.pid, resource.RLIMIT_FSIZE, (full, most))
    group.pass_time(2 * HOUR)
    answer = await group.wire.interact_slash(
        group.olga, group.channel, "commitment add", text="x" * 280
    )
    assert "nothing was changed" in answer.text
    assert answer.ephemeral
    listed = await group.wire.interact_slash(group.olga, group.channel, "commitment list")
    assert "Write it up" in listed.text
    assert group.reminders("Write it up") == []
    assert group.bot.running

    resource.prlimit(group.bot.pid, resource.RLIMIT_FSIZE, (most, most))
    await group.reminded("Write it up", within=20)
    assert len(group.reminders("Write it up")) == 1
    assert group.rows("SELECT count(*) FROM commitments WHERE text LIKE 'xxx%'") == [(0,)]
    await group.wire.interact_slash(group.olga, group.channel, "commitment add", text="x" * 280)
