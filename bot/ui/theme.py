"""Colours, emoji and wording, in one place."""

from __future__ import annotations

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
    escaped = discord.utils.escape_markdown(text, ignore_links=False)
    return discord.utils.escape_mentions(escaped)


def clip(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, with an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


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
