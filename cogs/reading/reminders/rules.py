"""When people are reminded of a meeting, and which of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cogs.reading.facilitators.rules import ASK_BEFORE
from cogs.reading.rsvps.rules import turnout
from data.reading.meetings import Meeting
from data.reading.rsvps import Rsvp

REMIND_BEFORE = (timedelta(hours=24), timedelta(hours=1))
"""How long before a meeting those who come are reminded of it."""


def reminders(starts_at: datetime, now: datetime) -> dict[timedelta, datetime]:
    """Return when to remind of a meeting, by how long before it; none that has gone by."""
    return {before: starts_at - before for before in REMIND_BEFORE if starts_at - before > now}


@dataclass(frozen=True, slots=True)
class Called:
    """Who a reminder pings, and who of them has not decided yet."""

    pinged: tuple[int, ...]
    undecided: tuple[int, ...]


def called(rsvps: Sequence[Rsvp], meeting: Meeting, before: timedelta) -> Called:
    """Return whom a reminder ``before`` a meeting is for.

    Who comes is pinged each time. Who may come is pinged once and asked to decide: by the first
    reminder after they answered. Who leads is asked to confirm when the first reminder is due, so
    that one leaves them out.
    """
    seats = turnout(rsvps, meeting.capacity)
    answered_at = {rsvp.user_id: rsvp.answered_at for rsvp in rsvps}
    earlier = [meeting.starts_at - other for other in REMIND_BEFORE if other > before]
    undecided = tuple(
        user_id
        for user_id in seats.maybe
        if all(answered_at[user_id] > instant for instant in earlier)
    )
    asked = meeting.facilitator_id if before in ASK_BEFORE else None
    return Called(tuple(one for one in (*seats.going, *undecided) if one != asked), undecided)


def is_overtaken(meeting: Meeting, before: timedelta, now: datetime) -> bool:
    """Whether a reminder comes so late that a later one is due as well."""
    return any(other < before and meeting.starts_at - other <= now for other in REMIND_BEFORE)
