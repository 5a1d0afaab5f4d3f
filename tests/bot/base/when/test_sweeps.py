"""Sweeps over 26 languages: whatever is read, is read rightly; the rest is refused or asked back.

The words are CLDR's, but the dates and what they should mean are counted here by themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from bot.base.errors import InvalidInput
from bot.base.when import parse, zone_choices
from bot.base.when.zones import zone_names
from tests.pace import milliseconds

NOW = datetime(2026, 1, 7, 11, 0, tzinfo=UTC)
"""Wednesday, noon in Berlin."""

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 1, 7)
DAY = timedelta(days=1)
WORDS: dict[str, dict[str, dict[str, list[str]]]] = json.loads(
    (files("bot.base.when") / "words.json").read_text("utf-8")
)


def read(text: str, zone: ZoneInfo = BERLIN) -> datetime | None:
    """Return what is read, on the clocks of the zone, without a zone; None where it is refused."""
    try:
        return parse(text, zone=zone, now=NOW).astimezone(zone).replace(tzinfo=None)
    except InvalidInput:
        return None


def day_words() -> Iterator[tuple[str, set[date]]]:
    """Yield every word for a day, and the days that it may mean."""
    meanings: dict[str, set[date]] = {}
    for table in WORDS.values():
        for number, names in enumerate(table["weekdays"]):
            for name in names:
                day = TODAY + timedelta(days=(number - TODAY.weekday()) % 7)
                meanings.setdefault(name, set()).add(day)
        for distance, names in table["days"].items():
            for name in names:
                meanings.setdefault(name, set()).add(TODAY + timedelta(days=int(distance)))
    yield from meanings.items()


def test_no_word_for_a_day_is_read_as_another() -> None:
    seen: Counter[str] = Counter()
    for word, days in day_words():
        for text in (f"{word} 19:00", f"19:00 {word}", f"{word.upper()} 19:00"):
            found = read(text)
            ahead = {day for day in days if day >= TODAY}
            if found is None:
                seen["refused"] += 1
                assert len(days) > 1 or not ahead or len(word) < 3, f"{text} can be read"
            else:
                seen["right"] += 1
                assert {found} == {datetime.combine(day, time(19)) for day in ahead}, text
    assert seen["right"] > 1000
    assert seen["refused"] < 180


FORMATS = (
    "{d} {m} {y} 18:00", "{d}. {m} {y} 18:00", "{d} {m} 18:00", "{d}. {m} 18:00", "{m} {d} 18:00",
    "{m} {d}, {y} 18:00", "18:00 {d} {m} {y}", "{y} {m} {d} 18:00", "{d} {m}, 18:00",
    "18:00 {m} {d}",
)  # fmt: skip


def test_no_date_with_the_name_of_a_month_is_read_as_another() -> None:
    seen: Counter[str] = Counter()
    for language, table in WORDS.items():
        for month, names in enumerate(table["months"], start=1):
            for name in names:
                for day in (3, 25):
                    for form in FORMATS:
                        year = 2027 if "{y}" in form else 2026 + (month == 1 and day < 7)
                        text = form.format(d=day, m=name, y=year)
                        found = read(text)
                        seen["read" if found else "refused"] += 1
                        expected = datetime(year, month, day, 18)  # noqa: DTZ001 - as ``read`` shows
                        assert found in (None, expected), (language, text)
    assert seen["read"] > 10_000
    assert seen["refused"] < 0.1 * seen["read"]


def test_no_weekday_goes_with_a_date_that_is_another() -> None:
    wrong = 0
    for table in WORDS.values():
        for number, names in enumerate(table["weekdays"]):
            for name in names:
                for day in (9, 11, 13):
                    found = read(f"{name} 2026-01-{day:02} 18:00")
                    is_right = date(2026, 1, day).weekday() == number
                    wrong += found is not None and not is_right and len(name) > 2
    assert wrong == 0


ZONES = (
    "Europe/London", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Los_Angeles",
    "America/Santiago", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Jerusalem",
    "Pacific/Chatham",
)  # fmt: skip


@pytest.mark.parametrize("key", ZONES)
def test_no_time_at_a_change_of_the_clocks_is_read_as_one_that_is_not_shown(key: str) -> None:
    zone = ZoneInfo(key)
    changes = 0
    for days in range(800):
        day = TODAY + timedelta(days=days)
        start = datetime.combine(day, time(), UTC)
        if (
            start.astimezone(zone).utcoffset()
            == (start + timedelta(days=1)).astimezone(zone).utcoffset()
        ):
            continue
        changes += 1
        for minutes in range(-24 * 60, 48 * 60, 15):
            wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
            shown = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
            real = {one for one in shown if one.astimezone(zone).replace(tzinfo=None) == wall}
            try:
                found = {parse(f"{wall:%Y-%m-%d %H:%M}", zone=zone, now=NOW)}
            except InvalidInput:
                assert len(real) != 1 or min(real) <= NOW, wall
            else:
                assert found == real, wall
    assert changes >= 4 or key == "America/Havana"


DISLIKED = (
    "9" * 100, "1 " * 50, "on " * 33, "de la " * 16, "1." * 50, "1:" * 50, "日" * 100, "1日" * 50,
    "ma " * 33, "morgen " * 14, "fri 19:00 " * 10, "a/" * 50, "+1 " * 33, "in 1 day " * 11,
    "1 dec " * 16, "月" * 100, "(" * 100, "e\u0301" * 50, "ﷺ" * 100, "İ" * 100, "new york " * 11,
    "1-1-" * 25, "fri " * 25, "noon " * 20, "pm " * 33, "en dentro de 3 " * 6, "½" * 100,
    "½" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("text", DISLIKED)
def test_nothing_that_is_typed_costs_the_loop_more_than_50_ms(text: str) -> None:
    assert milliseconds(lambda: (read(text), zone_choices(text)), 50) < 50


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Boston", "America/New_York"), ("San Francisco", "America/Los_Angeles"),
        ("NYC", "America/New_York"), ("Bangalore", "Asia/Kolkata"), ("Mumbai", "Asia/Kolkata"),
        ("Beijing", "Asia/Shanghai"), ("pacific time", "America/Los_Angeles"),
        ("EST", "America/New_York"), ("PST", "America/Los_Angeles"),
        ("eastern", "America/New_York"),
        ("CET", "Europe/Paris"), ("usa", "America/New_York"), ("texas", "America/Chicago"),
        ("münchen", "Europe/Berlin"), ("Saigon", "Asia/Ho_Chi_Minh"),
        ("washington", "America/New_York"),
        ("Hyderabad", "Asia/Kolkata"), ("san fran", "America/Los_Angeles"), ("UK", "Europe/London"),
    ],
)  # fmt: skip
def test_a_city_a_region_and_an_abbreviation_suggest_their_zone_first(
    typed: str, first: str
) -> None:
    assert zone_choices(typed)[0] == first


@pytest.mark.parametrize("typed", ["xqzt", "qqqqqqq", "!!!", "1234567"])
def test_nonsense_suggests_no_zone(typed: str) -> None:
    assert zone_choices(typed) == []


def test_every_large_city_suggests_its_own_zone_first() -> None:
    cities = zone_names().cities
    sample = sorted(cities)[::100]
    for name in sample:
        largest = max(cities[name], key=lambda zone: abs(cities[name][zone]))
        # A zone, a region or a country of the same name goes first.
        if name not in zone_names().database and name not in zone_names().regions:
            found = zone_choices(name)[0]
            assert found == largest or name in zone_names().countries, name
    assert len(sample) > 150
