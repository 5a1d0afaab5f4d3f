"""What the doctor says of several processes on one database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.base.clock import SystemClock
from bot.base.shards import Shards
from bot.config import Settings
from bot.jobs.background import Background
from bot.jobs.scheduler import DeadlineScheduler, heartbeats
from bot.ops import doctor
from data.store import Store
from tests.postgresql import Databases


@pytest.fixture
def address(postgresql_folder: str) -> Iterator[str]:
    databases = Databases(postgresql_folder, "doctor")
    yield databases.address(databases.template)
    databases.drop(databases.template)


def settings(address: str, *shard_ids: int) -> Settings:
    return Settings(database_url=address, shards=4, shard_ids=shard_ids)


async def told(settings: Settings) -> dict[str, str]:
    found = await doctor.examine(settings)
    return {one.what: str(one) for one in found}


async def test_each_process_is_alive_by_itself_and_shards_without_one_are_named(
    address: str,
) -> None:
    first = Store(address, Shards(4, (0, 1)))
    await first.open(alone=True)
    scheduler = DeadlineScheduler(first, SystemClock(), Background())
    await scheduler.start()

    (database, process) = await doctor.alive(settings(address, 0, 1))
    assert database.well
    assert process == doctor.RUNS
    assert doctor.NEVER_RAN in await doctor.alive(settings(address, 2, 3))
    said = (await told(settings(address, 0, 1)))[doctor.OTHERS]
    assert said.startswith("!!  other processes: no process has shards 2-3 of 4")

    long_ago = datetime.now(UTC) - timedelta(hours=1)
    names = heartbeats(Shards(4, (2, 3)))
    async with first.transaction() as tx:
        await tx.notes.put(names[2], "", datetime.now(UTC))
        await tx.notes.put(names[3], "", long_ago)
    (process,) = [
        one for one in await doctor.alive(settings(address, 2, 3)) if one.what == "process"
    ]
    assert (process.well, process.sentence) == (False, "no sign of life of shards 3 of 4")
    async with first.transaction() as tx:
        await tx.notes.put(names[3], "", datetime.now(UTC))
    assert (await told(settings(address, 0, 1)))[doctor.OTHERS].startswith("ok ")
    await scheduler.stop(1)
    await first.close()
