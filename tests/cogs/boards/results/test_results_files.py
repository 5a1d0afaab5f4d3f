"""Results files: what is read in them, and what of it is new."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.base.errors import InvalidInput
from cogs.boards.ledger import rules as ledger_rules
from cogs.boards.ledger import standings
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.results import results_files, rules
from data.boards.claims import Claim, ClaimId
from data.boards.projects import ProjectId
from data.boards.results import Result, ResultId

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)

CSV = """claim,value,seed,commit,hardware,hours,config
C1,97.10,0,3f2a9c1,RTX 4090,1.5,wd=1
C1,96.8,1,3f2a9c1,RTX 4090,1.5,wd=1
C1,95.0,0,aaaaaaa,RTX 4090,,wd=0
C2,,0,,,,
"""


def standing(*logged: results_files.FileResult) -> ClaimStanding:
    terms = ledger_rules.check_terms(
        TypedTerms(statement="It holds", metric="acc", reported="97.0")
    )
    claim = Claim(ClaimId(1), 1, ProjectId(1), 1, 1, 2, NOW, 2, NOW, terms)
    results = [
        Result(
            ResultId(number), 1, claim.id, number, 1, None, 2, NOW,
            rules.check_findings(claim, one.findings),
        )
        for number, one in enumerate(logged, start=1)
    ]  # fmt: skip
    return standings.standing(claim, results)


def test_runs_made_in_the_same_way_are_one_result_with_their_digits_kept() -> None:
    first, second = results_files.grouped(results_files.read(CSV))
    assert first.findings.value == "97.10; 96.8"
    assert first.findings.seeds == "0, 1"
    assert first.findings.hours == "3.0"
    assert first.findings.command == "wd=1"
    assert (second.findings.value, second.findings.revision) == ("95.0", "aaaaaaa")


def test_csv_and_json_say_the_same() -> None:
    runs = results_files.read(CSV)
    entries = [{name: getattr(run, name) for name in results_files.FIELDS} for run in runs]
    entries[0] |= {"value": 97.5, "seed": 0, "hours": None}
    (first, *rest) = results_files.read(json.dumps({"results": entries}))
    assert (first.value, first.seed, first.hours) == ("97.5", "0", "")
    assert rest == runs[1:]
    assert results_files.read(json.dumps(entries))[1:] == runs[1:]


def test_digits_in_json_stay_as_they_are_written() -> None:
    (run,) = results_files.read('[{"claim": "C1", "value": 0.10}]')
    assert run.value == "0.10"


def test_only_what_no_result_holds_is_new() -> None:
    runs = results_files.read(CSV)
    first, second = results_files.grouped(runs)
    assert results_files.unlogged(runs, standing()) == runs
    assert results_files.unlogged(runs, standing(first)) == list(second.runs)
    assert results_files.unlogged(runs, standing(first, second)) == []
    twice = [*runs, runs[-1]]
    assert results_files.unlogged(twice, standing(first, second)) == [runs[-1]]


def test_a_run_without_a_commit_is_known_from_any_commit() -> None:
    runs = results_files.read("claim,value,seed\nC1,1.5,0\nC1,1.5,0\n")
    (one,) = results_files.grouped(
        results_files.read("claim,value,seed,commit\nC1,1.5,0,3f2a9c1\n")
    )
    assert results_files.unlogged(runs[:1], standing(one)) == []
    assert results_files.unlogged(runs, standing(one)) == runs[1:]


def test_a_template_is_read_back_and_holds_nothing_yet() -> None:
    for text in results_files.template(["C1", "C2"]):
        assert "C2" in text
        assert results_files.read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name,number\nC1,2\n",
        "claim\nC1\n",
        "claim,value\n,97\n",
        '{"results": 5}',
        '{"claim": "C1", "value": 97}',
        "[1, 2]",
        '[{"claim": ',
        "[" * 100_000,
        "claim,value\n" + "C1,97\n" * 1001,
        "claim,value\n" + "C1," + "9" * 200_000,
    ],
)
def test_other_files_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput):
        results_files.read(text)
