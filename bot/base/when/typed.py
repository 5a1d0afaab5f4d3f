"""Moments that people type: a day, a time and a zone, in any order and in many languages.

No word is ignored. ``grammar`` divides the text into parts, in every way there is; each way is read
here, and they have to agree: where they don't, the person is asked which was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from msgspec.structs import replace

from bot.base.errors import InvalidInput
from bot.base.when.answers import LONGEST, either, quoted
from bot.base.when.clock_changes import MIDNIGHT, end_of, instants_of, local
from bot.base.when.grammar import (
    DAYS,
    TIMES,
    BareHour,
    ClockTime,
    Date,
    DayOfMonth,
    DayPart,
    Near,
    Numbers,
    Point,
    Stretch,
    Text,
    TimeSpan,
    Way,
    WeekDate,
    Weekday,
    What,
)
from bot.base.when.refusals import Contradiction, Question, TypedText, Unreadable
from bot.base.when.vocabulary import Meaning, WordKind, plain, vocabulary
from bot.base.when.weekdays import WEEKDAYS
from bot.base.when.zones import NamedZone, zone_names

_YEARS = range(1900, 2200)  # in these, every zone can be turned into UTC and back
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

_STAMP = re.compile(r"<t:(-?\d{1,10})(?::[tTdDfFsSR])?>")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[tT](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)([zZ]|[+-]\d\d:?\d\d)?")
_AT = re.compile(r"@(?=[ ]*\d)")
_GLUED_ZONE = re.compile(r"(?i)(?<=:\d\d)(?=\+\d|z$)")

_Days = tuple[date, ...]
"""The days that a text may mean, in order; the first that is still ahead is meant."""

_T = TypeVar("_T")

# Read here and not at the first typed moment, which would have to wait for it: 60 ms together.
vocabulary()
zone_names()


class Moment(NamedTuple):
    """A moment that was typed."""

    at: datetime
    """When it is, in UTC."""
    zone: ZoneInfo
    """The zone that was named; the default where none, or only an offset, was."""
    day: date
    """The day it is where it was said to be."""
    has_day: bool
    """Whether it names its day, and not only a time."""
    has_time: bool
    """Whether it names its time, and not only a day."""


def parse(text: str, *, zone: ZoneInfo, now: datetime, end_of_day: bool = False) -> datetime:
    """Return the instant, in UTC and after ``now``, that ``text`` means in ``zone``.

    Reads a day (“2026-12-01”, “tue”, “next tuesday”, “tomorrow”, “1 Dec”, “12.11.”, “in 2 weeks”)
    with a time (“18:00”, “7pm”, “18h30”, “noon”, “8 in the evening”) in either order, in 26
    languages; a stretch from now (“in 2 hours”; “in 3 days”, at this time of day); ISO 8601;
    Discord's timestamps. A zone or an offset after the time or at the end (“Europe/London”,
    “Boston”, “ET”, “+01:00”, “AoE”) counts instead of ``zone``.

    A weekday is the next whose time is still ahead, today included; with “next”, today excluded.
    A date without a year is the next there is. With ``end_of_day``, a day without a time is 23:59.

    Raises InvalidInput for what is past, more than ``FARTHEST`` ahead, skipped by the clocks,
    contradictory or not understood in whole; and to ask back for what could mean two moments or
    lacks its time.
    """
    return read(text, zone=zone, now=now, end_of_day=end_of_day).at


def read(
    text: str,
    *,
    zone: ZoneInfo,
    now: datetime,
    end_of_day: bool = False,
    day: date | None = None,
) -> Moment:
    """Return the moment that ``text`` means, as ``parse`` does; without a day, one on ``day``."""
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    reading = _Reading(typed=text, zone=zone, now=now, end_of_day=end_of_day, assumed=day)
    if match := _STAMP.fullmatch(text[:LONGEST].strip()):
        at = reading.reachable(datetime.fromtimestamp(int(match[1]), UTC))
        return Moment(at, zone, at.astimezone(zone).date(), has_day=True, has_time=True)
    words = _words(text)
    if not words:
        raise reading.unreadable()
    if re.fullmatch(r"[\d ]+", words):
        raise InvalidInput(f"{reading.quote} alone could mean anything. {reading.examples}")
    divided = Text(words)
    if not divided.ways:
        raise reading.not_understood(divided)
    return reading.chosen(divided.ways)


def zone_in(text: str, default: ZoneInfo) -> ZoneInfo:
    """Return the zone that ``parse`` reads ``text`` in: the one it names, else ``default``.

    An offset names no zone, so ``default`` holds for what follows from such a time.
    """
    for way in Text(_words(text)).ways:
        for place in _of(NamedZone, way.parts):
            return _zone_of(place, place.clocks()[0], default)
    return default


def parse_time(text: str) -> time:
    """Return the time of day that ``text`` names: “19:00”, “7pm”, “7:30 pm”, “18h30”, “noon”.

    Midnight is 00:00, by whatever name. Raises InvalidInput for a text that is not a time, and asks
    back for an hour without am or pm.
    """
    return _clock_in(text)[0].at


def parse_time_on(text: str, day: str) -> tuple[time, int]:
    """Return the time of day that ``text`` names on a day, and how many days after it that is.

    “24:00” is 00:00 on the day after. ``day`` is what the day is called in an answer: midnight
    could begin or end it, so that is asked back, as InvalidInput.
    """
    clock, midnight = _clock_in(text)
    if midnight:
        raise Question(
            f"Does {quoted(text)} begin {day} or end it? Type `00:00` for its start, or `24:00` for"
            " its end."
        )
    return clock.at, clock.days


def parse_weekday(text: str) -> int:
    """Return the weekday that ``text`` names, 0 for Monday: “tue”, “Tuesdays”, “mardi”.

    Raises InvalidInput for anything else, and for what is another day in another language.
    """
    words = _words(text)
    end, meanings = vocabulary().at(words, 0)
    found = {one.number for one in meanings if one.kind is WordKind.WEEKDAY and not one.hours}
    if end == len(words) and len(found) == 1:
        return found.pop()
    if end == len(words) and found:
        choices = either([f"`{WEEKDAYS[number]}`" for number in sorted(found)])
        raise Question(f"{quoted(text)} means different days in different languages: {choices}?")
    raise InvalidInput(f"I don't know the weekday {quoted(text)}. Try `tue` or `Tuesday`.")


def _clock_in(text: str) -> tuple[_Time, bool]:
    """Read a time of day without a day; return it, and whether it is midnight by name."""
    words = _words(text)
    ways = [
        way
        for way in (Text(words).ways if words else ())
        if all(isinstance(part, ClockTime | BareHour | Point | DayPart) for part in way.parts)
    ]
    failure = InvalidInput(f"I can't read {quoted(text)} as a time of day. Try `19:00` or `7pm`.")
    reading = _Reading(typed=text, zone=_UTC, now=_SOMETIME, end_of_day=False)
    if match := re.fullmatch(r"(\d{1,2})(?: o'?clock)?", words):
        raise reading.which_half(int(match[1])) if int(match[1]) < 24 else failure
    found: dict[tuple[_Time, bool], None] = {}
    for way in ways:
        try:
            clock = reading.time_of_day(way)
        except Question:
            raise
        except InvalidInput as error:
            failure = error
            continue
        if clock is not None:
            found[clock, bool(_of(Point, way.parts)) and clock.at == MIDNIGHT] = None
    if len(found) != 1:
        raise failure
    return next(iter(found))


_UTC = ZoneInfo("UTC")
_SOMETIME = datetime(2000, 1, 1, tzinfo=UTC)


class _Time(NamedTuple):
    """A time of day as it was typed."""

    at: time
    days: int = 0
    """1 for “24:00”: the start of the day after."""
    midnight: bool = False
    """Midnight, by a word that doesn't say whether it begins or ends its day."""


def _words(text: str) -> str:
    """Return ``text`` in plain characters; nothing of what is too long to be one moment.

    So no pattern ever meets a long text.
    """
    if len(text) > LONGEST:
        return ""
    text = _ISO.sub(lambda match: " ".join(filter(None, match.groups())), _AT.sub(" at ", text))
    text = _GLUED_ZONE.sub(" ", text.strip())
    words = plain(text)
    # One character can become eighteen, of which none may be left out.
    return words if len(words) <= 2 * LONGEST else ""


def _of(kind: type[_T], parts: Iterable[What]) -> list[_T]:
    return [part for part in parts if isinstance(part, kind)]


def _zone_of(place: NamedZone | None, clocks: tzinfo, default: ZoneInfo) -> ZoneInfo:
    if isinstance(clocks, ZoneInfo) and not (place is not None and place.abbreviation):
        return clocks
    return default


class _Reading(TypedText, frozen=True, kw_only=True):
    """One text, read in one zone at one instant: what it means."""

    # Which way it is meant

    def chosen(self, ways: Sequence[Way]) -> Moment:
        """Return what all ways agree on, those in one language first; ask where they don't.

        Words that exclude each other in one of the ways are a disagreement too: “Mi” is Wednesday
        to a German, so that “Mi 9.1.” is no Spanish Friday.
        """
        ways = [way for way in ways if way.coherent] or list(ways)
        found: dict[datetime, Moment] = {}
        failures: list[InvalidInput] = []
        for way in ways:
            try:
                moment = self.moment(way)
            except InvalidInput as error:
                failures.append(error)
            else:
                found.setdefault(moment.at, moment)
        contradiction = next((one for one in failures if isinstance(one, Contradiction)), None)
        if len(found) == 1 and contradiction is None:
            return next(iter(found.values()))
        if len(found) > 1:
            raise self.several(list(found))
        raise contradiction or min(
            failures, key=lambda one: (isinstance(one, Unreadable), isinstance(one, Question))
        )

    def moment(self, way: Way) -> Moment:
        """Return the moment that one way means."""
        place = next(iter(_of(NamedZone, way.parts)), None)
        if place is None:
            return self.in_place(way, None)
        found: dict[datetime, Moment] = {}
        for index, clocks in enumerate(place.clocks()):
            moment = replace(self, clocks=clocks).in_place(way, place)
            if place.goes_by(moment.at.astimezone(clocks)):
                found.setdefault(moment.at, moment)
            elif index == 0:  # in July, people who type EST mean the clocks of New York
                raise place.unclear()
        if len(found) != 1:
            raise place.unclear()
        return next(iter(found.values()))

    def in_place(self, way: Way, place: NamedZone | None) -> Moment:
        """Return the moment that one way means on the clocks ``there``."""
        has_day = any(isinstance(part, DAYS) for part in way.parts)
        has_time = any(isinstance(part, TIMES) for part in way.parts) or any(
            bool(stretch.hours) for stretch in _of(Stretch, way.parts)
        )
        at = self.instant(way)
        day = at.astimezone(self.there).date()
        return Moment(at, _zone_of(place, self.there, self.zone), day, has_day, has_time)

    # What it means

    def instant(self, way: Way) -> datetime:
        """Return the instant that one way means."""
        clock = self.time_of_day(way)
        stretch = next(iter(_of(Stretch, way.parts)), None)
        days = [part for part in way.parts if isinstance(part, DAYS) and part is not stretch]
        parts = _of(DayPart, way.parts)
        if stretch is not None and stretch.hours:
            if clock is not None or days or parts:
                raise self.unreadable()
            return self.reachable(self.from_now(stretch))
        if stretch is not None and clock is None and not days and not parts and not self.end_of_day:
            return self.reachable(self.from_now(stretch))
        candidates = self.days(days, stretch)
        if clock is None:
            if parts:
                raise self.lacks_time((candidates or (self.today,))[0], parts[0].words)
            if candidates is None:
                raise self.unreadable()
            return self.reachable(self.last_minute(candidates))
        if candidates is None:
            if any(isinstance(part, ClockTime) and part.stretch for part in way.parts):
                raise self.unreadable()
            if self.assumed is not None:
                candidates = (self.assumed,)
        if clock.midnight and candidates is not None:
            return self.reachable(self.midnight(candidates[0]))
        if clock.days:
            candidates = candidates or (self.today,)
            candidates = tuple(day + timedelta(days=1) for day in candidates)
        if candidates is None:
            candidates = (self.today, self.today + timedelta(days=1))
        elif parts and parts[0].meaning.night and clock.at.hour < 6:
            if local(candidates[0], clock.at, self.there) > self.now:
                raise self.which_night(candidates[0], clock.at)
            candidates = (candidates[0] + timedelta(days=1),)
        return self.reachable(self.first_ahead(candidates, clock.at))

    # The time of day

    def time_of_day(self, way: Way) -> _Time | None:
        """Return the time of day that one way means; None where it has none."""
        if _of(TimeSpan, way.parts):
            raise self.two_times()
        clocks, hours = _of(ClockTime, way.parts), _of(BareHour, way.parts)
        points, parts = _of(Point, way.parts), _of(DayPart, way.parts)
        if len(clocks) + len(hours) > 1 or len(points) > 1:
            raise self.two_times()
        if hours and not (parts or points):
            raise self.which_half(hours[0].hour)
        if hours and way.lone_hour:
            raise self.unreadable()
        clock = clocks[0] if clocks else ClockTime(hours[0].hour) if hours else None
        if clock is None:
            if not points:
                return None
            at = MIDNIGHT if points[0].midnight else time(12)
            self.check_parts(at, parts)
            return _Time(at, midnight=points[0].midnight)
        self.check(clock)
        if clock.dotted and not parts and 1 <= clock.minute <= 12:
            raise Question(
                f"Is `{clock.hour}.{clock.minute:02}` in {self.quote} a time or a date? Type the"
                f" time as `{clock.hour:02}:{clock.minute:02}`, or the date as in"
                f" `{self.today + timedelta(days=7)}`."
            )
        if points:
            return self.at_point(clock, points[0])
        if clock.hour == 24:
            return _Time(MIDNIGHT, days=1)
        hour = self.hour_in(parts, clock.hour) if parts else clock.hour
        return _Time(time(hour, clock.minute, clock.second))

    def check(self, clock: ClockTime) -> None:
        """Raise InvalidInput for what no clock shows, but let “24:00” pass."""
        shown = f"{clock.hour}:{clock.minute:02}"
        whole = (clock.hour, clock.minute, clock.second) == (24, 0, 0)
        if not whole and (clock.hour > 23 or clock.minute > 59 or clock.second > 59):
            raise InvalidInput(f"There is no `{shown}` on a clock. Try `19:00` or `7pm`.")

    def at_point(self, clock: ClockTime, point: Point) -> _Time:
        """Return “12 noon” and “12 midnight”; anything else contradicts itself."""
        if (
            clock.minute
            or clock.second
            or clock.hour not in ((12, 0, 24) if point.midnight else (12,))
        ):
            word = "midnight" if point.midnight else "noon"
            raise Contradiction(f"{self.quote} is not {word}. Type only one of the two.")
        if point.midnight and clock.hour == 12:
            return _Time(MIDNIGHT, midnight=True)
        return _Time(MIDNIGHT if point.midnight else time(12), days=int(clock.hour == 24))

    def hour_in(self, parts: Sequence[DayPart], hour: int) -> int:
        """Return the hour, on a clock of 24, that ``hour`` is in all these parts of the day."""
        found = {hour, (hour + 12) % 24} if hour < 12 else {hour, 0} if hour == 12 else {hour}
        for part in parts:
            if part.meaning.meridiem and not 1 <= hour <= 12:
                raise InvalidInput(
                    f"There is no `{hour}{part.words}` on a clock. Try `19:00` or `7pm`."
                )
            if hour == 12 and _ambiguous_noon(part.meaning):
                continue
            found &= part.meaning.hours
        if len(found) == 1:
            return found.pop()
        if found:
            times = either([f"`{one:02}:00`" for one in sorted(found)])
            raise Question(f"Does {self.quote} mean {times}? Type it like that.")
        raise Contradiction(
            f"{quoted(f'{hour:02}:00')} is not in {quoted(parts[0].words)}. Type only the time, as"
            " in `tue 19:00`."
        )

    def check_parts(self, at: time, parts: Sequence[DayPart]) -> None:
        """Raise InvalidInput where noon or midnight is in none of the parts of the day."""
        for part in parts:
            if at.hour not in part.meaning.hours and not (part.meaning.night and at == MIDNIGHT):
                raise Contradiction(f"{self.quote} contradicts itself. {self.examples}")

    # The day

    def days(self, parts: Sequence[What], stretch: Stretch | None) -> _Days | None:
        """Return the days that all the parts agree on; None where none names a day."""
        fixed: list[date] = []
        for part in parts:
            match part:
                case Date(day, month, year):
                    fixed.append(self.dated(month, day, year))
                case Numbers():
                    fixed.append(self.numeric_day(part))
                case WeekDate():
                    fixed.append(self.week_day(part))
                case Near(distance):
                    fixed.append(self.today + timedelta(days=distance))
                case _:
                    pass
        if stretch is not None:
            fixed.append(self.plus(stretch.days))
        loose = [*_of(DayOfMonth, parts), *_of(Weekday, parts)]
        if not fixed:
            if not loose:
                return None
            candidates = self.candidates(loose[0])
            return tuple(
                self.agreeing(day, loose[1:]) for day in candidates[: 1 if loose[1:] else 2]
            )
        for other in fixed[1:]:
            if other != fixed[0]:
                raise Contradiction(
                    f"{self.quote} names two days, {fixed[0]} and {other}. Type only one of them."
                )
        return (self.agreeing(fixed[0], loose),)

    def candidates(self, part: DayOfMonth | Weekday) -> _Days:
        """Return the next two days that a weekday or a day of the month may be."""
        if isinstance(part, Weekday):
            ahead = (part.number - self.today.weekday()) % 7
            if part.week_later:
                return (self.today + timedelta(days=ahead + 7),)
            if part.next:
                return (self.today + timedelta(days=ahead or 7),)
            return tuple(self.today + timedelta(days=ahead + more) for more in (0, 7))
        if not 1 <= part.day <= 31:
            raise InvalidInput(f"No month has {part.day} days. {self.examples}")
        months = (self.today.replace(day=1) + relativedelta(months=more) for more in range(5))
        days = (_day_in(month, part.day) for month in months)
        return tuple(day for day in days if day is not None and day >= self.today)[:2]

    def agreeing(self, day: date, parts: Sequence[DayOfMonth | Weekday]) -> date:
        """Return ``day`` if it is what the other parts say too."""
        for part in parts:
            if isinstance(part, Weekday):
                if day.weekday() != part.number or (part.week_later and day < self.today):
                    name = WEEKDAYS[part.number]
                    raise Contradiction(
                        f"{day} is a {WEEKDAYS[day.weekday()]}, not a {name}. Type only the date,"
                        f" as in `{day} 19:00`, or only the weekday, as in"
                        f" `{name[:3].lower()} 19:00`."
                    )
            elif day.day != part.day:
                raise Contradiction(
                    f"{self.quote} names two days, {day} and the {part.day}. of a month. Type only"
                    " one of them."
                )
        return day

    def week_day(self, part: WeekDate) -> date:
        """Return the day of “2026-W05-5”."""
        try:
            if part.weekday is None:
                monday = date.fromisocalendar(part.year, part.week, 1)
                raise Question(f"Which day of the week {self.quote}? Type it as in `{monday}`.")
            return date.fromisocalendar(part.year, part.week, part.weekday)
        except ValueError:
            raise InvalidInput(
                f"There is no such week as in {self.quote}. {self.examples}"
            ) from None

    def numeric_day(self, part: Numbers) -> date:
        """Return the day of “25/12”, which can only be in one order; ask back for “3/4”."""
        first, second, year = part.first, part.second, part.year
        if first > 12 or first == second:
            return self.dated(second, first, year)
        if second > 12:
            return self.dated(first, second, year)
        days = [self.dated(second, first, year), self.dated(first, second, year)]
        dates = either([f"`{day}`" for day in days])
        raise Question(f"{self.quote} could be two dates. Type the date as {dates}.")

    def dated(self, month: int, day: int, year: int | None) -> date:
        """Return that day; without a year, the next there is from today on."""
        if year is not None and year not in _YEARS:
            raise InvalidInput(f"Check the year in {self.quote}. {self.examples}")
        # 29 February comes within nine years, even across 2100.
        years = range(self.today.year, self.today.year + 9) if year is None else [year]
        for candidate in years:
            try:
                found = date(candidate, month, day)
            except ValueError:
                continue
            if year is not None or found >= self.today:
                return found
        if not 1 <= month <= 12:
            raise InvalidInput(f"There is no month {month}, as in {self.quote}. {self.examples}")
        missing = f"{day} {_MONTHS[month - 1]}{f' {year}' if year else ''}"
        raise InvalidInput(f"There is no {missing}. {self.examples}")

    def plus(self, stretch: relativedelta) -> date:
        """Return the day that is ``stretch`` from today."""
        try:
            day = self.today + stretch
        except (OverflowError, ValueError):
            raise self.too_far() from None
        if day.year not in _YEARS:
            raise self.too_far()
        return day

    def from_now(self, stretch: Stretch) -> datetime:
        """Return the instant ``stretch`` from now, in whole seconds as Discord shows them."""
        start = self.now.replace(microsecond=0)
        if stretch.days:
            at = start.astimezone(self.there).time()
            start = local(self.plus(stretch.days), at, self.there)
        return start.astimezone(UTC) + stretch.hours

    # The two together

    def first_ahead(self, days: _Days, at: time) -> datetime:
        """Return ``at`` on the first of ``days`` where it is after now, or on the last.

        Raises InvalidInput for a gap, and for a fold of which both times are still ahead.
        """
        for day in days:
            instants = instants_of(day, at, self.there)
            ahead = [instant for instant in instants if instant > self.now]
            if len(ahead) == 2:
                raise self.twice(ahead)
            if ahead:
                return ahead[0]
            if not instants and local(day, at, self.there) > self.now:
                raise self.skipped(day, at)
        return local(days[-1], at, self.there)

    def last_minute(self, days: _Days) -> datetime:
        """Return the end of the first of ``days`` that isn't over; unless asked to, ask back."""
        if not self.end_of_day:
            raise self.lacks_time(days[0])
        ends = [end_of(day, self.there) for day in days]
        return next((end for end in ends if end > self.now), ends[-1])

    def midnight(self, day: date) -> datetime:
        """Return the midnight that ends ``day`` where only that is still ahead; else ask back."""
        next_day = day + timedelta(days=1)
        if local(day, MIDNIGHT, self.there) > self.now:
            raise InvalidInput(
                f"Does {self.quote} begin that day or end it? Type `{day} 00:00` for its start, or"
                f" `{next_day} 00:00` for its end."
            )
        return self.first_ahead((next_day,), MIDNIGHT)


def _ambiguous_noon(meaning: Meaning) -> bool:
    """Whether a word for a.m. is one with which 12 is noon to some and midnight to others."""
    return meaning.am and not meaning.meridiem


def _day_in(month: date, day: int) -> date | None:
    """Return a day of the month that ``month`` is in, if it has so many."""
    try:
        return month.replace(day=day)
    except ValueError:
        return None
