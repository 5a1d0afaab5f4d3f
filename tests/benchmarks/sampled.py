"""The bot, sampling what it does while it uses the CPU.

Run in place of ``python -m bot``. At ``SIGUSR2`` it writes to the file ``NOTED`` what it has seen
since the last time: a line for each stack, outermost frame first, and how often it was there. While
the loop waits, it is another thread that uses the CPU: then that one's stack is taken.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from bot.__main__ import main

EVERY = 0.001
"""Seconds of CPU between samples; the kernel may take that for one of its ticks, 4 ms."""

seen: Counter[str] = Counter()
collecting = 0.0
"""Seconds spent in collecting garbage, which no sample shows: signals wait until it is over."""


WAITING = (
    "/selectors.py",
    "/threading.py",
    "/queue.py",
    "/aiosqlite/core.py",
    "/futures/thread.py",
)
"""Where a thread is while it has nothing to do."""

LOOP = threading.get_ident()
"""The thread that signals come to."""


def sample(_: int, frame: FrameType | None) -> None:
    """Note the stack of the loop or, while it waits, of whichever thread works."""
    if frame is not None and _waits(frame):
        threads = sys._current_frames()  # pyright: ignore[reportPrivateUsage]
        others = [one for ident, one in threads.items() if ident != LOOP]
        frame = next((one for one in others if not _waits(one)), frame)
    names: list[str] = []
    while frame is not None:
        code = frame.f_code
        names.append(f"{code.co_filename}:{frame.f_lineno}:{code.co_qualname}")
        frame = frame.f_back
    seen[";".join(reversed(names))] += 1


def _waits(frame: FrameType) -> bool:
    return frame.f_code.co_filename.endswith(WAITING)


def write(*_: Any) -> None:
    """Hand over what was seen, in one piece, and begin again."""
    global collecting, seen
    file = Path(os.environ["NOTED"])
    taken, seen = seen, Counter[str]()  # samples come in between any two lines here
    lines = [f"{stack} {count}" for stack, count in taken.items()]
    part = file.with_suffix(".part")
    part.write_text("\n".join([str(collecting), *lines]), encoding="utf-8")
    part.replace(file)
    collecting = 0.0


def clock_collection(phase: str, _: dict[str, int]) -> None:
    """Add up how long collections take."""
    global collecting
    collecting += time.thread_time() * (1 if phase == "stop" else -1)


if __name__ == "__main__":
    gc.callbacks.append(clock_collection)
    signal.signal(signal.SIGPROF, sample)
    signal.signal(signal.SIGUSR2, write)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    sys.exit(main())
