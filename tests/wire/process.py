"""The bot as a process of its own, which can be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from .launcher import Process, zygote
from .server import WireDiscord

ROOT = Path(__file__).resolve().parents[2]
RUN = (sys.executable, "-m", "bot", "run")
"""A fresh interpreter, as an operator starts it."""

WARM = ("run",)
"""A fork of an interpreter that has imported the bot: the same, without the wait."""

NOWHERE = "http://127.0.0.1:9"
INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Exit:
    """How the process ended: its exit code (negative for a signal) and how long that took."""

    code: int
    seconds: float


class BotProcess:
    """The bot, run against a ``WireDiscord`` with its files in ``directory``.

    It has nothing of this process's environment but what any program needs; ``environment`` adds
    to that. A block ends with the process gone, whatever happens; it can be started again. A
    ``command`` that begins with no path is forked by the zygote: then its clock is Discord's at
    each start, and can be stepped. ``shards`` are those that it is to be ready with.
    """

    def __init__(
        self,
        wire: WireDiscord,
        directory: Path,
        *,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = RUN,
    ) -> None:
        self.wire = wire
        self.directory = directory
        self.database = directory / "cohort.db"
        self.command = command
        self.environment = {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "HOME": str(directory),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "COHORT_TOKEN": wire.world.token,
            "COHORT_DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "COHORT_ARXIV_API": NOWHERE,
            "COHORT_CROSSREF_API": NOWHERE,
            "COHORT_OPENREVIEW_API": NOWHERE,
            **(environment or {}),
        }
        self.warm = not Path(command[0]).is_absolute()
        self.off = timedelta()
        self.shards: Sequence[int] = (0,)
        self._process: Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None, "it was never started"
        return self._process.pid

    @property
    def idle(self) -> bool:
        """Whether a forked process has been ready, has heard everything, and does nothing now."""
        doing, heard = self._counted()
        return doing == 0 and self.wire.gateway.told in (None, heard)

    @property
    def doing(self) -> int:
        """How many things a forked process is doing; -1 until it has been ready."""
        return self._counted()[0]

    def _counted(self) -> tuple[int, int]:
        doing, heard = self._tasks.read_text(encoding="ascii").split()
        return int(doing), int(heard)

    @property
    def stdout(self) -> str:
        """All that it has written, over every start."""
        return self._written("stdout")

    @property
    def stderr(self) -> str:
        """All that it has complained of, over every start."""
        return self._written("stderr")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.kill()

    async def start(self, within: float = 30.0) -> None:
        """Start it, and wait until the gateway has told it that it is ready.

        Raises AssertionError with what it wrote, where it ends or is not ready in time.
        """
        before = dict(self.wire.gateway.begun)
        await self.launch()
        ready = asyncio.create_task(self.wire.gateway.all_ready(self.shards, before, within))
        ended = asyncio.create_task(self.wait())
        try:
            await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done() or ready.exception() is not None:
                how = f"ended with {ended.result()}" if ended.done() else "was not ready in time"
                await self.kill()
                raise AssertionError(f"the bot {how}\n{self.stdout}\n{self.stderr}")
        except BaseException:
            await self.kill()
            raise
        finally:
            for task in (ready, ended):
                task.cancel()
            await asyncio.gather(ready, ended, return_exceptions=True)

    async def launch(self) -> None:
        """Start it without waiting for anything, as where it is expected to refuse to run."""
        assert not self.running, "it runs already"
        self.environment["COHORT_DISCORD_API"] = self.wire.api
        self.environment["COHORT_GITHUB_URL"] = self.wire.github
        if self.warm:
            self._set_clock(self.wire.world.clock.offset)
            self._tasks.write_text("-1 0", encoding="ascii")
            self._process = zygote().start(
                self.directory,
                {
                    **self.environment,
                    "WIRE_CLOCK": str(self._clock),
                    "WIRE_TASKS": str(self._tasks),
                },
                self.command,
                self._file("stdout"),
                self._file("stderr"),
            )
            weakref.finalize(self, _kill, self._process)
            return
        with self._file("stdout").open("ab") as out, self._file("stderr").open("ab") as err:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                cwd=self.directory,
                env=self.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        weakref.finalize(self, _kill, self._process)

    def step_clock(self, by: timedelta) -> None:
        """Step the clock of its machine, while it runs; Discord's stays as it is."""
        assert self.warm, "only a forked process has a clock of its own"
        self._set_clock(self.off + by)
        os.kill(self.pid, signal.SIGUSR1)

    def _set_clock(self, off: timedelta) -> None:
        self.off = off
        # Put in place whole: the process may be reading it.
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(str(off.total_seconds()), encoding="ascii")
        fresh.replace(self._clock)

    @property
    def _clock(self) -> Path:
        return self.directory / "clock"

    @property
    def _tasks(self) -> Path:
        return self.directory / "tasks"

    async def wait(self, within: float | None = None) -> int:
        """Wait until it has ended by itself; return its exit code."""
        assert self._process is not None, "it was never started"
        async with asyncio.timeout(within):
            return await self._process.wait()

    async def kill(self) -> None:
        """Kill it with SIGKILL, if it still runs, and see it gone."""
        self.kill_now()
        if self._process is not None:
            await self._process.wait()

    def kill_now(self) -> None:
        """Send SIGKILL without waiting: what a fault's hook calls in the middle of a request."""
        if self._process is not None:
            _kill(self._process)

    async def terminate(self, within: float = 15.0) -> Exit:
        """Ask it to end, with SIGTERM; tell how it did. It is killed after ``within`` seconds."""
        assert self._process is not None, "it was never started"
        clock = asyncio.get_running_loop()
        began = clock.time()
        self._process.terminate()
        with suppress(TimeoutError):
            await self.wait(within)
        seconds = clock.time() - began
        await self.kill()
        assert self._process.returncode is not None
        return Exit(self._process.returncode, seconds)

    def _file(self, stream: str) -> Path:
        return self.directory / f"bot.{stream}"

    def _written(self, stream: str) -> str:
        file = self._file(stream)
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def _kill(process: Process) -> None:
    """Kill a process and those that it started, unless it has been seen to end."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
