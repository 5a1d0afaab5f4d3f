"""Answers to a meeting that change one after the other, read and written together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from cogs.reading.rsvps import rules
from data.reading.meetings import Meeting
from data.reading.rsvps import Rsvp
from data.states import Answer
from data.transaction import Transaction


class Reaction(Struct, frozen=True):
    """A reaction that somebody put under a message, or took away."""

    guild_id: int
    message_id: int
    user_id: int
    answer: Answer
    on: bool


class RsvpChange(Struct, frozen=True):
    """What an answer did: to which meeting, and what it was before and after."""

    meeting: Meeting
    before: Answer | None
    after: Answer | None
    user_id: int


class RsvpChanges:
    """Some people's answers to a meeting; each change starts from what the last one left."""

    def __init__(self, meeting: Meeting, rows: dict[int, Rsvp], last: int, now: datetime) -> None:
        self.meeting = meeting
        self.moves_the_line = False
        """Whether somebody may have got, or lost, a seat."""
        self._before = rows
        self._after: dict[int, Rsvp | None] = {**rows}
        self._last = last
        self._now = now

    @classmethod
    async def read(
        cls, tx: Transaction, meeting: Meeting, user_ids: Collection[int], now: datetime
    ) -> RsvpChanges:
        """Return what these people have answered."""
        rows, last = await tx.rsvps.standing(meeting.id, user_ids)
        return cls(meeting, rows, last, now)

    @property
    def next_position(self) -> int:
        """The place of the next answer: after all others."""
        return self._last + 1

    def give(
        self,
        user_id: int,
        answer: Answer,
        message_id: int | None,
        *,
        earlier: Sequence[str] | None = None,
    ) -> RsvpChange:
        """Note an answer, given by a reaction under the card ``message_id`` or otherwise.

        ``earlier`` are their other reactions, where those are known.
        """
        new = rules.answered(
            self._after.get(user_id),
            answer,
            meeting_id=self.meeting.id,
            user_id=user_id,
            position=self.next_position,
            message_id=message_id,
            now=self._now,
        )
        return self.put(user_id, new if earlier is None else replace(new, earlier=tuple(earlier)))

    def take_back(self, user_id: int, answer: Answer, message_id: int) -> RsvpChange:
        """Note that somebody took a reaction away."""
        current = self._after.get(user_id)
        if current is None:
            return RsvpChange(self.meeting, None, None, user_id)
        left = rules.taken_back(
            current,
            answer,
            message_id=message_id,
            position=self.next_position,
            now=self._now,
        )
        return self.put(user_id, left)

    def put(self, user_id: int, rsvp: Rsvp | None) -> RsvpChange:
        """Replace somebody's answer, or take it back with None."""
        known = self._after.get(user_id)
        before, after = known and known.answer, rsvp and rsvp.answer
        self._after[user_id] = rsvp
        if rsvp is not None:
            self._last = max(self._last, rsvp.position)
        # “Maybe” and “not going” take no seat, so a change between them moves nobody.
        if before is not after and Answer.GOING in (before, after):
            self.moves_the_line = True
        return RsvpChange(self.meeting, before, after, user_id)

    async def write(self, tx: Transaction) -> None:
        """Write all changes."""
        for user_id in self._before:
            if self._after[user_id] is None:
                await tx.rsvps.remove(self.meeting.id, user_id)
        await tx.rsvps.put(
            [
                rsvp
                for user_id, rsvp in self._after.items()
                if rsvp is not None and rsvp != self._before.get(user_id)
            ]
        )
