"""The command `/programme progress`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from bot.ui.report import reports_errors
from cogs.programmes import options
from cogs.programmes.command_groups import PROGRAMMES
from cogs.programmes.progress import cards as progress_cards
from cogs.programmes.progress import views as progress_views
from cogs.programmes.progress.service import ProgressService


class ProgressCommands(SubjectCog, group=PROGRAMMES):
    """How far people are in a programme."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.progresses = bot.service(ProgressService)

    @app_commands.command(description="How far the people in a programme are, as a picture")
    @app_commands.describe(
        programme=options.PROGRAMME_HINT, person="One person's; without it, everybody's"
    )
    @reports_errors
    async def progress(
        self,
        interaction: Interaction,
        programme: str | None = None,
        person: discord.User | None = None,
    ) -> None:
        """Show the picture, or where one person stands."""
        place = await self.bot.places.of(interaction)
        whole = await options.programme(self.bot, place, programme)
        if person is None:
            await progress_views.show_progress(interaction, whole.programme.id, None)
            return
        shown = await self.progresses.standing(place, whole.programme.id, person.id)
        await replies.send(
            interaction,
            embed=progress_cards.standing(shown),
            view=progress_views.own_controls(shown),
        )

    @progress.autocomplete("programme")
    async def _programmes(self, interaction: Interaction, typed: str) -> options.Choices:
        return await options.programmes(self.bot, interaction, typed)
