"""No statement reads a whole table that grows with the number of servers.

Every statement that a busy server's commands and the bot's own work run is explained, as SQLite
would run it. Full tables are read only where it is named here why.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.base.clock import SteppedClock
from bot.config import Settings
from data.delivery.deadlines import KEPT
from tests.database import rows
from tests.security.stage import confirm, every_slash, example, furnish, new_server, use
from tests.security.test_forgotten import whole
from tests.world import World

SMALL = frozenset({"notes", "alembic_version", "sqlite_master"})
"""Tables that don't grow with the number of servers."""

ALLOWED = {
    "ix_deadlines_waiting": "read in its order, up to what is due",
    "ix_deadlines_sending": "at the start and the end: what was being sent, which is little",
    "ix_cards_posted_at": "read from its end, up to the newest 500",
    "ix_deliveries_first_tried_at": "read in its order, up to what is kept",
}
"""Indexes that may be read from one end, and how far that goes."""

RARE = {
    "FROM servers": "the servers that are known, when the bot starts and when Discord is back",
    "FROM papers": "one row for each paper, whichever servers read it",
}
"""Statements that read more, by how they go on, and when that is."""


class Noted(sqlite3.Connection):
    """A connection that keeps its statements, each with the parameters of its first run."""

    statements: dict[str, Any]

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            self.statements.setdefault(sql, parameters)
        return super().execute(sql, parameters)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every statement that the store runs in this test, with parameters that it ran with."""
    found: dict[str, Any] = {}
    connection = type("Here", (Noted,), {"statements": found})
    connect = sqlite3.connect

    def noting(*args: Any, **options: Any) -> sqlite3.Connection:
        return connect(*args, **options, factory=connection)

    monkeypatch.setattr("data.sqlite.sqlite3.connect", noting)
    return found


def explained(statements: dict[str, Any], path: Path | None) -> dict[str, list[str]]:
    """Return how each statement would be run, step by step."""
    with closing(sqlite3.connect(str(path))) as connection:
        return {
            sql: [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
            for sql, parameters in statements.items()
        }


def whole_tables(plan: list[str]) -> list[str]:
    """Return the steps of a plan that read a whole table, or a whole index."""
    found: list[str] = []
    for step in plan:
        match = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
        if match is None or match[1] in SMALL or match[2] in ALLOWED:
            continue
        # A subquery or a common table has been made by other steps, which are looked at too.
        if not re.fullmatch(r"CONSTANT|anon_\d+|about|always|SUBQUERY|\(.*", match[1]):
            found.append(step)
    return found


@pytest.mark.sqlite("statements are explained as SQLite would run them")
async def test_no_statement_reads_a_table_that_grows_with_the_servers(
    statements: dict[str, Any], settings: Settings, clock: SteppedClock
) -> None:
    world = World(settings, clock)
    await world.start()
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    for command in list(every_slash(world)):
        filled = await example(world, side, command)
        if not whole(filled):
            continue  # what it is used on is gone
        for person in (side.member, side.organiser):
            await confirm(person, await use(filled, person))
    await world.forward(timedelta(days=9))
    await world.bot.deadlines.sweep()
    await world.restart()
    await world.stop()

    assert len(statements) > 300, "the commands ran"
    wrong: list[str] = []
    for sql, plan in explained(statements, world.bot.store.path).items():
        line = " ".join(sql.split())
        if (steps := whole_tables(plan)) and not any(part in line for part in RARE):
            wrong.append(f"{steps}\n    {line[:600]}")
    assert not wrong, "\n".join(wrong)


async def test_what_was_over_long_ago_is_deleted_and_the_rest_stays(world: World) -> None:
    now, store = world.clock.now(), world.bot.store
    async with store.transaction() as tx:
        for number, due_at in enumerate((now - KEPT * 2, now - KEPT * 2, now - timedelta(days=1))):
            await tx.deadlines.put("x", number, due_at, guild_id=1)
            await tx.deliveries.trying(f"x/{number}", 1, due_at)
            await tx.deliveries.trying(f"card/x/{number}", 1, due_at)
        await tx.deadlines.cancel(0, "x")
        await tx.deadlines.cancel(2, "x")
    await world.bot.deadlines.sweep()

    left = rows(store, "SELECT subject_id, state FROM deadlines WHERE kind = 'x'")
    assert dict(left) == {1: "failed", 2: "cancelled"}
    keys = [key for (key,) in rows(store, "SELECT key FROM deliveries ORDER BY key")]
    assert [key for key in keys if "x/" in key] == ["card/x/0", "card/x/1", "card/x/2", "x/2"]
