"""The terminal beside the page: lines that are typed, one after the other."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable

import click

CHUNK = 4096


async def typed(prompt: Callable[[], str], closed: Awaitable[None]) -> AsyncGenerator[str]:
    """Yield the lines that are typed, until the input ends or ``closed`` is over.

    ``prompt`` is asked before each line, and shown where somebody is there to see it.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    # Not sys.stdin, whose lock would be held by the waiting thread when Python shuts down.
    def listen() -> None:
        chunk = b"\n"
        while chunk:
            try:
                chunk = os.read(0, CHUNK)
            except OSError:
                chunk = b""
            try:
                loop.call_soon_threadsafe(arrived.put_nowait, chunk)
            except RuntimeError:  # the demo is over
                return

    threading.Thread(target=listen, name="terminal", daemon=True).start()
    ending = asyncio.ensure_future(closed)
    pending = b""
    try:
        while True:
            while b"\n" in pending:
                line, pending = pending.split(b"\n", 1)
                yield line.decode(errors="replace")
            if sys.stdin.isatty():
                click.echo(f"{prompt()} › ", nl=False)
            arriving = asyncio.ensure_future(arrived.get())
            await asyncio.wait((arriving, ending), return_when=asyncio.FIRST_COMPLETED)
            if not arriving.done():
                arriving.cancel()
                click.echo("\nThe session was ended in the browser.")
                return
            chunk = arriving.result()
            if not chunk:
                if pending:
                    yield pending.decode(errors="replace")
                elif sys.stdin.isatty():
                    click.echo()
                return
            pending += chunk
    finally:
        ending.cancel()
