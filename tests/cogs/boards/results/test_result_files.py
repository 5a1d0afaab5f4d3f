"""Results files, as repositories keep them, and files of runs: what is read, and within what."""

from __future__ import annotations

import tracemalloc
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.boards.results import result_files, runs

CSV = """claim,value,seed,commit,hardware,hours,config,mood
C1,97.1%,0,3f2a9c1,1 × RTX 4090,1.5,mod97.yaml,good
C1,96.8%,1,3f2a9c1,1 × RTX 4090,1.25,mod97.yaml,
C2,0.031,0,3f2a9c1,1 × RTX 4090,1.5,mod97.yaml,
C1,97.4%,2,aaaa111,1 × RTX 4090,1.5,mod97.yaml,
C3,,,,,,,
"""
JSON = """{"results": [
 {"claim": "C1", "value": [0.9710, 0.968], "seed": [0, 1], "commit": "3f2a9c1", "hours": 2.75},
 {"claim": "Loss at the end", "value": 0.031, "config": {"lr": 1e-3}}
]}"""


def test_rows_of_one_claim_and_commit_are_the_runs_of_one_result() -> None:
    found = result_files.read(CSV)
    first, second, third = found.results
    assert (first.claim, first.typed.value, first.typed.seeds) == ("C1", "97.1%; 96.8%", "0, 1")
    assert (first.typed.revision, first.typed.hours) == ("3f2a9c1", "2.75")
    assert (first.typed.hardware, first.typed.command) == ("1 × RTX 4090", "mod97.yaml")
    assert first.lines == (2, 3)
    assert (second.claim, second.typed.value) == ("C2", "0.031")
    assert (third.claim, third.typed.revision) == ("C1", "aaaa111")
    assert found.ignored == ("mood",)


def test_json_says_the_same_and_keeps_its_digits() -> None:
    first, second = result_files.read(JSON).results
    assert (first.typed.value, first.typed.seeds) == ("0.9710; 0.968", "0, 1")
    assert first.typed.hours == "2.75"
    assert (second.claim, second.typed.command) == ("Loss at the end", '{"lr": "1e-3"}')
    (alone,) = result_files.read('{"claim": "C1", "value": 3}').results
    assert alone.typed.value == "3"


def test_only_what_the_file_did_not_say_before_is_new() -> None:
    before = result_files.read(CSV)
    lines = CSV.splitlines()
    after = result_files.read("\n".join([lines[0], lines[4], *lines[1:4], "C2,0.029,1,b,,,"]))
    assert [one.typed.value for one in result_files.fresh(before, after)] == ["0.029"]
    assert result_files.fresh(None, before) == list(before.results)


def test_the_template_is_read_once_it_is_filled_in() -> None:
    made = result_files.template([("C1", "=Base model, EN-DE", "BLEU"), ("C2", "It runs", "runs")])
    assert made.startswith("claim,value,seed,commit,hardware,hours,config,statement,metric\n")
    assert "'=Base model" in made, "no spreadsheet takes it for a formula"
    assert result_files.read(made).results == ()
    (found,) = result_files.read(made.replace("C2,,", "C2,yes,")).results
    assert (found.claim, found.typed.value) == ("C2", "yes")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2", "no columns `claim` and `value`"),
        ("", "no columns"),
        ("claim,value\n,1", "Row 2"),
        ("claim,value,hours\nC1,1,long", "Row 2"),
        ("claim,value,runs\nC1,1,many", "number of runs"),
        ('[{"claim": "C1", "value": [1, 2], "seed": [1]}]', "2 values and 1 seeds"),
        ("[1", "neither JSON"),
        ("[" * 90_000, "neither JSON"),
        ("claim,value\n" + "C1,1\n" * 6_000, "5000 rows"),
        ("claim,value,commit\n" + "".join(f"C1,1,{one}\n" for one in range(300)), "200"),
        ('claim,value\n"' + "," * 190_000, "as CSV"),
        ("x" * 200_001, "200000 characters"),
    ],
)
def test_what_is_no_results_file_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        result_files.read(text)
    assert result_files.is_results_file(text) == (text.startswith(("claim", '[{"claim')) and (
        "5000" not in said and "as CSV" not in said and "seeds" not in said
    ))  # fmt: skip


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
        try:
            runs.read(text, name)
            result_files.read(text)
        except InvalidInput:
            pass
    took = process_time() - began
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60_000_000
    assert took < 5, "traced, which takes several times as long"


@given(st.text(max_size=200))
def test_any_results_file_is_read_or_refused(text: str) -> None:
    try:
        found = result_files.read(text)
    except InvalidInput:
        return
    assert all(one.claim and one.typed.value for one in found.results)
