"""What a reader of files takes, in a process of its own: memory, and its longest call into C.

A call into C cannot be ended, and holds everybody up for as long as it keeps the interpreter's
lock; so it has to be short whatever is read. Run as a program, it prints a line of JSON for each
reader and text: the reader, the text, MB of memory beyond what the process had before, and the
longest call into C in seconds, and what that was.

Seconds are those of a clock at first: asking for processor time is a call to the system, and a
reader makes millions of calls into C. Where one of them seems to take long, which it may have spent
waiting for a core, the text is read again, and processor time is taken.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

from lxml import etree

from bot.base.errors import CohortError
from tests.security.test_parsers import KNOWN, LONG, READERS_OF_FILES, Reader, texts
from tests.wire.hostile import FILES

HTML: Any = etree.HTML

PAGES = frozenset(
    {"bot.papers.details.from_arxiv", "bot.papers.details.from_page"}
    | {"bot.papers.details.from_crossref", "bot.papers.details.from_openreview"}
)
"""Readers of what other servers answer."""

EACH = 60
"""Every 60th text of the walk over readers is tried, besides the hostile files."""


SEEMS_LONG = 0.1
"""A call that takes more seconds than this is timed again by the processor's clock."""


class Longest:
    """Takes the time of each call into C, as a profiler; lxml's hides from those."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seconds, self.name = 0.0, ""
        self._clock = clock
        self._began = 0.0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call":
            self._began = self._clock()
        elif event in ("c_return", "c_exception"):
            seconds = self._clock() - self._began
            if seconds > self.seconds:
                self.seconds, self.name = seconds, getattr(argument, "__qualname__", "?")

    def html(self, text: Any) -> Any:
        """Do what lxml's ``HTML`` does, and take the time."""
        began = self._clock()
        try:
            return HTML(text)
        finally:
            seconds = self._clock() - began
            if seconds > self.seconds:
                self.seconds, self.name = seconds, "lxml"

    def watch(self, reader: Reader, given: Any) -> None:
        """Read a text, whatever comes of it."""
        etree.HTML = self.html
        sys.setprofile(self)
        with suppress(CohortError, ValueError, LookupError, TypeError, AttributeError):
            reader.read(given)
        sys.setprofile(None)


def tried(reader: Reader) -> Iterator[tuple[str, str]]:
    yield from FILES.items()
    for number, (name, make) in enumerate(texts(reader)):
        if number % EACH == 0:
            yield name, make(LONG)


def measure(reader: Reader, text: str) -> tuple[float, float, str]:
    """Read in a child of this process, and return what that took."""
    told, tell = os.pipe()
    pid = os.fork()
    if not pid:
        given: Any = text
        if reader.first == "bytes":
            given = text.encode(errors="surrogatepass")
        elif "[str]" in reader.first:
            given = text.splitlines()
        longest = Longest(time.perf_counter)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        longest.watch(reader, given)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if longest.seconds > SEEMS_LONG:
            longest = Longest(time.thread_time)
            longest.watch(reader, given)
        found = [(after - before) / 1024, longest.seconds, longest.name]
        os.write(tell, json.dumps(found).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status or not answer:
        return float("inf"), float("inf"), f"ended with {status}"
    megabytes, seconds, name = json.loads(answer)
    return megabytes, seconds, name


def main() -> None:
    """Measure every reader of files and of other servers' answers."""
    for reader in KNOWN:
        if reader.name not in READERS_OF_FILES | PAGES:
            continue
        reader.takes("mon 19:00", 1000)  # what is imported and made once is not the text's
        reader.takes("<table><tr><td>1", 1000)
        for name, text in tried(reader):
            megabytes, seconds, call = measure(reader, text)
            print(json.dumps([reader.name, name, megabytes, seconds, call]), flush=True)


if __name__ == "__main__":
    main()
