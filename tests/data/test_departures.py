"""A whole server erased: nothing of it stays in any table, and nothing else goes."""

from __future__ import annotations

from pathlib import Path

from data.across.export import owned_by
from data.across.server_erasure import shared_tables
from data.schema import metadata
from data.store import Store
from tests.rows import broken, everything, fill

OURS, THEIRS = 100_001, 100_002

OF_NO_SERVER = {"notes"}
"""What belongs to the process itself. Another table needs a way to its server, or a place here."""


def test_every_table_belongs_to_a_server_or_to_those_that_use_it() -> None:
    shared = {table.name for table in shared_tables()}
    unowned = {table.name for table in metadata.sorted_tables if owned_by(table, OURS) is None}
    assert unowned == shared | OF_NO_SERVER
    assert shared == {"papers"}


async def test_erasing_a_server_leaves_no_row_of_it_and_all_of_the_others(
    store: Store,
) -> None:
    path = store.path
    assert isinstance(path, Path)
    fill(path, THEIRS)
    theirs = everything(path)
    fill(path, OURS)
    assert all(len(rows) > len(theirs[name]) for name, rows in everything(path).items())

    async with store.transaction() as tx:
        erased = await tx.server_erasure.erase(OURS)

    after = everything(path)
    notes = {name: rows for name, rows in after.items() if name in OF_NO_SERVER}
    assert {name: rows for name, rows in after.items() if name not in notes} == {
        name: rows for name, rows in theirs.items() if name not in notes
    }
    assert broken(path) == []
    assert erased > len(after)


async def test_what_two_servers_use_stays_while_one_of_them_does(store: Store) -> None:
    path = store.path
    assert isinstance(path, Path)
    fill(path, OURS, THEIRS)
    async with store.transaction() as tx:
        (shared,) = await _papers(tx, THEIRS)
        await tx.connection.exec_driver_sql(
            "UPDATE meetings SET paper_id = ? WHERE guild_id = ?", (shared, OURS)
        )
        await tx.server_erasure.erase(THEIRS)
    assert shared in {row["id"] for row in everything(path)["papers"]}


async def _papers(tx, guild_id: int) -> list[int]:  # type: ignore[no-untyped-def]
    found = await tx.connection.exec_driver_sql(
        "SELECT paper_id FROM meetings WHERE guild_id = ? LIMIT 1", (guild_id,)
    )
    return [row[0] for row in found]
