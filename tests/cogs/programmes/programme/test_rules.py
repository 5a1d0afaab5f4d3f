"""When units are met, and the weeks that are left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base import when
from bot.base.errors import InvalidInput
from cogs.programmes.programme import rules

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TUESDAY = date(2026, 11, 10)

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
WEEKS = st.lists(st.integers(0, 3), min_size=1, max_size=20).map(
    lambda steps: [sum(steps[: index + 1]) for index in range(len(steps))]
)
SKIPPED = st.lists(st.dates(date(2026, 1, 1), date(2029, 6, 1)), max_size=26)
ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "UTC"]
)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def test_units_are_met_weekly_from_the_first_day_on() -> None:
    days = rules.schedule(TUESDAY, [1, 2, 3], [])
    assert days == [date(2026, 11, 10), date(2026, 11, 17), date(2026, 11, 24)]


def test_a_week_that_the_list_leaves_out_has_no_meeting_and_one_week_has_one() -> None:
    days = rules.schedule(TUESDAY, [1, 1, 3], [])
    assert days == [date(2026, 11, 10), date(2026, 11, 10), date(2026, 11, 24)]


def test_a_first_week_that_is_left_out_puts_off_the_beginning() -> None:
    assert rules.schedule(TUESDAY, [1], [date(2026, 11, 9)]) == [date(2026, 11, 17)]


@given(DAYS, WEEKS, SKIPPED)
def test_every_unit_is_met_on_the_same_weekday_in_order_and_in_no_week_that_is_left_out(
    starts_on: date, weeks: list[int], skipped: list[date]
) -> None:
    days = rules.schedule(starts_on, weeks, skipped)
    assert len(days) == len(weeks)
    assert days == sorted(days)
    assert {day.weekday() for day in days} == {starts_on.weekday()}
    assert not {monday(day) for day in days} & {monday(day) for day in skipped}
    assert days[0] >= starts_on
    for (one, day), (other, later) in zip(
        zip(weeks, days, strict=True), list(zip(weeks, days, strict=True))[1:], strict=False
    ):
        assert (later == day) == (one == other)
        assert later - day >= timedelta(weeks=other - one)


@given(DAYS, WEEKS, SKIPPED, st.data())
def test_leaving_out_one_more_week_moves_only_what_comes_then_or_later_and_each_by_whole_weeks(
    starts_on: date, weeks: list[int], skipped: list[date], data: st.DataObject
) -> None:
    before = rules.schedule(starts_on, weeks, skipped)
    week = monday(data.draw(st.sampled_from(before)))
    after = rules.schedule(starts_on, weeks, [*skipped, week])
    for old, new in zip(before, after, strict=True):
        if old < week:
            assert new == old
        else:
            assert new > old
            assert (new - old) % timedelta(weeks=1) == timedelta()


@given(DAYS, WEEKS, SKIPPED, ZONES, st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_the_clock_on_the_wall_shows_the_same_time_at_every_unit(
    starts_on: date, weeks: list[int], skipped: list[date], zone: str, at: time
) -> None:
    there = ZoneInfo(zone)
    instants = []
    for day in rules.schedule(starts_on, weeks, skipped):
        instant = when.local(day, at, there)
        instants.append(instant)
        shown = instant.astimezone(there)
        gap = shown.replace(tzinfo=None) - datetime.combine(day, at)
        # Only where the clocks jump over that time is it later, by the jump.
        assert timedelta() <= gap <= timedelta(hours=1)
    assert instants == sorted(instants)


def test_the_first_day_may_be_another_weekday() -> None:
    assert rules.first_day(TUESDAY, None) == TUESDAY
    assert rules.first_day(TUESDAY, 1) == TUESDAY
    assert rules.first_day(TUESDAY, 0) == date(2026, 11, 16)


def test_weeks_are_named_by_a_day_of_theirs() -> None:
    days = rules.weeks_in("2026-12-21, 2026-12-28; 2026-12-21", LONDON, NOW)
    assert days == [date(2026, 12, 21), date(2026, 12, 28)]
    with pytest.raises(InvalidInput):
        rules.weeks_in("at some time", LONDON, NOW)
    with pytest.raises(InvalidInput):
        rules.weeks_in(", ".join(["2026-12-21"] * 27), LONDON, NOW)


def test_what_is_due_before_a_week_that_is_left_out_stays_and_the_rest_is_a_week_later() -> None:
    week = date(2026, 12, 23)
    assert rules.put_off(None, week) is None
    assert rules.put_off(date(2026, 12, 20), week) == date(2026, 12, 20)
    assert rules.put_off(date(2026, 12, 21), week) == date(2026, 12, 28)


def test_late_joiners_begin_at_the_first_unit_that_has_not_been_met() -> None:
    assert rules.current_unit({1: True, 2: False, 3: False}) == 2
    assert rules.current_unit({1: True, 2: True}) == 2
    assert rules.current_unit({}) == 1
