"""Where things lie on the plot of a report."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image

from cogs.boards.ledger import rules as ledger
from cogs.boards.ledger import standings
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.reports import plot
from cogs.boards.results import rules as findings
from cogs.boards.results.rules import TypedFindings
from data.boards.claims import Claim, ClaimId
from data.boards.projects import ProjectId
from data.boards.results import Result, ResultId, Review
from data.states import Category, Criterion, Decision, Verdict

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def standing(
    reported: str, value: str | None = None, number: int = 1, **given: Any
) -> ClaimStanding:
    typed = TypedTerms(statement="It holds", metric="acc", reported=reported, **given)
    claim = Claim(
        ClaimId(number), 1, ProjectId(1), number, 1, 2, NOW, 2, NOW, ledger.check_terms(typed)
    )
    found = [
        Result(
            ResultId(1), 1, claim.id, 1, 1, None, 2, NOW,
            findings.check_findings(claim, TypedFindings(value=value)),
        )
    ] if value else []  # fmt: skip
    return standings.standing(claim, found)


@pytest.mark.parametrize(
    ("reported", "value", "given", "ours"),
    [
        ("200", "210", {"tolerance": "5%"}, 1.0),
        ("200", "190", {"tolerance": "5%"}, -1.0),
        ("0", "0.5", {"criterion": Criterion.ABSOLUTE, "tolerance": "0.25"}, 2.0),
        ("0.10", "0.095", {"criterion": Criterion.EXACT}, -1.0),
        ("+2", "-1", {"criterion": Criterion.DIRECTION}, -0.5),
        ("40-50", "55", {}, 2.0),
        ("97.4", "97.7, 97.8, 97.6", {"spread": "0.3", "runs": 5}, 0.5),
    ],
)
def test_one_step_is_what_the_criterion_allows(
    reported: str, value: str, given: dict[str, Any], ours: float
) -> None:
    (row,) = plot.rows([standing(reported, value, **given)])
    assert row.position is not None
    assert row.position.ours == pytest.approx(ours)
    assert row.position.band is not None


def test_an_interval_is_drawn_against_a_bound() -> None:
    (row,) = plot.rows([standing("< 50", "40, 41, 39")])
    assert row.position is not None
    assert row.position.band == (-math.inf, 0.0)
    assert row.position.interval is not None
    low, high = row.position.interval
    assert low < high < 0, "all of it keeps to the bound"


def test_what_has_no_number_has_its_values_and_no_scale() -> None:
    run, unknown = plot.rows(
        [
            standing("yes", "yes, partly", category=Category.RUN),
            standing("n/r", "3", number=2),
        ]
    )
    assert (run.theirs, run.ours, run.position) == ("yes", "yes in 1 of 2", None)
    assert (unknown.theirs, unknown.ours, unknown.position) == ("n/r", "3", None)


def test_what_was_tried_has_room_before_what_was_not() -> None:
    many = [standing("1", number=number) for number in range(1, plot.ROWS + 3)]
    many[-1] = standing("1", "1.000", number=plot.ROWS + 2, criterion=Criterion.EXACT)
    drawn = plot.rows(many)
    assert len(drawn) == plot.ROWS
    assert drawn[-1].verdict is Verdict.REPRODUCED


def test_a_dispute_is_marked() -> None:
    whole = standing("200", "210, 211, 209", tolerance="10%")
    dispute = Review(1, ResultId(1), 3, Decision.DISPUTE, "The wrong split", NOW)
    (plain,) = plot.rows([whole])
    (row,) = plot.rows([replace(whole, results=[replace(whole.results[0], reviews=(dispute,))])])
    assert (plain.known, row.known, row.is_disputed) == ("single result", "disputed", True)


def test_the_picture_fits_a_page_and_one_wide_interval_squeezes_nothing() -> None:
    wide = standing("1", "-90, 3, 400", number=2)
    narrow = standing("100%", "99.9%")
    many = [standing("1", number=number) for number in range(1, 200)]
    alone, both, full = (
        Image.open(io.BytesIO(plot.draw("[Re] “Ours” – über × 数", plot.rows(some), 1)))
        for some in ([narrow], [narrow, wide], many)
    )
    assert alone.width == both.width == full.width == 960
    assert full.height <= full.width * math.sqrt(2) + 1
    row = (0, 63 * 2, 960, 90 * 2)
    assert alone.crop(row).tobytes() == both.crop(row).tobytes()
