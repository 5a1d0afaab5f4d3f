"""The report in docs: a real paper's numbers, and what replicators might find, which is made up.

``python -m tests.cogs.boards.reports.example`` writes it again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from cogs.boards.ledger import rules, standings
from cogs.boards.ledger.rules import TypedComparison, TypedTerms
from cogs.boards.reports import plot, writing
from cogs.boards.reports.service import ReportContents
from cogs.boards.results import rules as result_rules
from cogs.boards.results.rules import TypedFindings
from data.boards.claims import Claim, ClaimId
from data.boards.log import Update
from data.boards.projects import ProjectId
from data.boards.results import Result, ResultId, Review
from data.states import (
    Better,
    Category,
    ClaimRole,
    Criterion,
    Decision,
    Origin,
    ProjectState,
    Topic,
)

DOCS = Path(__file__).parents[4] / "docs"
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
NAMES = {2: "Noor", 3: "Teo", 4: "Ada"}

NOTE = (
    "> An example. The paper's numbers are those of tables 2 and 3 and section 5.2 of Vaswani et "
    "al. 2017, “Attention Is All You Need” (arXiv:1706.03762v7). What the replicators found, their "
    "names and their costs are made up.\n\n"
)

SOFTWARE = writing.Software("0.1.0", "0019")
"""What wrote the example; later versions of Cohort write the same."""

HIGHER, LOWER = Better.HIGHER, Better.LOWER
NEWSTEST = {"metric": "BLEU", "split": "newstest2014", "better": HIGHER, "place": "Table 2"}


def _claim(number: int, statement: str, reported: str, **given: Any) -> Claim:
    typed = TypedTerms(statement=statement, reported=reported, **given)
    terms = rules.check_terms(typed)
    return Claim(ClaimId(number), 1, ProjectId(1), number, 1, 2, NOW, 2, NOW, terms)


def _result(of: Claim, number: int, value: str, by: int, **said: Any) -> Result:
    found = result_rules.check_findings(of, TypedFindings(value=value, **said))
    return Result(ResultId(number), 1, of.id, number, of.version, None, by, NOW, found)


def _reviewed(one: Result, by: int, decision: Decision, reason: str) -> Result:
    return replace(one, reviews=(*one.reviews, Review(1, one.id, by, decision, reason, NOW)))


def contents() -> ReportContents:
    """Return the board of the example."""
    ende, enfr = (
        {**NEWSTEST, "dataset": "WMT 2014 EN-DE"},
        {**NEWSTEST, "dataset": "WMT 2014 EN-FR"},
    )
    rests = {"headline": True, "weight": "2"}
    base = _claim(1, "Transformer (base): EN-DE", "27.3", gap="0.94", **rests, **ende)
    big = _claim(2, "Transformer (big): EN-DE", "28.4", gap="1.1", **rests, **ende)
    convs2s = _claim(3, "ConvS2S: EN-DE", "25.16", gap="0.56", role=ClaimRole.BASELINE, **ende)
    french = _claim(4, "Transformer (big): EN-FR", "41.8", gap="0.51", **enfr)
    cost = _claim(5, "Training cost of the base model", "3.3e18", metric="FLOPs", better=LOWER,
                  criterion=Criterion.RELATIVE, tolerance="20%", place="Table 2")  # fmt: skip
    runs = _claim(6, "The base model trains on eight GPUs in half a day", "yes",
                  metric="runs to its end", category=Category.RUN, place="Section 5.2")  # fmt: skip
    strict = _claim(7, "Without label smoothing the development perplexity falls", "4.67",
                    metric="perplexity", better=LOWER, criterion=Criterion.RELATIVE,
                    tolerance="1%", place="Table 3, row D")  # fmt: skip
    loose = replace(
        strict, version=2, fixed_by=3, reason="Our vocabulary differs by 200 tokens",
        terms=replace(strict.terms, tolerance="0.05"),
    )  # fmt: skip
    how = {"origin": Origin.OWN, "revision": "3f2a9c1", "hardware": "8 × RTX 4090", "seeds": "0-4",
           "command": "python train.py --config base.yaml"}  # fmt: skip
    base_known = standings.standing(
        base,
        [
            _reviewed(
                _result(base, 1, "27.1, 27.3, 27.2, 27.4, 27.2", 2, hours="61", cost="$240",
                        evidence="https://example.org/runs/base", **how),
                3, Decision.CONFIRM, "Same scores from the checkpoints, with sacreBLEU",
            ),
            _result(base, 2, "27.3, 27.1, 27.2", 3, origin=Origin.AUTHORS,
                    hardware="4 × A100", hours="22", seeds="0-2"),
        ],
    )  # fmt: skip
    big_known = standings.standing(
        big,
        [
            _reviewed(
                _result(big, 1, "27.4, 27.6, 27.5", 2, hours="180", cost="$700",
                        hardware="8 × RTX 4090", seeds="0-2",
                        deviations="100,000 steps in place of 300,000"),
                4, Decision.DISPUTE, "A third of the steps is not the paper's model",
            )
        ],
    )  # fmt: skip
    convs2s_known = standings.standing(
        convs2s, [_result(convs2s, 1, "25.9, 26.1, 26.0, 25.8, 26.2", 4, hours="40", seeds="0-4")]
    )
    lead = replace(
        _claim(8, "x", "1", metric="BLEU"),
        terms=rules.check_comparison(
            TypedComparison("The base model beats ConvS2S by 2.1 BLEU", by="2.1", headline=True),
            base,
            convs2s,
        ),
    )
    known = [
        base_known,
        big_known,
        convs2s_known,
        standings.standing(french, []),
        standings.standing(cost, [_result(cost, 1, "3.4e18", 3)]),
        standings.standing(runs, [_result(runs, 1, "yes, yes, partly", 2)]),
        standings.standing(
            loose, [_result(loose, 1, "4.83, 4.85, 4.84, 4.84", 3, hours="9")], [strict]
        ),
        standings.standing(lead, [], rows=[base_known, convs2s_known]),
    ]  # fmt: skip
    view = SimpleNamespace(
        project=SimpleNamespace(
            title="Attention, again", cited="Attention Is All You Need", lead_id=2,
            summary="Do the translation scores hold with our hardware?", state=ProjectState.ACTIVE,
        ),
        paper=SimpleNamespace(
            title="Attention Is All You Need", authors=("A. Vaswani", "others"), year=2017,
            venue="NeurIPS", url="https://arxiv.org/abs/1706.03762", key="arxiv:1706.03762",
        ),
        now=NOW, standings=known, links=[], members=[],
    )  # fmt: skip
    log = [
        (Topic.EASY, "The architecture is described completely."),
        (Topic.DIFFICULT, "Which BLEU script was used; ours is sacreBLEU with tokenizer 13a."),
        (Topic.METHOD, "Checkpoints are averaged as in section 6.1."),
    ]
    return ReportContents(
        view,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        [],
        [
            Update(number, 1, ProjectId(1), 2, topic, said, NOW)
            for number, (topic, said) in enumerate(log)
        ],
    )


def text() -> str:
    """Return the report's text, with a note that says what is made up."""
    whole = writing.markdown(contents(), NAMES, "report-example.png", SOFTWARE)
    title, _, rest = whole.partition("\n\n")
    return f"{title}\n\n{NOTE}{rest}"


def write() -> None:
    """Write the report and its plot into docs."""
    (DOCS / "report-example.md").write_text(text())
    known = contents().view.standings
    title = "[Re] Attention Is All You Need (results made up)"
    (DOCS / "report-example.png").write_bytes(plot.draw(title, plot.rows(known), 0))


if __name__ == "__main__":
    write()
