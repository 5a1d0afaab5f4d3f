"""Which meetings a calendar holds, and how often its followers are checked."""

from __future__ import annotations

from datetime import timedelta

BACK = timedelta(days=60)
"""How far back a file reaches.

A meeting that was called off stays in it, as cancelled, until so long after its day: a calendar
that took a file over drops a meeting only if a later file says that it's cancelled.
"""

AHEAD = timedelta(weeks=13)
"""How far ahead a file holds the meetings of a series that have no card yet."""

STILL_THERE = timedelta(hours=6)
"""How often Cohort checks whether a calendar's follower may still see it."""

ASK_AGAIN = timedelta(hours=1)
"""How often a calendar that follows an address is asked to look for what is new."""
