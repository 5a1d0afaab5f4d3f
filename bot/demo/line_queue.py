"""Where lines come in, from the terminal and from the page alike, and are done one by one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import click

from bot.base.errors import CohortError
from bot.demo.channel_page import PageClosed
from bot.demo.line_actions import DemoStage
from bot.demo.line_language import read

REMEMBERED = 300
"""How many lines of what was said the page can show."""


class Desk:
    """Does lines in turn, and says what came of them at the terminal and on the page."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._said: deque[tuple[int, str]] = deque(maxlen=REMEMBERED)
        self._number = 0
        self.stage: DemoStage | None = None

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Print a line, and keep it for the page."""
        click.echo(text, err=wrong)
        self._number += 1
        self._said.append((self._number, text))

    def said_since(self, number: int) -> list[tuple[int, str]]:
        """Return what was said after the line of this number, with each line's number."""
        return [entry for entry in self._said if entry[0] > number]

    async def do(self, text: str, *, echo: Callable[[str], None] | None = None) -> bool:
        """Do one line; False when it says to quit. A mistake is told, and nothing ends."""
        assert self.stage is not None  # noqa: S101 - lines come once the scene is set
        async with self._turn:
            try:
                line = read(text)
                if line is None:
                    return True
                if echo is not None:
                    echo(f"{self.stage.where} › {text.strip()}")
                return await self.stage.do(line)
            except PageClosed:
                return False
            except CohortError as error:
                self.say(error.sentence, wrong=True)
                return True
