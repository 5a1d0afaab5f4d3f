"""Whether SQLite would read a whole table that grows with the number of servers.

Every statement of the bot that any test runs is explained once. Whole tables are read only where
it is named here why.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from data.statements import Ready, Statements

SMALL = frozenset({"notes", "alembic_version", "sqlite_master", "sqlite_sequence"})
"""Tables that don't grow with the number of servers."""

ALLOWED = {
    "ix_deadlines_waiting": "read in its order, up to what is due",
    "ix_deadlines_sending": "at the start and the end: what was being sent, which is little",
    "ix_deadlines_failed": "counted by the doctor: what has failed, which is little",
    "ix_deadlines_held": "counted by the doctor: what waits where the bot was removed",
    "ix_cards_posted_at": "read from its end, up to the newest 500",
    "ix_deliveries_first_tried_at": "read in its order, up to what is kept",
}
"""Indexes that may be read from one end, and how far that goes."""

RARE = {
    "FROM servers": "the servers that are known, when the bot starts and when Discord is back",
    "FROM papers": "one row for each paper, whichever servers read it",
}
"""Statements that read more, by how they go on, and when that is."""

MADE = re.compile(r"CONSTANT|\d+|anon_\d+|about|always|SUBQUERY|\(.*")
"""What a plan calls a subquery or a common table: other steps make it, which are looked at too."""

BETWEEN = frozenset({"plans.py", "statements.py", "sqlite.py", "session.py", "repository.py"})
"""Files that run statements for others."""

ELSEWHERE = ("/tests/", "/data/copying.py", "/data/migrations/")
"""Who may read whole tables: tests, and what moves or upgrades a database."""


class Plans:
    """The statements that ran since the last look, and those that were looked at."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._new: dict[str, Any] = {}

    def watch(self, statements: type[Statements], patched: pytest.MonkeyPatch) -> None:
        """Note each statement that is made ready from now on."""
        make = statements.ready

        def ready(self_: Statements, *arguments: Any) -> Ready:
            made = make(self_, *arguments)
            if self_._dialect.name == "sqlite":
                self._note(made)
            return made

        patched.setattr(statements, "ready", ready)

    def _note(self, ready: Ready) -> None:
        shape = re.sub(r"\?(?:, \?)+", "?, …", ready.sql)
        if shape in self._seen or not ready.sql.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            return
        if not any(part in _asked_by() for part in ELSEWHERE):
            self._seen.add(shape)
            self._new[ready.sql] = ready.values[0]

    def wrong(self, path: Path) -> list[str]:
        """Return which of the new statements would read whole tables, and which ones."""
        new, self._new = self._new, {}
        return reading_whole_tables(new, path) if new else []


def _asked_by() -> str:
    """Return the file that a statement comes from."""
    frame = sys._getframe(1)
    while frame.f_back is not None and Path(frame.f_code.co_filename).name in BETWEEN:
        frame = frame.f_back
    return frame.f_code.co_filename


def reading_whole_tables(statements: dict[str, Any], path: Path) -> list[str]:
    """Return what reads whole tables without being named here, each with the steps that do."""
    wrong: list[str] = []
    with closing(sqlite3.connect(path)) as connection:
        for sql, parameters in statements.items():
            plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            steps = whole_tables([step for *_, step in plan])
            line = " ".join(sql.split())
            if steps and not any(part in line for part in RARE):
                wrong.append(f"{steps}\n    {line[:600]}")
    return wrong


def whole_tables(plan: list[str]) -> list[str]:
    """Return the steps of a plan that read a whole table, or a whole index."""
    found: list[str] = []
    for step in plan:
        match = re.match(r"SCAN (\w+|\(.*)(?: USING (?:COVERING )?INDEX (\w+))?", step)
        if match is None or match[1] in SMALL or match[2] in ALLOWED:
            continue
        if not MADE.fullmatch(match[1]):
            found.append(step)
    return found
