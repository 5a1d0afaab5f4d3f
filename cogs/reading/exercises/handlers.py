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

    @commands.Cog.listener()
    async def on_exercises_written(self, unit_id: int) -> None:
        """Show who took a unit's exercises."""
        for meeting_id in await self.service.meetings_of(unit_id):
            self.bot.cards.refresh(CardKind.MEETING_THREAD, meeting_id)

    @commands.Cog.listener()
    async def on_project_changed(self, project_id: int) -> None:
        """Show what is done of the exercises that a board has."""
        for meeting_id in await self.service.on_board(project_id):
            self.bot.cards.refresh(CardKind.MEETING_THREAD, meeting_id)
