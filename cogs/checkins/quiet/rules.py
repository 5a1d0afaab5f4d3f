"""Who counts as quiet, and how a slower pace of one's own is counted."""

from __future__ import annotations

from collections.abc import Iterable

from data.checkins.history import Turned
from data.server.groups import Member

QUIET_ROUNDS = 2
"""Who misses so many of the rounds that are theirs, one after the other, went quiet."""


LOOK_BACK = 16
"""How many rounds back somebody's silence is looked for: four at the slowest pace."""


PACES = (1, 2)
"""To every so-manieth round somebody can check in; 1 is every round."""


def silences(turns: Iterable[Turned]) -> dict[int, int]:
    """Return in how many of their latest rounds each person missed; the newest come first.

    A post or a pause ends a silence. Who rests is not asked, so those rounds are not among them.
    """
    missed: dict[int, int] = {}
    broken: set[int] = set()
    for one in turns:
        missed.setdefault(one.user_id, 0)
        if not one.missed:
            broken.add(one.user_id)
        elif one.user_id not in broken:
            missed[one.user_id] += 1
    return missed


def first_of_pace(open_number: int, *, posted: bool) -> int:
    """Return the number of a round that somebody's new pace includes.

    Who has posted in the open round has done theirs; who has not may let it pass, and is next
    expected in the one after it.
    """
    return open_number if posted else open_number + 1


def next_of_pace(member: Member, number: int) -> int:
    """Return the number of the first round from ``number`` on that a member is expected in."""
    while member.rests_in(number):
        number += 1
    return number
