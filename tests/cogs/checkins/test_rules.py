"""What holds for rounds, check-ins and commitments."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from bot.base.recurrence import Cadence, Rule
from cogs.checkins.commitments import rules as commitments_rules
from cogs.checkins.history import rules as history_rules
from cogs.checkins.quiet import rules as quiet_rules
from cogs.checkins.rounds import rules
from cogs.checkins.rounds.rules import Answers
from data.checkins.history import Turned
from data.checkins.rounds import DEFAULT_QUESTIONS, Round, RoundId
from data.server.groups import GroupId, Member

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


def test_lines_become_commitments_without_their_bullets_each_once() -> None:
    text = "- chapter 4\n* [ ] exercise 2\n\n3. write it up\nChapter 4\n---\n• 7 problems"
    assert commitments_rules.commitments(text) == [
        "chapter 4",
        "exercise 2",
        "write it up",
        "7 problems",
    ]


def test_a_number_that_begins_a_line_is_kept_where_it_is_no_bullet() -> None:
    assert commitments_rules.commitments("2 exercises\n3.5 hours of reading") == [
        "2 exercises",
        "3.5 hours of reading",
    ]


@given(st.text())
def test_any_text_gives_a_bounded_number_of_short_lines(text: str) -> None:
    lines = commitments_rules.commitments(text)
    assert len(lines) <= commitments_rules.LINES
    assert all(0 < len(line) <= commitments_rules.LINE_LIMIT and "\n" not in line for line in lines)


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


outcomes = st.lists(st.sampled_from(list(history_rules.Outcome)), max_size=60)


@given(outcomes)
def test_a_streak_is_never_longer_than_the_best_nor_than_what_was_posted(
    found: list[history_rules.Outcome],
) -> None:
    posted = sum(one in (history_rules.Outcome.POSTED, history_rules.Outcome.LATE) for one in found)
    streak = history_rules.streak(found)
    assert 0 <= streak.current <= streak.best <= posted


@given(outcomes)
def test_pauses_and_open_rounds_change_no_streak(found: list[history_rules.Outcome]) -> None:
    neutral = (history_rules.Outcome.AWAY, history_rules.Outcome.OPEN, history_rules.Outcome.ABSENT)
    assert history_rules.streak(found) == history_rules.streak(
        [one for one in found if one not in neutral]
    )


@given(outcomes)
def test_a_late_post_is_worth_as_much_as_one_in_time(found: list[history_rules.Outcome]) -> None:
    in_time = [
        history_rules.Outcome.POSTED if one is history_rules.Outcome.LATE else one for one in found
    ]
    assert history_rules.streak(found) == history_rules.streak(in_time)


@given(outcomes)
def test_a_missed_round_ends_a_streak_and_the_best_stays(
    found: list[history_rules.Outcome],
) -> None:
    after = history_rules.streak([*found, history_rules.Outcome.MISSED])
    assert after.current == 0
    assert after.best == history_rules.streak(found).best


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
    assert history_rules.since(text, ZoneInfo("Europe/London"), NOON) == start


@pytest.mark.parametrize("text", ["", "yesteryear", "2026-13-01", "9999999 days"])
def test_since_that_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="6 weeks"):
        history_rules.since(text, ZoneInfo("UTC"), NOON)


@pytest.mark.parametrize("text", ["Nothing!", " none ", "N/A", "-", "no.", "All good :)", ""])
def test_nothing_in_the_way_is_no_blocker(text: str) -> None:
    assert not rules.is_blocker(text)


@pytest.mark.parametrize("text", ["CUDA", "Nothing works", "No GPU", "数学"])
def test_what_is_in_the_way_is_a_blocker(text: str) -> None:
    assert rules.is_blocker(text)


def member(pace: int | None, first: int | None) -> Member:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    return Member(GroupId(1), 7, now, None, None, None, pace, first)


@given(st.integers(1, 500), st.integers(1, 6), st.booleans())
def test_a_pace_includes_each_so_manieth_round_and_no_other(
    number: int, every: int, posted: bool
) -> None:
    one = member(every, quiet_rules.first_of_pace(number, posted=posted))
    theirs = [ahead for ahead in range(number, number + 6 * every) if not one.rests_in(ahead)]
    assert all(later - earlier == every for earlier, later in itertools.pairwise(theirs))
    assert theirs[0] == (number if posted or every == 1 else number + 1)
    assert quiet_rules.next_of_pace(one, number) == theirs[0]


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
    assert quiet_rules.silences(turns) == {1: 2, 2: 0}
