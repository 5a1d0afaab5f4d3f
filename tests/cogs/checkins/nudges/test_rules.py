"""When people are left in peace."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.checkins.nudges import rules
from data.people.profiles import Profile
from data.states import Nudges

LONDON = ZoneInfo("Europe/London")
at_any_time = st.times().map(lambda at: at.replace(second=0, microsecond=0))
instants = st.timedeltas(timedelta(), timedelta(days=800)).map(
    lambda later: datetime(2026, 1, 1, tzinfo=UTC) + later
)


def quiet_until(
    theirs: Profile, zone: ZoneInfo, now: datetime, how: Nudges = Nudges.THREAD
) -> datetime | None:
    return rules.not_before(theirs, how, zone, now)


def profile(begin: time | None, end: time | None, timezone: str | None = None) -> Profile:
    return Profile(1, 2, timezone=timezone, quiet_from=begin, quiet_until=end)


@pytest.mark.parametrize(
    ("hour", "end"),
    [
        (21, None),
        (22, datetime(2026, 11, 3, 8, tzinfo=UTC)),
        (23, datetime(2026, 11, 3, 8, tzinfo=UTC)),
        (7, datetime(2026, 11, 2, 8, tzinfo=UTC)),
        (8, None),
    ],
)
def test_quiet_hours_go_over_midnight(hour: int, end: datetime | None) -> None:
    now = datetime(2026, 11, 2, hour, tzinfo=UTC)
    assert quiet_until(profile(time(22), time(8)), LONDON, now) == end


def test_they_are_read_on_the_persons_own_clocks() -> None:
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    theirs = profile(time(22), time(8), "Australia/Sydney")
    assert quiet_until(theirs, LONDON, now) == datetime(2026, 11, 2, 21, tzinfo=UTC)


def test_without_both_ends_or_with_the_same_there_are_none() -> None:
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert quiet_until(profile(None, None), LONDON, now) is None
    assert quiet_until(profile(time(12), time(12)), LONDON, now) is None


@given(at_any_time, at_any_time, instants)
def test_they_end_in_the_future_within_a_day_and_an_hour(
    begin: time, end: time, now: datetime
) -> None:
    ends = quiet_until(profile(begin, end), LONDON, now)
    if ends is not None:
        assert now < ends <= now + timedelta(hours=25)
        assert quiet_until(profile(begin, end), LONDON, ends) is None or begin == end


def test_a_direct_message_waits_for_the_morning_of_a_zone_of_ones_own() -> None:
    now = datetime(2026, 11, 2, 16, tzinfo=UTC)
    asleep = profile(None, None, "Australia/Sydney")
    morning = quiet_until(asleep, LONDON, now, Nudges.DIRECT)
    assert morning is not None
    assert now < morning <= now + timedelta(hours=8)
    assert quiet_until(asleep, LONDON, now) is None
    assert quiet_until(profile(None, None), LONDON, now, Nudges.DIRECT) is None


def test_hundreds_are_reminded_in_the_thread() -> None:
    assert rules.usual(rules.DIRECT_AT_MOST) is Nudges.DIRECT
    assert rules.usual(rules.DIRECT_AT_MOST + 1) is Nudges.THREAD
