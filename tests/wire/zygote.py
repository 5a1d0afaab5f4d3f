"""Starts the bot quickly, at any time of day, and ends it at a given commit.

Run as a program it imports the bot once and then forks a child for each start, which calls the
bot's own ``main``. The child's environment may say more:

``WIRE_CLOCK`` names a file that holds how many seconds the machine's clock is off; SIGUSR1 has it
read again. ``WIRE_COMMITS`` names a file that gets a byte for each transaction that changed
something. ``WIRE_KILL`` is ``before:N`` or ``after:N``: SIGKILL at the N-th of them.
``WIRE_KNOWN`` lists kinds of deadlines: SIGKILL right after a commit that leaves one due of another
kind, before anything of it is delivered. ``WIRE_SWEEP`` is after how many seconds the table of
deadlines is looked at again, which otherwise is a minute, and with ``WIRE_SWEEP=stepped`` that is
done whenever the clock has been stepped, too. ``WIRE_TASKS`` names a file in which
stands, all the while, how many things the bot is doing, -1 until it has been ready, and the number
of the last event that it has begun to hear.
``WIRE_READY`` is for how many seconds the library waits for more servers before it says that it is
ready, which otherwise is two; ``WIRE_SILENCE`` for how many it takes silence for life. With
``WIRE_IDENTIFY`` it connects one shard right after the other, where it otherwise waits between; its
value is how many seconds several processes keep between theirs, if any.
``WIRE_STEPS`` names a file that gets a line of JSON for each step of the event loop that took more
than 20 ms: the seconds it took of its own, those by the clock, and where it was meanwhile.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import pkgutil
import random
import signal
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import time_machine

PRELOADED = ("bot", "cogs", "data")
NOT_PRELOADED = ("bot.demo", "data.migrations.env", "data.migrations.versions", "bot.__main__")


LONG_STEP = 0.02
"""Seconds by the clock after which a step of the event loop is written down."""

AFTER_STEP: list[Callable[[], object]] = []
"""What is called, in a signal's handler, once the clock has been stepped."""


def preload() -> None:
    """Import everything that a start would import, without running any of it."""
    for name in PRELOADED:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.startswith(NOT_PRELOADED):
                importlib.import_module(found.name)
    for name in (
        "aiosqlite",
        "alembic.command",
        "alembic.config",
        "alembic.script",
        "bot.__main__",
    ):
        importlib.import_module(name)


def serve() -> None:
    """Fork children as standard input asks for, one line of JSON each, until it ends."""
    preload()
    tell({"ready": True})
    running: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "code" in order:
            _, status = os.waitpid(order["code"], 0)
            running.discard(order["code"])
            tell({"code": os.waitstatus_to_exitcode(status)})
            continue
        pid = os.fork()
        if not pid:
            run(order)
        running.add(pid)
        tell({"pid": pid})
    # Whoever asked for them is gone, killed perhaps: no bot outlives its test.
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def tell(answer: dict[str, Any]) -> None:
    """Answer the order that came last."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def run(order: dict[str, Any]) -> None:
    """Be the bot, with the files and the environment that were ordered; does not return."""
    code = 70
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        out = os.open(order["stdout"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        err = os.open(order["stderr"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for own, standard in ((nothing, 0), (out, 1), (err, 2)):
            os.dup2(own, standard)
            os.close(own)
        os.chdir(order["directory"])
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = ["cohort", *order["arguments"]]
        random.seed()
        follow_clock(os.environ.get("WIRE_CLOCK"))
        watch_commits(
            os.environ.get("WIRE_COMMITS"),
            os.environ.get("WIRE_KILL"),
            os.environ.get("WIRE_KNOWN"),
        )
        if patience := os.environ.get("WIRE_READY"):
            have_library(guild_ready_timeout=float(patience))
        if silence := os.environ.get("WIRE_SILENCE"):
            have_library(heartbeat_timeout=float(silence))
        if (pause := os.environ.get("WIRE_IDENTIFY")) is not None:
            connect_after(float(pause or 0))
        watch_tasks(os.environ.get("WIRE_TASKS"))
        watch_steps(os.environ.get("WIRE_STEPS"))
        sweep = os.environ.get("WIRE_SWEEP")
        if sweep == "stepped":
            sweep_when_stepped()
        elif sweep:
            from bot.jobs import scheduler

            scheduler.SWEEP = timedelta(seconds=float(sweep))
        from bot.__main__ import main

        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def follow_clock(file: str | None) -> None:
    """Put the process's clock off by what ``file`` says, whenever SIGUSR1 comes."""
    if file is None:
        return

    def off_by(seconds: str) -> datetime:
        hatch = time_machine.escape_hatch
        true = hatch.time.time() if hatch.is_travelling() else time.time()
        return datetime.fromtimestamp(true, UTC) + timedelta(seconds=float(seconds))

    told = Path(file).read_text()
    traveller = time_machine.travel(off_by(told), tick=True).start()

    def step(number: int, frame: FrameType | None) -> None:
        told = None
        # A signal that comes meanwhile is handled in the middle of this one.
        while (newest := Path(file).read_text()) != told:
            told = newest
            traveller.move_to(off_by(told), tick=True)
        for call in AFTER_STEP:
            call()

    signal.signal(signal.SIGUSR1, step)


def sweep_when_stepped() -> None:
    """Look at the table of deadlines after each step of the clock."""
    from bot.jobs.scheduler import DeadlineScheduler

    start = DeadlineScheduler.start

    async def start_listening(self: DeadlineScheduler) -> None:
        await start(self)
        loop = asyncio.get_running_loop()

        def sweep() -> None:
            self._background.spawn(self._sweep(), "sweep")

        AFTER_STEP.append(lambda: loop.call_soon_threadsafe(sweep))

    DeadlineScheduler.start = start_listening  # type: ignore[method-assign]


def watch_commits(file: str | None, kill: str | None, known: str | None) -> None:
    """Count the commits that change something, and end the process at the one that is named."""
    if file is None:
        return
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    when, _, number = (kill or "never:0").partition(":")
    count = 0

    def passed(moment: str) -> None:
        if (moment, count) == (when, int(number)):
            os.kill(os.getpid(), signal.SIGKILL)

    class Watched(sqlite3.Connection):
        """A connection that tells of its commits."""

        changes = 0

        def commit(self) -> None:
            nonlocal count
            changed, self.changes = self.total_changes != self.changes, self.total_changes
            if not changed:
                super().commit()
                return
            count += 1
            passed("before")
            super().commit()
            os.write(descriptor, b".")
            passed("after")
            if known is not None and new_kind_is_due(self, known.split()):
                os.kill(os.getpid(), signal.SIGKILL)

    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connect_watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return connect(*arguments, **{"factory": Watched, **options})

    sqlite3.connect = connect_watched


def have_library(**patience: float) -> None:
    """Set how many seconds the library waits, for one more server or for a sign of life."""
    from discord.state import ConnectionState

    begin = ConnectionState.__init__

    def begin_patient(self: Any, **options: Any) -> None:
        begin(self, **{**options, **patience})

    ConnectionState.__init__ = begin_patient  # type: ignore[method-assign]


def connect_after(pause: float) -> None:
    """Make shards connect without the five seconds that Discord wants in between.

    Where there are several processes, ``pause`` seconds are kept between theirs.
    """
    import discord

    from bot import client

    client.IDENTIFY_EVERY = pause

    async def identify(self: discord.Client, shard_id: int | None, *, initial: bool) -> None:
        pass

    discord.Client.before_identify_hook = identify  # type: ignore[method-assign]


def watch_tasks(file: str | None) -> None:
    """Keep count, in a file, of the bot's work: in the background, on events, and on answers."""
    if file is None:
        return
    import discord
    from discord.gateway import DiscordWebSocket
    from discord.ui.view import ViewStore

    from bot.jobs.background import Background

    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    count, heard, ready = 0, 0, False

    def tell_count() -> None:
        os.pwrite(descriptor, f"{count if ready else -1:8} {heard:12}".encode(), 0)

    def begin() -> None:
        nonlocal count
        count += 1
        tell_count()

    def end(*_: Any) -> None:
        nonlocal count
        count -= 1
        tell_count()

    def begun(sequence: int) -> None:
        nonlocal heard
        heard = sequence
        tell_count()

    def counted(work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def work_counted(*arguments: Any, **options: Any) -> Any:
            begin()
            try:
                return await work(*arguments, **options)
            finally:
                end()

        return work_counted

    spawn, run_event = Background.spawn, discord.Client._run_event
    receive = DiscordWebSocket.received_message

    def spawn_counted(self: Background, work: Any, name: str) -> Any:
        task = spawn(self, work, name)
        if task is not None:
            begin()
            task.add_done_callback(end)
        return task

    async def run_event_counted(
        self: discord.Client, hear: Any, name: str, *arguments: Any, **options: Any
    ) -> None:
        nonlocal ready
        begin()
        try:
            await run_event(self, hear, name, *arguments, **options)
        finally:
            ready = ready or name == "on_ready"
            end()

    async def receive_told(self: DiscordWebSocket, message: Any, /) -> None:
        await receive(self, message)
        if self.sequence is not None:
            # Only after the tasks have begun that this event has made.
            asyncio.get_running_loop().call_soon(begun, self.sequence)

    Background.spawn = spawn_counted  # type: ignore[method-assign]
    discord.Client._run_event = run_event_counted  # type: ignore[method-assign]
    DiscordWebSocket.received_message = receive_told  # type: ignore[method-assign]
    for owner, name in (
        (discord.app_commands.CommandTree, "_call"),
        (discord.ui.view.BaseView, "_scheduled_task"),
        (discord.ui.Modal, "_scheduled_task"),
        (ViewStore, "schedule_dynamic_item_call"),
    ):
        setattr(owner, name, counted(getattr(owner, name)))


def watch_steps(file: str | None) -> None:
    """Write down which steps of the event loop take long: nobody else is answered meanwhile.

    What a step took of its own is the CPU time of the whole process: while the loop's thread waits
    for the interpreter's lock, another of its threads computes or collects garbage. Yet it is no
    more than the clock shows without the wait for a core, since on a machine that others use, a
    thread may work on while the loop could go on but has no core.
    """
    if file is None:
        return
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    run = asyncio.Handle._run
    loops = threading.get_ident()
    since, seen, queued_before = 0.0, "", 0.0
    queued = time_without_core()

    def run_timed(self: asyncio.Handle) -> None:
        nonlocal since, seen
        # The clocks of time_machine don't reach these two.
        began, since = time.process_time(), time.perf_counter()
        run(self)
        wall, since = time.perf_counter() - since, 0.0
        if wall > LONG_STEP:
            own = min(time.process_time() - began, wall)
            if seen:
                own = min(own, wall - (queued() - queued_before))
            os.write(descriptor, json.dumps([own, wall, seen]).encode() + b"\n")
        seen = ""

    def look() -> None:
        nonlocal seen, queued_before
        while True:
            time.sleep(LONG_STEP / 4)
            if since and not seen and time.perf_counter() - since > LONG_STEP / 2:
                queued_before = queued()
                stack = traceback.extract_stack(sys._current_frames()[loops])
                seen = " < ".join(
                    f"{one.name} ({one.filename}:{one.lineno})" for one in stack[:-9:-1]
                )

    asyncio.Handle._run = run_timed  # type: ignore[method-assign]
    threading.Thread(target=look, daemon=True).start()


def time_without_core() -> Callable[[], float]:
    """Return what tells for how many seconds this thread has waited for a core, as any thread may.

    Linux alone counts that (https://docs.kernel.org/scheduler/sched-stats.html).
    """
    try:
        file = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
    except OSError:
        return lambda: 0.0
    return lambda: int(os.pread(file, 100, 0).split()[1]) / 1e9


def new_kind_is_due(connection: sqlite3.Connection, known: list[str]) -> bool:
    """Whether a deadline is due now that is of none of the known kinds."""
    if not connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'deadlines'"
    ).fetchone():
        return False
    due = connection.execute(
        "SELECT DISTINCT kind FROM deadlines "
        "WHERE state IN ('pending', 'sending') AND deliver_at <= ?",
        (int(time.time() * 1000),),
    )
    return any(kind not in known for (kind,) in due.fetchall())


if __name__ == "__main__":
    serve()
