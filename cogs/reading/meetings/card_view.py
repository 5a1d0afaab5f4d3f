"""All that a meeting's card shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from cogs.reading.meetings.readings import Reading, read_for
from cogs.reading.rsvps import rules as rsvp_rules
from cogs.reading.rsvps.rules import MeetingTurnout
from data.delivery.cards import Card
from data.reading.meetings import Meeting, Series
from data.reading.rsvps import Rsvp
from data.server.groups import Group
from data.transaction import Transaction


class MeetingView(Struct, frozen=True):
    """All that a meeting's card shows."""

    meeting: Meeting
    group: Group
    series: Series | None
    turnout: MeetingTurnout
    zone: ZoneInfo
    """The zone that the whole group goes by."""
    now: datetime
    answers: Sequence[Rsvp] = ()
    """What people answered, in order."""
    readings: Sequence[Reading] = ()
    """What is read for it."""
    card: Card | None = None

    @property
    def thread_below(self) -> bool:
        """Whether the thread hangs on the card, so that Discord shows it there."""
        # It then has the id of the message that it was begun on.
        return self.card is not None and self.card.message_id == self.meeting.thread_id


async def view_of(
    tx: Transaction,
    meeting: Meeting,
    group: Group,
    zone: ZoneInfo,
    now: datetime,
    answers: Sequence[Rsvp] = (),
    card: Card | None = None,
) -> MeetingView:
    """Return what the card of a group's meeting shows, which a new one has no answers to."""
    series = await tx.meetings.series(meeting.series_id) if meeting.series_id else None
    readings = await read_for(tx, meeting, await tx.reading_lists.units_of(meeting.id))
    turnout = rsvp_rules.turnout(answers, meeting.capacity)
    return MeetingView(meeting, group, series, turnout, zone, now, answers, readings, card)
