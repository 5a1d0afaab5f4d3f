"""Free hours: what people type, and which hours two of them share, over clock changes too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.availability import (
    DAY,
    STEP,
    Free,
    FreeSpan,
    parse,
    restored,
    say,
    shared_hours,
    stretches,
    week,
)
from bot.base.errors import InvalidInput

NOVEMBER = datetime(2026, 11, 4, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("typed", "spans", "hours"),
    [
        ("mon evening", [(0, 17, 22)], None),
        ("Sat morning", [(5, 8, 12)], None),
        ("weekday evenings", [(day, 17, 22) for day in range(5)], None),
        ("mon evening, sat morning; 5 hours", [(0, 17, 22), (5, 8, 12)], 5),
        ("mon, wed evening", [(0, 17, 22), (2, 17, 22)], None),
        ("mon & wed evenings", [(0, 17, 22), (2, 17, 22)], None),
        ("tue morning, evening", [(1, 8, 12), (1, 17, 22)], None),
        ("tue 19-21", [(1, 19, 21)], None),
        ("tue 7-9pm", [(1, 19, 21)], None),
        ("tue 11am-1pm", [(1, 11, 13)], None),
        ("tue 11-1pm", [(1, 11, 13)], None),
        ("fri 22:00–1:00", [(4, 22, 24), (5, 0, 1)], None),
        ("tue-thu afternoons", [(day, 12, 17) for day in (1, 2, 3)], None),
        ("sunday", [(6, 8, 22)], None),
        ("every day", [(day, 8, 22) for day in range(7)], None),
        ("evenings", [(day, 17, 22) for day in range(7)], None),
        ("about 6 hours a week", [], 6),
        ("10h/week", [], 10),
        ("", [], None),
    ],
)
def test_free_hours_are_read_as_people_write_them(
    typed: str, spans: list[tuple[int, int, int]], hours: int | None
) -> None:
    expected = tuple(sorted(FreeSpan(day, start * 60, end * 60) for day, start, end in spans))
    assert parse(typed) == Free(expected, hours)


@pytest.mark.parametrize(
    "typed",
    ["whenever", "mon eveningish", "tue 19:07-21", "tue 25-27", "mon 5", "200 hours", "x" * 300],
)
def test_what_cannot_be_read_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput, match="weekday evenings"):
        parse(typed)


PIECES_A_DAY = DAY // STEP
SPANS = st.builds(
    lambda day, start, length: FreeSpan(
        day, start * STEP, min(start + length, PIECES_A_DAY) * STEP
    ),
    st.integers(0, 6),
    st.integers(0, PIECES_A_DAY - 1),
    st.integers(1, 40),
)


@given(st.lists(SPANS, max_size=8), st.none() | st.integers(0, 168))
def test_what_is_said_is_read_again_as_the_same(spans: list[FreeSpan], hours: int | None) -> None:
    one = Free(tuple(spans), hours)
    said = ", ".join(
        f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[span.day]} "
        f"{span.start // 60}:{span.start % 60:02}-{span.end // 60}:{span.end % 60:02}"
        for span in one.spans
    )
    free = Free(parse(said).spans, hours)
    if len(say(free)) <= 200:
        assert parse(say(free)) == free
    assert restored([span.stored() for span in free.spans]) == free.spans


def test_shared_hours_follow_both_peoples_clocks_over_their_changes() -> None:
    """New York is five hours behind London, and four between their changes in the spring."""
    evening, afternoon = parse("tue 19-21").spans, parse("tue 14-16").spans
    for now, hours in ((NOVEMBER, 2), (datetime(2026, 3, 18, tzinfo=UTC), 1)):
        london, new_york = week(evening, LONDON, now), week(afternoon, NEW_YORK, now)
        assert shared_hours(london, new_york) == hours


def test_the_ends_of_the_week_meet_across_the_world() -> None:
    auckland = week(parse("mon 8-10").spans, ZoneInfo("Pacific/Auckland"), NOVEMBER)
    utc = week(parse("sun 19-21").spans, ZoneInfo("UTC"), NOVEMBER)
    assert shared_hours(auckland, utc) == 2


@given(
    st.lists(SPANS, max_size=5),
    st.sampled_from(["Europe/London", "Asia/Kathmandu", "Asia/Kolkata"]),
)
def test_a_week_without_a_clock_change_holds_exactly_the_hours_that_are_free(
    spans: list[FreeSpan], zone: str
) -> None:
    free = {(span.day, piece) for span in spans for piece in range(span.start, span.end, STEP)}
    assert shared_hours(week(spans, ZoneInfo(zone), NOVEMBER)) == len(free) * STEP / 60


def test_a_free_evening_is_found_on_the_clocks_of_each_very_day() -> None:
    start = datetime(2026, 10, 20, tzinfo=UTC)
    found = stretches(
        parse("sat 19-21, mon 19-21").spans,
        LONDON,
        start,
        start + timedelta(days=7),
    )
    assert found == [
        (datetime(2026, 10, 24, 18, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)),
        (datetime(2026, 10, 26, 19, tzinfo=UTC), datetime(2026, 10, 26, 21, tzinfo=UTC)),
    ]


def test_nothing_is_free_at_a_time_that_the_clocks_skip() -> None:
    start = datetime(2026, 3, 29, tzinfo=UTC)  # 01:00 becomes 02:00 in London
    end = start + timedelta(days=1)
    skipped = stretches(parse("sun 1-2").spans, LONDON, start, end)
    around = stretches(parse("sun 0:30-1:30, sun 1:45-3").spans, LONDON, start, end)
    assert skipped == []
    assert around == [(start + timedelta(minutes=30), start + timedelta(hours=2))]
