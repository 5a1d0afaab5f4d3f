"""The command `/cohort help`."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.ui.command_groups import SubjectCog
from bot.ui.report import reports_errors
from cogs.server.command_groups import COHORT
from cogs.server.help import topics
from cogs.server.help.views import show_home, show_topic


class HelpCommands(SubjectCog, group=COHORT):
    """Finding one's way."""

    @app_commands.command(description="What there is, and where you stand")
    @app_commands.describe(topic="What you want to know about")
    @reports_errors
    async def help(self, interaction: Interaction, topic: str | None = None) -> None:
        """Show a topic, or where the person stands and what to do next."""
        if topic is not None:
            await show_topic(interaction, topic, first=True)
        else:
            await show_home(interaction, await self.bot.places.of(interaction), first=True)

    @help.autocomplete("topic")
    async def _topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return topics.choices(typed)
