"""Turns reactions under polls into answers, and closes polls when it is time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import discord

from bot.client import CohortBot
from bot.jobs.delivery import Content
from bot.jobs.scheduler import Lateness
from cogs.reading.polls.cards import MARKS, poll
from cogs.reading.polls.drafts import PollDraftService
from cogs.reading.polls.service import PollMark, PollService, PollView
from cogs.reading.polls.views import CloseButton, announce, schedule_buttons
from cogs.reading.reactions import ReactionCog
from data.delivery.cards import Card
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.reading.polls import PollId
from data.states import CardKind


class PollReactions(ReactionCog[PollMark], name="poll reactions"):
    """Turns reactions under polls into answers."""

    kind = CardKind.POLL

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.polls = bot.service(PollService)
        bot.cards.render_with(CardKind.POLL, self.polls.view_in, self.poll)
        bot.deadlines.on(DeadlineKind.READING_POLL, self.close, lateness=Lateness.SEND)
        bot.deadlines.on(DeadlineKind.READING_POLL_DRAFT, bot.service(PollDraftService).expire)

    def poll(self, view: PollView) -> Content:
        """Return a poll's card."""
        return poll(view, CloseButton(view.poll.id), schedule_buttons(view))

    def meaning(self, emoji: str) -> PollMark | None:
        """Return the time that an emoji is for, and how it suits."""
        return MARKS.get(emoji)

    def meanings(self) -> Collection[PollMark]:
        """Return all times, each for sure and if need be."""
        return list(MARKS.values())

    async def reacted(self, payload: discord.RawReactionActionEvent, meaning: PollMark) -> None:
        """Note that a time suits somebody."""
        await self._marked(payload, meaning, on=True)

    async def unreacted(self, payload: discord.RawReactionActionEvent, meaning: PollMark) -> None:
        """Take that back."""
        await self._marked(payload, meaning, on=False)

    async def _marked(
        self, payload: discord.RawReactionActionEvent, mark: PollMark, *, on: bool
    ) -> None:
        found = await self.polls.marked(
            payload.guild_id or 0, payload.message_id, payload.user_id, mark, on=on
        )
        if found is not None:
            self.bot.cards.refresh(CardKind.POLL, found.id)

    async def cleared(
        self, guild_id: int, message_id: int, meanings: Collection[PollMark]
    ) -> int | None:
        """Take back that answer of everybody's."""
        found = await self.polls.cleared(guild_id, message_id, meanings)
        return found.id if found is not None else None

    async def open_subjects(self, guild_ids: Sequence[int]) -> Sequence[int]:
        """Return the open polls."""
        return [one.id for one in await self.polls.open_in(guild_ids)]

    async def reconcile(
        self,
        subject_id: int,
        card: Card,
        seen: Mapping[PollMark, Collection[int]],
        but: Collection[int],
    ) -> bool:
        """Bring the answers in line with who reacted."""
        return await self.polls.reconcile(PollId(subject_id), seen, but=but)

    async def close(self, deadline: Deadline, late: object) -> None:
        """Close a poll that is due, and name its best time."""
        await announce(self.bot, (await self.polls.close(deadline.subject_id))[0])
