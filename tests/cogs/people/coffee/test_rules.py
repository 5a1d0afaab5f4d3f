"""Coffees: everybody at most once a round, nobody again before everybody, apart who must be."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.base.availability import FreeSpan
from cogs.people.coffee import rules as rules
from cogs.people.coffee.rules import Before, CoffeeRound
from cogs.people.compatibility import Candidate
from tests.cogs.people.pods.test_rules import people

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def two(a: int, b: int) -> frozenset[int]:
    return frozenset((a, b))


def kept(number: int, drawn: CoffeeRound) -> list[Before]:
    """What a round leaves behind."""
    return [
        *(Before(number, circle, rest=False) for circle in drawn.circles),
        *(Before(number, (user_id,), rest=True) for user_id in drawn.resting),
    ]


def everybody(drawn: CoffeeRound) -> list[int]:
    return sorted([*itertools.chain(*drawn.circles), *drawn.resting])


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 30), st.integers(0, 9), st.data())
def test_everybody_is_in_exactly_one_circle_or_rests_and_who_is_kept_apart_never_meets(
    count: int, seed: int, data: st.DataObject
) -> None:
    ids = range(1, count + 1)
    some = st.integers(1, max(count, 1))
    pairs = st.tuples(some, some).filter(lambda one: one[0] != one[1]).map(lambda one: two(*one))
    apart = data.draw(st.frozensets(pairs, max_size=6)) if count > 1 else frozenset()
    drawn = rules.pair(people(count, seed), [], apart)
    if count < 2:
        assert drawn == CoffeeRound(())
        return
    assert everybody(drawn) == list(ids)
    assert all(len(circle) == 2 for circle in drawn.circles) or count == 3
    for circle in drawn.circles:
        assert not any(two(*pair) in apart for pair in itertools.combinations(circle, 2))


@settings(deadline=None, max_examples=40)
@given(st.integers(4, 14), st.integers(0, 9))
def test_nobody_meets_again_before_everybody_has_met_and_each_rests_once(
    count: int, seed: int
) -> None:
    group = people(count, seed)
    history: list[Before] = []
    met: list[frozenset[int]] = []
    rested: list[int] = []
    for number in range(1, count + count % 2):
        drawn = rules.pair(group, history, number=number)
        history += kept(number, drawn)
        met += [two(*circle) for circle in drawn.circles]
        rested += drawn.resting
    assert len(met) == len(set(met)) == count * (count - 1) // 2
    assert sorted(rested) == (sorted(one.user_id for one in group) if count % 2 else [])
    again = rules.pair(group, history, number=count + 1)
    oldest = {two(*circle) for circle in again.circles}
    first = {two(*one.people) for one in history if one.number == 1 and not one.rest}
    assert oldest == first, "then those who met longest ago"


def ways(ids: Sequence[int], rests: int) -> Iterator[list[frozenset[int]]]:
    """Every way of pairing people so that so many rest."""
    if not ids:
        if not rests:
            yield []
        return
    first, *others = ids
    if rests:
        yield from ways(others, rests - 1)
    for other in others:
        for more in ways([one for one in others if one != other], rests):
            yield [two(first, other), *more]


@settings(deadline=None, max_examples=60)
@given(st.integers(4, 8), st.integers(0, 9), st.data())
def test_whatever_was_before_nobody_meets_again_while_there_is_a_way_round_it(
    count: int, seed: int, data: st.DataObject
) -> None:
    count -= count % 2
    group = people(count, seed)
    ids = [one.user_id for one in group]
    possible = [two(*pair) for pair in itertools.combinations(ids, 2)]
    before = data.draw(st.lists(st.sampled_from(possible), max_size=20))
    history = [Before(number, tuple(pair), rest=False) for number, pair in enumerate(before, 1)]
    drawn = rules.pair(group, history, number=len(history) + 1)
    repeats = sum(before.count(two(*circle)) for circle in drawn.circles)
    assert repeats == min(sum(before.count(pair) for pair in way) for way in ways(ids, 0))


def test_among_many_nobody_meets_again_for_long_and_who_fits_meets_first() -> None:
    group = people(60)
    history: list[Before] = []
    for number in range(1, 16):
        drawn = rules.pair(group, history, number=number)
        history += kept(number, drawn)
    met = [two(*one.people) for one in history]
    assert len(met) == len(set(met)) == 15 * 30
    shared = [len(_hours(group, one)) for one in met[:30]]
    random.Random(1).shuffle(group)  # noqa: S311 - the same each time
    ids = [one.user_id for one in group]
    chance = [len(_hours(group, two(*pair))) for pair in zip(ids[::2], ids[1::2], strict=True)]
    assert sum(shared) > 2 * sum(chance)


def _hours(group: Sequence[Candidate], pair: frozenset[int]) -> str:
    one, other = (someone for someone in group if someone.user_id in pair)
    return "1" * (one.week & other.week).bit_count()


def test_three_meet_together_unless_two_of_them_are_kept_apart() -> None:
    assert rules.pair(people(3)) == CoffeeRound(((1, 2, 3),))
    assert rules.pair(people(3), apart={two(1, 2)}).circles in {((1, 3),), ((2, 3),)}
    assert rules.pair(people(2), apart={two(1, 2)}) == CoffeeRound((), (1, 2))


def test_who_rested_is_first_next_time_and_who_has_just_joined_does_not_rest() -> None:
    history = [Before(1, (1, 2), rest=False), Before(1, (3, 4), rest=False), Before(1, (5,), True)]
    second = rules.pair(people(5), history, number=2)
    assert second.resting != (5,)
    with_a_newcomer = [*history, *kept(2, second)]
    left = [one for one in people(6) if one.user_id != 2]
    assert rules.pair(left, with_a_newcomer, number=3).resting not in {(5,), (6,), second.resting}


def test_a_coffee_that_did_not_happen_leaves_two_people_unmet_but_others_come_first() -> None:
    group = people(4)
    history = [Before(1, (1, 2), False, met=False), Before(1, (3, 4), False, met=False)]
    second = rules.pair(group, history, number=2)
    assert (1, 2) not in second.circles
    history += kept(2, second)
    history += kept(3, rules.pair(group, history, number=3))
    assert rules.pair(group, history, number=4).circles == ((1, 2), (3, 4))


@given(st.integers(2, 25))
def test_a_tournament_has_each_two_once(count: int) -> None:
    met = [pair for round_ in rules.tournament(count) for pair in round_]
    assert len(met) == len(set(met))
    within = {pair for pair in met if pair[1] < count}
    assert within == set(itertools.combinations(range(count), 2))


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Tokyo"])
def test_pairs_are_made_on_monday_mornings_also_when_the_clocks_change(zone: str) -> None:
    at = rules.first_at(ZoneInfo(zone), NOON)
    assert at >= NOON + rules.TO_JOIN
    for _ in range(30):
        there = at.astimezone(ZoneInfo(zone))
        assert (there.weekday(), there.hour, there.minute) == (0, 9, 0)
        following = rules.next_at(at, 2, ZoneInfo(zone), at)
        assert timedelta(days=13) < following - at < timedelta(days=15)
        at = following
    skipped = rules.next_at(NOON, 1, LONDON, NOON + timedelta(days=30))
    assert NOON + timedelta(days=30) < skipped <= NOON + timedelta(days=37)


def test_times_that_suit_both_are_instants_in_the_coming_days_on_different_days() -> None:
    evenings = [FreeSpan(day, 17 * 60, 22 * 60) for day in range(5)]
    afternoons = [FreeSpan(day, 12 * 60, 17 * 60) for day in range(5)]
    found = rules.shared_times([(evenings, LONDON), (afternoons, NEW_YORK)], NOON)
    assert [one.isoformat() for one in found] == [
        "2026-11-03T17:00:00+00:00",
        "2026-11-04T17:00:00+00:00",
        "2026-11-05T17:00:00+00:00",
    ]
    assert rules.shared_times([(evenings, LONDON), ([], NEW_YORK)], NOON) == []
    late = [FreeSpan(0, 23 * 60, 24 * 60), FreeSpan(1, 0, 60)]
    assert rules.shared_times([(late, LONDON), (late, LONDON)], NOON)


@given(st.integers(0, 730 * 24), st.integers(0, 6))
def test_a_time_that_suits_is_within_the_free_hours_of_each_on_their_own_clocks(
    hours: int, day: int
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    free = [
        ([FreeSpan(day, 60, 4 * 60)], LONDON),
        ([FreeSpan(one, 0, 1440) for one in range(7)], NEW_YORK),
    ]
    for at in rules.shared_times(free, now):
        there = at.astimezone(LONDON)
        assert now < at < now + timedelta(days=9)
        assert there.weekday() == day
        assert 60 <= there.hour * 60 + there.minute < 4 * 60
