"""Pods: everybody in exactly one, of the right size, apart who must be, and fitting well."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.base.errors import Conflict, InvalidInput
from cogs.people.compatibility import Candidate
from cogs.people.pods.rules import Limits, fit, form, place, sizes


def somebody(user_id: int, generator: random.Random) -> Candidate:
    """Somebody with one to three free evenings or so, and one to three of a dozen interests."""
    week = 0
    for _ in range(generator.randint(1, 3)):
        start = generator.randrange(14) * 48 + generator.choice((0, 20))
        week |= ((1 << 20) - 1) << start
    week &= (1 << 672) - 1
    tags = [f"topic {number}" for number in range(12)]
    interests = frozenset(generator.sample(tags, generator.randint(1, 3)))
    return Candidate(user_id, week, interests, generator.choice([None, 1, 2, 3, 4]))


def people(count: int, seed: int = 1) -> list[Candidate]:
    generator = random.Random(seed)  # noqa: S311 - the same people each time
    return [somebody(number, generator) for number in range(1, count + 1)]


def pair(a: int, b: int) -> frozenset[int]:
    return frozenset((a, b))


@given(st.integers(2, 600), st.integers(2, 20))
def test_sizes_hold_everybody_differ_by_one_and_are_within_one_of_the_asked_where_they_can(
    count: int, size: int
) -> None:
    found = sizes(count, size)
    assert sum(found) == count
    assert min(found) >= 2
    assert max(found) - min(found) <= 1
    possible = any(k * max(size - 1, 2) <= count <= k * (size + 1) for k in range(1, count + 1))
    if possible and count > size:
        assert all(abs(one - size) <= 1 for one in found)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 40), st.integers(2, 8), st.integers(0, 5))
def test_everybody_is_in_exactly_one_pod_and_nobody_is_alone(
    count: int, size: int, seed: int
) -> None:
    pods = form(people(count, seed), size, seed=seed)
    assert sorted(itertools.chain(*pods)) == list(range(1, count + 1))
    assert sorted(map(len, pods)) == sorted(sizes(count, size))


@settings(deadline=None, max_examples=60)
@given(st.integers(13, 40), st.integers(3, 6), st.integers(0, 5), st.data())
def test_who_is_to_be_together_is_and_who_is_to_be_apart_is(
    count: int, size: int, seed: int, data: st.DataObject
) -> None:
    ids = list(range(1, count + 1))
    chosen = data.draw(st.permutations(ids))
    together = {pair(chosen[0], chosen[1])}
    apart = {pair(chosen[2], chosen[3]), pair(chosen[2], chosen[4]), pair(chosen[0], chosen[5])}
    pods = form(people(count, seed), size, Limits(together, apart), seed=seed)
    assert sorted(itertools.chain(*pods)) == ids
    assert all(any(one <= set(pod) for pod in pods) for one in together)
    assert not any(one <= set(pod) for pod in pods for one in apart)


def test_the_same_seed_gives_the_same_pods_and_another_one_may_give_others() -> None:
    assert form(people(30), 5, seed=4) == form(people(30), 5, seed=4)


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(Conflict, match="at least two"):
        form(people(1), 4)
    with pytest.raises(InvalidInput, match="2 to 20"):
        form(people(9), 1)
    with pytest.raises(Conflict, match="both together and apart"):
        form(people(4), 2, Limits({pair(1, 2)}, {pair(1, 2)}))
    with pytest.raises(Conflict, match="larger pods"):
        form(people(6), 2, Limits({pair(1, 2), pair(2, 3)}))
    with pytest.raises(Conflict, match="keep everybody apart"):
        form(people(3), 3, Limits(apart={pair(1, 2)}))


def test_people_who_have_not_met_come_before_people_who_have() -> None:
    same = [Candidate(number) for number in range(1, 5)]
    met = {pair(1, 2), pair(3, 4)}
    for seed in range(10):
        assert not {frozenset(pod) for pod in form(same, 2, Limits(met=met), seed=seed)} & met


def test_a_latecomer_goes_to_the_smallest_pod_that_has_room_and_no_one_to_keep_apart() -> None:
    one, two, three, four, late = people(5)
    pods = {7: [one, two], 8: [three], 9: [four]}
    assert place(late, pods, 2, Limits(apart={pair(5, 3)})) == 9
    assert place(late, {7: [one, two, three]}, 2, Limits()) is None


def all_pods(ids: list[int], size: int) -> list[list[list[int]]]:
    if not ids:
        return [[]]
    first, rest = ids[0], ids[1:]
    return [
        [[first, *others], *more]
        for others in itertools.combinations(rest, size - 1)
        for more in all_pods([one for one in rest if one not in others], size)
    ]


@pytest.mark.parametrize(("count", "size"), [(6, 2), (8, 2), (6, 3), (9, 3), (8, 4)])
def test_on_small_groups_the_pods_are_close_to_the_best_there_are(count: int, size: int) -> None:
    shares: list[float] = []
    for seed in range(8):
        group = people(count, seed)
        ids = [one.user_id for one in group]
        best = max(fit(pods, group, Limits()) for pods in all_pods(ids, size))
        shares.append(fit(form(group, size), group, Limits()) / best)
    assert min(shares) > 0.9
    assert sum(shares) / len(shares) > 0.97


def test_five_hundred_people_are_placed_in_time_and_better_than_by_chance() -> None:
    group = people(500)
    started = time.process_time()
    pods = form(group, 5)
    took = time.process_time() - started
    ids = [one.user_id for one in group]
    random.Random(3).shuffle(ids)  # noqa: S311
    by_chance = [ids[start : start + 5] for start in range(0, 500, 5)]
    print(
        f"\n500 people in {took:.2f} s; fit {fit(pods, group, Limits()):.0f}, "
        f"by chance {fit(by_chance, group, Limits()):.0f}"
    )
    assert fit(pods, group, Limits()) > 1.5 * fit(by_chance, group, Limits())
    assert took < 6, "a generous limit, for a machine that is busy with something else"
