"""Refreshes the cards that show who took which exercises."""

from __future__ import annotations

from discord.ext import commands

from bot.client import CohortBot
from cogs.reading.exercises.service import ExerciseService
from data.states import CardKind


class ExerciseCards(commands.Cog, name="reading exercises"):
    """Refreshes the cards that show who took which exercises."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ExerciseService)
        self._written = 0
        """How often exercises were written on boards."""
        self._without: set[int] = set()
        """Projects whose boards have had no exercises since the last time."""

    @commands.Cog.listener()
    async def on_exercises_written(self, unit_id: int) -> None:
        """Show who took a unit's exercises."""
        self._written += 1
        self._without.clear()
        for meeting_id in await self.service.meetings_of(unit_id):
            self.bot.cards.refresh(CardKind.MEETING_THREAD, meeting_id)

    @commands.Cog.listener()
    async def on_project_changed(self, project_id: int) -> None:
        """Show what is done of the exercises that a board has; few have any."""
        if project_id in self._without:
            return
        written = self._written
        meetings = await self.service.on_board(project_id)
        if meetings is None:
            if written == self._written:  # else they may have been written since it was asked
                self._without.add(project_id)
            return
        for meeting_id in meetings:
            self.bot.cards.refresh(CardKind.MEETING_THREAD, meeting_id)
