"""What goes wrong is told to organisers once, and again when it goes wrong again."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import discord
import pytest
import sqlalchemy
from simcord.builders import ChannelHandle

from bot.ops.backups import FAILED, MADE, OLD
from bot.ui.permissions import INVITE
from cogs.server.health.alerts import Alerts
from data import sqlite
from data.statements import Ready
from tests.e2e.server.test_health import failing_meeting
from tests.world import World, text

AGAIN = timedelta(hours=6)


async def look(world: World) -> None:
    await world.bot.service(Alerts).look()
    await world.env.settle()


async def announcements(world: World) -> ChannelHandle:
    news = world.guild.create_text_channel("news")
    await world.organiser.slash(world.channel, "cohort setup", announcements=news)
    return news


async def test_a_delivery_that_failed_is_told_once_by_its_subject(world: World) -> None:
    news = await announcements(world)
    await failing_meeting(world)
    world.env.backend.faults.clear()
    for _ in range(3):
        await look(world)
        await world.forward(timedelta(hours=12))
    (message,) = news.history()
    assert "Toy models" in text(message)
    assert "Send Messages" in text(message)
    assert "reading" not in text(message), "no kinds"


@pytest.mark.sqlite("it counts SQLite's statements")
async def test_servers_with_nothing_wrong_are_looked_at_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await announcements(world)
    await failing_meeting(world)
    world.env.backend.faults.clear()
    await look(world)
    ran: list[str] = []
    step = sqlite._step

    def noted(database: sqlite3.Connection, ready: Ready) -> object:
        ran.append(ready.sql)
        return step(database, ready)

    monkeypatch.setattr(sqlite, "_step", noted)
    await look(world)
    alone = len(ran)
    for number in range(3):
        world.env.create_guild(f"Server {number}")
    await world.env.settle()
    ran.clear()
    await look(world)
    assert len(world.bot.guilds) == 4
    assert len(ran) == alone


async def test_what_is_mended_and_fails_again_is_told_again(world: World) -> None:
    news = await announcements(world)
    await world.group()
    less = discord.Permissions(INVITE.value)
    less.update(manage_messages=False)
    for _ in range(2):
        world.allow(less)
        await world.env.settle()
        await look(world)
        await look(world)
        world.allow(INVITE)
        await world.env.settle()
        await world.forward(timedelta(minutes=10))
        await look(world)
    told = [text(one) for one in news.history()]
    assert len(told) == 2
    assert all("Manage Messages" in one and world.channel.mention in one for one in told)


async def test_a_restart_tells_nothing_again(world: World) -> None:
    news = await announcements(world)
    await failing_meeting(world)
    world.env.backend.faults.clear()
    await look(world)
    await world.restart()
    await look(world)
    assert len(news.history()) == 1


async def test_a_crash_between_sending_and_noting_it_tells_nothing_twice(world: World) -> None:
    news = await announcements(world)
    await failing_meeting(world)
    world.env.backend.faults.clear()
    await look(world)
    async with world.bot.store.transaction() as tx:
        await tx.connection.execute(sqlalchemy.text("UPDATE troubles SET told_at = NULL"))
    await world.crash()
    await look(world)
    assert len(news.history()) == 1


async def test_organisers_who_cannot_be_told_are_told_later(world: World) -> None:
    news = await announcements(world)
    await failing_meeting(world)
    await look(world)
    assert news.history() == []
    world.env.backend.faults.clear()
    await look(world)
    assert news.history() == [], "it is not tried each minute"
    await world.forward(AGAIN)
    await look(world)
    assert len(news.history()) == 1


async def test_without_an_announcements_channel_the_owner_is_written_to(world: World) -> None:
    await failing_meeting(world)
    world.env.backend.faults.clear()
    before = len(world.env.http_requests)
    await look(world)
    sent = [one for one in world.env.http_requests[before:] if one.method == "POST"]
    assert any("Toy models" in str(one.json) for one in sent)
    assert not any("Toy models" in text(one) and "Not delivered" in text(one)
                   for one in world.channel.history())  # fmt: skip


@pytest.mark.sqlite("PostgreSQL has pg_dump, and no daily copies")
async def test_a_copy_that_cannot_be_made_is_told_without_its_path(
    world: World, tmp_path: Path
) -> None:
    news = await announcements(world)
    async with world.bot.store.transaction() as tx:
        await tx.notes.put(FAILED, f"{tmp_path} has 0 MB free", world.clock.now())
    await look(world)
    await look(world)
    (message,) = news.history()
    assert "could not be copied" in text(message)
    assert str(tmp_path) not in text(message)
    shown = await world.organiser.slash(world.channel, "cohort health")
    assert "could not be copied" in text(shown)


@pytest.mark.sqlite("PostgreSQL has pg_dump, and no daily copies")
async def test_health_shows_the_last_copy_and_that_it_is_old(world: World) -> None:
    await world.bot.backups.make_when_due()
    shown = text(await world.organiser.slash(world.channel, "cohort health"))
    assert "Everything is well" in shown
    assert f"<t:{int(world.clock.now().timestamp())}:R>" in shown
    async with world.bot.store.transaction() as tx:
        await tx.notes.put(MADE, "x", world.clock.now() - OLD - timedelta(hours=1))
    shown = text(await world.organiser.slash(world.channel, "cohort health"))
    assert "has not been copied for more than a day" in shown


async def test_health_names_subjects_and_not_kinds(world: World) -> None:
    await failing_meeting(world)
    shown = text(await world.organiser.slash(world.channel, "cohort health"))
    assert "**Toy models**: the reminder" in shown
    assert "reading:" not in shown
