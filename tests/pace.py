"""How long something computes, in milliseconds of the machine that the limits were written on.

A limit in seconds fails on a slower machine, and on one that has other things to do: caches and
cores are shared, and processor time grows by half or more. So what is measured is compared with a
piece of work that is always the same, measured right beside it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

ATTEMPTS = 5
"""How often something that seems too slow is measured again; the least of them counts."""

HOPELESS = 5
"""How many times too slow is no matter of what else the machine does, and not measured again."""

_TEXT = "a line of 24 characters\n" * 640
_WORD = re.compile(r"\w+")


def _work() -> None:
    """Take a millisecond of an idle machine, with what readers of texts do most."""
    seen: dict[str, int] = {}
    for number, found in enumerate(_WORD.finditer(_TEXT)):
        seen[found.group()] = number
    "".join(one for one in _TEXT if one.isdigit())


def _seconds(call: Callable[[], object]) -> float:
    began = time.thread_time()
    call()
    return time.thread_time() - began


_shortest = min(_seconds(_work) for _ in range(20))
"""The piece of work at its fastest so far. Against it, everything seems as slow as can be."""


def milliseconds(call: Callable[[], object], allowed: float) -> float:
    """Return how long a call computes in this thread, again where it may exceed ``allowed``."""
    least = _seconds(call) / _shortest
    for _ in range(ATTEMPTS):
        if not allowed < least < HOPELESS * allowed:
            break
        beside = _seconds(_work)
        taken = _seconds(call)
        least = min(least, taken / max(beside, _seconds(_work)))
    return least
