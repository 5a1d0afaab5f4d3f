"""When people are reminded of a meeting, and which of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when
from cogs.reading.facilitators import rules as facilitator_rules
from cogs.reading.rsvps.rules import turnout
from data.reading.meetings import Meeting
from data.reading.rsvps import Rsvp
from data.server.groups import Member

REMIND_BEFORE = (timedelta(hours=24), timedelta(hours=1))
"""How long before a meeting those who come are reminded of it."""


UNANSWERED_BEFORE = timedelta(hours=48)
"""How long before a meeting members who have not answered are asked: late enough to know, and
early enough to plan."""

UNANSWERED_NOTICE = timedelta(hours=12)
"""A meeting that is scheduled later than this before that moment asks nobody: its card is new."""

MOST_UNANSWERED = 100
"""Larger groups are not asked at all: they meet without most of their members."""

SEATS_ASKED = 100
"""How many people with a seat are checked for having left the server, while others wait."""


def asks_unanswered_at(starts_at: datetime, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when to ask members who have not answered, None where it is too late for that.

    Never at night in ``zone``, the group's.
    """
    due_at = when.waking(starts_at - UNANSWERED_BEFORE, zone, earlier=True)
    return due_at if due_at >= now + UNANSWERED_NOTICE else None


def unanswered(
    members: Sequence[Member], rsvps: Sequence[Rsvp], meeting: Meeting, now: datetime
) -> list[int]:
    """Return the members to ask: not away, without an answer, and other than the leader."""
    said = {rsvp.user_id for rsvp in rsvps} | {meeting.facilitator_id}
    found = [one.user_id for one in members if one.user_id not in said and not one.is_away(now)]
    return found if len(found) <= MOST_UNANSWERED else []


def reminders(starts_at: datetime, now: datetime) -> dict[timedelta, datetime]:
    """Return when to remind of a meeting, by how long before it; only times still to come."""
    return {before: starts_at - before for before in REMIND_BEFORE if starts_at - before > now}


class Called(Struct, frozen=True):
    """Whom a reminder pings, and which of them have not decided yet."""

    pinged: tuple[int, ...]
    undecided: tuple[int, ...]


def called(rsvps: Sequence[Rsvp], meeting: Meeting, before: timedelta) -> Called:
    """Return whom a reminder ``before`` a meeting is for.

    Those who come are pinged each time. Those who may come are pinged once and asked to decide: by
    the first reminder that says the present start, so after a move again. The leader is asked to
    confirm when the first reminder is due, so that one leaves them out.
    """
    seats = turnout(rsvps, meeting.capacity)
    reminded_of = {rsvp.user_id: rsvp.reminded_of for rsvp in rsvps}
    # Compared with the start itself and not with “was reminded”: after a move they are asked about
    # the new time.
    undecided = tuple(one for one in seats.maybe if reminded_of[one] != meeting.starts_at)
    asked = meeting.facilitator_id if before in facilitator_rules.ASK_BEFORE else None
    return Called(tuple(one for one in (*seats.going, *undecided) if one != asked), undecided)


def is_overtaken(meeting: Meeting, before: timedelta, now: datetime) -> bool:
    """Whether a reminder comes so late that a later one is due as well."""
    return any(other < before and meeting.starts_at - other <= now for other in REMIND_BEFORE)
