"""Colours, emoji and wording, in one place."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.base.wording import NOTHING as NOTHING
from bot.base.wording import addressed as addressed
from bot.base.wording import clip as clip
from bot.base.wording import escape as escape
from bot.base.wording import names as names
from bot.base.wording import one_line as one_line
from bot.base.wording import person as person

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
REST = "🐢"
DONE = "☑️"

DESCRIPTION_LIMIT = 4096
FIELD_LIMIT = 1024
TITLE_LIMIT = 256
CHOICE_LIMIT = 100
OPTION_LIMIT = 100
LABEL_LIMIT = 80


def pings(user_ids: Iterable[int]) -> discord.AllowedMentions:
    """Return whom a message may mention so that they notice: these people, and nobody else."""
    users = [discord.Object(user_id) for user_id in user_ids if user_id]
    return discord.AllowedMentions(everyone=False, roles=False, users=users)


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
