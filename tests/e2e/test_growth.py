"""No statement reads a whole table that grows with the number of servers.

A busy server's commands and the bot's own work are run for their statements. Those of all other
tests are looked at as well, where each of them ends: :mod:`tests.plans`.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.base.clock import SteppedClock
from bot.config import Settings
from data.delivery.deadlines import KEPT
from tests.database import rows
from tests.plans import reading_whole_tables
from tests.security.stage import confirm, every_slash, example, furnish, new_server, use
from tests.security.test_forgotten import whole
from tests.world import World


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
    assert world.bot.store.path is not None
    wrong = reading_whole_tables(statements, world.bot.store.path)
    assert not wrong, "\n".join(wrong)


def test_what_reads_a_whole_table_is_seen(new_database: Path) -> None:
    wrong = {
        "SELECT * FROM checkins WHERE did = ?": ["x"],
        "SELECT count(*) FROM deadlines": [],
    }
    right = {
        "SELECT * FROM checkins WHERE guild_id = ?": [1],
        "SELECT * FROM notes": [],
        "SELECT * FROM (SELECT id FROM groups WHERE guild_id = ? LIMIT 3)": [1],
    }
    assert len(reading_whole_tables(wrong, new_database)) == len(wrong)
    assert reading_whole_tables(right, new_database) == []


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
