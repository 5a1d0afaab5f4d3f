"""SIGKILL at the steps of everything that the bot does: nothing is lost, nothing doubled.

Here the first days of the season are played, and each delivery is killed at one step that is
drawn; ``CRASHES=all`` plays all of it and kills at every step of it and of what people do, and
``make soak`` at as many as there is time for.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.figures import Figures

from .crashes import SEEN_LATER, crash_everywhere, figures, kinds_not_played
from .process import WARM, BotProcess
from .season import STAGE, Season
from .server import WireDiscord

EVERYWHERE = os.environ.get("CRASHES") == "all"


@pytest.fixture
async def season(tmp_path: Path) -> AsyncIterator[Season]:
    async with WireDiscord() as wire:
        season = Season(wire, tmp_path / "season")
        try:
            await season.play(whole=EVERYWHERE)
            yield season
        finally:
            await season.bot.kill()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # cut lines
async def test_killed_anywhere_and_started_again_it_ends_as_if_nothing_had_been(
    season: Season, tmp_path: Path, tell: Callable[[str, Figures], None]
) -> None:
    if EVERYWHERE:
        missing = await kinds_not_played(season.scenes, tmp_path)
        assert not missing, f"play in tests/wire/season.py how these fall due: {missing}"
    outcomes = await crash_everywhere(
        season.scenes,
        tmp_path / "crashes",
        random.Random(7),  # noqa: S311 - repeatable on purpose
        each=None if EVERYWHERE else 1,
        deeds=EVERYWHERE,
    )
    assert {outcome.row for outcome in outcomes} >= season.scenes.keys() - {STAGE, *SEEN_LATER}
    wrong = [outcome for outcome in outcomes if outcome.difference]
    tell("crashes", figures(outcomes))
    assert not wrong, "\n\n".join(f"{one.row}, {one.point}:\n{one.difference}" for one in wrong)


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
