"""Keeps programmes' cards up to date, and takes out people who left the group."""

from __future__ import annotations

from discord.ext import commands

from bot.client import CohortBot
from bot.jobs.delivery import Content
from cogs.programmes.programme import cards, views
from cogs.programmes.programme.service import ProgrammeService, ProgrammeView
from cogs.programmes.progress.service import ProgressService
from data.server.groups import GroupId
from data.states import CardKind
from data.transaction import Transaction


class ProgrammeHandlers(commands.Cog, name="programme handlers"):
    """Hears what happens to groups, and renders programmes' cards."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ProgrammeService)
        self.progresses = bot.service(ProgressService)
        bot.cards.render_with(CardKind.PROGRAMME, self.read, self.render)

    @commands.Cog.listener()
    async def on_group_changed(self, group_id: GroupId) -> None:
        """Take out people who left the group, and refresh its programmes' cards."""
        for programme_id in await self.service.left_group(group_id):
            self.bot.cards.refresh(CardKind.PROGRAMME, programme_id)

    @commands.Cog.listener()
    async def on_meeting_changed(self, group_id: GroupId) -> None:
        """Show a programme's meetings as they are now."""
        for programme_id in await self.service.going_on_in(group_id):
            self.bot.cards.refresh(CardKind.PROGRAMME, programme_id)

    @commands.Cog.listener()
    async def on_group_restored(self, group_id: GroupId) -> None:
        """Plan again what goes on in a group that was restored."""
        for programme_id in await self.service.resumed(group_id):
            self.bot.cards.refresh(CardKind.PROGRAMME, programme_id)

    async def read(
        self, tx: Transaction, programme_id: int
    ) -> tuple[ProgrammeView, list[int], int]:
        """Return what a programme's card shows: whom it names, and how many more there are."""
        whole = await self.service.course_in(tx, programme_id)
        return whole, *await self.progresses.named_in(tx, whole)

    def render(self, shown: tuple[ProgrammeView, list[int], int]) -> Content:
        """Return a programme's card."""
        whole, named, unnamed = shown
        return cards.card(whole, named, unnamed, views.card_buttons(whole))
