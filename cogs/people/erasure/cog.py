"""The command `/profile forget`."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from cogs.people.command_groups import PROFILE
from cogs.people.erasure import cards
from cogs.people.erasure.views import ask_to_forget


class ErasureCommands(SubjectCog, group=PROFILE):
    """The erasure of a person."""

    @app_commands.command(description="Erase everything of yours in this server")
    @with_place
    async def forget(self, interaction: Interaction, place: Place) -> None:
        """Say what that does, and ask."""
        await replies.send(interaction, embed=cards.forget_question(), view=ask_to_forget())
