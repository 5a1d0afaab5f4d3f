"""The command `/cohort help`."""

from __future__ import annotations

from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.ui.command_groups import SubjectCog
from bot.ui.report import answered
from cogs.server.command_groups import COHORT
from cogs.server.help import cards as help_cards
from cogs.server.help import topics
from cogs.server.help.service import HelpService


class Help(SubjectCog, group=COHORT):
    """Finding one's way."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(HelpService)

    @app_commands.command(description="What there is, and where you stand")
    @app_commands.describe(topic="What you want to know about")
    @answered
    async def help(self, interaction: Interaction, topic: str | None = None) -> None:
        """Show a topic, or where the person stands and what to do next."""
        if topic is not None:
            await interaction.response.send_message(embed=topics.topic(topic), ephemeral=True)
            return
        place = await self.bot.places.of(interaction)
        standing = await self.service.standing(place)
        embed = help_cards.standing(standing, organiser=place.organiser)
        await interaction.response.send_message(embed=embed, ephemeral=True)

    @help.autocomplete("topic")
    async def _topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return topics.choices(typed)
