"""How people are reminded of a round, and when they are left in peace."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from data.people.profiles import Profile
from data.states import Nudges

DIRECT_AT_MOST = 50
"""With more people to remind than this, only those who asked for direct messages get them."""


def usual(waiting: int) -> Nudges:
    """Return how people who chose nothing are reminded when so many have not posted."""
    # Opening a conversation with each of hundreds is what Discord takes for spam; one message in
    # the thread reaches them as well.
    return Nudges.DIRECT if waiting <= DIRECT_AT_MOST else Nudges.THREAD


def not_before(profile: Profile, how: Nudges, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return until when somebody is left in peace, or None for one who can be reminded now.

    That is the end of their quiet hours, and for a direct message the end of their night, where
    they gave a zone of their own: a message in a thread wakes nobody.
    """
    ends = profile.quiet_ends(zone, now)
    if ends is not None or how is not Nudges.DIRECT or profile.timezone is None:
        return ends
    awake = profile.awake(now, zone, earlier=False)
    return awake if awake > now else None
