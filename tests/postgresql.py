"""A PostgreSQL server of the tests' own: on a socket in a temporary folder, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from data.migrations import HEAD

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


_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_DELETIONS = """
    SELECT string_agg(format('DELETE FROM %I', relname), ';') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""
_COUNT_AGAIN = """
    SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE last_value IS NOT NULL
"""


class Emptied:
    """A database that each test finds without rows: making one takes longer than most tests."""

    def __init__(self, address: str, name: str, folder: str) -> None:
        self.address = address
        self._connection = psycopg.connect(
            host=folder, user="cohort", dbname=name, autocommit=True, prepare_threshold=None
        )
        # No links meanwhile, so that tables can be emptied in any order.
        self._connection.execute("SET session_replication_role = replica")
        deletions = self._connection.execute(_DELETIONS).fetchone()
        assert deletions is not None
        revision = f"UPDATE alembic_version SET version_num = '{HEAD}'"  # noqa: S608
        self._emptying = ";".join((_END_OTHERS, deletions[0], _COUNT_AGAIN, revision))

    def empty(self) -> None:
        """End everybody's connections, and leave the database as a new one is."""
        self._connection.execute(self._emptying)  # type: ignore[arg-type]

    def close(self) -> None:
        """Leave the database."""
        self._connection.close()


class Databases:
    """The databases that one worker's tests use."""

    def __init__(self, folder: str, purpose: str = "test") -> None:
        self._folder = folder
        self._made = 0
        worker = f"{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        self.template = f"template_{worker}"
        self._name = worker
        with self._connected() as connection:
            # From 15 on each page is also written to the log by default, which takes much longer.
            newer = connection.info.server_version >= 150000
            self._copied = " STRATEGY FILE_COPY" if newer else ""
        self._do(f"CREATE DATABASE {self.template}")

    def address(self, name: str) -> str:
        """Return the address of a database, as COHORT_DATABASE_URL has it."""
        return f"postgresql+asyncpg://cohort@/{name}?host={self._folder}"

    def make(self) -> str:
        """Make a database like the template, and return its name."""
        self._made += 1
        name = f"{self._name}_{self._made}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {self.template}{self._copied}")
        return name

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected with it."""
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(host=self._folder, user="cohort", dbname="postgres", autocommit=True)
