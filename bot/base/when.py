"""Times that people type, the zones they live in, and the rules of daylight saving.

Nothing here reads a clock: who asks brings ``now``. What comes out is an aware instant in UTC, or
an ``InvalidInput`` whose sentence quotes what was typed and shows what can be typed instead.

Daylight saving makes some local times special, and these rules decide them:

- typed by a person, in a *gap* (the clocks skip it): refused, with the nearest times there are;
- typed by a person, in a *fold* (the clocks show it twice): asked back, unless one has gone by;
- computed for what repeats, or counted from now: ``local``, which always has an answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from rapidfuzz import fuzz, process

from bot.base.errors import InvalidInput

FARTHEST = relativedelta(years=5)
"""What is typed for a moment farther ahead than this is taken for a slip of the finger."""

_LONGEST = 100  # characters; no moment needs more
_QUOTED = 60  # characters of what was typed that an answer repeats
_YEARS = range(1900, 2200)  # in these, every zone can be turned into UTC and back
_MIDNIGHT = time(0)
_LAST_MINUTE = time(23, 59)


# Instants as text


def stamp(instant: datetime, style: Literal["t", "T", "d", "D", "f", "F", "R"] = "F") -> str:
    """Return Discord's markup for ``instant`` (aware), which shows each reader their own time."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def duration(delta: timedelta) -> str:
    """Say how long ``delta`` is, forwards or backwards: “2 days”, “1 hour 30 minutes”.

    Rounded to the minute; the largest unit and the one below it, days being the largest there is.
    """
    minutes = round(abs(delta).total_seconds() / 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes, "minute")]
    said = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count]
    return " ".join(said) or "less than a minute"


def _quoted(text: str) -> str:
    """Return ``text`` as one short line of code, which can neither ping nor format anything."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = line.replace("`", "'") or "?"
    return f"`{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}`"


def _either(choices: Sequence[str]) -> str:
    """Join ``choices`` as in “A, B or C”."""
    return " or ".join(filter(None, (", ".join(choices[:-1]), choices[-1])))


# Local time


def local(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the instant (UTC) at which the clocks of ``zone`` show ``at`` on ``day``.

    The rule for what repeats: in a gap it moves forward by the gap (02:30 becomes 03:30 where the
    clocks go from 02:00 to 03:00); in a fold the first of the two counts.
    """
    # PEP 495: with fold=0 the offset from before the change holds, in a gap and in a fold.
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


MORNING, EVENING = time(9), time(18)
EARLIEST, LATEST = time(8), time(21)
"""Between these nobody minds being reminded."""


def waking(instant: datetime, zone: tzinfo, *, earlier: bool) -> datetime:
    """Return an instant at which people in ``zone`` are awake: this one, or the nearest of them.

    At night that is the evening before (``earlier``) or the morning after.
    """
    there = instant.astimezone(zone)
    if EARLIEST <= there.time() <= LATEST:
        return instant
    early = there.time() < EARLIEST
    if earlier:
        return local(there.date() - timedelta(days=1 if early else 0), EVENING, zone)
    return local(there.date() + timedelta(days=0 if early else 1), MORNING, zone)


def _instants(day: date, at: time, zone: tzinfo) -> tuple[datetime, ...]:
    """Return every instant (UTC) at which the clocks show that: none, one or two, in order."""
    wall = datetime.combine(day, at)
    guesses = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    # In a gap, both guesses come back as other times than they were made from.
    shown = {guess: guess.astimezone(zone).replace(tzinfo=None, fold=0) for guess in guesses}
    return tuple(sorted(guess for guess in guesses if shown[guess] == wall))


def _around_gap(day: date, at: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the last minute before, and the first after, the gap that swallows that local time."""
    wall = datetime.combine(day, at, zone)
    before, after = (wall.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    shown_before = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == shown_before:
            before = middle
        else:
            after = middle
    return (after - timedelta(minutes=1)).astimezone(zone), after.astimezone(zone)


def _end_of(day: date, zone: tzinfo) -> datetime:
    """Return the instant (UTC) of the last 23:59 of ``day``; who types a date chose no fold."""
    return datetime.combine(day, _LAST_MINUTE.replace(fold=1), zone).astimezone(UTC)


def _offset(moment: datetime) -> str:
    """Return the UTC offset of ``moment`` as people type it: “+05:30”."""
    digits = moment.strftime("%z")
    return f"{digits[:3]}:{digits[3:5]}"


# Zones

_COMMON = (
    "UTC", "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Europe/Amsterdam",
    "Europe/Stockholm", "Europe/Warsaw", "Europe/Prague", "Europe/Istanbul", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto",
    "America/Sao_Paulo", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg", "Asia/Dubai",
    "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip
"""What is offered before anything is typed: as many as Discord shows."""

_NICKNAMES = {
    "z": "UTC",
    "etc/utc": "UTC",
    "etc/gmt": "GMT",
    # The last place on earth where a date ends; what conferences close their deadlines by.
    "aoe": "Etc/GMT+12",
    "anywhere on earth": "Etc/GMT+12",
    # POSIX's fixed offsets: their sign is the other way round, so they are never offered.
    **{f"etc/gmt{hours:+}": f"Etc/GMT{hours:+}" for hours in range(-14, 13)},
}

# An abbreviation names an offset, not a place: which clock changes it follows is a guess.
_ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
    abbreviation: places
    for abbreviations, places in {
        "pst pdt pt": ("America/Los_Angeles",),
        "mst mdt mt": ("America/Denver", "America/Phoenix"),
        "cst": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
        "cdt ct": ("America/Chicago",),
        "est": ("America/New_York", "America/Panama", "Australia/Sydney"),
        "edt et": ("America/New_York",),
        "ast adt": ("America/Halifax", "America/Puerto_Rico", "Asia/Riyadh"),
        "akst akdt": ("America/Anchorage",),
        "hst": ("Pacific/Honolulu",),
        "brt": ("America/Sao_Paulo",),
        "art": ("America/Argentina/Buenos_Aires",),
        "bst": ("Europe/London", "Asia/Dhaka"),
        "wet west": ("Europe/Lisbon",),
        "cet cest met mest": ("Europe/Paris", "Europe/Berlin", "Europe/Warsaw"),
        "eet eest": ("Europe/Athens", "Europe/Kyiv", "Europe/Helsinki"),
        "msk": ("Europe/Moscow",),
        "wat": ("Africa/Lagos",),
        "cat": ("Africa/Maputo",),
        "eat": ("Africa/Nairobi",),
        "sast": ("Africa/Johannesburg",),
        "gst": ("Asia/Dubai",),
        "pkt": ("Asia/Karachi",),
        "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
        "wib": ("Asia/Jakarta",),
        "sgt": ("Asia/Singapore",),
        "hkt": ("Asia/Hong_Kong",),
        "pht": ("Asia/Manila",),
        "jst": ("Asia/Tokyo",),
        "kst": ("Asia/Seoul",),
        "awst": ("Australia/Perth",),
        "acst acdt": ("Australia/Adelaide", "Australia/Darwin"),
        "aest aedt": ("Australia/Sydney", "Australia/Brisbane"),
        "nzst nzdt": ("Pacific/Auckland",),
    }.items()
    for abbreviation in abbreviations.split()
}

_BARE_OFFSET = re.compile(r"(?:utc|gmt)? ?[+-] ?\d{1,2}(?::?\d{2})?")


class _Zones(NamedTuple):
    """The names of the IANA database, as people say them (see ``_spoken``)."""

    by_name: Mapping[str, tuple[str, ...]]
    """Full names, old names and cities, to the names in use; several where a city is shared."""
    by_country: Mapping[str, tuple[str, ...]]


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone that ``name`` names, in any case: “europe/london”, “New York”, “UTC”.

    Old names become the one in use (“US/Eastern” is America/New_York), and “AoE”, anywhere on
    earth, is UTC−12. Raises InvalidInput, with the nearest names, for what is unknown, for a city
    that several zones share, and for abbreviations and offsets: they don't say which place's
    clock changes to follow.
    """
    spoken = _spoken(name)
    if spoken in _NICKNAMES:
        return ZoneInfo(_NICKNAMES[spoken])
    found = () if spoken in _ABBREVIATIONS else _zones().by_name.get(spoken, ())
    if len(found) == 1:
        return ZoneInfo(found[0])

    near: Sequence[str]
    if spoken in _ABBREVIATIONS:
        near = _ABBREVIATIONS[spoken]
        wrong = f"{_quoted(name)} doesn't say which place's clock changes to follow."
    elif _BARE_OFFSET.fullmatch(spoken):
        near = ()
        wrong = f"{_quoted(name)} doesn't say which place's clock changes to follow."
    elif found:
        near = found
        wrong = f"{_quoted(name)} is in more than one time zone."
    else:
        near = _zones().by_country.get(spoken) or (zone_choices(name, 3) if spoken else ())
        wrong = f"I don't know the time zone {_quoted(name)}."
    hint = f" Did you mean {_either(near[:3])}?" if near else ""
    raise InvalidInput(f"{wrong}{hint} Use a name such as {[*near, 'Europe/London'][0]}.")


def zone_choices(text: str, limit: int = 25) -> list[str]:
    """Return up to ``limit`` names of zones for what has been typed so far, the best first.

    Cities, countries and abbreviations find their zones too; a misspelt name finds the nearest;
    nothing typed finds the common ones.
    """
    wanted = _spoken(text)[:_LONGEST]
    if not wanted:
        return list(_COMMON[:limit])
    if wanted in _NICKNAMES:
        return [_NICKNAMES[wanted]][:limit]
    best: dict[str, int] = dict.fromkeys(_ABBREVIATIONS.get(wanted, ()), 0)
    for names in _zones():
        for spoken, keys in names.items():
            if (closeness := _closeness(wanted, spoken)) is not None:
                for key in keys:
                    best[key] = min(closeness, best.get(key, closeness))
    if not best:
        by_name = _zones().by_name
        for spoken, score, _ in process.extract(
            wanted, by_name.keys(), scorer=fuzz.ratio, score_cutoff=65, limit=limit
        ):
            best |= {key: best.get(key, round(100 - score)) for key in by_name[spoken]}
    # Among equals the common ones come first; an abbreviation's and a country's keep their order.
    ranked = sorted(best, key=lambda key: (best[key], key not in _COMMON and best[key] > 0))
    return ranked[:limit]


def _closeness(wanted: str, spoken: str) -> int | None:
    """Rank how ``spoken`` answers to ``wanted``: 0 in full … 4 somewhere inside; or not at all."""
    if wanted not in spoken:
        return None
    words = f" {spoken} ".replace("/", " ")
    ranks = (
        spoken == wanted,
        f" {wanted} " in words,
        spoken.startswith(wanted),
        f" {wanted}" in words,
        True,
    )
    return ranks.index(True)


def _spoken(name: str) -> str:
    """Return ``name`` as it is compared: “America/São_Paulo ” is “america/sao paulo”."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r" *(/) *", r"\1", " ".join(re.sub(r"[_().,\s]+", " ", letters).split()))


@cache
def _zones() -> _Zones:
    """Read the names from the database in the ``tzdata`` package: once, in some milliseconds."""
    database = files("tzdata") / "zoneinfo"

    def rows(table: str) -> list[str]:
        lines = (database / table).read_text("utf-8").splitlines()
        return [line for line in lines if not line.startswith("#")]

    countries = dict(row.split("\t") for row in rows("iso3166.tab"))
    places = [row.split("\t")[:3] for row in rows("zone.tab")]  # country, coordinates, name
    links = [row.split() for row in rows("tzdata.zi") if row.startswith("L ")]  # L, name, old name

    in_use = ["UTC", "GMT", *sorted(name for _, _, name in places)]
    newer = {old: name for _, name, old in links} | {"Etc/UTC": "UTC", "Etc/GMT": "GMT"}
    full = {_spoken(name): (name,) for name in in_use}
    for old in newer:
        name = old
        while name not in in_use and name in newer:
            name = newer[name]
        full.setdefault(_spoken(old), (name,))

    cities: dict[str, tuple[str, ...]] = {}
    for spoken, (name,) in full.items():
        city = spoken.rpartition("/")[2]
        cities[city] = tuple(dict.fromkeys((*cities.get(city, ()), name)))
    by_country: dict[str, tuple[str, ...]] = {}
    for country, _, name in places:
        spoken = _spoken(countries[country])
        by_country[spoken] = (*by_country.get(spoken, ()), name)
    return _Zones(by_name=cities | full, by_country=by_country)


# Times of day and weekdays

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""As ``date.weekday`` counts them, whatever the machine's language."""

_CLOCK = re.compile(
    r"""
    (?<![\w:.])
    (?: (?P<hour>\d{1,2}) : (?P<minute>\d{2}) (?: : (?P<second>\d{2}) (?: \.\d+ )? )?
        (?: [ ]? (?: (?P<half>[ap]m) | h | uhr ) )?
      | (?P<hour12>\d{1,2}) (?: \. (?P<minute12>\d{2}) )? [ ]? (?P<half12>[ap]m)
      | (?P<word> noon | midday | midnight )
    )
    (?![\w:])
    """,
    re.VERBOSE,
)
# As the continent writes it; where a stretch of time could stand, never on its own: “18h”.
_CONTINENTAL_CLOCK = re.compile(
    r"(?<![\w:.])(?P<hour>\d{1,2}) ?(?:h|uhr) ?(?P<minute>\d{2})?(?![\w:])"
)


def parse_time(text: str) -> time:
    """Return the time of day that ``text`` names: “19:00”, “7pm”, “7:30 pm”, “18h30”, “noon”.

    Raises InvalidInput for what is no time, and asks back for an hour without am or pm.
    """
    words = _tidy(text).lower().removeprefix("at ")
    if match := _CLOCK.fullmatch(words) or _CONTINENTAL_CLOCK.fullmatch(words):
        return _time_of(match)
    if (match := re.fullmatch(r"(\d{1,2})(?: o'?clock)?", words)) and int(match[1]) < 24:
        hours = [f"`{hour}`" for hour in _hours(int(match[1]))]
        raise InvalidInput(f"Is {_quoted(text)} meant as {_either(hours)}? Type it like that.")
    raise InvalidInput(f"I can't read {_quoted(text)} as a time of day. Try `19:00` or `7pm`.")


def parse_weekday(text: str) -> int:
    """Return the weekday that ``text`` names, 0 for Monday: “tue”, “Tuesday”, “tuesdays”.

    Raises InvalidInput for anything else.
    """
    weekday = _weekday(_tidy(text).lower())
    if weekday is None:
        raise InvalidInput(f"I don't know the weekday {_quoted(text)}. Try `tue` or `Tuesday`.")
    return weekday


def _time_of(match: re.Match[str]) -> time:
    """Turn a match of one of the clocks into a time; InvalidInput for “25:00” and “19am”."""
    found = match.groupdict()
    if word := found.get("word"):
        return _MIDNIGHT if word == "midnight" else time(12)
    hour = int(found["hour"] or found["hour12"])
    minute = int(found["minute"] or found.get("minute12") or 0)
    second = int(found.get("second") or 0)
    half = found.get("half") or found.get("half12")
    if hour > 23 or minute > 59 or second > 59 or (half and not 1 <= hour <= 12):
        raise InvalidInput(f"There is no {_quoted(match[0])} on a clock. Try `19:00` or `7pm`.")
    return time(hour % 12 + 12 * (half == "pm") if half else hour, minute, second)


def _hours(hour: int) -> list[str]:
    """Return the times that a bare ``hour`` may mean, on a clock of 12 or of 24."""
    return [f"{hour:02}:00", f"{(hour + 12) % 24:02}:00"] if 1 <= hour <= 12 else [f"{hour:02}:00"]


def _weekday(word: str) -> int | None:
    """Return the weekday that begins with ``word``, of two letters or more."""
    word = "wed" if word == "weds" else word
    if len(word) < 2:
        return None
    names = (f"{name.lower()}s" for name in WEEKDAYS)
    return next((weekday for weekday, name in enumerate(names) if name.startswith(word)), None)


def _tidy(text: str) -> str:
    """Return ``text`` in plain characters and single spaces, without commas and brackets.

    Of what is too long to be one moment nothing is left, and so no pattern meets it.
    """
    if len(text) > _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text)
    plain = plain.replace("\N{MINUS SIGN}", "-").replace("’", "'").replace("@", " at ")
    plain = re.sub(r"[,()]", " ", plain)
    plain = re.sub(r"(?i)(?<![^\W\d])([ap])\.m\b\.?", r"\1m", plain)
    plain = re.sub(r"(?<=[^\W\d])\.(?!\S)", "", plain)
    return " ".join(plain.split())


# Moments

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
    words = _tidy(text)
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
    _, where = _split_zone(_tidy(text), default)
    return where if isinstance(where, ZoneInfo) else default


def _split_zone(words: str, default: tzinfo) -> tuple[str, tzinfo]:
    """Take the zone or offset off the end of ``words``; ``default`` where there is none."""
    if match := _OFFSET.search(words):
        hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
        if hours > 14 or minutes > 59:
            raise InvalidInput(
                f"There is no offset {_quoted(match[0])}. Type one such as `+01:00`, or a zone such"
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
    spoken = _spoken(words)
    return (
        spoken in _NICKNAMES
        or spoken in _ABBREVIATIONS
        or spoken in _zones().by_name
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
        "RELATIVE_BASE": datetime.combine(today, _MIDNIGHT),
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
    if found is None or found.time() != _MIDNIGHT or found.year not in _YEARS:
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
        clock, phrase = self.split_clock(_CLOCK, words)
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
            clock, phrase = self.split_clock(_CONTINENTAL_CLOCK, phrase)
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
        weekday = _weekday(first)
        if weekday is not None and not rest:
            day = today + timedelta(days=(weekday - today.weekday()) % 7)
            return day, day + timedelta(days=7)
        if first == "next" and (next_weekday := _weekday(rest)) is not None:
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
        dates = _either([f"`{day}`" for day in days])
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
        return self.reachable(self.first_ahead(days, _time_of(clock)))

    def first_ahead(self, days: _Days, at: time) -> datetime:
        """Return ``at`` on the first of ``days`` where it is after now, or on the last.

        Raises InvalidInput for a gap, and for a fold of which both times are still ahead.
        """
        for day in days:
            instants = _instants(day, at, self.zone)
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
            example = _quoted(f"{phrase} 19:00")
            raise InvalidInput(f"What time on {_quoted(phrase)}? Add it, as in {example}.")
        ends = [_end_of(day, self.zone) for day in days]
        return next((end for end in ends if end > self.now), ends[-1])

    def midnight(self, day: date) -> datetime:
        """Return the midnight that ends ``day`` where only that is still ahead; else ask back."""
        next_day = day + timedelta(days=1)
        if local(day, _MIDNIGHT, self.zone) > self.now:
            raise InvalidInput(
                f"Does {self.quote} begin that day or end it? Type `{day} 00:00` for its start, or"
                f" `{next_day} 00:00` for its end."
            )
        return self.first_ahead((next_day,), _MIDNIGHT)

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
        return _quoted(self.typed)

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
        before, after = _around_gap(day, at, self.zone)
        return InvalidInput(
            f"There is no {at:%H:%M} on {day} in {self.zone}: the clocks skip it as they go"
            f" forward. Type `{before:%Y-%m-%d %H:%M}` or `{after:%Y-%m-%d %H:%M}`."
        )

    def twice(self, instants: Sequence[datetime]) -> InvalidInput:
        """Say that the clocks show it twice, and how to type each."""
        walls = [instant.astimezone(self.zone) for instant in instants]
        first, second = (f"`{wall:%Y-%m-%d %H:%M} {_offset(wall)}`" for wall in walls)
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
                hours = [f"`{match['day']} {hour}`" for hour in _hours(int(match["hour"]))]
                raise InvalidInput(f"Do you mean {_either(hours)}? Type it like that.")
