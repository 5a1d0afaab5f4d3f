"""Files of rows with a head, as CSV or JSON: read within bounds of size, whatever they hold. Pure.

Memory is bounded by what is asked for: only the columns that a caller wants are kept, so 5,000
names in a head, or a thousand objects each with a key of its own, cost no more than their text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, cast

from msgspec import Struct

from bot.base.errors import InvalidInput

CHARACTERS = 200_000
"""Characters of a file that are read."""

ROWS = 5_000
"""Rows of a file: a result has a thousand runs at most, and a project 200 claims."""

NAMES_KEPT = 50
"""How many names of unknown columns are kept, to list them in the answer."""

NAME_LIMIT = 60

FileRow = Mapping[str, str]


class FileRows(Struct, frozen=True):
    """The rows of a file, by the names of the wanted columns in small letters.

    ``lines`` are the rows' own numbers in the file, from 1; ``names`` are its columns as written,
    the first few of them.
    """

    rows: Sequence[FileRow]
    lines: Sequence[int]
    names: Sequence[str]


def check_size(text: str) -> None:
    """Raise InvalidInput for a file with more text than is read."""
    if len(text) > CHARACTERS:
        raise InvalidInput(f"That file has more than {CHARACTERS} characters. Log it in parts.")


def is_json(text: str) -> bool:
    """Whether a file begins as JSON does."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{")


def parsed(text: str) -> Any:
    """Return what a JSON file holds, with the digits of its numbers as they were written.

    Raises InvalidInput for invalid JSON, or for JSON nested deeper than Python follows.
    """
    try:
        return json.loads(text.lstrip("\ufeff"), parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise InvalidInput("That file is neither JSON that I can read nor CSV.") from None


def of_objects(objects: Iterable[Mapping[str, Any]], wanted: frozenset[str]) -> FileRows:
    """Return a row for each of a list of objects; raises InvalidInput for too many."""
    rows: list[FileRow] = []
    names: dict[str, None] = {}
    for one in objects:
        if len(rows) >= ROWS:
            raise _too_many()
        row: dict[str, str] = {}
        for key, value in one.items():
            name = key.strip().casefold()
            if len(names) < NAMES_KEPT:
                names.setdefault(key.strip()[:NAME_LIMIT])
            if name in wanted:
                row[name] = cell(value)
        rows.append(row)
    return FileRows(rows, range(1, len(rows) + 1), list(names))


def of_csv(text: str, wanted: frozenset[str]) -> FileRows:
    """Return the rows of a CSV file; commas, semicolons, tabs, bars or blanks divide its columns.

    Raises InvalidInput for what the csv module cannot read, and for too many rows.
    """
    lines = text.replace("\ufeff", "")
    head = next((line for line in lines.splitlines() if line.strip()), "")
    mark = max(",;\t|", key=head.count)
    rows: list[FileRow] = []
    numbers: list[int] = []
    names: list[str] = []
    places: dict[str, int] = {}
    for number, row in _divided(lines, mark if mark in head else None):
        if not any(one.strip() for one in row):
            continue
        if not names:
            names = [name.strip()[:NAME_LIMIT] for name in islice(row, NAMES_KEPT)]
            for at, name in enumerate(row):
                key = name.strip().casefold()
                if key in wanted:
                    places.setdefault(key, at)
            continue
        if len(rows) >= ROWS:
            raise _too_many()
        rows.append({key: row[at].strip() for key, at in places.items() if at < len(row)})
        numbers.append(number)
    return FileRows(rows, numbers, names)


def cell(value: Any) -> str:
    """Return a value of JSON as the text of a cell; what is neither text nor number, as JSON."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).casefold()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def objects(found: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list, without whatever else is in it."""
    entries = cast("list[Any]", found) if isinstance(found, list) else []
    return [cast("dict[str, Any]", one) for one in entries if isinstance(one, dict)]


def _divided(text: str, mark: str | None) -> Iterator[tuple[int, list[str]]]:
    if mark is None:
        for number, line in enumerate(text.splitlines(), start=1):
            yield number, line.split()
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InvalidInput(
            f"I can't read that file as CSV (line {reader.line_num}: {error}). Is a quotation "
            "mark missing there?"
        ) from None


def _too_many() -> InvalidInput:
    return InvalidInput(f"That file has more than {ROWS} rows. Log it in parts.")
