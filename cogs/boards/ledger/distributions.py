"""Student's t and the normal distribution.

From mpmath: pure Python, 5 MB and without dependencies of its own. scipy with numpy would be
twenty times that on the disk of a small server, and take longer to load than the rest of the bot,
for the sake of one quantile.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi, tan
from statistics import NormalDist
from typing import Any

MOST = 300
"""More degrees of freedom count as so many. Their quantiles are smaller by 0.4 % at most, and
mpmath's incomplete beta function stays within what a float can hold."""


@lru_cache(maxsize=4096)
def quantile(probability: float, freedom: int) -> float:
    """Return the t below which Student's t lies with a probability of 0.5 < p < 1.

    ``freedom`` is whole and at least 1. The distribution function is the regularized incomplete
    beta function (Abramowitz & Stegun, Handbook of Mathematical Functions, 26.5.27 and 26.7.1).
    """
    # mpmath has no types; its functions on floats are attributes that it makes when it is imported.
    from mpmath import fp  # pyright: ignore[reportMissingTypeStubs]

    floats: Any = fp
    freedom = min(freedom, MOST)
    # The closed form for one degree of freedom, the Cauchy distribution, bounds all others.
    highest = tan(pi * (probability - 0.5))
    if freedom == 1:
        return highest
    tails = 2 * (1 - probability)

    def off(t: float) -> float:
        x = freedom / (freedom + t * t)
        return floats.betainc(freedom / 2, 0.5, 0, x, regularized=True) - tails

    return float(floats.findroot(off, (normal(probability), highest), solver="ridder"))


def normal(probability: float) -> float:
    """Return the quantile of the standard normal distribution."""
    return NormalDist().inv_cdf(probability)
