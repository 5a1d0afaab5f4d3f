"""SIGKILL at the steps of everything that the bot does: nothing is lost, nothing doubled.

``CRASHES=all`` kills at every step; otherwise a few are drawn for each row, and the whole is played
by ``make soak``.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import create_bot
from bot.config import Settings
from data.states import CardKind

from .crashes import ROWS_OF_PEOPLE, Outcome, crash_everywhere
from .process import WARM, BotProcess
from .season import Season
from .server import WireDiscord

NOT_PLAYED = frozenset(
    {
        "boards.exercises",
        "boards.reopened",
        "boards.touched",
        "boards.watch",
        "card.coffee",
        "card.programme",
        "coffee.ask",
        "coffee.introduce",
        "coffee.pair",
        "commitment.settled",
        "commitment.witness",
        "pod.programme",
        "programme.due",
        "programme.due_one",
        "programme.gate",
        "programme.opened",
        "programme.turn",
        "reading.list_draft",
        "reading.poll_draft",
        "reading.programme",
        "people.take_away",
    }
)
"""Kinds of deadlines that do not fall due in the season."""


async def kinds(directory: Path) -> set[str]:
    """Return every kind of deadline that the bot delivers."""
    bot = create_bot(Settings(database_url=f"sqlite+aiosqlite:///{directory / 'kinds.db'}"))
    await bot.store.open()
    for feature in bot.features:
        await bot.load_extension(feature)
    found = set(bot.deadlines.kinds) | {f"card.{kind}" for kind in CardKind}
    await bot.close()
    return found


@pytest.fixture
async def season(tmp_path: Path) -> AsyncIterator[Season]:
    async with WireDiscord() as wire:
        season = Season(wire, tmp_path / "season")
        try:
            await season.play()
            yield season
        finally:
            await season.bot.kill()


async def test_killed_anywhere_and_started_again_it_ends_as_if_nothing_had_been(
    season: Season, tmp_path: Path
) -> None:
    missing = await kinds(tmp_path) - season.scenes.keys() - NOT_PLAYED
    assert not missing, f"play in tests/wire/season.py how these fall due: {sorted(missing)}"
    everywhere = os.environ.get("CRASHES") == "all"
    outcomes = await crash_everywhere(
        season.scenes,
        tmp_path / "crashes",
        random.Random(7),  # noqa: S311 - repeatable on purpose
        each=None if everywhere else 1,
    )
    played = {outcome.row for outcome in outcomes}
    assert played >= {row.name for row in ROWS_OF_PEOPLE(season.scenes)}
    wrong = [outcome for outcome in outcomes if outcome.difference]
    _tell(outcomes)
    assert not wrong, "\n\n".join(f"{one.row}, {one.point}:\n{one.difference}" for one in wrong)


def _tell(outcomes: list[Outcome]) -> None:
    reached = [outcome for outcome in outcomes if outcome.reached]
    lost = sum(len(outcome.lost) for outcome in outcomes)
    doubled = sum(len(outcome.doubled) for outcome in outcomes)
    rows = len({outcome.row for outcome in outcomes})
    print(f"\nkilled {len(reached)} times in {rows} rows: lost {lost}, doubled {doubled}")


@pytest.mark.parametrize("moment", ["before:1", "after:1"])
async def test_a_migration_that_is_killed_is_done_by_the_next_start(
    wire: WireDiscord, tmp_path: Path, moment: str
) -> None:
    bot = BotProcess(wire, tmp_path, command=("migrate",))
    bot.environment["WIRE_COMMITS"] = str(tmp_path / "commits")
    bot.environment["WIRE_KILL"] = moment
    await bot.launch()
    assert await bot.wait(60) == -9
    del bot.environment["WIRE_KILL"]
    await bot.launch()
    assert await bot.wait(60) == 0, bot.stderr
    with closing(sqlite3.connect(bot.database)) as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
    bot.command = WARM
    async with bot:
        pass


async def test_a_migration_that_is_killed_at_any_moment_leaves_the_old_or_the_new_schema(
    wire: WireDiscord, tmp_path: Path
) -> None:
    revisions: set[object] = set()
    for number, milliseconds in enumerate((5, 20, 60, 120, 200, 300, 450)):
        directory = tmp_path / str(number)
        directory.mkdir()
        bot = BotProcess(wire, directory, command=("migrate",))
        await bot.launch()
        await asyncio.sleep(milliseconds / 1000)
        await bot.kill()
        with closing(sqlite3.connect(bot.database)) as store:
            tables = store.execute("SELECT count(*) FROM sqlite_master").fetchone()
            assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            revisions.add(tables)
        await bot.launch()
        assert await bot.wait(60) == 0, bot.stderr
    assert len(revisions) <= 2, "nothing, or everything"


async def test_a_backup_that_is_killed_leaves_no_file_that_looks_like_one(
    wire: WireDiscord, tmp_path: Path
) -> None:
    bot = BotProcess(wire, tmp_path, command=("migrate",))
    await bot.launch()
    assert await bot.wait(60) == 0, bot.stderr
    with closing(sqlite3.connect(bot.database)) as store, store:
        store.execute("CREATE TABLE ballast (weight BLOB)")
        store.executemany(
            "INSERT INTO ballast VALUES (zeroblob(?))", [(1_000_000,) for _ in range(40)]
        )
    for number, milliseconds in enumerate((2, 10, 20, 40, 60, 80, 120)):
        copy = tmp_path / f"copy-{number}.db"
        bot.command = ("backup", str(copy))
        await bot.launch()
        await asyncio.sleep(milliseconds / 1000)
        await bot.kill()
        if copy.exists():
            with closing(sqlite3.connect(copy)) as store:
                assert store.execute("SELECT count(*) FROM ballast").fetchall() == [(40,)]
    again = tmp_path / "again.db"
    bot.command = ("backup", str(again))
    await bot.launch()
    assert await bot.wait(60) == 0, bot.stderr
    with closing(sqlite3.connect(again)) as store:
        assert store.execute("SELECT count(*) FROM ballast").fetchall() == [(40,)]
