"""Who meets whom over coffee: pairs that rotate until everybody has met everybody.

Among few people a round comes from a fixed tournament in which each pair meets once, so that the
last rounds work out too; where people came and went, the best pairs are searched for. The work is
pure, meant for a thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import availability, when
from bot.base.availability import FreeSpan
from cogs.people.compatibility import Candidate, affinity

EVERY = (1, 2, 4)
"""After how many weeks the next pairs can be made."""

BEGINS = time(9)
"""When pairs are made: on a Monday, at this time in the group's zone."""

TO_JOIN = timedelta(days=2)
"""How long people have at least to say that they want to be in the first round."""

ASK_AFTER = timedelta(days=6)
"""How long after they were introduced two people are asked whether they met."""

# The exact search looks at every set of people that may be left, 2^12 of them; four more people
# take sixteen times as long.
EXACT = 12
"""Up to this many people, the best pairs are found for certain."""

TOURNAMENT = 24
"""Up to this many people, it matters that the last rounds work out; beyond, who fits."""

SHOWN_TIMES = 3
LEAST_MINUTES = timedelta(minutes=30)
HORIZON = timedelta(days=8)
NOTICE = timedelta(hours=12)

LONG_AGO = 40
"""After this many rounds it no longer matters when two people last met."""

# What a round costs, each more than all of the following together: people who must be apart,
# somebody resting, somebody resting out of turn, meeting again, having met lately, a bad fit.
_APART = 10**30
_REST = 10**24
_TURN = 10**18
_AGAIN = 10**11
_LATELY = 10**6
_FIT = 2000


class Before(Struct, frozen=True):
    """One earlier coffee: its round, its people, whether one rested, and whether they met.

    ``met`` is False only where they said that it did not happen.
    """

    number: int
    people: tuple[int, ...]
    rest: bool
    met: bool = True


class CoffeeRound(Struct, frozen=True):
    """Who meets whom, in twos or once in a three, and who rests."""

    circles: tuple[tuple[int, ...], ...]
    resting: tuple[int, ...] = ()


class _Past(Struct, frozen=True):
    """What earlier rounds mean for the one of this number."""

    number: int
    times: Mapping[frozenset[int], int]
    last: Mapping[frozenset[int], int]
    rested: Mapping[int, int]


def first_at(zone: ZoneInfo, now: datetime) -> datetime:
    """Return when the first pairs are made: a Monday morning, two days from now or later (UTC)."""
    day = (now + TO_JOIN).astimezone(zone).date()
    day += timedelta(days=-day.weekday() % 7)
    first = when.local(day, BEGINS, zone)
    return first if first >= now + TO_JOIN else when.local(day + timedelta(7), BEGINS, zone)


def next_at(before: datetime, weeks: int, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when pairs are made after ``before``: ``weeks`` later, at the same time of day.

    Rounds that were due while the bot was down are left out.
    """
    day = before.astimezone(zone).date()
    while True:
        day += timedelta(weeks=weeks)
        following = when.local(day, BEGINS, zone)
        if following > now:
            return following


def pair(
    people: Sequence[Candidate],
    history: Iterable[Before] = (),
    apart: AbstractSet[frozenset[int]] = frozenset(),
    *,
    number: int = 1,
) -> CoffeeRound:
    """Return who meets whom; ``people`` come in the order in which they joined.

    Everybody is in at most one circle. Nobody meets the same person again while that can be
    avoided; then the pair meets that met longest ago. With an odd number the person rests whose
    last rest is longest ago, and joining counts as a rest; three people meet together. People to
    be kept apart never meet. Among equals, the ones who fit best meet.
    """
    ids = [one.user_id for one in people]
    if len(ids) < 2:
        return CoffeeRound(())
    # Two of three would leave one out each time; a three is a coffee, too.
    if len(ids) == 3 and not any(frozenset(two) in apart for two in _twos(ids)):
        return CoffeeRound((tuple(ids),))
    past = _past(history, number)
    costs = _costs(people, past, apart)
    best = _best(costs) if len(ids) <= EXACT else _improved(costs)
    if len(ids) <= TOURNAMENT:
        drawn = min(tournament(len(ids)), key=lambda pairs: _cost(costs, pairs))
        # Compared by repeats alone: what a tournament costs in fit it saves in the last rounds, in
        # which a search that takes the best pairs first finds nobody new.
        if _cost(costs, drawn) // _AGAIN <= _cost(costs, best) // _AGAIN:
            best = drawn
    return _round(ids, best, costs)


def tournament(count: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the rounds of a tournament in which each two of 0 … count - 1 meet exactly once.

    The circle method: one stays, the others move on by one place. With an odd number one place
    belongs to nobody, written as ``count``, and whoever meets nobody rests.
    """
    places = count + count % 2
    ring = places - 1
    for turn in range(ring):
        pairs = [(turn, ring)]
        pairs += [((turn + step) % ring, (turn - step) % ring) for step in range(1, places // 2)]
        yield [(min(two), max(two)) for two in pairs]


def shared_times(
    free: Sequence[tuple[Sequence[FreeSpan], ZoneInfo]], now: datetime
) -> list[datetime]:
    """Return up to three instants (UTC) in the coming days that suit everybody, on different days.

    ``free`` is when each is free, with their zone. Each time is half a day away or more, and
    lasts half an hour or more.
    """
    if len(free) < 2 or not all(spans for spans, _ in free):
        return []
    begin, end = now + NOTICE, now + HORIZON
    (spans, zone), *others = free
    together = availability.stretches(spans, zone, begin, end)
    for spans, zone in others:
        theirs = availability.stretches(spans, zone, begin, end)
        together = list(_overlaps(together, theirs))
    found: list[datetime] = []
    for start, stop in sorted(together):
        another_day = not found or start.date() != found[-1].date()
        if stop - start >= LEAST_MINUTES and another_day:
            found.append(start)
    return found[:SHOWN_TIMES]


def _overlaps(
    one: Sequence[tuple[datetime, datetime]], other: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    for start, stop in one:
        for begin, end in other:
            if max(start, begin) < min(stop, end):
                yield max(start, begin), min(stop, end)


def _past(history: Iterable[Before], number: int) -> _Past:
    times: dict[frozenset[int], int] = {}
    last: dict[frozenset[int], int] = {}
    rested: dict[int, int] = {}
    for before in sorted(history, key=lambda one: one.number):
        for user_id in before.people:
            # For the order of resting, joining counts as having just rested.
            rested.setdefault(user_id, before.number - 1)
            if before.rest:
                rested[user_id] = before.number
        for two in _twos(before.people):
            pair_of = frozenset(two)
            last[pair_of] = before.number
            times[pair_of] = times.get(pair_of, 0) + before.met
    return _Past(number, times, last, rested)


def _twos(people: Sequence[int]) -> Iterator[tuple[int, int]]:
    for place, one in enumerate(people):
        for other in people[place + 1 :]:
            yield one, other


def _costs(
    people: Sequence[Candidate], past: _Past, apart: AbstractSet[frozenset[int]]
) -> list[list[int]]:
    """Return the cost of each two meeting; in the last row and column, of one resting."""
    count = len(people)
    costs = [[0] * (count + 1) for _ in range(count + 1)]
    for a, one in enumerate(people):
        rest = _REST + _TURN * past.rested.get(one.user_id, past.number - 1)
        costs[a][count] = costs[count][a] = rest
        for b in range(a):
            costs[a][b] = costs[b][a] = _meeting(one, people[b], past, apart)
    return costs


def _meeting(
    one: Candidate, other: Candidate, past: _Past, apart: AbstractSet[frozenset[int]]
) -> int:
    two = frozenset((one.user_id, other.user_id))
    if two in apart:
        return _APART
    times = past.times.get(two, 0)
    cost = _AGAIN * times + _FIT - int(10 * affinity(one, other, met=bool(times)))
    if two in past.last:
        cost += _LATELY * max(0, LONG_AGO - (past.number - past.last[two]))
    return cost


def _cost(costs: Sequence[Sequence[int]], pairs: Iterable[tuple[int, int]]) -> int:
    return sum(costs[a][b] for a, b in pairs)


def _best(costs: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the cheapest pairs: the first person left meets anybody else left, or rests."""
    count = len(costs) - 1

    @cache
    def cheapest(left: int) -> tuple[int, tuple[tuple[int, int], ...]]:
        if not left:
            return 0, ()
        # The lowest bit that is set: the first person left, who has to go somewhere, so that each
        # set of pairs is looked at once.
        first = (left & -left).bit_length() - 1
        rest = left & ~(1 << first)
        cost, pairs = cheapest(rest)
        found = (cost + costs[first][count], ((first, count), *pairs))
        for other in range(first + 1, count):
            if rest >> other & 1:
                cost, pairs = cheapest(rest & ~(1 << other))
                if cost + costs[first][other] < found[0]:
                    found = (cost + costs[first][other], ((first, other), *pairs))
        return found

    return list(cheapest((1 << count) - 1)[1])


def _improved(costs: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return cheap pairs of many: each takes the cheapest one left, then pairs change partners.

    With an odd number the last row is a partner too: whoever gets it rests.
    """
    count = len(costs) - 1
    left = set(range(count + count % 2))
    pairs: list[tuple[int, int]] = []
    while left:
        one = min(left)
        left.remove(one)
        other = min(left, key=lambda index: (costs[one][index], index))
        left.remove(other)
        pairs.append((one, other))
    changed = True
    while changed:
        changed = False
        for here in range(len(pairs)):
            for there in range(here + 1, len(pairs)):
                (a, b), (c, d) = pairs[here], pairs[there]
                now = costs[a][b] + costs[c][d]
                if costs[a][c] + costs[b][d] < now:
                    pairs[here], pairs[there] = (a, c), (b, d)
                    changed = True
                elif costs[a][d] + costs[b][c] < now:
                    pairs[here], pairs[there] = (a, d), (b, c)
                    changed = True
    return pairs


def _round(
    ids: Sequence[int], pairs: Iterable[tuple[int, int]], costs: Sequence[Sequence[int]]
) -> CoffeeRound:
    circles: list[tuple[int, ...]] = []
    resting: list[int] = []
    for a, b in pairs:
        inside = [ids[index] for index in (a, b) if index < len(ids)]
        # Where people who must be apart are all that is left, both rest: a round with a gap is
        # better than that pair.
        if len(inside) == 2 and costs[a][b] < _APART:
            circles.append(tuple(inside))
        else:
            resting += inside
    return CoffeeRound(tuple(sorted(circles)), tuple(sorted(resting)))
