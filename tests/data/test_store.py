"""The store: one writer, readers beside it, and nothing left half done."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, or_, select, text

from bot.base.clock import SteppedClock
from bot.base.errors import NotFound, StartupError
from bot.config import Settings
from data.schema import metadata
from data.store import Store, snapshot, transaction
from data.transaction import Transaction
from data.types import Flag
from tests.database import READ_ONLY, everything, opened

SERVER = 1
ROOT = Path(__file__).parents[2]


async def test_what_is_committed_is_there_after_reopening(
    settings: Settings, clock: SteppedClock
) -> None:
    first = Store(settings.database_url)
    await first.open()
    async with first.transaction() as tx:
        await tx.servers.save(SERVER, clock.now(), timezone="Europe/London")
    await first.close()

    second = Store(settings.database_url)
    await second.open()
    async with second.read() as tx:
        assert (await tx.servers.get(SERVER)).timezone == "Europe/London"
    await second.close()


FLAGS = [
    column
    for table in metadata.sorted_tables
    for column in table.c
    if isinstance(column.type, Flag)
]


@pytest.mark.parametrize("flag", FLAGS, ids=str)
async def test_a_condition_may_be_a_flag_alone(store: Store, flag: Column[bool]) -> None:
    async with store.read() as tx:
        for condition in (flag, ~flag, or_(flag, flag.is_(None))):
            (await tx.connection.execute(select(flag).where(condition))).all()


async def test_a_block_that_raises_leaves_nothing(store: Store, clock: SteppedClock) -> None:
    with pytest.raises(RuntimeError):
        async with store.transaction() as tx:
            await tx.notes.put("a", "half", clock.now())
            raise RuntimeError
    async with store.read() as tx:
        assert await tx.notes.get("a") is None


async def test_two_transactions_at_once_are_one_after_the_other(
    store: Store, clock: SteppedClock
) -> None:
    async def add_one() -> None:
        async with store.transaction() as tx:
            number = int(await tx.notes.get("count") or 0)
            await asyncio.sleep(0.001)
            await tx.notes.put("count", str(number + 1), clock.now())

    await asyncio.gather(*(add_one() for _ in range(50)))

    async with store.read() as tx:
        assert await tx.notes.get("count") == "50"


async def test_a_reader_does_not_wait_for_the_writer_and_sees_no_half_of_it(
    store: Store, clock: SteppedClock
) -> None:
    async with store.transaction() as writing:
        await writing.notes.put("a", "new", clock.now())
        async with store.read() as reading:
            assert await reading.notes.get("a") is None


async def test_reading_cannot_write(store: Store, clock: SteppedClock) -> None:
    with pytest.raises(READ_ONLY, match=r"read-?only"):
        async with store.read() as tx:
            await tx.notes.put("a", "b", clock.now())


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_a_cancelled_task_leaves_no_transaction_open(
    store: Store, clock: SteppedClock, turns: int
) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            await tx.notes.put("cancelled", "x", clock.now())
            await tx.notes.put("cancelled", "y", clock.now())
            await asyncio.sleep(60)

    task = asyncio.create_task(write())
    for _ in range(turns):
        await asyncio.sleep(0.0003)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(5), store.transaction() as tx:
        assert await tx.notes.get("cancelled") is None
        await tx.notes.put("after", "z", clock.now())


async def test_a_whole_transaction_commits_or_leaves_nothing(
    store: Store, clock: SteppedClock
) -> None:
    async def write(tx: Transaction) -> str:
        await tx.notes.put("a", "whole", clock.now())
        return "done"

    async def fail(tx: Transaction) -> None:
        await tx.notes.put("a", "half", clock.now())
        raise NotFound("It is gone.")

    assert await store.write(write) == "done"
    with pytest.raises(NotFound, match="It is gone"):
        await store.write(fail)
    assert await store.fetch(lambda tx: tx.notes.get("a")) == "whole"
    with pytest.raises(READ_ONLY, match=r"read-?only"):
        await store.fetch(lambda tx: tx.notes.put("a", "b", clock.now()))


async def test_a_method_that_is_a_transaction_is_called_without_it(
    store: Store, clock: SteppedClock
) -> None:
    class Counter:
        def __init__(self) -> None:
            self.store = store

        @transaction
        async def count(self, tx: Transaction, name: str, *, by: int = 1) -> int:
            number = int(await tx.notes.get(name) or 0) + by
            await tx.notes.put(name, str(number), clock.now())
            return number

        @snapshot
        async def of(self, tx: Transaction, name: str) -> str | None:
            return await tx.notes.get(name)

    counter = Counter()
    await asyncio.gather(*(counter.count("count", by=2) for _ in range(50)))
    assert await counter.of("count") == "100"


async def test_a_commit_tells_the_earliest_deadline_that_it_wrote(
    store: Store, clock: SteppedClock
) -> None:
    told: list[datetime] = []
    store.on_earlier_deadline = told.append
    now = clock.now()

    async def put(tx: Transaction) -> None:
        for hours in (3, 1, 2):
            await tx.deadlines.put("test", hours, now + timedelta(hours=hours), guild_id=SERVER)

    await store.write(put)
    await store.write(lambda tx: tx.notes.put("a", "b", now))
    assert told == [now + timedelta(hours=1)]


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_a_whole_transaction_whose_task_is_cancelled_stays_whole_or_leaves_nothing(
    store: Store, clock: SteppedClock, turns: int
) -> None:
    async def write(tx: Transaction) -> None:
        for number in range(20):
            await tx.notes.put(f"cancelled {number}", "x", clock.now())
            await tx.notes.get("anything")

    task = asyncio.create_task(store.write(write))
    for _ in range(turns):
        await asyncio.sleep(0.0001)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    async with asyncio.timeout(5):
        first, last = await store.write(
            lambda tx: _both(tx.notes.get("cancelled 0"), tx.notes.get("cancelled 19"))
        )
    assert first == last


async def _both(first: Awaitable[Any], second: Awaitable[Any]) -> tuple[Any, Any]:
    return await first, await second


@pytest.mark.sqlite("only there it runs in a thread, which can be held up")
async def test_a_transaction_whose_task_is_cancelled_stops_at_its_next_statement(
    store: Store, clock: SteppedClock
) -> None:
    written, cancelled = threading.Event(), threading.Event()

    async def write(tx: Transaction) -> None:
        await tx.notes.put("a", "x", clock.now())
        written.set()
        cancelled.wait(5)
        await tx.notes.put("b", "x", clock.now())
        raise AssertionError("the statement was not stopped")

    task = asyncio.create_task(store.write(write))
    await asyncio.to_thread(written.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    cancelled.set()
    assert await store.fetch(lambda tx: tx.notes.get("a")) is None
    await store.write(lambda tx: tx.notes.put("a", "after", clock.now()))


@pytest.mark.sqlite("only there it runs in a thread, which has no loop to wait with")
async def test_a_transaction_that_awaits_anything_else_is_refused(
    store: Store, clock: SteppedClock
) -> None:
    waiting = asyncio.get_running_loop().create_future()
    others: list[Callable[[], Awaitable[object]]] = [
        lambda: asyncio.sleep(0.01),
        lambda: waiting,
        lambda: asyncio.to_thread(int),
    ]
    for other in others:

        async def write(tx: Transaction, other: Callable[[], Awaitable[object]] = other) -> None:
            await tx.notes.put("a", "x", clock.now())
            await other()

        with pytest.raises(RuntimeError, match="awaits its own statements and nothing else"):
            await store.write(write)
        assert await store.fetch(lambda tx: tx.notes.get("a")) is None


async def test_a_transaction_within_another_is_refused(store: Store, clock: SteppedClock) -> None:
    async def begin(tx: Transaction) -> None:
        async with store.transaction():
            pass

    async def nest(tx: Transaction) -> None:
        await tx.notes.put("a", "x", clock.now())
        await store.write(lambda inner: inner.notes.put("b", "x", clock.now()))

    async def look(tx: Transaction) -> None:
        await store.fetch(lambda inner: inner.notes.get("a"))

    for work in (begin, nest, look):
        with pytest.raises(RuntimeError, match="neither another transaction"):
            await store.write(work)
    assert await store.fetch(lambda tx: tx.notes.get("a")) is None


async def test_a_transaction_sees_the_context_of_who_asked(store: Store) -> None:
    asked = ContextVar[str]("asked")
    asked.set("by alice")

    async def look(tx: Transaction) -> str:
        await tx.notes.get("a")
        return asked.get()

    assert await store.fetch(look) == "by alice"


async def test_many_rows_let_others_have_their_turn(store: Store, clock: SteppedClock) -> None:
    async def write(tx: Transaction) -> int:
        for number in range(250):
            await tx.servers.joined([number + 1], clock.now())
        return len(await tx.servers.known())

    assert await store.write(write) == 250


async def test_two_stores_on_one_file_wait_for_each_other(
    settings: Settings, store: Store, clock: SteppedClock
) -> None:
    other = Store(settings.database_url)
    await other.open()

    async def write(where: Store, name: str) -> None:
        for _ in range(20):
            async with where.transaction() as tx:
                await tx.notes.put(name, name, clock.now())

    await asyncio.gather(write(store, "one"), write(other, "two"))
    async with other.read() as tx:
        assert (await tx.notes.get("one"), await tx.notes.get("two")) == ("one", "two")
    await other.close()


@pytest.mark.sqlite("a copy is made of a file; PostgreSQL has pg_dump")
async def test_a_backup_made_while_writing_is_whole(
    store: Store, clock: SteppedClock, tmp_path: Path
) -> None:
    async with store.transaction() as tx:
        await tx.notes.put("kept", "yes", clock.now())

    async def keep_writing() -> None:
        for number in range(100):
            async with store.transaction() as tx:
                await tx.notes.put("count", str(number), clock.now())

    target = tmp_path / "copy.db"
    await asyncio.gather(keep_writing(), store.backup(target))

    restored = Store(f"sqlite+aiosqlite:///{target}")
    await restored.open()
    async with restored.read() as tx:
        assert await tx.notes.get("kept") == "yes"
    await restored.close()


async def test_a_store_in_memory_works_like_one_in_a_file(clock: SteppedClock) -> None:
    store = Store("sqlite+aiosqlite:///:memory:")
    await store.open()
    async with store.transaction() as tx:
        await tx.notes.put("a", "b", clock.now())
    async with store.read() as tx:
        assert await tx.notes.get("a") == "b"
    await store.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "not a database address"),
        ("oracle+aiosqlite:///x", "not a database address"),
        ("sqlite+aiosqlite:////nowhere/at/all/cohort.db", "does not exist"),
    ],
)
async def test_an_address_that_cannot_be_is_named(url: str, said: str) -> None:
    with pytest.raises(StartupError, match=said):
        await Store(url).open()


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"
    path.write_bytes(b"this is not a database, by any means" * 50)
    with pytest.raises(StartupError, match=r"cohort\.db is damaged or not a database"):
        await Store(f"sqlite+aiosqlite:///{path}").open()


async def test_a_database_from_the_future_is_left_alone(settings: Settings) -> None:
    store = Store(settings.database_url)
    await store.open()
    await store.close()
    with opened(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = everything(store)
    content = store.path.read_bytes() if store.path else None

    with pytest.raises(StartupError, match="newer than this Cohort"):
        await Store(settings.database_url).open()
    assert everything(store) == before
    assert content == (store.path.read_bytes() if store.path else None)


HOLDER = """
import sys
from pathlib import Path
from data.sqlite import Lock
Lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_on_one_file_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"

    async def run(*, alone: bool) -> None:
        store = Store(f"sqlite+aiosqlite:///{path}")
        await store.open(alone=alone)
        async with store.read() as tx:
            await tx.notes.get("a")
        await store.close()

    asyncio.run(run(alone=True))
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StartupError, match=rf"another Cohort \(process {other.pid}\)"):
            asyncio.run(run(alone=True))
        asyncio.run(run(alone=False))  # an export beside the running bot
        other.kill()
    asyncio.run(run(alone=True))


def test_a_database_is_not_upgraded_beside_a_running_bot(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StartupError, match="in use by another Cohort"):
            asyncio.run(Store(f"sqlite+aiosqlite:///{path}").open())
        other.kill()
