"""VTIMEZONE components (RFC 5545, 3.6.5): the clock changes of a zone, for readers without tzdata.

Each change is an observance whose onset, by the RFC, is on the clocks as they stood before it. What
repeats by the rule at the end of the zone's file (RFC 9636, 3.3) is written as an RRULE; what does
not, as an observance for each change. Lists of RDATEs would say the same, but ical.js misreads
them and Outlook ignores them.
"""

# icalendar's types are partial.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur
from msgspec import Struct

BEFORE = timedelta(days=400)
"""How far before its first event a zone is described: past the last change of each kind."""

DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")

# Only the rules that say a month, a week and a day (“M3.5.0/2”) at an hour of that day: RFC 9636
# also has days of the year, which no zone uses, and hours such as 24 or −1, which some use and
# which no RRULE can tell. Those zones have their changes one by one.
_RULE = re.compile(r"M(\d+)\.(\d)\.(\d)(?:/(\d+)(?::(\d+)(?::(\d+))?)?)?")


class ClockChange(Struct, frozen=True):
    """A moment at which the clocks of a zone change."""

    instant: datetime
    before: timedelta
    after: timedelta
    name: str
    """What the zone is called from then on: “CEST”."""
    summer: bool
    """Whether the clocks go forward here, or are forward for the summer."""

    @property
    def onset(self) -> datetime:
        """When it happens, on the clocks as they stood until then (naive)."""
        return (self.instant + self.before).replace(tzinfo=None)


def describe(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """Return the VTIMEZONE of ``zone`` that is right for every instant from ``first`` to ``last``.

    Where the zone changes its clocks by a rule without end, it is right for all that follow too.
    """
    start = datetime(first.year, 1, 1, tzinfo=UTC) - BEFORE
    changes = _changes(zone, start, datetime(last.year + 2, 1, 1, tzinfo=UTC))
    rules = _rules(zone)
    regular = _regular(changes, rules)
    component = Timezone()
    component.add("tzid", zone.key)
    # Until its first change, and where there is none.
    initial = start.astimezone(zone)
    standing = ClockChange(
        datetime(start.year, 1, 1, tzinfo=UTC), _offset(initial), _offset(initial),
        initial.tzname() or "", bool(initial.dst()),
    )  # fmt: skip
    component.add_component(_observance(standing, None))
    written: set[int] = set()
    for index, change in enumerate(changes):
        if index < regular:
            component.add_component(_observance(change, None))
        elif change.onset.month not in written:
            written.add(change.onset.month)
            component.add_component(_observance(change, rules[change.onset.month]))
    return component


def _observance(change: ClockChange, rule: str | None) -> TimezoneStandard | TimezoneDaylight:
    observance = TimezoneDaylight() if change.summer else TimezoneStandard()
    observance.add("dtstart", change.onset)
    observance.add("tzoffsetfrom", change.before)
    observance.add("tzoffsetto", change.after)
    observance.add("tzname", change.name)
    if rule is not None:
        yearly = vRecur(FREQ="YEARLY", BYMONTH=change.onset.month, BYDAY=rule)
        observance.add("rrule", yearly)
    return observance


@lru_cache(maxsize=512)
def _rules(zone: ZoneInfo) -> dict[int, str]:
    """Return the days of the two changes of each year, by their month: {3: “-1SU”, 10: “-1SU”}.

    Empty where there are none, or where an RRULE cannot tell them.
    """
    path = files("tzdata") / "zoneinfo"
    for part in zone.key.split("/"):
        path = path / part
    footer = path.read_bytes().rsplit(b"\n", 2)[1].decode("ascii")
    _, _, rules = footer.partition(",")
    found: dict[int, str] = {}
    for rule in rules.split(",") if rules else ():
        match = _RULE.fullmatch(rule)
        if match is None or int(match[4] or 2) > 23:
            return {}
        month, week, day = int(match[1]), int(match[2]), int(match[3])
        found[month] = f"{-1 if week == 5 else week}{DAYS[day]}"
    return found if len(found) == 2 else {}


def _regular(changes: list[ClockChange], rules: dict[int, str]) -> int:
    """Return from which of the changes on all follow the rules, none of them left out.

    Rules can have exceptions: in 2026 Cuba didn't put its clocks back.
    """
    months = sorted(rules)
    index = len(changes)
    while index and _follows(changes[index - 1], changes[-2:], rules):
        onsets = [change.onset for change in changes[index - 1 : index + 1]]
        turns = [2 * onset.year + months.index(onset.month) for onset in onsets]
        if turns[-1] - turns[0] > 1:
            break
        index -= 1
    return index


def _follows(change: ClockChange, last: list[ClockChange], rules: dict[int, str]) -> bool:
    """Whether a change is on the day that its month's rule says, and like the last of its kind."""
    onset = change.onset
    week = (onset.day - 1) // 7 + 1
    days = [f"{week}{DAYS[(onset.weekday() + 1) % 7]}"]
    if (onset + timedelta(days=7)).month != onset.month:
        days.append(f"-1{days[0][1:]}")
    kinds = [
        (one.onset.month, one.onset.time(), one.before, one.after, one.name, one.summer)
        for one in (change, *last)
    ]
    return rules.get(onset.month) in days and kinds[0] in kinds[1:]


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[ClockChange]:
    """Return the changes between two instants, found to the second."""
    found: list[ClockChange] = []
    day = timedelta(days=1)
    while start < end:
        there = start.astimezone(zone)
        if _shown(there) != _shown((start + day).astimezone(zone)):
            found.append(_change(there, start, start + day))
        start += day
    return found


def _change(before: datetime, low: datetime, high: datetime) -> ClockChange:
    """Return the change between two instants, at the first of which the clocks show ``before``."""
    zone = before.tzinfo
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _shown(middle.astimezone(zone)) == _shown(before):
            low = middle
        else:
            high = middle
    after = high.astimezone(zone)
    summer = _offset(after) > _offset(before)
    if after.dst() != before.dst():
        summer = bool(after.dst())
    return ClockChange(high, _offset(before), _offset(after), after.tzname() or "", summer)


def _shown(moment: datetime) -> tuple[timedelta, str | None]:
    return _offset(moment), moment.tzname()


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
