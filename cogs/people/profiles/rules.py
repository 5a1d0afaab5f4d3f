"""What a profile may hold, and how much of it somebody else sees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import time
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from bot.base import availability, when
from bot.base.errors import InvalidInput
from data.people.profiles import Profile, ProfilePatch
from data.states import Audience, ProfileField, Purpose

LEVELS = (
    "starting out",
    "working through the basics",
    "reproducing papers",
    "doing research of my own",
)
"""What levels are called where a server has no names of its own; the first is level 1."""

FEWEST_LEVELS, MOST_LEVELS = 2, 9
LEVEL_LIMIT = 60

E = TypeVar("E", bound=StrEnum)

INTERESTS = 10
INTEREST_LIMIT = 40
INTERESTS_LIMIT = 300
ABOUT_LIMIT = 300

COLUMNS: dict[ProfileField, tuple[str, ...]] = {
    ProfileField.TIMEZONE: ("timezone",),
    ProfileField.LEVEL: ("level",),
    ProfileField.INTERESTS: ("interests",),
    ProfileField.FREE: ("free", "hours"),
    ProfileField.ABOUT: ("about",),
}
"""The columns that each part of a profile is kept in."""


class Said(Struct, frozen=True):
    """What somebody typed into the form."""

    timezone: str
    level: str
    interests: str
    free: str
    about: str


def level_names(text: str) -> tuple[str, ...]:
    """Return the names of levels that were typed, one a line, the lowest first.

    Numbers before them are dropped. Raises InvalidInput for too few, too many, or a long one.
    """
    lines = [
        # People number their lists; the number is the line's place in any case.
        re.sub(r"^(?:level )?\d{1,2}\s*[:.)-]\s*", "", " ".join(line.split()), flags=re.IGNORECASE)
        for line in text.splitlines()
    ]
    names = tuple(dict.fromkeys(line for line in lines if line))
    if not FEWEST_LEVELS <= len(names) <= MOST_LEVELS:
        raise InvalidInput(
            f"Name {FEWEST_LEVELS} to {MOST_LEVELS} levels, each on a line of its own, the lowest "
            f"first; you named {len(names)}."
        )
    for name in names:
        if len(name) > LEVEL_LIMIT:
            raise InvalidInput(
                f"A level's name has {LEVEL_LIMIT} characters at most: “{name[:40]}…”."
            )
    return names


def level_name(number: int | None, levels: Sequence[str]) -> str | None:
    """Say a level in words: “3: reproducing papers”; only the number where it has no name now."""
    if number is None:
        return None
    return f"{number}: {levels[number - 1]}" if 1 <= number <= len(levels) else str(number)


def chosen(kind: type[E], values: Iterable[str]) -> list[E]:
    """Return the members that a menu's values mean; raises InvalidInput for any other."""
    try:
        return [kind(value) for value in values]
    except ValueError:
        raise InvalidInput(
            "That is no longer in the list. `/profile show` has the menus as they are now."
        ) from None


def described(said: Said, levels: Sequence[str]) -> ProfilePatch:
    """Return the columns that hold what was typed; a blank field empties its column.

    Raises InvalidInput with what cannot be used.
    """
    if len(said.about) > ABOUT_LIMIT:
        raise InvalidInput(f"The line about you is too long: {ABOUT_LIMIT} characters at most.")
    # Three digits are more than any level has, and int() of a long text takes its time.
    level = int(said.level[:3]) if said.level.isdecimal() else None
    if level is not None and not 1 <= level <= len(levels):
        raise InvalidInput(f"Levels go from 1 to {len(levels)}. Pick one from the list.")
    free = availability.parse(said.free)
    return ProfilePatch(
        timezone=when.zone(said.timezone).key if said.timezone else None,
        level=level,
        interests=interests(said.interests) or None,
        free=[span.stored() for span in free.spans] or None,
        hours=free.hours,
        about=" ".join(said.about.split()) or None,
    )


def interests(text: str) -> list[str]:
    """Return the tags in “Mech interp, evals; #RLHF”: in lower case, each once.

    Raises InvalidInput for too many, or for a long one.
    """
    found = dict.fromkeys(
        tag
        for part in re.split(r"[,;\n]", text)
        # In small letters and without the #, so that “#RLHF” and “rlhf” find each other.
        if (tag := " ".join(part.casefold().split()).strip("# "))
    )
    if len(found) > INTERESTS:
        raise InvalidInput(f"I keep {INTERESTS} interests at most; you typed {len(found)}.")
    for tag in found:
        if len(tag) > INTEREST_LIMIT:
            raise InvalidInput(
                f"An interest has {INTEREST_LIMIT} characters at most, for example "
                "`mechanistic interpretability, evals`. Put commas between them."
            )
    return list(found)


def seen(profile: Profile, *, shares_group: bool) -> Profile | None:
    """Return what another person sees of a profile, or None where that is nothing.

    ``shares_group`` is whether that person is in a group with them. Pass False for whatever is
    posted in a channel: others read it too.
    """
    if profile.audience is Audience.GROUPS and not shares_group:
        return None
    # Whatever else there is, or will be, shows nothing: what is new must not be seen by mistake.
    if profile.audience not in (Audience.GROUPS, Audience.SERVER):
        return None
    hidden = [
        column for name in profile.hidden or () for column in COLUMNS.get(ProfileField(name), ())
    ]
    return replace(
        profile,
        # How somebody is reminded is nobody else's business, whatever their profile shows.
        nudges=None,
        quiet_from=None,
        quiet_until=None,
        direct_closed_at=None,
        streak_hidden=None,
        portfolio_shared=None,
        hidden=None,
        **dict.fromkeys(hidden),
    )


def free_of(profile: Profile) -> availability.Free:
    """Return when somebody is free."""
    return availability.Free(availability.restored(profile.free), profile.hours)


def is_blank(profile: Profile) -> bool:
    """Whether a profile has nothing for anybody to see."""
    parts = [column for columns in COLUMNS.values() for column in columns]
    return not profile.open_to and all(getattr(profile, name) in (None, ()) for name in parts)


def purposes(profile: Profile) -> tuple[Purpose, ...]:
    """Return what somebody is open to, in a fixed order."""
    return tuple(one for one in Purpose if one.value in (profile.open_to or ()))


def quiet_hours(begin: str | None, end: str | None) -> tuple[time | None, time | None] | None:
    """Return quiet hours as typed; None where nothing was given.

    “off” means no quiet hours, and so do equal ends.

    Raises InvalidInput for a time that cannot be read, or where only one is given.
    """
    if begin is None and end is None:
        return None
    if "off" in (word.strip().lower() for word in (begin, end) if word is not None):
        return (None, None)
    if begin is None or end is None:
        raise InvalidInput(
            "Quiet hours need both ends: for example `quiet_from: 22:00` and `quiet_until: 8:00`."
        )
    first, last = when.parse_time(begin), when.parse_time(end)
    return (None, None) if first == last else (first, last)
