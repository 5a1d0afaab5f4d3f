"""Files of runs and results files: no more time or memory than their size allows."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from time import process_time

import pytest

from bot.base.errors import InvalidInput
from cogs.boards.results import results_files, run_files

HOSTILE = {
    "a key each": "[" + ",".join(f'{{"{one}":1}}' for one in range(15_000)) + "]",
    "few keys each": "[" + ",".join(f'{{"{one}":1}}' for one in range(4_900)) + "]",
    "names in the head": ",".join(f"n{one}" for one in range(5_000)) + "\n" + "1\n" * 80_000,
    "commas": "claim,value\n" + "," * 190_000,
    "quoted commas": 'claim,value\n"' + "," * 90_000 + '",1',
    "names and rows": ",".join(f"n{one}" for one in range(5_000)) + "\n" + "1,2\n" * 4_000,
    "numbers": "[" + "1," * 99_000 + "1]",
    "long number": "[" + "1" * 190_000 + "]",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_file_takes_more_memory_or_time_than_its_size_allows(kind: str) -> None:
    text = HOSTILE[kind]
    tracemalloc.start()
    began = process_time()
    for name in ("claim", "0"):
        with suppress(InvalidInput):
            run_files.read(text, name)
    with suppress(InvalidInput):
        results_files.read(text)
    took = process_time() - began
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60_000_000
    assert took < 5, "traced, which takes several times as long"
