"""A results file: what a training script writes, and what is new in it.

CSV with a line of names, or JSON: a list of objects, or an object with such a list under
``results``. One run each, with the names of :data:`FIELDS`; only ``claim`` and ``value`` are
needed, and other names are ignored. Runs of one claim that agree in commit, hardware and
configuration are one result.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from typing import Any, cast

from msgspec import Struct

from bot.base.errors import InvalidInput
from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.printed import numbers
from cogs.boards.results.rules import TypedFindings

FIELDS = ("claim", "value", "seed", "commit", "hardware", "hours", "config")
"""The names of a results file, in the order of the template."""

LARGEST = 128 * 1024
"""The longest results file that is read, in characters: a thousand runs with their configs."""

RUNS = 1000
"""How many runs are read; a claim's results are capped elsewhere."""


class Run(Struct, frozen=True):
    """One line of a results file."""

    claim: str
    value: str
    seed: str
    commit: str
    hardware: str
    hours: str
    config: str


class FileResult(Struct, frozen=True):
    """Runs of one claim that were made in the same way; ``claim`` is what the file calls it."""

    claim: str
    runs: Sequence[Run]

    @property
    def findings(self) -> TypedFindings:
        """What the runs say together; hours are added up."""
        first = self.runs[0]
        return TypedFindings(
            value="; ".join(run.value for run in self.runs),
            seeds=", ".join(run.seed for run in self.runs) if first.seed else None,
            revision=first.commit or None,
            hardware=first.hardware or None,
            hours=_hours(self.runs),
            command=first.config or None,
        )


def is_results_file(path: str) -> bool:
    """Whether an address names a file that may hold results, by its path's ending."""
    return path.casefold().endswith((".csv", ".json"))


def read(text: str) -> list[Run]:
    """Return the runs of a results file; a line without a value is one still to be run.

    Raises InvalidInput, naming the line, for a file in another format and for one that is too long.
    """
    if len(text) > LARGEST:
        raise InvalidInput(
            f"That file has {len(text)} characters; {LARGEST} are the most. Split it."
        )
    rows = _json(text) if text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{") else _csv(text)
    runs: list[Run] = []
    for number, row in enumerate(rows, start=1):
        cells = {name: row.get(name, "").strip() for name in FIELDS}
        # The template has a line for each seed, and a script fills them in one by one.
        if not cells["value"]:
            continue
        if not cells["claim"]:
            raise InvalidInput(
                f"Run {number} of that file names no claim. Each run needs `claim` and `value`, as "
                "in the template."
            )
        runs.append(Run(**cells))
        if len(runs) > RUNS:
            raise InvalidInput(f"That file has more than {RUNS} runs. Split it.")
    return runs


def grouped(runs: Iterable[Run]) -> list[FileResult]:
    """Return runs as results: together where claim, commit, hardware and configuration agree."""
    found: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        # A run without a seed cannot share a result with runs that have one.
        key = (run.claim.casefold(), run.commit, run.hardware, run.config, str(bool(run.seed)))
        found.setdefault(key, []).append(run)
    return [FileResult(together[0].claim, together) for together in found.values()]


def unlogged(runs: Sequence[Run], standing: ClaimStanding) -> list[Run]:
    """Return those runs of a claim that no result of it holds yet, replaced ones included.

    A run is there already where a result from the same commit has its value under its seed, or, of
    runs without seeds, its value as often. A run that names no commit is there in a result from
    any: the commit of its file changes whenever another run is added.
    """
    logged: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for result in standing.results:
        said = result.findings
        seeds = [seed.strip() for seed in (said.seeds or "").split(",") if seed.strip()]
        for index, value in enumerate(_texts(said.value)):
            seed = seeds[index] if index < len(seeds) else ""
            logged[seed, value][said.revision or ""] += 1
    fresh: list[Run] = []
    for run in runs:
        value = (_texts(run.value) or [run.value])[0]
        alike = logged[run.seed, value]
        there = run.commit if run.commit or not alike else next(iter(+alike), "")
        # Counted and not looked up: of three runs without seeds that gave the same value, all three
        # are new.
        if alike[there] > 0:
            alike[there] -= 1
        else:
            fresh.append(run)
    return fresh


def template(claims: Sequence[str]) -> tuple[str, str]:
    """Return an empty results file for these claims, as CSV and as JSON."""
    out = io.StringIO()
    rows: list[dict[str, str]] = [
        {**dict.fromkeys(FIELDS, ""), "claim": claim, "seed": str(seed)}
        for claim in claims
        for seed in range(3)
    ]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows(list(row.values()) for row in rows)
    return out.getvalue(), json.dumps({"results": rows}, indent=1, ensure_ascii=False)


def _texts(value: str) -> list[str]:
    """Return the digits of values; a percent sign may have been added when they were logged."""
    try:
        return [one.text.rstrip("% ") for one in numbers.parse_runs(value)]
    except InvalidInput:
        return [one.strip() for one in value.split(",")]


def _hours(runs: Sequence[Run]) -> str | None:
    amounts = [numbers.parse_amount(run.hours, "the hours", "3.5") for run in runs if run.hours]
    with localcontext(numbers.PRECISION):
        return f"{sum(amounts, Decimal(0)):f}" if amounts else None


def _csv(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), restval="")
    names = [(name or "").strip().casefold() for name in reader.fieldnames or ()]
    if "claim" not in names or "value" not in names:
        seen = ", ".join(f"`{name[:20]}`" for name in names[:8] if name) or "nothing"
        raise InvalidInput(
            "A results file needs a first line with the names `claim` and `value`, as in the "
            f"template. I see {seen}."
        )
    reader.fieldnames = names
    try:
        return [
            {key: value for key, value in row.items() if isinstance(value, str)} for row in reader
        ]
    except csv.Error as error:
        raise InvalidInput(f"That file is not CSV that I can read: {error}.") from None


def _json(text: str) -> list[dict[str, str]]:
    try:
        # Digits stay as they are written: a float would turn 0.10 into 0.1.
        found: Any = json.loads(text.lstrip("\ufeff"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise InvalidInput("That file is not JSON that I can read.") from None
    if isinstance(found, dict):
        found = cast("dict[str, Any]", found).get("results")
    if not isinstance(found, list):
        raise InvalidInput(
            "A results file in JSON is a list of runs, or an object with such a list under "
            "`results`, as in the template."
        )
    rows: list[dict[str, str]] = []
    for number, entry in enumerate(cast("list[Any]", found), start=1):
        if not isinstance(entry, dict):
            raise InvalidInput(f"Run {number} of that file is not an object with names.")
        run = cast("dict[str, Any]", entry)
        rows.append({key.casefold(): _text(value) for key, value in run.items()})
    return rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
