"""A PostgreSQL server of the tests' own: on a socket in a temporary folder, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

WHERE = "TEST_POSTGRESQL"
"""The variable that names the folder of the running server's socket."""

MISSING = "no PostgreSQL server can be started here (Debian: apt install postgresql)"

SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "300",
    # Nothing here has to survive the machine.
    "fsync": "off",
    "full_page_writes": "off",
}


def programs() -> Path | None:
    """Return the folder of the newest server's programs, or None where there is none."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(installed, key=lambda folder: int(folder.parent.name), default=None)


def start(*, durable: bool = False) -> Server | None:
    """Start a server, or return None where there is none, or none can be started."""
    if (found := programs()) is None:
        return None
    try:
        return Server(found, durable=durable)
    except (OSError, subprocess.CalledProcessError):
        return None


class Server:
    """A running server; only this user's processes reach it.

    ``durable``, what is committed survives its being killed, as it does with everybody's settings.
    """

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        self._settings = {**SETTINGS, "synchronous_commit": "on" if durable else "off"}
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="cohort-"))
        # PostgreSQL refuses to run as root, and its package brings a user for it.
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(self.folder, "postgres")
        self._do(
            "initdb", "--username=cohort", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
            "--no-sync",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {**self._settings, "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        log = str(self.folder / "log")
        self._do("pg_ctl", "--wait", "--silent", f"--log={log}", f"--options={options}", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: ``fast`` ends every connection, ``immediate`` is as if it were killed."""
        self._do("pg_ctl", "--wait", "--silent", f"--mode={mode}", "stop")

    def remove(self) -> None:
        """Stop it, and delete all of it."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _do(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), f"--pgdata={self.folder / 'data'}"]
        # Not captured: the server would keep the pipe open.
        subprocess.run([*command, *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")


class Databases:
    """The databases that one worker's tests use."""

    def __init__(self, folder: str, purpose: str = "test") -> None:
        self._folder = folder
        self._made = 0
        worker = f"{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        self.template = f"template_{worker}"
        self._name = worker
        self._do(f"CREATE DATABASE {self.template}")

    def address(self, name: str) -> str:
        """Return the address of a database, as COHORT_DATABASE_URL has it."""
        return f"postgresql+asyncpg://cohort@/{name}?host={self._folder}"

    def make(self) -> str:
        """Make a database like the template, and return its name."""
        self._made += 1
        name = f"{self._name}_{self._made}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return name

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected with it."""
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        with psycopg.connect(
            host=self._folder, user="cohort", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)  # type: ignore[arg-type]
