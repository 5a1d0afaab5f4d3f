"""A town with two people, two channels and one group, and the stage of the demo in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import discord
import pytest

from bot.demo.channel_page import Page, page
from bot.demo.line_actions import DemoStage
from bot.demo.line_language import read
from bot.demo.simulated_server import Town, town


@dataclass
class Demo:
    """The demo without its story: what was told, and a way to do lines."""

    town: Town
    page: Page
    stage: DemoStage
    told: list[str] = field(default_factory=list)

    async def do(self, *lines: str) -> list[str]:
        """Do lines; returns what was told meanwhile."""
        self.told.clear()
        for text in lines:
            line = read(text)
            assert line is not None
            await self.stage.do(line)
        return list(self.told)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with town(tmp_path) as there:
        organisers = there.guild.create_role(
            "Organisers", permissions=discord.Permissions(manage_guild=True)
        )
        olga = there.move_in("Olga", organisers)
        there.move_in("Ben")
        grokking = there.channel("grokking", "Curves")
        there.channel("grokking-again", "More curves")
        async with page(there, grokking, olga) as shown:
            told: list[str] = []
            stage = DemoStage(there, shown, told.append, None)
            await stage.enter(olga, grokking)
            yield Demo(there, shown, stage, told)
        there.env.raise_errors()
