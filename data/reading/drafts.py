"""Drafts that somebody has yet to decide on: a reading list from a file, times for a poll.

Kept for a day, so that neither a restart nor a mistake in one line loses what was given.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import Table, delete, select, update

from bot.base.recurrence import Cadence
from data.reading.schema import list_drafts, poll_drafts
from data.repository import Repository
from data.server.groups import GroupId

ListDraftId = NewType("ListDraftId", int)
PollDraftId = NewType("PollDraftId", int)


class ListDraft(Struct, frozen=True):
    """A reading list as it was given (``source``), and the series that it would become."""

    id: ListDraftId
    guild_id: int
    group_id: GroupId
    title: str
    source: str
    starts_at: datetime
    timezone: str
    cadence: Cadence
    minutes: int
    created_by: int
    created_at: datetime


class PollDraft(Struct, frozen=True):
    """A poll whose times (``slots``, as typed or proposed) are not settled yet."""

    id: PollDraftId
    guild_id: int
    group_id: GroupId
    title: str
    slots: str
    minutes: int
    timezone: str
    closes_at: datetime | None
    created_by: int
    created_at: datetime


class ListDraftPatch(TypedDict, total=False):
    """The columns of a reading list's draft that can be set, each left as it is unless given."""

    title: str
    source: str
    starts_at: datetime
    timezone: str


class NewListDraft(TypedDict):
    """The columns that a reading list's draft begins with."""

    guild_id: int
    group_id: GroupId
    title: str
    source: str
    starts_at: datetime
    timezone: str
    cadence: Cadence
    minutes: int
    created_by: int
    created_at: datetime


class NewPollDraft(TypedDict):
    """The columns that a poll's draft begins with."""

    guild_id: int
    group_id: GroupId
    title: str
    slots: str
    minutes: int
    timezone: str
    closes_at: datetime | None
    created_by: int
    created_at: datetime


class Drafts(Repository):
    """The rows of drafts; each is for the one person who made it."""

    async def add_list(self, **values: Unpack[NewListDraft]) -> ListDraftId:
        """Keep a reading list, and return the draft's id."""
        return ListDraftId(await self._insert(list_drafts, **values))

    async def list(self, guild_id: int, user_id: int, draft_id: int) -> ListDraft | None:
        """Return somebody's own draft of a reading list in this server."""
        return await self._first(ListDraft, _own(list_drafts, guild_id, user_id, draft_id))

    async def edit_list(self, draft_id: ListDraftId, **values: Unpack[ListDraftPatch]) -> None:
        """Set the named columns."""
        await self._change(list_drafts, {"id": draft_id}, values)

    async def drop_list(self, draft_id: int) -> bool:
        """Forget a draft of a reading list; False when it was gone."""
        return bool(
            await self._run(lambda: delete(list_drafts).where(list_drafts.c.id == draft_id))
        )

    async def add_poll(self, **values: Unpack[NewPollDraft]) -> PollDraftId:
        """Keep a poll, and return the draft's id."""
        return PollDraftId(await self._insert(poll_drafts, **values))

    async def poll(self, guild_id: int, user_id: int, draft_id: int) -> PollDraft | None:
        """Return somebody's own draft of a poll in this server."""
        return await self._first(PollDraft, _own(poll_drafts, guild_id, user_id, draft_id))

    async def edit_poll(self, draft_id: PollDraftId, *, slots: str) -> None:
        """Replace the times of a draft."""
        await self._run(
            lambda: update(poll_drafts).where(poll_drafts.c.id == draft_id).values(slots=slots)
        )

    async def drop_poll(self, draft_id: int) -> bool:
        """Forget a draft of a poll; False when it was gone."""
        return bool(
            await self._run(lambda: delete(poll_drafts).where(poll_drafts.c.id == draft_id))
        )


def _own(table: Table, guild_id: int, user_id: int, draft_id: int) -> Any:
    return select(table).where(
        table.c.guild_id == guild_id, table.c.created_by == user_id, table.c.id == draft_id
    )
