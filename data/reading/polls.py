"""Times that a group chooses from, and whom they suit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NewType, TypedDict, Unpack

from msgspec import Struct
from sqlalchemy import delete, insert, select

from data.delivery.schema import cards
from data.reading.meetings import MeetingId
from data.reading.schema import fits, polls, slots
from data.repository import Repository
from data.server.groups import GroupId
from data.states import CardKind, Fit

PollId = NewType("PollId", int)


class Poll(Struct, frozen=True):
    """A question when to meet; ``meeting_id`` once its best time was scheduled."""

    id: PollId
    guild_id: int
    group_id: GroupId
    title: str
    minutes: int
    timezone: str
    created_by: int
    created_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    meeting_id: MeetingId | None


class Slot(Struct, frozen=True):
    """One of the times of a poll, numbered from 1."""

    poll_id: PollId
    number: int
    starts_at: datetime


class SlotFit(Struct, frozen=True):
    """How a time suits somebody."""

    poll_id: PollId
    number: int
    user_id: int
    fit: Fit


class NewPoll(TypedDict):
    """The columns that a poll begins with."""

    guild_id: int
    group_id: GroupId
    title: str
    minutes: int
    timezone: str
    created_by: int
    created_at: datetime
    closes_at: datetime


class PollPatch(TypedDict, total=False):
    """The columns of a poll that can be set, each left as it is unless given."""

    closed_at: datetime
    meeting_id: MeetingId


class Polls(Repository):
    """The rows of polls, their times and their answers."""

    async def add(self, starts: Collection[datetime], **values: Unpack[NewPoll]) -> PollId:
        """Add a poll with its times, and return its id."""
        poll_id = PollId(await self._insert(polls, **values))
        rows = [
            {"poll_id": poll_id, "number": number, "starts_at": at}
            for number, at in enumerate(starts, start=1)
        ]
        await self._run(insert(slots).values(rows))
        return poll_id

    async def by_id(self, poll_id: int) -> Poll | None:
        """Return a poll whatever its server; for the process's own work."""
        return await self._first(Poll, lambda: select(polls).where(polls.c.id == poll_id))

    async def get(self, guild_id: int, poll_id: int) -> Poll | None:
        """Return a poll of this server."""
        return await self._first(
            Poll, lambda: select(polls).where(polls.c.guild_id == guild_id, polls.c.id == poll_id)
        )

    async def of_card(self, guild_id: int, message_id: int) -> Poll | None:
        """Return the poll of this server whose card a message is."""
        return await self._first(
            Poll,
            lambda: (
                select(polls)
                .join(cards, cards.c.subject_id == polls.c.id)
                .where(
                    cards.c.message_id == message_id,
                    cards.c.kind == CardKind.POLL,
                    polls.c.guild_id == guild_id,
                )
            ),
        )

    async def open_in(self, guild_ids: Sequence[int]) -> list[Poll]:
        """Return every poll that is open in these servers."""
        return await self._all(
            Poll,
            lambda: select(polls).where(
                polls.c.guild_id.in_(guild_ids), polls.c.closed_at.is_(None)
            ),
        )

    async def slots(self, poll_id: PollId) -> list[Slot]:
        """Return a poll's times in their order."""
        return await self._all(
            Slot, lambda: select(slots).where(slots.c.poll_id == poll_id).order_by(slots.c.number)
        )

    async def fits(self, poll_id: PollId) -> list[SlotFit]:
        """Return whom a poll's times suit."""
        return await self._all(
            SlotFit,
            lambda: (
                select(fits)
                .where(fits.c.poll_id == poll_id)
                .order_by(fits.c.number, fits.c.user_id)
            ),
        )

    async def put(self, poll_id: PollId, number: int, user_id: int, fit: Fit) -> None:
        """Note how a time suits somebody."""
        statement = self._upsert(fits).values(
            poll_id=poll_id, number=number, user_id=user_id, fit=fit
        )
        await self._run(
            # A reaction comes twice when it is heard and then counted while catching up.
            statement.on_conflict_do_nothing(
                index_elements=[fits.c.poll_id, fits.c.number, fits.c.user_id, fits.c.fit]
            )
        )

    async def remove(self, fit: SlotFit) -> None:
        """Forget how a time suits somebody."""
        await self._run(
            delete(fits).where(
                fits.c.poll_id == fit.poll_id,
                fits.c.number == fit.number,
                fits.c.user_id == fit.user_id,
                fits.c.fit == fit.fit,
            )
        )

    async def edit(self, poll_id: PollId, **values: Unpack[PollPatch]) -> None:
        """Set the named columns."""
        await self._change(polls, {"id": poll_id}, values)
