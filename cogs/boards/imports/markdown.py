"""Tables in Markdown: lines of cells between bars, with or without the line below the head. Pure.

GitHub's own parser takes no table without that line, and people paste rows alone; so the rows are
divided here, by GitHub's rule (a bar divides unless a backslash is before it:
https://github.github.com/gfm/#tables-extension-), and markdown-it-py reads the cells.
"""

from __future__ import annotations

import re

from cogs.boards.imports import inline
from cogs.boards.imports.grids import Budget, Cell, Pasted, Table, laid_out, tidy

_BAR = re.compile(r"(?<!\\)\|")
_DIVIDER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_RULE = re.compile(r"[\s|:+=_─━┼╪-]*")


def is_table(text: str) -> bool:
    """Whether most lines have bars, or several in a row do."""
    lines = [line for line in text.splitlines() if line.strip()]
    barred = sum(1 for line in lines if _BAR.search(line))
    return barred > 1 and (barred * 2 > len(lines) or any(map(_is_divider, lines)))


def read(text: str) -> Pasted:
    """Return the tables, one for each run of lines with bars; a further divider begins another."""
    budget = Budget()
    tables: list[Table] = []
    prose: list[str] = []
    block: list[str] = []
    above = ""
    for line in [*text.splitlines(), ""]:
        if line.strip() and _BAR.search(line):
            block.append(line)
            continue
        if len(block) > 1:
            tables += _tables(block, above, budget)
            above = ""
        elif block:
            prose.append(" ".join(block[0].split()))
        block = []
        if line.strip() and not _RULE.fullmatch(line):
            said = inline.plain(" ".join(line.split())[:600]).lstrip("# ")
            prose.append(said)
            above = said
            if tables and not tables[-1].caption and _is_caption(said):
                tables[-1].caption = said
                above = ""
    return Pasted(tables, prose)


def _is_caption(text: str) -> bool:
    return re.match(r"\W*table\b", text, re.IGNORECASE) is not None


def _is_divider(line: str) -> bool:
    return "-" in line and "|" in line and _DIVIDER.fullmatch(line.strip()) is not None


def _tables(block: list[str], caption: str, budget: Budget) -> list[Table]:
    """Return the tables of one run of lines; a divider not below the first line heads another."""
    starts = [0]
    numbered = list(map(_has_numbers, block))
    below_numbers = False
    for at, line in enumerate(block):
        below_numbers = below_numbers or (at - 2 >= starts[-1] and numbered[at - 2])
        if below_numbers and _is_divider(line) and not numbered[at - 1]:
            starts.append(at - 1)
            below_numbers = False
    tables: list[Table] = []
    for start, end in zip(starts, [*starts[1:], len(block)], strict=True):
        rows: list[list[Cell]] = []
        heads = 0
        for line in block[start:end]:
            if _is_divider(line):
                heads = heads or len(rows)
            elif not _RULE.fullmatch(line):
                rows.append([Cell(tidy(inline.plain(cell))) for cell in _divided(line, budget)])
        if rows:
            tables.append(Table(laid_out(rows, budget, blank_below=True), heads, caption))
    return tables


def _has_numbers(line: str) -> bool:
    """Whether a line has a number in its later cells, and so doesn't name columns."""
    cells = _BAR.split(line.strip().strip("|"))[1:]
    return any(re.match(r"[\s*_$]*[-+−]?\.?\d", one) for one in cells)


def _divided(line: str, budget: Budget) -> list[str]:
    stripped = line.strip()
    stripped = stripped.removeprefix("|")
    if stripped.endswith("|") and not stripped.endswith("\\|"):
        stripped = stripped[:-1]
    budget.take(stripped.count("|") + 1)
    return [cell.replace("\\|", "|").strip() for cell in _BAR.split(stripped)]
