"""Threads on messages."""

from __future__ import annotations

import discord
import structlog

from bot.client import CohortBot
from bot.discord_codes import Code
from data.delivery.cards import Card

log = structlog.stdlib.get_logger(__name__)

NAME_LIMIT = 100
"""Characters of a thread's name, as Discord takes it."""

KEPT_OPEN_MINUTES = 10080
"""A week: the longest that Discord keeps a quiet thread among the open ones."""


async def open_on(
    message: discord.Message | discord.PartialMessage, name: str, *, kept_open: bool = False
) -> int | None:
    """Open a thread on a message, unless it has one, and return the thread's id.

    The id is the message's: Discord gives a thread that is opened on a message the same id
    (https://docs.discord.com/developers/resources/channel#start-thread-from-message). None where
    Discord refuses. ``kept_open`` is for threads that people return to after a quiet week.
    Raises HTTPException where Discord itself failed, since then a later try may succeed.
    """
    try:
        await message.create_thread(
            name=" ".join(name.split())[:NAME_LIMIT],
            auto_archive_duration=KEPT_OPEN_MINUTES if kept_open else discord.utils.MISSING,
        )
    except discord.HTTPException as error:
        if error.code == Code.THREAD_EXISTS:
            return message.id
        if error.status >= 500:
            raise
        log.info("no thread on a message", message=message.jump_url, reason=error.text)
        return None
    return message.id


async def open_on_card(bot: CohortBot, card: Card, name: str) -> bool:
    """Open the thread of a card, whose id is its message's; False where Discord refuses."""
    # Asked of the cache first: the second helper, and each nudge, would spend a request on hearing
    # that it is there.
    if isinstance(bot.get_channel(card.message_id), discord.Thread):
        return True
    message = bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
    return await open_on(message, name) is not None
