"""Hears the reactions under meetings' cards, and catches up with those that it missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import discord
import structlog
from discord.ext import commands

from bot.base.errors import Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content
from cogs.reading import cards
from cogs.reading.answering import Answered
from cogs.reading.posting import Posting
from cogs.reading.service import ReadingService
from cogs.reading.views import EverybodyButton
from data.delivery.cards import Card
from data.papers.papers import PaperId
from data.reading.meetings import Meeting
from data.reading.rsvps import Rsvp
from data.server.groups import GroupId
from data.states import Answer, CardKind

log = structlog.stdlib.get_logger(__name__)

UNKNOWN_MESSAGE = 10008


class Reactions(commands.Cog, name="reading reactions"):
    """Turns reactions into answers, each in one transaction, in the order in which they come."""

    def __init__(self, bot: CohortBot, service: ReadingService, posting: Posting) -> None:
        self.bot = bot
        self.service = service
        self.posting = posting
        self._reading: dict[int, set[int]] = {}
        """Of each card whose reactions are being read, who reacted meanwhile."""
        bot.cards.render_with(CardKind.MEETING, self.render)

    async def render(self, meeting_id: int) -> Content:
        """Return a meeting's card."""
        return cards.meeting(await self.service.view(meeting_id), EverybodyButton(meeting_id))

    # As they come

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Record an answer, and take the earlier reaction off."""
        answer = self._answer(payload)
        if answer is None or payload.guild_id is None:
            return
        done = await self.service.reacted(
            payload.guild_id, payload.message_id, payload.user_id, answer
        )
        if done is None or done.before is answer:
            return
        self.bot.cards.refresh(CardKind.MEETING, done.meeting.id)
        if done.before is not None:
            message = self.bot.delivery.message(
                payload.channel_id, payload.message_id, payload.guild_id
            )
            self.bot.background.spawn(
                self._take_off(message, payload.user_id, [done.before]), "take a reaction off"
            )

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Take an answer back."""
        answer = self._answer(payload)
        if answer is None or payload.guild_id is None:
            return
        done = await self.service.unreacted(
            payload.guild_id, payload.message_id, payload.user_id, answer
        )
        if done is not None and done.before is not done.after:
            self.bot.cards.refresh(CardKind.MEETING, done.meeting.id)

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Take every answer back, and offer the reactions again."""
        await self._cleared(payload, list(Answer))

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(
        self, payload: discord.RawReactionClearEmojiEvent
    ) -> None:
        """Take back every answer of one kind, and offer its reaction again."""
        answer = cards.answer_of(payload.emoji)
        if answer is not None:
            await self._cleared(payload, [answer])

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Post a card again that somebody deleted; its answers stand."""
        await self._deleted([payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Post cards again that were deleted with others; their answers stand."""
        await self._deleted(payload.message_ids)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Open a meeting's thread anew when somebody deletes it."""
        meeting = await self.service.lost(payload.guild_id, payload.thread_id)
        if meeting is not None:
            self.bot.cards.refresh(CardKind.MEETING, meeting.id)

    @commands.Cog.listener()
    async def on_group_changed(self, group_id: GroupId) -> None:
        """Free the places of people who left the group."""
        await self._gone(await self.service.left_group(group_id))

    @commands.Cog.listener()
    async def on_paper_described(self, paper_id: PaperId) -> None:
        """Show what was learned about a paper on the cards of its meetings."""
        for meeting_id in await self.service.about(paper_id):
            self.bot.cards.refresh(CardKind.MEETING, meeting_id)
            self.bot.cards.refresh(CardKind.DESK, meeting_id)

    async def answered_otherwise(self, done: Answered) -> None:
        """Show an answer that was given by a button, and take the reactions it overrides off."""
        self.bot.cards.refresh(CardKind.MEETING, done.meeting.id)
        async with self.bot.store.read() as tx:
            card = await tx.cards.get(CardKind.MEETING, done.meeting.id)
        if card is not None and done.before is not None and done.before is not done.after:
            message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
            self.bot.background.spawn(
                self._take_off(message, done.user_id, [done.before]), "take a reaction off"
            )

    # While the bot was away

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Catch up with every open meeting, at the start and after each fresh session."""
        self.bot.background.spawn(self.catch_up(), "catch up with reactions")

    @commands.Cog.listener()
    async def on_server_returned(self, guild_id: int) -> None:
        """Catch up with what was answered while a server had removed the bot."""
        self.bot.background.spawn(self.catch_up(), "catch up with reactions")

    async def catch_up(self) -> None:
        """Compare the reactions under every open card with the answers, one card at a time."""
        for meeting, group, card in await self.service.open_cards():
            try:
                if card is None:
                    if not await self.bot.cards.is_expected(CardKind.MEETING, meeting.id):
                        await self.posting.publish(meeting, group)
                else:
                    await self._reconcile(meeting, card)
                    await self.posting.open_thread(meeting, card)
            except Undeliverable as error:
                log.warning("a card is missing", meeting=meeting.id, reason=error.sentence)
            except discord.HTTPException as error:
                log.warning("a card cannot be read", meeting=meeting.id, reason=str(error))

    async def free_places(self, meeting: Meeting, seated: Sequence[int]) -> None:
        """Take back the answers of those among ``seated`` who have left the server.

        Discord does not tell of it without the privileged intent for members, so they are asked
        for one by one; worth it only where others wait.
        """
        guild = self.bot.get_guild(meeting.guild_id)
        if guild is None:
            return
        gone: list[Rsvp] = []
        for user_id in seated:
            try:
                await guild.fetch_member(user_id)
            except discord.NotFound:
                left = await self.service.left_server(meeting.id, user_id)
                gone += [left] if left is not None else []
            except discord.HTTPException as error:
                log.warning("a member could not be asked for", reason=str(error))
        await self._gone(gone)

    async def _gone(self, rsvps: Sequence[Rsvp]) -> None:
        """Take the reactions of people who left off, since they would count again later."""
        for rsvp in rsvps:
            self.bot.cards.refresh(CardKind.MEETING, rsvp.meeting_id)
            async with self.bot.store.read() as tx:
                card = await tx.cards.get(CardKind.MEETING, rsvp.meeting_id)
            if card is not None and card.message_id == rsvp.message_id:
                message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
                shown = [rsvp.answer, *(Answer(one) for one in rsvp.earlier)]
                await self._take_off(message, rsvp.user_id, shown)

    async def reconcile(self, meeting: Meeting) -> None:
        """Compare the reactions under a meeting's card with its answers, as far as it can be."""
        async with self.bot.store.read() as tx:
            card = await tx.cards.get(CardKind.MEETING, meeting.id)
        if card is None:
            return
        try:
            await self._reconcile(meeting, card)
        except discord.HTTPException as error:
            log.warning("a card cannot be read", meeting=meeting.id, reason=str(error))

    async def _reconcile(self, meeting: Meeting, card: Card) -> None:
        message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
        meanwhile = self._reading.setdefault(card.message_id, set())
        try:
            seen = await self._seen(message)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            self.bot.cards.refresh(CardKind.MEETING, meeting.id)
            return
        finally:
            self._reading.pop(card.message_id, None)
        changes = await self.service.reconcile(meeting.id, card.message_id, seen, but=meanwhile)
        for change in changes:
            extra = [one for one in seen.get(change.user_id, ()) if one is not change.after]
            await self._take_off(message, change.user_id, extra)
        if changes:
            log.info("caught up with reactions", meeting=meeting.id, changes=len(changes))
            self.bot.cards.refresh(CardKind.MEETING, meeting.id)

    async def _seen(self, partial: discord.PartialMessage) -> dict[int, frozenset[Answer]]:
        """Return who reacted with what under a card; puts back our own reactions that are gone."""
        message = await partial.fetch()
        seen: defaultdict[int, set[Answer]] = defaultdict(set)
        offered: set[Answer] = set()
        for reaction in message.reactions:
            emoji = reaction.emoji
            name = emoji if isinstance(emoji, str) else ""
            answer = cards.answer_of(discord.PartialEmoji(name=name))
            if answer is None:
                continue
            if reaction.me:
                offered.add(answer)
            async for user in reaction.users():
                if not user.bot:
                    seen[user.id].add(answer)
        if len(offered) < len(cards.EMOJI):
            await self._offer(partial, [one for one in cards.EMOJI if one not in offered])
        return {user_id: frozenset(answers) for user_id, answers in seen.items()}

    # Acting on a card

    def _answer(self, payload: discord.RawReactionActionEvent) -> Answer | None:
        """Return what a reaction answers, unless a bot gave it."""
        answer = cards.answer_of(payload.emoji)
        own = self.bot.user is not None and payload.user_id == self.bot.user.id
        if answer is None or own or (payload.member is not None and payload.member.bot):
            return None
        meanwhile = self._reading.get(payload.message_id)
        if meanwhile is not None:
            meanwhile.add(payload.user_id)
        return answer

    async def _cleared(
        self,
        payload: discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent,
        answers: Collection[Answer],
    ) -> None:
        if payload.guild_id is None:
            return
        meeting = await self.service.cleared(payload.guild_id, payload.message_id, answers)
        if meeting is None:
            return
        message = self.bot.delivery.message(
            payload.channel_id, payload.message_id, payload.guild_id
        )
        await self._offer(message, answers)
        self.bot.cards.refresh(CardKind.MEETING, meeting.id)

    async def _deleted(self, message_ids: Collection[int]) -> None:
        for message_id in message_ids:
            async with self.bot.store.read() as tx:
                card = await tx.cards.at(message_id)
            if card is not None and card.kind in (CardKind.MEETING, CardKind.DESK):
                self.bot.cards.refresh(card.kind, card.subject_id)

    async def _offer(self, message: discord.PartialMessage, answers: Collection[Answer]) -> None:
        """Put our reactions under a card."""
        try:
            for answer in answers:
                await message.add_reaction(cards.EMOJI[answer])
        except discord.HTTPException as error:
            log.warning("a card stands without its reactions", reason=str(error))

    async def _take_off(
        self, message: discord.PartialMessage, user_id: int, answers: Collection[Answer]
    ) -> None:
        """Take somebody's earlier reactions off, where we may; the card is right without it."""
        try:
            for answer in answers:
                await message.remove_reaction(cards.EMOJI[answer], discord.Object(user_id))
        except discord.Forbidden:
            pass
        except discord.HTTPException as error:
            log.info("a reaction stays", reason=str(error))
