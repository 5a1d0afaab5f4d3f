"""A bot that notes something about itself while people act in a new server."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.commands import server
from tests.wire.models import Channel, User
from tests.wire.process import BotProcess
from tests.wire.server import WireDiscord

WITHIN = 10.0
"""Seconds in which the process has to hand over what it noted."""


class Watched(NamedTuple):
    """The bot, where people use it, and the file that it writes to when it gets ``SIGUSR2``."""

    wire: WireDiscord
    channel: Channel
    people: list[User]
    bot: BotProcess
    file: Path

    async def noted(self) -> str:
        """Return what the bot has noted since the last time."""
        return await asyncio.to_thread(self._noted)

    def _noted(self) -> str:
        self.file.unlink(missing_ok=True)
        os.kill(self.bot.pid, signal.SIGUSR2)
        until = time.monotonic() + WITHIN
        while not self.file.exists() and time.monotonic() < until:
            time.sleep(0.01)
        return self.file.read_text(encoding="utf-8")


@asynccontextmanager
async def watched(module: str) -> AsyncGenerator[Watched]:
    """Run the bot by a module that writes its notes to the file ``NOTED``."""
    async with WireDiscord() as wire:
        channel, people = server(wire)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "noted"
            bot = BotProcess(
                wire,
                Path(folder),
                command=(sys.executable, "-m", module, "run"),
                environment={"NOTED": str(file)},
            )
            async with bot:
                yield Watched(wire, channel, people, bot, file)
