"""Tables as rows of cells, whatever format they were written in. Pure.

Every reader of a format returns these, and loses no cell: what a table means is decided later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from bot.base.errors import InvalidInput

CHARACTERS = 200_000
"""Characters of a file or a paste that are read."""

CELLS = 4_000
"""Cells of all tables in one import: a board holds 200 claims, and no page prints more."""

WIDEST = 100
"""The most columns of a table."""

LONGEST_CELL = 2_000
"""Characters of one cell: a longer one is prose that was taken for a table."""


class Cell(Struct, eq=False):
    """One cell, as plain text; it may span columns and rows.

    ``negative`` tells that it spans the rows above it, as LaTeX's ``\\multirow{-2}`` does.
    """

    text: str = ""
    columns: int = 1
    rows: int = 1
    negative: bool = False


class Table(Struct):
    """A table as written: ``rows`` hold a cell in each column, one that spans several in each.

    ``heads`` is how many rows the format itself marks as the head, 0 where it doesn't say.
    ``caption`` is what stands above or below it; ``rules`` are the rows with a line above them.
    """

    rows: list[list[Cell]]
    heads: int = 0
    caption: str = ""
    rules: frozenset[int] = field(default_factory=frozenset[int])

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.rows[0]) if self.rows else 0

    def cells(self) -> Iterator[tuple[int, int, Cell]]:
        """Yield each cell once, at its first row and column, in reading order."""
        seen: set[int] = set()
        for at, row in enumerate(self.rows):
            for column, cell in enumerate(row):
                if id(cell) not in seen:
                    seen.add(id(cell))
                    yield at, column, cell


class Pasted(Struct):
    """What was pasted: its tables, and the lines around them that belong to none."""

    tables: list[Table]
    prose: list[str]


class Budget:
    """Counts cells while they are read, so that what is too much is refused before it is built."""

    def __init__(self) -> None:
        self._left = CELLS

    def take(self, cells: int = 1) -> None:
        """Raise InvalidInput once there are more cells than one import may have."""
        self._left -= cells
        if self._left < 0:
            raise InvalidInput(
                f"That has more than {CELLS} cells. Import it in parts, for example one table at "
                "a time."
            )


def laid_out(
    written: Iterable[Sequence[Cell]], budget: Budget, *, blank_below: bool
) -> list[list[Cell]]:
    """Return rows of equal width, with a cell that spans in every place that it covers.

    ``blank_below`` tells that the format still writes a blank cell in the rows that one from above
    covers, as LaTeX does; HTML leaves it out. Raises InvalidInput for a table that is too large.
    """
    rows: list[list[Cell | None]] = []
    covering: dict[int, tuple[Cell, int]] = {}
    for given in written:
        row: list[Cell | None] = []
        for cell in given:
            while not blank_below and len(row) in covering:
                _cover(row, covering)
            if blank_below and len(row) in covering and not cell.text:
                for _ in range(min(cell.columns, WIDEST)):
                    if len(row) in covering:
                        _cover(row, covering)
                    else:
                        row.append(cell)
                continue
            start = len(row)
            span = max(1, min(cell.columns, WIDEST - start))
            budget.take(span)
            if start >= WIDEST:
                raise InvalidInput(
                    f"A table can have {WIDEST} columns, and that has more. Import it in parts."
                )
            row += [cell] * span
            for column in range(start, start + span):
                covering.pop(column, None)
                if cell.rows > 1 and not cell.negative:
                    covering[column] = (cell, min(cell.rows, CELLS) - 1)
            # LaTeX writes such a cell in the last of its rows, and blanks in those above.
            if cell.negative:
                _cover_above(rows, start, span, cell)
        while not blank_below and len(row) in covering:
            _cover(row, covering)
        rows.append(row)
    width = max((len(row) for row in rows), default=0)
    # Before the blanks are made: a row of 100 cells above 3,900 rows of one would make nearly
    # 400,000.
    budget.take(sum(width - len(row) for row in rows))
    return [[*(cell or Cell() for cell in row), *(Cell() for _ in range(width - len(row)))]
            for row in rows]  # fmt: skip


def _cover(row: list[Cell | None], covering: dict[int, tuple[Cell, int]]) -> None:
    """Put the cell from above into the next place of a row."""
    cell, left = covering.pop(len(row))
    if left > 1:
        covering[len(row)] = (cell, left - 1)
    row.append(cell)


def _cover_above(rows: list[list[Cell | None]], start: int, span: int, cell: Cell) -> None:
    """Put a cell into the blank places above it that it spans."""
    for row in rows[max(0, len(rows) - cell.rows + 1) :]:
        for column in range(start, min(start + span, len(row))):
            present = row[column]
            if present is None or not present.text:
                row[column] = cell
    cell.rows = 1


def tidy(text: str) -> str:
    """Return a text on one line; raises InvalidInput for one that no cell of a table holds."""
    line = " ".join(text.split())
    if len(line) > LONGEST_CELL:
        raise InvalidInput(
            f"One cell of that has {len(line)} characters: it looks like prose. Paste the table "
            "alone."
        )
    return line
