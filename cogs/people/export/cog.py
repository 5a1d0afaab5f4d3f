"""The command `/profile export`."""

from __future__ import annotations

import asyncio
import io
import zipfile

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from cogs.people.command_groups import PROFILE
from cogs.people.export.service import PersonExportService

NAME = "cohort-my-data.json"


class PersonExportCommands(SubjectCog, group=PROFILE):
    """A copy of what the bot has about a person."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(PersonExportService)

    @app_commands.command(description="Everything that I have about you in this server, as a file")
    @with_place
    async def export(self, interaction: Interaction, place: Place) -> None:
        """Send the file to the person alone."""
        await interaction.response.defer(ephemeral=True)
        name, whole = NAME, await self.service.export(place)
        if len(whole) > interaction.filesize_limit:
            name, whole = f"{NAME}.zip", await asyncio.to_thread(_zipped, whole)
        await replies.send(
            interaction,
            "This is everything that names you here, from every table. Times are UTC. What "
            "organisers noted about who to keep apart is left out: it is about others too.",
            files=[discord.File(io.BytesIO(whole), name)],
        )


def _zipped(whole: bytes) -> bytes:
    """Return the file in an archive: what Discord takes depends on the server's boosts."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(NAME, whole)
    return archive.getvalue()
