"""What a project says in one line: how much is known, and how well."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from cogs.boards.ledger import headline as headlines
from cogs.boards.ledger import standings
from cogs.boards.ledger.headline import Evidence, evidence, headline
from cogs.boards.ledger.standings import ClaimStanding
from data.states import Criterion, Decision, Verdict
from tests.cogs.boards.reports.test_writing import claim, result, reviewed

GOOD = "97.4, 97.5, 97.3"


def known(number: int, *runs: tuple[str, int], weight: str = "1") -> ClaimStanding:
    one = claim(number, "97.4", criterion=Criterion.ABSOLUTE, tolerance="1", weight=weight)
    found = [result(one, index, value, by) for index, (value, by) in enumerate(runs, 1)]
    return standings.standing(one, found)


def with_review(one: ClaimStanding, decision: Decision) -> ClaimStanding:
    return standings.standing(one.claim, [reviewed(one.results[0], decision), *one.results[1:]])


def test_every_claim_is_known_in_one_of_five_ways() -> None:
    single = known(1, (GOOD, 2))
    assert evidence(single) is Evidence.SINGLE
    assert evidence(with_review(single, Decision.CONFIRM)) is Evidence.CONFIRMED
    assert evidence(with_review(single, Decision.DISPUTE)) is Evidence.DISPUTED
    assert evidence(known(1, (GOOD, 2), (GOOD, 3))) is Evidence.CONFIRMED, "two people agree"
    assert evidence(known(1, (GOOD, 2), (GOOD, 2))) is Evidence.SINGLE, "the same one twice"
    assert evidence(known(1, (GOOD, 2), ("80, 81, 80", 3))) is Evidence.DISPUTED
    assert evidence(known(1, ("97.0", 2))) is Evidence.INCONCLUSIVE
    assert evidence(known(1)) is Evidence.NOT_ATTEMPTED


def test_no_percentage_hides_what_was_not_checked() -> None:
    """The board of six claims that read “83 % reproduced”, though none was soundly confirmed."""
    board = [known(number, (GOOD, 2)) for number in range(1, 6)] + [known(6)]
    said = headline(board).sentence()
    assert said == "5 single result (5 reproduced) · 1 not attempted"
    assert "%" not in said


def test_weights_are_said_where_they_differ() -> None:
    board = [known(1, (GOOD, 2), weight="3"), known(2)]
    assert headline(board).sentence() == (
        "1 single result, 75% of the weight (1 reproduced) · 1 not attempted, 25% of the weight"
    )
    assert headline([]).sentence() == "No claims yet."


def test_a_wider_tolerance_after_a_result_counts_with_the_first_verdict() -> None:
    strict = claim(1, "97.4", criterion=Criterion.ABSOLUTE, tolerance="1")
    loose = replace(strict, version=2, terms=replace(strict.terms, tolerance="10"))
    runs = [result(loose, 1, "94.0, 94.1, 94.2")]
    widened = standings.standing(loose, runs, [strict])
    assert widened.judgement.verdict is Verdict.REPRODUCED
    assert headlines.counted_verdict(widened) is Verdict.NOT_REPRODUCED
    narrowed = standings.standing(strict, runs, [loose])
    assert headlines.counted_verdict(narrowed) is Verdict.NOT_REPRODUCED
    assert headline([widened]).changed == 1


@given(st.lists(st.decimals(places=2, min_value=0, max_value=50), min_size=1, max_size=5))
def test_the_bar_has_all_its_blocks(weights: list[Decimal]) -> None:
    total = sum(weights)
    assume(total > 0)
    counts = headlines.blocks([weight / total for weight in weights], 10)
    assert sum(counts) == 10
    assert all(count >= 0 for count in counts)


@given(st.lists(st.sampled_from(["0", "1", "2.5", "9"]), min_size=1, max_size=6))
def test_all_shares_add_up(weights: list[str]) -> None:
    board = [
        known(number, *([(GOOD, 2)] if number % 2 else []), weight=weight)
        for number, weight in enumerate(weights, 1)
    ]
    told = headline(board)
    assert sum(share.claims for share in told.shares) == len(board)
    assert round(sum(share.weight for share in told.shares), 20) == 1
