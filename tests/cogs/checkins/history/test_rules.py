"""Streaks, and how far back a history goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.checkins.history import rules

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


outcomes = st.lists(st.sampled_from(list(rules.RoundOutcome)), max_size=60)


@given(outcomes)
def test_a_streak_is_never_longer_than_the_best_nor_than_what_was_posted(
    found: list[rules.RoundOutcome],
) -> None:
    posted = sum(one in (rules.RoundOutcome.POSTED, rules.RoundOutcome.LATE) for one in found)
    streak = rules.streak(found)
    assert 0 <= streak.current <= streak.best <= posted


@given(outcomes)
def test_pauses_and_open_rounds_change_no_streak(found: list[rules.RoundOutcome]) -> None:
    neutral = (rules.RoundOutcome.AWAY, rules.RoundOutcome.OPEN, rules.RoundOutcome.ABSENT)
    assert rules.streak(found) == rules.streak([one for one in found if one not in neutral])


@given(outcomes)
def test_a_late_post_is_worth_as_much_as_one_in_time(found: list[rules.RoundOutcome]) -> None:
    in_time = [
        rules.RoundOutcome.POSTED if one is rules.RoundOutcome.LATE else one for one in found
    ]
    assert rules.streak(found) == rules.streak(in_time)


@given(outcomes)
def test_a_missed_round_ends_a_streak_and_the_best_stays(
    found: list[rules.RoundOutcome],
) -> None:
    after = rules.streak([*found, rules.RoundOutcome.MISSED])
    assert after.current == 0
    assert after.best == rules.streak(found).best


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2026-10-01", datetime(2026, 9, 30, 23, 0, tzinfo=UTC)),
        ("6 weeks", NOON - 6 * WEEK),
        ("last month", NOON - timedelta(days=31)),
        ("3 days ago", NOON - timedelta(days=3)),
    ],
)
def test_since_reaches_back_to_a_date_or_by_a_stretch(text: str, start: datetime) -> None:
    assert rules.since(text, ZoneInfo("Europe/London"), NOON) == start


@pytest.mark.parametrize("text", ["", "yesteryear", "2026-13-01", "9999999 days"])
def test_since_that_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="6 weeks"):
        rules.since(text, ZoneInfo("UTC"), NOON)
