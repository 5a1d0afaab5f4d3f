"""A strict reader of calendar files (RFC 5545) that shares nothing with what writes them.

Lines are unfolded and parsed by the grammar of section 3.1; the zones' clock changes are read by
dateutil, from the VTIMEZONEs of the file alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from io import StringIO

from dateutil.tz import tzical

NAME = r"[A-Za-z0-9-]+"
LINE = re.compile(rf'({NAME})((?:;{NAME}=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):(.*)', re.DOTALL)
PARAMETER = re.compile(rf';({NAME})=("[^"]*"|[^;:]*)')
REQUIRED = {"VCALENDAR": {"PRODID", "VERSION"}, "VEVENT": {"UID", "DTSTAMP", "DTSTART"}}
ONCE = {
    "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "SEQUENCE", "LOCATION",
    "DESCRIPTION", "URL", "TRANSP", "LAST-MODIFIED", "VERSION", "PRODID", "METHOD",
}  # fmt: skip


@dataclass(frozen=True)
class Property:
    name: str
    value: str
    parameters: dict[str, str]


@dataclass
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    zones: dict[str, tzinfo] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Return the text of a property that is there once, unescaped."""
        (found,) = [one for one in self.properties if one.name == name]
        return re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], found.value)

    def get(self, name: str) -> str | None:
        return self[name] if any(one.name == name for one in self.properties) else None

    def named(self, name: str) -> list[Component]:
        return [one for one in self.components if one.name == name]

    def instant(self, name: str) -> datetime:
        """Return a time in UTC, by the zone that the file itself describes."""
        (found,) = [one for one in self.properties if one.name == name]
        if found.value.endswith("Z"):
            return datetime.strptime(found.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        wall = datetime.strptime(found.value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone follows
        return wall.replace(tzinfo=self.zones[found.parameters["TZID"]]).astimezone(UTC)


def read(data: bytes) -> Component:
    """Return the calendar of a file; fails on whatever RFC 5545 does not allow."""
    text = data.decode("utf-8")
    assert text.endswith("\r\n"), "the last line ends as the others"
    assert "\n" not in text.replace("\r\n", ""), "lines end with CRLF"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "lines are folded"
    lines = text.removesuffix("\r\n").replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")
    top = Component("")
    open_ = [top]
    for line in lines:
        match = LINE.fullmatch(line)
        assert match is not None, f"no content line: {line!r}"
        name, value = match[1].upper(), match[3]
        assert not re.search(r"[\x00-\x08\x0a-\x1f]", value), f"a control character: {line!r}"
        if name == "BEGIN":
            open_.append(Component(value))
            open_[-2].components.append(open_[-1])
        elif name == "END":
            closed = open_.pop()
            assert closed.name == value, f"{value} ends inside {closed.name}"
            _check(closed)
        else:
            parameters = {key.upper(): one.strip('"') for key, one in PARAMETER.findall(match[2])}
            open_[-1].properties.append(Property(name, value, parameters))
    assert open_ == [top], "every component ends"
    (calendar,) = top.components
    assert calendar.name == "VCALENDAR"
    assert calendar["VERSION"] == "2.0"
    described = tzical(StringIO(text.replace("\r\n", "\n")))
    keys = list(described.keys())
    zones = {name: zone for name in keys if (zone := described.get(name)) is not None}
    assert zones.keys() == {one["TZID"] for one in calendar.named("VTIMEZONE")}
    for event in calendar.named("VEVENT"):
        event.zones = zones
        used = {one.parameters["TZID"] for one in event.properties if "TZID" in one.parameters}
        assert used <= zones.keys(), "every zone that is used is described"
        assert event.instant("DTEND") > event.instant("DTSTART")
    uids = [event["UID"] for event in calendar.named("VEVENT")]
    assert len(uids) == len(set(uids)), "each event has a UID of its own"
    return calendar


def _check(component: Component) -> None:
    names = [one.name for one in component.properties]
    assert REQUIRED.get(component.name, set()) <= set(names), (component.name, names)
    if component.name in ("VCALENDAR", "VEVENT"):
        assert not [name for name in ONCE if names.count(name) > 1]
