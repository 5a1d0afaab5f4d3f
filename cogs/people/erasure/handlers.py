"""Removes from Discord what was erased from the store."""

from __future__ import annotations

from datetime import timedelta

import discord
import structlog

from bot import events
from bot.base.errors import Conflict, StoreUnavailable, TryLater
from bot.client import CohortBot
from bot.place import Place
from cogs.people.erasure.rules import GO_ON
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
        self._under_way: set[tuple[int, int]] = set()
        """Who is being erased, by server and person."""
        self._failed: dict[tuple[int, int], Exception] = {}
        """Why it ended early last time."""
        bot.deadlines.on(DeadlineKind.PEOPLE_FORGET, self.go_on)
        bot.deadlines.on(DeadlineKind.PEOPLE_TAKE_AWAY, self.take_away)

    async def forget(self, place: Place) -> int:
        """Erase the person from this server; return how many records that were.

        Raises StoreUnavailable when nothing could be done, and Conflict when it could only be
        begun, and is ended later.
        """
        await self.service.begin(place.guild_id, place.user_id)
        try:
            return await self._forget(place.guild_id, place.user_id)
        except StoreUnavailable as error:
            raise Conflict(
                "Some of it is erased. Then I could no longer write to my database: I try again "
                "in a minute, until nothing is left. You need not do anything."
            ) from error

    async def go_on(self, deadline: Deadline, late: timedelta) -> None:
        """Take up an erasure that was interrupted; raises TryLater until it is over.

        It may take longer than a deadline has, and what else is due in the server need not wait
        for it. Raises why it ended early last time, so that it counts as tried.
        """
        one = deadline.guild_id, deadline.occurrence
        if (failed := self._failed.pop(one, None)) is not None:
            raise failed
        if one not in self._under_way:
            work = self._forget(*one, interrupted=True)
            self.bot.background.spawn(work, "go on erasing somebody")
        raise TryLater("It is under way.", GO_ON.total_seconds())

    async def _forget(self, guild_id: int, user_id: int, *, interrupted: bool = False) -> int:
        """Erase somebody; return how many records that were.

        The reactions go first: an answer that is still under a card would be counted again. What
        was ``interrupted`` cannot tell any more which cards showed what is gone, so all of the
        server's are looked at.
        """
        self._under_way.add((guild_id, user_id))
        try:
            for card in await self.service.reacted(guild_id, user_id):
                await self._take_reactions(card, user_id)
            done = await self.service.forget(guild_id, user_id)
            shown = done.changed, done.groups
            cards, groups = await self.service.shown(guild_id) if interrupted else shown
            for card in cards:
                self.bot.cards.refresh(card.kind, card.subject_id)
            for group_id in groups:
                events.group_changed(self.bot, group_id)
            return done.rows
        except Exception as error:
            self._failed[guild_id, user_id] = error
            raise
        finally:
            self._under_way.discard((guild_id, user_id))

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
                # Discord edits no archived thread; it is opened for this and closed again.
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
                if reaction.me and reaction.count == 1:
                    continue  # nobody's but ours
                await message.remove_reaction(reaction.emoji, discord.Object(user_id))
        except discord.HTTPException as error:
            log.info("reactions stay", card=card.url, reason=error.text)
