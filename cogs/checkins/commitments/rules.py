"""What holds for commitments: what makes one, and how long it may be."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.base.errors import InvalidInput
from data.people.profiles import Profile

LINE_LIMIT = 300


REMIND_BEFORE = timedelta(days=1)
"""How long before its due time somebody is reminded of a commitment, and again when it is due."""


LINES = 20
"""How many lines of one check-in become commitments."""


_BULLET = re.compile(r"^\s*(?:[-*•‣–—]\s+|\d{1,2}[.)]\s+)?(?:\[[ xX]?\]\s*)?")


def commitments(text: str) -> list[str]:
    """Return what an answer to “what next?” commits to: its lines, without bullets, each once."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        tidy = " ".join(_BULLET.sub("", line, count=1).split())[:LINE_LIMIT]
        if any(character.isalnum() for character in tidy):
            found.setdefault(tidy.casefold(), tidy)
    return list(found.values())[:LINES]


def reminders(
    due_at: datetime, now: datetime, profile: Profile, zone: ZoneInfo
) -> list[tuple[int, datetime]]:
    """Return the reminders that are ahead: seconds before ``due_at``, and the instant.

    What would come in the person's quiet hours comes before them; where that has gone by, after
    them, if that is still ahead of the due time. That it was due comes after them.
    """
    found: list[tuple[int, datetime]] = []
    ahead = due_at - REMIND_BEFORE
    for earlier in (True, False) if ahead > now else ():
        instant = profile.awake(ahead, zone, earlier=earlier)
        if now < instant < due_at:
            found.append((int(REMIND_BEFORE.total_seconds()), instant))
            break
    if due_at > now:
        found.append((0, profile.awake(due_at, zone, earlier=False)))
    return found


def check_commitment(text: str) -> str:
    """Return a commitment in one line; raises InvalidInput for none, or one too long."""
    tidy = " ".join(text.split())
    if not tidy:
        raise InvalidInput("Say what you commit to: for example `finish the exercises of week 2`.")
    if len(tidy) > LINE_LIMIT:
        raise InvalidInput(f"That has {len(tidy)} characters; {LINE_LIMIT} are the most.")
    return tidy


def check_reason(text: str | None) -> str | None:
    """Return a reason in one line, or None; raises InvalidInput for one too long."""
    tidy = " ".join((text or "").split())
    if len(tidy) > LINE_LIMIT:
        raise InvalidInput(f"That reason has {len(tidy)} characters; {LINE_LIMIT} are the most.")
    return tidy or None
