"""The drill: a copy of a running bot's database, restored to a new place and started there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from data import backups
from tests.database import broken, everything
from tests.e2e.reading.steps import last_card
from tests.world import World, text

pytestmark = pytest.mark.sqlite("copies of the file; for PostgreSQL there is pg_dump")


async def a_busy_server(world: World) -> None:
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="thursday", time="18:00"
    )
    await world.alice.slash(world.channel, "checkin post", did="Read it", next="Write it")
    for title, starts in (("Soon", "in 26 hours"), ("Later", "in 4 days")):
        await world.alice.slash(world.channel, "meeting schedule", title=title, when=starts)
        await world.bob.react(last_card(world, title), "✅")


def reminders(world: World, title: str) -> list[str]:
    """Return the reminders in a meeting's thread."""
    (thread,) = [one for one in world.channel.threads if title in str(one.name)]
    said = [text(message) for message in thread.history()]
    return [one for one in said if f"<@{world.bob.id}>" in one]


async def restore(world: World, copy: Path, place: Path, *, away: timedelta) -> None:
    """Lose the database, put a copy in a new place, and start a bot there."""
    await asyncio.to_thread(_put, copy, place)
    world.settings = replace(world.settings, database_url=f"sqlite+aiosqlite:///{place}")
    await world.crash(away=away)


def _put(copy: Path, place: Path) -> None:
    place.parent.mkdir()
    copy.rename(place)


async def test_a_restored_copy_has_everything_and_what_fell_due_meanwhile_comes_late_and_once(
    world: World, tmp_path: Path
) -> None:
    await a_busy_server(world)
    await world.forward(timedelta(hours=3))
    assert len(reminders(world, "Soon")) == 1, "a day before"

    await world.bot.backups.make_when_due()
    (copy,) = backups.kept(tmp_path / "backups")
    before = everything(copy.path)
    await restore(world, copy.path, tmp_path / "elsewhere" / "cohort.db", away=timedelta(days=2))

    path = world.bot.store.path
    assert path is not None
    assert broken(path) == []
    after = everything(path)
    for table in ("groups", "members", "checkins", "commitments", "meetings", "rsvps", "series"):
        assert after[table][: len(before[table])] == before[table], table
    # The meeting that is over needs no reminder; nothing that was sent before is sent again.
    assert len(reminders(world, "Soon")) == 1
    shown = await world.bob.slash(world.channel, "meeting list")
    assert "Later" in text(shown)

    await world.forward(timedelta(days=1))
    late = reminders(world, "Later")
    assert len(late) == 1
    await world.restart()
    await world.forward(timedelta(minutes=5))
    assert reminders(world, "Later") == late


async def test_what_fell_due_while_there_was_no_bot_says_that_it_is_late(
    world: World, tmp_path: Path
) -> None:
    await a_busy_server(world)
    await world.bot.backups.make_when_due()
    (copy,) = backups.kept(tmp_path / "backups")
    # The reminder of a day before is due in two hours; the meeting is still to come.
    await restore(world, copy.path, tmp_path / "elsewhere" / "cohort.db", away=timedelta(hours=5))
    (reminder,) = reminders(world, "Soon")
    assert "late" in reminder.lower()
