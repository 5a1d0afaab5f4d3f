"""Threads that are opened on a card."""

from __future__ import annotations

import discord
import structlog

from bot.client import CohortBot
from data.delivery.cards import Card

log = structlog.stdlib.get_logger(__name__)

THREAD_EXISTS = 160004
NAME_LIMIT = 100


async def open_thread(bot: CohortBot, card: Card, name: str) -> bool:
    """Open the thread of a card, whose id is its message's; False where that is refused."""
    if isinstance(bot.get_channel(card.message_id), discord.Thread):
        return True
    message = bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
    try:
        await message.create_thread(name=" ".join(name.split())[:NAME_LIMIT])
    except discord.HTTPException as error:
        if error.code == THREAD_EXISTS:
            return True
        if error.status >= 500:
            raise
        log.info("no thread on a card", card=card.url, reason=error.text)
        return False
    return True
