"""When rounds are due, and which round a check-in is for."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from bot.base.recurrence import Cadence, Rule
from cogs.checkins.rounds import rules
from cogs.checkins.rounds.rules import Answers
from data.checkins.rounds import DEFAULT_QUESTIONS, Round, RoundId
from data.server.groups import GroupId

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)

zones = st.sampled_from(
    [ZoneInfo(z) for z in ("Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC")]
)
instants = st.timedeltas(timedelta(), timedelta(days=3000)).map(
    lambda later: datetime(2024, 1, 1, tzinfo=UTC) + later
)
cadences = st.sampled_from([Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY])
clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def round_(number: int, due_at: datetime, *, closed: bool = False, asked: bool = False) -> Round:
    return Round(
        id=RoundId(number),
        guild_id=1,
        group_id=GroupId(1),
        number=number,
        questions=DEFAULT_QUESTIONS,
        opens_at=due_at - WEEK,
        prompt_at=due_at - timedelta(days=2),
        due_at=due_at,
        prompted_at=due_at - timedelta(days=2) if asked else None,
        closed_at=due_at if closed else None,
    )


@given(cadences, st.integers(0, 6), clock_times, zones, instants)
def test_the_first_round_is_the_next_such_weekday_and_time(
    cadence: Cadence, weekday: int, at: time, zone: ZoneInfo, now: datetime
) -> None:
    day, due = rules.first_due(cadence, weekday, at, zone, now)
    assert day.weekday() == weekday
    # An hour more, where the clocks go back within the week.
    assert now < due <= now + WEEK + timedelta(hours=1)


@given(cadences, st.integers(0, 6), clock_times, zones, instants, st.integers(1, 30))
def test_rounds_follow_each_other_at_their_cadence_whatever_the_clocks_do(
    cadence: Cadence, weekday: int, at: time, zone: ZoneInfo, now: datetime, count: int
) -> None:
    day, due = rules.first_due(cadence, weekday, at, zone, now)
    rule = Rule(cadence, day, at, zone, four_weekly=True)
    weeks = {Cadence.WEEKLY: 1, Cadence.FORTNIGHTLY: 2, Cadence.MONTHLY: 4}[cadence]
    for number in range(count):
        assert rule.occurrence_date(due) == day + number * weeks * WEEK
        after = rule.after(due)
        assert abs(after - due - weeks * WEEK) <= timedelta(hours=1)
        due = after


@given(st.timedeltas(timedelta(), timedelta(days=30)))
def test_the_prompt_comes_two_days_before_or_at_once(ahead: timedelta) -> None:
    planned = rules.prompt_at(NOON + ahead, NOON)
    assert planned >= NOON
    assert planned == NOON or NOON + ahead - planned == timedelta(hours=48)


def test_nothing_and_too_much_are_no_check_in() -> None:
    with pytest.raises(InvalidInput, match="line or two"):
        rules.check_answers(Answers("  ", "\n"))
    with pytest.raises(InvalidInput, match="4000"):
        rules.check_answers(Answers("x" * 4001))


@pytest.mark.parametrize(
    ("posted_last", "away", "joined", "asked", "expected"),
    [
        (False, False, -20, False, 1),
        (True, False, -20, False, 2),
        (False, True, -20, False, 2),
        (False, False, 1, False, 2),
        (False, False, -20, True, 2),
    ],
)
def test_who_missed_the_last_round_makes_up_for_it_until_the_next_prompt(
    posted_last: bool, away: bool, joined: int, asked: bool, expected: int
) -> None:
    last = round_(1, NOON - timedelta(days=1), closed=True)
    open_round = round_(2, NOON + timedelta(days=6), asked=asked)
    chosen = rules.target(
        open_round,
        last,
        posted_last=posted_last,
        joined_at=NOON + timedelta(days=joined) - timedelta(days=1),
        away_at_last=away,
        now=NOON,
    )
    assert chosen is not None
    assert chosen.number == expected


def test_a_group_without_rounds_has_no_round_to_post_in() -> None:
    chosen = rules.target(
        None, None, posted_last=False, joined_at=NOON, away_at_last=False, now=NOON
    )
    assert chosen is None


@pytest.mark.parametrize("text", ["Nothing!", " none ", "N/A", "-", "no.", "All good :)", "👍", ""])
def test_nothing_in_the_way_is_no_blocker(text: str) -> None:
    assert not rules.is_blocker(text)
    assert rules.check_answers(rules.Answers(did="read", blocked=text)).blocked == ""


@pytest.mark.parametrize("text", ["CUDA", "Nothing works", "No GPU", "数学"])
def test_what_is_in_the_way_is_a_blocker(text: str) -> None:
    assert rules.is_blocker(text)
