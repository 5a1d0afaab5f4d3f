"""Messages that ping exactly the people they are for."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.jobs.delivery import Content
from bot.ui import theme


def further(mentions: Sequence[int]) -> Content:
    """Ping more people to what stands right above, without saying it again."""
    return mentioning("-# The message above is for you, too:", mentions)


def mentioning(text: str, user_ids: Sequence[int]) -> Content:
    """Return a message that pings exactly these people, in a small line below the text."""
    pings = f"\n-# {theme.names(user_ids, limit=len(user_ids))}" if user_ids else ""
    return Content(
        text=text + pings,
        mentions=discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(user_id) for user_id in user_ids]
        ),
    )
