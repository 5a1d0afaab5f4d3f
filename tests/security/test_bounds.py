"""No reader of files takes much memory, or is long where it cannot be ended.

Readers run in threads of their own, which are ended between two instructions of Python's: what is
left is how long one call into C takes. It is so short, and the memory so little, that a process of
its own for them, which would take longer to start than any of them reads, could add nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.figures import Figures
from tests.security.test_parsers import READERS_OF_FILES

ROOT = Path(__file__).parents[2]

MEMORY = 64
"""MB that one file of 190 KB may take."""

CALL = 0.1
"""Seconds of processor time that one call into C may take; those on the loop take a fifth of it."""


def test_no_file_takes_much_memory_or_long_where_it_cannot_be_ended(
    tell: Callable[[str, Figures], None],
) -> None:
    run = subprocess.run(
        (sys.executable, "-m", "tests.security.bounds"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert {one[0] for one in found} >= READERS_OF_FILES
    large = [one for one in found if one[2] > MEMORY]
    long = [one for one in found if one[3] > CALL]
    tell(
        "bounded work",
        {
            "files and answers read apart": len(found),
            "memory of one at most, MB": round(max(one[2] for one in found)),
            "longest call into C, ms": round(max(one[3] for one in found) * 1000),
        },
    )
    assert not large, large
    assert not long, long
