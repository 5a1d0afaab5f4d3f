"""The least that discord.py needs to be a bot, to prove the stand-in with."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from .server import WireDiscord


class PlainClient(discord.Client):
    """A client with a command tree, which keeps what it is told in ``heard``."""

    def __init__(
        self,
        wire: WireDiscord,
        monkeypatch: pytest.MonkeyPatch,
        *,
        intents: discord.Intents | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            intents=intents or discord.Intents.default(), guild_ready_timeout=0.05, **options
        )
        self.wire = wire
        self.monkeypatch = monkeypatch
        self.tree = app_commands.CommandTree(self)
        self.heard: list[tuple[str, Any]] = []
        self._running: asyncio.Task[None] | None = None

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once, where discord.py would wait five seconds."""

    async def setup_hook(self) -> None:
        if self.tree.get_commands():
            await self.tree.sync()

    async def connected(self) -> discord.Guild:
        """Log in, be ready, and return the first server."""
        self.monkeypatch.setattr(Route, "BASE", self.wire.api)
        async with aiohttp.ClientSession() as session:
            token = {"Authorization": f"Bot {self.wire.world.token}"}
            async with session.get(f"{self.wire.api}/gateway/bot", headers=token) as answer:
                url = yarl.URL((await answer.json())["url"])
        self.monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", url)
        self._running = asyncio.create_task(self.start(self.wire.world.token))
        ready = asyncio.create_task(self._wait_until_ready())
        await asyncio.wait({self._running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            ready.cancel()
            self._running.result()
        return self.guilds[0]

    async def close(self) -> None:
        await super().close()
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if event in LISTENED:
            self.heard.append((event, args[0] if args else None))
            self.wire.world.changed()
        super().dispatch(event, *args, **kwargs)

    async def hears(self, event: str, within: float = 5.0) -> Any:
        """Return what the next event of that name was about, and forget it."""

        def found() -> tuple[str, Any] | None:
            return next((told for told in self.heard if told[0] == event), None)

        told = await self.wire.world.until(found, within)
        self.heard.remove(told)
        return told[1]

    async def _wait_until_ready(self) -> None:
        await self.wire.world.until(lambda: ("ready", None) in self.heard, 10)


LISTENED = {
    "ready",
    "resumed",
    "disconnect",
    "message",
    "message_edit",
    "raw_message_delete",
    "raw_reaction_add",
    "raw_reaction_remove",
    "thread_create",
    "thread_update",
    "guild_join",
    "guild_remove",
    "member_join",
    "scheduled_event_create",
    "guild_channel_pins_update",
}
