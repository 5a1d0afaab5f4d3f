"""What repeats: the time on the clock stays, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from hypothesis import given
from hypothesis import strategies as st

from bot.base.recurrence import Cadence, Rule
from bot.base.when import local

LONDON = ZoneInfo("Europe/London")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/London",
        "Europe/Berlin",
        "America/New_York",
        "America/Los_Angeles",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Asia/Beirut",  # its clocks change at midnight
        "Pacific/Apia",
        "Africa/Casablanca",
    )
]
TUESDAY = date(2026, 11, 10)
"""The second of its month."""

RULES = st.builds(
    Rule,
    cadence=st.sampled_from([Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY]),
    anchor=st.dates(date(2010, 1, 1), date(2030, 12, 31)),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES),
    four_weekly=st.booleans(),
)
DELAYS = st.timedeltas(timedelta(days=-400), timedelta(days=4000))


def rule(cadence: Cadence, anchor: date = TUESDAY, *, four_weekly: bool = False) -> Rule:
    return Rule(cadence, anchor, time(19), LONDON, four_weekly=four_weekly)


def days(of: Rule, count: int) -> list[str]:
    start = datetime.combine(of.anchor, time(0), UTC) - timedelta(days=2)
    return [f"{found:%Y-%m-%d}" for found in islice(of.occurrences(start), count)]


def by_dateutil(of: Rule, years: int = 5) -> list[datetime]:
    """Compute the same rule on naive local times, and place them in the zone afterwards."""
    on = weekday(of.anchor.weekday())
    nth = (of.anchor.day - 1) // 7 + 1
    start = datetime.combine(of.anchor, of.at)
    until = start + timedelta(days=365 * years)
    if of.cadence is Cadence.MONTHLY and not of.four_weekly:
        naive = rrule(MONTHLY, dtstart=start, until=until, byweekday=on(nth if nth < 5 else -1))
    else:
        weeks = {Cadence.WEEKLY: 1, Cadence.FORTNIGHTLY: 2, Cadence.MONTHLY: 4}[of.cadence]
        naive = rrule(WEEKLY, interval=weeks, dtstart=start, until=until)
    return [wall.replace(tzinfo=of.zone).astimezone(UTC) for wall in naive]


def test_each_cadence_keeps_its_weekday() -> None:
    assert days(rule(Cadence.WEEKLY), 3) == ["2026-11-10", "2026-11-17", "2026-11-24"]
    assert days(rule(Cadence.FORTNIGHTLY), 3) == ["2026-11-10", "2026-11-24", "2026-12-08"]
    assert days(rule(Cadence.MONTHLY), 3) == ["2026-11-10", "2026-12-08", "2027-01-12"]
    four_weekly = rule(Cadence.MONTHLY, four_weekly=True)
    assert days(four_weekly, 3) == ["2026-11-10", "2026-12-08", "2027-01-05"]


def test_a_fifth_weekday_of_the_month_means_the_last() -> None:
    monthly = rule(Cadence.MONTHLY, date(2026, 12, 29))
    assert days(monthly, 4) == ["2026-12-29", "2027-01-26", "2027-02-23", "2027-03-30"]


def test_the_time_on_the_clock_stays_when_the_clocks_change() -> None:
    weekly = rule(Cadence.WEEKLY)
    spring = weekly.between(datetime(2027, 3, 20, tzinfo=UTC), datetime(2027, 4, 3, tzinfo=UTC))
    assert [f"{found:%d %H:%M}" for found in spring] == ["23 19:00", "30 18:00"]


def test_a_gap_moves_an_occurrence_forward_and_a_fold_takes_the_first() -> None:
    night = Rule(Cadence.WEEKLY, date(2027, 3, 21), time(1, 30), LONDON)
    assert night.after(datetime(2027, 3, 27, tzinfo=UTC)) == datetime(
        2027, 3, 28, 1, 30, tzinfo=UTC
    )
    assert night.after(datetime(2027, 10, 30, tzinfo=UTC)) == datetime(
        2027, 10, 31, 0, 30, tzinfo=UTC
    )


def test_after_is_strict_and_begins_with_the_anchor() -> None:
    weekly = rule(Cadence.WEEKLY)
    first = datetime(2026, 11, 10, 19, 0, tzinfo=UTC)
    assert weekly.after(datetime(2020, 1, 1, tzinfo=UTC)) == first
    assert weekly.after(first - timedelta(microseconds=1)) == first
    assert weekly.after(first) == first + timedelta(days=7)


def test_between_holds_its_start_and_not_its_end() -> None:
    weekly = rule(Cadence.WEEKLY)
    first = datetime(2026, 11, 10, 19, 0, tzinfo=UTC)
    assert weekly.between(first, first + timedelta(days=7)) == [first]
    assert weekly.between(first, first) == []


def test_an_occurrence_has_the_day_of_the_rule_even_where_that_day_was_skipped() -> None:
    # Samoa had no 30 December 2011: that Friday's meeting was on the Saturday.
    friday = Rule(Cadence.WEEKLY, date(2011, 12, 2), time(12), ZoneInfo("Pacific/Apia"))
    moved = friday.after(datetime(2011, 12, 25, tzinfo=UTC))
    assert moved.astimezone(friday.zone).date() == date(2011, 12, 31)
    assert friday.occurrence_date(moved) == date(2011, 12, 30)


def test_an_occurrence_keeps_its_day_when_it_is_moved_a_little() -> None:
    weekly = rule(Cadence.WEEKLY)
    third = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    for moved in (timedelta(hours=-1), timedelta(hours=6), timedelta(days=2)):
        assert weekly.occurrence_date(third + moved) == date(2026, 11, 24)


def test_what_happens_once_has_no_rule() -> None:
    with pytest.raises(ValueError, match="once"):
        rule(Cadence.NONE)


def test_a_rule_is_on_the_clocks_of_its_zone() -> None:
    with pytest.raises(ValueError, match="naive"):
        Rule(Cadence.WEEKLY, TUESDAY, time(19, tzinfo=UTC), LONDON)


@pytest.mark.parametrize(
    ("described", "words"),
    [
        (rule(Cadence.WEEKLY), "every Tuesday at 19:00 (Europe/London)"),
        (rule(Cadence.FORTNIGHTLY), "every 2 weeks on Tuesday at 19:00 (Europe/London)"),
        (
            rule(Cadence.MONTHLY, four_weekly=True),
            "every 4 weeks on Tuesday at 19:00 (Europe/London)",
        ),
        (rule(Cadence.MONTHLY), "every month on the 2nd Tuesday at 19:00 (Europe/London)"),
        (
            rule(Cadence.MONTHLY, date(2026, 12, 29)),
            "every month on the last Tuesday at 19:00 (Europe/London)",
        ),
    ],
)
def test_a_rule_is_described_in_words(described: Rule, words: str) -> None:
    assert described.describe() == words


@given(RULES)
def test_a_rule_is_what_dateutil_makes_of_it_in_local_time(of: Rule) -> None:
    expected = by_dateutil(of)
    start = expected[0] - timedelta(days=400)
    assert of.between(start, expected[-1] + timedelta(seconds=1)) == expected


@given(RULES)
def test_for_five_years_the_clock_shows_the_same_time_and_order_holds(of: Rule) -> None:
    start = local(of.anchor, of.at, of.zone)
    found = of.between(start, start + timedelta(days=5 * 365))
    assert all(earlier < later for earlier, later in pairwise(found))
    for instant in found:
        shown = instant.astimezone(of.zone)
        day = of.occurrence_date(instant)
        assert day.weekday() == of.anchor.weekday()
        wall = datetime.combine(day, of.at.replace(fold=0))
        if shown.replace(tzinfo=None, fold=0) != wall:  # only ever because there is no such time
            there_and_back = wall.replace(tzinfo=of.zone).astimezone(UTC).astimezone(of.zone)
            assert there_and_back == shown
            assert shown.replace(tzinfo=None) > wall


@given(RULES, DELAYS)
def test_asking_anywhere_gives_the_same_occurrences_as_walking_there(
    of: Rule, delay: timedelta
) -> None:
    instant = local(of.anchor, of.at, of.zone) + delay
    walked = by_dateutil(of, years=12)
    assert of.after(instant) == next(found for found in walked if found > instant)
    assert next(of.occurrences(instant)) == next(found for found in walked if found >= instant)
