"""Tables of claims: what each cell of a pasted table is, and the claims that it holds. Pure.

Every cell is accounted for: it is a name, was read as a claim or as the spread of one, is no claim
(text, a year, a count) or could not be read, with the reason. A *list* has a column for each
field, named in its first line (:mod:`~cogs.boards.imports.lists`); anything else is a *results
table*: names in the first columns and a number in each of the others, or the other way round.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct, field
from msgspec.structs import replace

from bot.base.errors import InvalidInput
from cogs.boards.imports import cells, formats, grids, lists, metrics
from cogs.boards.imports.cells import CellKind, CellReading, CellValue
from cogs.boards.imports.grids import Cell, Table
from cogs.boards.imports.metrics import Metric
from cogs.boards.ledger import rules
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.printed import ranges
from cogs.boards.printed.numbers import Printed
from data.states import Better, Criterion, SpreadKind

LARGEST = grids.CHARACTERS
"""Characters of a table that are read."""

UNKNOWN = "?"
"""The metric of a number whose column the table doesn't name."""

NEED = (
    "I need a line with the names of the columns and at least one below it, for example "
    "`statement | metric | reported` and `Base model, EN-DE | BLEU | 27.3`."
)


class Fate(StrEnum):
    """What became of one cell."""

    NAME = "name"
    READ = "read"
    SPREAD = "spread"
    NO_CLAIM = "no claim"
    NOT_READ = "not read"


class Account(Struct, frozen=True):
    """What became of one cell: ``reason`` says why it is no claim, or was not read.

    ``claims`` are the positions of the claims that it gave, among all of the import.
    """

    table: int
    row: int
    column: int
    text: str
    fate: Fate
    reason: str = ""
    claims: tuple[int, ...] = ()


class ClaimDraft(Struct, frozen=True):
    """A claim that was read, and where it stands: its table, row and metric, as they are called.

    ``note`` is what was printed beside the number; ``guessed`` tells that which way is better was
    told by the metric's name, not by the table. ``clash`` is the value that another cell gives for
    the same statement.
    """

    typed: TypedTerms
    table: int
    row: str
    metric: str
    note: str = ""
    guessed: bool = False
    clash: str | None = None


class Shown(Struct, frozen=True):
    """One table as the preview gives it back: cells by row and column, blank ones empty."""

    name: str
    caption: str
    rows: Sequence[Sequence[str]]


class Import(Struct, frozen=True):
    """All that a paste comes to."""

    drafts: Sequence[ClaimDraft]
    accounts: Sequence[Account] = ()
    tables: Sequence[Shown] = ()
    prose: Sequence[str] = ()
    is_list: bool = False

    @property
    def claims(self) -> list[TypedTerms]:
        """The claims, in the table's order."""
        return [draft.typed for draft in self.drafts]

    def count(self, fate: Fate) -> int:
        """Return how many cells have a fate."""
        return sum(account.fate is fate for account in self.accounts)


class MetricCorrection(Struct, frozen=True):
    """What a person says of a metric instead of what was read; None leaves it."""

    name: str | None = None
    better: Better | None = None
    no_better: bool = False
    spread_kind: SpreadKind | None = None


class Corrections(Struct, frozen=True):
    """What a person corrects in the preview.

    ``metrics`` and ``names`` are by what the import calls a metric and by the number of a table;
    ``rows`` are the only ones to take, by table and name, None for all.
    """

    metrics: Mapping[str, MetricCorrection] = field(default_factory=dict[str, MetricCorrection])
    names: Mapping[int, str] = field(default_factory=dict[int, str])
    rows: frozenset[tuple[int, str]] | None = None


def read(text: str) -> Import:
    """Return all that a paste comes to, every cell accounted for.

    Raises InvalidInput when it holds no table, has no numbers, or a line of a list is wrong.
    """
    pasted = formats.read(text)
    tables = [table for table in pasted.tables if len(table.rows) > 1]
    if not tables:
        raise InvalidInput(NEED)
    # A list first, since its head is exact: no results table has columns called “statement” and
    # “reported”.
    fields = lists.header([cell.text for cell in tables[0].rows[0]])
    if fields is not None:
        return _list(fields, tables[0])
    drafts: list[ClaimDraft] = []
    accounts: list[Account] = []
    shown: list[Shown] = []
    # One row is a line of text that happened to be divided, such as a caption with a bar in it.
    single = [table for table in pasted.tables if len(table.rows) == 1]
    prose = [*pasted.prose, *(" ".join(c.text for c in table.rows[0]) for table in single)]
    for number, table in enumerate(map(_without_signs, tables)):
        reader = _Reader(table, number, len(drafts))
        reader.run()
        drafts += reader.drafts
        accounts += reader.accounts()
        name = metrics.table_name(table.caption) or (
            f"table {number + 1}" if len(tables) > 1 else ""
        )
        shown.append(Shown(name, table.caption, _given_back(table)))
    if not drafts:
        unread = [f"“{one.text[:40]}”: {one.reason}." for one in accounts
                  if one.fate is Fate.NOT_READ]  # fmt: skip
        raise InvalidInput(
            "I find no numbers in that table. Its first line names the columns, its first column "
            "the rows, and the other cells are numbers as the paper prints them.\n"
            + "\n".join(unread[:5])
        )
    drafts = _with_gaps(drafts)
    return _told_apart(Import(drafts, accounts, shown, [line for line in prose if line]))


def parse(text: str) -> list[TypedTerms]:
    """Return the claims that a table holds, in its order; raises what :func:`read` raises."""
    return read(text).claims


def corrected(whole: Import, corrections: Corrections) -> Import:
    """Return an import as a person corrected it; rows that were not chosen give no claims."""
    drafts: list[ClaimDraft] = []
    for draft in whole.drafts:
        if corrections.rows is not None and (draft.table, draft.row) not in corrections.rows:
            continue
        typed = draft.typed
        changed = corrections.metrics.get(draft.metric)
        guessed = draft.guessed
        if changed is not None:
            if changed.name:
                # The statement was made of the metric's name; left as it was, the claim would say
                # one thing and be measured by another.
                statement = (typed.statement or "").replace(draft.metric, changed.name)
                typed = replace(typed, metric=changed.name, statement=statement)
            if changed.better is not None or changed.no_better:
                typed = replace(typed, better=changed.better)
                guessed = False
            if changed.spread_kind is not None and (typed.spread or _has_spread(typed.reported)):
                typed = replace(typed, spread_kind=changed.spread_kind)
        if (name := corrections.names.get(draft.table)) is not None:
            note = f"; {draft.note}" if draft.note else ""
            typed = replace(typed, place=f"{name}{note}"[: rules.PLACE_LIMIT] or None)
        drafts.append(replace(draft, typed=typed, guessed=guessed))
    return replace(whole, drafts=drafts)


def without(claims: Sequence[TypedTerms], statements: Sequence[str]) -> list[TypedTerms]:
    """Return the claims whose statement is not among those, each statement once."""
    seen = {statement.casefold() for statement in statements}
    fresh: list[TypedTerms] = []
    for claim in claims:
        statement = " ".join((claim.statement or "").split())
        if statement.casefold() not in seen:
            seen.add(statement.casefold())
            fresh.append(replace(claim, statement=statement))
    return fresh


def free_statement(statement: str, taken: Container[str]) -> str:
    """Return a statement with the lowest number that no other one of those has."""
    # As many numbers as a board has claims, and one over: so one is free.
    for number in range(2, rules.CLAIMS + 3):
        named = f"{statement[: rules.STATEMENT_LIMIT - 6]} ({number})"
        if named.casefold() not in taken:
            return named
    return statement


def unclear(claims: Sequence[TypedTerms]) -> int:
    """Return how many claims have no certain metric."""
    return sum(claim.metric == UNKNOWN for claim in claims)


def rows(text: str) -> list[list[str]]:
    """Return the cells of a text's first table; none where nothing divides columns."""
    pasted = formats.read(text)
    return _given_back(pasted.tables[0]) if pasted.tables else []


write = lists.write


def _has_spread(reported: str | None) -> bool:
    return reported is not None and "±" in reported


def _given_back(table: Table) -> list[list[str]]:
    """Return a table's texts; a cell that spans several places is in the first of them."""
    shown = [[""] * table.width for _ in table.rows]
    for row, column, cell in table.cells():
        shown[row][column] = cell.text
    return shown


def _list(fields: Sequence[str], table: Table) -> Import:
    drafts: list[ClaimDraft] = []
    accounts: list[Account] = []
    for at, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            known = column < len(fields) and fields[column] in lists.FIELDS
            if not cell.text:
                continue
            if at == 0:
                fate = Account(0, at, column, cell.text, Fate.NAME)
            elif known:
                fate = Account(0, at, column, cell.text, Fate.READ, claims=(at - 1,))
            else:
                fate = Account(0, at, column, cell.text, Fate.NO_CLAIM, "no field of a claim")
            accounts.append(fate)
        if at:
            typed = lists.read(fields, [cell.text for cell in row], at + 1)
            drafts.append(ClaimDraft(typed, 0, typed.statement or "", typed.metric or ""))
    return Import(drafts, accounts, [Shown("", table.caption, _given_back(table))], is_list=True)


def _with_gaps(drafts: Sequence[ClaimDraft]) -> list[ClaimDraft]:
    """Return claims with how far the nearest other number of the same metric lies from theirs.

    The ledger takes it for a margin where the paper gives neither a spread nor anything else: a
    difference that the paper itself takes for one between two methods.
    """
    numbers: dict[tuple[int, str, str | None], list[Decimal]] = defaultdict(list)
    own: list[Decimal | None] = []
    for draft in drafts:
        number = _number(draft.typed)
        own.append(number)
        if number is not None:
            numbers[draft.table, draft.metric, draft.typed.unit].append(number)
    near: dict[tuple[int, str, str | None], dict[Decimal, Decimal]] = {}
    for place, values in numbers.items():
        ordered = sorted(set(values))
        # Sorted once: comparing each number with each other one would be quadratic in a table of
        # thousands.
        steps = [after - before for before, after in pairwise(ordered)]
        near[place] = {
            value: min(steps[max(0, at - 1) : at + 1]) for at, value in enumerate(ordered) if steps
        }
    given: list[ClaimDraft] = []
    for draft, number in zip(drafts, own, strict=True):
        column = (draft.table, draft.metric, draft.typed.unit)
        gap = near[column].get(number) if number is not None else None
        if gap is not None:
            draft = replace(draft, typed=replace(draft.typed, gap=f"{gap:f}"))
        given.append(draft)
    return given


def _number(typed: TypedTerms) -> Decimal | None:
    """Return the number that a claim reports; None for a bound, a range and an unknown metric."""
    if typed.metric == UNKNOWN or typed.criterion is not None:
        return None
    reported = ranges.parse_reported(typed.reported or "")
    return reported.value if isinstance(reported, Printed) and not reported.about else None


def _told_apart(whole: Import) -> Import:
    """Give claims that say the same with another value statements of their own.

    The same with the same value is one claim, which both cells gave.
    """
    kept: list[ClaimDraft] = []
    place: dict[int, int] = {}
    seen: dict[str, list[int]] = defaultdict(list)
    for at, draft in enumerate(whole.drafts):
        statement = draft.typed.statement or ""
        others = seen[statement.casefold()]
        same = next(
            (one for one in others if kept[one].typed.reported == draft.typed.reported), None
        )
        if same is not None:
            place[at] = same
            continue
        if others:
            first = kept[others[0]].typed.reported
            # Kept and marked, not dropped: which of the two the paper means is for a person to see.
            named = f"{statement[: rules.STATEMENT_LIMIT - 5]} ({len(others) + 1})"
            draft = replace(draft, typed=replace(draft.typed, statement=named), clash=first)
        place[at] = len(kept)
        others.append(len(kept))
        kept.append(draft)
    accounts = [
        replace(one, claims=tuple(dict.fromkeys(place[claim] for claim in one.claims)))
        for one in whole.accounts
    ]
    return replace(whole, drafts=kept, accounts=accounts)


_Beside = tuple[Cell, str, SpreadKind | None]
"""A cell with the spread of the number before it, its column's name, and which spread that is."""


class _Block(Struct):
    """Rows below one head: ``labels`` leads each row's names, from the section it is in."""

    head: list[list[Cell]]
    rows: list[tuple[int, list[Cell], str]] = field(
        default_factory=list[tuple[int, list[Cell], str]]
    )
    below: dict[int, list[Cell]] = field(default_factory=dict[int, list[Cell]])


class _Reader:
    """Reads one table: divides it into blocks, gives its columns their part, makes the claims."""

    def __init__(self, table: Table, number: int, first: int) -> None:
        self.table = table
        self.number = number
        self.first = first
        self.drafts: list[ClaimDraft] = []
        # For the whole table: “1,234” alone may be a thousand or a little more than one, its
        # neighbours tell.
        comma = cells.has_decimal_comma(cell.text for _, _, cell in table.cells())
        self.readings: dict[int, CellReading] = {
            # By identity: a cell that spans three places is one cell, and two cells with the same
            # text are two.
            id(cell): cells.read(cell.text, decimal_comma=comma)
            for _, _, cell in table.cells()
        }
        self.fates: dict[int, tuple[Fate, str]] = {}
        self.given: dict[int, list[int]] = defaultdict(list)
        self.width = table.width
        self.comma = comma
        self.caption = table.caption

    def accounts(self) -> list[Account]:
        """Return what became of each cell with text in it."""
        told: list[Account] = []
        for row, column, cell in self.table.cells():
            if not cell.text:
                continue
            claims = tuple(self.given.get(id(cell), ()))
            if claims:
                fate, reason = Fate.READ, ""
            else:
                fate, reason = self.fates.get(id(cell), (Fate.NO_CLAIM, "text"))
            told.append(Account(self.number, row, column, cell.text, fate, reason, claims))
        return told

    def run(self) -> None:
        """Read the table."""
        for block in self._blocks():
            self._read_block(block)

    # Rows

    def _blocks(self) -> list[_Block]:
        heads = self._heads()
        blocks = [_Block([])]
        for at, row in enumerate(self.table.rows[:heads]):
            self._name(row)
            if at and self._counts_columns(row, self.table.rows[at - 1]):
                for cell in self._distinct(row[1:]):
                    self._set(cell, Fate.NO_CLAIM, "a count")
            else:
                blocks[0].head.append(row)
        section = ""
        last = max((at for at, row in enumerate(self.table.rows) if self._values(row)), default=0)
        for at, row in enumerate(self.table.rows[heads:], start=heads):
            block = blocks[-1]
            distinct = self._distinct(row)
            if not distinct:
                continue
            if not block.rows and self._are_sizes(row, at):
                for cell in distinct:
                    self._set(cell, Fate.NO_CLAIM, "a count")
            elif block.rows and self._is_below(row, block.rows[-1][1]):
                block.below[len(block.rows) - 1] = row
            elif self._is_section(row, distinct, at, last):
                self._name(row)
                section = distinct[0].text if at < last else section
            elif at < last and self._names_columns(row, at):
                self._name(row)
                if block.rows:
                    row = _continued(row, block.head)
                    block = _Block([])
                    blocks.append(block)
                    section = ""
                block.head.append(row)
            else:
                block.rows.append((at, row, section))
        return blocks

    def _name(self, row: Sequence[Cell]) -> None:
        for cell in row:
            self.fates[id(cell)] = (Fate.NAME, "")

    def _distinct(self, row: Sequence[Cell]) -> list[Cell]:
        """Return a row's cells with text, each once."""
        return [cell for cell in {id(cell): cell for cell in row}.values() if cell.text]

    def _values(self, row: Sequence[Cell]) -> list[Cell]:
        return [cell for cell in row[1:] if self.readings[id(cell)].kind is CellKind.VALUE]

    def _heads(self) -> int:
        """Return how many rows are the head."""
        rows = self.table.rows
        if self._is_headless():
            return 0
        # What the format says is the head, within reason: Markdown and HTML can mark the whole
        # table so.
        heads = max(1, min(self.table.heads, len(rows) - 1, 5))
        # A number with decimals names no column: the mark lies.
        if any(self._has_decimals(row) for row in rows[1:heads]):
            heads = 1
        while heads < len(rows) - 1 and (
            self._names_columns(rows[heads], heads, at_top=True) or self._is_over_names(heads)
        ):
            heads += 1
        return heads

    def _is_over_names(self, at: int) -> bool:
        """Whether a row's numbers, such as ``1%``, each stand over several names below them."""
        row, below = self.table.rows[at], self.table.rows[at + 1]
        values = self._values(row)
        return (
            bool(values)
            and at + 1 < len(self.table.rows) - 1
            and all(cell.columns > 1 for cell in values)
            and self._names_columns(below, at + 1, at_top=True)
        )

    def _are_sizes(self, row: Sequence[Cell], at: int) -> bool:
        """Whether a row without a name says how large each column's data is: ``392k``."""
        cells = self._distinct(row)
        named = [one for one in self.table.rows[at + 1 :] if one[0].text]
        return (
            not row[0].text
            and bool(named)
            and len(cells) > 1
            and all(_SIZE.fullmatch(cell.text) for cell in cells)
        )

    def _counts_columns(self, row: Sequence[Cell], above: Sequence[Cell]) -> bool:
        """Whether a row of the head has a size for each of the columns named above it."""
        cells = self._distinct(row[1:])
        named = len({id(cell) for cell in above[1:]}) == len(above) - 1
        return bool(cells) and named and all(
            self.readings[id(cell)].kind in (CellKind.VALUE, CellKind.MISSING) for cell in cells
        )  # fmt: skip

    def _has_decimals(self, row: Sequence[Cell]) -> bool:
        return any(
            "." in value.core for cell in row[1:] for value in self.readings[id(cell)].values
        )

    def _is_headless(self) -> bool:
        """Whether the first row already holds results, as where rows alone were pasted."""
        if self.table.heads:
            return False
        first = self._distinct(self.table.rows[0])[1:]
        values = [self.readings[id(cell)] for cell in first]
        return bool(values) and all(
            one.kind is CellKind.VALUE and "." in one.values[0].core for one in values
        )

    def _names_columns(self, row: Sequence[Cell], at: int, *, at_top: bool = False) -> bool:
        """Whether a row names columns: names over columns of numbers, and no number itself."""
        distinct = self._distinct(row)
        if self._values(row) or (len(distinct) == 1 and distinct[0] is row[0]):
            return False
        below = self.table.rows[at + 1 :]
        named = numeric = 0
        for column in range(1, self.width):
            cell = row[column]
            if self.readings[id(cell)].kind is not CellKind.TEXT:
                continue
            named += 1
            # Twelve rows are enough to see what a column holds; all of them for each row would be
            # quadratic.
            kinds = [self.readings[id(one[column])].kind for one in below[:12]]
            numeric += CellKind.VALUE in kinds or CellKind.UNREAD in kinds
        # Half at the top, where a head is expected; further down, where any row of text could be
        # one, every column has to agree.
        if at_top:
            return named > 0 and numeric * 2 >= named
        return named > 0 and numeric == named and (named > 1 or self.width == 2)

    def _is_section(
        self, row: Sequence[Cell], distinct: Sequence[Cell], at: int, last: int
    ) -> bool:
        """Whether a row is a title over those below, or a note under all of them."""
        if len(distinct) != 1:
            return False
        cell = distinct[0]
        if self.readings[id(cell)].kind not in (CellKind.TEXT, CellKind.UNREAD):
            return False
        spans = sum(one is cell for one in row)
        return row[0] is cell or spans > 1 or at > last

    def _is_below(self, row: Sequence[Cell], above: Sequence[Cell]) -> bool:
        """Whether a row holds, in brackets, the spreads of the row above it."""
        label = row[0]
        # A name of its own makes it a row of its own.
        if label.text and label is not above[0]:
            return False
        rest = [(one, up) for one, up in zip(row[1:], above[1:], strict=True)
                if one.text and one is not up]  # fmt: skip
        return bool(rest) and all(
            _BELOW.fullmatch(one.text.translate(_DASHES))
            and self.readings[id(up)].kind is CellKind.VALUE
            for one, up in rest
        )

    # Columns

    def _read_block(self, block: _Block) -> None:
        if not block.rows:
            return
        columns = self._column_names(block)
        labels = self._label_columns(block, columns)
        if self._is_turned(block, columns, labels):
            self._read_turned(block, columns, labels)
            return
        parts = self._parts(block, columns, labels)
        settings = self._need_settings(block, columns, labels)
        metric_at = next(
            (at for at in range(labels) if metrics.METRIC_COLUMN.fullmatch(columns[at])),
            self._arrowed(block, labels),
        )
        checks = [at for at in range(labels) if self._is_checks(block, at)]
        own = {
            at
            for at in range(labels)
            if at in checks or at == metric_at or metrics.is_setting(columns[at], whole=True)
        }
        unsaid = [] if len(own) >= labels - 1 else self._numberings(block, columns, labels)
        wholes = [self._column(block, at) for at in range(self.width)]
        texts: list[str] = []
        for index, (_, row, section) in enumerate(block.rows):
            # Papers print a name once and leave it blank in the rows that share it.
            texts = _inherited([cell.text for cell in row[:labels]], texts, checks, own)
            label = self._label(
                row, texts, section, columns, checks, parts, (metric_at, *unsaid), settings=settings
            )
            dataset = next(
                (text for text, column in zip(texts, columns, strict=False)
                 if metrics.DATASET_COLUMN.fullmatch(column) and text), None
            )  # fmt: skip
            for cell in row[:labels]:
                self._set(cell, Fate.NAME)
            if metrics.is_count(row[0].text) and metric_at is None:
                for cell in self._distinct(row[labels:]):
                    self._set(cell, Fate.NO_CLAIM, "a count")
                continue
            # A cell that spans columns comes up in each of them.
            done: set[int] = set()
            for at in range(labels, self.width):
                cell = row[at]
                if id(cell) in done or not cell.text:
                    continue
                done.add(id(cell))
                name, said = columns[at], ""
                if cell.columns > 1 and sum(one is cell for one in row) > 1:
                    name = self._joint_name(block, row, cell)
                if metric_at is not None:
                    said = "" if metrics.VALUE_COLUMN.fullmatch(name) else name
                    name = row[metric_at].text
                whose = ", ".join(filter(None, (label, said)))
                spread = self._beside(row, at, parts, columns, block.head)
                under = block.below.get(index)
                self._read_cell(
                    cell, whose, name, parts[at], spread, under[at] if under else None, dataset,
                    row_count=len(block.rows), column=wholes[at],
                )  # fmt: skip

    def _column(self, block: _Block, at: int) -> list[CellReading]:
        return [self.readings[id(row[at])] for _, row, _ in block.rows]

    def _column_names(self, block: _Block) -> list[str]:
        """Return each column's whole name, that of its group first."""
        filled = [self._filled(row, last=at == len(block.head) - 1, below=block.head[-1])
                  for at, row in enumerate(block.head)]  # fmt: skip
        named: list[str] = []
        for at in range(self.width):
            parts = [row[at] for row in filled if row[at]]
            name = " ".join(dict.fromkeys(_plain(part) for part in parts))
            unnamed = UNKNOWN if block.head else f"column {at}"
            named.append(name or ("" if at == 0 else unnamed))
        return named

    def _filled(self, row: Sequence[Cell], *, last: bool, below: Sequence[Cell]) -> list[str]:
        """Return a head's texts, the name of a group also over the blanks after it.

        Markdown cannot say that a name spans columns; where the names below are there twice, it
        has to.
        """
        texts = [cell.text for cell in row]
        under = [cell.text for cell in below[1:] if cell.text]
        if last or len(set(under)) == len(under):
            return texts
        for at in range(2, len(texts)):
            if not texts[at] and below[at].text and texts[at - 1]:
                texts[at] = texts[at - 1]
        return texts

    def _joint_name(self, block: _Block, row: Sequence[Cell], cell: Cell) -> str:
        """Return the name that the columns have together over which one number stands."""
        places = [at for at, one in enumerate(row) if one is cell]
        for head in block.head:
            over = {id(head[at]) for at in places}
            if len(over) == 1 and head[places[0]].text:
                return _plain(head[places[0]].text)
        return UNKNOWN

    def _label_columns(self, block: _Block, columns: Sequence[str]) -> int:
        """Return how many columns, from the left, hold names: the first, and those like it."""
        told = [at for at in range(1, self.width) if metrics.METRIC_COLUMN.fullmatch(columns[at])]
        for at in range(told[0] + 1 if told else self.width, self.width):
            if columns[at] and metrics.VALUE_COLUMN.fullmatch(columns[at]):
                return at
        for at in range(1, self.width):
            if self._is_checks(block, at):
                continue
            column = self._column(block, at)
            values = sum(one.kind is CellKind.VALUE for one in column)
            texts = sum(one.kind is CellKind.TEXT for one in column)
            whole = all(value.is_whole for one in column for value in one.values)
            setting = metrics.is_setting(columns[at], whole=whole) and self._later_numbers(
                block, columns, at
            )
            if (values and values >= texts and not setting) or not (values or texts):
                return at
        # No column of numbers was found: then the last is taken for one, so that what is there is
        # told cell by cell.
        return max(1, self.width - 1)

    def _numberings(self, block: _Block, columns: Sequence[str], labels: int) -> list[int]:
        """Return the columns before the last name that only number the rows: ranks, an index."""
        found: list[int] = []
        for at in range(labels - 1):
            texts = [row[at].text for _, row, _ in block.rows if row[at].text]
            counted = bool(texts) and all(text.isdecimal() for text in texts)
            named = not columns[at] or metrics.is_rank(columns[at])
            # Each once: a column in which numbers come twice says something about the rows.
            if counted and named and len({*texts}) == len(texts):
                found.append(at)
        return found

    def _is_checks(self, block: _Block, at: int) -> bool:
        """Whether a column says with marks which rows have something, as in an ablation."""
        texts = {row[at].text for _, row, _ in block.rows}
        return bool(texts & _CHECKED) and texts <= _CHECKED | _UNCHECKED

    def _later_numbers(self, block: _Block, columns: Sequence[str], at: int) -> bool:
        """Whether a column after this one holds numbers other than settings."""
        return any(
            not metrics.is_setting(columns[one], whole=True)
            and not metrics.is_count(columns[one])
            and any(reading.kind is CellKind.VALUE for reading in self._column(block, one))
            for one in range(at + 1, self.width)
        )  # fmt: skip

    def _parts(self, block: _Block, columns: Sequence[str], labels: int) -> list[str]:
        """Return what each column is for: a metric, a spread, or the reason why it is no claim."""
        parts: list[str] = ["name"] * labels
        for at in range(labels, self.width):
            column = [one for one in self._column(block, at) if one.kind is CellKind.VALUE]
            last = _last_name(block.head, at) or columns[at]
            whole = bool(column) and all(one.values[0].is_whole for one in column)
            grouped = any("," in row[at].text for _, row, _ in block.rows)
            years = (
                whole
                and not grouped
                and all(1900 <= int(one.values[0].core) <= 2100 for one in column)
            )
            before = columns[at - 1]
            if at > labels and (
                metrics.spread_kind(last) or metrics.spread_of(columns[at], before)
            ):
                parts.append("spread")
            elif metrics.is_year(columns[at]) and years:
                parts.append("a year")
            elif metrics.is_rank(columns[at]) and whole:
                parts.append("a rank")
            elif metrics.is_count(columns[at]) and whole:
                parts.append("a count")
            elif years and len(column) > 1 and not metrics.is_metric(columns[at]):
                parts.append("a year")
            elif column and metrics.is_setting(columns[at], whole=whole):
                parts.append("a setting")
            else:
                parts.append("metric")
        # A table of nothing but counts is one whose counts are the claims.
        if "metric" not in parts[labels:]:
            parts = ["metric" if part in ("a count", "a setting", "a rank") else part
                     for part in parts]  # fmt: skip
        return parts

    def _arrowed(self, block: _Block, labels: int) -> int | None:
        """Return the column of names that holds metrics, told by their arrows."""
        for at in range(1, labels):
            texts = [row[at].text for _, row, _ in block.rows if row[at].text]
            if texts and sum(metrics.arrow(text) is not None for text in texts) * 2 >= len(texts):
                return at
        return None

    def _is_turned(self, block: _Block, columns: Sequence[str], labels: int) -> bool:
        """Whether the rows are metrics and the columns are what was measured."""
        headed = metrics.METRIC_COLUMN.fullmatch(columns[0]) is not None
        if labels != 1 or (len(block.rows) < 2 and not headed):
            return False
        if any(metrics.is_metric(name) for name in columns[1:]):
            return False
        if headed:
            return True
        texts = [row[0].text for _, row, _ in block.rows]
        arrows = sum(metrics.arrow(text) is not None for text in texts)
        known = sum(metrics.is_metric(text) for text in texts)
        # With an arrow half of the names are enough; without one two thirds, since “Base” or
        # “Large” may look like a metric.
        return (arrows > 0 and known * 2 >= len(texts)) or known * 3 >= len(texts) * 2

    def _read_turned(self, block: _Block, columns: Sequence[str], labels: int) -> None:
        for index, (_, row, section) in enumerate(block.rows):
            self._set(row[0], Fate.NAME)
            if metrics.is_count(row[0].text):
                for cell in self._distinct(row[labels:]):
                    self._set(cell, Fate.NO_CLAIM, "a count")
                continue
            done: set[int] = set()
            under = block.below.get(index)
            for at in range(labels, self.width):
                cell = row[at]
                if id(cell) in done or not cell.text:
                    continue
                done.add(id(cell))
                if metrics.spread_kind(columns[at]) is not None and at > labels:
                    continue
                spread = None
                if at + 1 < self.width and metrics.spread_kind(columns[at + 1]) is not None:
                    spread = (row[at + 1], columns[at + 1], metrics.spread_kind(columns[at + 1]))
                who = "" if metrics.VALUE_COLUMN.fullmatch(columns[at]) else columns[at]
                label = ", ".join(filter(None, (section, who)))
                column = [self.readings[id(one)] for one in row[labels:]]
                self._read_cell(
                    cell, label, row[0].text, "metric", spread, under[at] if under else None, None,
                    row_count=self.width, column=column,
                )  # fmt: skip

    def _need_settings(self, block: _Block, columns: Sequence[str], labels: int) -> bool:
        """Whether the rows' names alone don't tell them apart, so that their settings have to."""
        if metrics.is_setting(columns[0], whole=True):
            return True
        plain = [at for at in range(labels) if not metrics.is_setting(columns[at], whole=True)]
        named = [(section, *(row[at].text for at in plain)) for _, row, section in block.rows]
        return len(set(named)) < len(named)

    def _label(
        self,
        row: Sequence[Cell],
        texts: Sequence[str],
        section: str,
        columns: Sequence[str],
        checks: Sequence[int],
        parts: Sequence[str],
        unsaid: Container[int | None],
        *,
        settings: bool,
    ) -> str:
        """Return what a row is called: its section, its names, and how it was set up."""
        called: list[str] = []
        set_up: list[str] = []
        labels = len(texts)
        for at in range(len(row)):
            text = _plain(texts[at] if at < labels else row[at].text)
            if not text or at in unsaid or at in checks or text.casefold() == "none":
                continue
            number = self.readings[id(row[at])].kind is CellKind.VALUE
            if at < labels and not (number and metrics.is_setting(columns[at], whole=True)):
                called.append(text)
            elif settings and (parts[at] == "a setting" or (at < labels and number)):
                set_up.append(metrics.set_to(columns[at], text))
        checked = " + ".join(columns[at] for at in checks if row[at].text in _CHECKED)
        if checks and not checked and not called:
            checked = f"none of {', '.join(columns[at] for at in checks)}"
        label = " ".join(dict.fromkeys(called))
        return ", ".join(filter(None, (_plain(section), label, checked, *set_up)))

    def _beside(
        self,
        row: Sequence[Cell],
        at: int,
        parts: Sequence[str],
        columns: Sequence[str],
        head: Sequence[Sequence[Cell]],
    ) -> _Beside | None:
        """Return the spread in the next column, with that column's name and what it is."""
        if at + 1 < self.width and parts[at + 1] == "spread" and row[at + 1] is not row[at]:
            last = _last_name(head, at + 1)
            kind = metrics.spread_kind(last) or metrics.spread_of(columns[at + 1], columns[at])
            return row[at + 1], last, kind
        return None

    # Cells

    def _set(self, cell: Cell, fate: Fate, reason: str = "") -> None:
        self.fates[id(cell)] = (fate, reason)

    def _read_cell(
        self,
        cell: Cell,
        label: str,
        name: str,
        part: str,
        spread: _Beside | None,
        under: Cell | None,
        dataset: str | None,
        *,
        row_count: int,
        column: Sequence[CellReading],
    ) -> None:
        """Account for one cell among the numbers, and make its claims."""
        reading = self.readings[id(cell)]
        if id(cell) in self.given or (part == "spread" and id(cell) in self.fates):
            return
        match reading.kind:
            case CellKind.MISSING:
                self._set(cell, Fate.NO_CLAIM, "not reported")
                return
            case CellKind.TEXT:
                self._set(cell, Fate.NO_CLAIM, "text")
                return
            case CellKind.UNREAD:
                self._set(cell, Fate.NOT_READ, reading.reason)
                return
            case CellKind.EMPTY | CellKind.VALUE:
                pass
        if part not in ("metric", "spread"):
            self._set(cell, Fate.NO_CLAIM, part)
            return
        if part == "spread":
            self._set(cell, Fate.NOT_READ, "a spread without a number beside it")
            return
        metric = metrics.metric(name)
        several = metrics.pair(metric.name, reading.parts) if reading.parts > 1 else None
        # “9/10” may be nine of ten. That it is two numbers is only certain under a name with a bar
        # in it, such as “EM/F1”.
        if several and "/" not in name and all(value.is_whole for value in reading.values):
            self._set(cell, Fate.NOT_READ, "it may be a share or two numbers: write it as a number")
            return
        if several is None and name == UNKNOWN:
            metric = Metric(UNKNOWN)
        beside = self._spread_of(spread, under)
        for number, value in enumerate(reading.values):
            own = metric
            if several is not None:
                own = metrics.metric(several[reading.places[number]])
                own = replace(own, better=metric.better if not metric.guessed else own.better,
                              power=metric.power, beside=metric.beside)  # fmt: skip
            full = self._with_spread(value, own, beside, row_count, column)
            self._draft(cell, label, own, full, dataset)

    def _spread_of(
        self, spread: _Beside | None, under: Cell | None
    ) -> tuple[str, SpreadKind | None] | None:
        """Return the spread that another cell gives, and account for that cell."""
        if spread is not None and (reading := self.readings[id(spread[0])]).kind is CellKind.VALUE:
            self._set(spread[0], Fate.SPREAD)
            kind = None if metrics.is_bare_plus_minus(spread[1]) else spread[2]
            return reading.values[0].core.rstrip("% "), kind
        if spread is not None and (inner := _BELOW.fullmatch(spread[0].text.translate(_DASHES))):
            self._set(spread[0], Fate.SPREAD)
            return self._bracketed(inner, spread[2])
        if under is not None and under.text:
            inner = _BELOW.fullmatch(under.text.translate(_DASHES))
            if inner is None:
                return None
            # Economists print t statistics in the same brackets: as a spread they would make every
            # claim look sure or hopeless.
            if re.search(r"\bt[- ](?:stat|values?)", self.caption, re.IGNORECASE):
                self._set(under, Fate.NO_CLAIM, "a t statistic")
                return None
            self._set(under, Fate.SPREAD)
            return self._bracketed(inner, metrics.spread_in(self.caption) or SpreadKind.ERROR)
        return None

    def _bracketed(
        self, inner: re.Match[str], kind: SpreadKind | None
    ) -> tuple[str, SpreadKind | None] | None:
        first = cells.plain_digits(inner["first"].lstrip("+"), decimal_comma=self.comma)
        if inner["second"] is None:
            return (first, kind) if first is not None else None
        second = cells.plain_digits(inner["second"].lstrip("+"), decimal_comma=self.comma)
        if first is None or second is None:
            return None
        # Half the width: that is what ± says, also where the interval is not even.
        return f"{abs(Decimal(second) - Decimal(first)) / 2:f}", SpreadKind.INTERVAL

    def _with_spread(
        self,
        value: CellValue,
        metric: Metric,
        beside: tuple[str, SpreadKind | None] | None,
        row_count: int,
        column: Sequence[CellReading],
    ) -> CellValue:
        """Return a number with its spread, from wherever the table gives it."""
        if value.inside is not None:
            value = self._inside(value, metric, row_count, column)
        if value.spread is None and beside is not None:
            value = replace(value, spread=beside[0], kind=beside[1])
        if value.spread is not None and value.kind is None:
            value = replace(value, kind=metrics.spread_in(self.caption))
        return value

    def _inside(
        self, value: CellValue, metric: Metric, row_count: int, column: Sequence[CellReading]
    ) -> CellValue:
        """Decide what the number in brackets after another one is."""
        inside = value.inside or ""
        note = replace(value, inside=None, notes=(*value.notes, f"({inside})"))
        if isinstance(metric.beside, SpreadKind):
            return replace(value, inside=None, spread=inside, kind=metric.beside)
        if metric.beside is not None:
            return replace(value, inside=None, notes=(*value.notes, f"{metric.beside} {inside}"))
        decimals = re.search(r"\.(\d+)", value.core)
        if inside.isdecimal() and decimals is not None:
            # “97.4(3)” counts in the last digit (ISO/IEC Guide 98-3, 7.2.2); “97.4 (3)” may be a
            # rank.
            if value.glued:
                places = len(decimals[1])
                return replace(value, inside=None, spread=f"{Decimal(inside).scaleb(-places):f}")
            numbers = [int(one.inside) for reading in column for one in reading.values
                       if one.inside is not None and one.inside.isdecimal()]  # fmt: skip
            # Different whole numbers up to the count of rows are the ranks of those rows.
            if len(numbers) > 1 and max(numbers) <= row_count and len(set(numbers)) > 1:
                return note
        return replace(value, inside=None, spread=inside)

    def _draft(
        self, cell: Cell, label: str, metric: Metric, value: CellValue, dataset: str | None
    ) -> None:
        """Make one claim, or say why the ledger does not take its number."""
        core, spread = value.core, value.spread
        if metric.power:
            core = f"{core} × 10{metrics.superscript(metric.power)}"
            exact = cells.decimal(spread) if spread is not None else None
            spread = f"{exact.scaleb(metric.power):f}" if exact is not None else None
        named = metric.name or "value"
        about = core if named == UNKNOWN else named
        reported = core
        if spread is not None and value.kind is None and not metric.power:
            reported, spread = f"{core} ± {spread}", None
        note = ", ".join(value.notes)
        place = metrics.table_name(self.caption)
        typed = TypedTerms(
            statement=_statement(label, about),
            metric=named[: rules.METRIC_LIMIT],
            reported=reported,
            spread=spread,
            spread_kind=value.kind if spread is not None else None,
            better=metric.better or self._better_in_caption(),
            place="; ".join(filter(None, (place, f"printed {note}" if note else None)))[
                : rules.PLACE_LIMIT
            ] or None,
            dataset=(dataset or metrics.dataset(named) or metrics.dataset(self.caption) or "")[
                : rules.PLACE_LIMIT
            ] or None,
            runs=value.runs or metrics.runs(self.caption),
            unit=value.unit,
        )  # fmt: skip
        # A share of zero is zero: only a distance can say how near is near enough.
        if value.is_zero:
            typed = replace(typed, criterion=Criterion.ABSOLUTE, tolerance=_tolerance(value))
        try:
            ranges.parse_reported(reported)
            if named != UNKNOWN:
                # By the ledger's own rules, so that what the preview shows is what it takes.
                rules.check_terms(typed)
        except InvalidInput as error:
            self._set(cell, Fate.NOT_READ, error.sentence)
            return
        self.given[id(cell)].append(self.first + len(self.drafts))
        self.drafts.append(
            ClaimDraft(typed, self.number, label, metric.name, note, guessed=metric.guessed)
        )

    def _better_in_caption(self) -> Better | None:
        return metrics.arrow(self.caption)


_CHECKED = frozenset(("✓", "✔", "√", "☑", "•"))
_UNCHECKED = frozenset(("", "✗", "✘", "×", "-", "–", "—", "☐"))
_SIGNS_ALONE = frozenset(("±", "+/-", "↑", "↓"))
_SIZE = re.compile(r"\d+(?:\.\d+)?[kKMB]|\d{1,3}(?:,\d{3})+|\d{3,}")
_DASHES = str.maketrans("−–", "--")
_BELOW = re.compile(
    r"(?:[(\[]\s?(?:±\s?)?(?P<first>[-+]?(?:\d[\d.,]*|\.\d+))\s?%?"
    r"(?:\s?(?:,|;|-|to)\s?(?P<second>[-+]?(?:\d[\d.,]*|\.\d+))\s?%?)?\s?[)\]]"
    r"|±\s?(?P<bare>\d[\d.,]*|\.\d+)\s?%?)(?:\*{1,4})?"
)
_CITATION = re.compile(r" ?\^? ?\[\d{1,4}(?:\s{0,3}[,;–-]\s{0,3}\d{1,4}){0,20}\]")
_MARKS = re.compile(r"\^[*†‡§¶]+|(?<=\w\w)\^[a-z0-9]{1,2}\b|[†‡§¶]+")


def _plain(text: str) -> str:
    """Return a name without citations and the marks of notes."""
    return " ".join(_MARKS.sub("", _CITATION.sub("", text)).split())


def _continued(row: Sequence[Cell], head: Sequence[Sequence[Cell]]) -> list[Cell]:
    """Return a head further down, with the names of the head above where it leaves a blank."""
    if not head:
        return [*row]
    return [head[-1][at] if at and not cell.text else cell for at, cell in enumerate(row)]


def _inherited(
    texts: list[str], above: Sequence[str], checks: Container[int], own: Container[int]
) -> list[str]:
    """Return a row's names, those from above for the blanks before its own first one.

    What it has of its ``own`` where it is blank is nothing: no mark, no setting.
    """
    first = next((at for at, text in enumerate(texts) if text and at not in checks), 0)
    return [
        above[at] if at < first and not text and at < len(above) and at not in own else text
        for at, text in enumerate(texts)
    ]


def _without_signs(table: Table) -> Table:
    """Return a table without columns of nothing but ± or arrows; an arrow joins the cell before.

    Evaluation harnesses print such columns between a metric, its value and its error.
    """
    begun = max(1, table.heads)
    alone = [
        at
        for at in range(1, table.width)
        if (texts := {row[at].text for row in table.rows[begun:]} - {""})
        and texts <= _SIGNS_ALONE
        and not any(row[at].text for row in table.rows[:begun])
    ]
    for at in alone:
        for row in table.rows[begun:]:
            if row[at].text in ("↑", "↓"):
                row[at - 1].text += f" {row[at].text}"
    kept = [at for at in range(table.width) if at not in alone]
    return replace(table, rows=[[row[at] for at in kept] for row in table.rows])


def _last_name(head: Sequence[Sequence[Cell]], at: int) -> str:
    """Return a column's own name, the lowest of its head."""
    return next((row[at].text for row in reversed(head) if row[at].text), "")


def _statement(label: str, about: str) -> str:
    room = rules.STATEMENT_LIMIT - len(about) - 3
    short = label if len(label) <= room else f"{label[: max(0, room - 1)]}…"
    return (f"{short}: {about}" if short else about)[: rules.STATEMENT_LIMIT]


def _tolerance(value: CellValue) -> str:
    """Return how far from a printed zero ours may lie: its spread, else one unit of its digits."""
    if value.spread is not None and (spread := cells.decimal(value.spread)):
        return f"{spread:f}"
    decimals = re.search(r"\.(\d+)", value.core)
    return f"{Decimal(1).scaleb(-len(decimals[1])):f}" if decimals else "1"
