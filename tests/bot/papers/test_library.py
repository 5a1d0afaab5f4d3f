"""What is learned of a paper is shown wherever the paper is, by whichever process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.base.clock import SteppedClock
from bot.base.shards import Shards
from bot.jobs.background import Background
from bot.jobs.scheduler import DeadlineScheduler
from bot.papers import Details, Lookup, LookupFailed, PaperIdentifier
from bot.papers.library import LOOK_UPS, Library
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.papers.papers import PaperId
from data.store import Store

HERE, THERE = 2 << 22, 3 << 22
"""A server of the first of two shards, and one of the second."""


class Archive(Lookup):
    """Services that know one paper."""

    def __init__(self) -> None:
        super().__init__(arxiv="", crossref="", openreview="", contact=None)

    async def details(self, paper: PaperIdentifier) -> Details | None:
        return Details("Grokking", ("Alethea Power",), 2022, None, None, 10, "https://arxiv.org/")


class SlowArchive(Archive):
    """Services that say nothing until they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.let = asyncio.Event()
        self.answers = False

    async def details(self, paper: PaperIdentifier) -> Details | None:
        self.asked.append(paper.key)
        await self.let.wait()
        if not self.answers:
            raise LookupFailed("Nothing was heard.")
        return await super().details(paper)


class Process:
    """A process's library, with the papers that it had shown again."""

    def __init__(
        self, address: str, clock: SteppedClock, shard: int, lookup: Lookup | None = None
    ) -> None:
        self.store = Store(address, Shards(2, (shard,)))
        self.shown: list[int] = []
        self.background = Background()
        self.deadlines = DeadlineScheduler(self.store, clock, self.background)
        self.library = Library(
            self.store,
            clock,
            lookup or Archive(),
            self.deadlines,
            self.background,
            self.shown.append,
        )


@pytest.fixture
async def first(database_url: str, clock: SteppedClock) -> AsyncIterator[Process]:
    process = Process(database_url, clock, 0)
    await process.store.open()
    yield process
    await process.store.close()


async def nominate(store: Store, guild_id: int, clock: SteppedClock) -> PaperId:
    """Add a group to a server, and nominate the paper in it."""
    async with store.transaction() as tx:
        group = await tx.groups.create(
            guild_id=guild_id,
            channel_id=guild_id + 1,
            name="Grokkers",
            focus="a paper",
            timezone=None,
            created_by=1,
            now=clock.now(),
        )
        paper = await tx.papers.add(
            key="arxiv:2201.02177", url=None, title="2201.02177", now=clock.now()
        )
        await tx.nominations.add(
            guild_id=guild_id,
            group_id=group.id,
            paper_id=paper.id,
            note=None,
            nominated_by=1,
            now=clock.now(),
        )
    return paper.id


async def waiting(store: Store, paper_id: PaperId) -> list[Deadline]:
    async with store.read() as tx:
        return await tx.deadlines.of(paper_id, DeadlineKind.PAPER_LOOK_UP)


async def test_servers_of_other_processes_show_a_paper_that_was_looked_up_here(
    first: Process, database_url: str, clock: SteppedClock
) -> None:
    paper_id = await nominate(first.store, HERE, clock)
    await nominate(first.store, THERE, clock)
    first.library.look_up(paper_id, HERE)
    await first.background.close(10)
    assert first.shown == [paper_id]
    (told,) = await waiting(first.store, paper_id)
    assert (told.guild_id, told.due_at) == (THERE, clock.now())

    second = Process(database_url, clock, 1)
    await second.store.open()
    assert await first.deadlines.run_due() == 0
    assert await second.deadlines.run_due() == 1
    assert second.shown == [paper_id]
    await second.store.close()


async def test_a_paper_of_this_process_s_servers_alone_tells_nobody_else(
    first: Process, clock: SteppedClock
) -> None:
    paper_id = await nominate(first.store, HERE, clock)
    first.library.look_up(paper_id, HERE)
    await first.background.close(10)
    clock.move_to(clock.now() + timedelta(days=1))
    assert first.shown == [paper_id]
    assert await waiting(first.store, paper_id) == []


@pytest.fixture
async def slow(
    database_url: str, clock: SteppedClock
) -> AsyncIterator[tuple[Process, SlowArchive]]:
    archive = SlowArchive()
    process = Process(database_url, clock, 0, archive)
    await process.store.open()
    yield process, archive
    archive.let.set()
    await process.background.close(10)
    await process.store.close()


async def papers(store: Store, count: int, clock: SteppedClock) -> list[PaperId]:
    async with store.transaction() as tx:
        return [
            (
                await tx.papers.add(
                    key=f"arxiv:2201.{number:05}", url=None, title="?", now=clock.now()
                )
            ).id
            for number in range(count)
        ]


async def until_asked(archive: SlowArchive, count: int) -> None:
    async with asyncio.timeout(20):
        while len(archive.asked) < count:  # noqa: ASYNC110 - looked for in the background
            await asyncio.sleep(0.01)


async def test_no_reminder_waits_for_papers_that_nobody_knows(
    slow: tuple[Process, SlowArchive], clock: SteppedClock
) -> None:
    process, _ = slow
    delivered: list[int] = []

    async def deliver(deadline: Deadline, late: timedelta) -> None:
        delivered.append(deadline.guild_id)

    process.deadlines.on("x", deliver)
    many = await papers(process.store, 60, clock)
    async with process.store.transaction() as tx:
        for paper_id in many:
            await tx.deadlines.put(
                DeadlineKind.PAPER_LOOK_UP, paper_id, clock.now(), guild_id=HERE, occurrence=1
            )
        for guild_id in (HERE, HERE + 1):
            await tx.deadlines.put("x", guild_id, clock.now(), guild_id=guild_id)
    async with asyncio.timeout(60):
        await process.deadlines.run_due()
    assert sorted(delivered) == [HERE, HERE + 1]


async def test_one_server_s_papers_leave_turns_to_others(
    slow: tuple[Process, SlowArchive], clock: SteppedClock
) -> None:
    process, archive = slow
    *many, other = await papers(process.store, LOOK_UPS + 5, clock)
    for paper_id in many:
        process.library.look_up(paper_id, HERE)
    await until_asked(archive, 1)
    process.library.look_up(other, HERE + 1)
    await until_asked(archive, 2)
    assert archive.asked[1] == f"arxiv:2201.{len(many):05}"


async def test_a_try_that_fails_has_the_next_one_planned_and_one_that_succeeds_has_not(
    slow: tuple[Process, SlowArchive], clock: SteppedClock
) -> None:
    process, archive = slow
    archive.let.set()
    (paper_id,) = await papers(process.store, 1, clock)
    process.library.look_up(paper_id, HERE)
    for wait, tries in ((timedelta(hours=1), 1), (timedelta(hours=6), 2)):
        await until_asked(archive, tries)
        async with asyncio.timeout(20):
            while await planned(process.store, paper_id) != clock.now() + wait:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        clock.move_to(clock.now() + wait)
        archive.answers = tries == 2
        assert await process.deadlines.run_due() == 1
    await process.background.close(10)
    assert process.shown == [paper_id]
    assert await planned(process.store, paper_id) is None


async def planned(store: Store, paper_id: PaperId) -> datetime | None:
    (due,) = [one.due_at for one in await waiting(store, paper_id) if one.is_waiting] or [None]
    return due
