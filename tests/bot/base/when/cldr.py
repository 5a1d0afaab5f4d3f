"""Compiles bot/base/when/words.json from Unicode's CLDR; the table is made, not written.

    npm install --prefix FOLDER cldr-core@48.2.0 cldr-dates-full@48.2.0
    python -m tests.bot.base.when.cldr FOLDER/node_modules

The bot itself needs neither: 26 languages are 40 KB, where Babel would bring 33 MB, and dateparser
took 400 ms for its first call and skipped the words that it didn't know.
"""

# What is read here are tables in JSON.
# pyright: basic

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.base.when.vocabulary import plain

TABLE = Path(__file__).parents[4] / "bot/base/when/words.json"

LOCALES = {
    "en": ("en", "en-GB", "en-AU", "en-CA"),
    "fr": ("fr", "fr-CA", "fr-CH"),
    "de": ("de", "de-AT"),
    "es": ("es", "es-419", "es-MX", "es-US"),
    "pt": ("pt", "pt-PT"),
    "nb": ("no", "nn"),
    "zh": ("zh", "zh-Hant", "zh-Hant-HK"),
    **{
        language: (language,)
        for language in (
            *("it", "nl", "pl", "sv", "da", "fi", "cs", "tr", "ru", "uk", "ja", "ko"),
            *("id", "vi", "ar", "hi", "el", "ro", "hu"),
        )
    },
}
WIDTHS = ("wide", "abbreviated", "short")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Json = dict[str, Any]


def compiled(modules: Path) -> dict[str, Json]:
    """Return the words of each language: months, weekdays, days near today, parts of the day."""
    rules = _read(modules / "cldr-core/supplemental/dayPeriods.json")
    ranges = rules["supplemental"]["dayPeriodRuleSet"]
    return {
        language: _language(modules, locales, ranges.get(language, {}))
        for language, locales in sorted(LOCALES.items())
    }


def text(table: dict[str, Json]) -> str:
    """Return the table as it is kept: a line for each kind of word."""
    languages = (
        f'"{language}": {{\n'
        + ",\n".join(
            f'  "{kind}": {json.dumps(words, ensure_ascii=False)}' for kind, words in kinds.items()
        )
        + "\n}"
        for language, kinds in table.items()
    )
    return "{\n" + ",\n".join(languages) + "\n}\n"


def _language(modules: Path, locales: tuple[str, ...], ranges: Json) -> Json:
    months: list[set[str]] = [set() for _ in range(12)]
    weekdays: list[set[str]] = [set() for _ in range(7)]
    days: dict[int, set[str]] = {}
    periods: dict[str, set[str]] = {}
    for locale in locales:
        main = modules / "cldr-dates-full/main" / locale
        root = _read(main / "ca-gregorian.json")["main"][locale]["dates"]["calendars"]["gregorian"]
        for width, names in _widths(root["months"]):
            if width != "narrow":
                for number, name in names.items():
                    months[int(number) - 1].add(plain(name))
        for width, names in _widths(root["days"]):
            if width in WIDTHS:
                for number, day in enumerate(DAYS):
                    weekdays[number].add(plain(names[day]))
        for width, names in _widths(root["dayPeriods"]):
            for period, name in names.items():
                if width != "narrow" or period.startswith(("am", "pm")):
                    periods.setdefault(period.partition("-")[0], set()).add(plain(name))
        fields = _read(main / "dateFields.json")["main"][locale]["dates"]["fields"]
        for distance in range(-2, 4):
            if name := fields["day"].get(f"relative-type-{distance}"):
                days.setdefault(distance, set()).add(plain(name))
    return {
        "months": [sorted(names - {""}) for names in months],
        "weekdays": [sorted(_long(names)) for names in weekdays],
        "days": {str(key): sorted(days[key]) for key in sorted(days)},
        "parts": {
            f"{part} {_hours(ranges[part])}" if "_from" in ranges.get(part, {}) else part: sorted(
                _long(names)
            )
            for part, names in sorted(periods.items())
        },
    }


def _hours(span: Json) -> str:
    """Return when a part of the day begins and ends: “22-28” is from 22:00 to 4:00."""
    start, end = int(span["_from"][:2]), int(span["_before"][:2])
    return f"{start}-{end if end > start else end + 24}"


def _widths(forms: Json) -> Iterator[tuple[str, dict[str, str]]]:
    for widths in forms.values():
        yield from widths.items()


def _long(names: set[str]) -> set[str]:
    """Leave out single Latin letters, such as “a” for a.m.: other languages have them as words."""
    return {name for name in names if len(name) > 1 or not name.isascii()} - {""}


def _read(path: Path) -> Json:
    found: Json = json.loads(path.read_text("utf-8"))
    return found


if __name__ == "__main__":
    TABLE.write_text(text(compiled(Path(sys.argv[1]))), "utf-8")
