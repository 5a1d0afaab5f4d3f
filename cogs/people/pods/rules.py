"""Who goes into which pod.

Sizes differ by one at most. A first arrangement puts each person, the hardest to place first,
where they fit best; then people change places as long as that makes the whole fit better. The work
is pure, meant for a thread, and the same seed gives the same pods.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from itertools import combinations

from msgspec import Struct

from bot.base.errors import Conflict, InvalidInput
from cogs.people.compatibility import Candidate, affinity
from data.checkins.history import Turned

LEAST = 2
MOST = 20
USUAL = 5

APART = -1_000_000.0
"""The score of a pair that must not be in one pod."""

# As much as six shared hours a week count for, so that the quiet are spread over the pods, and not
# gathered in one that nobody wakes.
BOTH_QUIET = -60.0
"""What a pair scores when both are quiet."""

QUIET_ROUNDS = 2
"""People who missed this many of their latest rounds are quiet."""

LOOK_BACK = 16
"""How many rounds back we look for that."""

ROUNDS = 12
"""How often everybody may change places, at most."""

OFFERS = 100
"""With how many others each person may change places in a round."""

BACK_WITHIN = timedelta(days=30)
"""How long pods that were dissolved can be brought back."""

FRESH = timedelta(days=7)
"""How long a proposal that somebody asked for is left alone."""


class Limits(Struct, frozen=True):
    """Pairs of people who belong together, must be apart, or were in a pod together before.

    ``quiet`` are those who have not been heard from lately: they are spread over the pods.
    """

    together: AbstractSet[frozenset[int]] = frozenset()
    apart: AbstractSet[frozenset[int]] = frozenset()
    met: AbstractSet[frozenset[int]] = frozenset()
    quiet: AbstractSet[int] = frozenset()


def sizes(count: int, size: int) -> list[int]:
    """Return the sizes of pods for ``count`` people: as near to ``size`` as possible, none of 1.

    They differ by one at most, and are within one of ``size`` wherever that is possible.
    Raises InvalidInput for a size out of range, Conflict for fewer than two people.
    """
    if not LEAST <= size <= MOST:
        raise InvalidInput(f"A pod has {LEAST} to {MOST} people; {USUAL} is a good size.")
    if count < LEAST:
        raise Conflict("Pods need at least two people who are here and not away.")
    if count <= size:
        return [count]
    options = range(max(1, count // (size + 2)), count // LEAST + 1)
    # Of two numbers that fit alike, more and smaller pods: in a small one it is noticed when
    # somebody is missing.
    number = min(options, key=lambda pods: (_strain(count, pods, size), -pods))
    small, larger = divmod(count, number)
    return [small + 1] * larger + [small] * (number - larger)


def form(
    people: Sequence[Candidate], size: int, limits: Limits | None = None, *, seed: int = 0
) -> list[list[int]]:
    """Return pods of user ids, everybody in exactly one.

    Raises InvalidInput and Conflict as ``sizes`` does, and Conflict when the people who belong
    together are too many for a pod, or the ones to keep apart cannot be.
    """
    limits = limits or Limits()
    room = sizes(len(people), size)
    ids = [one.user_id for one in people]
    scores = _scores(people, limits)
    units = _units(ids, limits)
    generator = random.Random(seed)  # noqa: S311 - no secret; the same seed gives the same pods
    pods = _arrange(units, room, scores, generator)
    # People who belong together stay where they were put: moving one would part them, and moving
    # all together has no partner of their size.
    movable = {unit[0] for unit in units if len(unit) == 1}
    _improve(pods, movable, scores, generator)
    # Checked at the end and not forbidden on the way: a swap through a bad arrangement may lead to
    # a good one.
    if any(scores[a][b] <= APART for pod in pods for a in pod for b in pod if a != b):
        raise Conflict(
            "I found no pods that keep everybody apart as you asked. Choose another size, or keep "
            "fewer people apart."
        )
    return [[ids[index] for index in sorted(pod)] for pod in pods]


def fit(pods: Iterable[Sequence[int]], people: Sequence[Candidate], limits: Limits) -> float:
    """Return how well pods fit: the sum over all pairs in one pod."""
    known = {one.user_id: one for one in people}
    return sum(
        _score(known[a], known[b], limits)
        for pod in pods
        for position, a in enumerate(pod)
        for b in pod[position + 1 :]
    )


def place(
    newcomer: Candidate,
    pods: Mapping[int, Sequence[Candidate]],
    size: int,
    limits: Limits,
) -> int | None:
    """Return the pod in which somebody who joins late fits best, or None where all are full.

    A pod is full with one more than ``size``; the smaller come first.
    """
    fitting = [
        # The smallest first, and fit only among equals: a pod of two needs a third more than a
        # newcomer needs the best match.
        (len(inside), -sum(_score(newcomer, one, limits) for one in inside), pod)
        for pod, inside in pods.items()
        if len(inside) <= size
        and not any(frozenset((newcomer.user_id, one.user_id)) in limits.apart for one in inside)
    ]
    return min(fitting)[2] if fitting else None


def quiet(turns: Iterable[Turned]) -> set[int]:
    """Return the people who missed their latest two rounds; each person's newest come first."""
    latest: dict[int, list[bool]] = {}
    for one in turns:
        latest.setdefault(one.user_id, []).append(one.missed)
    return {
        user_id
        for user_id, missed in latest.items()
        if len(missed) >= QUIET_ROUNDS and all(missed[:QUIET_ROUNDS])
    }


def under_half_active(members: Iterable[int], quiet: AbstractSet[int]) -> bool:
    """Whether fewer than half of these people have been heard from lately."""
    inside = set(members)
    return bool(inside) and 2 * len(inside - quiet) < len(inside)


def _strain(count: int, pods: int, size: int) -> int:
    """Return how far the worst of ``pods`` pods is from the size asked for."""
    return max(abs(count // pods - size), abs(-(-count // pods) - size))


def _score(one: Candidate, other: Candidate, limits: Limits) -> float:
    pair = frozenset((one.user_id, other.user_id))
    if pair in limits.apart:
        return APART
    both_quiet = pair <= limits.quiet
    return affinity(one, other, met=pair in limits.met) + BOTH_QUIET * both_quiet


def _scores(people: Sequence[Candidate], limits: Limits) -> list[list[float]]:
    scores = [[0.0] * len(people) for _ in people]
    for a, one in enumerate(people):
        own = scores[a]
        for b in range(a):
            # Without looking at the limits, which name few of the pairs: those are put right below.
            # For 200 people that is 20,000 look-ups less.
            own[b] = scores[b][a] = affinity(one, people[b])
    index_of = {one.user_id: index for index, one in enumerate(people)}
    quiet = sorted(limits.quiet & index_of.keys())
    both_quiet = {frozenset(pair) for pair in combinations(quiet, 2)}
    for pair in {*limits.met, *limits.apart, *both_quiet}:
        inside = [index_of[one] for one in pair if one in index_of]
        if len(inside) == 2:
            a, b = inside
            scores[a][b] = scores[b][a] = _score(people[a], people[b], limits)
    return scores


def _units(ids: Sequence[int], limits: Limits) -> list[list[int]]:
    """Return indexes of people, those who belong together in one list."""
    index_of = {user_id: index for index, user_id in enumerate(ids)}
    leader = list(range(len(ids)))

    def first(index: int) -> int:
        # Union-find: “A with B” and “B with C” make one circle of three.
        while leader[index] != index:
            index = leader[index]
        return index

    for pair in limits.together:
        inside = [first(index_of[one]) for one in pair if one in index_of]
        if len(inside) == 2:
            leader[max(inside)] = min(inside)
    units: dict[int, list[int]] = {}
    for index in range(len(ids)):
        units.setdefault(first(index), []).append(index)
    for unit in units.values():
        for a in unit:
            if any(frozenset((ids[a], ids[b])) in limits.apart for b in unit if b != a):
                raise Conflict("The same people cannot be both together and apart.")
    return list(units.values())


def _arrange(
    units: Sequence[list[int]],
    room: Sequence[int],
    scores: Sequence[Sequence[float]],
    generator: random.Random,
) -> list[list[int]]:
    """Fill the pods, one after the other, with the people who best fit those in it."""
    pods: list[list[int]] = [[] for _ in room]
    waiting: list[list[int]] = []
    # The largest first, as long as there is room for them anywhere.
    for unit in sorted(units, key=len, reverse=True):
        if len(unit) == 1:
            waiting.append(unit)
            continue
        spare = [number for number, pod in enumerate(pods) if len(pod) + len(unit) <= room[number]]
        if not spare:
            raise Conflict(
                "Too many people belong together for pods of this size. Choose larger pods, or put "
                "fewer people together."
            )
        best = max(spare, key=lambda number: (room[number] - len(pods[number]), -number))
        pods[best] += unit
    generator.shuffle(waiting)
    singles = [unit[0] for unit in waiting]
    likes = {index: sum(score for score in scores[index] if score > 0) for index in singles}
    left = set(singles)
    for number, pod in enumerate(pods):
        while len(pod) < room[number]:
            if pod:
                best = max(left, key=lambda index: (sum(scores[index][one] for one in pod), -index))
            else:
                # A pod begins with the person who is hardest to place: while all others are still
                # free, somebody may fit them.
                best = min(left, key=lambda index: (likes[index], index))
            left.remove(best)
            pod.append(best)
    return pods


def _improve(
    pods: list[list[int]],
    movable: AbstractSet[int],
    scores: Sequence[Sequence[float]],
    generator: random.Random,
) -> None:
    """Swap two people wherever both pods together fit better afterwards."""
    pod_of = {index: number for number, pod in enumerate(pods) for index in pod}
    # How well each person fits each pod as a whole: the gain of a swap is made of four of these.
    fits = [[sum(mine[one] for one in pod) for mine in scores] for pod in pods]
    everybody = sorted(movable)
    for _ in range(ROUNDS):
        changed = False
        generator.shuffle(everybody)
        for one in everybody:
            here = pod_of[one]
            at_home, mine = fits[here], scores[one]
            # Not zero: rounding could take the same swap for a gain in both directions, again and
            # again.
            best, gain = None, 1e-9
            for other in _offers(everybody, generator):
                there = pod_of[other]
                if there == here:
                    continue
                abroad = fits[there]
                difference = (
                    abroad[one] + at_home[other] - at_home[one] - abroad[other] - 2 * mine[other]
                )
                if difference > gain:
                    best, gain = other, difference
            if best is not None:
                _swap(pods, pod_of, fits, scores, one, best)
                changed = True
        if not changed:
            return


def _offers(everybody: Sequence[int], generator: random.Random) -> Sequence[int]:
    """Return the people somebody may change places with: a run from a random start."""
    if len(everybody) <= OFFERS:
        return everybody
    start = generator.randrange(len(everybody))
    run = everybody[start : start + OFFERS]
    return [*run, *everybody[: OFFERS - len(run)]]


def _swap(
    pods: list[list[int]],
    pod_of: dict[int, int],
    fits: list[list[float]],
    scores: Sequence[Sequence[float]],
    one: int,
    other: int,
) -> None:
    here, there = pod_of[one], pod_of[other]
    pods[here][pods[here].index(one)] = other
    pods[there][pods[there].index(other)] = one
    pod_of[one], pod_of[other] = there, here
    changes = [theirs - mine for mine, theirs in zip(scores[one], scores[other], strict=True)]
    fits[here] = [fit + change for fit, change in zip(fits[here], changes, strict=True)]
    fits[there] = [fit - change for fit, change in zip(fits[there], changes, strict=True)]
