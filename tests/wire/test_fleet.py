"""Several processes on one database, killed while people act; ``make soak`` does it for longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import postgresql
from tests.figures import Figures

from .fleet import SMALL, fleet


@pytest.fixture
def server() -> Iterator[postgresql.Server]:
    """A server of its own: it is restarted."""
    if (server := postgresql.start(durable=True)) is None:
        pytest.skip(postgresql.MISSING)
    yield server
    server.remove()


async def test_whatever_is_killed_what_people_did_is_there_once(
    server: postgresql.Server, tmp_path: Path, tell: Callable[[str, Figures], None]
) -> None:
    databases = postgresql.Databases(str(server.folder), "fleet")
    found = await fleet(SMALL, server, databases.address(databases.template), tmp_path)
    assert found.wrong == []
    assert found.faults["SIGKILL"] == SMALL.kills
    tell("processes", found.figures())
