"""The calendar file, read line by line as RFC 5545 has it, and once more by icalendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar

from bot.base.recurrence import Cadence
from cogs.reading.calendar.service import Entry, coming_of, write
from data.reading.meetings import Series, SeriesId
from data.server.groups import GroupId
from tests.ics import read

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def entry(**values: object) -> Entry:
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
    return Entry(**given)  # type: ignore[arg-type]


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
    entries = coming_of(series, NOW)
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
