"""What is somebody's, in every table there is: told whole, and erased without a trace.

Everything here is made from the tables' metadata. A table that is added is tested with the rest,
and one for which nothing was decided fails.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, Text, literal_column, select, update

from data.across.person_erasure import ERASED, NOBODY, SHOWN_ON
from data.across.person_export import UNTOLD
from data.across.person_rows import person_columns
from data.across.row_keys import PART
from data.across.server_export import rows_of_server
from data.checkins.schema import checkins, commitments
from data.schema import metadata
from data.states import CardKind
from data.store import Store
from data.transaction import Transaction
from data.types import BigInt, Instant, Strings
from tests.database import broken, everything
from tests.rows import erase, fill

OURS, THEIRS = 100_001, 100_002
SOMEONE = 987_654_321_987_654_321

NO_CARD: frozenset[CardKind] = frozenset()
"""Cards on which nobody's name or words can stand."""


def tables_of_people() -> list[Table]:
    return [table for table in metadata.sorted_tables if person_columns(table)]


def test_whatever_may_hold_a_person_can_be_found_by_its_server() -> None:
    unreachable = [
        table.name for table in tables_of_people() if rows_of_server(table, OURS) is None
    ]
    assert unreachable == [], "these rows would be neither told nor erased"


def test_every_table_in_which_people_write_can_be_found_by_its_server() -> None:
    """A mention in a text is erased too, so a text needs a way to its server."""
    lost = [table.name for table in metadata.sorted_tables if rows_of_server(table, OURS) is None]
    assert set(lost) <= {"notes"}


def test_every_kind_of_card_is_drawn_anew_when_somebody_on_it_is_erased() -> None:
    shown = {kind for kinds in SHOWN_ON.values() for kind in kinds}
    assert set(CardKind) - shown - NO_CARD == set()
    assert SHOWN_ON.keys() <= metadata.tables.keys()


def test_a_number_that_is_nobody_is_not_kept_in_a_column_for_people() -> None:
    """A 64-bit column holds a person unless its name says what else: a count is an Integer."""
    wide = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in person_columns(table)
        if not isinstance(column.type, Instant) and isinstance(column.type, BigInt)
    }
    odd = {
        name
        for name in wide
        if not name.endswith(("user_id", "_by", "_id", "author", "lead", "facilitator", "witness"))
    }
    assert odd <= {"deadlines.occurrence"}, odd


async def test_a_person_in_every_column_and_every_text_is_erased_without_a_trace(
    store: Store,
) -> None:
    fill(store, OURS, THEIRS)
    async with store.transaction() as tx:
        for guild_id in (OURS, THEIRS):
            await put_everywhere(tx, guild_id)
    others = _of(store, THEIRS)

    async with store.read() as tx:
        told = await tx.person_export.everything(OURS, SOMEONE)
    wanted = {table.name for table in tables_of_people()} - UNTOLD
    assert wanted - told.keys() == set(), "these are not in the export"

    await erase(store, OURS, SOMEONE)
    left = {
        name: [row for row in rows if str(SOMEONE) in str(row) and row.get("guild_id") != THEIRS]
        for name, rows in everything(store).items()
        if "guild_id" in metadata.tables[name].c
    }
    assert {name: rows for name, rows in left.items() if rows} == {}
    async with store.read() as tx:
        again = await tx.person_export.everything(OURS, SOMEONE)
        assert again == {}
        for table in metadata.sorted_tables:
            condition = rows_of_server(table, OURS)
            if condition is not None:
                rows = (await tx.connection.execute(select(table).where(condition))).all()
                assert not any(str(SOMEONE) in str(row) for row in rows), table.name
    assert _of(store, THEIRS) == others
    assert broken(store) == []
    assert (NOBODY, ERASED) == (0, "somebody")


async def test_what_mentions_somebody_in_thousands_of_rows_is_erased_in_short_parts(
    store: Store,
) -> None:
    fill(store, OURS, each=1200)
    async with store.transaction() as tx:
        for table in (checkins, commitments):
            await tx.connection.execute(update(table).values(user_id=SOMEONE))
    async with store.read() as tx:
        traces = await tx.person_erasure.find(OURS, SOMEONE)
    most = {len(part.keys) for part in traces.parts}
    assert max(most) == PART
    await erase(store, OURS, SOMEONE)
    assert not everything(store)["checkins"]
    assert not everything(store)["commitments"]


async def put_everywhere(tx: Transaction, guild_id: int) -> None:
    """Name somebody in every column for people, and in every text, each in a row of its own."""
    for table in metadata.sorted_tables:
        condition = rows_of_server(table, guild_id)
        if condition is None:
            continue
        columns = person_columns(table)
        for number, column in enumerate(columns):
            rows = await _places(tx, table, condition)
            one = rows[number % len(rows)]
            await tx.connection.execute(update(table).where(one).values({column.name: SOMEONE}))
        words = {
            column.name: (f"with <@{SOMEONE}>",)
            if isinstance(column.type, Strings)
            else f"with <@{SOMEONE}> and <@!{SOMEONE}> in {guild_id}"
            for column in table.columns
            if isinstance(column.type, Text | Strings) and not column.primary_key
        }
        if words:
            rows = await _places(tx, table, condition)
            await tx.connection.execute(update(table).where(rows[-1]).values(words))


async def _places(
    tx: Transaction, table: Table, condition: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    """Return what holds for each row alone, in order; a change may move a row in PostgreSQL."""
    name = "rowid" if tx.connection.dialect.name == "sqlite" else "ctid"
    place = literal_column(f"{table.name}.{name}")
    order = list(table.primary_key.columns)
    found = await tx.connection.execute(select(place).where(condition).order_by(*order))
    return [place == literal_column(f"'{one}'") for one in found.scalars()]


def _of(store: Store, guild_id: int) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [row for row in rows if row.get("guild_id") == guild_id]
        for name, rows in everything(store).items()
    }
