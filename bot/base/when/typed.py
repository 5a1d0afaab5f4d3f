"""Moments that people type: a day, a time and a zone, in any order and in many languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.base.errors import InvalidInput
from bot.base.when.answers import either, quoted, stamp, tidy
from bot.base.when.clocks import CLOCK, CONTINENTAL_CLOCK, hours_meant, time_of
from bot.base.when.wall import MIDNIGHT, around_gap, end_of, instants_of, local, offset_of
from bot.base.when.weekdays import WEEKDAYS, weekday_named
from bot.base.when.zones import ABBREVIATIONS, NICKNAMES, as_spoken, zone, zone_names

FARTHEST = relativedelta(years=5)
"""What is typed for a moment farther ahead than this is taken for a slip of the finger."""

_YEARS = range(1900, 2200)  # in these, every zone can be turned into UTC and back

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_NAMED_DAYS = {
    "yesterday": -1,
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "tmrw": 1,
    "day after tomorrow": 2,
}
_FILLERS = {"at", "on", "the", "of", "by", "this", "coming", "o'clock", "oclock"}

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})(?:/(\d{1,2})|([-/.])(\d{1,2})\3(\d{4}))")
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -]?(?P<month>[a-z]{3,9})(?:[ -](?P<year>\d{4}))?"
)
_MONTH_FIRST = re.compile(
    r"(?P<month>[a-z]{3,9}) (?P<day>\d{1,2})(?:st|nd|rd|th)?(?: (?P<year>\d{4}))?"
)

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_STRETCH = re.compile(
    rf"(?P<number>\d{{1,6}}|{'|'.join(_NUMBERS)}) ?"
    r"(?P<unit>minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|years?|yrs?)(?![a-z])"
    r"(?: ?and )? ?"
)

_STAMP = re.compile(r"<t:(-?\d{1,10})(?::[tTdDfFsSR])?>")
_OFFSET = re.compile(
    r"(?:\s?\b(?:utc|gmt)\s?|\s)(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?$",
    re.IGNORECASE,
)

_LANGUAGES = (
    "fr", "de", "es", "pt", "it", "nl", "pl", "sv", "da", "nb", "fi", "cs", "tr", "ru", "uk", "ja",
    "zh", "ko", "id", "vi", "ar", "hi", "el", "ro", "hu",
)  # fmt: skip
"""What else people write in. Reading every language that dateparser knows takes seconds."""

_Days = tuple[date, ...]
"""The days that a phrase may mean, in order; the first that is still ahead is meant."""


class _Ahead(NamedTuple):
    """A stretch of time from now: “in 1 month 2 hours”."""

    days: relativedelta
    """Days, weeks, months and years: they leave the time on the clock as it is."""
    hours: timedelta
    """Hours and minutes: they pass at one pace through every change of the clocks."""


def parse(text: str, *, zone: ZoneInfo, now: datetime, end_of_day: bool = False) -> datetime:
    """Return the instant, in UTC and after ``now``, that ``text`` means in ``zone``.

    Reads a day (“2026-12-01”, “tue”, “next tuesday”, “tomorrow”, “1 Dec”, “in 2 weeks”) with a time
    (“18:00”, “7pm”, “noon”) in either order; a stretch from now (“in 2 hours”; “in 3 days”, at this
    time of day); ISO 8601; Discord's timestamps. A zone or an offset at the end (“Europe/London”,
    “+01:00”, “UTC”, “AoE”) counts instead of ``zone``. Days in other languages, and only days, are
    left to dateparser.

    A weekday is the next whose time is still ahead, today included; with “next”, today excluded.
    A date without a year is the next there is. With ``end_of_day``, a day without a time is 23:59.

    Raises InvalidInput for what is past, more than ``FARTHEST`` ahead, skipped by the clocks, or
    unreadable; and to ask back for what could mean two moments or lacks its time.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    reading = _Reading(typed=text, zone=zone, now=now, end_of_day=end_of_day)
    if match := _STAMP.fullmatch(text.strip()):
        return reading.reachable(datetime.fromtimestamp(int(match[1]), UTC))
    words = tidy(text)
    if not words:
        raise reading.unreadable()
    # Set “2026-12-01T18:00+01:00” apart. Without the T, a minus may be a span: “18:00-20:00”.
    words = re.sub(r"(?i)^(\d{4}-\d\d-\d\d)t([\d:.]+)", r"\1 \2 ", words)
    words = " ".join(re.sub(r"(?i)(?<=:\d\d)(?=\+\d|z$)", " ", words).split())
    words, where = _split_zone(words, zone)
    return replace(reading, zone=where).moment(words.lower())


def zone_in(text: str, default: ZoneInfo) -> ZoneInfo:
    """Return the zone that ``parse`` reads ``text`` in: the one named at its end, else ``default``.

    An offset names no zone, so ``default`` holds for what follows from such a time.
    """
    _, where = _split_zone(tidy(text), default)
    return where if isinstance(where, ZoneInfo) else default


def _split_zone(words: str, default: tzinfo) -> tuple[str, tzinfo]:
    """Take the zone or offset off the end of ``words``; ``default`` where there is none."""
    if match := _OFFSET.search(words):
        hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
        if hours > 14 or minutes > 59:
            raise InvalidInput(
                f"There is no offset {quoted(match[0])}. Type one such as `+01:00`, or a zone such"
                " as Europe/London."
            )
        offset = timedelta(hours=hours, minutes=minutes)
        return words[: match.start()], timezone(-offset if match["sign"] == "-" else offset)
    tokens = words.split()
    for length in (3, 2, 1):
        head, tail = " ".join(tokens[:-length]), " ".join(tokens[-length:])
        if head and _names_zone(tail):
            return head, zone(tail)
    return words, default


def _names_zone(words: str) -> bool:
    """Tell whether ``words`` are meant for a zone, be it an ambiguous or an unknown one."""
    spoken = as_spoken(words)
    return (
        spoken in NICKNAMES
        or spoken in ABBREVIATIONS
        or spoken in zone_names().by_name
        or re.fullmatch(r"[a-z]{3,}/[a-z][-+/ \w]*", spoken) is not None
    )


def _ahead(phrase: str) -> _Ahead | None:
    """Read “in 2 weeks”, “3 days from now”, “in 1 hour and 30 minutes”; None for anything else.

    Without “in” or “from now” the units must be words: to many, “7h” is a time of day.
    """
    stretches = phrase.removeprefix("in ").removesuffix(" from now")
    if not stretches or _STRETCH.sub("", stretches):
        return None
    days, hours = relativedelta(), timedelta()
    for number, unit in _STRETCH.findall(stretches):
        if len(unit) == 1 and stretches == phrase:
            return None
        count = _NUMBERS.get(number) or int(number)
        match unit[:2]:
            case "m" | "mi":
                hours += timedelta(minutes=count)
            case "h" | "ho" | "hr":
                hours += timedelta(hours=count)
            case "d" | "da":
                days += relativedelta(days=count)
            case "w" | "we" | "wk":
                days += relativedelta(weeks=count)
            case "mo":
                days += relativedelta(months=count)
            case _:
                days += relativedelta(years=count)
    return _Ahead(days, hours)


def warm_up() -> None:
    """Have what reads other languages read its own data, which takes it most of a second.

    Safe in a thread, beside everything else.
    """
    _foreign_days("demain", date(2026, 1, 1))


def _foreign_days(phrase: str, today: date) -> _Days | None:
    """Return the days that dateparser sees in ``phrase``, in any of ``_LANGUAGES``.

    It guesses, so it is believed only in what can be checked: a date or a stretch of which every
    number has become a part of the day, a day next to today, or a weekday. Its first call takes
    most of a second, later ones a few milliseconds.
    """
    if not any(letter.isalpha() for letter in phrase):
        return None
    import dateparser

    settings = {
        "RELATIVE_BASE": datetime.combine(today, MIDNIGHT),
        "PREFER_DATES_FROM": "future",
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PARSERS": ["relative-time", "absolute-time"],
    }
    numbers = {int(number) for number in re.findall(r"\d+", phrase)}
    try:
        dated = dateparser.parse(
            phrase, languages=_LANGUAGES, settings=settings | {"REQUIRE_PARTS": ["day", "month"]}
        )
        named = None
        if dated is None and not numbers:
            named = dateparser.parse(phrase, languages=_LANGUAGES, settings=settings)
    except Exception:
        return None  # a guess that trips over itself is no guess
    found = dated or named
    if found is None or found.time() != MIDNIGHT or found.year not in _YEARS:
        return None
    day = found.date()
    distance = (day - today).days
    if numbers:
        months = 12 * (day.year - today.year) + day.month - today.month
        parts = {day.day, day.month, day.year, distance, distance / 7, months, months / 12}
        return (day,) if numbers <= parts else None
    if dated:
        return (day,) if abs(distance) <= 2 else None
    # A weekday, then, or a month, which is farther. A weekday is never today to dateparser.
    if len(phrase) < 3 or not 1 <= distance <= 7:
        return None
    return (today, day) if distance == 7 else (day,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One text, read in one zone at one instant: what it means, and what is wrong with it."""

    typed: str
    zone: tzinfo
    now: datetime
    end_of_day: bool

    @property
    def today(self) -> date:
        """The day it is in the zone."""
        return self.now.astimezone(self.zone).date()

    # What it means

    def moment(self, words: str) -> datetime:
        """Return the instant that ``words``, in lower case and without a zone, mean."""
        if re.fullmatch(r"[\d ]+", words):
            raise InvalidInput(f"{self.quote} alone could mean anything. {self.examples}")
        clock, phrase = self.split_clock(CLOCK, words)
        if ahead := _ahead(phrase):
            if clock is None and (ahead.hours or not self.end_of_day):
                return self.reachable(self.from_now(ahead))
            if ahead.hours:
                raise self.unreadable()
            return self.on(clock, (self.plus(ahead.days),), phrase)
        if not phrase and clock is None:
            raise self.unreadable()
        days = self.days(phrase)
        if days is None and clock is None:
            self.ask_for_half(phrase)
            clock, phrase = self.split_clock(CONTINENTAL_CLOCK, phrase)
            days = self.days(phrase) if phrase else None
        days = days or _foreign_days(phrase, self.today)
        if days is None:
            raise self.unreadable()
        return self.on(clock, days, phrase)

    def split_clock(self, pattern: re.Pattern[str], words: str) -> tuple[re.Match[str] | None, str]:
        """Find the one time of day in ``words``; return it, and the phrase for the day."""
        clocks = list(pattern.finditer(words))
        if len(clocks) > 1:
            raise InvalidInput(
                f"{self.quote} holds more than one time. Type only the start, as in `tue 19:00`,"
                " and put a space before an offset, as in `18:00 -05:00`."
            )
        phrase = pattern.sub(" ", words)
        phrase = " ".join(word for word in phrase.split() if word not in _FILLERS)
        return clocks[0] if clocks else None, phrase

    def days(self, phrase: str) -> _Days | None:
        """Return the days that ``phrase`` may mean; None for what our own grammar doesn't know."""
        today = self.today
        if not phrase:
            return today, today + timedelta(days=1)
        if phrase in _NAMED_DAYS:
            return (today + timedelta(days=_NAMED_DAYS[phrase]),)
        first, _, rest = phrase.partition(" ")
        weekday = weekday_named(first)
        if weekday is not None and not rest:
            day = today + timedelta(days=(weekday - today.weekday()) % 7)
            return day, day + timedelta(days=7)
        if first == "next" and (next_weekday := weekday_named(rest)) is not None:
            return (today + timedelta(days=(next_weekday - today.weekday() - 1) % 7 + 1),)
        day = self.calendar_day(phrase if weekday is None else rest)
        if day is None:
            return None
        if weekday is not None and day.weekday() != weekday:
            raise InvalidInput(
                f"{day} is a {WEEKDAYS[day.weekday()]}, not a {WEEKDAYS[weekday]}. Type only the"
                f" date, as in `{day} 19:00`, or only the weekday, as in `{first} 19:00`."
            )
        return (day,)

    def calendar_day(self, phrase: str) -> date | None:
        """Return the day of a date: “2026-12-01”, “1st dec”, “december 1 2026”, “25/12/2026”."""
        if match := _NUMERIC.fullmatch(phrase):
            first, second = int(match[1]), int(match[2] or match[4])
            return self.numeric_day(first, second, int(match[5]) if match[5] else None)
        if match := _YEAR_FIRST.fullmatch(phrase):
            month = int(match["month"])
        elif match := _DAY_FIRST.fullmatch(phrase) or _MONTH_FIRST.fullmatch(phrase):
            months = enumerate(_MONTHS, start=1)
            month = next((i for i, name in months if name.startswith(match["month"])), None)
            if month is None:
                return None
        else:
            return None
        return self.dated(month, int(match["day"]), int(match["year"]) if match["year"] else None)

    def numeric_day(self, first: int, second: int, year: int | None) -> date:
        """Return the day of “25/12”, which can only be in one order; ask back for “3/4”."""
        if first > 12 or first == second:
            return self.dated(second, first, year)
        if second > 12:
            return self.dated(first, second, year)
        days = [self.dated(second, first, year), self.dated(first, second, year)]
        dates = either([f"`{day}`" for day in days])
        raise InvalidInput(f"{self.quote} could be two dates. Type the date as {dates}.")

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
        missing = f"{day} {_MONTHS[month - 1].title()}{f' {year}' if year else ''}"
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

    def from_now(self, ahead: _Ahead) -> datetime:
        """Return the instant that is ``ahead`` of now, in whole seconds as Discord shows them."""
        start = self.now.replace(microsecond=0)
        if ahead.days:
            at = start.astimezone(self.zone).time()
            start = local(self.plus(ahead.days), at, self.zone)
        return start.astimezone(UTC) + ahead.hours

    def on(self, clock: re.Match[str] | None, days: _Days, phrase: str) -> datetime:
        """Return the instant of ``clock`` on the first of ``days`` where it is still ahead."""
        if clock is None:
            return self.reachable(self.last_minute(days, phrase))
        if clock[0] == "midnight" and phrase:
            return self.reachable(self.midnight(days[0]))
        return self.reachable(self.first_ahead(days, time_of(clock)))

    def first_ahead(self, days: _Days, at: time) -> datetime:
        """Return ``at`` on the first of ``days`` where it is after now, or on the last.

        Raises InvalidInput for a gap, and for a fold of which both times are still ahead.
        """
        for day in days:
            instants = instants_of(day, at, self.zone)
            ahead = [instant for instant in instants if instant > self.now]
            if len(ahead) == 2:
                raise self.twice(ahead)
            if ahead:
                return ahead[0]
            if not instants and local(day, at, self.zone) > self.now:
                raise self.skipped(day, at)
        return local(days[-1], at, self.zone)

    def last_minute(self, days: _Days, phrase: str) -> datetime:
        """Return the end of the first of ``days`` that isn't over; unless asked to, ask back."""
        if not self.end_of_day:
            example = quoted(f"{phrase} 19:00")
            raise InvalidInput(f"What time on {quoted(phrase)}? Add it, as in {example}.")
        ends = [end_of(day, self.zone) for day in days]
        return next((end for end in ends if end > self.now), ends[-1])

    def midnight(self, day: date) -> datetime:
        """Return the midnight that ends ``day`` where only that is still ahead; else ask back."""
        next_day = day + timedelta(days=1)
        if local(day, MIDNIGHT, self.zone) > self.now:
            raise InvalidInput(
                f"Does {self.quote} begin that day or end it? Type `{day} 00:00` for its start, or"
                f" `{next_day} 00:00` for its end."
            )
        return self.first_ahead((next_day,), MIDNIGHT)

    def reachable(self, instant: datetime) -> datetime:
        """Return ``instant`` if it is after now and not too far ahead."""
        if instant <= self.now:
            raise InvalidInput(
                f"I read {self.quote} as {stamp(instant)}, which has gone by. Type a time that is"
                f" still to come. {self.examples}"
            )
        if instant > self.now + FARTHEST:
            raise self.too_far()
        return instant

    # What is wrong with it

    @property
    def quote(self) -> str:
        """What was typed, fit for a sentence."""
        return quoted(self.typed)

    @property
    def examples(self) -> str:
        """A sentence of what can be typed."""
        return f"Try `tue 19:00`, `{self.today + timedelta(days=7)} 18:00` or `in 3 days`."

    def unreadable(self) -> InvalidInput:
        """Say that no time can be seen in it."""
        what = f"{self.quote} as a time" if self.typed.strip() else "a time where nothing is typed"
        return InvalidInput(f"I can't read {what}. {self.examples}")

    def too_far(self) -> InvalidInput:
        """Say that it is more than ``FARTHEST`` ahead."""
        return InvalidInput(
            f"{self.quote} is more than 5 years ahead. Check the year. {self.examples}"
        )

    def skipped(self, day: date, at: time) -> InvalidInput:
        """Say that the clocks skip it, and which times are the nearest."""
        before, after = around_gap(day, at, self.zone)
        return InvalidInput(
            f"There is no {at:%H:%M} on {day} in {self.zone}: the clocks skip it as they go"
            f" forward. Type `{before:%Y-%m-%d %H:%M}` or `{after:%Y-%m-%d %H:%M}`."
        )

    def twice(self, instants: Sequence[datetime]) -> InvalidInput:
        """Say that the clocks show it twice, and how to type each."""
        walls = [instant.astimezone(self.zone) for instant in instants]
        first, second = (f"`{wall:%Y-%m-%d %H:%M} {offset_of(wall)}`" for wall in walls)
        return InvalidInput(
            f"The clocks in {self.zone} show {walls[0]:%H:%M} twice on {walls[0]:%Y-%m-%d}, as they"
            f" go back. Type {first} for the first, {stamp(instants[0])}, or {second} for the"
            f" second, {stamp(instants[1])}."
        )

    def ask_for_half(self, phrase: str) -> None:
        """Ask which half of the day “tomorrow 7” means; let anything else pass."""
        for pattern in (r"(?P<day>.+) (?P<hour>\d{1,2})", r"(?P<hour>\d{1,2}) (?P<day>.+)"):
            match = re.fullmatch(pattern, phrase)
            if match and int(match["hour"]) < 24 and self.days(match["day"]):
                hours = [f"`{match['day']} {hour}`" for hour in hours_meant(int(match["hour"]))]
                raise InvalidInput(f"Do you mean {either(hours)}? Type it like that.")
