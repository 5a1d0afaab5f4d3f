"""Tables as papers print them: how many claims are read, how many rightly, what is lost.

``published_tables.txt`` holds each table as somebody would paste it, and below it the claims that a
person reads in it, with the spread after ± and an arrow where the table says or the metric's name
tells which way is better.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from cogs.boards.imports import tables
from cogs.boards.imports.tables import Fate, Import
from cogs.boards.ledger.rules import TypedTerms, check_terms
from cogs.boards.printed import numbers
from data.states import Better
from tests.figures import Figures

ARROWS = {"↑": Better.HIGHER, "↓": Better.LOWER, "": None}
TOKEN = re.compile(r"\d+")
NO_CELL = re.compile(
    r"<mn>.*?</mn>|\\(?:cmidrule|cline)\S*|\\multi(?:column|row)\{-?\d+\}|\{\w\w+\d+\w*\}|\[[-\d]*(?:mm|pt|\d)\]"
    r"|\\rowcolor\{[^}]*\}|\\cellcolor\{[^}]*\}|\\vspace\{[^}]*\}|\\begin\{.*|<[^>]*>|\d?\\textwidth"
    r"|\\cite\w*\{[^}]*\}|alttext|<math.*?</math>|\\phantom\{0\}|\.5\\textwidth"
    r"|\[\d+(?:, \d+)*\]|\[r=\d\]"
)


@dataclass(frozen=True)
class Expected:
    """One claim as a person reads it."""

    statement: str
    value: Decimal
    spread: Decimal | None
    better: Better | None


def published() -> dict[str, tuple[str, list[Expected]]]:
    text = (Path(__file__).parent / "published_tables.txt").read_text(encoding="utf-8")
    found: dict[str, tuple[str, list[Expected]]] = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("\n")
        table, _, claims = rest.partition("\n-- claims\n")
        found[name.strip()] = (table, [expected(line) for line in claims.split("\n") if line])
    return found


def expected(line: str) -> Expected:
    statement, _, rest = line.rpartition(" = ")
    match = re.fullmatch(r"(\S+)(?: ± (\S+))?(?: ([↑↓]))?", rest)
    assert match is not None, line
    spread = Decimal(match[2]) if match[2] else None
    return Expected(statement, Decimal(match[1].rstrip("%")), spread, ARROWS[match[3] or ""])


def read(claim: TypedTerms) -> Expected:
    terms = check_terms(claim)
    spread = Decimal(terms.spread) if terms.spread is not None else None
    return Expected(terms.statement, numbers.parse(terms.reported).value, spread, terms.better)


def lost(text: str, whole: Import) -> list[str]:
    """Return the numbers of a table that no account of a cell and no line around it has."""
    told = " ".join([*(one.text for one in whole.accounts), *whole.prose])
    told += " ".join(table.caption for table in whole.tables)
    have = TOKEN.findall(told)
    missing: list[str] = []
    for token in TOKEN.findall(NO_CELL.sub(" ", text)):
        if token in have:
            have.remove(token)
        else:
            missing.append(token)
    return missing


PUBLISHED = published()


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_table_is_read_as_a_person_reads_it(name: str) -> None:
    text, claims = PUBLISHED[name]
    assert [read(one) for one in tables.parse(text)] == claims


def test_of_all_published_tables_nearly_every_claim_is_read_and_no_cell_is_lost(
    tell: Callable[[str, Figures], None],
) -> None:
    wanted = right = given = unaccounted = 0
    for text, claims in PUBLISHED.values():
        whole = tables.read(text)
        found = [read(one) for one in whole.claims]
        wanted += len(claims)
        given += len(found)
        right += sum(one in found for one in claims)
        missing = lost(text, whole)
        assert not missing, text
        unaccounted += len(missing)
        for account in whole.accounts:
            assert account.fate is not Fate.NOT_READ or account.reason
            assert account.fate is not Fate.READ or account.claims
    recall, precision = 100 * right / wanted, 100 * right / given
    tell(
        "published tables",
        {
            "tables": len(PUBLISHED),
            "claims": wanted,
            "recall": f"{recall:.1f} %",
            "precision": f"{precision:.1f} %",
            "unaccounted numbers": unaccounted,
        },
    )
    assert len(PUBLISHED) >= 33
    assert recall >= 97
    assert precision >= 99
    assert unaccounted == 0
