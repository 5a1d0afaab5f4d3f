"""What runs say of the mean behind them: the statistics that verdicts rest on.

Plain floats in, plain floats out; whoever calls chooses the scale (differences or logarithms).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache

from msgspec import Struct

from cogs.boards.ledger.distributions import normal, quantile

SURE = 0.95
"""How sure each end of an interval is; both ends together make the 90 % interval of TOST."""

NEAR = {1: 0.10331, 2: 0.36850}
"""Up to two runs tell nothing usable of their scatter, but how near they lie to a number fixed
beforehand does. With κ from here, the true mean lies within RMS/κ of that number in at least 95 %
of cases, whatever the scatter: κ solves sup over σ of P(RMS ≤ κ·δ | mean = δ) = 5 %, where RMS is
the root mean square distance of the runs from that number. For one run that is the interval
x ± 9.68·|x − a| of Machol & Rosenblatt, Proc. IEEE 54 (1966), 1087, and Blachman & Machol, IEEE
Trans. Inf. Theory 33 (1987), 373. The tests check both by integration."""

RANGES = (
    1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078, 3.173, 3.258, 3.336, 3.407,
    3.472, 3.532, 3.588, 3.640, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931,
)  # fmt: skip
"""The mean range of 2 to 25 runs in standard deviations: d2 of control charts (ASTM MNL 7)."""


DISTINCT = 100
"""A summary of more runs is shown by this many different values."""

LARGEST = 300
"""How many different values are looked at one by one."""

EXACT_COINS = 1000
"""Up to this many runs the sign test counts exactly."""

SIGNS_FROM = 8
"""From this many runs on, the sign test can tell something at its part of the error."""

SIGNS_SHARE = 0.1
"""Which part of the error goes to the sign test; the rest to the t interval."""

TURNS = (2, 3, SIGNS_FROM, 20)
"""The numbers of runs at which the rule for an interval changes, and twenty, about where runs at
the end of a half-open interval weigh most against Student's t. Between them, one more run that
agrees only narrows the interval."""


class Points(Struct, frozen=True, dict=True):
    """Runs as values, each with how many runs have it."""

    counted: tuple[tuple[float, int], ...]

    @cached_property
    def runs(self) -> int:
        """How many runs there are."""
        return sum(count for _, count in self.counted)

    @cached_property
    def mean(self) -> float:
        """The mean of all runs."""
        return math.fsum(value * count for value, count in self.counted) / self.runs

    @cached_property
    def deviation(self) -> float | None:
        """The standard deviation (n − 1); None for fewer than two runs."""
        runs, mean = self.runs, self.mean
        if runs < 2:
            return None
        squares = math.fsum(count * (value - mean) ** 2 for value, count in self.counted)
        return math.sqrt(squares / (runs - 1))

    def distance(self, low: float, high: float) -> float:
        """Return the mean distance past [low, high], on the side where it is larger.

        Runs on the other side are taken as lying within, so a run that moves away from the
        interval never shortens it.
        """
        above = math.fsum(max(value - high, 0) * count for value, count in self.counted)
        below = math.fsum(max(low - value, 0) * count for value, count in self.counted)
        return max(above, below) / self.runs

    def beyond(self, allowed: int) -> tuple[float, float]:
        """Return the lowest and the highest value but for ``allowed`` runs at each end."""
        ordered = sorted(self.counted)
        return _after(ordered, allowed), _after(ordered[::-1], allowed)

    def all_past(self, value: float, by: float) -> int:
        """Return 1 or -1 where every run lies at least ``by`` above or below a value, else 0."""
        if all(one - value >= by for one, _ in self.counted):
            return 1
        return -1 if all(value - one >= by for one, _ in self.counted) else 0


def summarised(mean: float, deviation: float, runs: int) -> Points:
    """Return as many runs as a summary is of, with exactly its mean and deviation.

    They lie as normal runs do, at evenly spaced quantiles.
    """
    distinct = min(runs, DISTINCT)
    places = [normal((index + 0.5) / distinct) for index in range(distinct)]
    counts = [runs // distinct + (index < runs % distinct) for index in range(distinct)]
    raw = Points(tuple(zip(places, counts, strict=True)))
    centre, scale = raw.mean, deviation / (raw.deviation or 1.0)
    return Points(tuple((mean + (place - centre) * scale, count) for place, count in raw.counted))


def _after(ordered: Sequence[tuple[float, int]], allowed: int) -> float:
    for value, count in ordered:
        allowed -= count
        if allowed < 0:
            return value
    raise ValueError("fewer runs than are left out")


def together(samples: Sequence[Points]) -> Points:
    """Return the runs of several samples as one, in an order of their own.

    Beyond ``LARGEST`` values, neighbours are drawn together to their mean: twenty thousand runs
    are judged in as little time, and their deviation changes in the third digit at most.
    """
    ordered = sorted(pair for sample in samples for pair in sample.counted)
    if len(ordered) <= LARGEST:
        return Points(tuple(ordered))
    size = -(-len(ordered) // LARGEST)
    groups = [Points(tuple(ordered[at : at + size])) for at in range(0, len(ordered), size)]
    return Points(tuple((group.mean, group.runs) for group in groups))


class Theirs(Struct, frozen=True):
    """What is known of how the paper's number scatters; None for what is not.

    ``deviation`` is that of single runs, ``error`` the standard error of the number printed.
    """

    runs: int | None = None
    deviation: float | None = None
    error: float | None = None

    @property
    def freedom(self) -> int | None:
        """Degrees of freedom of their spread, where it can be told."""
        return self.runs - 1 if self.runs is not None and self.runs > 1 else None


def of_deviation(spread: float, runs: int | None) -> Theirs:
    """Return what a standard deviation of single runs says."""
    if runs is None or runs < 2:
        return Theirs(None, spread)
    return Theirs(runs, spread, spread / math.sqrt(runs))


def of_error(spread: float, runs: int | None) -> Theirs:
    """Return what a standard error of the mean says."""
    if runs is None or runs < 2:
        return Theirs(None, None, spread)
    return Theirs(runs, spread * math.sqrt(runs), spread)


def of_interval(half: float, runs: int | None) -> Theirs:
    """Return what half of a 95 % confidence interval of the mean says."""
    if runs is None or runs < 2:
        # The smallest factor that they can have used, and so the largest error: the cautious side.
        return of_error(half / normal(0.975), None)
    return of_error(half / quantile(0.975, runs - 1), runs)


def of_range(half: float, runs: int | None) -> Theirs:
    """Return what half of the range of all runs says; nothing where their number is unknown."""
    if runs is None or runs < 2:
        return Theirs()
    # Beyond the table its last factor, which is too small for them: the spread comes out too large,
    # on the cautious side.
    return of_deviation(2 * half / RANGES[min(runs, len(RANGES) + 1) - 2], runs)


class Interval(Struct, frozen=True):
    """Where a mean lies, on the scale of the runs."""

    low: float
    high: float

    def wider(self, by: float) -> Interval:
        """Return the interval with as much more at each end."""
        return Interval(self.low - by, self.high + by)

    def around(self, other: Interval) -> Interval:
        """Return the interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def farthest(self, value: float) -> float:
        """Return how far from a value a mean in here can lie."""
        return max(self.high - value, value - self.low)

    def nearest(self, value: float) -> float:
        """Return how far from a value a mean in here lies at least; 0 where it holds it."""
        return max(self.low - value, value - self.high, 0.0)


def welch_freedom(first: float, runs: int, second: float, others: int) -> int:
    """Return Welch's degrees of freedom for two standard errors, rounded down.

    Satterthwaite's formula: (a² + b²)² / (a⁴/(n − 1) + b⁴/(m − 1)), Welch, Biometrika 34 (1947),
    28. Rounding down is the usual caution of the textbooks.
    """
    a, b = first**2, second**2
    # Neither side scatters: 0/0, and the interval has no width whatever stands here.
    if a + b == 0:
        return min(runs, others) - 1
    exact = (a + b) ** 2 / (a**2 / (runs - 1) + b**2 / (others - 1))
    # A hair is added, since 8.0 may come out as 7.999….
    return max(1, math.floor(exact * (1 + 1e-12)))


def usual(
    points: Points, theirs: Theirs, *, digit: float = 0.0, sure: float = SURE
) -> Interval | None:
    """Return where our mean lies about the paper's number if only chance is at work, and past it.

    This is the interval for saying that two numbers *differ*: mean ± t·SE with the scatter of both
    sides. Where both sides' runs and spreads are known, SE is Welch's; where only ours are,
    s·√(1/n + 1/m) (Spence & Stanley, PLoS ONE 11 (2016), e0162874), with m = 1 where the paper
    does not say how many runs it prints: its number may be a single run's. With one run of ours,
    the paper's deviation is taken for ours. None where nothing tells how runs scatter.

    ``digit`` is one unit of the last digit that was written down: values are known to half of it,
    which adds a variance of digit²/12.
    """
    runs, deviation = points.runs, points.deviation
    if deviation is None:
        if theirs.deviation is None or theirs.freedom is None or theirs.runs is None:
            return None
        error = theirs.deviation * math.sqrt(1 + 1 / theirs.runs)
        half = quantile(sure, theirs.freedom) * error
        return Interval(points.mean, points.mean).wider(half)
    own = math.sqrt((deviation**2 + digit**2 / 12) / runs)
    if theirs.error is not None and theirs.runs is not None and theirs.freedom is not None:
        freedom = welch_freedom(own, runs, theirs.error, theirs.runs)
        half = quantile(sure, freedom) * math.hypot(own, theirs.error)
    elif theirs.error is not None or theirs.deviation is not None:
        error = theirs.error if theirs.error is not None else theirs.deviation
        half = quantile(sure, runs - 1) * math.hypot(own, error or 0.0)
    else:
        half = quantile(sure, runs - 1) * own * math.sqrt(1 + runs / (theirs.runs or 1))
    return Interval(points.mean, points.mean).wider(half)


def of_mean(points: Points, *, digit: float = 0.0, sure: float = SURE) -> Interval | None:
    """Return mean ± t·s/√n, where the mean of our runs lies; None for fewer than two runs."""
    runs, deviation = points.runs, points.deviation
    if deviation is None:
        return None
    half = quantile(sure, runs - 1) * math.sqrt((deviation**2 + digit**2 / 12) / runs)
    return Interval(points.mean, points.mean).wider(half)


def cautious(
    points: Points,
    low: float,
    high: float,
    theirs: Theirs,
    *,
    digit: float = 0.0,
    sure: float = SURE,
    single: bool = False,
    lasting: bool = True,
) -> Interval | None:
    """Return where our mean lies, for saying that it *agrees* with a number or an interval.

    The paper's number is ``low`` = ``high``; a bound has an infinite end. It is the interval
    mean ± √((t·s)²/n + (t'·s')²/m), widened to hold what it would be if any of our runs had been
    nearer to the paper. The bare interval is that of two one-sided tests (TOST, Schuirmann 1987),
    with the paper's part added as in Zou & Donner, Stat. Med. 27 (2008), 1693 (MOVER). Widened, it
    can only be more careful, and it only grows when a run moves away from the paper: bare, a run
    that moves away to where the others are would narrow it.

    From eight runs on, the sign test may narrow it: where few enough runs lie past a value, the
    middle of all runs does not. It needs many runs, but shows agreement also where single runs
    scatter by more than the margin, which the widened interval never does. A tenth of the error is
    its own, so that both together err no more often than ``sure`` says.

    ``lasting``: it also holds what it would be with further runs at the paper's value, so that
    more runs that agree only narrow it. A rule for few runs is then never kinder than the rule for
    more of them.

    Where the paper's scatter is unknown, the number printed is taken as it is: whether *that
    number* is right within the margin is then the question. ``single`` says that it is one run's
    among others, which adds one run's scatter. One or two runs say too little of their scatter;
    with a number to compare with, NEAR's rule serves for them. None where nothing can be said.
    """

    def found(runs: Points) -> Interval | None:
        return _of_these(runs, low, high, theirs, digit, sure, single=single)

    whole = found(points)
    agreeing = next((end for end in (low, high) if math.isfinite(end)), None)
    if whole is None or agreeing is None or not lasting:
        return whole
    for number in TURNS:
        if number > points.runs:
            more = found(Points((*points.counted, (agreeing, number - points.runs))))
            whole = whole.around(more) if more is not None else whole
    return whole


def _of_these(
    points: Points,
    low: float,
    high: float,
    theirs: Theirs,
    digit: float,
    sure: float,
    *,
    single: bool,
) -> Interval | None:
    """Return what ``cautious`` does, for these runs alone."""
    runs = points.runs
    extra = _their_part(theirs, sure)
    if runs < len(NEAR) + 1:
        return _of_few(points, low, high, theirs, extra, digit, sure, single=single)
    others = (theirs.runs or (1 if single else None)) if extra is None else None
    more = 1 + (runs / others if others else 0)
    signs = runs >= SIGNS_FROM
    part = 1 - (1 - sure) * (1 - SIGNS_SHARE) if signs else sure
    factor = quantile(part, runs - 1) ** 2 * more / runs
    found = _widest(points, low, high, factor, extra or 0.0)
    if signs:
        other = _by_signs(points, low, high, more, extra or 0.0, (1 - sure) * SIGNS_SHARE)
        found = Interval(max(found.low, other.low), min(found.high, other.high))
    return found.wider(digit / 2)


def _by_signs(
    points: Points, low: float, high: float, more: float, extra: float, error: float
) -> Interval:
    """Return where the middle of our runs lies by the sign test, each end with that error.

    The end on one side is the value past which at most k runs lie, where k runs or fewer past the
    true middle come up with probability ``error`` (the interval for a median, Conover, Practical
    Nonparametric Statistics). It never excludes the paper's value, so that it only grows when a
    run moves away.
    """
    allowed = _rare(points.runs, error)
    if allowed < 0:
        return Interval(-math.inf, math.inf)
    first, last = points.beyond(allowed)
    first, last = min(first, high), max(last, low)
    if low < high:
        return Interval(first, last)
    # A bound or a range has no scatter of its own; a printed number has.
    below, above = (math.sqrt(reach**2 * more + extra) for reach in (low - first, last - high))
    return Interval(low - below, high + above)


@lru_cache(maxsize=1024)
def _rare(runs: int, error: float) -> int:
    """Return the largest k for which k heads or fewer of ``runs`` coins are that rare, or -1."""
    if runs > EXACT_COINS:
        # The normal approximation with a correction for continuity, one run on the safe side.
        return math.floor(runs / 2 - normal(1 - error) * math.sqrt(runs) / 2 - 0.5) - 1
    chance, ways, found = 0.0, 1, -1
    for heads in range(runs // 2):
        chance += ways / 2**runs
        if chance > error:
            break
        found, ways = heads, ways * (runs - heads) // (heads + 1)
    return found


def _their_part(theirs: Theirs, sure: float) -> float | None:
    """Return the square of the paper's own half width; None where nothing is known of it."""
    if theirs.error is None:
        return None
    freedom = theirs.freedom
    return ((quantile(sure, freedom) if freedom else normal(sure)) * theirs.error) ** 2


def _of_few(
    points: Points,
    low: float,
    high: float,
    theirs: Theirs,
    extra: float | None,
    digit: float,
    sure: float,
    *,
    single: bool,
) -> Interval | None:
    runs = points.runs
    known = theirs.deviation is not None and theirs.freedom is not None
    if runs == 1 and known and theirs.deviation is not None and theirs.freedom is not None:
        own = (quantile(sure, theirs.freedom) * theirs.deviation) ** 2
        half = math.sqrt(own + (extra or 0.0))
        (value,) = (one for one, _ in points.counted)
        near = min(max(value, low), high)
        return Interval(min(value, near), max(value, near)).wider(half + digit / 2)
    if math.isinf(low) or math.isinf(high):
        if runs == 1:
            return None
        factor = quantile(sure, 1) ** 2 / 2
        return _widest(points, low, high, factor, extra or 0.0).wider(digit / 2)
    middle = (low + high) / 2
    square = math.fsum(count * (value - middle) ** 2 for value, count in points.counted) / runs
    half = math.sqrt(square) / NEAR[runs]
    if single and extra is None:
        half *= math.sqrt(1 + runs)
    if extra:
        near = points.distance(middle, middle)
        half = near + math.hypot(half - near, math.sqrt(extra))
    return Interval(middle, middle).wider(half + digit / 2)


def _widest(points: Points, low: float, high: float, factor: float, extra: float) -> Interval:
    """Return the widest mean ± √(factor·s² + extra) with each run anywhere back to the paper.

    Mean and deviation depend on the sum and the sum of squares of the runs alone. As each run
    ranges from its nearest place in [low, high] to its value, the pairs of these sums have a
    boundary of straight pieces, on each of which the ends of the interval have a closed form.
    """
    # Around here and not around zero: the squares of large numbers that differ little would lose
    # just the digits in which they differ.
    centre = min(max(points.mean, low), high)
    boxes = [
        (*sorted((value - centre, min(max(value, low), high) - centre)), count)
        for value, count in points.counted
    ]
    runs, share = points.runs, factor / (points.runs - 1)
    total = math.fsum(end * count for _, end, count in boxes)
    squares = math.fsum(end * end * count for _, end, count in boxes)
    found: list[tuple[float, float]] = []
    for start, end, count in sorted(boxes, key=lambda box: box[0] + box[1]):
        if start == end:
            continue
        step, rise = count * (start - end), count * (start * start - end * end)
        found += _on_piece(total, squares, step, rise, runs, share, extra)
        total, squares = total + step, squares + rise
    found += _on_piece(total, squares, 0.0, 0.0, runs, share, extra)
    return Interval(
        centre + min([mean - half for mean, half in found]),
        centre + max([mean + half for mean, half in found]),
    )


def _on_piece(
    total: float,
    squares: float,
    step: float,
    rise: float,
    runs: int,
    share: float,
    extra: float,
) -> list[tuple[float, float]]:
    """Return mean and half width where a straight piece begins, and where on it an end turns.

    With τ from 0 to 1, the mean is (total + τ·step)/n and the half width √(a + bτ + cτ²); where
    the derivative of mean ± half width is zero, τ solves a quadratic equation.
    """
    a = share * max(squares - total * total / runs, 0.0) + extra
    found = [(total / runs, math.sqrt(a))]
    if not step:
        return found
    b = share * (rise - 2 * total * step / runs)
    c = -share * step * step / runs
    slope = step / runs
    if c:
        rest = (b * b - 4 * slope * slope * a) / (4 * (c - slope * slope))
        root = b * b - 4 * c * rest
        if root > 0:
            for away in (-math.sqrt(root), math.sqrt(root)):
                place = (away - b) / (2 * c)
                if 0 < place < 1:
                    half = math.sqrt(max(a + place * (b + place * c), 0.0))
                    found.append(((total + place * step) / runs, half))
    return found
