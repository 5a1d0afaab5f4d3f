"""A member's own pace, and how long somebody has been silent."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cogs.checkins.quiet import rules
from data.checkins.history import Turned
from data.server.groups import GroupId, Member


def member(pace: int | None, first: int | None) -> Member:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    return Member(GroupId(1), 7, now, None, None, None, pace, first)


@given(st.integers(1, 500), st.integers(1, 6), st.booleans())
def test_a_pace_includes_each_so_manieth_round_and_no_other(
    number: int, every: int, posted: bool
) -> None:
    one = member(every, rules.first_of_pace(number, posted=posted))
    theirs = [ahead for ahead in range(number, number + 6 * every) if not one.rests_in(ahead)]
    assert all(later - earlier == every for earlier, later in itertools.pairwise(theirs))
    assert theirs[0] == (number if posted or every == 1 else number + 1)
    assert rules.next_of_pace(one, number) == theirs[0]


def test_without_a_pace_every_round_is_ones_own() -> None:
    assert not any(member(None, None).rests_in(number) for number in range(1, 9))


def test_a_silence_ends_with_a_post_or_a_pause_and_counts_from_the_latest() -> None:
    turns = [
        Turned(1, 5, True),
        Turned(1, 4, True),
        Turned(1, 3, False),
        Turned(1, 2, True),
        Turned(2, 5, False),
        Turned(2, 4, True),
    ]
    assert rules.silences(turns) == {1: 2, 2: 0}
