"""Where processes of the bot come from: a fresh interpreter, or a fork of one that is warm."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[2]


class Process(Protocol):
    """What is asked of a process, as of ``asyncio.subprocess.Process``."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...
    def terminate(self) -> None: ...


class Forked:
    """A child of the zygote."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self.pid = pid
        self._zygote = zygote
        self._end = os.pidfd_open(pid)
        self._code: int | None = None

    @property
    def returncode(self) -> int | None:
        """How it ended (negative for a signal), or None while it runs."""
        if self._code is None and select.select([self._end], [], [], 0)[0]:
            self._code = self._zygote.ask({"code": self.pid})["code"]
            os.close(self._end)
        return self._code

    def ended(self, within: float) -> int:
        """Wait so many seconds at most until it has ended; return its exit code."""
        select.select([self._end], [], [], within)
        code = self.returncode
        assert code is not None, f"it has not ended within {within:.0f} s"
        return code

    async def wait(self) -> int:
        """Wait until it has ended; return its exit code."""
        if self.returncode is None:
            loop = asyncio.get_running_loop()
            ended = loop.create_future()
            # A descriptor of its own: several may wait at once.
            watched = os.dup(self._end)
            loop.add_reader(watched, lambda: ended.done() or ended.set_result(None))
            try:
                await ended
            finally:
                loop.remove_reader(watched)
                os.close(watched)
        code = self.returncode
        assert code is not None
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)


class Zygote:
    """A warm interpreter that forks; it ends with this process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.wire.zygote"),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.end)
        self._answer()

    def start(
        self,
        directory: Path,
        environment: Mapping[str, str],
        arguments: Sequence[str],
        stdout: Path,
        stderr: Path,
    ) -> Forked:
        """Fork a child that is the bot."""
        order = {
            "directory": str(directory),
            "environment": dict(environment),
            "arguments": list(arguments),
            "stdout": str(stdout),
            "stderr": str(stderr),
        }
        return Forked(self, self.ask(order)["pid"])

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Give an order and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> None:
        """Release it."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the zygote ended"
        return json.loads(line)


@cache
def zygote() -> Zygote:
    """Return the one of this process, started when it is first wanted."""
    return Zygote()
