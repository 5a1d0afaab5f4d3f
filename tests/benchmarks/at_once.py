"""How long the loop is kept from everybody else while people do all that they do most, at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.commands import FEW, ROUNDS, TURNS, WARM_UP, Action, act, at_rest, server
from tests.benchmarks.figure import Figure
from tests.wire.process import BotProcess
from tests.wire.server import WireDiscord

LONGEST = 50
"""Milliseconds of its own CPU for which the loop may let nobody else have a turn."""


async def measure() -> list[Figure]:
    """Repeat all actions at once, those of one kind one after the other."""
    async with WireDiscord() as wire:
        channel, people = server(wire)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "pauses"
            bot = BotProcess(
                wire,
                Path(folder),
                command=(sys.executable, "-m", "tests.benchmarks.paused", "run"),
                environment={"PAUSES": str(file)},
            )
            async with bot:
                works: list[tuple[Mapping[str, Action], int]] = []

                async def once(
                    actions: Mapping[str, Action], rounds: int = ROUNDS, *, warm_up: int = WARM_UP
                ) -> None:
                    for action in actions.values():
                        await action(0)
                        await at_rest(bot)
                    works.append((actions, rounds))

                await act(wire, channel, people, once)
                await at_rest(bot)
                await asyncio.to_thread(_longest, bot, file)
                await asyncio.gather(*(_repeat(*work) for work in works))
                await at_rest(bot)
                seconds, what = await asyncio.to_thread(_longest, bot, file)
    print(f"the longest step: {what}", file=sys.stderr)
    return [Figure("all of people's actions at once: the loop's longest step", seconds * 1000,
                   "ms", LONGEST)]  # fmt: skip


async def _repeat(actions: Mapping[str, Action], rounds: int) -> None:
    for number in range(1, rounds if rounds in (FEW, TURNS) else ROUNDS):
        for action in actions.values():
            await action(number)


def _longest(bot: BotProcess, file: Path) -> tuple[float, str]:
    """Return the loop's longest step since the last time, in seconds, and what it was."""
    file.unlink(missing_ok=True)
    os.kill(bot.pid, signal.SIGUSR2)
    while not file.exists():
        time.sleep(0.01)
    seconds, _, what = file.read_text(encoding="utf-8").partition("\n")
    return float(seconds), what
