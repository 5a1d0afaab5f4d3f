"""Whether what is asked most costs more where there are many servers.

A database of many servers is compared with one of a hundredth of them: each server has five
groups of ten, a hundred deadlines, and as many check-ins and answers to meetings. Every other
table has a few rows of each server, so that reading a whole one takes its time too.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Container, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Float, Integer

from data.across import server_export
from data.across.person_rows import person_columns
from data.checkins.rounds import RoundId
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import MeetingId
from data.schema import metadata
from data.server.groups import GroupId
from data.states import CardKind
from data.store import Store
from data.transaction import Transaction
from data.types import BigInt, Choice, Flag, Instant, LocalDate, LocalTime, Strings
from tests.benchmarks.figure import Figure

SERVERS = 10_000
SMALLER = 100
"""The other database has so many times fewer servers."""

GROUPS, MEMBERS, DEADLINES, CHECKINS, MEETINGS, ANSWERS = 5, 10, 100, 20, 5, 4
"""Groups of a server, members and check-ins of a group, meetings of it, answers to each."""

OTHERS = 2
"""Rows that a server has in every other table."""

OWN = {
    "groups": GROUPS,
    "rounds": GROUPS * 2,
    "meetings": GROUPS * MEETINGS,
    "checkins": GROUPS * CHECKINS,
}
"""Rows that a server has in the tables that others name."""

MOST = 3.0
"""How many times its time on the small database a statement may take on the full one."""

ROUNDS = 40
NOW = datetime(2026, 6, 1, tzinfo=UTC)
AT = int(NOW.timestamp() * 1000)
DAY = 86_400_000
FIRST = 1_000_000_000_000_000_000
"""The first server's id."""

NOT_OF_SERVERS = frozenset({"notes"})
"""Tables that servers have no rows in."""

Row = dict[str, Any]


def rows_of(servers: int) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield the rows of each table, without the columns that may stay empty."""
    groups = range(servers * GROUPS)

    def home(group: int) -> int:
        return FIRST + group // GROUPS

    yield "servers", ({"guild_id": FIRST + one, "joined_at": AT} for one in range(servers))
    yield (
        "groups",
        (
            {"id": one + 1, "guild_id": home(one), "channel_id": FIRST * 2 + one,
             "name": f"Group {one}", "focus": "a paper", "created_by": 1, "created_at": AT}
            for one in groups
        ),
    )  # fmt: skip
    yield (
        "members",
        (
            {"group_id": one + 1, "user_id": one * MEMBERS + number + 1, "joined_at": AT}
            for one in groups
            for number in range(MEMBERS)
        ),
    )
    yield (
        "rounds",
        (
            {"id": one * 2 + number + 1, "guild_id": home(one), "group_id": one + 1,
             "number": number + 1, "questions": "[]", "opens_at": AT - DAY, "prompt_at": AT,
             "due_at": AT + DAY, "closed_at": None if number else AT}
            for one in groups
            for number in range(2)
        ),
    )  # fmt: skip
    yield (
        "checkins",
        (
            {"id": one * CHECKINS + number + 1, "guild_id": home(one), "group_id": one + 1,
             "round_id": one * 2 + number % 2 + 1,
             "user_id": one * MEMBERS + number // 2 + 1, "questions": "[]", "did": "read",
             "posted_at": AT - DAY}
            for one in groups
            for number in range(CHECKINS)
        ),
    )  # fmt: skip
    yield (
        "meetings",
        (
            {"id": one * MEETINGS + number + 1, "guild_id": home(one), "group_id": one + 1,
             "title": "Toy models", "starts_at": AT + (number - 2) * 7 * DAY, "minutes": 60,
             "created_by": 1, "created_at": AT, "uid": f"{one}-{number}"}
            for one in groups
            for number in range(MEETINGS)
        ),
    )  # fmt: skip
    yield (
        "rsvps",
        (
            {"meeting_id": one + 1, "user_id": one // MEETINGS * MEMBERS + number + 1,
             "answer": "going", "position": number, "answered_at": AT}
            for one in range(servers * GROUPS * MEETINGS)
            for number in range(ANSWERS)
        ),
    )  # fmt: skip
    yield (
        "cards",
        (
            {"kind": "meeting", "subject_id": one + 1, "guild_id": home(one // MEETINGS),
             "channel_id": FIRST * 2 + one // MEETINGS, "message_id": FIRST * 3 + one,
             "posted_at": AT - one, "shown": "x"}
            for one in range(servers * GROUPS * MEETINGS)
        ),
    )  # fmt: skip
    yield (
        "deadlines",
        (
            {"id": one + 1, "guild_id": FIRST + one // DEADLINES, "kind": "reading.remind",
             "subject_id": one,
             "occurrence": 0, "offset": 0, "due_at": AT + one % 10_007 * 60_000,
             "deliver_at": AT + one % 10_007 * 60_000, "attempts": 0,
             "state": "pending" if one % 5 == 0 else "done"}
            for one in range(servers * DEADLINES)
        ),
    )  # fmt: skip


def few_of_each(servers: int, besides: Container[str]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield a few rows of each server for every other table, which name each other."""
    for table in metadata.sorted_tables:
        if table.name in NOT_OF_SERVERS or table.name in besides:
            continue
        people = {column.name for column in person_columns(table)}
        yield (
            table.name,
            (
                {
                    column.name: _value(column, server, number, person=column.name in people)
                    for column in table.columns
                }
                for server in range(servers)
                for number in range(OTHERS)
            ),
        )


def _value(column: Column[Any], server: int, number: int, *, person: bool) -> Any:
    """Return what a column holds in one of the rows that a server has in a table."""
    row = server * OTHERS + number + 1
    for key in column.foreign_keys:
        parent = key.column.table
        return (
            server * OWN.get(parent.name, OTHERS) + number + 1
            if parent is not column.table
            else None
        )
    if column.name == "guild_id":
        return FIRST + server
    if person and not isinstance(column.type, Instant):
        return server * GROUPS * MEMBERS + number + 1
    if column.nullable:
        return None
    match column.type:
        case Choice():
            return list(column.type.enum.__members__.values())[number].value
        case Instant():
            return AT + number
        case LocalDate():
            return "2026-06-01"
        case LocalTime():
            return "18:00"
        case Strings():
            return "[]"
        case Float():
            return 1.5
        case Flag():
            return number
        case BigInt() | Integer():
            return row
        case _:
            return f"{column.name} {row}"


def fill(path: Path, servers: int) -> None:
    """Put so many servers into a migrated database."""
    with closing(sqlite3.connect(path)) as connection, connection:
        named = [name for name, _ in rows_of(0)]
        for name, rows in chain(rows_of(servers), few_of_each(servers, named)):
            # What may not be empty, and is of no interest here, is nought or an empty list.
            usual = {
                column: None if not needed else 0 if kind == "INTEGER" else "[]"
                for _, column, kind, needed, *_ in connection.execute(f"PRAGMA table_info({name})")
            }
            columns, marks = ", ".join(f'"{one}"' for one in usual), ", ".join("?" * len(usual))
            connection.executemany(
                f"INSERT INTO {name} ({columns}) VALUES ({marks})",  # noqa: S608 - names of ours
                (tuple((usual | row).values()) for row in rows),
            )
        connection.execute("ANALYZE")


Ask = Callable[[Transaction], Awaitable[object]]


def asked(servers: int) -> dict[str, Ask]:
    """Return what is asked of the server in the middle, by when that is."""
    guild_id = FIRST + servers // 2
    group = servers // 2 * GROUPS
    group_id, user_id, channel_id = GroupId(group + 1), group * MEMBERS + 1, FIRST * 2 + group
    meeting_id, round_id = MeetingId(group * MEETINGS + 1), RoundId(group * 2 + 2)
    before = timedelta(minutes=15)
    fifty = [FIRST + number for number in range(servers // 2, servers // 2 + 50)]
    return {
        "each interaction: who and where": lambda tx: tx.contexts.get(
            guild_id, channel_id, user_id
        ),
        "check-in: whose turn": lambda tx: tx.checkins.turn_of(group_id, user_id),
        "check-in: open commitments": lambda tx: tx.commitments.open_of(group_id, user_id),
        "card: a group's members": lambda tx: tx.groups.members(group_id),
        "card: a round's check-ins": lambda tx: tx.checkins.posted_in(round_id),
        "card: answers to a meeting": lambda tx: tx.rsvps.of(meeting_id),
        "card: where it stands": lambda tx: tx.cards.get(CardKind.MEETING, meeting_id),
        "list: a server's groups": lambda tx: tx.groups.of_server(guild_id),
        "list: a person's groups": lambda tx: tx.groups.of_person(guild_id, user_id),
        "list: coming meetings": lambda tx: tx.meetings.coming(guild_id, NOW),
        "list: a server's projects": lambda tx: tx.projects.of_server(guild_id),
        "alarm: the next deadline": lambda tx: tx.deadlines.next_due(),
        # One in both: the large database has twenty due, and more rows cost more anywhere.
        "alarm: take what is due": lambda tx: tx.deadlines.take(NOW, 1),
        "deadline: put": lambda tx: tx.deadlines.put(
            DeadlineKind.READING_REMIND, -1, NOW, guild_id=guild_id
        ),
        "health: upcoming deadlines": lambda tx: tx.deadlines.upcoming(guild_id, 20),
        "health, watch: failed deadlines": lambda tx: tx.deadlines.failed(guild_id, 20),
        "Discord is back: to hurry": lambda tx: tx.deadlines.hurry(["x"], NOW),
        "start and stop: put back": lambda tx: tx.deadlines.put_back(),
        "watch: channels of fifty servers": lambda tx: tx.groups.channels_of(fifty),
        "watch: which of fifty fail": lambda tx: tx.deadlines.failing(fifty),
        "/profile export": lambda tx: tx.person_export.everything(guild_id, user_id),
        "/profile forget: finding all of somebody": lambda tx: tx.person_erasure.find(
            guild_id, user_id
        ),
        "/profile portfolio": lambda tx: tx.portfolios.of(guild_id, user_id, NOW),
        "/cohort export": lambda tx: server_export.server(tx.connection, guild_id),
        "erasing a server: its meetings": lambda tx: tx.server_erasure.erase_part(
            guild_id, "meetings"
        ),
        "erasing a server: its members": lambda tx: tx.server_erasure.erase_part(
            guild_id, "members"
        ),
        "a server leaves: to hold": lambda tx: tx.deadlines.hold(guild_id, besides="x"),
        "a server is back: its open meetings": lambda tx: tx.meetings.open_in([guild_id], NOW),
        "start: the newest cards": lambda tx: tx.cards.latest(50),
        "voice: running meetings of a server": lambda tx: tx.meetings.running(
            [guild_id], NOW, before
        ),
    }


async def measure(servers: int = SERVERS) -> list[Figure]:
    """Ask the same of both databases; each figure is the best of many."""
    with tempfile.TemporaryDirectory() as folder:
        small = await _times(Path(folder) / "small.db", max(1, servers // SMALLER))
        full = await _times(Path(folder) / "full.db", servers)
    figures: list[Figure] = []
    for name, least in small.items():
        figures += [
            Figure(f"{name}, {servers // SMALLER:,} servers", least, "ms"),
            Figure(f"{name}, {servers:,} servers : fewer", full[name] / least, "×", MOST),
        ]
    return figures


async def _times(path: Path, servers: int) -> dict[str, float]:
    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    await asyncio.to_thread(fill, path, servers)
    found: dict[str, float] = {}
    try:
        for name, ask in asked(servers).items():
            taken = [await _timed(store, ask) for _ in range(ROUNDS)]
            found[name] = min(taken) * 1000
    finally:
        await store.close()
    return found


class _Enough(Exception):
    """Rolls back what was asked, so that it can be asked again."""


async def _timed(store: Store, ask: Ask) -> float:
    taken = 0.0
    try:
        async with store.transaction() as tx:
            await tx.notes.get("x")  # begins it
            began = time.perf_counter()
            await ask(tx)
            await tx.notes.get("x")  # runs what was put off
            taken = time.perf_counter() - began
            raise _Enough
    except _Enough:
        return taken
