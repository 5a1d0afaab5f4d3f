"""Lists of claims: a column for each field, named in the first line. Pure.

This is the form in which claims are given back to be corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from bot.base.errors import InvalidInput
from cogs.boards.ledger.rules import TypedTerms
from data.states import Better, Category, Criterion, SpreadKind

FIELDS = (
    "statement", "metric", "reported", "where", "dataset", "spread", "runs", "better",
    "criterion", "tolerance", "weight", "headline", "unit", "split", "category", "spread_kind",
    "gap",
)  # fmt: skip

SHOWN = frozenset({"statement", "metric", "reported", "where", "better", "criterion", "tolerance"})
"""The columns in which claims are always given back to be corrected."""

NAMES = {
    "claim": "statement", "value": "reported", "paper": "reported", "place": "where",
    "location": "where", "data": "dataset", "direction": "better", "sd": "spread", "std": "spread",
    "n": "runs", "seeds": "runs", "kind": "category", "spread kind": "spread_kind",
    "distance to the next row": "gap",
}  # fmt: skip

_MEMBERS: dict[str, type[StrEnum]] = {
    "better": Better, "criterion": Criterion, "category": Category, "spread_kind": SpreadKind,
}  # fmt: skip

_ALIASES = {
    "code development": "code", "execution": "run", "code execution": "run",
    "result match": "result", "result analysis": "result", "sd": "deviation", "se": "error",
    "ci": "interval",
}  # fmt: skip

_TRUE = frozenset({"yes", "true", "1", "x", "headline"})


def header(names: Sequence[str]) -> list[str] | None:
    """Return the fields that a line names; None where it is not the head of a list."""
    fields = [NAMES.get(name.casefold(), name.casefold()) for name in names]
    return fields if {"statement", "reported"} <= set(fields) else None


def read(fields: Sequence[str], row: Sequence[str], number: int) -> TypedTerms:
    """Return the claim of one line; raises InvalidInput, with its number, where it has none."""
    given: dict[str, Any] = {
        name: cell for name, cell in zip(fields, row, strict=False) if name in FIELDS and cell
    }
    if "statement" not in given or "reported" not in given:
        raise InvalidInput(f"Line {number} has no statement or no reported value.")
    given["place"] = given.pop("where", None)
    given.setdefault("metric", "value")
    if "runs" in given:
        if not given["runs"].isdecimal() or len(given["runs"]) > 6:
            raise InvalidInput(f"Line {number}: `{given['runs'][:20]}` isn't a number of runs.")
        given["runs"] = int(given["runs"])
    for name, kind in _MEMBERS.items():
        if name in given:
            given[name] = _member(kind, given[name], number)
    if "headline" in given:
        given["headline"] = given["headline"].casefold() in _TRUE
    return TypedTerms(**given)


def write(claims: Sequence[TypedTerms]) -> str:
    """Return claims as a list that can be read again, for somebody to correct."""
    columns = [
        name for name in FIELDS if name in SHOWN or any(_value(claim, name) for claim in claims)
    ]
    lines = [" | ".join(columns)]
    lines += [" | ".join(_cell(_value(claim, name)) for name in columns) for claim in claims]
    return "\n".join(lines)


def _member(kind: type[StrEnum], text: str, number: int) -> StrEnum:
    wanted = text.strip().casefold()
    wanted = _ALIASES.get(wanted, wanted)
    for one in kind:
        if one.value == wanted:
            return one
    known = ", ".join(one.value for one in kind)
    raise InvalidInput(f"Line {number}: `{text[:30]}` is not one of {known}.")


def _value(claim: TypedTerms, field: str) -> Any:
    return claim.place if field == "where" else getattr(claim, field)


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    text = "yes" if value is True else str(value)
    # What Markdown would take for a mark of its own is escaped, so that it is read as it stands.
    return "".join(f"\\{one}" if one in "\\*_`<[$~|&" else one for one in text)
