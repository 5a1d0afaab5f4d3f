"""People's texts and names on cards."""

from __future__ import annotations

from bot.ui import theme

LATE = "\n-# This comes late: I could not send it in time."


def short(text: str, limit: int) -> str:
    """Return a person's text on one line, escaped, in at most ``limit`` characters."""
    tidy = " ".join(text.split())
    shown = theme.escape(tidy)
    kept = len(tidy)
    while len(shown) > limit:
        kept -= max(1, (len(shown) - limit) // 2)
        shown = theme.escape(tidy[:kept].rstrip()) + "…"
    return shown


def who(user_id: int | None) -> str:
    """Return a person as a mention; who had themselves erased is “somebody”."""
    return theme.person(user_id)
