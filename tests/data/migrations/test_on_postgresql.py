"""Migrating a database of PostgreSQL: all is kept, and it ends as a new one begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select
from sqlalchemy.dialects import registry
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from data import migrations
from data.schema import metadata
from data.store import Store
from tests.data.migrations.test_migrations import REVISIONS, kept
from tests.database import everything, rows
from tests.postgresql import Databases
from tests.rows import fill

MADE = (
    "SELECT table_name, column_name, data_type, is_nullable, collation_name,"
    " column_default IS NULL FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
)
"""What says how the tables are made, but for the order of their columns."""


@pytest.fixture
def databases(postgresql_folder: str) -> Iterator[Databases]:
    databases = Databases(postgresql_folder, "migrations")
    yield databases
    databases.drop(databases.template)


@pytest.fixture
def address(databases: Databases) -> Iterator[str]:
    """An empty database."""
    name = databases.make()
    yield databases.address(name)
    databases.drop(name)


async def upgrade_to(address: str, revision: str) -> None:
    """Make a database as the version of that revision left it."""

    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(migrations.FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    registry.register("postgresql.cohort", "data.postgresql.dialect", "MigratingDialect")
    engine = create_async_engine(make_url(address).set(drivername="postgresql+cohort"))
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


async def started(address: str) -> None:
    """Open a database as a start does, and read every value in it."""
    store = Store(address)
    await store.open(alone=True)
    async with store.read() as tx:
        for table in metadata.sorted_tables:
            (await tx.connection.execute(select(table))).all()
    await store.close()


@pytest.mark.parametrize("revision", [REVISIONS[0], REVISIONS[len(REVISIONS) // 2], REVISIONS[-2]])
async def test_an_older_database_with_rows_in_every_table_is_upgraded_and_all_is_kept(
    address: str, revision: str
) -> None:
    await upgrade_to(address, revision)
    fill(address, 11, 12)
    before = everything(address)
    assert all(before.values())
    await started(address)
    after = everything(address)
    assert kept(before, after)
    assert {row["guild_id"] for row in after["servers"]} == {11, 12}
    assert rows(address, "SELECT version_num FROM alembic_version") == [(migrations.HEAD,)]


async def test_a_migrated_database_is_what_a_new_one_is(databases: Databases, address: str) -> None:
    await upgrade_to(address, migrations.HEAD)
    new = databases.make()
    await started(databases.address(new))
    for sql in MADE:
        assert sorted(rows(address, sql)) == sorted(rows(databases.address(new), sql))
    databases.drop(new)
