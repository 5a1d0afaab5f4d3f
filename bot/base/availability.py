"""When somebody is free in a week: what they type, and which hours two people share.

A span is kept on the person's own clocks, as a weekday and minutes of the day, and becomes
instants only for the week that is asked about. So a free evening stays an evening when the clocks
change, and what two people share is right in the week at hand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when
from bot.base.errors import InvalidInput

PARTS = {
    "morning": (8 * 60, 12 * 60),
    "afternoon": (12 * 60, 17 * 60),
    "evening": (17 * 60, 22 * 60),
}
"""The half-days, in minutes since midnight."""

STEP = 15
"""Minutes in a piece of a week; every zone's offset is a multiple of it."""

PIECES = 7 * 24 * 60 // STEP

DAY = 24 * 60
LIMIT = 200
EXAMPLE = "`weekday evenings, sat morning, 5 hours`"

_SETS = {
    "weekday": range(5),
    "weekdays": range(5),
    "weekend": range(5, 7),
    "weekends": range(5, 7),
    "daily": range(7),
    "everyday": range(7),
    "anyday": range(7),
}
_WHOLE = frozenset({"day", "days", "anytime", "allday", "whole"})
_FILLERS = frozenset({"and", "on", "in", "the", "at", "from", "free", "every", "each", "also"})
_HOURS = re.compile(
    r"(?:about |around |up to |~ ?)?(?P<hours>\d{1,3}) ?(?:h|hrs?|hours?)\b"
    r"(?: ?(?:a|per|each|every|/) ?(?:week|wk))?"
)
_RANGE = re.compile(
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?:\s*(?P<half>[ap]m))?\s*(?:-|to|until)\s*"
    r"(?P<hour2>\d{1,2})(?::(?P<minute2>\d\d))?(?:\s*(?P<half2>[ap]m))?"
)
_DAYS = re.compile(r"\b([a-z]{2,9})\s*-\s*([a-z]{2,9})\b")
_WORD = re.compile(r"@\d+-\d+|[a-z]+")


class FreeSpan(Struct, frozen=True, order=True):
    """Free time on one weekday (0 for Monday), in minutes since midnight, on one's own clocks."""

    day: int
    start: int
    end: int

    def stored(self) -> str:
        """Return it as the text that is kept."""
        return f"{self.day} {self.start}-{self.end}"


class Free(Struct, frozen=True):
    """When somebody is free, and how many hours a week they have in all, where they said so."""

    spans: tuple[FreeSpan, ...] = ()
    hours: int | None = None


def restored(texts: Sequence[str] | None) -> tuple[FreeSpan, ...]:
    """Return the spans that were kept."""
    spans: list[FreeSpan] = []
    for text in texts or ():
        day, minutes = text.split(" ")
        start, end = minutes.split("-")
        spans.append(FreeSpan(int(day), int(start), int(end)))
    return tuple(spans)


def parse(text: str) -> Free:
    """Return what “weekday evenings, sat morning, tue 19-21, 5 hours a week” says.

    Days without a time take that of the next part, as in “mon, wed evening”, or are whole days
    at the end; a time without days is for the days before it, or for every day.
    Raises InvalidInput for what cannot be read, quoting it.
    """
    if len(text) > LIMIT:
        raise InvalidInput(f"That is too long for a week. Try {EXAMPLE}.")
    words = text.casefold().replace("–", "-").replace("—", "-").replace("’", "'")
    hours: int | None = None
    if match := _HOURS.search(words):
        hours = int(match["hours"])
        if hours > 168:
            raise InvalidInput(f"A week has 168 hours, not {hours}. Try {EXAMPLE}.")
        words = words[: match.start()] + "," + words[match.end() :]
    spans: set[FreeSpan] = set()
    waiting: list[int] = []
    last: list[int] = list(range(7))
    for piece in re.split(r"[,;\n.&+]", words):
        if not piece.strip():
            continue
        days, times = _piece(piece)
        if days and not times:
            waiting += days
            continue
        if days or waiting:
            last = [*waiting, *days]
            waiting = []
        spans |= {one for day in last for start, end in times for one in _spans(day, start, end)}
    # Not all 24 hours: whoever says “saturday” is not free at four in the morning.
    whole = PARTS.values()
    spans |= {FreeSpan(day, start, end) for day in waiting for start, end in whole}
    return Free(_merged(spans), hours)


def say(free: Free) -> str:
    """Return it in words that ``parse`` reads again: “weekday evenings, sat morning, 5 hours”."""
    days_of: dict[str, list[int]] = defaultdict(list)
    for span in _by_parts(free.spans):
        days_of[_time(span)].append(span.day)
    said: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for moment, days in days_of.items():
        said[tuple(days)].append(moment)
    parts = [
        f"{_days(days)} {' and '.join(_times(times, len(days)))}"
        for days, times in sorted(said.items(), key=lambda item: item[0])
    ]
    if free.hours is not None:
        parts.append("1 hour a week" if free.hours == 1 else f"{free.hours} hours a week")
    return ", ".join(parts)


def week(spans: Iterable[FreeSpan], zone: ZoneInfo, now: datetime) -> int:
    """Return the week that ``now`` is in as bits of a quarter of an hour each, in UTC.

    The first bit is Monday, 00:00 UTC; what reaches over the end comes in again at the start, so
    that the weeks of people in distant zones can be compared.
    """
    # By this very week's offsets: where one zone has changed its clocks and another has not yet,
    # the hours that two people share have moved, too.
    local_monday = now.astimezone(zone).date() - timedelta(days=now.astimezone(zone).weekday())
    origin = datetime.combine(
        now.astimezone(UTC).date() - timedelta(days=now.astimezone(UTC).weekday()), time(), UTC
    )
    bits = 0
    for span in spans:
        day = local_monday + timedelta(days=span.day)
        start = _instant(day, span.start, zone)
        end = _instant(day, span.end, zone)
        first = int((start - origin).total_seconds()) // (STEP * 60)
        length = max(0, int((end - start).total_seconds()) // (STEP * 60))
        for piece in range(first, first + length):
            bits |= 1 << (piece % PIECES)
    return bits


def stretches(
    spans: Iterable[FreeSpan], zone: ZoneInfo, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Return when somebody is free between two instants, in UTC, what touches joined.

    Each day's spans are read on the clocks of that very day: where these change in between, the
    evening stays an evening. Nothing is free at a time that the clocks skip; one that they show
    twice is the first of the two.
    """
    by_day: dict[int, list[FreeSpan]] = defaultdict(list)
    for span in spans:
        by_day[span.day].append(span)
    day = start.astimezone(zone).date() - timedelta(days=1)
    last = end.astimezone(zone).date()
    found: list[tuple[datetime, datetime]] = []
    while day <= last:
        for span in by_day[day.weekday()]:
            begins, ends = _edge(day, span.start, zone), _edge(day, span.end, zone)
            if ends > begins:
                found.append((begins, ends))
        day += timedelta(days=1)
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(found):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return [
        (max(begins, start), min(ends, end))
        for begins, ends in joined
        if begins < end and ends > start
    ]


def shared_hours(one: int, *others: int) -> float:
    """Return how many hours a week are free for all of them."""
    for other in others:
        one &= other
    return one.bit_count() * STEP / 60


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes >= DAY:
        return when.local(day + timedelta(days=1), time(), zone)
    return when.local(day, time(minutes // 60, minutes % 60), zone)


def _edge(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return when a span begins or ends; what the clocks skip is when they do so."""
    for earlier in range(minutes, -1, -STEP):
        found = _instant(day, earlier, zone)
        local = found.astimezone(zone)
        if earlier >= DAY or local.hour * 60 + local.minute == earlier:
            return found if earlier == minutes else found + timedelta(minutes=STEP)
    return _instant(day, minutes, zone)


def _piece(piece: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the days and the times of day that one part of a sentence names."""
    given = piece.strip()
    piece = piece.replace("all day", "allday").replace("any day", "anyday")
    piece = piece.replace("every day", "everyday").replace("any time", "anytime")
    days: list[int] = []
    times: list[tuple[int, int]] = []

    def keep(match: re.Match[str]) -> str:
        start, end = _clock(match, given)
        return f" @{start}-{end} "

    piece = _RANGE.sub(keep, piece)

    def spread(match: re.Match[str]) -> str:
        first, last = _weekday(match[1], given), _weekday(match[2], given)
        days.extend((first + step) % 7 for step in range((last - first) % 7 + 1))
        return " "

    piece = _DAYS.sub(spread, piece)
    rest = _WORD.sub("", piece).strip(" -/'\"()")
    if rest:
        raise _unreadable(given)
    for word in _WORD.findall(piece):
        if word.startswith("@"):
            start, end = word[1:].split("-")
            times.append((int(start), int(end)))
        elif word in _SETS:
            days.extend(_SETS[word])
        elif (part := word.removesuffix("s")) in PARTS:
            times.append(PARTS[part])
        elif word in _WHOLE:
            times.extend(PARTS.values())
        elif word not in _FILLERS:
            days.append(_weekday(word, given))
    return days, times


def _weekday(word: str, given: str) -> int:
    try:
        return when.parse_weekday(word)
    except InvalidInput:
        raise _unreadable(given) from None


def _clock(match: re.Match[str], given: str) -> tuple[int, int]:
    """Return the minutes that “19-21”, “7pm-9pm”, “7-9pm” and “22:00-1:00” mean."""
    half, half2 = match["half"], match["half2"]
    if half is None and half2 is not None:
        half = half2
        # “11-1pm” begins in the morning and “7-9pm” in the evening: the start is before the end.
        if int(match["hour"]) % 12 > int(match["hour2"]) % 12:
            half = "am" if half2 == "pm" else "pm"
    start = _minutes(match["hour"], match["minute"], half, given)
    end = _minutes(match["hour2"], match["minute2"], half2, given)
    if start % STEP or end % STEP or start in (end, DAY):
        raise _unreadable(given)
    return start, end or DAY


def _minutes(hour: str, minute: str | None, half: str | None, given: str) -> int:
    hours, minutes = int(hour), int(minute or 0)
    if half is not None:
        if not 1 <= hours <= 12:
            raise _unreadable(given)
        hours = hours % 12 + 12 * (half == "pm")
    if hours * 60 + minutes > DAY or minutes > 59:
        raise _unreadable(given)
    return hours * 60 + minutes


def _unreadable(given: str) -> InvalidInput:
    shown = given if len(given) <= 60 else given[:59] + "…"
    shown = shown.replace("`", "'")
    return InvalidInput(f"I can't read `{shown}` as free hours of a week. Try {EXAMPLE}.")


def _spans(day: int, start: int, end: int) -> list[FreeSpan]:
    """Return one span, or two for what goes over midnight."""
    if end > start:
        return [FreeSpan(day, start, end)]
    return [FreeSpan(day, start, DAY), FreeSpan((day + 1) % 7, 0, end)]


def _merged(spans: Iterable[FreeSpan]) -> tuple[FreeSpan, ...]:
    """Join what overlaps or touches."""
    merged: list[FreeSpan] = []
    for one in sorted(spans):
        before = merged[-1] if merged else None
        if before is not None and before.day == one.day and one.start <= before.end:
            merged[-1] = FreeSpan(one.day, before.start, max(before.end, one.end))
        else:
            merged.append(one)
    return tuple(merged)


def _by_parts(spans: Iterable[FreeSpan]) -> list[FreeSpan]:
    """Cut spans that are whole half-days into these."""
    cut: list[FreeSpan] = []
    for span in spans:
        inside = [
            FreeSpan(span.day, start, end)
            for start, end in PARTS.values()
            if span.start <= start and end <= span.end
        ]
        whole = bool(inside) and (inside[0].start, inside[-1].end) == (span.start, span.end)
        cut += inside if whole else [span]
    return cut


def _time(span: FreeSpan) -> str:
    for name, minutes in PARTS.items():
        if minutes == (span.start, span.end):
            return name
    return "-".join(f"{minutes // 60}:{minutes % 60:02}" for minutes in (span.start, span.end))


def _times(times: Iterable[str], days: int) -> list[str]:
    return [f"{one}s" if days > 1 and one in PARTS else one for one in times]


def _days(days: Sequence[int]) -> str:
    if tuple(days) == tuple(range(7)):
        return "daily"
    if tuple(days) == tuple(range(5)):
        return "weekday"
    if tuple(days) == (5, 6):
        return "weekend"
    names = [when.WEEKDAYS[day][:3].lower() for day in days]
    return " and ".join(names)
