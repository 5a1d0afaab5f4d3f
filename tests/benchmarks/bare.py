"""The least that could be called a check-in: one command, one table, one INSERT.

Run as a process of its own, as the bot is, against the same stand-in for Discord.
"""

from __future__ import annotations

import asyncio
import os

import aiosqlite
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Bare(discord.Client):
    """discord.py and aiosqlite, and nothing else."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)

        @self.tree.command(description="Post")
        async def post(
            interaction: discord.Interaction[Bare], did: str, next: str | None = None
        ) -> None:
            await self.database.execute(
                "INSERT INTO posts (user_id, did, next) VALUES (?, ?, ?)",
                (interaction.user.id, did, next),
            )
            await self.database.commit()
            await interaction.response.send_message(f"{interaction.user.mention}: {did}")

    async def setup_hook(self) -> None:
        self.database = await aiosqlite.connect(os.environ["BARE_DATABASE"])
        await self.database.execute("PRAGMA journal_mode = WAL")
        await self.database.execute("PRAGMA synchronous = NORMAL")
        await self.database.execute("CREATE TABLE posts (user_id INTEGER, did TEXT, next TEXT)")
        await self.database.commit()
        await self.tree.sync()

    async def connect(self, *, reconnect: bool = True) -> None:
        _, gateway, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        await super().connect(reconnect=reconnect)


async def main() -> None:
    Route.BASE = os.environ["COHORT_DISCORD_API"]
    async with Bare() as bot:
        await bot.start(os.environ["COHORT_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
