"""Copies of the database, kept by number: made whole or not at all, the oldest removed."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from bot.base.errors import StartupError
from data import migrations

_NAME = re.compile(r"cohort-(\d{8}T\d{6})Z\.db")
_FORM = "%Y%m%dT%H%M%S"

SPARE = 64 << 20
"""How many bytes a copy leaves free on its disk, which may be the database's own."""


class Copy(Struct, frozen=True):
    """One copy, and when it was made."""

    path: Path
    made_at: datetime


def kept(folder: Path) -> list[Copy]:
    """Return the copies in a folder, the latest first; other files there are not ours."""
    if not folder.is_dir():
        return []
    found: list[Copy] = []
    for path in folder.iterdir():
        if (match := _NAME.fullmatch(path.name)) is not None:
            made_at = datetime.strptime(match[1], _FORM).replace(tzinfo=UTC)
            found.append(Copy(path, made_at))
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def make(source: Path, folder: Path, now: datetime, *, keep: int) -> Copy:
    """Copy a database that may be in use, check the copy, and remove the oldest beyond ``keep``.

    Blocks. Nothing is removed before the new copy is there and was found whole. Raises
    StartupError when it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob("cohort-*.db.part*"):
            left.unlink()
        free = shutil.disk_usage(folder).free
        needed = size(source)
    except OSError as error:
        raise StartupError(f"{folder} cannot be used: {error.strerror}") from error
    if free < needed + SPARE:
        raise StartupError(
            f"{folder} has {free >> 20} MB free, and a copy needs {(needed + SPARE) >> 20} MB"
        )
    path = folder / f"cohort-{now.astimezone(UTC).strftime(_FORM)}Z.db"
    migrations.copy_aside(source, path)
    for old in kept(folder)[max(keep, 1) :]:
        old.path.unlink(missing_ok=True)
    return Copy(path, now)


def size(source: Path) -> int:
    """Return how many bytes a database has, with those that are not yet folded into its file."""
    return source.stat().st_size + wal_size(source)


def wal_size(source: Path) -> int:
    """Return how many bytes stand in a database's write-ahead log."""
    log = source.with_name(source.name + "-wal")
    return log.stat().st_size if log.is_file() else 0


def problem(path: Path) -> str | None:
    """Return what is wrong with a copy, or None; blocks, and changes nothing."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
            copy.execute("SELECT count(*) FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if verdict == "ok" else str(verdict)
