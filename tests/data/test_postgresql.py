"""What PostgreSQL does that a file cannot: it goes away, comes back, and belongs to one Cohort."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from bot.base.clock import SteppedClock
from bot.base.errors import StartupError, StoreUnavailable
from data import postgresql as ours
from data.store import Store
from tests import postgresql
from tests.database import rows


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
    monkeypatch.setattr(ours, "TAKING_OVER", 0.5)
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
    monkeypatch.setattr(ours, "TAKING_OVER", 10)

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


async def test_a_second_cohort_is_refused_and_a_look_beside_it_is_not(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "TAKING_OVER", 0.5)
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
    monkeypatch.setattr(ours, "driver", None)
    with pytest.raises(StartupError, match=r"pip install \"cohort-bot\[postgresql\]\""):
        await Store("postgresql+asyncpg://cohort@db/cohort").open()
