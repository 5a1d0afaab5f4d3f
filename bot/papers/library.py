"""Looks papers up in the background, so that nobody waits for another service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.base.clock import Clock
from bot.jobs.background import Background
from bot.jobs.scheduler import DeadlineScheduler
from bot.jobs.turns import Turns
from bot.papers import Lookup, LookupFailed, PaperIdentifier, Source, find
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.papers.papers import Paper, PaperId
from data.store import Store
from data.transaction import Transaction

log = structlog.stdlib.get_logger(__name__)


READING = "2"
"""Which way of reading addresses the papers were kept by; another number when it changes."""

_READ = "papers.reading"

AT_A_TIME = 100
"""How many papers are read before everybody else has a turn."""

LOOK_UPS = 8
"""How many papers are looked up at a time, one of each server."""

AGAIN = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))
"""How long after the first, second, … failed look-up the next one is tried."""


class Library:
    """What is known of papers; the title that a person typed is kept until more is known."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        lookup: Lookup,
        deadlines: DeadlineScheduler,
        background: Background,
        described: Callable[[int], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._lookup = lookup
        self._background = background
        self._described = described
        self._turns = Turns(LOOK_UPS)
        deadlines.on(DeadlineKind.PAPER_LOOK_UP, self._again)

    async def rekey(self) -> None:
        """Give papers that were kept under another identifier the one that they have today.

        Once for each way of reading addresses: boards on one paper are then found together,
        whenever they were proposed.
        """
        async with self._store.read() as tx:
            if await tx.notes.get(_READ) == READING:
                return
            kept = await tx.paper_keys.of_sources(Source.URL, Source.DOI)
        changed: list[tuple[Paper, str]] = []
        for count, paper in enumerate(kept):
            address = paper.url if paper.key.startswith(f"{Source.URL}:") else paper.key
            found = find(address or paper.key.partition(":")[2])
            if found is not None and found.key != paper.key:
                changed.append((paper, found.key))
            if count % AT_A_TIME == 0:
                await asyncio.sleep(0)
        async with self._store.transaction() as tx:
            for paper, key in changed:
                await tx.paper_keys.change(paper, key)
            await tx.notes.put(_READ, READING, self._clock.now())
        if changed:
            log.info("papers have other identifiers", count=len(changed))

    def look_up(self, paper_id: int, guild_id: int) -> None:
        """Look a paper up soon; ``described`` is called when something was learned.

        A look-up that fails is tried again later, on behalf of ``guild_id``.
        """
        self._background.spawn(
            self._look_up(paper_id, guild_id, attempt=0), f"look up paper {paper_id}"
        )

    async def close(self) -> None:
        """Close the services."""
        await self._lookup.close()

    async def _again(self, deadline: Deadline, late: timedelta) -> None:
        """Plan the next try, and look up once more, which no reminder waits for."""
        paper_id, guild_id, attempt = (
            deadline.subject_id,
            deadline.guild_id,
            deadline.occurrence,
        )
        paper = await self._store.fetch(lambda tx: tx.papers.get(paper_id))
        if paper is not None and paper.looked_up_at is not None:  # another process did
            self._described(paper.id)
            return
        # Before the request and not after it: a process that dies in between has the next try in
        # its table.
        await self._try_later(paper_id, guild_id, attempt)
        # The deadline is done with this: a stranger's slow server must not hold up a server's
        # reminders, which are delivered in order.
        self._background.spawn(
            self._look_up(paper_id, guild_id, attempt=attempt), f"look up paper {paper_id} again"
        )

    async def _look_up(self, paper_id: int, guild_id: int, *, attempt: int) -> None:
        paper = await self._store.fetch(lambda tx: tx.papers.get(paper_id))
        if paper is None or paper.looked_up_at is not None:
            return
        try:
            identifier = PaperIdentifier.from_key(paper.key)
        except ValueError:
            return  # a bare title: there is nowhere to look
        if identifier.source is Source.URL:
            if paper.title != identifier.label:
                return  # whoever gave the link gave its title too
            identifier = replace(identifier, address=paper.url)
        try:
            async with self._turns.of(guild_id):
                details = await self._lookup.details(identifier)
        except LookupFailed as error:
            log.info("a paper could not be looked up", paper=paper.key, reason=error.sentence)
            if attempt == 0:
                await self._try_later(paper_id, guild_id, attempt)
            return
        if details is None:
            if attempt:
                await self._store.write(lambda tx: _stop_trying(tx, paper_id))
            return
        now = self._clock.now()

        async def describe(tx: Transaction) -> None:
            await _stop_trying(tx, paper_id)
            await tx.papers.describe(
                PaperId(paper_id),
                now,
                title=details.title,
                authors=details.authors,
                year=details.year,
                venue=details.venue,
                abstract=details.abstract,
                pages=details.pages,
                url=details.url,
            )
            if not self._store.shards.is_all:
                await self._tell_others(tx, paper_id, now)

        await self._store.write(describe)
        self._described(paper_id)

    async def _tell_others(self, tx: Transaction, paper_id: int, now: datetime) -> None:
        """Make other processes show what was learned, by a look-up that is due now."""
        for guild_id in await tx.paper_keys.servers_with(paper_id):
            if not self._store.shards.has(guild_id):
                await tx.deadlines.put(
                    DeadlineKind.PAPER_LOOK_UP, paper_id, now, guild_id=guild_id, offset=guild_id
                )

    async def _try_later(self, paper_id: int, guild_id: int, attempt: int) -> None:
        if attempt >= len(AGAIN):
            return
        await self._store.write(
            lambda tx: tx.deadlines.put(
                DeadlineKind.PAPER_LOOK_UP,
                paper_id,
                self._clock.now() + AGAIN[attempt],
                guild_id=guild_id,
                occurrence=attempt + 1,
            )
        )


async def _stop_trying(tx: Transaction, paper_id: int) -> None:
    """Cancel the next try; that other processes show the paper is another of these deadlines."""
    await tx.deadlines.cancel(paper_id, DeadlineKind.PAPER_LOOK_UP, offset=0)
