"""Starts the bot quickly, at any time of day, and ends it at a given commit.

Run as a program it imports the bot once and then forks a child for each start, which calls the
bot's own ``main``. The child's environment may say more:

``WIRE_CLOCK`` names a file that holds how many seconds the machine's clock is off; SIGUSR1 has it
read again. ``WIRE_COMMITS`` names a file that gets a byte for each transaction that changed
something. ``WIRE_KILL`` is ``before:N`` or ``after:N``: SIGKILL at the N-th of them.
``WIRE_KNOWN`` lists kinds of deadlines: SIGKILL right after a commit that leaves one due of another
kind, before anything of it is delivered. ``WIRE_SWEEP`` is after how many seconds the table of
deadlines is looked at anew, which otherwise is a minute.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import time_machine

PRELOADED = ("bot", "cogs", "data")
NOT_PRELOADED = ("bot.demo", "data.migrations.env", "data.migrations.versions", "bot.__main__")


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
    for line in sys.stdin:
        order = json.loads(line)
        if "code" in order:
            _, status = os.waitpid(order["code"], 0)
            tell({"code": os.waitstatus_to_exitcode(status)})
            continue
        pid = os.fork()
        if not pid:
            run(order)
        tell({"pid": pid})


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
        if sweep := os.environ.get("WIRE_SWEEP"):
            from bot import deadlines

            deadlines.SWEEP = timedelta(seconds=float(sweep))
        from bot.__main__ import main

        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def follow_clock(file: str | None) -> None:
    """Let the process's clock be off by what ``file`` says, as often as SIGUSR1 comes."""
    if file is None:
        return

    def told() -> datetime:
        hatch = time_machine.escape_hatch
        true = hatch.time.time() if hatch.is_travelling() else time.time()
        return datetime.fromtimestamp(true, UTC) + timedelta(seconds=float(Path(file).read_text()))

    traveller = time_machine.travel(told(), tick=True).start()

    def step(number: int, frame: FrameType | None) -> None:
        traveller.move_to(told(), tick=True)

    signal.signal(signal.SIGUSR1, step)


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


def new_kind_is_due(connection: sqlite3.Connection, known: list[str]) -> bool:
    """Whether a deadline is due now that is of none of the known kinds."""
    if not connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'deadlines'"
    ).fetchone():
        return False
    due = connection.execute(
        "SELECT DISTINCT kind FROM deadlines WHERE state = 'pending' AND deliver_at <= ?",
        (int(time.time() * 1000),),
    )
    return any(kind not in known for (kind,) in due.fetchall())


if __name__ == "__main__":
    serve()
