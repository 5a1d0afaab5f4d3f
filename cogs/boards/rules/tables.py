"""Tables of claims: read from a file, or from what somebody pastes out of a paper.

Two kinds are understood. A *list* has a column for each field, named in its first line
(``statement``, ``metric``, ``reported`` …). A *results table* is what papers print: a label in
the first column and a number in each of the others, every number a claim. Columns are parted by
tabs, bars (as in Markdown), ampersands (as in LaTeX), semicolons or commas.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from bot.errors import InvalidInput
from cogs.boards.rules import numbers
from cogs.boards.rules.ledger import TypedTerms
from data.states import Better, Criterion

LARGEST = 200_000
"""Characters of a table that are read."""

FIELDS = (
    "statement", "metric", "reported", "where", "dataset", "spread", "runs", "better",
    "criterion", "tolerance", "weight", "headline",
)  # fmt: skip

SHOWN = frozenset({"statement", "metric", "reported", "where", "better", "criterion", "tolerance"})
"""The columns in which claims are always given back to be corrected."""

_NAMES = {
    "claim": "statement", "value": "reported", "paper": "reported", "place": "where",
    "location": "where", "data": "dataset", "direction": "better", "sd": "spread", "std": "spread",
    "n": "runs", "seeds": "runs",
}  # fmt: skip

_RULE = re.compile(r"[\s|:+=-]*")
_LATEX = re.compile(
    r"\\(?:toprule|midrule|bottomrule|hline|cline\{[^}]*\}|cmidrule(?:\([^)]*\))?\{[^}]*\})"
)
_WRAPPED = re.compile(r"\\(?:textbf|mathbf|textit|emph|underline|textrm|mathrm)\{([^{}]*)\}")
_TRUE = frozenset({"yes", "true", "1", "x", "headline"})


def parse(text: str) -> list[TypedTerms]:
    """Return the claims that a table holds, in its order.

    Raises InvalidInput when it is no table, or a line of it cannot be read, naming the line.
    """
    if len(text) > LARGEST:
        raise InvalidInput(f"That table has more than {LARGEST} characters. Import it in parts.")
    rows = _rows(text)
    if len(rows) < 2:
        raise InvalidInput(
            "I need a line with the names of the columns and at least one below it, for example "
            "`statement | metric | reported` and `Base model, EN-DE | BLEU | 27.3`."
        )
    header = [_NAMES.get(name.casefold(), name.casefold()) for name in rows[0]]
    if {"statement", "reported"} <= set(header):
        return [_listed(header, row, number) for number, row in enumerate(rows[1:], start=2)]
    claims = [claim for row in rows[1:] for claim in _printed(rows[0], row)]
    if not claims:
        raise InvalidInput(
            "I find no numbers in that table. Its first line names the columns, its first column "
            "the rows, and the other cells are numbers as the paper prints them."
        )
    return claims


def column(text: str, name: str) -> str:
    """Return one column of a file of runs, as ``numbers.parse_runs`` reads it, digits kept.

    The file is CSV with a line of names, or JSON: a list of numbers, a list of objects, or an
    object of lists. Raises InvalidInput, naming the columns there are, when it has none like that.
    """
    if len(text) > LARGEST:
        raise InvalidInput(f"That file has more than {LARGEST} characters. Log it in parts.")
    values = _json_column(text, name) if text.lstrip()[:1] in ("[", "{") else _column(text, name)
    if not values:
        raise InvalidInput(f"`{name[:60]}` has no values in that file.")
    return "; ".join(values)


def _column(text: str, name: str) -> list[str]:
    rows = _rows(text) or [line.split() for line in text.replace("\ufeff", "").splitlines()]
    header = [cell.casefold() for cell in rows[0]] if rows else []
    wanted = name.strip().casefold()
    if wanted not in header:
        raise _no_column(name, rows[0] if rows else [])
    at = header.index(wanted)
    return [row[at] for row in rows[1:] if len(row) > at and row[at]]


def _json_column(text: str, name: str) -> list[str]:
    try:
        found: Any = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise InvalidInput("That file is no JSON that I can read, nor CSV.") from None
    wanted = name.strip()
    if isinstance(found, dict):
        listed = cast("dict[str, Any]", found)
        if wanted not in listed:
            raise _no_column(name, list(listed))
        found = listed[wanted]
    if not isinstance(found, list):
        raise InvalidInput(f"`{wanted[:60]}` is no list of values in that file.")
    values: list[str] = []
    for entry in cast("list[Any]", found):
        value: Any = entry
        if isinstance(entry, dict):
            fields = cast("dict[str, Any]", entry)
            if wanted not in fields:
                raise _no_column(name, list(fields))
            value = fields[wanted]
        if isinstance(value, str):
            values.append(value)
    return values


def _no_column(name: str, known: Sequence[str]) -> InvalidInput:
    there = ", ".join(f"`{one[:30]}`" for one in known[:8]) or "none"
    return InvalidInput(
        f"With a file, `value` names its column, and there is no `{name[:60]}`. I see: {there}."
    )


def write(claims: Sequence[TypedTerms]) -> str:
    """Return claims as a list that ``parse`` reads, for somebody to correct."""
    columns = [
        name for name in FIELDS if name in SHOWN or any(_value(claim, name) for claim in claims)
    ]
    lines = [" | ".join(columns)]
    lines += [" | ".join(_cell(_value(claim, name)) for name in columns) for claim in claims]
    return "\n".join(lines)


def _value(claim: TypedTerms, field: str) -> Any:
    return claim.place if field == "where" else getattr(claim, field)


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value).replace("|", "/")


def _rows(text: str) -> list[list[str]]:
    """Return the cells of every line that has some, whatever parts them."""
    cleaned = text.replace("\ufeff", "").replace("\r\n", "\n")
    if "&" in cleaned and "\\\\" in cleaned:
        cleaned = _plain_latex(cleaned)
    lines = [line for line in cleaned.splitlines() if line.strip() and not _RULE.fullmatch(line)]
    if not lines:
        return []
    for mark in ("\t", "|"):
        if all(mark in line for line in lines):
            return [_stripped(line.strip().strip(mark).split(mark)) for line in lines]
    mark = max(";,", key=lambda one: lines[0].count(one))
    if mark not in lines[0]:
        return []
    read = csv.reader(lines, delimiter=mark, skipinitialspace=True)
    return [_stripped(row) for row in read]


def _plain_latex(text: str) -> str:
    """Return a LaTeX table's body with bars for its ampersands."""
    plain = _LATEX.sub("", text)
    while (unwrapped := _WRAPPED.sub(r"\1", plain)) != plain:
        plain = unwrapped
    plain = plain.replace("\\%", "%").replace("\\pm", "±").replace("\\&", "and").replace("$", "")
    lines = [line.strip() for line in plain.replace("\n", " ").split("\\\\")]
    return "\n".join(line.replace("&", "|") for line in lines if "&" in line)


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
    if "better" in given:
        given["better"] = _member(Better, given["better"], number)
    if "criterion" in given:
        given["criterion"] = _member(Criterion, given["criterion"], number)
    if "headline" in given:
        given["headline"] = given["headline"].casefold() in _TRUE
    return TypedTerms(**given)


def _member(kind: type[Better] | type[Criterion], text: str, number: int) -> Any:
    wanted = text.strip().casefold()
    for one in kind:
        if one.value == wanted:
            return one
    known = ", ".join(one.value for one in kind)
    raise InvalidInput(f"Line {number}: `{text[:30]}` is none of {known}.")


def _printed(header: Sequence[str], row: Sequence[str]) -> list[TypedTerms]:
    """Return a claim for each number in one line of a results table."""
    label = row[0] if row else ""
    found: list[TypedTerms] = []
    for column, cell in zip(header[1:], row[1:], strict=False):
        try:
            if not cell or numbers.parse_reported(cell) is None:
                continue
        except InvalidInput:
            continue
        better, metric = _arrow(column)
        named = metric or "value"
        found.append(
            TypedTerms(
                statement=f"{label}: {named}" if label else named,
                metric=named,
                reported=cell,
                better=better,
            )
        )
    return found


def _arrow(column: str) -> tuple[Better | None, str]:
    """Read the arrow by which many papers say which way a metric is better."""
    bare = re.sub(r"\(?[↑↓]\)?|\(?\\(?:up|down)arrow\)?", "", column).strip()
    if "↑" in column or "uparrow" in column:
        return Better.HIGHER, bare
    if "↓" in column or "downarrow" in column:
        return Better.LOWER, bare
    return None, bare


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
