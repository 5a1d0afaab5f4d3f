"""How well people are matched into pods and pairs, and how long that takes.

Quality is against the best there is in small groups, where it can be found by trying everything,
and among five hundred people against pods by chance, and against pods that are filled one after
the other with whoever fits best and then left as they are.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from cogs.people.coffee.rules import pair
from cogs.people.compatibility import Candidate, affinity
from cogs.people.pods import rules
from cogs.people.pods.rules import Limits
from tests.benchmarks.figure import Figure

T = TypeVar("T")

MANY, SIZE = 500, 5
SMALL = ((6, 2), (8, 2), (6, 3), (9, 3), (8, 4))
SEEDS = 8
TICK = 0.005


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
    """Return as many of them, the same for the same seed."""
    generator = random.Random(seed)  # noqa: S311 - the same people each time
    return [somebody(number, generator) for number in range(1, count + 1)]


async def measure() -> list[Figure]:
    """Measure pods and pairs; the long ones in a thread, as the bot does, while the loop ticks."""
    small = [share for count, size in SMALL for share in _of_the_best(count, size)]
    group = people(MANY)
    ids = [one.user_id for one in group]
    formed, took, late = await _off_the_loop(lambda: rules.form(group, SIZE))
    fit = rules.fit(formed, group, Limits())
    random.Random(3).shuffle(ids)  # noqa: S311 - the same each time
    chance = rules.fit(_cut(ids), group, Limits())
    greedy = rules.fit(_greedily(group), group, Limits())
    _, paired, waited = await _off_the_loop(lambda: pair(group))
    return [
        Figure("pods of small groups : the best there are, mean", statistics.mean(small), "×"),
        Figure("pods of small groups : the best there are, worst", min(small), "×"),
        Figure(f"pods of {MANY}, fit : by chance", fit / chance, "×"),
        Figure(f"pods of {MANY}, fit : greedily", fit / greedy, "×"),
        Figure(f"pods of {MANY}, wall", took, "s", 2),
        Figure(f"pods of {MANY}, the loop waits at most", 1000 * late, "ms", 100),
        Figure(f"pairs of {MANY}, wall", paired, "s", 2),
        Figure(f"pairs of {MANY}, the loop waits at most", 1000 * waited, "ms", 100),
    ]


def _of_the_best(count: int, size: int) -> Iterator[float]:
    for seed in range(SEEDS):
        group = people(count, seed)
        ids = [one.user_id for one in group]
        best = max(rules.fit(one, group, Limits()) for one in _all(ids, size))
        yield rules.fit(rules.form(group, size), group, Limits()) / best


def _all(ids: Sequence[int], size: int) -> Iterator[list[tuple[int, ...]]]:
    if not ids:
        yield []
        return
    first, rest = ids[0], ids[1:]
    for others in itertools.combinations(rest, size - 1):
        for more in _all([one for one in rest if one not in others], size):
            yield [(first, *others), *more]


def _cut(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + SIZE] for start in range(0, len(ids), SIZE)]


def _greedily(group: Sequence[Candidate]) -> list[list[int]]:
    """Fill pods one after the other with whoever fits best with its people."""
    left, made = list(group), list[list[int]]()
    while left:
        pod = [left.pop(0)]
        while left and len(pod) < SIZE:
            best = max(left, key=lambda one: sum(affinity(one, other) for other in pod))
            left.remove(best)
            pod.append(best)
        made.append([one.user_id for one in pod])
    return made


async def _off_the_loop(
    work: Callable[[], T],
) -> tuple[T, float, float]:
    """Run in a thread; return what it made, its seconds, and the loop's longest delay."""
    delays: list[float] = []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            delays.append(time.perf_counter() - before - TICK)

    ticking = asyncio.create_task(tick())
    started = time.perf_counter()
    made = await asyncio.to_thread(work)
    took = time.perf_counter() - started
    ticking.cancel()
    return made, took, max(delays, default=0.0)
