"""Results files: what was run for which claim, one run a row, as a repository keeps them. Pure.

The format is small, and the same as CSV and as JSON. A CSV file names its columns in its first
line, ``claim`` and ``value`` at least::

    claim,value,seed,commit,hardware,hours,config
    C1,97.1%,0,3f2a9c1,1 × RTX 4090,1.5,configs/mod97.yaml

A JSON file is a list of such objects, or an object with that list under ``results``; there,
``value`` may be a list of runs and ``seed`` a list as long. ``claim`` is a claim's name (``C1``) or
its statement. Rows of one claim with the same commit, hardware, config and code are the runs of one
result, whose hours are added up. What is new in a later state of the file is told by what the rows
say, not by where they stand, so that they may be sorted.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, cast

from bot.base.errors import InvalidInput
from cogs.boards.printed import numbers
from cogs.boards.results import delimited
from cogs.boards.results.rules import TypedFindings
from data.states import Origin

COLUMNS = ("claim", "value", "seed", "commit", "hardware", "hours", "config")
"""The columns of the template."""

MORE = ("spread", "runs", "evidence", "deviations", "notes", "code", "cost", "statement", "metric")
"""Columns that a file may have as well."""

_ALIASES = {
    "result": "value", "score": "value", "seeds": "seed", "random_seed": "seed",
    "revision": "commit", "sha": "commit", "gpu": "hardware", "configuration": "config",
    "command": "config", "origin": "code", "std": "spread", "n": "runs",
}  # fmt: skip
_KNOWN = frozenset((*COLUMNS, *MORE, *_ALIASES))
_APART = ("claim", "commit", "hardware", "config", "code", "deviations", "spread")
"""Rows that differ in one of these are results of their own."""

RESULTS = 200
"""How many results one file may hold."""

EXAMPLE = (
    "The first line names the columns, `claim` and `value` at least: "
    f"`{','.join(COLUMNS)}`. For example `C1,97.1%,0,3f2a9c1,1 × RTX 4090,1.5,mod97.yaml`."
)


@dataclass(frozen=True, slots=True)
class FileResult:
    """One result of a file: ``claim`` as it is named there, and what was found.

    ``lines`` are its rows in the file; ``key`` is the same for the same content, wherever it is.
    """

    claim: str
    typed: TypedFindings
    lines: tuple[int, ...]
    key: str


@dataclass(frozen=True, slots=True)
class ResultsFile:
    """What a file holds, and the columns of it that mean nothing here."""

    results: tuple[FileResult, ...]
    ignored: tuple[str, ...] = ()


def is_results_file(text: str) -> bool:
    """Whether a file has the columns ``claim`` and ``value``; False for what cannot be read."""
    try:
        delimited.check_size(text)
        rows = _rows(text)
    except InvalidInput:
        return False
    return any({"claim", "value"} <= row.keys() for row in rows.rows)


def read(text: str) -> ResultsFile:
    """Return the results of a file, in its order.

    Raises InvalidInput for a file that is too large, has no columns ``claim`` and ``value``, or
    has a row without one of the two, with its number.
    """
    delimited.check_size(text)
    rows = _rows(text)
    if not any({"claim", "value"} <= row.keys() for row in rows.rows):
        raise InvalidInput(f"I find no columns `claim` and `value` in that file. {EXAMPLE}")
    groups: dict[tuple[str, ...], list[tuple[int, Mapping[str, str]]]] = {}
    for line, row in zip(rows.lines, rows.rows, strict=True):
        if not row.get("value"):
            continue  # a run that has no result yet, as in the template
        if not row.get("claim"):
            raise InvalidInput(f"Row {line} doesn't say which claim it is for. {EXAMPLE}")
        groups.setdefault(tuple(row.get(name, "") for name in _APART), []).append((line, row))
    if len(groups) > RESULTS:
        raise InvalidInput(f"That file has {len(groups)} results; {RESULTS} are the most.")
    known = {*_KNOWN}
    ignored = tuple(name for name in rows.names if name and name.casefold() not in known)
    return ResultsFile(tuple(_result(group) for group in groups.values()), ignored)


def fresh(before: ResultsFile | None, after: ResultsFile) -> list[FileResult]:
    """Return the results of a file that its state before did not have."""
    had = {one.key for one in before.results} if before is not None else set[str]()
    return [one for one in after.results if one.key not in had]


def template(claims: Sequence[tuple[str, str, str]]) -> str:
    """Return a CSV file to fill in, a row for each claim given as name, statement and metric."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow((*COLUMNS, "statement", "metric"))
    for name, statement, metric in claims:
        empty = ("",) * (len(COLUMNS) - 1)
        writer.writerow((name, *empty, _harmless(statement), _harmless(metric)))
    return made.getvalue()


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _rows(text: str) -> delimited.Rows:
    """Return a file's rows, its columns by the names that this format gives them."""
    if not delimited.is_json(text):
        return _named(delimited.of_csv(text, _KNOWN))
    found = delimited.parsed(text)
    if isinstance(found, dict):
        whole = cast("dict[str, Any]", found)
        found = whole.get("results", [whole] if "claim" in whole else [])
    return _named(delimited.of_objects(_single_runs(delimited.objects(found)), _KNOWN))


def _single_runs(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return an object for each run, also of those that list several values."""
    runs: list[Mapping[str, Any]] = []
    for entry in entries:
        values = entry.get("value")
        if not isinstance(values, list):
            runs.append(entry)
            continue
        listed = cast("list[Any]", values)
        name = next((one for one in ("seed", "seeds") if isinstance(entry.get(one), list)), None)
        seeds = cast("list[Any]", entry[name]) if name else []
        if name and len(seeds) != len(listed):
            raise InvalidInput(
                f"An entry lists {len(listed)} values and {len(seeds)} seeds. Each run has one."
            )
        if len(runs) + len(listed) > delimited.ROWS:
            raise InvalidInput(f"That file has more than {delimited.ROWS} runs. Log it in parts.")
        # What was spent on all runs together is said once.
        said = {key: value for key, value in entry.items() if key.casefold() in _KNOWN}
        later = {key: value for key, value in said.items() if key not in ("hours", "cost")}
        for at, value in enumerate(listed):
            run = {**(later if at else said), "value": value}
            runs.append({**run, name: seeds[at]} if name else run)
    return runs


def _named(rows: delimited.Rows) -> delimited.Rows:
    renamed = [{_ALIASES.get(name, name): value for name, value in row.items()}
               for row in rows.rows]  # fmt: skip
    return delimited.Rows(renamed, rows.lines, rows.names)


def _result(group: Sequence[tuple[int, Mapping[str, str]]]) -> FileResult:
    """Return the result that rows of one claim are the runs of."""
    first = group[0][1]
    seeds = [row.get("seed", "") for _, row in group]
    hours = [row["hours"] for _, row in group if row.get("hours")]
    costs = [row["cost"] for _, row in group if row.get("cost")]
    runs = first.get("runs", "")
    if runs and (not runs.isdecimal() or len(runs) > 6):
        raise InvalidInput(f"Row {group[0][0]}: `{runs[:20]}` isn't a number of runs.")
    typed = TypedFindings(
        value="; ".join(row["value"] for _, row in group),
        spread=first.get("spread") or None,
        runs=int(runs) if runs and len(group) == 1 else None,
        seeds=", ".join(seeds) if all(seeds) else None,
        revision=first.get("commit") or None,
        hardware=first.get("hardware") or None,
        hours=_added(hours, group[0][0]),
        command=first.get("config") or None,
        evidence=first.get("evidence") or None,
        deviations=first.get("deviations") or None,
        notes=first.get("notes") or None,
        cost=_one_cost(costs),
        origin=next((one for one in Origin if one.value == first.get("code", "").casefold()), None),
    )
    said = sorted(repr(sorted(row.items())) for _, row in group)
    key = hashlib.sha256("\n".join(said).encode()).hexdigest()[:20]
    return FileResult(first["claim"], typed, tuple(line for line, _ in group), key)


def _added(hours: Sequence[str], line: int) -> str | None:
    if not hours:
        return None
    try:
        amounts = [numbers.parse_amount(one, "the hours", "3.5") for one in hours]
    except InvalidInput as error:
        raise InvalidInput(f"Row {line}: {error.sentence}") from None
    with localcontext(numbers.PRECISION):
        return f"{sum(amounts, Decimal(0)):f}"


def _one_cost(costs: Sequence[str]) -> str | None:
    """Return the sum of costs in one currency; None where there are several."""
    read = [numbers.parse_cost(one) for one in costs]
    if not read or len({currency for _, currency in read}) > 1:
        return None
    with localcontext(numbers.PRECISION):
        return f"{sum((amount for amount, _ in read), Decimal(0)):f} {read[0][1]}".strip()
