"""What holds for servers and groups."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.base.errors import InvalidInput, NotAllowed
from bot.place import Place

LONGEST_PAUSE = timedelta(days=366)
NAME_LIMIT = 80
FOCUS_LIMIT = 300


def check_name(name: str) -> str:
    """Return a group's name in one line, or raise InvalidInput."""
    tidy = " ".join(name.split())
    if not tidy:
        raise InvalidInput("Give the group a name, for example `name: Mech Interp beginners`.")
    if len(tidy) > NAME_LIMIT:
        raise InvalidInput(f"That name has {len(tidy)} characters; {NAME_LIMIT} are the most.")
    return tidy


def check_focus(focus: str) -> str:
    """Return what a group works on in one line, or raise InvalidInput."""
    tidy = " ".join(focus.split())
    if not tidy:
        raise InvalidInput(
            "Say what the group works on: a course, a paper, a library. For example "
            "`focus: the ARENA course, one chapter a week`."
        )
    if len(tidy) > FOCUS_LIMIT:
        raise InvalidInput(f"That focus has {len(tidy)} characters; {FOCUS_LIMIT} are the most.")
    return tidy


def check_pause(until: datetime, now: datetime) -> None:
    """Raise InvalidInput for a pause of more than a year."""
    if until > now + LONGEST_PAUSE:
        raise InvalidInput(
            "A pause is a year at most. For longer, `/group leave` is better: you can come back."
        )


def only_organisers(place: Place, what: str) -> None:
    """Raise NotAllowed unless an organiser acts; ``what`` completes “Only organisers can …”."""
    if not place.organiser:
        raise NotAllowed(
            f"Only organisers can {what}: people with the organiser role of `/cohort setup`, "
            "or with Manage Server."
        )
