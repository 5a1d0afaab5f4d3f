"""What became of a unit for somebody, and who sees whose progress."""

from __future__ import annotations

from enum import Enum

from data.states import Audience


class UnitMark(Enum):
    """What became of a unit for one person."""

    BEFORE = "before you joined"
    LOCKED = "locked"
    AHEAD = "to come"
    OPEN = "not yet"
    READ = "read"
    THERE = "there"
    BOTH = "read and there"


def mark(
    *, number: int, from_unit: int, over: bool, locked: bool, was_there: bool, had_read: bool
) -> UnitMark:
    """Return what became of unit ``number`` for somebody who joined at ``from_unit``.

    What was done counts whenever it was done: early, late, or before joining.
    """
    if was_there or had_read:
        if was_there and had_read:
            return UnitMark.BOTH
        return UnitMark.THERE if was_there else UnitMark.READ
    if number < from_unit:
        return UnitMark.BEFORE
    if locked:
        return UnitMark.LOCKED
    return UnitMark.OPEN if over else UnitMark.AHEAD


def sees(
    *,
    own: bool,
    facilitates: bool,
    companion: bool,
    hidden: bool | None,
    audience: Audience | None,
) -> bool:
    """Whether a viewer sees somebody's progress.

    The person does, and so do facilitators. Others see what is not ``hidden``; where nothing was
    said of that, whoever the person's profile is for: nobody, their companions in the group (also
    where the profile says nothing), or the whole server.
    """
    if own or facilitates:
        return True
    if hidden or (hidden is None and audience is Audience.NOBODY):
        return False
    return companion or audience is Audience.SERVER
