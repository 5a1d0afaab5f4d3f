"""Times that people type: what is read, what is refused, and what is asked back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.base.errors import InvalidInput
from bot.base.when import (
    Moment,
    duration,
    local,
    parse,
    parse_time,
    parse_time_on,
    parse_weekday,
    stamp,
    zone,
    zone_choices,
)
from bot.base.when import read as when_read

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
"""A Tuesday, noon in London."""

LONDON = ZoneInfo("Europe/London")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",  # its summer time is half an hour
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Pacific/Apia",
        "Africa/Casablanca",  # its clocks go back for Ramadan
    )
]
Answer = TypeVar("Answer")
FIVE_YEARS = timedelta(days=5 * 365)


def read(text: str, *, now: datetime = NOW, at: ZoneInfo = LONDON, end_of_day: bool = False) -> str:
    """Parse ``text`` and show what it was read as in UTC."""
    instant = parse(text, zone=at, now=now, end_of_day=end_of_day)
    assert instant.tzinfo is UTC
    return f"{instant:%Y-%m-%d %H:%M}"


def refusal(text: str, *, now: datetime = NOW, at: ZoneInfo = LONDON) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse(text, zone=at, now=now)
    return caught.value.sentence


def answer_to(question: Callable[[], Answer]) -> Answer | str:
    """Return what is answered, be it the sentence of a refusal."""
    try:
        return question()
    except InvalidInput as refused:
        return refused.sentence


def suggestions(sentence: str) -> list[str]:
    """Return what a sentence says can be typed instead."""
    return re.findall(r"`([^`]+)`", sentence)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01 18:00", "2026-12-01 18:00"),
        ("2026/12/1 18:00", "2026-12-01 18:00"),
        ("2027-06-01 18:00", "2027-06-01 17:00"),  # summer time
        ("tue 19:00", "2026-11-10 19:00"),  # today, and still ahead
        ("tue 12:00", "2026-11-17 12:00"),  # today, and not ahead any more
        ("tuesday 7pm", "2026-11-10 19:00"),
        ("Tues @ 7 PM", "2026-11-10 19:00"),
        ("mo 19:00", "2026-11-16 19:00"),
        ("weds 19:00", "2026-11-11 19:00"),
        ("this friday at 19:00", "2026-11-13 19:00"),
        ("7:30pm on Friday", "2026-11-13 19:30"),
        ("next tuesday 19:00", "2026-11-17 19:00"),
        ("next wed 19:00", "2026-11-11 19:00"),
        ("tomorrow 7pm", "2026-11-11 19:00"),
        ("day after tomorrow 9 a.m.", "2026-11-12 09:00"),
        ("today 18:30", "2026-11-10 18:30"),
        ("tonight 8.30pm", "2026-11-10 20:30"),
        ("18:30", "2026-11-10 18:30"),
        ("11:30", "2026-11-11 11:30"),
        ("noon", "2026-11-11 12:00"),
        ("midnight", "2026-11-11 00:00"),
        ("today midnight", "2026-11-11 00:00"),  # the one that began today is past
        ("tomorrow 12am", "2026-11-11 00:00"),
        ("tomorrow 12pm", "2026-11-11 12:00"),
        ("tomorrow 19:00 uhr", "2026-11-11 19:00"),
        ("tomorrow 19h30", "2026-11-11 19:30"),
        ("1 Dec 18:00", "2026-12-01 18:00"),
        ("1st of December, 6pm", "2026-12-01 18:00"),
        ("Dec. 1 18:00", "2026-12-01 18:00"),
        ("December 1, 2026 6pm", "2026-12-01 18:00"),
        ("1-dec-2026 18:00", "2026-12-01 18:00"),
        ("10 nov 18:00", "2026-11-10 18:00"),
        ("9 nov 18:00", "2027-11-09 18:00"),  # no year: the next there is
        ("29 feb 18:00", "2028-02-29 18:00"),
        ("tue 1 dec 18:00", "2026-12-01 18:00"),
        ("25/12/2026 18:00", "2026-12-25 18:00"),  # only one order can be
        ("12/25/2026 18:00", "2026-12-25 18:00"),
        ("25/12 18:00", "2026-12-25 18:00"),
        ("13.12.2026 18:00", "2026-12-13 18:00"),
        ("3/3/2027 18:00", "2027-03-03 18:00"),  # either order is the same day
    ],
)
def test_a_day_and_a_time_are_read_in_the_zone(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 90 minutes", "2026-11-10 13:30"),
        ("in 2 hours", "2026-11-10 14:00"),
        ("in an hour", "2026-11-10 13:00"),
        ("in 1 hour and 30 minutes", "2026-11-10 13:30"),
        ("in 2h30m", "2026-11-10 14:30"),
        ("in 3 days", "2026-11-13 12:00"),
        ("3 days", "2026-11-13 12:00"),
        ("two weeks from now", "2026-11-24 12:00"),
        ("in 1 day 2 hours", "2026-11-11 14:00"),
        ("in 2 weeks at 18:00", "2026-11-24 18:00"),
        ("18:00 in 2 weeks", "2026-11-24 18:00"),
        ("in 1 month", "2026-12-10 12:00"),
        ("in 1 year at noon", "2027-11-10 12:00"),
    ],
)
def test_a_stretch_is_counted_from_now(text: str, expected: str) -> None:
    assert read(text) == expected


def test_days_keep_the_time_on_the_clock_and_hours_pass_through_a_change() -> None:
    saturday = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)  # the clocks go forward in the night
    assert read("in 1 day", now=saturday) == "2027-03-28 11:00"
    assert read("in 24 hours", now=saturday) == "2027-03-28 12:00"


def test_a_stretch_is_in_whole_seconds_as_discord_shows_it() -> None:
    now = NOW.replace(second=5, microsecond=900_000)
    assert parse("in 1 minute", zone=LONDON, now=now) == NOW.replace(minute=1, second=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01T18:00:00+01:00", "2026-12-01 17:00"),
        ("2026-12-01T18:00:00.000Z", "2026-12-01 18:00"),
        ("2026-12-01T18:00-05:00", "2026-12-01 23:00"),
        ("2026-12-01T18:00", "2026-12-01 18:00"),
        ("2026-12-01 18:00+01:00", "2026-12-01 17:00"),
        ("2026-12-01 18:00 +0530", "2026-12-01 12:30"),
        ("2026-12-01 18:00 −05:00", "2026-12-01 23:00"),
        ("tue 19:00 UTC+2", "2026-11-10 17:00"),
        ("18:00 UTC", "2026-11-10 18:00"),
        ("18:00z", "2026-11-10 18:00"),
        ("18:00 gmt", "2026-11-10 18:00"),
        ("tue 19:00 Europe/Paris", "2026-11-10 18:00"),
        ("tue 19:00 (europe/paris)", "2026-11-10 18:00"),
        ("tomorrow 7pm new york", "2026-11-12 00:00"),
        ("19:00 Asia/Tokyo", "2026-11-11 10:00"),  # it is 21:00 there, so tomorrow
        ("2026-12-01 23:59 AoE", "2026-12-02 11:59"),
        ("2026-12-01 23:59 anywhere on Earth", "2026-12-02 11:59"),
    ],
)
def test_a_zone_or_an_offset_at_the_end_counts(text: str, expected: str) -> None:
    assert read(text) == expected


def test_the_day_of_the_zone_decides_what_today_is() -> None:
    assert read("today 23:00", at=ZoneInfo("Pacific/Auckland")) == "2026-11-11 10:00"
    assert read("tue 23:00", at=ZoneInfo("Pacific/Auckland")) == "2026-11-17 10:00"


@pytest.mark.parametrize("text", ["<t:1796148000:F>", "<t:1796148000>", " <t:1796148000:R> "])
def test_a_discord_timestamp_is_read_as_it_is(text: str) -> None:
    assert read(text, at=ZoneInfo("Asia/Tokyo")) == "2026-12-01 18:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01", "2026-12-01 23:59"),
        ("today", "2026-11-10 23:59"),
        ("tue", "2026-11-10 23:59"),
        ("next tuesday", "2026-11-17 23:59"),
        ("1 jul", "2027-07-01 22:59"),
        ("in 3 days", "2026-11-13 23:59"),
        ("2 weeks", "2026-11-24 23:59"),
        ("2026-12-01 AoE", "2026-12-02 11:59"),
        ("demain", "2026-11-11 23:59"),
        # A time that is given stays.
        ("2026-12-01 18:00", "2026-12-01 18:00"),
        ("in 2 hours", "2026-11-10 14:00"),
    ],
)
def test_a_date_alone_lasts_until_the_end_of_its_day(text: str, expected: str) -> None:
    assert read(text, end_of_day=True) == expected


def test_the_end_of_a_day_is_its_last_minute_where_that_comes_twice() -> None:
    # In Brazil the clocks used to go back from midnight to 23:00.
    now = datetime(2019, 2, 1, tzinfo=UTC)
    sao_paulo = ZoneInfo("America/Sao_Paulo")
    assert read("2019-02-16", now=now, at=sao_paulo, end_of_day=True) == "2019-02-17 02:59"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("demain 19:00", "2026-11-11 19:00"),
        ("demain à 18h", "2026-11-11 18:00"),
        ("mardi 19:00", "2026-11-10 19:00"),  # today, and still ahead
        ("mardi 11:00", "2026-11-17 11:00"),
        ("18h 30 demain", "2026-11-11 18:30"),
        ("mercredi 18h30", "2026-11-11 18:30"),
        ("1er décembre 18:00", "2026-12-01 18:00"),
        ("dans 3 jours 18:00", "2026-11-13 18:00"),
        ("morgen um 19 Uhr", "2026-11-11 19:00"),
        ("1. Dezember 2026 18:00", "2026-12-01 18:00"),
        ("mañana a las 19:00", "2026-11-11 19:00"),
        ("в пятницу в 19:00", "2026-11-13 19:00"),
        ("明日 19:00", "2026-11-11 19:00"),
    ],
)
def test_days_of_other_languages_are_read(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", ["mois prochain 19:00", "mars 19:00", "nächsten dienstag 19:00"])
def test_what_is_not_certain_in_another_language_is_refused(text: str) -> None:
    assert "I can't read" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "foo",
        "foo 19:00",
        "at",
        "next week",
        "december",
        "in 2 hours at 18:00",
        "18h",
        "7h",
        "12/01/26 18:00",
        "hello tuesday 19:00",
        "<t:99999999999>",
        "tue 19:00 " * 20,
        "tue" + " " * 200 + "19:00",
    ],
)
def test_the_unreadable_is_refused_with_three_examples_that_can_be_read(text: str) -> None:
    sentence = refusal(text)
    assert "I can't read" in sentence
    examples = suggestions(sentence.partition("Try")[2])
    assert len(examples) == 3
    for suggestion in examples:
        assert read(suggestion)


@pytest.mark.parametrize("text", ["7", "19", "1930", "20261201", "1796148000", "7 30"])
def test_bare_numbers_are_refused(text: str) -> None:
    assert "alone could mean anything" in refusal(text)


@pytest.mark.parametrize(
    ("text", "seen_as"),
    [
        ("2026-11-10 11:59", datetime(2026, 11, 10, 11, 59, tzinfo=UTC)),
        ("2026-11-10 12:00", NOW),
        ("yesterday 18:00", datetime(2026, 11, 9, 18, 0, tzinfo=UTC)),
        ("today 9am", datetime(2026, 11, 10, 9, 0, tzinfo=UTC)),
        ("10 nov 9am", datetime(2026, 11, 10, 9, 0, tzinfo=UTC)),
        ("in 0 minutes", NOW),
        ("<t:1764612000:F>", datetime(2025, 12, 1, 18, 0, tzinfo=UTC)),
    ],
)
def test_the_past_is_refused_and_says_what_it_was_read_as(text: str, seen_as: datetime) -> None:
    sentence = refusal(text)
    assert stamp(seen_as) in sentence
    assert "has gone by" in sentence


@pytest.mark.parametrize(
    "text", ["2031-11-11 12:00", "in 6 years", "in 900000 days", "in 99999 years", "<t:9999999999>"]
)
def test_more_than_five_years_ahead_is_taken_for_a_typing_error(text: str) -> None:
    assert "more than 5 years ahead" in refusal(text)


def test_five_years_ahead_is_not() -> None:
    assert read("2031-11-10 12:00") == "2031-11-10 12:00"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("2026-02-30 12:00", "There is no 30 February 2026."),
        ("31 feb 12:00", "There is no 31 February."),
        ("2026-13-01 12:00", "There is no month 13"),
        ("0026-12-01 12:00", "Check the year"),
        ("tue 25:00", "There is no `25:00` on a clock."),
        ("tue 19:60", "There is no `19:60` on a clock."),
        ("tue 19pm", "There is no `19pm` on a clock."),
        ("tue 19:00 +25:00", "There is no offset"),
        ("wed 1 dec 18:00", "2026-12-01 is a Tuesday, not a Wednesday."),
        ("tue 18:00-20:00", "more than one time"),
        ("2026-12-01 18:00-05:00", "more than one time"),  # a span, or an offset?
        ("tue 19:00 Europ/Londn", "Did you mean Europe/London"),
        ("tue 19:00 IST", "Type the zone instead: `Asia/Kolkata`, `Europe/Dublin`"),
        ("2027-07-01 19:00 EST", "Type the zone instead: `America/New_York`"),
    ],
)
def test_what_cannot_be_is_named(text: str, wrong: str) -> None:
    assert wrong in refusal(text)


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("tomorrow at 7", ["tomorrow at 07:00", "tomorrow at 19:00"]),
        ("7 tomorrow", ["07:00 tomorrow", "19:00 tomorrow"]),
        ("1 dec 12", ["1 dec 12:00", "1 dec 00:00"]),
        ("tomorrow 19", ["tomorrow 19:00"]),
        ("2026-12-01", ["2026-12-01", "2026-12-01 19:00"]),
        ("Tuesday Europe/London", ["Tuesday Europe/London", "2026-11-10 19:00 Europe/London"]),
        ("03/04/2027 18:00", ["03/04/2027 18:00", "2027-04-03", "2027-03-04"]),
        ("03/04 18:00", ["03/04 18:00", "2027-04-03", "2027-03-04"]),
        ("ma 18:00", ["ma 18:00", "2026-11-16 18:00", "2026-11-10 18:00"]),
        ("Do 18:00", ["Do 18:00", "2026-11-12 18:00", "2026-11-15 18:00"]),
        ("fri midnight", ["fri midnight", "2026-11-13 00:00", "2026-11-14 00:00"]),
    ],
)
def test_the_ambiguous_is_asked_back_with_what_to_type(text: str, choices: list[str]) -> None:
    assert suggestions(refusal(text)) == choices


def test_a_time_in_a_gap_is_refused_with_the_nearest_times() -> None:
    sentence = refusal("2027-03-28 01:30")
    assert "There is no 01:30 on 2027-03-28 in Europe/London" in sentence
    assert suggestions(sentence) == ["2027-03-28 00:59", "2027-03-28 02:00"]


def test_a_whole_day_can_be_a_gap() -> None:
    # Samoa went over the date line and had no 30 December 2011.
    now = datetime(2011, 12, 1, tzinfo=UTC)
    sentence = refusal("2011-12-30 12:00", now=now, at=ZoneInfo("Pacific/Apia"))
    assert suggestions(sentence) == ["2011-12-29 23:59", "2011-12-31 00:00"]


def test_a_time_in_a_fold_is_asked_back_with_both_instants() -> None:
    sentence = refusal("sun 01:30", now=datetime(2027, 10, 30, tzinfo=UTC))
    first, second = suggestions(sentence)
    assert (first, second) == ("2027-10-31 01:30 +01:00", "2027-10-31 01:30 +00:00")
    assert read(first) == "2027-10-31 00:30"
    assert read(second) == "2027-10-31 01:30"
    assert stamp(datetime(2027, 10, 31, 0, 30, tzinfo=UTC)) in sentence
    assert stamp(datetime(2027, 10, 31, 1, 30, tzinfo=UTC)) in sentence


def test_a_fold_is_not_asked_about_once_its_first_time_has_gone_by() -> None:
    between = datetime(2027, 10, 31, 0, 45, tzinfo=UTC)
    assert read("01:30", now=between) == "2027-10-31 01:30"


def test_an_answer_quotes_what_was_typed_without_letting_it_format_or_ping() -> None:
    sentence = refusal("`@everyone`\n" + "x" * 80)
    assert "`'@everyone' xxx" in sentence
    assert "\n" not in sentence
    assert len(suggestions(sentence)[0]) == 60


def test_a_naive_now_is_a_defect() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse("tue 19:00", zone=LONDON, now=NOW.replace(tzinfo=None))


# What people type, in many languages; the clock says Wednesday, 7 January 2026, noon in Berlin.

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 1, 7, 11, 0, tzinfo=UTC)


def in_berlin(text: str, *, now: datetime = WEDNESDAY, end_of_day: bool = False) -> str:
    instant = parse(text, zone=BERLIN, now=now, end_of_day=end_of_day)
    return f"{instant.astimezone(BERLIN):%a %d %b %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Words for morning and evening.
        ("明天下午 7:00", "Thu 08 Jan 19:00"),
        ("明日 午後 7:00", "Thu 08 Jan 19:00"),
        ("내일 오후 7:00", "Thu 08 Jan 19:00"),
        ("غدا 9:00 مساء", "Thu 08 Jan 21:00"),
        ("16 jan 7:00 em", "Fri 16 Jan 19:00"),
        ("завтра 7:00 пп", "Thu 08 Jan 19:00"),
        ("freitag 8 uhr abends", "Fri 09 Jan 20:00"),
        ("demain 7 du soir", "Thu 08 Jan 19:00"),
        ("mañana a las 7 de la tarde", "Thu 08 Jan 19:00"),
        ("9 de la mañana", "Thu 08 Jan 09:00"),
        ("завтра в 7 вечера", "Thu 08 Jan 19:00"),
        ("周五下午3点半", "Fri 09 Jan 15:30"),
        ("금요일 오후 7시 30분", "Fri 09 Jan 19:30"),
        ("chủ nhật 7:00 ch", "Sun 11 Jan 19:00"),
        ("holnap 7:00 du", "Thu 08 Jan 19:00"),
        ("शुक्रवार शाम 7 बजे", "Fri 09 Jan 19:00"),
        ("heute abend 8", "Wed 07 Jan 20:00"),
        ("freitagabend 20:00", "Fri 09 Jan 20:00"),
        ("montag morgen 8:00", "Mon 12 Jan 08:00"),
        ("tonight at 8", "Wed 07 Jan 20:00"),
        ("午後0時 明日", "Thu 08 Jan 12:00"),
        # Dates.
        ("2026-W05-5 19:00", "Fri 30 Jan 19:00"),
        ("2026-w2-5 19:00", "Fri 09 Jan 19:00"),
        ("16日 19:00", "Fri 16 Jan 19:00"),
        ("1月16日(金) 19時", "Fri 16 Jan 19:00"),
        ("2026년 1월 16일 19:00", "Fri 16 Jan 19:00"),
        ("2026. január 16. 19:00", "Fri 16 Jan 19:00"),
        ("6 tháng sáu 19:00", "Sat 06 Jun 19:00"),
        ("ngày 16 tháng 1 19:00", "Fri 16 Jan 19:00"),
        ("12.11. 18:00", "Thu 12 Nov 18:00"),
        ("9. 1. 2026 v 19:00", "Fri 09 Jan 19:00"),
        ("9 de enero de 2026 19:00", "Fri 09 Jan 19:00"),
        ("friday the 16th 19:00", "Fri 16 Jan 19:00"),
        ("vendredi en huit 19:00", "Fri 16 Jan 19:00"),
        ("friday week 19:00", "Fri 16 Jan 19:00"),
        ("3日後 19:00", "Sat 10 Jan 19:00"),
        ("через 3 дня 19:00", "Sat 10 Jan 19:00"),
        ("on 9 jan 18:00", "Fri 09 Jan 18:00"),  # no Wednesday, “on” in Swedish
        # Times.
        ("fri 18.30", "Fri 09 Jan 18:30"),
        ("fri 18h30", "Fri 09 Jan 18:30"),
        ("fri 24:00", "Sat 10 Jan 00:00"),
        ("fri 12 noon", "Fri 09 Jan 12:00"),
        ("mer. 18:00", "Wed 07 Jan 18:00"),
        ("ср 18:00", "Wed 07 Jan 18:00"),
        # Zones.
        ("8pm ET friday", "Sat 10 Jan 02:00"),
        ("fri 18:30 UTC+1", "Fri 09 Jan 18:30"),
        ("fri 7pm pacific time", "Sat 10 Jan 04:00"),
        ("fri 19:00 Boston", "Sat 10 Jan 01:00"),
        ("fri 19:00 EST", "Sat 10 Jan 01:00"),
        ("fri 7pm london time", "Fri 09 Jan 20:00"),
    ],
)
def test_what_people_type_is_read(text: str, expected: str) -> None:
    assert in_berlin(text) == expected


def test_a_morning_that_is_still_to_come_is_todays() -> None:
    at_seven = datetime(2026, 1, 7, 6, 0, tzinfo=UTC)
    assert in_berlin("heute morgen 8:00", now=at_seven) == "Wed 07 Jan 08:00"
    assert in_berlin("morgen 8:00", now=at_seven) == "Thu 08 Jan 08:00"


@pytest.mark.parametrize(
    "text",
    ["mercredi 9 janvier 19:00", "1月16日(水) 19:00", "tomorrow friday 19:00", "so 16 jan 19:00"],
)
def test_a_weekday_that_contradicts_its_date_is_refused_in_every_language(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"not a|names two days"):
        in_berlin(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("fri 19:00 foo", "`foo`"),
        ("nächsten freitag 19:00", "`nächsten`"),
        ("last friday 19:00", "`last`"),
        ("half past seven", "`half`"),
        ("fri-sat 19:00", "`-sat 19:00`"),
        ("fri 19:00 2026", "`2026`"),
    ],
)
def test_what_is_not_understood_is_named(text: str, part: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        in_berlin(text)
    assert f"I don't understand {part}. Try `tue 19:00`" in caught.value.sentence


@pytest.mark.parametrize(
    ("text", "end_of_day"),
    [
        ("freitag 4/3 19:00", False),  # either order, whatever the weekday says
        ("上午12:00 明天", False),  # noon to some, midnight to others
        ("freitag nacht 1 uhr", False),  # before that day or after it
        ("fri 12 midnight", False),
        ("3 дня", False),  # three in the afternoon, or three days
        ("so 18:00", False),  # Sunday in German, Saturday in Czech
        ("vendredi soir", True),
        ("2026-07-10 19:00 EST", False),  # New York is on EDT then
        ("fri 19:00 CST", False),
        ("fri 19:00 birmingham", False),
        ("montag 19:00 morgens", False),
    ],
)
def test_what_could_mean_two_moments_is_asked_back(text: str, end_of_day: bool) -> None:
    with pytest.raises(InvalidInput) as caught:
        in_berlin(text, end_of_day=end_of_day)
    assert "I can't read" not in caught.value.sentence


SENTENCES = (
    "fri 19:00", "明天下午 7:00", "16 jan 7:00 em", "friday the 16th 19:00", "8pm ET friday",
    "9 de enero de 2026 19:00", "vendredi en huit 19:00", "in 3 days 18:00", "12.11. 18:00",
    "завтра в 7 вечера", "Friday, January 16, 2026 at 7:00 PM", "fri 19:00 Europe/Paris",
)  # fmt: skip
STRANGERS = (
    "foo",
    "maybe",
    "online",
    "nächsten",
    "каждый",
    "每周",
    "#3",
    "99",
    "?",
    "-",
    "next",
    "zz",
)


@given(st.sampled_from(SENTENCES), st.sampled_from(STRANGERS), st.integers(0, 8))
@settings(deadline=None)
def test_no_word_that_is_put_in_between_is_ignored(text: str, word: str, place: int) -> None:
    words = text.split(" ")
    words.insert(place % (len(words) + 1), word)
    put_in = " ".join(words)
    answer = answer_to(lambda: in_berlin(put_in))
    # “next friday” says something; everything else is refused.
    assert word == "next" or answer != in_berlin(text), put_in


@pytest.mark.parametrize("text", ["16 - jan 7:00 em", "friday, january 16, - 2026 at 7:00 pm"])
def test_a_dash_by_itself_is_not_part_of_a_date(text: str) -> None:
    assert isinstance(answer_to(lambda: in_berlin(text)), str)
    assert "can't read" in str(answer_to(lambda: in_berlin(text)))


def test_a_moment_says_its_zone_its_day_and_whether_a_day_was_typed() -> None:
    def moment(text: str) -> Moment:
        return when_read(text, zone=BERLIN, now=WEDNESDAY, end_of_day=True)

    assert moment("2026-01-28 AoE").day == date(2026, 1, 28)
    assert moment("2026-01-28 AoE").zone.key == "Etc/GMT+12"
    assert moment("fri 19:00 +05:30").zone == BERLIN
    assert not moment("19:00").has_day
    assert moment("fri 19:00").has_day


def test_a_time_without_a_day_is_on_the_day_that_goes_before_it() -> None:
    day = date(2026, 1, 10)
    found = when_read("14:00", zone=BERLIN, now=WEDNESDAY, day=day)
    assert found.at == datetime(2026, 1, 10, 13, tzinfo=UTC)
    assert when_read("fri 14:00", zone=BERLIN, now=WEDNESDAY, day=day).day == date(2026, 1, 9)


def test_midnight_on_a_day_is_asked_back_and_24_00_is_the_start_of_the_next() -> None:
    assert parse_time_on("24:00", "Friday") == (time(0), 1)
    assert parse_time_on("00:00", "Friday") == (time(0), 0)
    assert parse_time_on("12 noon", "Friday") == (time(12), 0)
    for word in ("midnight", "12 midnight", "minuit"):
        with pytest.raises(InvalidInput, match="begin Friday or end it"):
            parse_time_on(word, "Friday")


# Properties


@cache
def changes(of: ZoneInfo) -> list[datetime]:
    """Return the instants within five years of NOW at which the offset of a zone changes."""
    found: list[datetime] = []
    for days in range(FIVE_YEARS.days - 7):
        before, after = NOW + timedelta(days=days), NOW + timedelta(days=days + 1)
        if before.astimezone(of).utcoffset() == after.astimezone(of).utcoffset():
            continue
        while after - before > timedelta(minutes=1):
            middle = before + timedelta(minutes=(after - before) // timedelta(minutes=2))
            if middle.astimezone(of).utcoffset() == before.astimezone(of).utcoffset():
                before = middle
            else:
                after = middle
        found.append(after)
    return found


CHANGES = [(of, change) for of in ZONES for change in changes(of)]
INSTANTS = st.integers(1, FIVE_YEARS // timedelta(minutes=1)).map(
    lambda minutes: NOW + timedelta(minutes=minutes)
)
FORMATS = st.sampled_from(
    ["%Y-%m-%d %H:%M", "%d %b %Y %H:%M", "%B %d, %Y %I:%M%p", "%H:%M %Y-%m-%d"]
)


def test_the_zones_under_test_have_gaps_and_folds() -> None:
    assert len(CHANGES) >= 30


@given(st.sampled_from(ZONES), INSTANTS, FORMATS)
@example(LONDON, datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "%Y-%m-%d %H:%M")
def test_a_printed_local_time_is_read_back_as_its_instant(
    of: ZoneInfo, instant: datetime, form: str
) -> None:
    shown = instant.astimezone(of)
    other = shown.replace(fold=1 - shown.fold)
    if other.utcoffset() == shown.utcoffset():
        assert parse(shown.strftime(form), zone=of, now=NOW) == instant
    else:
        assert len(suggestions(refusal(shown.strftime(form), at=of))) == 2
    assert parse(shown.isoformat(), zone=LONDON, now=NOW) == instant
    assert parse(stamp(instant), zone=LONDON, now=NOW) == instant


@given(st.sampled_from(CHANGES), st.integers(0, 10_000))
def test_every_minute_of_a_gap_or_fold_is_refused_with_what_can_be_typed(
    change: tuple[ZoneInfo, datetime], minute: int
) -> None:
    of, instant = change
    before = (instant - timedelta(seconds=1)).astimezone(of).utcoffset()
    after = instant.astimezone(of).utcoffset()
    assert before is not None
    assert after is not None
    jump = abs(after - before)
    start = (instant + min(before, after)).replace(tzinfo=None)
    wall = start + timedelta(minutes=minute % (jump // timedelta(minutes=1)))

    choices = suggestions(refusal(f"{wall:%Y-%m-%d %H:%M}", at=of))
    first, second = (parse(choice, zone=of, now=NOW) for choice in choices)
    moved = local(wall.date(), wall.time(), of)
    if after > before:
        assert (first, second) == (instant - timedelta(minutes=1), instant)
        assert moved.astimezone(of).replace(tzinfo=None) == wall + jump
    else:
        assert (first, second) == (moved, moved + jump)
        assert first < instant <= second


WORDS = re.findall(
    r"\S+",
    """
    in 3 7 19 12 99 days hours weeks 19:00 7pm 25:00 1:30 01/02/2027 25/12 2027-03-28 2026-02-30
    tue next tuesday tomorrow today at on noon midnight 1 dec december 29 feb 2027 9999 0001 UTC
    EST Europe/London Europe/Nowhere +01:00 -05:00 +99:99 AoE <t:1796148000:F> <t:99> demain
    morgen um 18h30 a year month ` @everyone - / : . , ½ ٣ \ud800 \0
    """,
)
PHRASES = st.tuples(
    st.sampled_from(["", "tue", "next fri", "today", "tomorrow", "yesterday", "demain", "lundi"])
    | st.sampled_from(["1 dec", "29 feb", "25/12", "2027-03-28", "2027-10-31"])
    | st.sampled_from(["in 3 days", "in 2 months", "in 1 hour"]),
    st.sampled_from(["", "at 19:00", "7pm", "1:30", "02:30", "noon", "midnight", "18h30", "7"]),
    st.sampled_from(["", "UTC", "London", "America/New_York", "+05:30", "-11:00", "AoE", "EST"]),
).map(" ".join)
TEXTS = st.text() | st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | PHRASES


@given(TEXTS, st.sampled_from(ZONES), st.booleans(), INSTANTS)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_as_the_future_or_refused(
    text: str, of: ZoneInfo, end_of_day: bool, now: datetime
) -> None:
    answer = answer_to(lambda: parse(text, zone=of, now=now, end_of_day=end_of_day))
    if isinstance(answer, str):
        assert "\n" not in answer
        assert len(answer) < 500
    else:
        assert answer.tzinfo is UTC
        assert now < answer <= now + timedelta(days=5 * 366)


@given(st.sampled_from(ZONES), INSTANTS, st.integers(0, 6), st.times())
def test_a_weekday_is_the_next_one_whose_time_is_ahead(
    of: ZoneInfo, now: datetime, weekday: int, at: time
) -> None:
    at = at.replace(second=0, microsecond=0)
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[weekday]
    try:
        instant = parse(f"{name} {at:%H:%M}", zone=of, now=now)
    except InvalidInput:
        assume(False)  # a gap or a fold
        raise
    shown = instant.astimezone(of)
    assert (shown.weekday(), shown.time()) == (weekday, at)
    assert local(shown.date() - timedelta(days=7), at, of) <= now < instant


# Times of day, weekdays and words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19:00", time(19)),
        ("9:05", time(9, 5)),
        ("7pm", time(19)),
        ("7:30 pm", time(19, 30)),
        ("7.30 p.m.", time(19, 30)),
        ("at 7 AM", time(7)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("18h", time(18)),
        ("18h30", time(18, 30)),
        ("7 Uhr", time(7)),
        ("18.30", time(18, 30)),
        ("24:00", time(0)),
        ("12 noon", time(12)),
        ("午後7時半", time(19, 30)),
        ("7 вечера", time(19)),
    ],
)
def test_a_time_of_day_is_read(text: str, expected: time) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("7", "`07:00` or `19:00`"),
        ("12", "`12:00` or `00:00`"),
        ("19", "`19:00`"),
        ("24:30", "`7pm`"),
        ("13pm", "`7pm`"),
        ("tue 19:00", "`7pm`"),
        ("late", "`7pm`"),
        ("", "`7pm`"),
    ],
)
def test_what_is_no_time_of_day_is_refused_with_one(text: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_time(text)
    assert hint in caught.value.sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon", 0),
        ("Monday", 0),
        ("tu", 1),
        ("Weds", 2),
        ("thurs", 3),
        (" sundays ", 6),
        ("lundi", 0),
        ("金曜日", 4),
        ("Freitag", 4),
    ],
)
def test_a_weekday_is_known_by_its_beginning(text: str, expected: int) -> None:
    assert parse_weekday(text) == expected


@pytest.mark.parametrize("text", ["", "m", "monkey", "tue 19:00", "tomorrow"])
def test_what_is_no_weekday_is_refused_with_one(text: str) -> None:
    with pytest.raises(InvalidInput, match="`Tuesday`"):
        parse_weekday(text)


@given(TEXTS)
@settings(deadline=None)  # other processes share the machine; test_sweeps measures
def test_times_of_day_weekdays_and_zones_refuse_any_text_politely(text: str) -> None:
    for read_as in (parse_time, parse_weekday, zone):
        answer = answer_to(partial(read_as, text))
        assert not isinstance(answer, str) or "\n" not in answer
    assert len(zone_choices(text)) <= 25


def test_a_stamp_is_discords_markup() -> None:
    assert stamp(datetime(2026, 12, 1, 18, 0, 0, 999_999, tzinfo=UTC)) == "<t:1796148000:F>"
    assert stamp(datetime(2026, 12, 1, 18, 0, tzinfo=UTC), "R") == "<t:1796148000:R>"


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (timedelta(days=2), "2 days"),
        (timedelta(days=7), "7 days"),
        (timedelta(hours=3), "3 hours"),
        (timedelta(hours=1, minutes=30), "1 hour 30 minutes"),
        (timedelta(days=1, hours=1, minutes=59), "1 day 1 hour"),
        (timedelta(days=3, minutes=5), "3 days"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=2, milliseconds=-3), "2 hours"),
        (-timedelta(hours=1), "1 hour"),
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(), "less than a minute"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(delta: timedelta, words: str) -> None:
    assert duration(delta) == words


def test_a_local_time_in_a_fold_is_the_first_of_the_two() -> None:
    assert local(date(2027, 10, 31), time(1, 30), LONDON) == datetime(
        2027, 10, 31, 0, 30, tzinfo=UTC
    )


# Zones


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Europe/London", "Europe/London"),
        ("europe/london", "Europe/London"),
        (" London ", "Europe/London"),
        ("New York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("port-au-prince", "America/Port-au-Prince"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("gmt", "GMT"),
        ("US/Eastern", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Amsterdam", "Europe/Amsterdam"),  # a link to Brussels, but a name in use
        ("Japan", "Asia/Tokyo"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("AoE", "Etc/GMT+12"),
    ],
)
def test_a_zone_is_known_by_name_old_name_or_city_in_any_case(name: str, key: str) -> None:
    assert zone(name).key == key


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europ/Londn", "I don't know the time zone `Europ/Londn`. Did you mean Europe/London"),
        ("Lonodn", "Did you mean Europe/London"),
        ("Brazil", "Did you mean America/Sao_Paulo"),
        ("EST", "Did you mean America/New_York, America/Panama or Australia/Sydney?"),
        ("ist", "Did you mean Asia/Kolkata, Europe/Dublin or Asia/Jerusalem?"),
        ("CET", "Did you mean Europe/Paris"),
        ("BST", "Did you mean Europe/London or Asia/Dhaka?"),
        ("mountain", "is in more than one time zone."),
        ("UTC+2", "`UTC+2` doesn't say which place's clock changes to follow. Use a name"),
        ("+02:00", "Use a name such as Europe/London."),
        ("localtime", "I don't know"),
        ("../../etc/passwd", "I don't know"),
        ("", "Use a name such as Europe/London."),
    ],
)
def test_an_unknown_or_ambiguous_zone_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        zone(name)
    assert hint in caught.value.sentence


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", "UTC"),
        ("lon", "Europe/London"),
        ("new y", "America/New_York"),
        ("new york", "America/New_York"),
        ("Londn", "Europe/London"),
        ("india", "Asia/Kolkata"),
        ("uk", "Europe/London"),
        ("est", "America/New_York"),
        ("kiev", "Europe/Kyiv"),
        ("utc", "UTC"),
    ],
)
def test_the_best_choice_of_zone_comes_first(text: str, first: str) -> None:
    assert zone_choices(text)[0] == first


def test_choices_are_names_in_use_and_no_more_than_discord_shows() -> None:
    for text in ("", "a", "america", "e"):
        choices = zone_choices(text)
        assert len(choices) == len(set(choices)) == 25
        assert all(zone(choice).key == choice for choice in choices)
    assert len(zone_choices("", 3)) == len(zone_choices("a", 3)) == 3


@pytest.mark.parametrize("text", ["7 o'clock friday", "내일 7시", "明天7点", "कल 7 बजे"])
def test_an_hour_of_a_clock_of_twelve_is_asked_back_without_its_half_of_the_day(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"Do you mean .*07:00.* or .*19:00"):
        read(text)
