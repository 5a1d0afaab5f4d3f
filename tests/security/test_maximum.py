"""Everything at its largest: what can be shown fits what Discord takes, and nothing fails."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, func, select, text, update

from bot.base.use_limits import Uses
from tests.database import opened
from tests.discord_rules import violations
from tests.rows import tables_of
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
    "FROM meetings WHERE id = (SELECT max(id) FROM meetings)",
    "votes": "SELECT id, nominated_by, nominated_at FROM nominations "
    "WHERE id = (SELECT min(id) FROM nominations)",
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
    tables = {table.name: table for table in tables_of(world.bot.store)}
    with opened(world.bot.store) as live:
        for name, row in FIRST.items():
            live.execute(text(f"INSERT INTO {name} {row} ON CONFLICT DO NOTHING"))
        for name, number in MANY.items():
            multiply(live, tables, name, number)
        for name, columns in LONGEST.items():
            lengthen(live, tables[name], columns)
        live.execute(update(tables["meetings"]).values(location=LINK, recording=LINK))
        live.execute(update(tables["series"]).values(location=LINK))
        live.execute(update(tables["results"]).values(evidence=LINK[:SHORT_LINK]))
        live.execute(update(tables["project_links"]).values(url=LINK[:SHORT_LINK]))


def lengthen(live: Connection, table: Table, columns: dict[str, int]) -> None:
    """Make texts as long as they may be, each another."""
    key = list(table.primary_key)
    for index, row in enumerate(live.execute(select(table)).mappings().all()):
        long = {
            name: f"{index} {(MARKDOWN * limit)[: limit - 8]}"
            for name, limit in columns.items()
            if row[name] is not None
        }
        if long:
            its = and_(*(column == row[column.name] for column in key))
            live.execute(update(table).where(its).values(long))


def multiply(live: Connection, tables: dict[str, Table], name: str, number: int) -> None:
    """Copy a table's newest row until there are so many, each about another person or thing."""
    table = tables[name]
    newest = select(table).order_by(*(column.desc() for column in table.primary_key)).limit(1)
    row = live.execute(newest).mappings().first()
    if row is None:
        return
    there = live.execute(select(func.count()).select_from(table)).scalar_one()
    for index in range(there, number):
        values = {column: value for column, value in row.items() if column != "id"}
        for column in values:
            if column == "user_id":
                values[column] = NOBODY + index
            elif column in ("number", "position"):
                values[column] = 1000 + index
            elif column == "paper_id" and name == "nominations":
                paper = live.execute(select(tables["papers"]).limit(1)).mappings().one()
                another = {**paper, "key": f"{paper['key']}-{index}"}
                values[column] = added(live, tables["papers"], another)
            elif column in ("series_id", "thread_id", "event_id", "uid"):
                values[column] = None
        new = added(live, table, values)
        if name == "claims":
            versions = tables["claim_versions"]
            first = select(func.min(versions.c.claim_id)).scalar_subquery()
            of_first = select(versions).where(versions.c.claim_id == first)
            for version in live.execute(of_first).mappings().all():
                added(live, versions, {**version, "claim_id": new})


def added(live: Connection, table: Table, row: Mapping[str, Any]) -> int | None:
    """Add a row unless there is one like it; returns its id, where it has one."""
    columns = [name for name in row if name != "id"]
    listed = ", ".join(f'"{name}"' for name in columns)
    given = ", ".join(f":{name}" for name in columns)
    returning = " RETURNING id" if "id" in table.c else ""
    sql = f"INSERT INTO {table.name} ({listed}) VALUES ({given}) ON CONFLICT DO NOTHING{returning}"  # noqa: S608
    result = live.execute(text(sql), {name: row[name] for name in columns})
    return result.scalar_one_or_none() if returning else None


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
