"""Whose turn it is to lead, and when to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from data.reading.attendance import Attendance, Led
from data.reading.meetings import Meeting
from data.server.groups import Member

ASK_BEFORE = (timedelta(days=7), timedelta(days=1))
"""How long before a meeting the one whose turn it is gets asked to lead it."""

LEADER_ASKED = timedelta(minutes=5)
"""How long into a meeting its leader is asked whether they are there, if nothing shows it."""

TAKE_OVER = timedelta(minutes=10)
"""How long into a meeting the others are asked to lead it, if its leader seems missing."""

SIGNS_FROM = timedelta(minutes=30)
"""How long before a meeting a sign of its leader counts: by then they are on their way."""

ASK_LEADER, ASK_ROOM = 1, 0
"""Who is asked, as the deadline's offset; older deadlines asked the room alone."""

ASKED = ((LEADER_ASKED, ASK_LEADER), (TAKE_OVER, ASK_ROOM))
"""How long into a meeting somebody is asked where the leader is, and who."""

LOOKS_EVERY = timedelta(minutes=1)
"""How long it may take until we listen for signs in a meeting's channel."""

SEEN_EVERY = timedelta(minutes=5)
"""How often a sign of the same leader is written down."""


def questions(starts_at: datetime, now: datetime) -> dict[timedelta, datetime]:
    """Return when to ask who leads a meeting, by how long before; only times still to come."""
    return {before: starts_at - before for before in ASK_BEFORE if starts_at - before > now}


class PossibleLeader(Struct, frozen=True):
    """A member who may lead: how often and when they last did, and whether they are away."""

    user_id: int
    times: int
    last: datetime | None
    away: bool


def turns(members: Sequence[Member], led: Mapping[int, Led], now: datetime) -> list[PossibleLeader]:
    """Return members in the order of their turns: who led least, and longest ago, comes first.

    People who are away come last; on a tie the longest-standing member goes first.
    """
    candidates = [
        PossibleLeader(
            one.user_id,
            led[one.user_id].times if one.user_id in led else 0,
            led[one.user_id].last if one.user_id in led else None,
            one.is_away(now),
        )
        for one in members
    ]
    never = datetime.min.replace(tzinfo=now.tzinfo)
    # Sorting is stable and ``members`` come by when they joined: so the longest-standing is first
    # among equals.
    return sorted(candidates, key=lambda one: (one.away, one.times, one.last or never))


def is_seen(meeting: Meeting, attendance: Attendance | None) -> bool:
    """Whether anything shows that the leader is there: they posted, pressed, reacted or joined."""
    if attendance is not None and (attendance.was_there or attendance.here_since is not None):
        return True
    seen = meeting.leader_seen_at
    return seen is not None and seen >= meeting.starts_at - SIGNS_FROM
