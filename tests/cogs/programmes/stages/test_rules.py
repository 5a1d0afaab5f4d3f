"""Stages as they are typed, their gates, and when they are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from cogs.programmes.stages import rules
from cogs.programmes.stages.rules import StagePlan
from data.programmes.programmes import ProgrammeId, Stage

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


# Stages

TITLES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)
PLANS = st.lists(
    st.builds(
        StagePlan,
        TITLES,
        st.none() | TITLES.map(lambda words: f"hand in {words}"),
        st.none() | DAYS,
        st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda two: _span(*two)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda plan: plan.title.casefold(),
)


def _span(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


@given(PLANS)
def test_stages_that_are_written_are_read_as_the_same(plans: list[StagePlan]) -> None:
    written = rules.write_stages(plans)
    assert rules.parse_stages(written, units=9, zone=LONDON, now=NOW) == plans


def test_the_parts_of_a_stage_stand_in_any_order() -> None:
    (plan,) = rules.parse_stages(
        " Artefact |units 2–3| due 2026-12-20 | a link ", units=4, zone=LONDON, now=NOW
    )
    assert plan == StagePlan("Artefact", "a link", date(2026, 12, 20), (2, 3))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "one line for each stage"),
        ("\n".join(f"Stage {number}" for number in range(7)), "one line for each stage"),
        ("A | units 3-9", "there are units 1 to 4"),
        ("A | units 3-2", "there are units 1 to 4"),
        ("A | one thing | another", "what is “another”"),
        ("A\na", "Two stages are called"),
        (" | a link", "begin it with a title"),
        ("A | due someday", "read"),
        ("A | " + "x" * 400, "are the most"),
    ],
)
def test_a_stage_that_cannot_be_read_is_said_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        rules.parse_stages(text, units=4, zone=LONDON, now=NOW)


def test_units_belong_to_the_stage_that_names_them_else_to_the_first() -> None:
    plans = [StagePlan("A"), StagePlan("B", units=(3, 4)), StagePlan("C")]
    assert rules.stages_of_units(plans, 5) == [1, 1, 2, 2, 1]
    assert rules.spans([1, 1, 2, 2], 3) == [None, (3, 4), None]


# Gates


@given(st.sets(st.integers(2, 6)), st.integers(2, 6), st.integers(1, 6))
def test_opening_a_gate_never_takes_anybody_back_and_never_skips_one(
    gates: set[int], opened: int, stages: int
) -> None:
    before = rules.reached(gates, stages)
    after = rules.reached(gates | {opened}, stages)
    assert 1 <= before <= after <= stages
    assert all(one in gates | {opened} for one in range(2, after + 1))
    assert not rules.reached(gates, stages) < stages or before + 1 not in gates


@given(st.integers(1, 6), st.integers(1, 6))
def test_opening_what_leads_to_a_stage_reaches_it(stage: int, target: int) -> None:
    gates = set(range(2, stage + 1)) | set(rules.to_open(stage, target))
    assert rules.reached(gates, 6) == max(stage, target)


def test_who_handed_in_is_ready_and_where_nothing_is_asked_all_are_after_the_last_unit() -> None:
    asks = Stage(ProgrammeId(1), 1, "A", "an essay", None)
    free = Stage(ProgrammeId(1), 1, "A", None, None)
    assert rules.is_ready(asks, handed_in=True, units_over=False)
    assert not rules.is_ready(asks, handed_in=False, units_over=True)
    assert rules.is_ready(free, handed_in=False, units_over=True)
    assert not rules.is_ready(free, handed_in=True, units_over=False)


def test_a_day_that_is_due_ends_at_midnight_by_the_clock() -> None:
    stage = Stage(ProgrammeId(1), 1, "A", "an essay", date(2027, 3, 28))
    ends = datetime(2027, 3, 28, 23, tzinfo=UTC)  # summer time has begun in London that morning
    assert rules.due_at(stage, LONDON) == ends
    assert not rules.is_late(ends, stage, LONDON)
    assert rules.is_late(ends + timedelta(seconds=1), stage, LONDON)
