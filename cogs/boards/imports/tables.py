"""Tables of claims: read from a file, or from what somebody pastes out of a paper.

Two kinds are understood. A *list* has a column for each field, named in its first line
(``statement``, ``metric``, ``reported`` …). A *results table* is what papers print: names in the
first columns and a number in each of the others, every number a claim. Its head may have several
lines. Columns are parted by tabs, bars (as in Markdown), ampersands (as in LaTeX), semicolons,
commas, or blanks, as in what is copied out of a PDF.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.base.errors import InvalidInput
from cogs.boards.imports import latex
from cogs.boards.imports.latex import JOINED
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.printed import numbers
from cogs.boards.printed import ranges as spans
from data.states import Better, Category, Criterion, SpreadKind

LARGEST = 200_000
"""Characters of a table that are read."""

UNKNOWN = "?"
"""The metric of a number of which the table does not say in which column it stands."""

FIELDS = (
    "statement", "metric", "reported", "where", "dataset", "spread", "runs", "better",
    "criterion", "tolerance", "weight", "headline", "unit", "split", "category", "spread_kind",
)  # fmt: skip

SHOWN = frozenset({"statement", "metric", "reported", "where", "better", "criterion", "tolerance"})
"""The columns in which claims are always given back to be corrected."""

_NAMES = {
    "claim": "statement", "value": "reported", "paper": "reported", "place": "where",
    "location": "where", "data": "dataset", "direction": "better", "sd": "spread", "std": "spread",
    "n": "runs", "seeds": "runs", "kind": "category", "spread kind": "spread_kind",
}  # fmt: skip

_MEMBERS: dict[str, type[StrEnum]] = {
    "better": Better, "criterion": Criterion, "category": Category, "spread_kind": SpreadKind,
}  # fmt: skip

_ALIASES = {
    "code development": "code", "execution": "run", "code execution": "run",
    "result match": "result", "result analysis": "result", "sd": "deviation", "se": "error",
}  # fmt: skip

LONGEST_LINE = 400
"""A line of words and numbers between blanks that is longer is no line of a table."""

_RULE = re.compile(r"[\s|:+=-]*")
_CITATION = re.compile(r"\s*\[\d+(?:\s*[,;–-]\s*\d+)*\]")
_TRUE = frozenset({"yes", "true", "1", "x", "headline"})
_CELL = (
    r"(?:n/r|n/a|[-–—](?=\s|$)|(?:[<>≤≥≈~∼]=?\s?)?[-+−]?(?:\d[\d.,]*|\.\d+)"
    r"(?:%?[-–](?:\d[\d.,]*|\.\d+))?(?:\s?(?:±|\+/-)\s?[\d.]+|\s?\([\d.]+\))?"
    r"(?:\s?[x×·]\s?10\s?\^?\s?[-−⁻]?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]+|[eE][-+]?\d+)?(?:\s?%)?)"
)
_SPACED = re.compile(rf"(?P<label>\S.*?)\s+(?P<cells>{_CELL}(?:\s+{_CELL})*)\s*")


@dataclass(frozen=True, slots=True)
class _Grid:
    """A results table: the lines of its head, and those below, all with as many cells."""

    head: Sequence[Sequence[str]]
    body: Sequence[Sequence[str]]


def parse(text: str) -> list[TypedTerms]:
    """Return the claims that a table holds, in its order.

    A number whose column is not certain has :data:`UNKNOWN` for its metric. Raises InvalidInput
    when it is no table, or a line of it cannot be read, naming the line.
    """
    if len(text) > LARGEST:
        raise InvalidInput(f"That table has more than {LARGEST} characters. Import it in parts.")
    lines = rows(text)
    if len(lines) < 2:
        raise InvalidInput(
            "I need a line with the names of the columns and at least one below it, for example "
            "`statement | metric | reported` and `Base model, EN-DE | BLEU | 27.3`."
        )
    header = [_NAMES.get(name.casefold(), name.casefold()) for name in lines[0]]
    if {"statement", "reported"} <= set(header):
        return [_listed(header, row, number) for number, row in enumerate(lines[1:], start=2)]
    claims = _printed(_grid(lines))
    if not claims:
        raise InvalidInput(
            "I find no numbers in that table. Its first line names the columns, its first column "
            "the rows, and the other cells are numbers as the paper prints them."
        )
    return claims


def write(claims: Sequence[TypedTerms]) -> str:
    """Return claims as a list that ``parse`` reads, for somebody to correct."""
    columns = [
        name for name in FIELDS if name in SHOWN or any(_value(claim, name) for claim in claims)
    ]
    lines = [" | ".join(columns)]
    lines += [" | ".join(_cell(_value(claim, name)) for name in columns) for claim in claims]
    return "\n".join(lines)


def without(claims: Sequence[TypedTerms], statements: Sequence[str]) -> list[TypedTerms]:
    """Return the claims whose statement is none of those, each statement once."""
    seen = {statement.casefold() for statement in statements}
    fresh: list[TypedTerms] = []
    for claim in claims:
        statement = " ".join((claim.statement or "").split())
        if statement.casefold() not in seen:
            seen.add(statement.casefold())
            fresh.append(replace(claim, statement=statement))
    return fresh


def unclear(claims: Sequence[TypedTerms]) -> int:
    """Return of how many claims the column is not certain."""
    return sum(claim.metric == UNKNOWN for claim in claims)


def rows(text: str) -> list[list[str]]:
    """Return the cells of every line that has some, whatever parts them."""
    cleaned = text.replace("\ufeff", "").replace("\r\n", "\n")
    if latex.is_table(cleaned):
        return latex.rows(cleaned)
    lines = [line for line in cleaned.splitlines() if line.strip() and not _RULE.fullmatch(line)]
    for mark in ("\t", "|"):
        parted = [line for line in lines if mark in line]
        # A caption above or a note below has none.
        if len(parted) > 1 and len(parted) * 2 > len(lines):
            return [_stripped(line.strip(" ").strip(mark).split(mark)) for line in parted]
    return _separated(lines) or _spaced(lines)


def _separated(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells between semicolons or commas; nothing where they part no columns."""
    if not lines:
        return []
    mark = max(";,", key=lambda one: lines[0].count(one))
    if mark not in lines[0]:
        return []
    found = [_stripped(row) for row in csv.reader(lines, delimiter=mark, skipinitialspace=True)]
    as_wide = sum(len(row) == len(found[0]) for row in found)
    return found if as_wide * 2 >= len(found) else []


def _spaced(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells of a table as it comes out of a PDF: a name, then numbers between blanks.

    A line with fewer numbers than the others does not say which are missing: its numbers are put
    past the last column, where they have no name.
    """
    plain = [_CITATION.sub("", line).strip() for line in lines]
    found = [_SPACED.fullmatch(line) if len(line) <= LONGEST_LINE else None for line in plain]
    first = next((index for index, match in enumerate(found) if match is not None), None)
    if not first:
        return []
    cells = [re.findall(_CELL, match["cells"]) if match else [] for match in found]
    counts = Counter(len(row) for row in cells if row)
    # As wide as most lines are; among equals, as wide as the head, which names the labels too.
    words = len(plain[first - 1].split())
    fits = {words: 1, words - 1: 2}
    width = max(counts, key=lambda one: (counts[one], fits.get(one, 0), one))
    made = [_names(plain[first - 1], width)]
    for match, row in zip(found, cells, strict=True):
        if match is None:
            continue
        label = " ".join([match["label"], *row[: len(row) - width]]) if len(row) > width else ""
        kept = row[-width:]
        padding = [""] * width if len(row) < width else []
        made.append([label or match["label"], *padding, *kept])
    return made


def _names(line: str, width: int) -> list[str]:
    """Return the names of as many columns, and of the labels before them, from a line's words."""
    for words in (re.split(r"\s{2,}", line), line.split()):
        if len(words) >= width:
            names = words[-width:]
            return [" ".join(words[:-width]), *_told_apart(names)]
    return ["", *(f"column {number}" for number in range(1, width + 1))]


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return names, those that are there again with their number."""
    seen: Counter[str] = Counter()
    told: list[str] = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return told


def _grid(lines: Sequence[Sequence[str]]) -> _Grid:
    """Part a table's head from what is below it."""
    heads = 1
    while heads < len(lines) - 1 and _is_head(lines[heads]):
        heads += 1
    return _Grid(lines[:heads], lines[heads:])


def _is_head(row: Sequence[str]) -> bool:
    """Whether a line goes on naming columns: it has names in it, and no number."""
    cells = [cell for cell in row[1:] if cell and cell != JOINED]
    named = [cell for cell in cells if not numbers.is_not_reported(cell)]
    return bool(named) and not any(_is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        return spans.parse_reported(cell) is not None
    except InvalidInput:
        return False


def _printed(grid: _Grid) -> list[TypedTerms]:
    """Return a claim for each number in a results table."""
    width = max(len(row) for row in (*grid.head, *grid.body))
    named = _columns(grid.head, width)
    labels = _label_columns(grid.body, width)
    claims: list[TypedTerms] = []
    above = ""
    for row in grid.body:
        above = _plain(row[0]) or above if row else above
        label = " ".join(filter(None, [above, *(_plain(cell) for cell in row[1:labels])]))
        for at in range(labels, len(row)):
            if _is_number(row[at]):
                joined = at + 1 < len(row) and row[at + 1] == JOINED
                metric = _group(grid.head, at) if joined else named[at]
                claims.append(_claim(label, metric, row[at]))
    return claims


def _claim(label: str, column: str, reported: str) -> TypedTerms:
    better, metric = _arrow(column)
    named = metric or "value"
    about = reported if named == UNKNOWN else named
    return TypedTerms(
        statement=f"{label}: {about}" if label else about,
        metric=named,
        reported=reported,
        better=better,
    )


def _columns(head: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return each column's whole name, that of its group first."""
    filled = [_filled(row) for row in head]
    names: list[str] = []
    for at in range(width):
        parts = [row[at] for row in filled if at < len(row) and row[at]]
        known = any(at < len(row) for row in head)
        names.append(" ".join(dict.fromkeys(parts)) if known else UNKNOWN)
    return names


def _filled(row: Sequence[str]) -> list[str]:
    """Return a line with the name of a group in every column that it spans."""
    filled: list[str] = []
    for cell in row:
        filled.append(filled[-1] if cell == JOINED and filled else cell)
    return filled


def _group(head: Sequence[Sequence[str]], at: int) -> str:
    """Return the name that the columns have together over which one number stands."""
    filled = _filled(head[0])
    return filled[at] if at < len(filled) and filled[at] else UNKNOWN


def _label_columns(body: Sequence[Sequence[str]], width: int) -> int:
    """Return how many columns, from the left, hold names: the first, and those without numbers."""
    for at in range(1, width):
        cells = [row[at] for row in body if at < len(row)]
        if not any(cells) or any(_is_number(cell) for cell in cells):
            return at
    return 1


def _plain(cell: str) -> str:
    return "" if cell == JOINED else _CITATION.sub("", cell).strip()


def _arrow(column: str) -> tuple[Better | None, str]:
    """Read the arrow by which many papers say which way a metric is better."""
    bare = " ".join(re.sub(r"\(?[↑↓]\)?", "", column).split())
    if "↑" in column:
        return Better.HIGHER, bare
    if "↓" in column:
        return Better.LOWER, bare
    return None, bare


def _value(claim: TypedTerms, field: str) -> Any:
    return claim.place if field == "where" else getattr(claim, field)


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value).replace("|", "/")


def _stripped(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.replace("**", "").split()) for cell in cells]


def _listed(header: Sequence[str], row: Sequence[str], number: int) -> TypedTerms:
    """Return the claim of one line of a list."""
    given: dict[str, Any] = {
        name: cell for name, cell in zip(header, row, strict=False) if name in FIELDS and cell
    }
    if "statement" not in given or "reported" not in given:
        raise InvalidInput(f"Line {number} has no statement or no reported value.")
    given["place"] = given.pop("where", None)
    given.setdefault("metric", "value")
    if "runs" in given:
        if not given["runs"].isdecimal():
            raise InvalidInput(f"Line {number}: `{given['runs'][:20]}` is no number of runs.")
        given["runs"] = int(given["runs"])
    for name, kind in _MEMBERS.items():
        if name in given:
            given[name] = _member(kind, given[name], number)
    if "headline" in given:
        given["headline"] = given["headline"].casefold() in _TRUE
    return TypedTerms(**given)


def _member(kind: type[StrEnum], text: str, number: int) -> StrEnum:
    wanted = text.strip().casefold()
    wanted = _ALIASES.get(wanted, wanted)
    for one in kind:
        if one.value == wanted:
            return one
    known = ", ".join(one.value for one in kind)
    raise InvalidInput(f"Line {number}: `{text[:30]}` is none of {known}.")
