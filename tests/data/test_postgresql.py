"""What PostgreSQL does that a file cannot: it goes away, comes back, and belongs to one Cohort."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from bot.base.clock import SteppedClock
from bot.base.errors import StartupError, StoreUnavailable
from bot.base.shards import Shards
from data.postgresql import connection, database
from data.store import Store
from tests import postgresql
from tests.database import opened, rows

GUILD_HERE, GUILD_THERE = 2 << 22, 3 << 22
"""A server of the first of two shards, and one of the second."""

TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Server]:
    """A server that may be stopped."""
    if (server := postgresql.start(durable=True)) is None:
        pytest.skip(postgresql.MISSING)
    yield server
    server.remove()


@pytest.fixture
def address(server: postgresql.Server) -> Iterator[str]:
    databases = postgresql.Databases(str(server.folder), "away")
    yield databases.address(databases.template)
    databases.drop(databases.template)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_what_is_done_while_the_server_is_away_is_refused_and_works_again_afterwards(
    server: postgresql.Server,
    address: str,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
) -> None:
    store = Store(address)
    await store.open(alone=True)
    async with store.transaction() as tx:
        await tx.notes.put("a", "before", clock.now())
    async with store.read() as tx:
        assert await tx.notes.get("a") == "before"

    with pytest.raises(StoreUnavailable, match="cannot reach my database"):
        async with store.transaction() as tx:
            await tx.notes.put("a", "half", clock.now())
            await asyncio.to_thread(server.stop, mode)
            await tx.notes.put("b", "half", clock.now())
    with pytest.raises(StoreUnavailable, match="nothing was changed"):
        async with store.transaction() as tx:
            await tx.notes.put("a", "away", clock.now())
    with pytest.raises(StoreUnavailable, match="cannot reach my database"):
        async with store.read() as tx:
            await tx.notes.get("a")

    await asyncio.to_thread(server.start)
    async with store.read() as tx:
        assert await tx.notes.get("a") == "before"
        assert await tx.notes.get("b") is None
    async with store.transaction() as tx:
        await tx.notes.put("a", "after", clock.now())
    # The right to be the only one was lost with the connection, and is had again.
    monkeypatch.setattr(database, "HANDING_OVER", 0.5)
    with pytest.raises(StartupError, match="in use by another Cohort"):
        await Store(address).open(alone=True)
    await store.close()


@pytest.mark.parametrize("committed", [True, False])
async def test_a_connection_lost_while_committing_tells_what_became_of_it(
    address: str, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    store = Store(address)
    await store.open(alone=True)
    execute, lost = asyncpg.Connection.execute, False

    async def losing(self: Any, query: str, *args: Any, **options: Any) -> Any:
        nonlocal lost
        if query != "COMMIT" or lost:
            return await execute(self, query, *args, **options)
        lost = True
        if committed:
            await execute(self, query, *args, **options)
        self.terminate()
        raise ConnectionResetError

    monkeypatch.setattr(asyncpg.Connection, "execute", losing)
    monkeypatch.setattr(connection, "TAKING_OVER", 10)

    async def write() -> None:
        async with store.transaction() as tx:
            await tx.notes.put("a", "b", clock.now())

    if committed:
        await write()
    else:
        with pytest.raises(StoreUnavailable, match="nothing was changed"):
            await write()
    assert lost
    assert len(rows(store, "SELECT * FROM notes WHERE name = 'a'")) == int(committed)
    await store.close()


@pytest.mark.parametrize(
    ("transaction", "said"),
    [
        # What a crashed server had not written down is gone, and its number is given again.
        ("future", "nothing was changed"),
        ("another's", "whether"),
    ],
)
async def test_a_server_that_crashed_while_committing_is_not_believed_about_anothers_transaction(
    server: postgresql.Server,
    address: str,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    transaction: str,
    said: str,
) -> None:
    store = Store(address)
    await store.open(alone=True)
    execute = asyncpg.Connection.execute

    async def crashing(self: Any, query: str, *args: Any, **options: Any) -> Any:
        if query != "COMMIT" or self.is_closed():
            return await execute(self, query, *args, **options)
        monkeypatch.setattr(asyncpg.Connection, "execute", execute)
        if transaction == "future":
            store._database._writer._transaction = str(10**9)  # type: ignore[union-attr]
        else:
            await execute(self, query)
        server.stop("immediate")
        server.start()
        raise ConnectionResetError

    monkeypatch.setattr(asyncpg.Connection, "execute", crashing)
    with pytest.raises(StoreUnavailable, match=said):
        async with store.transaction() as tx:
            await tx.notes.put("a", "b", clock.now())
    await store.close()


async def test_a_second_cohort_is_refused_and_a_look_beside_it_is_not(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "HANDING_OVER", 0.5)
    first, second = Store(address), Store(address)
    await first.open(alone=True)
    with pytest.raises(StartupError, match=r"in use by another Cohort \(cohort, process \d+ on "):
        await second.open(alone=True)
    await second.open()
    async with second.read() as tx:
        assert await tx.notes.get("a") is None
    await second.close()
    await first.close()
    await second.open(alone=True)
    await second.close()


async def test_each_shard_has_one_process_and_the_next_waits_for_it_to_end(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, rest = Store(address, Shards(4, (0, 1))), Store(address, Shards(4, (2, 3)))
    await asyncio.gather(first.open(alone=True), rest.open(alone=True))

    monkeypatch.setattr(database, "HANDING_OVER", 0.5)
    overlapping = Store(address, Shards(4, (1, 2)))
    with pytest.raises(
        StartupError, match=r"\(cohort, process \d+ on .*, which has one of .* 1-2 of"
    ):
        await overlapping.open(alone=True)
    otherwise = Store(address, Shards(8, (4, 5)))
    with pytest.raises(StartupError, match=r"with COHORT_SHARDS=4, and this one has 8.* lost"):
        await otherwise.open(alone=True)
    with pytest.raises(StartupError, match="with COHORT_SHARDS=4, and this one has 1"):
        await Store(address).open(alone=True)

    monkeypatch.setattr(database, "HANDING_OVER", 60)
    successor = asyncio.create_task(overlapping.open(alone=True))
    await first.close()
    await rest.close()
    await successor
    await overlapping.close()
    await otherwise.open(alone=True)  # all were stopped, so the number can be another
    await otherwise.close()


async def test_the_tables_are_not_changed_while_a_process_runs_on_them(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, newer = Store(address, Shards(2, (0,))), Store(address, Shards(2, (1,)))
    await running.open(alone=True)
    monkeypatch.setattr(database, "HANDING_OVER", 0.5)
    with opened(address) as beside:
        beside.execute(text("UPDATE alembic_version SET version_num = '0019'"))
    with pytest.raises(StartupError, match="has to change its tables"):
        await newer.open(alone=True)
    await running.close()


async def test_a_process_that_lost_its_shards_writes_nothing_until_it_has_them_again(
    address: str, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TAKING_OVER", 0.3)
    store, other = Store(address, Shards(2, (0,))), Store(address, Shards(2, (0,)))
    await store.open(alone=True)
    with opened(address) as beside:
        beside.execute(text(TERMINATE))
    await other.open(alone=True)
    with pytest.raises(StoreUnavailable, match="Another Cohort has taken over"):
        async with store.transaction() as tx:
            await tx.deadlines.take(clock.now(), 1, store.shards)
    await other.close()
    async with store.transaction() as tx:
        assert await tx.deadlines.take(clock.now(), 1, store.shards) == []
    await store.close()


async def test_a_process_that_stands_still_keeps_the_others_waiting_no_longer(
    address: str, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "STANDSTILL_MS", 300)
    still, other = Store(address, Shards(2, (0,))), Store(address, Shards(2, (1,)))
    await still.open(alone=True)
    await other.open(alone=True)
    with pytest.raises(StoreUnavailable, match="nothing was changed"):
        async with still.transaction() as tx:
            await tx.notes.put("a", "half", clock.now())
            assert await tx.notes.get("a") == "half"
            async with other.transaction() as beside:
                await beside.notes.put("b", "whole", clock.now())
            await tx.notes.get("a")
    async with still.transaction() as tx:
        assert (await tx.notes.get("a"), await tx.notes.get("b")) == (None, "whole")
    await still.close()
    await other.close()


async def test_each_process_is_woken_for_its_own_servers_and_claims_there_alone(
    address: str, clock: SteppedClock
) -> None:
    here, there = Store(address, Shards(2, (0,))), Store(address, Shards(2, (1,)))
    await here.open(alone=True)
    await there.open(alone=True)
    rung, woken = asyncio.Queue[datetime](), asyncio.Queue[datetime]()
    here.on_earlier_deadline, there.on_earlier_deadline = rung.put_nowait, woken.put_nowait
    now, soon = clock.now(), clock.now() + timedelta(seconds=1)

    async def put(guild_id: int, at: datetime) -> None:
        async with here.transaction() as tx:
            await tx.deadlines.put("kind", guild_id, at, guild_id=guild_id)

    await put(GUILD_THERE, now)
    assert await asyncio.wait_for(woken.get(), 10) == now
    await put(GUILD_HERE, soon)
    assert rung.get_nowait() == soon
    with pytest.raises(ZeroDivisionError):
        async with here.transaction() as tx:
            await tx.deadlines.put("kind", 1, now, guild_id=GUILD_THERE)
            _ = 1 / 0
    assert (rung.qsize(), woken.qsize()) == (0, 0)

    for store, guild_id, due in ((here, GUILD_HERE, soon), (there, GUILD_THERE, now)):
        async with store.transaction() as tx:
            assert await tx.deadlines.next_due(store.shards) == due
            (claimed,) = await tx.deadlines.take(soon, 10, store.shards)
            assert claimed.guild_id == guild_id
    async with here.transaction() as tx:
        assert await tx.deadlines.put_back(here.shards) == 1
        assert [one.guild_id for one in await tx.deadlines.take(soon, 10)] == [GUILD_HERE]

    # Another connection, after the first was lost, hears of what comes as well.
    with opened(address) as beside:
        beside.execute(text(TERMINATE))
    assert await asyncio.wait_for(woken.get(), 10) < now, "it looks what it did not hear of"
    async with there.transaction() as tx:
        await tx.notes.get("a")
    await put(GUILD_THERE, soon)
    assert await asyncio.wait_for(woken.get(), 10) == soon
    await here.close()
    await there.close()


async def test_discords_turns_to_identify_are_one_processs_at_a_time(address: str) -> None:
    here, there = Store(address, Shards(2, (0,))), Store(address, Shards(2, (1,)))
    await here.open(alone=True)
    await there.open(alone=True)
    async with here.identifying(0):
        async with asyncio.timeout(10), there.identifying(1):
            pass
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), there.identifying(0):
                pass
    async with asyncio.timeout(10), there.identifying(0):
        # Who identifies does not keep anybody from starting.
        await here.close()
        await here.open(alone=True)
    await here.close()
    await there.close()


async def test_two_first_starts_at_once_make_the_tables_once(address: str) -> None:
    stores = [Store(address) for _ in range(3)]
    await asyncio.gather(*(store.open() for store in stores))
    for store in stores:
        await store.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("postgresql+asyncpg://nobody@/{name}?host={folder}", "does not accept this user"),
        ("postgresql+asyncpg://cohort@/nothing?host={folder}", "does not exist"),
        ("postgresql+asyncpg://cohort:secret@127.0.0.1:1/cohort", "cannot be reached"),
    ],
)
async def test_why_it_cannot_be_used_is_said_without_the_password(
    server: postgresql.Server, wrong: str, said: str
) -> None:
    url = wrong.format(folder=server.folder, name="postgres")
    with pytest.raises(StartupError, match=said) as raised:
        await Store(url).open()
    assert "secret" not in raised.value.sentence


async def test_without_its_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "driver", None)
    with pytest.raises(StartupError, match=r"pip install \"cohort-bot\[postgresql\]\""):
        await Store("postgresql+asyncpg://cohort@db/cohort").open()
