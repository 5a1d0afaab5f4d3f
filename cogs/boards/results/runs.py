"""Files of runs: a value for each seed, and what the file says of how they were made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any, cast

from bot.base.errors import InvalidInput
from cogs.boards.imports import tables
from cogs.boards.printed import numbers
from cogs.boards.results.rules import TypedFindings
from data.states import Origin

SEEDS = ("seed", "seeds", "random_seed", "random seed")
SAID = {
    "command": "command", "config": "command", "configuration": "command", "commit": "revision",
    "revision": "revision", "hardware": "hardware", "gpu": "hardware", "evidence": "evidence",
    "deviations": "deviations", "notes": "notes", "hours": "hours", "cost": "cost",
    "code": "origin", "origin": "origin",
}  # fmt: skip
"""What a file may say beside its values, under which names."""

ADDED = frozenset({"hours", "cost"})
"""What each run has of its own, and the result has in all."""

Columns = Mapping[str, Sequence[str]]


def read(text: str, name: str) -> TypedFindings:
    """Return the result that a file of runs holds; ``name`` is the column with the values.

    The file is CSV with a line of names, or JSON: a list of numbers, a list of objects, or an
    object of lists. Digits are kept as they stand. A column ``seed`` gives the seeds; ``hours``
    and ``cost`` are added up; ``commit``, ``command``, ``hardware`` and so on are taken where all
    runs say the same. Raises InvalidInput, naming the columns there are, when it has none like
    that.
    """
    if len(text) > tables.LARGEST:
        raise InvalidInput(f"That file has more than {tables.LARGEST} characters. Log it in parts.")
    columns = _json(text, name) if text.lstrip()[:1] in ("[", "{") else _csv(text)
    wanted = name.strip()
    values = _column(columns, wanted)
    if values is None:
        raise _no_column(wanted, list(columns))
    ran = [index for index, value in enumerate(values) if value.strip()]
    if not ran:
        raise InvalidInput(f"`{wanted[:60]}` has no values in that file.")
    seeds = next((found for one in SEEDS if (found := _column(columns, one)) is not None), None)
    said: dict[str, Any] = {}
    for column, field in SAID.items():
        cells = _column(columns, column)
        if cells and column.casefold() != wanted.casefold() and field not in said:
            said[field] = _together(field, [cell for cell in cells if cell.strip()])
    if said.get("origin") is not None:
        said["origin"] = _origin(said["origin"])
    return TypedFindings(
        value="; ".join(values[index] for index in ran),
        seeds=", ".join(seeds[index] for index in ran if index < len(seeds)) if seeds else None,
        **said,
    )


def _together(field: str, cells: Sequence[str]) -> str | None:
    """Return what all runs have in common, or in sum; None where they differ."""
    if not cells:
        return None
    if field not in ADDED or len(cells) == 1:
        return cells[0] if len(set(cells)) == 1 else None
    read_cells = [numbers.parse_cost(cell) for cell in cells]
    currencies = {currency for _, currency in read_cells}
    if len(currencies) > 1:
        raise InvalidInput("That file's costs are in several currencies. Log them in parts.")
    with localcontext(numbers.PRECISION):
        total = sum((amount for amount, _ in read_cells), Decimal(0))
    return f"{total:f} {currencies.pop()}".strip()


def _origin(text: str) -> Origin | None:
    return next((one for one in Origin if one.value == text.strip().casefold()), None)


def _column(columns: Columns, name: str) -> Sequence[str] | None:
    for known, cells in columns.items():
        if known.casefold() == name.casefold():
            return cells
    return None


def _csv(text: str) -> Columns:
    lines = [line.split() for line in text.replace("\ufeff", "").splitlines() if line.strip()]
    rows = tables.rows(text) if any(mark in text for mark in ",;\t|") else lines
    if not rows:
        return {}
    return {
        name: [row[at] if at < len(row) else "" for row in rows[1:]]
        for at, name in enumerate(rows[0])
    }


def _json(text: str, name: str) -> Columns:
    try:
        found: Any = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise InvalidInput("That file is no JSON that I can read, nor CSV.") from None
    if isinstance(found, list):
        entries = cast("list[Any]", found)
        if not any(isinstance(entry, dict) for entry in entries):
            return {name.strip(): [_text(entry) for entry in entries]}
        objects = [cast("dict[str, Any]", one) for one in entries if isinstance(one, dict)]
        keys = dict.fromkeys(key for one in objects for key in one)
        return {key: [_text(one.get(key)) for one in objects] for key in keys}
    columns: dict[str, list[str]] = {}
    for key, value in cast("dict[str, Any]", found).items():
        if isinstance(value, list):
            columns[key] = [_text(one) for one in cast("list[Any]", value)]
        elif key.casefold() in SAID:
            columns[key] = [_text(value)]
    return columns


def _text(value: Any) -> str:
    """Return a cell; what is neither a text nor a number is written as JSON."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).casefold()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _no_column(name: str, known: Sequence[str]) -> InvalidInput:
    there = ", ".join(f"`{one[:30]}`" for one in known[:8]) or "none"
    return InvalidInput(
        f"With a file, `value` names its column, and there is no `{name[:60]}`. I see: {there}."
    )
