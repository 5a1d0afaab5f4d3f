"""A database is copied to one of another kind, and nothing of it is lost or changed on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Column, Integer, MetaData, Table, text

from bot.base.errors import StartupError
from bot.command_line import cli
from data.store import Store
from tests import postgresql
from tests.database import At, everything, opened
from tests.rows import fill


@pytest.fixture
def server_url(postgresql_folder: str) -> Iterator[str]:
    """The address of an empty database of PostgreSQL, whichever the tests run on."""
    databases = postgresql.Databases(postgresql_folder, "copying")
    name = databases.make()
    yield databases.address(name)
    databases.drop(name)
    databases.drop(databases.template)


def copy(source: str, target: str) -> Result:
    return CliRunner().invoke(cli, ["copy", "--from", source, "--to", target])


def url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def made(address: str) -> None:
    store = Store(address)
    await store.open()
    await store.close()


def next_id(at: At) -> int:
    """Return the id that the next deadline gets."""
    with opened(at) as connection:
        values = {"guild_id": 1, "kind": "x", "subject_id": 1, "occurrence": 0, "offset": 0}
        values |= {"due_at": 0, "deliver_at": 0, "state": "pending", "attempts": 0}
        plain = Table(
            "deadlines", MetaData(), Column("id", Integer, primary_key=True), *map(Column, values)
        )
        return connection.execute(plain.insert().values(values).returning(plain.c.id)).scalar_one()


def test_everything_goes_to_postgresql_and_back_and_ids_go_on(
    tmp_path: Path, server_url: str
) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    asyncio.run(made(url(first)))
    fill(first, 1, 2, each=3)
    with opened(first) as connection:
        # The newest row is gone, and its id must be given to no other.
        connection.execute(text("DELETE FROM deadlines WHERE id = (SELECT max(id) FROM deadlines)"))
    before = everything(first)

    there = copy(url(first), server_url)
    assert there.exit_code == 0, there.exception
    assert everything(server_url) == before
    assert f"Copied {sum(map(len, before.values()))} rows" in there.output
    back = copy(server_url, url(second))
    assert back.exit_code == 0, back.exception
    assert everything(second) == before

    expected = next_id(first)
    assert [next_id(server_url), next_id(second)] == [expected, expected]


def test_what_cannot_be_copied_is_refused_in_a_sentence(
    tmp_path: Path, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.postgresql.database.HANDING_OVER", 0.5)
    path, missing, other = tmp_path / "cohort.db", tmp_path / "none.db", tmp_path / "other.db"
    asyncio.run(made(url(path)))
    asyncio.run(made(url(other)))
    fill(path, 1)

    def refusal(source: str, target: str) -> str:
        error = copy(source, target).exception
        assert isinstance(error, StartupError), error
        return error.sentence

    assert "are both" in refusal(url(path), url(path))
    assert "does not exist" in refusal(url(missing), server_url)
    assert not missing.exists()
    assert "not a database address" in refusal(url(path), "mysql://somewhere/cohort")
    assert "revision none" in refusal(server_url, url(other))
    fill(other, 2)
    assert "is not empty" in refusal(url(path), url(other))

    async def beside_a_bot() -> None:
        bot = Store(url(path))
        await bot.open(alone=True)
        store = Store(server_url)
        await store.open(alone=True)
        # Another connection of this process has SQLite's lock already; PostgreSQL's has none.
        said = await asyncio.to_thread(refusal, url(path), server_url)
        assert "in use by another Cohort" in said
        await store.close()
        await bot.close()

    asyncio.run(beside_a_bot())
    assert all(not rows for rows in everything(server_url).values()), "nothing was copied"


def test_a_text_that_does_not_fit_is_named_and_nothing_is_copied(
    tmp_path: Path, server_url: str
) -> None:
    path = tmp_path / "cohort.db"
    asyncio.run(made(url(path)))
    fill(path, 1)
    with opened(path) as connection:
        connection.execute(text("UPDATE groups SET focus = 'a' || char(0) || 'b'"))
    error = copy(url(path), server_url).exception
    assert isinstance(error, StartupError)
    assert error.sentence.startswith("groups does not fit into postgresql://cohort@")
    assert all(not rows for rows in everything(server_url).values())
