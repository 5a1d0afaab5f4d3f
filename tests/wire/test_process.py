"""The bot as a process of its own: killed, stopped and refused in the middle of its work."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .faults import Moment
from .log import Request
from .models import Channel, Message, Permission, User
from .process import WARM, BotProcess
from .server import WireDiscord

POST = ("POST", "/channels/*/messages")
OPENS_CHECKIN = "checkin:open"
"""The custom id that the button of a prompt begins with."""
SOON = timedelta(hours=10)
"""A round due this soon has its prompt posted at once."""


@pytest.fixture
def channel(wire: WireDiscord) -> Channel:
    guild = wire.world.add_guild("Study hall")
    return wire.world.add_channel(guild, "mech-interp")


@pytest.fixture
def olga(wire: WireDiscord, channel: Channel) -> User:
    """An organiser."""
    assert channel.guild is not None
    olga = wire.world.add_person("Olga", channel.guild)
    wire.world.add_role(channel.guild, "Organisers", Permission.MANAGE_GUILD, olga)
    return olga


def rows(bot: BotProcess, statement: str) -> Sequence[Any]:
    with closing(sqlite3.connect(bot.database)) as connection:
        return connection.execute(statement).fetchall()


async def schedule(wire: WireDiscord, olga: User, channel: Channel) -> None:
    """Make a group whose round is due soon, so that its prompt is due now."""
    due = datetime.now(UTC) + SOON
    await wire.interact_slash(olga, channel, "group create", name="Grokkers", focus="a paper")
    await wire.interact_slash(
        olga,
        channel,
        "checkin schedule",
        cadence="weekly",
        day=f"{due:%A}",
        time=f"{due:%H:%M}",
        timezone="UTC",
    )


def is_prompt(request: Request) -> bool:
    """Whether a message that is being posted is the prompt, not the greeting, say."""
    return OPENS_CHECKIN in str(request.body)


def prompts(wire: WireDiscord, channel: Channel) -> list[Message]:
    return [
        message
        for message in channel.messages.values()
        if OPENS_CHECKIN in str(message.components) and not message.ephemeral
    ]


async def told(check: Callable[[], bool], within: float) -> None:
    """Wait until the other process has written down what ``check`` looks for."""
    async with asyncio.timeout(within):
        while not check():  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.05)


def ledger(bot: BotProcess) -> list[tuple[str, str | None]]:
    """Return the state and the remark of each message that had to arrive, without the greeting."""
    return list(
        rows(
            bot,
            "SELECT state, error FROM deliveries WHERE key NOT LIKE 'greeting/%' "
            "ORDER BY first_tried_at",
        )
    )


async def test_killed_between_sending_and_recording_nothing_is_lost_or_doubled(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path
) -> None:
    async with BotProcess(wire, tmp_path, command=WARM) as bot:
        # Discord has done it, and the answer never comes: the process is gone.
        wire.world.faults.add(
            *POST, only=is_prompt, when=Moment.AFTER, hook=lambda _: bot.kill_now(), cut=True
        )
        await schedule(wire, olga, channel)
        await bot.wait(within=40)
        assert len(prompts(wire, channel)) == 1
        assert ledger(bot) == [("trying", None)]

        await bot.start()
        placed = "SELECT message_id FROM cards WHERE kind = 'round'"
        # Where the card is gets written down after the message was: by the publishing of it.
        await told(lambda: ledger(bot) == [("sent", None)] and bool(rows(bot, placed)), within=40)
        (prompt,) = prompts(wire, channel)
        ((message_id,),) = rows(bot, placed)
        assert message_id == prompt.id, "the message that was sent first is the one on record"
        form = await wire.click(olga, prompt, label="Check in")
        assert form.modal is not None
    assert wire.requests.violations() == []


async def test_killed_before_sending_it_is_sent_after_the_start(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path
) -> None:
    async with BotProcess(wire, tmp_path, command=WARM) as bot:
        wire.world.faults.add(*POST, only=is_prompt, hook=lambda _: bot.kill_now(), cut=True)
        await schedule(wire, olga, channel)
        await bot.wait(within=40)
        assert prompts(wire, channel) == []

        await bot.start()
        await told(lambda: ledger(bot) == [("sent", None)], within=40)
        assert len(prompts(wire, channel)) == 1


async def test_past_the_life_of_a_nonce_a_possible_double_is_on_record(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path
) -> None:
    async with BotProcess(wire, tmp_path, command=WARM) as bot:
        wire.world.faults.add(
            *POST, only=is_prompt, when=Moment.AFTER, hook=lambda _: bot.kill_now(), cut=True
        )
        await schedule(wire, olga, channel)
        await bot.wait(within=40)
        connection = sqlite3.connect(bot.database)
        with connection:
            connection.execute("UPDATE deliveries SET first_tried_at = first_tried_at - 600000")
        connection.close()
        wire.world.advance(timedelta(minutes=10))

        await bot.start()
        await told(lambda: ledger(bot)[0][0] == "sent", within=40)
        assert "may have arrived" in str(ledger(bot)[0][1])


async def test_a_stop_finishes_what_is_being_sent_within_five_seconds(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path
) -> None:
    async with BotProcess(wire, tmp_path, command=WARM) as bot:
        slow = wire.world.faults.add(*POST, only=is_prompt, hang=True)
        await schedule(wire, olga, channel)
        await wire.world.until(lambda: slow.hits == 1, within=40)
        slow.release()
        ended = await bot.terminate()
        assert ended.code == 0
        assert ended.seconds < 5
        assert ledger(bot) == [("sent", None)]
        assert rows(bot, "SELECT state FROM deadlines WHERE kind = 'checkin.prompt'") == [("done",)]


async def test_a_stop_puts_back_what_cannot_be_finished_and_the_next_start_sends_it(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path
) -> None:
    async with BotProcess(wire, tmp_path, command=WARM) as bot:
        stuck = wire.world.faults.add(*POST, only=is_prompt, hang=True)
        await schedule(wire, olga, channel)
        await wire.world.until(lambda: stuck.hits == 1, within=40)
        ended = await bot.terminate()
        assert ended.code == 0
        assert ended.seconds < 5
        ((state,),) = rows(bot, "SELECT state FROM deadlines WHERE kind = 'checkin.prompt'")
        assert state == "pending"
        stuck.release()

        await bot.start()
        await told(lambda: ledger(bot) == [("sent", None)], within=40)
        assert len(prompts(wire, channel)) == 1


async def test_a_running_bot_is_alive_and_the_token_is_in_no_log(
    wire: WireDiscord, channel: Channel, olga: User, tmp_path: Path
) -> None:
    loud = {"COHORT_LOG_LEVEL": "debug"}
    async with BotProcess(wire, tmp_path, environment=loud) as bot:
        await schedule(wire, olga, channel)
        await told(lambda: ledger(bot) == [("sent", None)], within=40)
        await bot.terminate()
        doctor = BotProcess(wire, tmp_path, command=("doctor",), environment=loud)
        await doctor.launch()
        assert await doctor.wait(within=40) == 0, doctor.stdout + doctor.stderr
        assert "ok  process: a bot is running" in doctor.stdout
        assert "ok  token: it is" in doctor.stdout
        assert "ok  permissions in Study hall" in doctor.stdout
        assert wire.world.token not in bot.stderr + bot.stdout + doctor.stdout


async def test_a_token_that_discord_refuses_is_one_line(wire: WireDiscord, tmp_path: Path) -> None:
    wire.world.faults.add("GET", "/users/@me", code=40001, times=None)
    bot = BotProcess(wire, tmp_path, command=WARM)
    await bot.launch()
    assert await bot.wait(within=40) == 1
    assert bot.stderr.strip().splitlines()[-1].startswith("cohort: Discord does not accept")
    assert wire.world.token not in bot.stderr
