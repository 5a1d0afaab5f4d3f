"""Calendar files (RFC 5545), in the conventions of Google, Apple and Outlook."""

# icalendar's types are partial.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration

from cogs.reading.calendar import rules, vtimezone
from cogs.reading.calendar.service import CalendarEntry


def write(name: str, entries: Sequence[CalendarEntry]) -> bytes:
    """Return a calendar file; the same meetings make the same bytes.

    Each meeting keeps its UID, its SEQUENCE grows with each change, and a cancelled one says so:
    that's how calendars that already have it bring it up to date. Times are local, with the
    VTIMEZONE of their zone, so that they stay right when its clocks change. How often to look
    again is said in the way of RFC 7986 and in that of Outlook.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Cohort//Reading groups//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(rules.ASK_AGAIN), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(rules.ASK_AGAIN))
    in_zones: dict[ZoneInfo, list[datetime]] = {}
    for entry in entries:
        if entry.zone is not UTC_ZONE and not _is_repeated(entry):
            in_zones.setdefault(entry.zone, []).extend((entry.starts_at, entry.ends_at))
    for zone, instants in in_zones.items():
        calendar.add_component(vtimezone.describe(zone, min(instants), max(instants)))
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


UTC_ZONE = ZoneInfo("UTC")


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    zone = UTC if _is_repeated(entry) else entry.zone
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    if entry.location:
        event.add("location", entry.location)
    about = [f"{one.title} {one.url or ''}".strip() for one in entry.readings]
    if entry.card is not None:
        about.append(f"Answer here: {entry.card.url}")
        event.add("url", entry.card.url)
    if about:
        event.add("description", "\n".join(about))
    return event


def _is_repeated(entry: CalendarEntry) -> bool:
    """Whether it begins or ends in an hour that the clocks show twice.

    A local time in that hour is always read as the first of the two (RFC 5545, 3.3.5); in UTC it is
    one moment.
    """
    for instant in (entry.starts_at, entry.ends_at):
        there = instant.astimezone(entry.zone)
        if there.utcoffset() != there.replace(fold=1 - there.fold).utcoffset():
            return True
    return False
