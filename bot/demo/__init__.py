"""The demo: the real bot in a simulated Discord, with a seeded server and a page in the browser.

No token and no network. ``main`` runs it for the command line. The simulated server is the town,
the line actions do what is typed beside the page, and the seed tells the story so far.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path

import click

from bot.config import LogLevel, Settings
from bot.demo.session import run
from bot.ops import logs

__all__ = ["main", "run"]

INTERRUPTED = 130
"""What a shell calls a program that was ended by Ctrl-C."""


def main(script: Path | None, screenshots: Path | None, people: int, port: int | None) -> int:
    """Run the demo for the command line; returns the exit code.

    With ``script`` it does the file's lines instead of asking for them; ``screenshots`` is the
    folder for pictures of each step; ``people`` more of them live in the server; the page is on
    ``port``. Raises StartupError for a failure that one line can name.
    """
    logs.configure(Settings(log_level=LogLevel.WARNING))
    try:
        return asyncio.run(_until_told_to_stop(script, screenshots, people, port))
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo()
        return 0 if script is None else INTERRUPTED


async def _until_told_to_stop(
    script: Path | None, screenshots: Path | None, people: int, port: int | None
) -> int:
    """Run the demo, and end it in good order when the process is told to stop, too."""
    running = asyncio.current_task()
    assert running is not None  # noqa: S101 - it is this one
    with contextlib.suppress(NotImplementedError):  # on Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    return await run(script, screenshots, people, port)
