"""The rules of programmes: units by the clock, weeks left out, stages as typed, gates, privacy."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base import when
from bot.base.errors import InvalidInput
from cogs.programmes.programme import rules
from cogs.programmes.progress import rules as progress_rules
from cogs.programmes.progress.rules import Mark
from cogs.programmes.stages import rules as stages_rules
from cogs.programmes.stages.rules import StagePlan
from data.programmes.programmes import ProgrammeId, Stage
from data.states import Audience

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TUESDAY = date(2026, 11, 10)

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
WEEKS = st.lists(st.integers(0, 3), min_size=1, max_size=20).map(
    lambda steps: [sum(steps[: index + 1]) for index in range(len(steps))]
)
SKIPPED = st.lists(st.dates(date(2026, 1, 1), date(2029, 6, 1)), max_size=26)
ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "UTC"]
)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# When units are met


def test_units_are_met_weekly_from_the_first_day_on() -> None:
    days = rules.schedule(TUESDAY, [1, 2, 3], [])
    assert days == [date(2026, 11, 10), date(2026, 11, 17), date(2026, 11, 24)]


def test_a_week_that_the_list_leaves_out_has_no_meeting_and_one_week_has_one() -> None:
    days = rules.schedule(TUESDAY, [1, 1, 3], [])
    assert days == [date(2026, 11, 10), date(2026, 11, 10), date(2026, 11, 24)]


def test_a_first_week_that_is_left_out_puts_off_the_beginning() -> None:
    assert rules.schedule(TUESDAY, [1], [date(2026, 11, 9)]) == [date(2026, 11, 17)]


@given(DAYS, WEEKS, SKIPPED)
def test_every_unit_is_met_on_the_same_weekday_in_order_and_in_no_week_that_is_left_out(
    starts_on: date, weeks: list[int], skipped: list[date]
) -> None:
    days = rules.schedule(starts_on, weeks, skipped)
    assert len(days) == len(weeks)
    assert days == sorted(days)
    assert {day.weekday() for day in days} == {starts_on.weekday()}
    assert not {monday(day) for day in days} & {monday(day) for day in skipped}
    assert days[0] >= starts_on
    for (one, day), (other, later) in zip(
        zip(weeks, days, strict=True), list(zip(weeks, days, strict=True))[1:], strict=False
    ):
        assert (later == day) == (one == other)
        assert later - day >= timedelta(weeks=other - one)


@given(DAYS, WEEKS, SKIPPED, st.data())
def test_leaving_out_one_more_week_moves_only_what_comes_then_or_later_and_each_by_whole_weeks(
    starts_on: date, weeks: list[int], skipped: list[date], data: st.DataObject
) -> None:
    before = rules.schedule(starts_on, weeks, skipped)
    week = monday(data.draw(st.sampled_from(before)))
    after = rules.schedule(starts_on, weeks, [*skipped, week])
    for old, new in zip(before, after, strict=True):
        if old < week:
            assert new == old
        else:
            assert new > old
            assert (new - old) % timedelta(weeks=1) == timedelta()


@given(DAYS, WEEKS, SKIPPED, ZONES, st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_the_clock_on_the_wall_shows_the_same_time_at_every_unit(
    starts_on: date, weeks: list[int], skipped: list[date], zone: str, at: time
) -> None:
    there = ZoneInfo(zone)
    instants = []
    for day in rules.schedule(starts_on, weeks, skipped):
        instant = when.local(day, at, there)
        instants.append(instant)
        shown = instant.astimezone(there)
        gap = shown.replace(tzinfo=None) - datetime.combine(day, at)
        # Only where the clocks jump over that time is it later, by the jump.
        assert timedelta() <= gap <= timedelta(hours=1)
    assert instants == sorted(instants)


def test_the_first_day_may_be_another_weekday() -> None:
    assert rules.first_day(TUESDAY, None) == TUESDAY
    assert rules.first_day(TUESDAY, 1) == TUESDAY
    assert rules.first_day(TUESDAY, 0) == date(2026, 11, 16)


def test_weeks_are_named_by_a_day_of_theirs() -> None:
    days = rules.weeks_in("2026-12-21, 2026-12-28; 2026-12-21", LONDON, NOW)
    assert days == [date(2026, 12, 21), date(2026, 12, 28)]
    with pytest.raises(InvalidInput):
        rules.weeks_in("at some time", LONDON, NOW)
    with pytest.raises(InvalidInput):
        rules.weeks_in(", ".join(["2026-12-21"] * 27), LONDON, NOW)


def test_what_is_due_before_a_week_that_is_left_out_stays_and_the_rest_is_a_week_later() -> None:
    week = date(2026, 12, 23)
    assert rules.put_off(None, week) is None
    assert rules.put_off(date(2026, 12, 20), week) == date(2026, 12, 20)
    assert rules.put_off(date(2026, 12, 21), week) == date(2026, 12, 28)


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
    written = stages_rules.write_stages(plans)
    assert stages_rules.parse_stages(written, units=9, zone=LONDON, now=NOW) == plans


def test_the_parts_of_a_stage_stand_in_any_order() -> None:
    (plan,) = stages_rules.parse_stages(
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
        stages_rules.parse_stages(text, units=4, zone=LONDON, now=NOW)


def test_units_belong_to_the_stage_that_names_them_else_to_the_first() -> None:
    plans = [StagePlan("A"), StagePlan("B", units=(3, 4)), StagePlan("C")]
    assert stages_rules.stages_of_units(plans, 5) == [1, 1, 2, 2, 1]
    assert stages_rules.spans([1, 1, 2, 2], 3) == [None, (3, 4), None]


# Gates


@given(st.sets(st.integers(2, 6)), st.integers(2, 6), st.integers(1, 6))
def test_opening_a_gate_never_takes_anybody_back_and_never_skips_one(
    gates: set[int], opened: int, stages: int
) -> None:
    before = stages_rules.reached(gates, stages)
    after = stages_rules.reached(gates | {opened}, stages)
    assert 1 <= before <= after <= stages
    assert all(one in gates | {opened} for one in range(2, after + 1))
    assert not stages_rules.reached(gates, stages) < stages or before + 1 not in gates


@given(st.integers(1, 6), st.integers(1, 6))
def test_opening_what_leads_to_a_stage_reaches_it(stage: int, target: int) -> None:
    gates = set(range(2, stage + 1)) | set(stages_rules.to_open(stage, target))
    assert stages_rules.reached(gates, 6) == max(stage, target)


def test_who_handed_in_is_ready_and_where_nothing_is_asked_all_are_after_the_last_unit() -> None:
    asks = Stage(ProgrammeId(1), 1, "A", "an essay", None)
    free = Stage(ProgrammeId(1), 1, "A", None, None)
    assert stages_rules.is_ready(asks, handed_in=True, units_over=False)
    assert not stages_rules.is_ready(asks, handed_in=False, units_over=True)
    assert stages_rules.is_ready(free, handed_in=False, units_over=True)
    assert not stages_rules.is_ready(free, handed_in=True, units_over=False)


def test_a_day_that_is_due_ends_at_midnight_by_the_clock() -> None:
    stage = Stage(ProgrammeId(1), 1, "A", "an essay", date(2027, 3, 28))
    ends = datetime(2027, 3, 28, 23, tzinfo=UTC)  # summer time has begun in London that morning
    assert stages_rules.due_at(stage, LONDON) == ends
    assert not stages_rules.is_late(ends, stage, LONDON)
    assert stages_rules.is_late(ends + timedelta(seconds=1), stage, LONDON)


# Progress


@given(
    st.integers(1, 9), st.integers(1, 9), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)
def test_what_somebody_did_shows_whatever_else_holds(
    number: int, from_unit: int, over: bool, locked: bool, was_there: bool, had_read: bool
) -> None:
    found = progress_rules.mark(
        number=number,
        from_unit=from_unit,
        over=over,
        locked=locked,
        was_there=was_there,
        had_read=had_read,
    )
    did = found in (Mark.READ, Mark.THERE, Mark.BOTH)
    assert did == (was_there or had_read)
    if not did and number < from_unit:
        assert found is Mark.BEFORE


@given(
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, *Audience]),
)
def test_what_is_hidden_is_seen_by_oneself_and_who_leads_alone(
    companion: bool, facilitates: bool, hidden: bool | None, audience: Audience | None
) -> None:
    seen = progress_rules.sees(
        own=False, facilitates=facilitates, companion=companion, hidden=hidden, audience=audience
    )
    if facilitates:
        assert seen
    elif hidden or (hidden is None and audience is Audience.NOBODY):
        assert not seen
    elif not companion:
        assert seen == (audience is Audience.SERVER)
    else:
        assert seen
    assert progress_rules.sees(
        own=True, facilitates=False, companion=False, hidden=hidden, audience=audience
    )


def test_late_joiners_begin_at_the_first_unit_that_has_not_been_met() -> None:
    assert rules.current_unit({1: True, 2: False, 3: False}) == 2
    assert rules.current_unit({1: True, 2: True}) == 2
    assert rules.current_unit({}) == 1
