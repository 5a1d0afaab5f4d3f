"""What a pasted table comes to, as the pages of a message: the table back, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from bot.base.wording import clip, escape, one_line
from bot.ui import theme
from cogs.boards.imports.tables import UNKNOWN, Account, ClaimDraft, Fate, Import
from cogs.boards.ledger.cards import judged
from data.boards.claims import ClaimTerms
from data.states import Better, SpreadKind

PAGE = 1850
"""Characters of one page: a message takes 2,000, and the line about pages needs some."""

COLUMN = 18
"""Characters of one cell in the table that is given back."""

WIDE = 92
"""Characters of one of its lines: what a wide window of Discord shows of code without breaking."""

BETTER = {Better.HIGHER: "higher is better", Better.LOWER: "lower is better"}
SPREADS = {
    SpreadKind.DEVIATION: "standard deviation",
    SpreadKind.ERROR: "standard error",
    SpreadKind.INTERVAL: "half of the 95 % interval",
    SpreadKind.RANGE: "half of the range",
}
_OF_ITS_OWN = "It gets a name of its own, with a number."
_LEFT_OUT = "It is left out: change its statement to add it, or edit the claim on the board."
MARKS = {Fate.READ: "✓", Fate.SPREAD: "±", Fate.NAME: "", Fate.NO_CLAIM: "·", Fate.NOT_READ: "✗"}


class Present(Struct, frozen=True):
    """What the board says already: which of the drafts are there, and there with another value."""

    same: Sequence[str] = ()
    other: Sequence[tuple[str, str, str]] = ()


def pages(whole: Import, terms: Sequence[ClaimTerms], present: Present) -> list[str]:
    """Return the pages of a preview: what was read and what not, the tables, the claims."""
    first = [_headline(whole), *_tally(whole), *_problems(whole, present), *_metrics(whole)]
    made = _filled(first)
    for table in _given_back(whole):
        made = _added(made, table)
    claims = [
        f"• {one_line(one.statement, 110)} · **{escape(_printed(one))}** · {judged(one)}"
        for one in terms
    ]
    for page in _filled(["**The claims**", *claims] if claims else []):
        made = _added(made, page)
    return made


def _headline(whole: Import) -> str:
    claims = theme.count(len(whole.drafts), "claim")
    unclear = sum(draft.typed.metric == UNKNOWN for draft in whole.drafts)
    if unclear:
        numbers = "1 number stands" if unclear == 1 else f"{unclear} numbers stand"
        return (
            f"That is {claims}, but {numbers} in a line with fewer numbers than columns: which is "
            "which? Press *Correct them*, and write the metric in place of each `?`."
        )
    if not whole.drafts:
        return "No row is chosen, so there is nothing to add. Choose rows below."
    return f"That is {claims}. Add them, or correct them first?"


def _tally(whole: Import) -> list[str]:
    """Say how many cells there are, and what became of them."""
    if whole.is_list:
        return []
    counts = Counter(account.fate for account in whole.accounts)
    reasons = Counter(one.reason for one in whole.accounts if one.fate is Fate.NO_CLAIM)
    parts = [f"{counts[Fate.READ]} read", f"{counts[Fate.NAME]} names"]
    if counts[Fate.SPREAD]:
        parts.append(f"{counts[Fate.SPREAD]} spreads")
    if reasons:
        said = ", ".join(f"{number} × {reason}" for reason, number in reasons.most_common(6))
        parts.append(f"{counts[Fate.NO_CLAIM]} not a claim ({said})")
    parts.append(f"{counts[Fate.NOT_READ]} not read")
    names = [table.name for table in whole.tables if table.name]
    of = f" of {', '.join(names)}" if names else ""
    return [f"-# {theme.count(len(whole.accounts), 'cell')}{escape(of)}: {' · '.join(parts)}"]


def _problems(whole: Import, present: Present) -> list[str]:
    """Name the cells that could not be read, and the statements that are there twice."""
    lines = [f"✗ {_where(one)} “{one_line(one.text, 40)}”: {escape(one.reason)}"
             for one in whole.accounts if one.fate is Fate.NOT_READ]  # fmt: skip
    lines += [
        f"⚠ {one_line(draft.typed.statement or '', 90)} is **{escape(draft.typed.reported or '')}**"
        f", but another row of the same name says {escape(draft.clash)}."
        for draft in whole.drafts
        if draft.clash is not None
    ]
    lines += [
        f"⚠ {one_line(statement, 90)}: the board says {escape(there)}, this table {escape(here)}. "
        + (_LEFT_OUT if whole.is_list else _OF_ITS_OWN)
        for statement, there, here in present.other
    ]
    if present.same:
        lines.append(f"{theme.count(len(present.same), 'claim')} of them are on the board already.")
    captions = {table.caption for table in whole.tables}
    prose = [line for line in whole.prose if line not in captions]
    if prose:
        around = "; ".join(one_line(line, 60) for line in prose[:4])
        lines.append(f"-# Around the table, not part of it: {around}")
    return lines


def _metrics(whole: Import) -> list[str]:
    """Say which way each metric is better, and what its spread is."""
    if whole.is_list:
        return []
    lines: list[str] = []
    for name, draft in metrics(whole).items():
        said = (
            BETTER[draft.typed.better] if draft.typed.better else "which way is better isn’t said"
        )
        if draft.guessed and draft.typed.better:
            said += " (by its name)"
        kind = draft.typed.spread_kind
        spread = draft.typed.spread is not None or "±" in (draft.typed.reported or "")
        if spread:
            said += f"; ± is the {SPREADS[kind]}" if kind else "; what ± is isn’t said"
        lines.append(f"**{one_line(name, 60)}**: {said}")
    return lines


def metrics(whole: Import) -> dict[str, ClaimDraft]:
    """Return the metrics of an import, each with a claim of it, one with a spread if any has."""
    found: dict[str, ClaimDraft] = {}
    for draft in whole.drafts:
        spread = draft.typed.spread is not None or "±" in (draft.typed.reported or "")
        if draft.metric not in found or (spread and found[draft.metric].typed.spread is None):
            found[draft.metric] = draft
    return found


def _given_back(whole: Import) -> list[str]:
    """Return each table as code, each cell with a mark for what became of it."""
    if whole.is_list:
        return []
    fates = {(one.table, one.row, one.column): one.fate for one in whole.accounts}
    shown: list[str] = []
    for number, table in enumerate(whole.tables):
        rows = [
            [_marked(text, fates.get((number, at, column))) for column, text in enumerate(row)]
            for at, row in enumerate(table.rows)
        ]
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        name = f"**{one_line(table.name, 60)}** " if table.name else ""
        head = f"{name}✓ read, ± spread, · not a claim, ✗ not read"
        clipped = [clip(line.replace("```", "'''"), WIDE) for line in lines]
        shown += [f"{head}\n```\n{block}\n```" for block in _filled(clipped, PAGE - 120)]
    return shown


def _marked(text: str, fate: Fate | None) -> str:
    short = text if len(text) <= COLUMN else f"{text[: COLUMN - 1]}…"
    return f"{short} {MARKS[fate]}".strip() if fate is not None and text else short


def _where(account: Account) -> str:
    return f"row {account.row + 1}, column {account.column + 1}"


def _printed(terms: ClaimTerms) -> str:
    return f"{terms.reported} ± {terms.spread}" if terms.spread is not None else terms.reported


def _filled(lines: Sequence[str], limit: int = PAGE) -> list[str]:
    """Return lines on as few pages as hold them."""
    made: list[str] = []
    for line in lines:
        made = _added(made, line[:limit], limit)
    return made


def _added(made: list[str], text: str, limit: int = PAGE) -> list[str]:
    """Put a text on the last page, or on a new one where it doesn't fit."""
    if made and len(made[-1]) + 1 + len(text) <= limit:
        return [*made[:-1], f"{made[-1]}\n{text}"]
    return [*made, text]
