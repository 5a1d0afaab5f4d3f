"""Everything at its largest: what can be shown fits what Discord takes, and nothing fails."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import timedelta
from typing import Any

from bot.base.use_limits import Uses
from tests.discord_rules import violations
from tests.security.stage import (
    Reported,
    Saved,
    confirm,
    custom_ids,
    defects,
    every_slash,
    example,
    furnish,
    new_server,
    rows,
)
from tests.security.test_channels import FILES
from tests.security.test_forged_ids import act, ids, templates
from tests.world import World

MARKDOWN = "*_~|"
"""Each of these is escaped where it is shown, so that a text takes twice its length."""

LONGEST: dict[str, dict[str, int]] = {
    "groups": {"name": 80, "focus": 300},
    "checkins": {"did": 4000, "next": 4000, "blocked": 4000},
    "commitments": {"text": 300},
    "projects": {"title": 100, "summary": 600, "cited": 300},
    "tasks": {"title": 120, "notes": 1000, "obstacle": 300},
    "project_deadlines": {"title": 120},
    "project_updates": {"text": 1500},
    "project_links": {"label": 60},
    "claim_versions": {"statement": 300, "metric": 80, "place": 80, "dataset": 80},
    "results": {"notes": 1000, "deviations": 1000, "hardware": 80},
    "meetings": {"title": 90, "notes": 3500, "prerequisites": 300},
    "series": {"title": 90},
    "nominations": {"note": 300},
    "papers": {"title": 300},
    "reading_lists": {"title": 90},
    "units": {"title": 250, "prerequisites": 300},
    "unit_readings": {"title": 250, "level": 60},
    "exercises": {"text": 300},
    "programmes": {"title": 80},
    "programme_people": {"name": 80},
    "programme_stages": {"title": 80, "asks": 300},
    "programme_hand_ins": {"text": 1500},
    "profiles": {"about": 300},
}
"""The columns that people fill, and how long each may be (see the rules of their features)."""

MANY: dict[str, int] = {
    "members": 60,
    "commitments": 60,
    "checkins": 60,
    "tasks": 60,
    "task_owners": 10,
    "project_members": 40,
    "project_links": 25,
    "project_deadlines": 30,
    "project_updates": 30,
    "claims": 40,
    "results": 30,
    "nominations": 30,
    "rsvps": 60,
    "meetings": 12,
    "units": 20,
    "unit_readings": 10,
    "exercises": 10,
    "programme_people": 40,
}
"""How many rows of a kind there are at least."""

FIRST = {
    "rsvps": "SELECT id, created_by, 'going', 1, '[]', NULL, created_at, NULL, NULL "
    "FROM meetings ORDER BY id DESC LIMIT 1",
    "votes": "SELECT id, nominated_by, nominated_at FROM nominations LIMIT 1",
}
"""The first rows of what nobody did while the server was furnished, to make more of."""

LINK = "https://example.org/" + "a" * 1980
"""The longest address that is taken for a meeting."""

SHORT_LINK = 500
"""How long the address of a project's link may be: it becomes a button, which takes 512."""

NOBODY = 9_000_000_000_000_000_000
"""Ids of people that no client knows, as long as an id gets."""


def fill(world: World) -> None:
    """Make each text as long as it may be, and each list long."""
    path = world.bot.store.path
    assert path is not None
    with sqlite3.connect(path) as live:
        for table, row in FIRST.items():
            live.execute(f"INSERT OR IGNORE INTO {table} {row}")
        for table, number in MANY.items():
            multiply(live, table, number)
        for table, columns in LONGEST.items():
            for column, limit in columns.items():
                long = (MARKDOWN * limit)[: limit - 8]
                live.execute(
                    f"UPDATE {table} SET {column} = rowid || ' ' || ? WHERE {column} IS NOT NULL",  # noqa: S608
                    (long,),
                )
        live.execute("UPDATE meetings SET location = ?, recording = ?", (LINK, LINK))
        live.execute("UPDATE series SET location = ?", (LINK,))
        live.execute("UPDATE results SET evidence = ?", (LINK[:SHORT_LINK],))
        live.execute("UPDATE project_links SET url = ?", (LINK[:SHORT_LINK],))


def multiply(live: sqlite3.Connection, table: str, number: int) -> None:
    """Copy the first row of a table until there are so many, each about another person or thing."""
    cursor = live.execute(f"SELECT * FROM {table} ORDER BY rowid DESC LIMIT 1")  # noqa: S608
    row = cursor.fetchone()
    if row is None:
        return
    names = [one[0] for one in cursor.description]
    there = live.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    for index in range(there, number):
        values: dict[str, Any] = dict(zip(names, row, strict=True))
        for name in names:
            if name == "id":
                values[name] = None
            elif name == "user_id":
                values[name] = NOBODY + index
            elif name in ("number", "position"):
                values[name] = 1000 + index
            elif name == "paper_id" and table == "nominations":
                rest = ", ".join(columns(live, "papers")[2:])
                live.execute(
                    f"INSERT INTO papers SELECT NULL, key || ?, {rest} FROM papers LIMIT 1",  # noqa: S608
                    (f"-{index}",),
                )
                values[name] = live.execute("SELECT max(id) FROM papers").fetchone()[0]
            elif name in ("series_id", "thread_id", "event_id", "uid"):
                values[name] = None
        marks = ", ".join("?" for _ in names)
        live.execute(
            f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
            list(values.values()),
        )
        if table == "claims":
            new = live.execute("SELECT max(id) FROM claims").fetchone()[0]
            rest = columns(live, "claim_versions")[1:]
            live.execute(
                f"INSERT INTO claim_versions SELECT ?, {', '.join(rest)} FROM claim_versions "  # noqa: S608
                "WHERE claim_id = (SELECT min(claim_id) FROM claim_versions)",
                (new,),
            )


def columns(live: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns of a table in order."""
    return [row[1] for row in live.execute(f"PRAGMA table_info({table})")]


async def test_everything_at_its_largest_fits_what_discord_takes(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "M" * 18, "quokka")
    await furnish(world, side)
    fill(world)
    wrong: list[str] = []
    async with world.bot.store.read() as tx:
        cards = await tx.cards.latest(500)
    for card in cards:
        world.bot.cards.refresh(card.kind, card.subject_id)
    await world.bot.cards.flush()
    await world.env.settle()
    wrong += judge(world, reported, "the cards")
    saved = Saved(world)
    for command in list(every_slash(world)):
        saved.restore()
        world.bot.uses = Uses()
        filled = await example(world, side, command)
        options = {**filled.options, **FILES.get(command.qualified_name, {})}
        given = {name: value for name, value in options.items() if value is not None}
        result = await side.insider.slash(filled.channel, command.qualified_name, **given)
        await confirm(side.insider, result)
        wrong += judge(world, reported, f"/{command.qualified_name}")
    saved.restore()
    mine = await rows(world, side.guild)
    for template in templates(world):
        number, *_ = ids(template, mine, {table: [] for table in mine})
        for custom_id in custom_ids(template, number)[:1]:
            saved.restore()
            world.bot.uses = Uses()
            await act(world, side.insider, side.channel, template, custom_id)
            wrong += judge(world, reported, custom_id)
    saved.restore()
    await world.forward(timedelta(days=4))
    wrong += judge(world, reported, "what falls due")
    saved.close()
    assert not wrong, "\n".join(wrong)


def judge(world: World, reported: Reported, name: str) -> list[str]:
    """Return what is wrong about all that was done since the last look.

    It failed, Discord would have refused it, it fit only because the guard shortened it, or an
    address is not whole.
    """
    requests = world.env.http_requests
    since = getattr(world, "_judged", 0)
    world._judged = len(requests)  # type: ignore[attr-defined]
    sent = json.dumps([one.json for one in requests[since:]])
    return [
        *(f"{name}: {one}" for one in reported.lines if "shortened" in one["event"]),
        *(f"{name}: {one}" for one in defects(reported.take())),
        *(f"{name}: {one}" for one in violations(requests[since:])),
        *(
            f"{name}: an address of {len(one)} characters"
            for one in re.findall(r"https://example\.org/a+", sent)
            if len(one) not in (len(LINK), SHORT_LINK)
        ),
    ]
