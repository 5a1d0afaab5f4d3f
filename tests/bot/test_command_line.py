"""The command line: exit codes, one line for each failure, and no token anywhere."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import tzdata

from bot.ops.doctor import ALIVE
from data import migrations
from tests.data.migrations.revisions import REVISIONS, make
from tests.wire.launcher import ROOT, zygote

NOWHERE = "http://127.0.0.1:9/api/v10"
PATIENCE = 60.0
"""Seconds; the machine may be busy with other tests."""

TOKEN = "c2VjcmV0.secret-token.do-not-print"


def cohort(
    folder: Path, *arguments: str, fresh: bool = False, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder of its own.

    It's forked from an interpreter that has imported the bot, unless it should be ``fresh``.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "COHORT_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'cohort.db'}",
        "COHORT_DISCORD_API": NOWHERE,
        **environment,
    }
    if fresh:
        command = [sys.executable, "-m", "bot", *arguments]
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    with tempfile.TemporaryDirectory() as beside:
        out, err = Path(beside) / "out", Path(beside) / "err"
        process = zygote().start(folder, environment, arguments, out, err)
        code = process.ended(within=PATIENCE)
        return subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())


def failure(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line of a failure, having checked that it is one."""
    assert result.returncode == 1, result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("cohort: ")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1] == lines[0]
    return lines[0]


def test_without_a_token_it_says_where_to_put_one(tmp_path: Path) -> None:
    assert "COHORT_TOKEN" in failure(cohort(tmp_path, "run", fresh=True))


def test_a_token_that_cannot_be_one_is_not_printed(tmp_path: Path) -> None:
    said = failure(cohort(tmp_path, "run", COHORT_TOKEN="two words secret"))
    assert "secret" not in said
    assert "developer portal" in said


def test_a_token_file_that_is_missing_is_named(tmp_path: Path) -> None:
    assert "no-such-file" in failure(cohort(tmp_path, "run", COHORT_TOKEN_FILE="no-such-file"))


def test_an_unknown_zone_is_answered_with_a_suggestion(tmp_path: Path) -> None:
    said = failure(cohort(tmp_path, "run", COHORT_TOKEN=TOKEN, COHORT_TIMEZONE="Europ/Lndon"))
    assert "COHORT_TIMEZONE" in said
    assert "Europe/London" in said


def test_a_discord_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    result = cohort(tmp_path, "run", COHORT_TOKEN=TOKEN)
    assert "cannot be reached" in failure(result)
    assert TOKEN not in result.stderr + result.stdout


def test_a_database_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    said = failure(
        cohort(
            tmp_path,
            "migrate",
            COHORT_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'folder.db'}",
        )
    )
    assert "folder.db" in said


def test_a_corrupt_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "cohort.db").write_bytes(b"not a database at all, I fear" * 100)
    assert "Restore a backup" in failure(cohort(tmp_path, "run", COHORT_TOKEN=TOKEN))


def test_migrating_says_what_it_did(tmp_path: Path) -> None:
    assert f"made at revision {migrations.HEAD}" in cohort(tmp_path, "migrate").stdout
    assert "nothing to do" in cohort(tmp_path, "migrate").stdout
    (tmp_path / "cohort.db").unlink()
    make(tmp_path / "cohort.db", REVISIONS[0])
    said = cohort(tmp_path, "migrate").stdout
    assert f"from revision {REVISIONS[0]} to {migrations.HEAD}" in said
    assert (tmp_path / f"cohort.db.before-{migrations.HEAD}").exists()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    assert cohort(tmp_path, "migrate").returncode == 0
    connection = sqlite3.connect(tmp_path / "cohort.db")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer than this Cohort" in failure(cohort(tmp_path, "run", COHORT_TOKEN=TOKEN))


def test_a_backup_can_be_used_and_is_never_overwritten(tmp_path: Path) -> None:
    assert "nothing to back up" in failure(cohort(tmp_path, "backup", "copy.db"))
    cohort(tmp_path, "migrate")
    made = cohort(tmp_path, "backup", "copy.db", fresh=True)
    assert made.returncode == 0
    assert "copy.db" in made.stdout
    assert "exists already" in failure(cohort(tmp_path, "backup", "copy.db"))
    restored = cohort(
        tmp_path, "migrate", COHORT_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'copy.db'}"
    )
    assert restored.returncode == 0


def test_a_server_that_is_not_there_is_not_exported(tmp_path: Path) -> None:
    assert cohort(tmp_path, "migrate").returncode == 0
    file = tmp_path / "server.zip"
    said = failure(cohort(tmp_path, "export", "--guild", "12", str(file)))
    assert "server 12" in said
    assert not file.exists()


def test_the_doctor_says_what_is_wrong_and_never_the_token(tmp_path: Path) -> None:
    result = cohort(tmp_path, "doctor", COHORT_TOKEN=TOKEN)
    assert result.returncode == 1
    assert "ok  database" in result.stdout
    assert f"ok  time zones: rules {tzdata.IANA_VERSION} of the tzdata package" in result.stdout
    assert "!!  token: Discord cannot be reached" in result.stdout
    assert TOKEN not in result.stdout + result.stderr


def test_the_doctor_changes_nothing(tmp_path: Path) -> None:
    assert "made at the first start" in cohort(tmp_path, "doctor").stdout
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "cohort.db").touch()
    assert "brings it up to date" in cohort(tmp_path, "doctor").stdout
    connection = sqlite3.connect(tmp_path / "cohort.db")
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


def test_a_bot_that_never_ran_is_not_alive(tmp_path: Path) -> None:
    cohort(tmp_path, "migrate")
    result = cohort(tmp_path, "doctor", "--alive")
    assert result.returncode == 1
    assert "no bot has run" in result.stdout
    assert ALIVE.total_seconds() > 60


@pytest.mark.parametrize(
    "arguments", [["fly"], ["run", "--token", "x"], ["backup"], ["demo", "--port", "x"]]
)
def test_wrong_usage_is_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    assert cohort(tmp_path, *arguments).returncode == 2


def test_the_log_as_json_is_one_object_a_line_without_the_token(tmp_path: Path) -> None:
    import json

    result = cohort(
        tmp_path, "run", COHORT_TOKEN=TOKEN, COHORT_LOG_FORMAT="json", COHORT_LOG_LEVEL="debug"
    )
    lines = [line for line in result.stderr.splitlines() if not line.startswith("cohort: ")]
    assert lines
    assert all("event" in json.loads(line) for line in lines)
    assert TOKEN not in result.stderr


def test_an_exported_file_is_its_owners_alone(tmp_path: Path) -> None:
    from bot.command_line import _write_private

    file = tmp_path / "export.zip"
    _write_private(file, b"what people wrote")
    assert file.read_bytes() == b"what people wrote"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("shards", "ids", "said"),
    [
        ("4", "0-1", "or use PostgreSQL"),
        ("4", "2-4", "go from 0 to 3"),
        ("0", "1", "needs COHORT_SHARDS"),
        ("4", "one", "0-3 or 4,5"),
        ("4", "-1", "0-3 or 4,5"),
        ("4", "3-2", "go from 0 to 3"),
    ],
)
def test_shards_that_this_process_cannot_have_are_refused(
    tmp_path: Path, shards: str, ids: str, said: str
) -> None:
    result = cohort(tmp_path, "run", COHORT_TOKEN=TOKEN, COHORT_SHARDS=shards, COHORT_SHARD_IDS=ids)
    assert said in failure(result)
