"""Which times are proposed to a group: who can come, in the very week, and no night for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.base import availability
from bot.base.availability import FreeSpan
from cogs.reading.polls import rules
from cogs.reading.polls.suggestions import Proposed, Week, is_night, propose, visible
from data.people.profiles import Profile
from data.states import Audience

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)

ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Kathmandu",  # 45 minutes past the hour
    "America/Havana",  # its clocks skip midnight
    "Pacific/Auckland",
    "America/Sao_Paulo",
]


def week(text: str, user_id: int = 1, zone: ZoneInfo = LONDON) -> Week:
    return Week(user_id, availability.parse(text).spans, zone)


def starts(found: Sequence[Proposed], zone: ZoneInfo = LONDON) -> list[str]:
    return [f"{one.starts_at.astimezone(zone):%d %H:%M}" for one in found]


# Properties

spans = st.builds(
    lambda day, start, length: FreeSpan(day, 15 * start, min(15 * (start + length), 24 * 60)),
    st.integers(0, 6),
    st.integers(0, 95),
    st.integers(1, 40),
)
weeks = st.lists(
    st.tuples(st.lists(spans, max_size=6), st.sampled_from(ZONES), st.integers(-5, 20)),
    max_size=6,
)
moments = st.builds(
    lambda day, hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, hours=hours),
    st.sampled_from([50, 60, 78, 85, 90, 260, 285, 290, 296, 300, 330]),
    st.integers(0, 23),
)


def made(given_weeks: list[tuple[list[FreeSpan], str, int]], now: datetime) -> list[Week]:
    return [
        Week(
            user_id,
            tuple(kept),
            ZoneInfo(zone),
            now + timedelta(days=away) if away > 0 else None,
        )
        for user_id, (kept, zone, away) in enumerate(given_weeks, start=1)
    ]


def is_free(one: Week, at: datetime) -> bool | None:
    """Say whether somebody's clocks show one of their hours; None where they show it twice."""
    local = at.astimezone(one.zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return None
    minute = local.hour * 60 + local.minute
    return any(
        span.day == local.weekday() and span.start <= minute < span.end for span in one.spans
    )


@settings(max_examples=150, deadline=None)
@given(weeks, st.sampled_from(ZONES), moments, st.sampled_from([15, 30, 60, 90, 150]))
def test_who_is_said_to_be_free_is_free_all_the_time_on_their_own_clocks(
    given_weeks: list[tuple[list[FreeSpan], str, int]], zone: str, now: datetime, minutes: int
) -> None:
    people = made(given_weeks, now)
    for one in propose(people, zone=ZoneInfo(zone), minutes=minutes, now=now):
        assert sorted([*one.can, *one.cannot]) == [person.user_id for person in people]
        for person in people:
            pieces = [one.starts_at + timedelta(minutes=at) for at in range(0, minutes, 15)]
            free = [is_free(person, piece) for piece in pieces]
            if None in free:
                continue
            away = person.away_until is not None and one.starts_at < person.away_until
            assert (person.user_id in one.can) is (all(free) and not away)


@settings(max_examples=150, deadline=None)
@given(weeks, st.sampled_from(ZONES), moments, st.sampled_from([30, 60, 90]))
def test_times_are_half_hours_of_the_coming_two_weeks_apart_and_free_of_what_is_planned(
    given_weeks: list[tuple[list[FreeSpan], str, int]], zone: str, now: datetime, minutes: int
) -> None:
    place = ZoneInfo(zone)
    taken = [
        (now + timedelta(days=day), now + timedelta(days=day, hours=3)) for day in range(2, 14, 2)
    ]
    found = propose(made(given_weeks, now), zone=place, minutes=minutes, now=now, taken=taken)
    assert len(found) <= rules.PROPOSED
    moments = [one.starts_at for one in found]
    assert moments == sorted(moments)
    for at in moments:
        local = at.astimezone(place)
        assert local.minute in (0, 30)
        assert (local.second, local.microsecond) == (0, 0)
        assert now + rules.NOTICE <= at <= now + rules.AHEAD
        ends = at + timedelta(minutes=minutes)
        assert not any(at < end and start < ends for start, end in taken)
    for first, second in pairwise(moments):
        assert second - first >= timedelta(minutes=max(minutes, 120))


@settings(max_examples=150, deadline=None)
@given(weeks, st.sampled_from(ZONES), moments)
def test_the_time_that_suits_most_is_among_them_and_night_only_where_it_suits_more(
    given_weeks: list[tuple[list[FreeSpan], str, int]], zone: str, now: datetime
) -> None:
    people, place, hour = made(given_weeks, now), ZoneInfo(zone), timedelta(hours=1)
    found = propose(people, zone=place, minutes=60, now=now)
    everything = propose(people, zone=place, minutes=60, now=now, most=10_000)
    if not found:
        assert everything == []
        return
    assert max(len(one.can) for one in found) == max(len(one.can) for one in everything)
    assert all(one.can for one in found)
    day = [len(one.can) for one in everything if not is_night(one.starts_at, hour, place)]
    for one in found:
        if is_night(one.starts_at, hour, place):
            assert len(one.can) > max(day, default=0)


# Examples


def test_an_evening_stays_one_in_a_week_in_which_the_clocks_change() -> None:
    # Between 25 October and 1 November 2026, London is four hours ahead of New York, not five.
    now = datetime(2026, 10, 19, 12, tzinfo=UTC)
    people = [week("tue 19-20", 1), week("tue 15-16", 2, NEW_YORK)]
    found = propose(people, zone=LONDON, minutes=60, now=now)
    assert starts([one for one in found if len(one.can) == 2]) == ["27 19:00"]


def test_five_evenings_and_not_one_evening_five_times() -> None:
    found = propose([week("weekday evenings")], zone=LONDON, minutes=60, now=MONDAY)
    assert starts(found) == ["04 17:00", "05 17:00", "06 17:00", "09 17:00", "10 17:00"]


def test_of_one_day_two_times_at_most_two_hours_apart() -> None:
    found = propose([week("sat 9-13")], zone=LONDON, minutes=60, now=MONDAY)
    assert starts(found) == ["07 09:00", "07 11:00", "14 09:00", "14 11:00"]


def test_who_rarely_can_come_decides_between_times_that_suit_as_many() -> None:
    often, rarely = week("daily 18-20", 1), week("thu 18-20", 2)
    third = week("daily 18-20", 3)
    found = propose([often, third, rarely], zone=LONDON, minutes=120, now=MONDAY, most=1)
    assert starts(found) == ["05 18:00"]
    pair = [week("mon-fri 18-19", 1), week("sun 10-11", 2)]
    assert starts(propose(pair, zone=LONDON, minutes=60, now=MONDAY, most=1)) == ["08 10:00"]


def test_the_night_is_left_alone_unless_people_say_so() -> None:
    owl, lark = week("daily 23:00-2:00, sat 10-11", 1), week("sat 10-11", 2)
    by_day = propose([owl, lark], zone=LONDON, minutes=60, now=MONDAY)
    assert starts(by_day) == ["07 10:00", "14 10:00"]
    at_night = propose([owl, week("daily 23:00-2:00", 2)], zone=LONDON, minutes=60, now=MONDAY)
    assert {one.starts_at.astimezone(LONDON).hour for one in at_night} <= {23, 0, 1}
    assert all(len(one.can) == 2 for one in at_night)


def test_who_is_away_then_cannot_come() -> None:
    away = Week(1, availability.parse("fri 19-20").spans, LONDON, MONDAY + timedelta(days=7))
    (first, second) = propose([away, week("fri 19-20", 2)], zone=LONDON, minutes=60, now=MONDAY)
    assert (first.can, first.cannot) == ((2,), (1,))
    assert second.can == (1, 2)


def test_nothing_is_proposed_where_nobody_is_free_for_long_enough() -> None:
    assert propose([week("tue 19-20")], zone=LONDON, minutes=90, now=MONDAY) == []
    assert propose([], zone=LONDON, minutes=60, now=MONDAY) == []


@pytest.mark.parametrize(
    ("profile", "counts"),
    [
        (Profile(1, 2, free=["1 1140-1200"], audience=Audience.GROUPS), True),
        (Profile(1, 2, free=["1 1140-1200"], audience=Audience.SERVER), True),
        (Profile(1, 2, free=["1 1140-1200"]), False),
        (Profile(1, 2, free=["1 1140-1200"], audience=Audience.NOBODY), False),
        (Profile(1, 2, free=["1 1140-1200"], audience=Audience.GROUPS, hidden=["free"]), False),
        (
            Profile(1, 2, free=["1 1140-1200"], audience=Audience.SERVER, hidden=["timezone"]),
            False,
        ),
        (Profile(1, 2, audience=Audience.SERVER), False),
        (Profile(1, 7, free=["1 1140-1200"], hidden=["free"]), True),
    ],
)
def test_hours_count_that_the_asker_may_see_and_their_own(profile: Profile, counts: bool) -> None:
    assert visible(profile, 7) is counts


def test_five_hundred_people_take_no_time() -> None:
    people = [week("weekday evenings, sat morning", one) for one in range(500)]
    began = datetime.now(UTC)
    assert len(propose(people, zone=LONDON, minutes=60, now=MONDAY)) == 5
    assert datetime.now(UTC) - began < timedelta(seconds=2)
