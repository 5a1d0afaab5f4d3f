"""The command `/cohort setup`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from bot.ui.report import reports_errors
from cogs.server.command_groups import COHORT, ZONE_HINT, zone_choices
from cogs.server.setup import rules
from cogs.server.setup.service import ServerService
from cogs.server.setup.views import open_panel, settings_embed


class SetupCommands(SubjectCog, group=COHORT):
    """Setting Cohort up in a server."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(ServerService)

    @app_commands.command(description="Set Cohort up in this server, and see what is missing")
    @app_commands.describe(
        timezone=ZONE_HINT,
        organisers="The role whose holders may make groups and schedules",
        announcements="Where news for the whole server goes",
        boards="The forum or channel where project boards go",
    )
    @reports_errors
    async def setup(
        self,
        interaction: Interaction,
        timezone: str | None = None,
        organisers: discord.Role | None = None,
        announcements: discord.TextChannel | None = None,
        boards: discord.ForumChannel | discord.TextChannel | None = None,
    ) -> None:
        """Save what is given; with nothing given, show a panel to choose in."""
        place = await self.bot.places.of(interaction)
        if isinstance(boards, discord.ForumChannel):
            rules.check_boards(boards.id, media=boards.is_media())
        await self.service.set_up(
            place,
            timezone=timezone,
            organiser_role_id=organisers.id if organisers else None,
            announcements_channel_id=announcements.id if announcements else None,
            boards_channel_id=boards.id if boards else None,
        )
        if timezone or organisers or announcements or boards:
            embed = await settings_embed(interaction)
            await replies.send(interaction, embed=embed)
        else:
            await open_panel(interaction, place)

    @setup.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return zone_choices(typed)
