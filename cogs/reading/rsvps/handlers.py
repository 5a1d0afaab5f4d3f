"""Hears the reactions under meetings' cards, and catches up with those that it missed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import discord
import structlog
from discord.ext import commands

from bot.base.errors import Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content
from bot.jobs.scheduler import Lateness
from cogs.reading.meetings import cards as meeting_cards
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.meetings.posting import Posting, destinations
from cogs.reading.meetings.service import MeetingService
from cogs.reading.reactions import ReactionCog
from cogs.reading.rsvps import cards, rules
from cogs.reading.rsvps.service import RsvpService
from cogs.reading.rsvps.views import EverybodyButton
from cogs.reading.rsvps.writes import RsvpChange
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.papers.papers import PaperId
from data.reading.meetings import Meeting, MeetingId
from data.reading.rsvps import Rsvp
from data.server.groups import GroupId
from data.states import Answer, CardKind

log = structlog.stdlib.get_logger(__name__)


class RsvpReactions(ReactionCog[Answer], name="rsvp reactions"):
    """Turns reactions under meetings into answers; each person has one."""

    kind = CardKind.MEETING

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(MeetingService)
        self.rsvps = bot.service(RsvpService)
        self.posting = bot.service(Posting)
        bot.cards.render_with(CardKind.MEETING, self.service.view_in, self.render)

    def render(self, view: MeetingView) -> Content:
        """Return a meeting's card."""
        return meeting_cards.meeting(view, EverybodyButton(view.meeting.id))

    def meaning(self, emoji: str) -> Answer | None:
        """Return what an emoji answers."""
        return cards.answer_of(emoji)

    def meanings(self) -> Collection[Answer]:
        """Return all answers."""
        return list(Answer)

    async def reacted(self, payload: discord.RawReactionActionEvent, meaning: Answer) -> None:
        """Record an answer, and remove the person's earlier reaction."""
        guild_id = payload.guild_id or 0
        done = await self.rsvps.reacted(guild_id, payload.message_id, payload.user_id, meaning)
        # The same answer again changes nothing that is shown, and an edit would be wasted.
        if done is None or done.before is meaning:
            return
        self.bot.cards.refresh(CardKind.MEETING, done.meeting.id)
        if done.before is not None:
            message = self.bot.delivery.message(payload.channel_id, payload.message_id, guild_id)
            self.bot.background.spawn(
                self._take_off(message, payload.user_id, [done.before]), "take a reaction off"
            )

    async def unreacted(self, payload: discord.RawReactionActionEvent, meaning: Answer) -> None:
        """Take an answer back."""
        guild_id = payload.guild_id or 0
        done = await self.rsvps.unreacted(guild_id, payload.message_id, payload.user_id, meaning)
        if done is not None and done.before is not done.after:
            self.bot.cards.refresh(CardKind.MEETING, done.meeting.id)

    async def cleared(
        self, guild_id: int, message_id: int, meanings: Collection[Answer]
    ) -> int | None:
        """Take back that answer of everybody's."""
        meeting = await self.rsvps.cleared(guild_id, message_id, meanings)
        return meeting.id if meeting is not None else None

    async def open_subjects(self, guild_ids: Sequence[int]) -> Sequence[int]:
        """Return the meetings that can be answered."""
        return [meeting.id for meeting, _, _ in await self.service.open_cards(guild_ids)]

    async def accounted(self, subject_id: int, card: Card) -> Mapping[Answer, int]:
        """Return how many have given each answer by reaction; reminders look who they are."""
        answers = await self.bot.store.fetch(lambda tx: tx.rsvps.of(MeetingId(subject_id)))
        return Counter(
            Answer(one) for rsvp in answers for one in rules.reacted_with(rsvp, card.message_id)
        )

    async def reconcile(
        self,
        subject_id: int,
        card: Card,
        seen: Mapping[Answer, Collection[int]],
        but: Collection[int],
    ) -> bool:
        """Record what was answered meanwhile, and remove reactions that no longer count."""
        by_person: defaultdict[int, set[Answer]] = defaultdict(set)
        for answer, people in seen.items():
            for user_id in people:
                by_person[user_id].add(answer)
        reactions = {user_id: frozenset(answers) for user_id, answers in by_person.items()}
        changes = await self.rsvps.reconcile(subject_id, card.message_id, reactions, but=but)
        for change in changes:
            extra = [one for one in reactions.get(change.user_id, ()) if one is not change.after]
            await self._take_off(self.message(card), change.user_id, extra)
        if changes:
            log.info("caught up with reactions", meeting=subject_id, changes=len(changes))
        return bool(changes)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Open a meeting's thread again when somebody deletes it."""
        meeting = await self.service.lost(payload.guild_id, payload.thread_id)
        if meeting is not None:
            self.bot.cards.refresh(CardKind.MEETING, meeting.id)

    @commands.Cog.listener()
    async def on_group_changed(self, group_id: GroupId) -> None:
        """Free the places of people who left the group."""
        await self._gone(await self.rsvps.left_group(group_id))

    @commands.Cog.listener()
    async def on_paper_described(self, paper_id: PaperId) -> None:
        """Show what was learned about a paper on the cards of its meetings."""
        for meeting_id in await self.service.about(paper_id):
            self.bot.cards.refresh(CardKind.MEETING, meeting_id)
            self.bot.cards.refresh(CardKind.MEETING_THREAD, meeting_id)

    async def answered_otherwise(self, done: RsvpChange) -> None:
        """Show an answer that was given by a button, and remove the reactions that it overrides."""
        self.bot.cards.refresh(CardKind.MEETING, done.meeting.id)
        card = await self._card(done.meeting.id)
        if card is not None and done.before is not None and done.before is not done.after:
            message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
            self.bot.background.spawn(
                self._take_off(message, done.user_id, [done.before]), "take a reaction off"
            )

    async def catch_up(self, guild_ids: Sequence[int]) -> None:
        """Compare the reactions under servers' open cards with the answers, a card at a time.

        What a crash prevented is done now: a card that was never posted, a thread never opened.
        """
        for meeting, group, card in await self.service.open_cards(guild_ids):
            try:
                if card is None:
                    if not await self.bot.cards.is_expected(CardKind.MEETING, meeting.id):
                        await self.posting.publish(meeting, group)
                else:
                    # Reactions are counted in the message itself; who gave them takes a request for
                    # each, in every server at once after a start.
                    await self.catch_up_with(meeting.id, by_number=True)
                    await self.posting.open_thread(meeting, card)
            except Undeliverable as error:
                log.warning("a card is missing", meeting=meeting.id, reason=error.sentence)
            except discord.HTTPException as error:
                log.warning("a card cannot be posted", meeting=meeting.id, reason=str(error))

    async def free_places(self, meeting: Meeting, seated: Sequence[int]) -> None:
        """Take back the answers of those among ``seated`` who have left the server.

        Without the privileged members intent Discord does not announce that, so we ask about them
        one by one; that is only worth it where others wait.
        """
        guild = self.bot.get_guild(meeting.guild_id)
        if guild is None:
            return
        gone: list[Rsvp] = []
        for user_id in seated:
            try:
                member = await self.bot.roster.find(guild, user_id)
            except discord.HTTPException as error:
                log.warning("a member could not be asked for", reason=str(error))
                continue
            if member is None:
                left = await self.rsvps.left_server(meeting.id, user_id)
                gone += [left] if left is not None else []
        await self._gone(gone)

    async def _gone(self, rsvps: Sequence[Rsvp]) -> None:
        """Remove the reactions of people who left, since they would count again later."""
        for rsvp in rsvps:
            self.bot.cards.refresh(CardKind.MEETING, rsvp.meeting_id)
            card = await self._card(rsvp.meeting_id)
            if card is not None and card.message_id == rsvp.message_id:
                message = self.bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
                shown = [rsvp.answer, *(Answer(one) for one in rsvp.earlier)]
                await self._take_off(message, rsvp.user_id, shown)

    async def _card(self, meeting_id: int) -> Card | None:
        return await self.bot.store.fetch(lambda tx: tx.cards.get(CardKind.MEETING, meeting_id))

    async def _take_off(
        self, message: discord.PartialMessage, user_id: int, answers: Collection[Answer]
    ) -> None:
        """Remove somebody's earlier reactions, where we may; the card is right either way."""
        try:
            for answer in answers:
                await message.remove_reaction(cards.EMOJI[answer], discord.Object(user_id))
        # Without Manage Messages the earlier reaction stays. The answer counts all the same, and a
        # warning for each press would say nothing new.
        except discord.Forbidden:
            pass
        except discord.HTTPException as error:
            log.info("a reaction stays", reason=str(error))


class SeatHandlers:
    """Tells people who moved up, and people who wait."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._rsvps = bot.service(RsvpService)
        self._service = bot.service(MeetingService)
        self._posting = bot.service(Posting)
        bot.deadlines.on(DeadlineKind.READING_NEWS, self.tell_news, lateness=Lateness.EXPIRE)

    async def tell_news(self, deadline: Deadline, late: timedelta) -> None:
        """Tell those who moved up, and those who wait."""
        meeting, news = await self._rsvps.news(deadline.subject_id)
        view = await self._service.view(meeting.id)
        key = f"reading/news/{meeting.id}/{int(deadline.due_at.timestamp())}"
        await self._posting.tell(
            view, f"{key}/in", news.promoted, lambda batch: cards.promoted(meeting, batch)
        )
        if news.waiting:
            await self._bot.delivery.send(
                f"{key}/waiting",
                meeting.guild_id,
                cards.waiting(meeting, news.waiting),
                destinations(meeting, view.group.channel_id),
            )
        await self._rsvps.told(meeting, news)
