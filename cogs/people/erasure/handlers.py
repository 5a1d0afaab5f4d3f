"""Removes from Discord what was erased from the store."""

from __future__ import annotations

from datetime import timedelta

import discord
import structlog

from bot import events
from bot.client import CohortBot
from bot.place import Place
from cogs.people.erasure.service import ErasureService
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind

ERASED_NAME = "erased"
"""What a thread is called whose name held the words of somebody who was erased."""

log = structlog.stdlib.get_logger(__name__)


class Eraser:
    """Erases a person: their reactions, then their rows, then what the cards still show."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ErasureService)
        bot.deadlines.on(DeadlineKind.PEOPLE_TAKE_AWAY, self.take_away)

    async def forget(self, place: Place) -> int:
        """Erase the person from this server; return how many records that were.

        The reactions go first: an answer that is still under a card would be counted again.
        """
        for card in await self.service.reacted(place):
            await self._take_reactions(card, place.user_id)
        erased, groups = await self.service.forget(place)
        for card in erased.changed:
            self.bot.cards.refresh(card.kind, card.subject_id)
        for group_id in groups:
            events.group_changed(self.bot, group_id)
        return erased.rows

    async def take_away(self, deadline: Deadline, late: timedelta) -> None:
        """Delete a message that showed what is erased, and take its words off its thread.

        What others wrote in the thread is theirs, so it stays.
        """
        await self._rename_thread(deadline)
        message = self.bot.delivery.message(
            deadline.occurrence, deadline.subject_id, deadline.guild_id
        )
        try:
            await message.delete()
        except discord.NotFound:
            return

    async def _rename_thread(self, deadline: Deadline) -> None:
        """Rename the thread that was opened on a message: it has the id of the message."""
        guild = self.bot.get_guild(deadline.guild_id)
        try:
            thread = guild.get_thread(deadline.subject_id) if guild is not None else None
            found = thread or await self.bot.fetch_channel(deadline.subject_id)
            if isinstance(found, discord.Thread) and found.name != ERASED_NAME:
                archived = found.archived
                await found.edit(name=ERASED_NAME, archived=False)
                if archived:
                    await found.edit(archived=True)
        except discord.NotFound:
            return  # most messages have no thread
        except (discord.Forbidden, discord.InvalidData) as error:
            log.info("a thread keeps its name", thread=deadline.subject_id, reason=str(error))

    async def _take_reactions(self, card: Card, user_id: int) -> None:
        message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
        try:
            fetched = await message.fetch()
            for reaction in fetched.reactions:
                await message.remove_reaction(reaction.emoji, discord.Object(user_id))
        except discord.HTTPException as error:
            log.info("reactions stay", card=card.url, reason=error.text)
