"""Where things lie on the plot of a report."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from cogs.boards.ledger import rules as ledger
from cogs.boards.ledger.rules import Standing, TypedTerms
from cogs.boards.reports import plot
from cogs.boards.results import rules as findings
from cogs.boards.results.rules import TypedFindings
from data.boards.claims import Claim, ClaimId
from data.boards.projects import ProjectId
from data.boards.results import Result, ResultId
from data.states import Category, Criterion, Verdict

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def standing(reported: str, value: str | None = None, number: int = 1, **given: Any) -> Standing:
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
    return ledger.standing(claim, found)


@pytest.mark.parametrize(
    ("reported", "value", "given", "ours"),
    [
        ("200", "210", {"tolerance": "5%"}, 1.0),
        ("200", "190", {"tolerance": "5%"}, -1.0),
        ("0", "0.5", {"criterion": Criterion.ABSOLUTE, "tolerance": "0.25"}, 2.0),
        ("0.10", "0.095", {"criterion": Criterion.EXACT}, -1.0),
        ("+2", "-1", {"criterion": Criterion.DIRECTION}, -1.5),
        ("5", "15", {"criterion": Criterion.ABSOLUTE, "tolerance": "0"}, 2.0),
    ],
)
def test_one_step_is_what_the_criterion_allows(
    reported: str, value: str, given: dict[str, Any], ours: float
) -> None:
    (row,) = plot.rows([standing(reported, value, **given)])
    assert row.position is not None
    assert row.position.ours == pytest.approx(ours)
    assert row.position.banded is (ours != -1.5 and given.get("tolerance") != "0")


def test_an_interval_of_ours_is_its_own_step() -> None:
    (row,) = plot.rows([standing("97.4", "97.1, 96.8, 97.4", criterion=Criterion.INTERVAL)])
    assert row.position is not None
    # Half of the confidence interval over half of the prediction interval: 1/√(n + 1).
    assert row.position.ours_half == pytest.approx(0.5)
    assert row.ours == "97.1 ± 0.3 (3 runs)"


def test_what_has_no_number_has_its_values_and_no_scale() -> None:
    run, unknown = plot.rows(
        [
            standing("yes", "yes, no", category=Category.RUN),
            standing("n/r", "3", number=2),
        ]
    )
    assert (run.theirs, run.ours, run.position) == ("yes", "yes in 1 of 2 tries", None)
    assert (unknown.theirs, unknown.ours, unknown.position) == ("n/r", "3", None)


def test_what_was_tried_has_room_before_what_was_not() -> None:
    many = [standing("1", number=number) for number in range(1, plot.ROWS + 3)]
    many[-1] = standing("1", "1.0", number=plot.ROWS + 2)
    drawn = plot.rows(many)
    assert len(drawn) == plot.ROWS
    assert drawn[-1].verdict is Verdict.REPRODUCED


def test_the_picture_is_as_wide_as_a_phone_and_one_wide_interval_squeezes_nothing() -> None:
    wide = standing("1", "-90, 3, 400", number=2)
    narrow = standing("100%", "99.9%")
    alone, both = (
        Image.open(io.BytesIO(plot.draw("[Re] “Ours” – über × 数", plot.rows(some), 1)))
        for some in ([narrow], [narrow, wide])
    )
    assert alone.width == both.width == 720
    row = (0, 60 * 2, 720, 110 * 2)
    assert alone.crop(row).tobytes() == both.crop(row).tobytes()
