"""The commands `/profile export` and `/profile forget`."""

from __future__ import annotations

import asyncio
import io
import zipfile

import discord
from discord import app_commands

from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_groups import SubjectCog
from bot.ui.handed import with_place
from cogs.people.command_groups import PROFILE
from cogs.people.erasure import cards
from cogs.people.erasure.service import PersonalService
from cogs.people.erasure.views import ask_to_forget

NAME = "cohort-my-data.json"


class PersonalData(SubjectCog, group=PROFILE):
    """What the bot has about a person: a copy of it, and its erasure."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.service = bot.service(PersonalService)

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

    @app_commands.command(description="Erase everything of yours in this server")
    @with_place
    async def forget(self, interaction: Interaction, place: Place) -> None:
        """Say what that does, and ask."""
        await replies.send(interaction, embed=cards.forget_question(), view=ask_to_forget())


def _zipped(whole: bytes) -> bytes:
    """Return the file in an archive: what Discord takes depends on the server's boosts."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(NAME, whole)
    return archive.getvalue()
