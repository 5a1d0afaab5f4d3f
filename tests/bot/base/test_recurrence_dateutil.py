"""Our rules against dateutil's, in ten zones over five years, across every change of the clocks.

dateutil walks the rule in wall time, without a zone. Where those walls are on the time line is
decided here once more, from nothing but the offsets that the zone has: by stepping through the
hours around each, not by the arithmetic that ``bot.when.local`` uses. In a gap the wall moves
forward by the gap; in a fold its first instant counts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.base.recurrence import Cadence, Rule

ZONES = (
    "Europe/London",
    "America/New_York",
    "America/Santiago",  # in the south, and its clocks change at midnight
    "Australia/Sydney",
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Casablanca",  # back for Ramadan, whose days move, and in 2026 for good
    "Asia/Beirut",  # at midnight
    "Asia/Kolkata",  # never, and not on the hour
    "Asia/Tokyo",  # never
    "Pacific/Chatham",  # by an hour, at a quarter to three
)
YEARS = 5
CADENCES = (Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY)
FIRST = date(2024, 1, 1)
MINUTE = timedelta(minutes=1)


@cache
def changes(zone: ZoneInfo) -> list[tuple[datetime, timedelta, timedelta]]:
    """Return when the clocks of a zone change, in UTC, from which offset to which."""
    found: list[tuple[datetime, timedelta, timedelta]] = []
    instant = datetime(2023, 12, 1, tzinfo=UTC)
    while instant.year < 2024 + 2 * YEARS + 1:
        later = instant + timedelta(hours=1)
        before, after = offset(instant, zone), offset(later, zone)
        if before != after:
            exact = instant
            while offset(exact, zone) == before:
                exact += MINUTE
            found.append((exact, before, after))
        instant = later
    return found


def offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    found = instant.astimezone(zone).utcoffset()
    assert found is not None
    return found


def placed(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a wall time, by the offsets on either side of the nearest change."""
    standing = offset(datetime(2023, 12, 1, tzinfo=UTC), zone)
    for exact, before, after in changes(zone):
        # Until the clocks have shown this change's last wall time, the offset before it holds:
        # also in a gap, which moves what it swallows forward by itself, and in a fold's first turn.
        last = (exact + max(before, after)).replace(tzinfo=None)
        if wall < last:
            return (wall - before).replace(tzinfo=UTC)
        standing = after
    return (wall - standing).replace(tzinfo=UTC)


def by_dateutil(rule: Rule) -> list[datetime]:
    start = datetime.combine(rule.anchor, rule.at)
    until = start + timedelta(days=365 * YEARS)
    on = weekday(rule.anchor.weekday())
    nth = (rule.anchor.day - 1) // 7 + 1
    if rule.cadence is Cadence.MONTHLY:
        walls = rrule(MONTHLY, dtstart=start, until=until, byweekday=on(nth if nth < 5 else -1))
    else:
        interval = 1 if rule.cadence is Cadence.WEEKLY else 2
        walls = rrule(WEEKLY, interval=interval, dtstart=start, until=until)
    return [placed(wall, rule.zone) for wall in walls]


def ours(rule: Rule, expected: list[datetime]) -> list[datetime]:
    return rule.between(expected[0] - timedelta(days=2), expected[-1] + MINUTE)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("cadence", CADENCES)
def test_five_years_of_evenings_are_dateutil_s(name: str, cadence: Cadence) -> None:
    for day in range(7):
        rule = Rule(cadence, FIRST + timedelta(days=day), time(19), ZoneInfo(name))
        expected = by_dateutil(rule)
        assert ours(rule, expected) == expected
        shown = {one.astimezone(rule.zone).time() for one in expected}
        assert shown == {time(19)}, "19:00 stays 19:00"


@pytest.mark.parametrize("name", ZONES)
def test_every_quarter_hour_of_the_days_on_which_clocks_change_is_dateutil_s(name: str) -> None:
    zone = ZoneInfo(name)
    for exact, before, _ in changes(zone):
        if exact.year >= 2024 + YEARS:
            continue
        anchor = (exact + before).date() - timedelta(weeks=4)
        for quarter in range(24 * 4):
            at = time(quarter // 4, quarter % 4 * 15)
            for shift in (-1, 0, 1):
                rule = Rule(Cadence.WEEKLY, anchor + timedelta(days=shift), at, zone)
                expected = [
                    placed(datetime.combine(rule.anchor + timedelta(weeks=week), at), zone)
                    for week in range(8)
                ]
                assert rule.between(expected[0], expected[-1] + MINUTE) == expected


def test_the_zones_change_as_much_as_is_claimed() -> None:
    steps = {
        name: {after - before for _, before, after in changes(ZoneInfo(name))} for name in ZONES
    }
    hour = timedelta(hours=1)
    assert steps["Australia/Lord_Howe"] == {hour / 2, -hour / 2}
    assert steps["Africa/Casablanca"] == {hour, -hour}
    assert steps["Asia/Kolkata"] == steps["Asia/Tokyo"] == set()
    # Back before each Ramadan and forward after it, then back for good.
    assert [exact.date() for exact, _, _ in changes(ZoneInfo("Africa/Casablanca"))] == [
        date(2024, 3, 10),
        date(2024, 4, 14),
        date(2025, 2, 23),
        date(2025, 4, 6),
        date(2026, 2, 15),
        date(2026, 3, 22),
        date(2026, 9, 20),
    ]


@pytest.mark.parametrize(
    ("zone", "at", "day", "instant"),
    [
        # Gaps: 02:30 is not there, and becomes what the clocks show as much later.
        ("America/New_York", time(2, 30), date(2026, 3, 8), "2026-03-08T07:30"),
        ("Australia/Sydney", time(2, 30), date(2026, 10, 4), "2026-10-03T16:30"),
        ("Australia/Lord_Howe", time(2, 15), date(2026, 10, 4), "2026-10-03T15:45"),
        ("Asia/Beirut", time(0, 30), date(2026, 3, 29), "2026-03-28T22:30"),
        # Folds: the first of the two.
        ("America/New_York", time(1, 30), date(2026, 11, 1), "2026-11-01T05:30"),
        ("Australia/Sydney", time(2, 30), date(2026, 4, 5), "2026-04-04T15:30"),
        ("Australia/Lord_Howe", time(1, 45), date(2026, 4, 5), "2026-04-04T14:45"),
        ("Africa/Casablanca", time(2, 30), date(2026, 2, 15), "2026-02-15T01:30"),
    ],
)
def test_gaps_and_folds_are_where_the_time_zone_database_has_them(
    zone: str, at: time, day: date, instant: str
) -> None:
    rule = Rule(Cadence.WEEKLY, day - timedelta(weeks=3), at, ZoneInfo(zone))
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert placed(datetime.combine(day, at), rule.zone) == expected
    assert rule.after(expected - timedelta(hours=12)) == expected


@given(
    st.builds(
        Rule,
        cadence=st.sampled_from(CADENCES),
        anchor=st.dates(FIRST, FIRST + timedelta(days=365 * YEARS)),
        at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        zone=st.sampled_from([ZoneInfo(name) for name in ZONES]),
    )
)
@settings(deadline=None)  # the first example of a zone counts its changes
def test_any_rule_is_dateutil_s(rule: Rule) -> None:
    expected = by_dateutil(rule)
    assert ours(rule, expected) == expected
