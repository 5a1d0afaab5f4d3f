"""Turns reactions under nominations into votes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import discord
from discord.ext import commands

from bot.client import CohortBot
from bot.jobs.delivery import Content
from cogs.reading.nominations.cards import FOR, nomination
from cogs.reading.nominations.service import Nominated, NominationService
from cogs.reading.nominations.views import WithdrawButton
from cogs.reading.reactions import ReactionCog
from data.delivery.cards import Card
from data.reading.nominations import NominationId
from data.states import CardKind


class NominationReactions(ReactionCog[bool], name="nomination reactions"):
    """Turns reactions under nominations into votes."""

    kind = CardKind.NOMINATION

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.nominations = bot.service(NominationService)
        bot.cards.render_with(CardKind.NOMINATION, self.nominations.view_in, self.nomination)

    def nomination(self, view: Nominated) -> Content:
        """Return a nomination's card."""
        return nomination(view, WithdrawButton(view.nomination.id))

    def meaning(self, emoji: str) -> bool | None:
        """Return whether an emoji is a vote; no other means anything."""
        return True if emoji == FOR else None

    def meanings(self) -> Collection[bool]:
        """Return the only vote there is."""
        return [True]

    async def reacted(self, payload: discord.RawReactionActionEvent, meaning: bool) -> None:
        """Note a vote."""
        found = await self.nominations.voted(
            payload.guild_id or 0, payload.message_id, payload.user_id
        )
        if found is not None:
            self.bot.cards.refresh(CardKind.NOMINATION, found.id)

    async def unreacted(self, payload: discord.RawReactionActionEvent, meaning: bool) -> None:
        """Take a vote back."""
        found = await self.nominations.unvoted(
            payload.guild_id or 0, payload.message_id, payload.user_id
        )
        if found is not None:
            self.bot.cards.refresh(CardKind.NOMINATION, found.id)

    async def cleared(
        self, guild_id: int, message_id: int, meanings: Collection[bool]
    ) -> int | None:
        """Take every vote back."""
        found = await self.nominations.unvoted(guild_id, message_id, None)
        return found.id if found is not None else None

    async def open_subjects(self, guild_ids: Sequence[int]) -> Sequence[int]:
        """Return the open nominations."""
        return [one.id for one in await self.nominations.open_in(guild_ids)]

    async def reconcile(
        self,
        subject_id: int,
        card: Card,
        seen: Mapping[bool, Collection[int]],
        but: Collection[int],
    ) -> bool:
        """Bring the votes in line with who reacted."""
        return await self.nominations.reconcile(
            NominationId(subject_id), seen.get(True, ()), but=but
        )

    @commands.Cog.listener()
    async def on_paper_described(self, paper_id: int) -> None:
        """Show what was learned about a paper where it is nominated."""
        for nomination_id in await self.nominations.about(paper_id):
            self.bot.cards.refresh(CardKind.NOMINATION, nomination_id)
