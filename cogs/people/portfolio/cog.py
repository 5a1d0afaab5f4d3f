"""The command `/profile portfolio`."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands

from bot.base import wording
from bot.base.errors import InvalidInput
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButtons
from cogs.people.command_groups import PROFILE
from cogs.people.portfolio import cards
from cogs.people.portfolio.service import PortfolioService
from cogs.people.portfolio.views import ShareButton


class PortfolioCommands(SubjectCog, group=PROFILE):
    """What people did in a server."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(PortfolioService)

    @app_commands.command(description="What you did here, with its evidence: to keep, or to share")
    @app_commands.describe(person="Whose, if they share it; without it, your own")
    @with_place
    async def portfolio(
        self, interaction: Interaction, place: Place, person: discord.Member | None = None
    ) -> None:
        """Show a portfolio and its files, to the person who asked."""
        user_id = person.id if person else place.user_id
        own = user_id == place.user_id
        shown = await self.service.view(place, user_id)
        if shown.portfolio.is_empty:
            raise InvalidInput(
                "There is nothing in it yet. What you post, attend, lead, run and review in this "
                "server is collected here by itself."
                if own
                else f"{wording.person(user_id)} has nothing in theirs yet."
            )
        server = interaction.guild.name if interaction.guild else "Cohort"
        # Years of check-ins make a page that takes longer than the loop may be held up.
        files = await asyncio.to_thread(cards.files, shown, server, self.bot.clock.now())
        button = ShareButton("keep" if shown.shared else "share")
        await replies.send(
            interaction,
            embed=cards.embed(shown, own=own),
            files=files,
            view=CardButtons(button) if own else None,
        )
