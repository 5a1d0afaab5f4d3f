"""Greets a server after the bot was invited."""

from __future__ import annotations

import discord
import structlog
from discord.ext import commands

from bot.base.errors import TryLater, Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Destination, to_channel, to_person
from bot.ui.controls import CardButtons
from cogs.server.setup import cards
from cogs.server.setup.permissions import usable_channels
from cogs.server.setup.views import SetUpButton

log = structlog.stdlib.get_logger(__name__)


class Greeter(commands.Cog, name="greeter"):
    """Says once in each server what the bot is and how to start."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_server_joined(self, guild_id: int) -> None:
        """Post the greeting where it can be posted, else send it to the owner."""
        guild = self.bot.get_guild(guild_id)
        if guild is None:
            return
        content = cards.greeting(CardButtons(SetUpButton()))
        try:
            await self.bot.delivery.send(f"greeting/{guild_id}", guild_id, content, _places(guild))
        except (Undeliverable, TryLater, discord.HTTPException, OSError) as error:
            # Nothing depends on it, and `/cohort help` says the same, so it is not retried.
            log.info("a server was not greeted", guild_id=guild_id, reason=str(error))


def _places(guild: discord.Guild) -> list[Destination]:
    usable = [one.id for one in usable_channels(guild)]
    system = guild.system_channel
    if system is not None and system.id in usable:
        usable.insert(0, system.id)
    return [*map(to_channel, usable[:1]), *([to_person(guild.owner_id)] if guild.owner_id else [])]
