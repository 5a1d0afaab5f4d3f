"""The bot, noting for how long its own work keeps its loop from everything else.

Run in place of ``python -m bot``. At ``SIGUSR2`` it writes to the file ``NOTED`` the longest step
of the loop since the last time, in seconds of its thread's CPU, and what that step was.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bot.__main__ import main

step = asyncio.Handle._run  # type: ignore[attr-defined]
longest: tuple[float, str] = (0.0, "")


def timed(handle: Any) -> None:
    """Take a step of the loop, and note whether it was the longest."""
    global longest
    before = time.thread_time()
    try:
        step(handle)
    finally:
        taken = time.thread_time() - before
        if taken > longest[0]:
            longest = (taken, repr(handle))


def write(*_: Any) -> None:
    """Hand over what was noted, in one piece, and begin again."""
    global longest
    file = Path(os.environ["NOTED"])
    part = file.with_suffix(".part")
    part.write_text(f"{longest[0]}\n{longest[1]}", encoding="utf-8")
    part.replace(file)
    longest = (0.0, "")


if __name__ == "__main__":
    asyncio.Handle._run = timed  # type: ignore[attr-defined]
    signal.signal(signal.SIGUSR2, write)
    sys.exit(main())
