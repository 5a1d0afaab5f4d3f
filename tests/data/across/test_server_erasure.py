"""A whole server erased: nothing of it stays in any table, and nothing else goes."""

from __future__ import annotations

from sqlalchemy import select, update

from data.across.row_keys import PART
from data.across.server_erasure import shared_tables, tables_of_a_server
from data.across.server_export import owned_by
from data.reading.schema import meetings
from data.schema import metadata
from data.store import Store
from data.transaction import Transaction
from tests.database import broken, everything
from tests.rows import fill

OURS, THEIRS = 100_001, 100_002

OF_NO_SERVER = {"notes"}
"""What belongs to the process itself. Another table needs a way to its server, or a place here."""


def test_every_table_belongs_to_a_server_or_to_those_that_use_it() -> None:
    shared = {table.name for table in shared_tables()}
    unowned = {table.name for table in metadata.sorted_tables if owned_by(table, OURS) is None}
    assert unowned == shared | OF_NO_SERVER
    assert shared == {"papers"}


def test_what_refers_to_a_row_is_found_without_reading_a_whole_table() -> None:
    """Deleting a row looks for what refers to it; the databases make no index for that."""
    slow: list[str] = []
    for table in metadata.sorted_tables:
        whole = [one for one in table.indexes if one.dialect_options["sqlite"]["where"] is None]
        led = {next(iter(one.columns)) for one in (*whole, table.primary_key)}
        slow += [str(key.parent) for key in table.foreign_keys if key.parent not in led]
    assert slow == [], "these need an index that begins with them"


async def test_erasing_a_server_leaves_no_row_of_it_and_all_of_the_others(
    store: Store,
) -> None:
    fill(store, THEIRS)
    theirs = everything(store)
    fill(store, OURS)
    assert all(len(rows) > len(theirs[name]) for name, rows in everything(store).items())

    await erase(store, OURS)

    after = everything(store)
    notes = {name: rows for name, rows in after.items() if name in OF_NO_SERVER}
    assert {name: rows for name, rows in after.items() if name not in notes} == {
        name: rows for name, rows in theirs.items() if name not in notes
    }
    assert broken(store) == []


async def test_what_two_servers_use_stays_while_one_of_them_does(store: Store) -> None:
    fill(store, OURS, THEIRS)
    async with store.transaction() as tx:
        (shared,) = await _papers(tx, THEIRS)
        await tx.connection.execute(
            update(meetings).where(meetings.c.guild_id == OURS).values(paper_id=shared)
        )
    await erase(store, THEIRS)
    assert shared in {row["id"] for row in everything(store)["papers"]}


async def erase(store: Store, guild_id: int) -> None:
    for table in tables_of_a_server():
        erased = PART
        while erased >= PART:
            async with store.transaction() as tx:
                erased = await tx.server_erasure.erase_part(guild_id, table)
    async with store.transaction() as tx:
        await tx.server_erasure.erase_last(guild_id)


async def _papers(tx: Transaction, guild_id: int) -> list[int]:
    found = await tx.connection.execute(
        select(meetings.c.paper_id).where(meetings.c.guild_id == guild_id).limit(1)
    )
    return found.scalars()
