"""The calendar file, read line by line as RFC 5545 has it, and once more by icalendar."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from icalendar import Calendar

from bot.base.recurrence import Cadence
from cogs.reading.calendar.ics import write
from cogs.reading.calendar.service import CalendarEntry, coming_of
from data.reading.meetings import Series, SeriesId
from data.server.groups import GroupId
from tests.ics import read
from tests.readers import READERS, missing

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")

STEP = int(os.environ.get("ZONE_STEP", "40"))
"""One zone in so many is read; ``ZONE_STEP=1`` reads all of them, in a minute."""


def entry(**values: object) -> CalendarEntry:
    given: dict[str, object] = {
        "uid": "series-1-20260310@7.cohort",
        "sequence": 2,
        "title": "Grokking; sections 1, 2 \\ and more " + "x" * 80,
        "starts_at": datetime(2026, 3, 10, 19, tzinfo=UTC),
        "minutes": 90,
        "zone": LONDON,
        "location": "Room 1, first floor",
        "cancelled": False,
        "changed_at": NOW,
        **values,
    }
    return CalendarEntry(**given)  # type: ignore[arg-type]


def unfolded(data: bytes) -> list[str]:
    """Return a file's content lines (RFC 5545, 3.1)."""
    text = data.decode()
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def test_a_meeting_keeps_its_uid_and_says_how_often_it_changed() -> None:
    lines = unfolded(write("Mech Interp", [entry()]))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "VERSION:2.0" in lines
    assert "METHOD:PUBLISH" in lines
    assert "UID:series-1-20260310@7.cohort" in lines
    assert "SEQUENCE:2" in lines
    assert "STATUS:CONFIRMED" in lines
    assert "DTSTAMP:20260302T120000Z" in lines
    assert "DTSTART;TZID=Europe/London:20260310T190000" in lines
    assert "DTEND;TZID=Europe/London:20260310T203000" in lines
    assert r"LOCATION:Room 1\, first floor" in lines
    assert any(line.startswith(r"SUMMARY:Grokking\; sections 1\, 2 \\ and") for line in lines)


def test_the_zone_of_each_time_is_described() -> None:
    data = write("Mech Interp", [entry(), entry(zone=ZoneInfo("Asia/Kolkata"), uid="b")])
    lines = unfolded(data)
    for zone in ("Europe/London", "Asia/Kolkata"):
        assert f"TZID:{zone}" in lines
    assert lines.count("BEGIN:VTIMEZONE") == 2
    events = list(Calendar.from_ical(data).walk("VEVENT"))
    assert [one.decoded("dtstart").astimezone(UTC) for one in events] == [
        datetime(2026, 3, 10, 19, tzinfo=UTC)
    ] * 2


def test_a_zone_is_described_by_rules_whose_onsets_are_on_the_clocks_before_the_change() -> None:
    berlin = entry(
        zone=ZoneInfo("Europe/Berlin"), starts_at=datetime(2026, 7, 9, 17, tzinfo=UTC), uid="berlin"
    )
    lines = unfolded(write("x", [berlin]))
    assert not [line for line in lines if line.startswith("RDATE")]
    daylight = lines[lines.index("BEGIN:DAYLIGHT") : lines.index("END:DAYLIGHT")]
    assert "DTSTART:20250330T020000" in daylight
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in daylight
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in lines
    assert "DTSTART;TZID=Europe/Berlin:20260709T190000" in lines


def test_the_hour_that_the_clocks_show_twice_is_written_in_utc() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    both = [
        entry(uid=f"{hour}", zone=berlin, starts_at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
        for hour in (0, 1)
    ]
    lines = unfolded(write("x", both))
    assert "DTSTART:20261025T003000Z" in lines
    assert "DTSTART:20261025T013000Z" in lines


def samples(zone: ZoneInfo) -> list[datetime]:
    """Return instants of six years: every month, and around each change of the clocks."""
    day = timedelta(days=1)
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    found: list[datetime] = []
    for step in range(6 * 365):
        instant = start + step * day
        if step % 31 == 0:
            found.append(instant)
        if instant.astimezone(zone).utcoffset() != (instant - day).astimezone(zone).utcoffset():
            hours = (-30, -24, -12, -11, -9, -6, -3, -2, -1, 0, 1)
            found += [instant + timedelta(hours=hour, minutes=30) for hour in hours]
    return found


Expected = Mapping[str, tuple[int, int]]


@pytest.fixture(scope="module")
def written() -> Mapping[str, tuple[bytes, Expected]]:
    """For each zone a file of instants, and for each event when it starts and ends."""
    found: dict[str, tuple[bytes, Expected]] = {}
    for key in sorted(available_timezones() - {"Factory", "localtime"})[::STEP]:
        zone = ZoneInfo(key)
        instants = {f"{instant:%Y%m%d%H%M}": instant for instant in samples(zone)}
        entries = [
            entry(uid=uid, zone=zone, starts_at=instant, minutes=60)
            for uid, instant in instants.items()
        ]
        seconds = {uid: int(instant.timestamp()) for uid, instant in instants.items()}
        expected = {uid: (at, at + 3600) for uid, at in seconds.items()}
        found[key] = (write("x", entries), expected)
    return found


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_of_somebody_elses_finds_every_instant_in_every_zone(
    reader: str, written: Mapping[str, tuple[bytes, Expected]]
) -> None:
    if reason := missing(reader):
        pytest.skip(reason)
    found = READERS[reader]([file for file, _ in written.values()])
    wrong = [
        (key, uid)
        for (key, (_, expected)), times in zip(written.items(), found, strict=True)
        for uid in expected
        if times[uid] != expected[uid]
    ]
    assert wrong == []


def test_a_long_link_is_folded_and_comes_back_whole() -> None:
    link = "https://example.org/" + "ü/" * 300 + "end"
    (event,) = read(write("x", [entry(location=link)])).named("VEVENT")
    assert event["LOCATION"] == link


def test_what_was_cancelled_says_so() -> None:
    lines = unfolded(write("x", [entry(cancelled=True)]))
    assert "STATUS:CANCELLED" in lines
    assert "TRANSP:TRANSPARENT" in lines


def test_a_series_is_there_before_its_cards_at_its_local_time() -> None:
    series = Series(
        id=SeriesId(1),
        guild_id=7,
        group_id=GroupId(1),
        title="Grokking",
        cadence=Cadence.WEEKLY,
        anchor=date(2026, 3, 17),
        at=time(19),
        timezone="Europe/London",
        minutes=60,
        location=None,
        facilitator_id=None,
        capacity=None,
        created_by=1,
        days_ahead=6,
        until=date(2026, 4, 7),
        created_at=NOW,
        ended_at=None,
    )
    entries = coming_of(series, [], NOW)
    assert [one.starts_at.hour for one in entries] == [19, 19, 18, 18]
    assert entries[0].starts_at.date() == date(2026, 3, 17)
    assert entries[-1].starts_at - entries[0].starts_at == timedelta(days=21, hours=-1)
    lines = unfolded(write("x", entries))
    assert sum("T190000" in line for line in lines if line.startswith("DTSTART;")) == 4


def test_a_reader_of_its_own_finds_every_time_where_it_was_put() -> None:
    zones = [
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Kolkata",
        "UTC",
    ]
    starts = [
        datetime(2026, month, day, 19, 30, tzinfo=UTC)
        for month in (3, 7, 10, 12)
        for day in (1, 29)
    ]
    entries = [
        entry(
            uid=f"{zone}-{start:%m%d}",
            zone=ZoneInfo(zone),
            starts_at=start,
            title="Ünïcode; 🗓️, “x”",
        )
        for zone in zones
        for start in starts
    ]
    calendar = read(write("Mech, Interp; 2", entries))
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "Mech, Interp; 2"
    events = {one["UID"]: one for one in calendar.named("VEVENT")}
    assert events.keys() == {one.uid for one in entries}
    for one in entries:
        event = events[one.uid]
        assert event.instant("DTSTART") == one.starts_at
        assert event.instant("DTEND") == one.starts_at + timedelta(minutes=90)
        assert event["SUMMARY"] == one.title
        assert event["LOCATION"] == "Room 1, first floor"


def test_calendars_are_told_how_often_to_look_again() -> None:
    lines = unfolded(write("x", [entry()]))
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert "X-PUBLISHED-TTL:PT1H" in lines


def test_the_same_meetings_make_the_same_bytes() -> None:
    assert write("x", [entry()]) == write("x", [entry()])
