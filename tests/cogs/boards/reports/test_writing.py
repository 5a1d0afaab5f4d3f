"""What a report says: its first page, the ledger behind it, JSON by its schema, and CSV."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
from msgspec.structs import replace

from bot import __version__
from cogs.boards.ledger import rules, standings
from cogs.boards.ledger.rules import TypedComparison, TypedTerms
from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.reports import writing
from cogs.boards.reports.service import ReportContents
from cogs.boards.results import rules as result_rules
from cogs.boards.results.rules import TypedFindings
from data.boards.claims import Claim, ClaimId
from data.boards.projects import ProjectId
from data.boards.results import Result, ResultId, Review
from data.migrations import HEAD
from data.states import Better, Criterion, Decision, ProjectState
from tests.cogs.boards.reports import example

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
NAMES = {2: "bob", 3: "cara", 4: "dan"}
SCHEMA = json.loads((Path(writing.__file__).parent / "report.schema.json").read_text())


def claim(number: int, reported: str, **given: Any) -> Claim:
    typed = TypedTerms(
        statement=f"Claim {number} holds", metric="score", reported=reported,
        **{"better": Better.HIGHER, **given},
    )  # fmt: skip
    return Claim(
        ClaimId(number), 1, ProjectId(1), number, 1, 2, NOW, 2, NOW, rules.check_terms(typed)
    )


def result(of: Claim, number: int, value: str, by: int = 2, **said: Any) -> Result:
    found = result_rules.check_findings(of, TypedFindings(value=value, **said))
    return Result(ResultId(number), 1, of.id, number, of.version, None, by, NOW, found)


def reviewed(one: Result, decision: Decision, by: int = 3) -> Result:
    return replace(one, reviews=(*one.reviews, Review(1, one.id, by, decision, "I looked", NOW)))


def contents(*known: ClaimStanding) -> ReportContents:
    project = SimpleNamespace(
        title="Again", cited="A paper", summary="Does it hold?", state=ProjectState.ACTIVE,
        lead_id=2,
    )  # fmt: skip
    view = SimpleNamespace(
        project=project, paper=None, now=NOW, standings=list(known), links=[], members=[],
    )  # fmt: skip
    return ReportContents(view, [], [])  # type: ignore[arg-type]


def board() -> ReportContents:
    """Return a board with a claim of every kind."""
    absolute = Criterion.ABSOLUTE
    one = claim(1, "97.4", criterion=absolute, tolerance="1", headline=True, dataset="mod 97",
                split="test", spread="0.3", runs=5)  # fmt: skip
    two = claim(2, "90.0", criterion=absolute, tolerance="1")
    old = claim(3, "50.0", criterion=absolute, tolerance="1")
    wider = replace(old.terms, tolerance="20")
    three = replace(old, version=2, terms=wider, fixed_by=3, reason="The table has an erratum")
    four = claim(4, "yes", better=None)
    versus = rules.check_comparison(TypedComparison("One beats two"), one, two)
    five = replace(claim(5, "1"), terms=versus)
    first = standings.standing(
        one,
        [reviewed(result(one, 1, "97.4, 97.5, 97.3, 97.4, 97.4", seeds="0-4", hours="3",
                         hardware="1 × A100", revision="3f2a9c1", evidence="https://e.org"),
                  Decision.CONFIRM)],
    )  # fmt: skip
    second = standings.standing(
        two, [result(two, 1, "+90.1, +89.9, +90.0", hours="2"), result(two, 2, "80, 81, 82", by=3)]
    )
    return contents(
        first,
        second,
        standings.standing(three, [result(three, 1, "45.0, 45.1, 44.9")], [old]),
        standings.standing(four, []),
        standings.standing(five, [], rows=[first, second]),
    )


def test_the_first_page_says_what_was_claimed_found_how_sure_and_what_it_cost() -> None:
    text = writing.markdown(board(), NAMES, None)
    page, _, behind = text.partition("\n---\n")
    for said in (
        "**What was claimed.** 5 claims of the paper were written down",
        "**What was found.** 1 confirmed by somebody else (1 reproduced)",
        "**How sure it is.** 4 results count: 3 without a review by somebody else, 3 without "
        "evidence.",
        "The terms of 1 claim were changed after the first result",
        "**What it cost.** 5 hours of computing were logged.",
        "| C1 Claim 1 holds (headline) | 97.4 ± 0.3 (standard deviation, 5 runs) | "
        "97.400 ± 0.071 (5 runs) | reproduced | confirmed by somebody else |",
    ):
        assert said in page, page
    assert len(page.splitlines()) < 60, "it fits a page"
    assert "mod 97, test, higher is better" in behind
    assert "Left out so far, since nobody has tried it: C4." in behind


def test_hours_without_hardware_are_named_and_the_sums_agree() -> None:
    text = writing.markdown(board(), NAMES, None)
    assert "- 1 × A100: 3 hours\n- hardware not named: 2 hours" in text


def test_changed_terms_are_told_with_both_verdicts_by_whom_and_why() -> None:
    text = writing.markdown(board(), NAMES, None)
    assert (
        "- **C3**, version 1 to 2, by cara, 2026-11-02: tolerance: 1 → 20. Why: The table has an "
        "erratum. Verdict under version 1: not reproduced."
    ) in text
    assert "Verdict under version 2: reproduced. It counts as: not reproduced." in text
    whole = json.loads(writing.as_json(board(), NAMES))
    third = whole["claims"][2]
    assert (third["verdict"], third["counts_as"], third["reason"]) == (
        "reproduced", "not reproduced", "The table has an erratum",
    )  # fmt: skip
    assert [(one["tolerance"], one["verdict"]) for one in third["earlier"]] == [
        ("1", "not reproduced")
    ]


def test_results_that_disagree_are_told_apart() -> None:
    text = writing.markdown(board(), NAMES, None)
    assert "- R1 alone: reproduced." in text
    assert "- R2 alone: not reproduced." in text


def test_the_json_is_what_its_schema_says() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    whole = json.loads(writing.as_json(board(), NAMES))
    jsonschema.validate(whole, SCHEMA)
    assert whole["claims"][4]["compares"] == ["C1", "C2"]
    assert whole["cost"]["by_hardware"] == [
        {"hardware": "1 × A100", "hours": "3"}, {"hardware": "hardware not named", "hours": "2"},
    ]  # fmt: skip
    empty = json.loads(writing.as_json(contents(), NAMES))
    jsonschema.validate(empty, SCHEMA)


def test_numbers_keep_their_signs_in_the_csv_and_formulas_are_harmless() -> None:
    rows = list(csv.DictReader(io.StringIO(writing.as_csv(board(), NAMES))))
    assert rows[1]["value"] == "+90.1, +89.9, +90.0"
    assert rows[0]["evidence_state"] == "confirmed by somebody else"
    cell = writing._cell  # pyright: ignore[reportPrivateUsage]
    for kept in ("+0.9, +1.2", "-3.5", "-1e-3", "+97.4%", "C1"):
        assert cell(kept) == kept
    for formula in ("=1+1", "+1+1", "-1-2", "-2%+3", "@SUM(A1)", "+SUM(A1)", "\t=1", "-1;2"):
        assert cell(formula) == f"'{formula}"


def test_the_example_in_the_docs_is_what_the_code_writes() -> None:
    assert (example.DOCS / "report-example.md").read_text() == example.text()
    assert "made up" in example.text().splitlines()[2]


def test_the_page_holds_the_same_needs_nothing_else_and_takes_nobodys_tags() -> None:
    hostile = claim(1, "97.4", criterion=Criterion.ABSOLUTE, tolerance="1")
    terms = replace(hostile.terms, statement="<script>alert(1)</script> ![x](https://e.org/x.png)")
    known = contents(standings.standing(replace(hostile, terms=terms), []))
    made = dict(writing.render(known, NAMES, page=True))
    assert [ending for ending, _ in writing.render(known, NAMES)] == ["md", "png", "json", "csv"]
    page = made["html"].decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    (picture,) = re.findall(r'<img src="data:image/png;base64,([^"]+)"', page)
    assert base64.b64decode(picture) == made["png"]
    assert re.findall(r'\b(?:src|srcset|data|poster|action)="(?!data:image/png)', page) == []
    assert "@import" not in page
    assert "url(" not in page
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'" in page
    for heading in re.findall(r"^#+ (.*)$", made["md"].decode(), re.MULTILINE):
        assert f">{heading}</h" in page


def test_a_report_says_what_wrote_it_and_which_results_cannot_be_run_again() -> None:
    text = writing.markdown(board(), NAMES, None)
    assert "as of 2026-11-02 12:00 UTC. State: active. Written by Cohort " in text
    assert "Of the results that count, 3 without the commit, 3 without the seeds" in text
    assert "Fixed by bob, 2026-11-02 12:00 UTC, before the first result." in text
    assert "Fixed by cara, 2026-11-02 12:00 UTC, version 2, after the first result." in text
    assert "| not reproduced (under changed terms: reproduced) |" in text
    software = json.loads(writing.as_json(board(), NAMES))["software"]
    assert (software["cohort"], software["schema"]) == (__version__, HEAD)
