"""Messages that ping exactly the people they are for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.jobs.delivery import Content
from bot.ui import theme


def further(mentions: Sequence[int]) -> Content:
    """Ping more people to the message right above, without repeating it."""
    return mentioning("-# The message above is for you, too:", mentions)


def mentioning(text: str, user_ids: Sequence[int]) -> Content:
    """Return a message that pings exactly these people, in a small line below the text."""
    pings = f"\n-# {theme.names(user_ids, limit=len(user_ids))}" if user_ids else ""
    return Content(
        text=text + pings,
        mentions=theme.pings(user_ids),
    )
