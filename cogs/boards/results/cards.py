"""What results files look like as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardLayout
from cogs.boards.results.results_files import FIELDS, FileResult
from cogs.boards.results.service import Fresh, Logged, SeenFile
from cogs.boards.wording import short
from data.boards.claims import Claim

SHOWN = 12
"""How many results a message lists."""


def changed(seen: SeenFile, buttons: Sequence[ui.Item[Any]]) -> Content:
    """Tell that a watched results file has something new, and offer to log it."""
    at = f" at commit `{theme.escape(seen.file.revision[:12])}`" if seen.file.revision else ""
    head = f"🔗 **{short(seen.link.label, 80)}** has something new{at}"
    items: list[ui.Item[Any]] = [ui.TextDisplay(_body(head, seen.fresh))]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Content(view=CardLayout(*items))


def preview(fresh: Fresh) -> str:
    """Show what is new in an attached results file, before anything is logged."""
    if not fresh.results and not fresh.unknown:
        return "Everything in that file is on the board already."
    return _body("In that file", fresh)


def _body(head: str, fresh: Fresh) -> str:
    count = theme.count(len(fresh.results), "new result")
    lines = [f"{head}: {count}."]
    lines += [_line(claim, result) for claim, result in fresh.results[:SHOWN]]
    if len(fresh.results) > SHOWN:
        lines.append(f"-# … and {len(fresh.results) - SHOWN} more")
    if fresh.unknown:
        names = ", ".join(f"“{short(one, 30)}”" for one in fresh.unknown[:5])
        lines.append(f"-# The board has no claim called {names}: add it, or correct the file.")
    if fresh.results:
        lines.append("-# Nothing is logged until somebody presses *Log them*; it is then theirs.")
    return theme.lines(lines, 1900)


def _line(claim: Claim, result: FileResult) -> str:
    found = result.findings
    said = f"• **{claim.name}** {short(claim.terms.statement, 60)}: {short(found.value, 80)}"
    notes = [theme.count(len(result.runs), "run")]
    if found.seeds:
        notes.append(f"seeds {short(found.seeds, 40)}")
    if found.revision:
        notes.append(f"commit {short(found.revision, 12)}")
    if found.hardware:
        notes.append(short(found.hardware, 40))
    return f"{said} ({', '.join(notes)})"


def logged(done: Logged, by: int) -> str:
    """Tell what was logged from a file, and why the rest was not."""
    names = [
        f"{entry.standing.claim.name} {entry.result.name}"
        for entry in done.entries
        if entry.result is not None
    ]
    some = theme.count(len(names), "result")
    lines = [f"{theme.person(by)} logged {some} from a file: {', '.join(names)}."] if names else []
    if done.refused:
        lines.append("Not logged:")
        lines += [f"• {short(one, 300)}" for one in done.refused]
    if done.left:
        lines.append(f"{theme.count(done.left, 'result')} more: press the button again.")
    return theme.lines(lines, 1900)


def template() -> str:
    """Explain the files of a template."""
    return (
        "A results file for this board, as CSV and as JSON: one run each, with "
        f"{', '.join(f'`{name}`' for name in FIELDS)}. Only `claim` and `value` are needed; runs "
        "that agree in commit, hardware and config become one result. Let your training script "
        "write it, then give it to `/result log file:`, or link it with `/project link`: when it "
        "changes, I post what is new, and nothing is logged until a member says so."
    )
