"""Which format a paste is in. Pure."""

from __future__ import annotations

from bot.base.errors import InvalidInput
from cogs.boards.imports import html, latex, markdown, separated
from cogs.boards.imports.grids import CHARACTERS, Pasted


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
    if html.is_table(cleaned):
        return html.read(cleaned)
    if latex.is_table(cleaned):
        return latex.read(cleaned)
    if markdown.is_table(cleaned):
        return markdown.read(cleaned)
    return separated.read(cleaned)
