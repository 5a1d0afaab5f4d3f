"""The button under a portfolio."""

from __future__ import annotations

from typing import Literal

import discord

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import CardButton, CardButtons, Face
from cogs.people.portfolio.service import PortfolioService


class ShareButton(CardButton, custom_id="portfolio:{way}"):
    """Shows the presser's portfolio to everyone in the server, or to nobody."""

    way: Literal["share", "keep"]

    def face(self) -> Face:
        """Say which."""
        if self.way == "share":
            return Face("Share it with this server", discord.ButtonStyle.primary)
        return Face("Stop sharing it")

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Share it or not, and offer the way back."""
        shared = self.way == "share"
        await interaction.client.service(PortfolioService).share(place, shared=shared)
        said = (
            "Everyone in this server can see it now, with `/profile portfolio` and your name."
            if shared
            else "From now on nobody but you sees it."
        )
        view = CardButtons(ShareButton("keep" if shared else "share"))
        shown = interaction.message.embeds if interaction.message is not None else ()
        await replies.edit(interaction, said, embeds=shown, view=view)
