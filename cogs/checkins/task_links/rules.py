"""Whether a commitment and a task of a project mean the same thing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

CLOSE = 85
"""How similar (of 100) a commitment and a task's title must be to suggest a link."""


SHARED_WORDS = 2
"""How many words they share at least, where one says more than the other."""

OFFERED = 5
"""How many commitments one message asks about."""


def same_thing(text: str, titles: Sequence[str]) -> int | None:
    """Return which title of a task a commitment names: the same words, or nearly; None for none.

    A single word must match exactly: “train” says too little.
    """
    wanted = " ".join(re.findall(r"\w+", text.casefold()))
    spoken = [" ".join(re.findall(r"\w+", title.casefold())) for title in titles]
    if not wanted:
        return None
    if wanted in spoken:
        return spoken.index(wanted)
    best: tuple[float, int] | None = None
    for at, title in enumerate(spoken):
        shared = set(wanted.split()) & set(title.split())
        numbers = [set(re.findall(r"\d+", said)) for said in (wanted, title)]
        if not (numbers[0] <= numbers[1] or numbers[1] <= numbers[0]):
            continue  # chapter 3 is not chapter 4
        closeness = fuzz.token_sort_ratio(wanted, title)
        if len(shared) >= SHARED_WORDS:
            closeness = max(closeness, fuzz.token_set_ratio(wanted, title))
        if closeness >= CLOSE and (best is None or closeness > best[0]):
            best = closeness, at
    return best[1] if best is not None else None
