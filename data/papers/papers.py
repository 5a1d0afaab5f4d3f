"""The papers that meetings and projects are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import select, update

from data.papers.schema import papers
from data.repository import Repository

PaperId = NewType("PaperId", int)


class Paper(Struct, frozen=True):
    """A paper; ``key`` is its identifier, such as ``arxiv:2201.02177``.

    ``looked_up_at`` is None while the title is only what a person typed.
    """

    id: PaperId
    key: str
    url: str | None
    title: str
    authors: Sequence[str]
    year: int | None
    venue: str | None
    abstract: str | None
    pages: int | None
    looked_up_at: datetime | None
    created_at: datetime


class PaperDetails(TypedDict, total=False):
    """What a paper service says about a paper."""

    url: str | None
    title: str
    authors: Sequence[str]
    year: int | None
    venue: str | None
    abstract: str | None
    pages: int | None


class Papers(Repository):
    """The rows of papers, shared by all servers: they hold only what is published."""

    async def get(self, paper_id: int) -> Paper | None:
        """Return a paper."""
        return await self._first(Paper, lambda: select(papers).where(papers.c.id == paper_id))

    async def by_key(self, key: str) -> Paper | None:
        """Return the paper with an identifier."""
        return await self._first(Paper, lambda: select(papers).where(papers.c.key == key))

    async def add(self, *, key: str, url: str | None, title: str, now: datetime) -> Paper:
        """Return the paper with this identifier, added under ``title`` when it is new."""
        statement = self._upsert(papers).values(
            key=key, url=url, title=title, authors=(), created_at=now
        )
        await self._run(statement.on_conflict_do_nothing(index_elements=[papers.c.key]))
        found = await self.by_key(key)
        assert found is not None  # noqa: S101 - it was written in this transaction
        return found

    async def describe(
        self, paper_id: PaperId, now: datetime, **details: Unpack[PaperDetails]
    ) -> None:
        """Write down what was looked up."""
        await self._run(
            update(papers).where(papers.c.id == paper_id).values(looked_up_at=now, **details)
        )
