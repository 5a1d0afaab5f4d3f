"""The time zones of the IANA database, by every name that people give them.

Besides the database's own names these are cities of more than 100,000 people, regions, countries
and abbreviations, from ``places.txt``. An abbreviation or an offset is enough for one moment
(``place``), and too little for a setting (``zone``): it doesn't say which clock changes to follow.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct
from rapidfuzz import fuzz, process

from bot.base.errors import InvalidInput
from bot.base.when.answers import LONGEST, either, quoted

_COMMON = (
    "UTC", "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Europe/Amsterdam",
    "Europe/Stockholm", "Europe/Warsaw", "Europe/Prague", "Europe/Istanbul", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto",
    "America/Sao_Paulo", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg", "Asia/Dubai",
    "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip
"""What is offered before anything is typed: as many as Discord shows."""

NICKNAMES = {
    "z": "UTC",
    "etc/utc": "UTC",
    "etc/gmt": "GMT",
    # The last place on earth where a date ends; what conferences close their deadlines by.
    "aoe": "Etc/GMT+12",
    "anywhere on earth": "Etc/GMT+12",
    # POSIX's fixed offsets: their sign is the other way round, so they are never offered.
    **{f"etc/gmt{hours:+}": f"Etc/GMT{hours:+}" for hours in range(-14, 13)},
}

_TYPED = 60  # characters of what is being typed that are compared: no name is longer
_GUESSED = 4  # characters from which on a misspelt name is guessed; of fewer, all is near

# An abbreviation names an offset, not a place: which clock changes it follows is a guess.
ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
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

_GENERIC: Mapping[str, str] = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
"""Abbreviations that mean the clocks of one region, summer and winter."""

_BARE_OFFSET = re.compile(r"(?:utc|gmt)? ?[+-] ?\d{1,2}(?::?\d{2})?")
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?")
_NAME = re.compile(r"[a-z]{3,}/[a-z][-+/ \w]*")

_OUTNUMBERS = 10
"""A name that cities in several zones share is the one with this many times the people."""


class _Names(NamedTuple):
    """Every name, as it is spoken (see ``as_spoken``), and the zones that it can mean."""

    database: Mapping[str, tuple[str, ...]]
    """Full names, old names and cities of the database; several where a city is shared."""
    regions: Mapping[str, str]
    countries: Mapping[str, tuple[str, ...]]
    """The zones of each country, the one where most people live first."""
    cities: Mapping[str, Mapping[str, int]]
    """The zones of each city of that name, and how many people live there.

    Negative where the name is from another language than the city's own.
    """
    spoken: tuple[str, ...]
    """All of these names."""

    def meant(self, spoken: str) -> tuple[str, ...]:
        """Return the zones that a name can mean, the likeliest first."""
        if found := self.database.get(spoken, ()):
            return found
        if region := self.regions.get(spoken):
            return (region,)
        cities = self.cities.get(spoken, {})
        people = {zone: abs(count) for zone, count in cities.items()}
        ranked = sorted(people, key=lambda zone: -people[zone])
        if len(ranked) > 1 and people[ranked[0]] >= _OUTNUMBERS * people[ranked[1]]:
            return (ranked[0],)
        countries = self.countries.get(spoken, ())
        return tuple(ranked) or (countries if len(countries) == 1 else ())


class NamedZone(Struct, frozen=True):
    """What names a zone at the end of a typed moment, be it one zone, several or none."""

    words: str
    zones: tuple[str, ...] = ()
    offset: timedelta | None = None
    abbreviation: bool = False
    """Whether it counts only where the clocks of its zone go by it: no EST in summer."""

    def clocks(self) -> tuple[tzinfo, ...]:
        """Return the clocks that it can mean.

        Raises InvalidInput for an offset that there isn't, and for an unknown or shared name.
        """
        if self.offset is not None:
            if abs(self.offset) > timedelta(hours=14):
                raise InvalidInput(
                    f"There is no offset {quoted(self.words)}. Type one such as `+01:00`, or a zone"
                    " such as Europe/London."
                )
            return (timezone(self.offset),)
        if self.abbreviation:
            return tuple(ZoneInfo(name) for name in self.zones)
        if len(self.zones) == 1:
            return (ZoneInfo(self.zones[0]),)
        return (zone(self.words),)

    def goes_by(self, moment: datetime) -> bool:
        """Whether the clocks at ``moment`` (aware, local) are called by the abbreviation.

        Where the database has only a number for what they are called, they may be.
        """
        if not self.abbreviation:
            return True
        name = (moment.tzname() or "").casefold()
        return name == self.words or name[:1] in "+-"

    def unclear(self) -> InvalidInput:
        """Say that the abbreviation isn't in use then, or means several zones."""
        near = either([f"`{name}`" for name in self.zones[:3]])
        return InvalidInput(
            f"{quoted(self.words.upper())} doesn't say which place's clock changes to follow. Type"
            f" the zone instead: {near}."
        )


def place(words: str, *, also_a_word: bool = False) -> NamedZone | None:
    """Return the place that ``words`` (see ``vocabulary.plain``) name, be it shared or unknown.

    Cities don't count where the words say when as well (``also_a_word``).
    """
    if match := _OFFSET.fullmatch(words):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if int(match[3] or 0) > 59:
            offset = timedelta(hours=99)
        return NamedZone(words, offset=-offset if match[1] == "-" else offset)
    if not words[0].isalpha():
        return None
    spoken = as_spoken(words).removesuffix(" time")
    if spoken in NICKNAMES:
        return NamedZone(words, (NICKNAMES[spoken],))
    if spoken in _GENERIC:
        return NamedZone(words, (_GENERIC[spoken],))
    if spoken in ABBREVIATIONS:
        return NamedZone(spoken, ABBREVIATIONS[spoken], abbreviation=True)
    if also_a_word:
        return None
    names = zone_names()
    found = names.meant(spoken) or names.meant(as_spoken(words))
    if found or _NAME.fullmatch(spoken):
        return NamedZone(words, found)
    return None


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone that ``name`` names, in any case: “europe/london”, “Boston”, “UTC”.

    Old names become the one in use (“US/Eastern” is America/New_York), and “AoE”, anywhere on
    earth, is UTC−12. Raises InvalidInput, with the nearest names, for what is unknown, for a city
    that several zones share, and for abbreviations and offsets: they don't say which place's
    clock changes to follow.
    """
    spoken = as_spoken(name[:LONGEST])
    if spoken in NICKNAMES:
        return ZoneInfo(NICKNAMES[spoken])
    names = zone_names()
    found = () if spoken in ABBREVIATIONS else names.meant(spoken)
    if len(found) == 1:
        return ZoneInfo(found[0])

    near: Sequence[str]
    if spoken in ABBREVIATIONS:
        near = ABBREVIATIONS[spoken]
        wrong = f"{quoted(name)} doesn't say which place's clock changes to follow."
    elif _BARE_OFFSET.fullmatch(spoken):
        near = ()
        wrong = f"{quoted(name)} doesn't say which place's clock changes to follow."
    elif found:
        near = found
        wrong = f"{quoted(name)} is in more than one time zone."
    else:
        near = names.countries.get(spoken) or (zone_choices(name, 3) if spoken else ())
        wrong = f"I don't know the time zone {quoted(name)}."
    hint = f" Did you mean {either(near[:3])}?" if near else ""
    raise InvalidInput(f"{wrong}{hint} Use a name such as {[*near, 'Europe/London'][0]}.")


def zone_choices(text: str, limit: int = 25) -> list[str]:
    """Return up to ``limit`` names of zones for what has been typed so far, the best first.

    Cities, regions, countries and abbreviations find their zones too; a misspelt name finds the
    nearest; nothing typed finds the common ones.
    """
    wanted = as_spoken(text[:_TYPED])
    if not wanted:
        return list(_COMMON[:limit])
    if wanted in NICKNAMES:
        return [NICKNAMES[wanted]][:limit]
    names = zone_names()
    # Lower is better: how the name answers to what was typed, and whether it is well known.
    best: dict[str, tuple[float, float]] = {
        key: (-1, index) for index, key in enumerate(ABBREVIATIONS.get(wanted, ()))
    }

    def offer(key: str, closeness: float, weight: float) -> None:
        best[key] = min((closeness, weight), best.get(key, (closeness, weight)))

    for spoken in names.spoken:
        if (closeness := _closeness(wanted, spoken)) is not None:
            _offer_all(names, spoken, closeness, offer)
    if not best and len(wanted) >= _GUESSED:
        near = process.extract(
            wanted, names.spoken, scorer=fuzz.ratio, score_cutoff=80, limit=limit
        )
        for spoken, score, _ in near:
            _offer_all(names, spoken, 100 - score, offer)
    return sorted(best, key=lambda key: best[key])[:limit]


def _offer_all(
    names: _Names, spoken: str, closeness: float, offer: Callable[[str, float, float], None]
) -> None:
    """Offer every zone of a name, the better known ones with the lower weight."""
    for key in names.database.get(spoken, ()):
        offer(key, closeness, -1e9 if key in _COMMON else -1e6)
    if region := names.regions.get(spoken):
        offer(region, closeness, -2e9)
    for index, key in enumerate(names.countries.get(spoken, ())):
        offer(key, closeness, index - 1e7)
    for key, people in names.cities.get(spoken, {}).items():
        foreign = 2 if people < 0 and closeness else 0
        offer(key, closeness + foreign, -abs(people))


def _closeness(wanted: str, spoken: str) -> int | None:
    """Rank how ``spoken`` answers to ``wanted``: 0 in full, 1 from its start, 2 a later word."""
    if spoken.startswith(wanted):
        return 0 if len(spoken) == len(wanted) else 1
    return 2 if f" {wanted}" in spoken or f"/{wanted}" in spoken else None


def as_spoken(name: str) -> str:
    """Return ``name`` as it is compared: “America/São_Paulo ” is “america/sao paulo”."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r" ?/ ?", "/", " ".join(re.sub(r"[_().,\s]+", " ", letters).split()))


@cache
def zone_names() -> _Names:
    """Read the names from the ``tzdata`` package and ``places.txt``: once, in some milliseconds."""
    zoneinfo = files("tzdata") / "zoneinfo"

    def rows(table: str) -> list[str]:
        lines = (zoneinfo / table).read_text("utf-8").splitlines()
        return [line for line in lines if not line.startswith("#")]

    places = [row.split("\t")[2] for row in rows("zone.tab")]  # country, coordinates, name
    links = [row.split() for row in rows("tzdata.zi") if row.startswith("L ")]  # L, name, old name

    in_use = {"UTC", "GMT", *places}
    newer = {old: name for _, name, old in links} | {"Etc/UTC": "UTC", "Etc/GMT": "GMT"}
    full = {as_spoken(name): (name,) for name in sorted(in_use)}
    for old in newer:
        name = old
        while name not in in_use and name in newer:
            name = newer[name]
        full.setdefault(as_spoken(old), (name,))

    shared: dict[str, tuple[str, ...]] = {}
    for spoken, (name,) in full.items():
        city = spoken.rpartition("/")[2]
        shared[city] = tuple(dict.fromkeys((*shared.get(city, ()), name)))

    regions: dict[str, str] = {}
    countries: dict[str, tuple[str, ...]] = {}
    cities: defaultdict[str, dict[str, int]] = defaultdict(dict)
    key = ""
    for line in (files("bot.base.when") / "places.txt").read_text("utf-8").splitlines():
        spoken, _, after = line.partition("\t")
        if spoken[0] == "=":
            zones = (full[as_spoken(name)][0] for name in after.split())
            countries[spoken[1:]] = tuple(dict.fromkeys(zones))
        elif spoken[0] == "[":
            key = full[as_spoken(spoken[1:-1])][0]
        elif after:
            cities[spoken][key] = int(after)
        else:
            regions[spoken] = key
    database = shared | full
    spoken_names = tuple({**database, **regions, **countries, **cities})
    return _Names(database, regions, countries, cities, spoken_names)
