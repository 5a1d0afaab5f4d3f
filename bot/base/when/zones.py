"""The time zones of the IANA database, by every name that people give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

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

_BARE_OFFSET = re.compile(r"(?:utc|gmt)? ?[+-] ?\d{1,2}(?::?\d{2})?")


class _Zones(NamedTuple):
    """The names of the IANA database, as people say them (see ``as_spoken``)."""

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
    spoken = as_spoken(name)
    if spoken in NICKNAMES:
        return ZoneInfo(NICKNAMES[spoken])
    found = () if spoken in ABBREVIATIONS else zone_names().by_name.get(spoken, ())
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
        near = zone_names().by_country.get(spoken) or (zone_choices(name, 3) if spoken else ())
        wrong = f"I don't know the time zone {quoted(name)}."
    hint = f" Did you mean {either(near[:3])}?" if near else ""
    raise InvalidInput(f"{wrong}{hint} Use a name such as {[*near, 'Europe/London'][0]}.")


def zone_choices(text: str, limit: int = 25) -> list[str]:
    """Return up to ``limit`` names of zones for what has been typed so far, the best first.

    Cities, countries and abbreviations find their zones too; a misspelt name finds the nearest;
    nothing typed finds the common ones.
    """
    wanted = as_spoken(text)[:LONGEST]
    if not wanted:
        return list(_COMMON[:limit])
    if wanted in NICKNAMES:
        return [NICKNAMES[wanted]][:limit]
    best: dict[str, int] = dict.fromkeys(ABBREVIATIONS.get(wanted, ()), 0)
    for names in zone_names():
        for spoken, keys in names.items():
            if (closeness := _closeness(wanted, spoken)) is not None:
                for key in keys:
                    best[key] = min(closeness, best.get(key, closeness))
    if not best:
        by_name = zone_names().by_name
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


def as_spoken(name: str) -> str:
    """Return ``name`` as it is compared: “America/São_Paulo ” is “america/sao paulo”."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r" *(/) *", r"\1", " ".join(re.sub(r"[_().,\s]+", " ", letters).split()))


@cache
def zone_names() -> _Zones:
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
    full = {as_spoken(name): (name,) for name in in_use}
    for old in newer:
        name = old
        while name not in in_use and name in newer:
            name = newer[name]
        full.setdefault(as_spoken(old), (name,))

    cities: dict[str, tuple[str, ...]] = {}
    for spoken, (name,) in full.items():
        city = spoken.rpartition("/")[2]
        cities[city] = tuple(dict.fromkeys((*cities.get(city, ()), name)))
    by_country: dict[str, tuple[str, ...]] = {}
    for country, _, name in places:
        spoken = as_spoken(countries[country])
        by_country[spoken] = (*by_country.get(spoken, ()), name)
    return _Zones(by_name=cities | full, by_country=by_country)
