"""What a project's claims say together: how much is settled, by how much evidence.

Never one percentage: a share of “reproduced” would hide results that nobody else has checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from enum import StrEnum

from msgspec import Struct

from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.printed.numbers import PRECISION
from data.states import Verdict


class Evidence(StrEnum):
    """How well what is known of a claim is known."""

    CONFIRMED = "confirmed by somebody else"
    SINGLE = "single result"
    DISPUTED = "disputed"
    INCONCLUSIVE = "inconclusive"
    NOT_ATTEMPTED = "not attempted"


OPEN = frozenset({Verdict.INCONCLUSIVE, Verdict.NOT_ATTEMPTED})


def evidence(standing: ClaimStanding) -> Evidence:
    """Return how well a claim's verdict is known.

    Disputed comes first: an open dispute, or results that contradict each other. A verdict is
    confirmed where somebody else reviewed and confirmed a result that counts, or where results of
    two people that nobody disputes come to the same verdict apart.
    """
    judgement = standing.judgement
    if standing.is_disputed or judgement.disagree:
        return Evidence.DISPUTED
    if judgement.verdict is Verdict.NOT_ATTEMPTED:
        return Evidence.NOT_ATTEMPTED
    if judgement.verdict is Verdict.INCONCLUSIVE:
        return Evidence.INCONCLUSIVE
    counting = [result for result in standing.results if result.counts]
    if any(result.is_confirmed for result in counting):
        return Evidence.CONFIRMED
    by_name = {result.name: result.runner_id for result in counting}
    # Of people and not of results: ten runs by one person are one witness.
    agreeing = {
        by_name[name]
        for part in judgement.parts
        if part.verdict is judgement.verdict
        for name in part.names
        if name in by_name
    }
    return Evidence.CONFIRMED if len(agreeing) > 1 else Evidence.SINGLE


def known(standing: ClaimStanding) -> str:
    """Say a claim's verdict, and how well it is known where the verdict does not say that."""
    verdict, how = str(counted_verdict(standing)), str(evidence(standing))
    return verdict if verdict == how else f"{verdict}, {how}"


def counted_verdict(standing: ClaimStanding) -> Verdict:
    """Return the verdict that a claim counts with.

    Where the terms were changed after the first result and the verdict got better by that, it is
    the one under the first terms: nobody can widen a tolerance until a claim is reproduced.
    """
    now = standing.judgement.verdict
    if not standing.earlier:
        return now
    first = standing.earlier[0].judgement.verdict
    return first if _RANK[first] < _RANK[now] else now


# Only how far a verdict speaks for the paper. The ways of not doing so are not better or worse than
# each other.
_RANK = {
    Verdict.REPRODUCED: 3,
    Verdict.EXCEEDED: 2,
    Verdict.PARTLY: 1,
    Verdict.INCONCLUSIVE: 0,
    Verdict.NOT_ATTEMPTED: 0,
    Verdict.NOT_REPRODUCED: 0,
    Verdict.REVERSED: 0,
}


class Share(Struct, frozen=True):
    """The claims that are known so well: how many, their part of all weight, and what they say.

    ``verdicts`` are the verdicts that they count with, each with how many claims have it.
    """

    evidence: Evidence
    claims: int
    weight: Decimal
    verdicts: tuple[tuple[Verdict, int], ...]


class Headline(Struct, frozen=True):
    """How well a project's claims are known, best first; shares of weight sum to 1.

    ``headlines`` are the claims that the paper rests on, in the same way. ``changed`` is how many
    claims had their terms changed after their first result, and ``unreviewed`` how many results
    that count nobody else has reviewed, ``unproven`` how many come without evidence.
    """

    claims: int
    shares: tuple[Share, ...]
    headlines: tuple[Share, ...]
    changed: int
    results: int
    unreviewed: int
    unproven: int

    @property
    def equal(self) -> bool:
        """Whether every claim weighs the same, so that counts say all that weights do."""
        return (
            all(share.weight * self.claims == share.claims for share in self.shares)
            or not self.claims
        )

    def sentence(self) -> str:
        """Say all shares in one line, with the verdicts of those that have one."""
        if not self.claims:
            return "No claims yet."
        return " · ".join(_said(share, by_weight=not self.equal) for share in self.shares)

    def headline_sentence(self) -> str:
        """Say the same of the claims that the paper rests on; empty where there are none."""
        return " · ".join(_said(share, by_weight=False) for share in self.headlines)

    def short(self) -> str:
        """Say the same without verdicts, for a line in a list."""
        return " · ".join(f"{share.claims} {share.evidence}" for share in self.shares)


def headline(standings: Sequence[ClaimStanding]) -> Headline:
    """Sum up a project's claims by how well they are known."""
    counting = [result for standing in standings for result in standing.results if result.counts]
    return Headline(
        claims=len(standings),
        shares=_shares(standings),
        headlines=_shares([one for one in standings if one.claim.terms.headline]),
        changed=sum(bool(one.earlier) for one in standings),
        results=len(counting),
        unreviewed=sum(not result.reviews for result in counting),
        unproven=sum(not result.findings.evidence for result in counting),
    )


def blocks(shares: Sequence[Decimal], width: int) -> list[int]:
    """Share ``width`` blocks out by the largest remainders; all of them where the shares sum to 1.

    A share above nothing gets at least one block where there are blocks enough.
    """
    exact = [share * width for share in shares]
    counts = [int(one) for one in exact]
    left = round(sum(exact)) - sum(counts)
    by_remainder = sorted(
        range(len(shares)), key=lambda index: (counts[index] - exact[index], index)
    )
    for index in by_remainder[:left]:
        counts[index] += 1
    for index, share in enumerate(shares):
        if share > 0 and not counts[index]:
            largest = max(range(len(counts)), key=lambda at: counts[at])
            # Taken from the largest share, where one block less is seen least.
            if counts[largest] > 1:
                counts[largest] -= 1
                counts[index] = 1
    return counts


def weights(standings: Sequence[ClaimStanding]) -> list[Decimal]:
    """Return each claim's part of all the weight; equal parts where none has any."""
    with localcontext(PRECISION):
        given = [Decimal(one.claim.terms.weight) for one in standings]
        total = sum(given, Decimal(0))
        return [one / total if total else Decimal(1) / len(given) for one in given]


def _shares(standings: Sequence[ClaimStanding]) -> tuple[Share, ...]:
    if not standings:
        return ()
    found: list[Share] = []
    known = [evidence(one) for one in standings]
    parts = weights(standings)
    for each in Evidence:
        mine = [index for index, one in enumerate(known) if one is each]
        if not mine:
            continue
        counted = [counted_verdict(standings[index]) for index in mine]
        verdicts = tuple(
            (verdict, counted.count(verdict))
            for verdict in Verdict
            if verdict in counted and str(verdict) != str(each)
        )
        with localcontext(PRECISION):
            weight = sum((parts[index] for index in mine), Decimal(0))
        found.append(Share(each, len(mine), weight, verdicts))
    return tuple(found)


def _said(share: Share, *, by_weight: bool) -> str:
    said = f"{share.claims} {share.evidence}"
    if by_weight:
        said += f", {round(share.weight * 100)}% of the weight"
    if share.verdicts:
        told = ", ".join(f"{count} {verdict}" for verdict, count in share.verdicts)
        said += f" ({told})"
    return said


def verdict_shares(standings: Sequence[ClaimStanding]) -> list[tuple[Verdict, Decimal]]:
    """Return which part of all the weight counts with each verdict, in the order of verdicts."""
    if not standings:
        return []
    parts = weights(standings)
    counted = [counted_verdict(one) for one in standings]
    with localcontext(PRECISION):
        return [
            (
                verdict,
                sum(
                    (part for part, one in zip(parts, counted, strict=True) if one is verdict),
                    Decimal(0),
                ),
            )
            for verdict in Verdict
        ]
