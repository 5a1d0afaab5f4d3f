"""Comparative claims: “the first beats the second (by so much)”, judged by our own runs of both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from cogs.boards.ledger import intervals, number_format
from cogs.boards.ledger.intervals import Interval, Points
from cogs.boards.ledger.runs import Ruler, points_of
from cogs.boards.ledger.terms import Judgement, Margin, Sample
from cogs.boards.ledger.thresholds import HAIR
from data.states import Better, Scale, Verdict

CLEARLY = 0.75
"""From this P(A > B) on, Bouthillier et al. 2021 (arXiv:2103.03098, section 4.2) call a difference
meaningful: the first is the better one in three of four pairs of runs."""

PAIRS = 2
"""So many pairs with the same seed are compared as pairs; fewer say nothing of their scatter."""


class Side(Struct, frozen=True):
    """One row of a comparison: what we measured of it, and what the paper prints.

    ``seeds`` gives the value of each run whose seed is known, by source and seed. ``exceeded``
    tells that ours is better than the paper says.
    """

    name: str
    samples: Sequence[Sample]
    reported: Decimal | None
    seeds: Mapping[tuple[str, str], Decimal]
    exceeded: bool = False


class Difference(Struct, frozen=True):
    """How much better the first is than the second, above zero where it is.

    ``interval`` is where the mean difference lies (90 %); None where there is a run of each
    only. ``better`` is P(A > B): the share of pairs of runs in which the first is better, ties
    counted as half. ``pairs`` is how many pairs with the same seed were compared, 0 where all
    runs were compared with all.
    """

    mean: float
    interval: Interval | None
    better: float
    pairs: int


def difference(first: Side, second: Side, better: Better) -> Difference:
    """Compare our runs of two rows.

    Where at least two runs of both share a source and a seed, by the mean of their differences
    (the paired t interval); else by Welch's interval of the two means.
    """
    sign = 1.0 if better is Better.HIGHER else -1.0
    shared = sorted(first.seeds.keys() & second.seeds.keys())
    if len(shared) >= PAIRS:
        differences = [sign * float(first.seeds[one] - second.seeds[one]) for one in shared]
        points = Points(tuple((one, 1) for one in differences))
        wins = [1.0 if one > 0 else 0.5 if one == 0 else 0.0 for one in differences]
        return Difference(
            points.mean, intervals.of_mean(points), math.fsum(wins) / len(wins), len(shared)
        )
    ours, others = (_points(side) for side in (first, second))
    mean = sign * (ours.mean - others.mean)
    return Difference(mean, _welch(ours, others, mean), _above(ours, others, sign), 0)


def _points(side: Side) -> Points:
    ruler = Ruler(Scale.LINEAR)
    return intervals.together([points_of(ruler, sample) for sample in side.samples])


def _welch(first: Points, second: Points, mean: float) -> Interval | None:
    if first.deviation is None or second.deviation is None:
        return None
    a, b = first.deviation / math.sqrt(first.runs), second.deviation / math.sqrt(second.runs)
    freedom = intervals.welch_freedom(a, first.runs, b, second.runs)
    half = intervals.quantile(intervals.SURE, freedom) * math.hypot(a, b)
    return Interval(mean, mean).wider(half)


def _above(first: Points, second: Points, sign: float) -> float:
    """Return the share of all pairs in which the first is better, in one walk over both."""
    ours = sorted((sign * value, count) for value, count in first.counted)
    others = sorted((sign * value, count) for value, count in second.counted)
    below, at, wins = 0, 0, 0.0
    for value, count in ours:
        while at < len(others) and others[at][0] < value:
            below += others[at][1]
            at += 1
        tied, ahead = 0, at
        while ahead < len(others) and others[ahead][0] == value:
            tied += others[ahead][1]
            ahead += 1
        wins += count * (below + tied / 2)
    return wins / (first.runs * second.runs)


def compare(first: Side, second: Side, better: Better, by: Decimal | None) -> Judgement:
    """Judge “the first beats the second”, by at least ``by`` where the claim says how much.

    - reproduced: the first is shown to be better (the 90 % interval of the difference is above
      zero), and by at least half of what is claimed.
    - partly: it is shown to be better, but by less; or the second does better with us than
      in the paper, so that the paper's lead was over a weak baseline.
    - reversed: the second is shown to be better.
    - not reproduced: the lead is shown to be less than half of what the paper claims or prints,
      and may be none.
    - inconclusive: the runs do not tell.
    """
    if not first.samples or not second.samples:
        missing = [side.name for side in (first, second) if not side.samples]
        verdict = Verdict.NOT_ATTEMPTED if len(missing) == 2 else Verdict.INCONCLUSIVE
        return Judgement(verdict, f"There is no result yet for {' and '.join(missing)}.")
    found = difference(first, second, better)
    claimed = _claimed(first, second, better, by)
    said = _said(first, second, found, by)
    judged = _judged(found, claimed, by)
    if judged is Verdict.INCONCLUSIVE and found.interval is None:
        said += " One run of each does not show how far they scatter: 2 more of each would."
    if second.exceeded:
        said += (
            f" {second.name} does better with us than in the paper, which weakens the comparison: "
            "the paper's lead was over a weak baseline."
        )
        if judged is Verdict.REPRODUCED:
            judged = Verdict.PARTLY
    margin = Margin(claimed / 2, f"half of {number_format.short(claimed)}") if claimed else None
    return Judgement(judged, said, margin, found.interval)


def _claimed(first: Side, second: Side, better: Better, by: Decimal | None) -> float:
    """Return by how much the paper has the first lead; 0 where it does not say."""
    if by is not None:
        return abs(float(by))
    if first.reported is None or second.reported is None:
        return 0.0
    lead = float(first.reported - second.reported)
    return max(lead if better is Better.HIGHER else -lead, 0.0)


def _judged(found: Difference, claimed: float, by: Decimal | None) -> Verdict:
    interval = found.interval
    if interval is None:
        return Verdict.INCONCLUSIVE
    # Half of what is claimed, as `direction` asks of a single number.
    half = claimed / 2 * (1 - HAIR)
    if interval.low > 0:
        return Verdict.REPRODUCED if by is None or interval.low >= half else Verdict.PARTLY
    if interval.high < 0:
        return Verdict.REVERSED
    if claimed and interval.high < half:
        return Verdict.NOT_REPRODUCED
    return Verdict.INCONCLUSIVE


def _said(first: Side, second: Side, found: Difference, by: Decimal | None) -> str:
    lead = number_format.short(abs(found.mean))
    said = f"{first.name} is {lead} {'better' if found.mean >= 0 else 'worse'} than {second.name}"
    if found.interval is not None:
        low, high = number_format.apart([found.interval.low, found.interval.high])
        said += f" (90% interval {low} to {high})"
    if by is not None:
        said += f", and {by:f} is claimed"
    over = f"{found.pairs} pairs with the same seed" if found.pairs else "all pairs of runs"
    share = f"{round(found.better * 100)}%"
    strong = "" if found.better < CLEARLY else ", a clear lead"
    return f"{said}: it is the better one in {share} of {over}{strong}."
