"""Databases as earlier versions left them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from data import migrations

SCRIPTS = ScriptDirectory(str(migrations.FOLDER))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


def upgrade(path: Path, revision: str) -> None:
    """Bring a database, which may be empty, to a revision."""
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def make(path: Path, revision: str) -> None:
    """Make a database without rows, as the version of that revision left it."""
    path.write_bytes(_without_rows(revision))


@cache
def _without_rows(revision: str) -> bytes:
    """Return a file of that revision; it is made from the one before, so each is run once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cohort.db"
        if number := REVISIONS.index(revision):
            make(path, REVISIONS[number - 1])
        upgrade(path, revision)
        return path.read_bytes()
