"""Files of runs: a value for each seed, and what the file says of how they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any, cast

from msgspec import Struct

from bot.base.errors import InvalidInput
from cogs.boards.printed import numbers
from cogs.boards.results import delimited
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


class _Columns(Struct, frozen=True):
    """The wanted columns of a file by name in small letters, and what its columns are called."""

    cells: Mapping[str, Sequence[str]]
    names: Sequence[str]


def read(text: str, name: str) -> TypedFindings:
    """Return the result that a file of runs holds; ``name`` is the column with the values.

    The file is CSV with a line of names, or JSON: a list of numbers, a list of objects, or an
    object of lists. Digits are kept as they stand. A column ``seed`` gives the seeds; ``hours``
    and ``cost`` are added up; ``commit``, ``command``, ``hardware`` and so on are taken where all
    runs say the same. Raises InvalidInput, naming the columns there are, when it has none like
    that.
    """
    delimited.check_size(text)
    wanted = name.strip()
    known = frozenset((wanted.casefold(), *SEEDS, *SAID))
    columns = _json(text, wanted, known) if delimited.is_json(text) else _csv(text, known)
    values = columns.cells.get(wanted.casefold())
    if values is None:
        raise _no_column(wanted, columns.names)
    # A blank value is a run that has not ended.
    ran = [index for index, value in enumerate(values) if value.strip()]
    if not ran:
        raise InvalidInput(f"`{wanted[:60]}` has no values in that file.")
    seeds = next((columns.cells[one] for one in SEEDS if one in columns.cells), None)
    said: dict[str, Any] = {}
    for column, field in SAID.items():
        cells = columns.cells.get(column)
        # The first name that is there counts: “config” and “command” mean one field.
        if cells and column != wanted.casefold() and field not in said:
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
        # What differs from run to run is true of none of them together.
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


def _csv(text: str, known: frozenset[str]) -> _Columns:
    return _upright(delimited.of_csv(text, known))


def _upright(rows: delimited.FileRows) -> _Columns:
    """Return rows as columns."""
    names = dict.fromkeys(name for row in rows.rows for name in row)
    if not rows.rows:
        return _Columns({}, rows.names)
    return _Columns({name: [row.get(name, "") for row in rows.rows] for name in names}, rows.names)


def _json(text: str, name: str, known: frozenset[str]) -> _Columns:
    found = delimited.parsed(text)
    if isinstance(found, list):
        entries = cast("list[Any]", found)
        # A bare list of numbers needs no name.
        if not any(isinstance(entry, dict) for entry in entries):
            return _Columns({name.casefold(): [delimited.cell(one) for one in entries]}, [name])
        return _upright(delimited.of_objects(delimited.objects(found), known))
    columns: dict[str, list[str]] = {}
    whole = cast("dict[str, Any]", found)
    for key, value in whole.items():
        if key.casefold() not in known:
            continue
        if isinstance(value, list):
            columns[key.casefold()] = [delimited.cell(one) for one in cast("list[Any]", value)]
        elif key.casefold() in SAID:
            columns[key.casefold()] = [delimited.cell(value)]
    return _Columns(columns, list(whole)[: delimited.NAMES_KEPT])


def _no_column(name: str, known: Sequence[str]) -> InvalidInput:
    there = ", ".join(f"`{one[:30]}`" for one in known[:8]) or "none"
    return InvalidInput(
        f"With a file, `value` names its column, and there is no `{name[:60]}`. I see: {there}."
    )
