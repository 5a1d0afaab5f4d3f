"""What the options of commands offer while somebody types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from discord import app_commands
from rapidfuzz import process

from bot.base.choices import OFFERED_LIMIT, Offered
from bot.base.wording import clip

Choices = list[app_commands.Choice[str]]

MOST = 25
"""How many choices Discord shows."""

TYPED_LIMIT = 100
"""Characters of what was typed that are compared: titles in a list are no longer, and comparing
thousands of characters with thousands of titles at each keystroke would hold everybody up."""

ALIKE = 55
"""How alike, of 100, a title and what was typed must be."""


def offer(typed: str, offered: Offered[Any]) -> Choices:
    """Return the choices that fit what was typed so far."""
    return choices(typed, offered.entries())


def choices(typed: str, entries: Iterable[tuple[str, str]], *, limit: int = MOST) -> Choices:
    """Return (title, value) pairs as choices: all in their order, or the best matches."""
    entries = list(entries)
    if wanted := typed.strip()[:TYPED_LIMIT].casefold():
        titles = [title[:OFFERED_LIMIT].casefold() for title, _ in entries]
        found = process.extract(wanted, titles, limit=limit, score_cutoff=ALIKE)
        entries = [entries[index] for _, _, index in found]
    return [
        app_commands.Choice(name=clip(title, OFFERED_LIMIT), value=value)
        for title, value in entries[:limit]
    ]
