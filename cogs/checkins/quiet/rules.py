"""Who counts as quiet, and how a slower pace of one's own is counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from data.checkins.history import Turned
from data.server.groups import Member

QUIET_ROUNDS = 2
"""Somebody who misses this many of their rounds in a row has gone quiet."""


LOOK_BACK = 16
"""How many rounds back to look for a silence: enough for two rounds at the slowest pace."""


PACES = (1, 2)
"""The paces somebody can choose: every round, or every second one."""

ASK_AT_MOST = 50
"""When more people than this go quiet at once, we ask nobody: the group is the problem."""

PAUSE = timedelta(days=28)


def silences(turns: Iterable[Turned]) -> dict[int, int]:
    """Return how many of their latest rounds each person missed; the newest come first.

    A post or a pause ends a silence. Rounds in which somebody rests are not counted.
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

    Somebody who has posted in the open round is done with it; anybody else may let it pass, and is
    next expected in the one after it.
    """
    return open_number if posted else open_number + 1


def next_of_pace(member: Member, number: int) -> int:
    """Return the number of the first round from ``number`` on that a member is expected in."""
    while member.rests_in(number):
        number += 1
    return number
