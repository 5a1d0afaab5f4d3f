"""The daily copies: whole, by number, and never at the price of the last good one."""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import StartupError
from bot.config import Settings
from bot.ops.backups import AGAIN, Backups
from data import backups, migrations
from data.store import Store

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def daily(settings: Settings, store: Store, clock: SteppedClock) -> Backups:
    return Backups(replace(settings, backups=3), store, clock)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_one_is_made_each_day_and_the_oldest_go(
    daily: Backups, clock: SteppedClock, folder: Path
) -> None:
    for _ in range(6 * 24):
        await daily.make_when_due()
        clock.move_to(clock.now() + timedelta(hours=1))
    assert names(folder) == [f"cohort-2026110{day}T120000Z.db" for day in (5, 6, 7)]
    assert all(backups.problem(one.path) is None for one in backups.kept(folder))
    assert all(one.path.stat().st_mode & 0o077 == 0 for one in backups.kept(folder))


async def test_a_restart_makes_no_second_one(
    settings: Settings, store: Store, clock: SteppedClock, folder: Path
) -> None:
    for _ in range(3):
        await Backups(settings, store, clock).make_when_due()
        clock.move_to(clock.now() + timedelta(minutes=5))
    assert len(names(folder)) == 1


async def test_a_clock_that_was_put_back_stops_no_copy(
    daily: Backups, clock: SteppedClock, folder: Path
) -> None:
    await daily.make_when_due()
    clock.move_to(clock.now() - timedelta(days=40))
    await daily.make_when_due()
    assert len(names(folder)) == 2


async def test_on_a_full_disk_nothing_is_removed_and_it_is_tried_again(
    daily: Backups, clock: SteppedClock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await daily.make_when_due()
    before = names(folder)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 5 << 20))
        for _ in range(5):
            clock.move_to(clock.now() + timedelta(days=1))
            await daily.make_when_due()
        state = await daily.state()
        assert state is not None
        assert state.failure is not None
        assert "5 MB free" in state.failure
    assert names(folder) == before
    clock.move_to(clock.now() + AGAIN - timedelta(minutes=1))
    await daily.make_when_due()
    assert names(folder) == before
    clock.move_to(clock.now() + timedelta(minutes=1))
    await daily.make_when_due()
    state = await daily.state()
    assert state is not None
    assert (state.failure, len(names(folder))) == (None, 2)


async def test_a_disk_that_fills_in_the_middle_leaves_no_half_copy(
    daily: Backups, store: Store, clock: SteppedClock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await daily.make_when_due()
    before = names(folder)
    real = sqlite3.connect

    class Full(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **given: object) -> None:  # type: ignore[override]
            target.execute("CREATE TABLE half (x INTEGER)")
            raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(
        migrations.sqlite3, "connect", lambda *given, **more: real(*given, factory=Full, **more)
    )
    clock.move_to(clock.now() + timedelta(days=1))
    await daily.make_when_due()
    monkeypatch.undo()
    assert names(folder) == before
    state = await daily.state()
    assert state is not None
    assert "disk is full" in (state.failure or "")


@pytest.fixture
def littered(folder: Path) -> Path:
    folder.mkdir()
    (folder / "cohort-20261101T120000Z.db.part").write_bytes(b"half")
    (folder / "cohort-20261101T120000Z.db.part-journal").write_bytes(b"half")
    (folder / "my own copy.db").write_bytes(b"mine")
    return folder


async def test_what_a_killed_process_left_is_cleared_away_and_others_files_are_not(
    daily: Backups, littered: Path
) -> None:
    await daily.make_when_due()
    assert names(littered) == ["cohort-20261102T120000Z.db", "my own copy.db"]


async def test_with_no_copies_wanted_there_is_no_folder(
    settings: Settings, store: Store, clock: SteppedClock, folder: Path
) -> None:
    none = Backups(replace(settings, backups=0), store, clock)
    await none.make_when_due()
    assert await none.state() is None
    assert backups.kept(folder) == []


async def test_a_damaged_copy_is_known(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    await store.backup(target)
    assert backups.problem(target) is None
    content = bytearray(target.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    target.write_bytes(content)
    assert backups.problem(target) is not None
    target.write_bytes(b"")
    assert backups.problem(target) is not None


def test_a_folder_that_cannot_be_is_named(tmp_path: Path, clock: SteppedClock) -> None:
    (tmp_path / "file").write_text("not a folder")
    source = tmp_path / "cohort.db"
    with closing(sqlite3.connect(source)):
        pass
    with pytest.raises(StartupError, match="file"):
        backups.make(source, tmp_path / "file" / "backups", clock.now(), keep=3)
