"""The bot, sampling what its loop does while it uses the CPU.

Run in place of ``python -m bot``. At ``SIGUSR2`` it writes to the file ``SAMPLES`` what it has seen
since the last time: a line for each stack, outermost frame first, and how often it was there. A
stack that ends in the selector is other threads' work: the loop waited for it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
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


def sample(_: int, frame: FrameType | None) -> None:
    """Note the stack."""
    names: list[str] = []
    while frame is not None:
        code = frame.f_code
        names.append(f"{code.co_filename}:{frame.f_lineno}:{code.co_qualname}")
        frame = frame.f_back
    seen[";".join(reversed(names))] += 1


def write(*_: Any) -> None:
    """Hand over what was seen, in one piece, and begin again."""
    global collecting, seen
    file = Path(os.environ["SAMPLES"])
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
