"""Colours, emoji and wording, in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import discord

ACCENT = discord.Colour(0x5B8DEF)
GOOD = discord.Colour(0x3BA55D)
WARM = discord.Colour(0xE8A33D)
BAD = discord.Colour(0xD8574B)
QUIET = discord.Colour(0x8A8F98)

GOING = "✅"
MAYBE = "❔"
NOT_GOING = "❌"

CALENDAR = "🗓️"
PAPER = "📄"
GROUP = "🌱"
CHECK_IN = "✍️"
DIGEST = "📬"
BOARD = "🧪"
BELL = "⏰"
AWAY = "🌙"
DONE = "☑️"

DESCRIPTION_LIMIT = 4096
FIELD_LIMIT = 1024
TITLE_LIMIT = 256
CHOICE_LIMIT = 100
LABEL_LIMIT = 80

NOTHING = "—"


def plain(text: str) -> str:
    """Return a person's text with its Markdown and mentions shown as typed, not acted on."""
    return discord.utils.escape_mentions(_MARKDOWN.sub(_escaped, text))


def clip(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, cut between words, with an ellipsis for the rest."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    words = kept.rstrip().rpartition(" ")[0] if not text[limit - 1].isspace() else kept
    # A single long word is cut where it must be.
    return (words if len(words) >= limit // 2 else kept).rstrip() + "…"


def one_line(text: str, limit: int) -> str:
    """Return a text on one line, Markdown escaped, cut to ``limit`` characters."""
    return plain(clip(" ".join(text.split()), limit))


def names(user_ids: Sequence[int], *, limit: int = 30) -> str:
    """Return people as mentions, which never ping, with “and 12 more” past ``limit``."""
    if not user_ids:
        return NOTHING
    shown = ", ".join(f"<@{user_id}>" for user_id in user_ids[:limit])
    more = len(user_ids) - limit
    return f"{shown} and {more} more" if more > 0 else shown


def lines(entries: Iterable[str], limit: int) -> str:
    """Return lines that fit into ``limit`` characters, with “and 12 more” for the rest."""
    kept: list[str] = []
    used = 0
    entries = list(entries)
    for index, entry in enumerate(entries):
        left = len(entries) - index
        reserve = len(f"\n… and {left} more") if left > 1 else 0
        if used + len(entry) + 1 + reserve > limit:
            kept.append(f"… and {left} more")
            break
        kept.append(entry)
        used += len(entry) + 1
    return "\n".join(kept)


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return “1 person”, “2 people”."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def bar(share: float, width: int = 10) -> str:
    """Return a progress bar of ``width`` blocks for a share between 0 and 1."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "▰" * full + "▱" * (width - full)


# Not discord.py's escape_markdown: it leaves whatever stands between two brackets as it is, and so
# lets a second link through.
_MARKDOWN = re.compile(
    r"""
    (?P<address> https?://[^\s\\<>()\[\]|`*]+ )    # what Discord itself makes a link is left whole
    | (?P<line> ^[^\S\n]* (?= \#{1,3} | - | >(?:>>)?\s ) )
    | (?P<character> [\\*_~|`\[\]] )
    """,
    re.MULTILINE | re.VERBOSE,
)


def _escaped(match: re.Match[str]) -> str:
    if match["character"] is not None:
        return "\\" + match["character"]
    return match[0] if match["address"] is not None else match[0] + "\\"
