"""Which format a paste is in. Pure."""

from __future__ import annotations

import re

from bot.base.errors import InvalidInput
from cogs.boards.imports import html, latex, markdown, separated
from cogs.boards.imports.grids import CHARACTERS, Pasted

_BARS = str.maketrans("│┃║", "|||")
_DRAWN = re.compile(r"[\s+=─━═┄┈┌┬┐├┼┤└┴┘┏┳┓┡╇┩╞╪╡╒╤╕╘╧╛╔╦╗╠╬╣╚╩╝┠┨┣┫┗┻┛╭╮╰╯\-]*")
"""A line that terminals draw above, below or between rows; no bar of Markdown is in it."""


def _without_rules(text: str) -> str:
    """Return a text with the bars of drawn tables as Markdown has them, and without their rules."""
    if "---" not in text and "===" not in text and not _LINES_DRAWN.search(text):
        return text
    lines = text.translate(_BARS).split("\n")
    return "\n".join(
        line for line in lines if not line.strip() or not _DRAWN.fullmatch(line)
        or not _RUN.search(line)
    )  # fmt: skip


_LINES_DRAWN = re.compile(r"[─━═│┃║]")
_RUN = re.compile(r"---|===|[─━═]{2}")


def read(text: str) -> Pasted:
    """Return the tables of a text in whatever format it is; none where it holds none.

    Raises InvalidInput for one that is too long or has too many cells, before it is built.
    """
    if len(text) > CHARACTERS:
        raise InvalidInput(f"That has more than {CHARACTERS} characters. Import it in parts.")
    cleaned = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if cleaned.lstrip().startswith("```"):
        cleaned = "\n".join(
            line for line in cleaned.split("\n") if not line.strip().startswith("```")
        )
    cleaned = _without_rules(cleaned)
    if html.is_table(cleaned):
        return html.read(cleaned)
    if latex.is_table(cleaned):
        return latex.read(cleaned)
    if markdown.is_table(cleaned):
        return markdown.read(cleaned)
    return separated.read(cleaned)
