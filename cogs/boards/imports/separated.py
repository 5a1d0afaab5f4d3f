"""Tables between commas, semicolons or tabs, and those that only blanks divide. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from bot.base.errors import InvalidInput
from cogs.boards.imports import inline
from cogs.boards.imports.grids import Budget, Cell, Pasted, Table, laid_out, tidy

_CITATION = re.compile(r" ?\[\d{1,4}(?:\s{0,3}[,;–-]\s{0,3}\d{1,4}){0,20}\]")
_NUMBER = r"(?:\d[\d.,]*|\.\d+)"
_VALUE = re.compile(
    rf"(?:[<>≤≥≈~∼]=?)?[-+−]?[$€£]?{_NUMBER}(?:%?[-–/]{_NUMBER})*(?:[eE][-+]?\d+)?"
    r"(?:[KMBGTkm]|[µm]?s|×|x|pp)?%?[*†‡§¶]*"
)
_WITH_SPREAD = re.compile(rf"(?:±|\+/-|\+-){_NUMBER}%?|\((?:±|[-+−])?{_NUMBER}%?\)")
_MISSING = frozenset(("-", "–", "—", "n/a", "n/r", "na", "nr", "oom", "n.a.", "✗", "–/–", "-/-"))
_MARK = re.compile(r"[*†‡§¶]{1,4}")
_TIMES = frozenset("x×·⋅")
_YEAR = re.compile(r"\((?:19|20)\d\d[a-z]?\)|(?:19|20)\d\d[a-z]?")
_TEN = re.compile(r"10\^?[-−⁻]?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]*")

LONGEST_LINE = 600
"""Characters of a line that blanks divide: a longer one is prose."""


def read(text: str) -> Pasted:
    """Return the table of a file or of copied text; no table where nothing divides columns."""
    lines = text.splitlines()
    filled = [line for line in lines if line.strip()]
    # Tabs first: what is copied from a spreadsheet has commas within its cells. More than half of
    # the lines, since captions come along without any.
    if sum("\t" in line for line in filled) * 2 > len(filled):
        return _between_tabs(lines)
    mark = max(";,", key=lambda one: _columns(filled, one))
    if _columns(filled, mark) > 1:
        found = _between(text, mark)
        if found is not None:
            return found
    return _between_blanks(lines)


def _columns(lines: Sequence[str], mark: str) -> int:
    """Return how many columns a mark seems to divide; 0 where only some lines have it."""
    if not lines or mark not in lines[0]:
        return 0
    having = sum(mark in line for line in lines)
    return lines[0].count(mark) + 1 if having * 2 >= len(lines) else 0


def _between_tabs(lines: Sequence[str]) -> Pasted:
    """Return the tables of a spreadsheet's cells; an empty line divides two of them."""
    budget = Budget()
    tables: list[Table] = []
    prose: list[str] = []
    block: list[list[Cell]] = []
    caption = ""

    def finish() -> None:
        nonlocal block, caption
        if len(block) > 1:
            _spread_out(block)
            tables.append(Table(laid_out(block, budget, blank_below=False), caption=caption))
            caption = ""
        elif block:
            prose.append(" ".join(cell.text for cell in block[0]).strip())
        block = []

    for line in lines:
        if "\t" in line:
            budget.take(line.count("\t") + 1)
            block.append([Cell(tidy(inline.plain(cell.strip('" ')))) for cell in line.split("\t")])
        elif line.strip() and block:
            block.append([Cell(tidy(inline.plain(line)))])
        elif line.strip():
            finish()
            caption = " ".join(line.split())[:600]
            prose.append(caption)
        else:
            finish()
    finish()
    return Pasted(tables, prose)


def _spread_out(block: list[list[Cell]]) -> None:
    """Put a head of two lines over its columns, where copying lost what its names span.

    The first line then has a name for the labels and one for each group, and the second has one
    for each column, but none for the labels.
    """
    if len(block) < 3:
        return
    groups, head, width = block[0], block[1], max(map(len, block[2:]))
    columns = width - 1
    names = all(cell.text and _VALUE.fullmatch(cell.text) is None for cell in (*groups, *head))
    if names and len(head) == columns and 1 < len(groups) <= columns // 2 + 1:
        each, rest = divmod(columns, len(groups) - 1)
        if not rest:
            head.insert(0, Cell())
            for cell in groups[1:]:
                cell.columns = each


def _between(text: str, mark: str) -> Pasted | None:
    """Return the table of a CSV file; None where the mark divides no columns after all.

    Raises InvalidInput for a file that the csv module cannot read, as with an endless quotation.
    """
    budget = Budget()
    rows: list[list[Cell]] = []
    caption: list[str] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                budget.take(len(row))
                rows.append([Cell(tidy(inline.plain(cell.strip()))) for cell in row])
    except csv.Error as error:
        raise InvalidInput(
            f"I can't read that as CSV (line {reader.line_num}: {error}). Is a quotation mark "
            "missing there?"
        ) from None
    while rows and len(rows[0]) == 1 and len(rows) > 2:
        # Exports put a title above the head, which is one cell of its own.
        caption.append(rows.pop(0)[0].text)
    # Prose has commas too, but hardly the same number in half of its lines.
    if not rows or sum(len(row) == len(rows[0]) for row in rows) * 2 < len(rows):
        return None
    said = " ".join(caption)[:600]
    table = Table(laid_out(rows, budget, blank_below=False), caption=said)
    return Pasted([table], [said] if said else [])


# Blanks


def _between_blanks(lines: Sequence[str]) -> Pasted:
    """Return a table as it comes out of a PDF: names, then numbers, with blanks between them.

    A line with fewer numbers than the others does not say which are missing: its numbers are put
    past the last column, where they have no name, and are asked about.
    """
    budget = Budget()
    plain = [
        _CITATION.sub("", line).strip() if len(line) <= LONGEST_LINE else " ".join(line.split())
        for line in lines
    ]
    plain = [line for line in plain if line]
    parted = [_parted(line, budget) for line in plain]
    first = next((at for at, one in enumerate(parted) if one is not None), None)
    if not first:
        return Pasted([], plain)
    widths = Counter(len(one[1]) for one in parted if one)
    words = len(plain[first - 1].split())
    fits = {words: 1, words - 1: 2}
    # As wide as most lines are; among equals, as wide as the head, which names the labels too.
    width = max(widths, key=lambda one: (widths[one], fits.get(one, 0), one))
    at = _head_at(plain[:first], width)
    named = _names(plain[at], width) if at is not None else None
    if named is None:
        at, named = None, ["", *(f"column {number}" for number in range(1, width + 1))]
    rows: list[list[Cell]] = [[Cell(named[0]), *map(Cell, _told_apart(named[1:]))]]
    prose = plain[: first if at is None else at]
    begun = first if at is None else at + 1
    for line, one in zip(plain[begun:], parted[begun:], strict=True):
        if one is None:
            row = _names(line, width) if _may_be_head(line, width) else None
            if row is not None:
                rows.append([Cell(name) for name in row])
            elif len(line.split()) <= 8:
                rows.append([Cell(tidy(line))])
            else:
                prose.append(line)
            continue
        label, cells = one
        # A label that is itself a number was a cell: this row has none, as under a label of two
        # rows.
        if len(cells) == width - 1 and _VALUE.fullmatch(label):
            label, cells = "", [label, *cells]
        # A PDF breaks a long label before its bracket, and its numbers come with the second line.
        if label.startswith("(") and len(rows) > 1 and len(rows[-1]) == 1:
            label = f"{rows.pop()[0].text} {label}"
        # Numbers that a label ends with, as in “Llama 2 7B 13”, belong to the label: cells count
        # from the right.
        if len(cells) > width:
            label = " ".join([label, *cells[: len(cells) - width]])
        kept = cells[-width:]
        padding = [""] * width if len(cells) < width else []
        rows.append([Cell(tidy(cell)) for cell in (label, *padding, *kept)])
    caption = next((line for line in prose if re.match(r"table\b", line, re.IGNORECASE)), "")
    table = Table(laid_out(rows, budget, blank_below=False), 1, caption[:600])
    return Pasted([table], prose)


def _head_at(above: Sequence[str], width: int) -> int | None:
    """Return which of the lines above the numbers names the columns; None where none does.

    Best a line with a name for the labels and one for each column; a shorter one may be a section.
    """
    near = range(max(0, len(above) - 3), len(above))
    for fits in (_may_be_head, _has_names):
        for at in reversed(near):
            if fits(above[at], width):
                return at
    return None


def _may_be_head(line: str, width: int) -> bool:
    if width > 1 and len(re.split(r"\s{2,}|\t", line)) in (width, width + 1):
        return True
    return len(_glued(line.split())) == width + 1 and not line.endswith(".")


def _has_names(line: str, width: int) -> bool:
    return width <= len(_glued(line.split())) <= width + 6 and not line.endswith(".")


def _names(line: str, width: int) -> list[str] | None:
    """Return the names of as many columns, and of the labels before them, from a line's words."""
    apart = re.split(r"\s{2,}|\t", line)
    for words in (apart if len(apart) > 1 else [], _glued(line.split())):
        if len(words) >= width and (len(words) <= width + 4 or words != line.split()):
            return [" ".join(words[:-width]), *words[-width:]]
    return None


def _glued(words: Sequence[str]) -> list[str]:
    """Return words, an arrow or a unit in brackets with the name before it."""
    glued: list[str] = []
    for word in words:
        if glued and re.fullmatch(r"[↑↓]|\([^()]{1,12}\)|\(?[↑↓]\)?", word):
            glued[-1] += f" {word}"
        else:
            glued.append(word)
    return glued


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return names, those that are there again with their number."""
    seen: Counter[str] = Counter()
    told: list[str] = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return told


def _parted(line: str, budget: Budget) -> tuple[str, list[str]] | None:
    """Return a line's label and the numbers at its end; None where it ends with none."""
    if len(line) > LONGEST_LINE:
        return None
    words = line.split()
    budget.take(len(words))
    cells: list[str] = []
    at = len(words)
    while at > 0:
        start = _cell_before(words, at)
        if start is None or start == 0:
            break
        cells.insert(0, " ".join(words[start:at]))
        at = start
    return (" ".join(words[:at]), cells) if cells and at else None


def _cell_before(words: Sequence[str], end: int) -> int | None:
    """Return where the cell begins that ends before a word; None where that is not a number."""
    at = end - 1
    word = words[at]
    # A citation's year, as in “Smith et al., 2019”, would be the row's first number.
    if _YEAR.fullmatch(word) and (word[0] == "(" or (at and words[at - 1].endswith(","))):
        return None
    if word.lower() in _MISSING or _VALUE.fullmatch(word):
        if at >= 2 and words[at - 1] in ("±", "+/-") and _VALUE.fullmatch(words[at - 2]):
            return at - 2
        # “3 × 10^6” comes out of a PDF as three words.
        if at >= 2 and _TEN.fullmatch(word) and words[at - 1] in _TIMES:
            return at - 2 if _VALUE.fullmatch(words[at - 2]) else None
        return at
    if _MARK.fullmatch(word) or word == "%":
        return _cell_before(words, at) if at else None
    if _WITH_SPREAD.fullmatch(word) and at and _VALUE.fullmatch(words[at - 1]):
        return at - 1
    if re.fullmatch(rf"{_VALUE.pattern}(?:±|\+/-|\(±?){_NUMBER}%?\)?", word):
        return at
    if word.endswith("]") and at >= 2 and words[at - 1].startswith("["):
        return at - 2 if _VALUE.fullmatch(words[at - 2]) else None
    if _WITH_SPREAD.fullmatch(word):
        return at
    return None
