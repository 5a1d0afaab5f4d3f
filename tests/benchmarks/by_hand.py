"""The check-in of ``/checkin post`` in one file: the same rows and the same card, and no layers.

It reads who acts where, writes the check-in, its commitment and the deadline that would post its
card in one transaction, answers with the card, and notes where that stands. Run as a process of
its own, as the bot is.
"""

from __future__ import annotations

import asyncio
import os
import time

import aiosqlite
import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE groups (id INTEGER PRIMARY KEY, guild_id INTEGER, channel_id INTEGER, name TEXT);
CREATE UNIQUE INDEX groups_channel ON groups (guild_id, channel_id);
CREATE TABLE members (group_id INTEGER, user_id INTEGER, joined_at INTEGER, left_at INTEGER,
    PRIMARY KEY (group_id, user_id));
CREATE TABLE rounds (id INTEGER PRIMARY KEY, group_id INTEGER, number INTEGER, due_at INTEGER,
    closed_at INTEGER);
CREATE INDEX rounds_group ON rounds (group_id);
CREATE TABLE checkins (id INTEGER PRIMARY KEY AUTOINCREMENT, guild_id INTEGER, group_id INTEGER,
    round_id INTEGER, user_id INTEGER, did TEXT, next TEXT, posted_at INTEGER);
CREATE UNIQUE INDEX checkins_round ON checkins (round_id, user_id);
CREATE INDEX checkins_guild ON checkins (guild_id, user_id);
CREATE TABLE commitments (id INTEGER PRIMARY KEY AUTOINCREMENT, guild_id INTEGER,
    group_id INTEGER, user_id INTEGER, checkin_id INTEGER, text TEXT, state TEXT, made_at INTEGER);
CREATE INDEX commitments_person ON commitments (group_id, user_id);
CREATE TABLE deadlines (id INTEGER PRIMARY KEY AUTOINCREMENT, guild_id INTEGER, kind TEXT,
    subject_id INTEGER, due_at INTEGER, state TEXT);
CREATE UNIQUE INDEX deadlines_key ON deadlines (kind, subject_id);
CREATE INDEX deadlines_due ON deadlines (state, due_at);
CREATE TABLE cards (kind TEXT, subject_id INTEGER, guild_id INTEGER, channel_id INTEGER,
    message_id INTEGER, posted_at INTEGER, PRIMARY KEY (kind, subject_id));
"""


class ByHand(discord.Client):
    """One command, one connection, one transaction."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.writing = asyncio.Lock()

        @self.tree.command(description="Post")
        async def post(
            interaction: discord.Interaction[ByHand], did: str, next: str | None = None
        ) -> None:
            await self.check_in(interaction, did, next)

    async def check_in(
        self, interaction: discord.Interaction[ByHand], did: str, next: str | None
    ) -> None:
        now = int(time.time() * 1000)
        guild_id, channel_id, user_id = (
            interaction.guild_id,
            interaction.channel_id,
            interaction.user.id,
        )
        database = self.database
        async with self.writing:
            await database.execute("BEGIN IMMEDIATE")
            group_id, name, round_id, number, due_at = await self._one(
                "SELECT groups.id, name, rounds.id, number, due_at FROM groups "
                "JOIN rounds ON group_id = groups.id AND closed_at IS NULL "
                "WHERE guild_id = ? AND channel_id = ?",
                guild_id,
                channel_id,
            )
            await self._one(
                "SELECT joined_at FROM members WHERE group_id = ? AND user_id = ? "
                "AND left_at IS NULL",
                group_id,
                user_id,
            )
            (checkin_id,) = await self._one(
                "INSERT INTO checkins (guild_id, group_id, round_id, user_id, did, next, posted_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                guild_id, group_id, round_id, user_id, did, next, now,
            )  # fmt: skip
            await database.execute(
                "INSERT INTO deadlines (guild_id, kind, subject_id, due_at, state) "
                "VALUES (?, 'card', ?, ?, 'pending')",
                (guild_id, checkin_id, now + 60_000),
            )
            if next:
                await database.execute(
                    "INSERT INTO commitments (guild_id, group_id, user_id, checkin_id, text, "
                    "state, made_at) VALUES (?, ?, ?, ?, ?, 'open', ?)",
                    (guild_id, group_id, user_id, checkin_id, next, now),
                )
            await database.commit()
        texts = [f"**What did you do?**\n{did}"]
        if next:
            texts.append(f"**What will you do next?**\n{next}")
        card = ui.LayoutView(timeout=None)
        card.add_item(
            ui.Container(
                ui.TextDisplay(
                    f"### {interaction.user.mention} checked in\n"
                    f"-# {name} · round {number} · due <t:{due_at}:D>"
                ),
                ui.Separator(),
                ui.TextDisplay("\n\n".join(texts)),
                accent_colour=0x3FB950,
            )
        )
        sent = await interaction.response.send_message(
            view=card, allowed_mentions=discord.AllowedMentions.none()
        )
        async with self.writing:
            await database.execute("BEGIN IMMEDIATE")
            await database.execute(
                "INSERT INTO cards VALUES ('checkin', ?, ?, ?, ?, ?)",
                (checkin_id, guild_id, channel_id, sent.message_id, now),
            )
            await database.execute(
                "DELETE FROM deadlines WHERE kind = 'card' AND subject_id = ?", (checkin_id,)
            )
            await database.commit()

    async def _one(self, statement: str, *values: object) -> tuple[int, ...]:
        async with self.database.execute(statement, values) as found:
            row = await found.fetchone()
        assert row is not None
        return tuple(row)

    async def setup_hook(self) -> None:
        self.database = await aiosqlite.connect(os.environ["BARE_DATABASE"], isolation_level=None)
        await self.database.executescript(TABLES)
        guild_id, channel_id = map(int, os.environ["BARE_PLACE"].split(","))
        people = map(int, os.environ["BARE_PEOPLE"].split(","))
        await self.database.execute(
            "INSERT INTO groups VALUES (1, ?, ?, 'Grokkers')", (guild_id, channel_id)
        )
        await self.database.execute("INSERT INTO rounds VALUES (1, 1, 1, 0, NULL)")
        await self.database.executemany(
            "INSERT INTO members VALUES (1, ?, 0, NULL)", [(one,) for one in people]
        )
        await self.tree.sync()

    async def connect(self, *, reconnect: bool = True) -> None:
        _, gateway, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        await super().connect(reconnect=reconnect)


async def main() -> None:
    Route.BASE = os.environ["COHORT_DISCORD_API"]
    async with ByHand() as bot:
        await bot.start(os.environ["COHORT_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
