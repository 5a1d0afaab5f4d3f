"""What is learned of a paper is shown wherever the paper is, by whichever process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.base.clock import SteppedClock
from bot.base.shards import Shards
from bot.jobs.background import Background
from bot.jobs.scheduler import DeadlineScheduler
from bot.papers import Details, Lookup, PaperIdentifier
from bot.papers.library import Library
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


class Process:
    """A process's library, with the papers that it had shown again."""

    def __init__(self, address: str, clock: SteppedClock, shard: int) -> None:
        self.store = Store(address, Shards(2, (shard,)))
        self.shown: list[int] = []
        self.background = Background()
        self.deadlines = DeadlineScheduler(self.store, clock, self.background)
        self.library = Library(
            self.store, clock, Archive(), self.deadlines, self.background, self.shown.append
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
