"""Verdicts: what our results say of what a paper claims, under terms that were fixed before.

The rules in plain English, with their error rates, are in docs/verdicts.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from cogs.boards.ledger import criteria, intervals
from cogs.boards.ledger.intervals import Points
from cogs.boards.ledger.runs import Ruler, Runs, against, ours, points_of, runs_of
from cogs.boards.ledger.terms import Judgement, Margin, Sample, SourcePart, Terms
from cogs.boards.ledger.thresholds import HAIR, PARTLY
from cogs.boards.printed.numbers import Printed
from cogs.boards.printed.ranges import PrintedRange
from data.states import ClaimRole, Criterion, Scale, Verdict

BAD = frozenset({Verdict.NOT_REPRODUCED, Verdict.REVERSED})
DIFFERENT = BAD | {Verdict.EXCEEDED}

_Alone = Callable[[Terms, Ruler, Runs], Judgement]


def judge(terms: Terms, samples: Sequence[Sample]) -> Judgement:
    """Compare our results with what the paper claims, under the claim's criterion.

    - relative, absolute, equivalent: two one-sided tests against the margin (TOST, Schuirmann
      1987). Reproduced when our mean is shown to lie within the margin of the paper's value (5 %
      error), partly when within twice of it; exceeded, not reproduced or reversed when it is
      shown to lie past the margin; else inconclusive.
    - interval: the same with the 95 % prediction interval t·s·√(1/n + 1/m), which CORE-Bench uses
      with m = 1 (Siegel et al. 2024, arXiv:2409.11363): the interval must lie within the margin.
    - direction: reproduced when our mean is shown to have the paper's sign, reversed when the
      opposite one, not reproduced when it is shown to be less than half of the paper's.
    - exact: reproduced when every run rounds to the digits that the paper printed.
    - outcome, for what is so or not: reproduced when every try says what the paper does, not
      reproduced when none does, partly in between.

    A bound or a range that the paper gives in place of a number is kept to or not. Results of
    several sources are judged apart and then together: “reproduced” needs all runs together to
    show it, and every source's own mean to lie within the margin.

    Properties, each tested: with reproduced > partly > all others, a run that moves away from the
    paper never leads to a better verdict, and further runs that agree with the paper never to a
    worse one; order, grouping within a source and units change nothing. No rule could also rank
    “inconclusive” above “not reproduced” and keep its error rate: a run that moves far away from
    two others that agree shows that runs scatter more than those two let one think.
    """
    if not samples:
        return Judgement(Verdict.NOT_ATTEMPTED, "Nobody has logged a result yet.")
    if terms.reported is None:
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{ours(samples, None)}. The paper reports no number to compare with.",
        )
    match terms.criterion:
        case Criterion.OUTCOME:
            found = _apart(terms, samples, criteria.outcome)
        case Criterion.EXACT:
            found = _apart(terms, samples, criteria.exact)
        case Criterion.DIRECTION:
            # Which side of zero a value lies on has no logarithm.
            plain = replace(terms, scale=Scale.LINEAR)
            found = _together(plain, samples, criteria.direction)
        case _ if isinstance(terms.reported, PrintedRange):
            found = _together(terms, samples, criteria.in_span)
        case _:
            found = _together(terms, samples, criteria.near)
    if terms.role is ClaimRole.BASELINE and found.verdict is Verdict.EXCEEDED:
        said = "It is a baseline: what the paper compares with it leads by less than it says."
        return replace(found, sentence=f"{found.sentence} {said}")
    return found


def by_source(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Return the results of each source, the sources in the order of their first results."""
    sources: dict[str, list[Sample]] = {}
    for sample in samples:
        sources.setdefault(sample.source, []).append(sample)
    return list(sources.values())


def _apart(
    terms: Terms,
    samples: Sequence[Sample],
    alone: Callable[[Terms, Sequence[Sample]], Judgement],
) -> Judgement:
    """Judge by what every single run says; sources that contradict each other are named."""
    whole, sources = alone(terms, samples), by_source(samples)
    if len(sources) == 1:
        return whole
    parts = [_part(group, alone(terms, group)) for group in sources]
    verdicts = {part.verdict for part in parts}
    contradict = Verdict.REPRODUCED in verdicts and bool(verdicts & DIFFERENT)
    return _disagreeing(replace(whole, parts=tuple(parts), disagree=contradict))


def _part(group: Sequence[Sample], found: Judgement) -> SourcePart:
    names = tuple(one.name for one in group)
    return SourcePart(names, found.verdict, found.sentence, group[0].setting)


def _together(terms: Terms, samples: Sequence[Sample], alone: _Alone) -> Judgement:
    """Judge every source apart, then all runs together, and say where they contradict."""
    reported = terms.reported
    assert reported is not None  # noqa: S101 - the caller has looked
    ruler = Ruler(terms.scale)
    if terms.scale is Scale.LOG and not _positive(reported, samples):
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{against(samples, reported)}. They are compared as ratios, for which all "
            "have to be above zero.",
        )
    whole = alone(terms, ruler, runs_of(ruler, samples, reported))
    sources = by_source(samples)
    whole = _with_drift(ruler, sources, whole)
    if len(sources) == 1:
        return whole
    apart = [runs_of(ruler, group, reported) for group in sources]
    parts = [
        _part(group, alone(terms, ruler, runs)) for group, runs in zip(sources, apart, strict=True)
    ]
    points = [runs.points for runs in apart]
    verdicts = {part.verdict for part in parts}
    contradict = Verdict.REPRODUCED in verdicts and bool(verdicts & BAD)
    whole = replace(whole, parts=tuple(parts), disagree=contradict or _differ(points, whole.margin))
    whole = _held_by_all(terms, ruler, whole, points)
    if contradict and whole.verdict not in (Verdict.REPRODUCED, Verdict.PARTLY):
        # What all of them were shown to share holds in spite of it.
        whole = replace(whole, verdict=Verdict.INCONCLUSIVE)
    elif whole.verdict is Verdict.INCONCLUSIVE and len(verdicts) == 1 and verdicts <= DIFFERENT:
        # Each says the same by itself; only how much they differ among themselves hides it.
        whole = replace(whole, verdict=verdicts.pop())
    return _disagreeing(whole)


def _with_drift(ruler: Ruler, sources: Sequence[Sequence[Sample]], whole: Judgement) -> Judgement:
    """Say which results of one source differ by more than its runs scatter.

    They are one sample all the same, or grouping them would change a verdict.
    """
    for group in sources:
        points = [points_of(ruler, sample) for sample in group]
        if len(group) > 1 and _differ(points, whole.margin):
            names = _names([one.name for one in group])
            said = f"{names} differ by more than their runs scatter: what changed between them?"
            whole = replace(whole, sentence=f"{whole.sentence} {said}")
    return whole


def _disagreeing(whole: Judgement) -> Judgement:
    """Add to the sentence what each source says, where they contradict each other."""
    if not whole.disagree:
        return whole
    told = len({part.setting for part in whole.parts}) > 1
    said = "; ".join(
        f"{_names(part.names)}{f' ({part.setting})' if told and part.setting else ''} alone: "
        f"{part.verdict}"
        for part in whole.parts
    )
    return replace(whole, sentence=f"{whole.sentence} The results disagree ({said}).")


def _names(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _positive(reported: Printed | PrintedRange, samples: Sequence[Sample]) -> bool:
    known = [reported.value] if isinstance(reported, Printed) else [reported.low, reported.high]
    values = [value for sample in samples for value in (sample.values or (sample.mean,))]
    return all(value > 0 for value in values) and all(end is None or end >= 0 for end in known)


def _held_by_all(
    terms: Terms, ruler: Ruler, whole: Judgement, sources: Sequence[Points]
) -> Judgement:
    """Take a good verdict back where a source's own mean lies too far away to share it."""
    if whole.verdict not in (Verdict.REPRODUCED, Verdict.PARTLY):
        return whole
    low, high, within, partly = _target(terms, ruler, whole.margin)
    known = [
        (source.distance(low, high), part.verdict)
        for source, part in zip(sources, whole.parts, strict=True)
    ]
    # What is shown by a source's own runs holds for its mean, wherever single runs lie.
    if whole.verdict is Verdict.REPRODUCED and all(
        away <= within * (1 + HAIR) or verdict is Verdict.REPRODUCED for away, verdict in known
    ):
        return whole
    if partly and all(
        away <= partly * (1 + HAIR) or verdict in (Verdict.REPRODUCED, Verdict.PARTLY)
        for away, verdict in known
    ):
        return replace(whole, verdict=Verdict.PARTLY)
    return replace(whole, verdict=Verdict.INCONCLUSIVE, disagree=True)


def _target(terms: Terms, ruler: Ruler, margin: Margin | None) -> tuple[float, float, float, float]:
    """Return where a source's mean has to lie, and how far past it may to share a verdict.

    The last two are for “reproduced” and for “partly”.
    """
    reported = terms.reported
    assert reported is not None  # noqa: S101 - the caller has looked
    if terms.criterion is Criterion.DIRECTION:
        low, high = (0.0, math.inf) if reported.sign > 0 else (-math.inf, 0.0)
        return low, high, 0.0, 0.0
    if isinstance(reported, PrintedRange):
        return *criteria.ends(ruler, reported), 0.0, criteria.room(terms, ruler, reported)
    at, size = ruler.at(float(reported.value)), margin.size if margin is not None else 0.0
    return at, at, size, PARTLY * size


def _differ(sources: Sequence[Points], margin: Margin | None) -> bool:
    """Whether the two sources whose means lie farthest apart differ, by Welch's test at 5 %.

    And by more than the margin: with runs enough, any two machines differ by something.
    """
    known = [one for one in sources if one.deviation is not None]
    if len(known) < 2:
        return False
    low, high = min(known, key=lambda one: one.mean), max(known, key=lambda one: one.mean)
    first, second = ((one.deviation or 0.0) / math.sqrt(one.runs) for one in (low, high))
    freedom = intervals.welch_freedom(first, low.runs, second, high.runs)
    chance = intervals.quantile(0.975, freedom) * math.hypot(first, second)
    return high.mean - low.mean > max(margin.size if margin is not None else 0.0, chance)
