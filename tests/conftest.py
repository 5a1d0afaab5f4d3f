"""What every test shares: a fake clock, a real store, and the real bot in a simulated Discord."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.base.clock import SteppedClock

if TYPE_CHECKING:
    from bot.config import Settings
    from data.store import Store
    from tests.figures import Figures
    from tests.plans import Plans
    from tests.postgresql import Emptied, Server
    from tests.world import World

# Whoever runs the bot has no rich; some tools have. Where structlog finds it, it draws every error
# that is logged with all local variables, which takes seconds.
sys.modules["rich"] = None  # type: ignore[assignment]

# Imports that take long are made in the fixtures that need them: the tests of one small module
# would otherwise wait two seconds for the whole bot and the simulated Discord.

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
"""A Monday."""

HELD = "requests held against Discord's description of its API"

WAITING = Path(__file__).with_name("wire")
"""Tests that wait for processes and for the wire; the others compute."""

LONG = Path(__file__).with_name("security")
"""Where one test tries everything of a kind, and takes up to a quarter of a minute."""

SERVER: pytest.StashKey[Server] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs the tests on PostgreSQL."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_configure(config: pytest.Config) -> None:
    """Give no example of a property a time limit: other processes share the machine.

    On PostgreSQL, start the server, which the workers use too. A run that is told to end stops it,
    and tells what had failed, as with Ctrl+C.
    """
    gc.disable()  # what is imported stays, and would be looked through again and again
    from hypothesis import settings

    # From the profile that Hypothesis chose: where CI is set, it draws the same examples each time,
    # so that a change is judged by what it changed. Everywhere else they are new ones.
    assert settings.default is not None
    settings.register_profile("unhurried", settings.default, deadline=None)
    settings.load_profile("unhurried")
    config.addinivalue_line("markers", "sqlite(reason): what it is about, only SQLite has")
    if config.getoption("--database") == "postgresql" and not hasattr(config, "workerinput"):
        from tests import postgresql

        signal.signal(signal.SIGTERM, signal.default_int_handler)
        if (server := postgresql.start()) is not None:
            config.stash[SERVER] = server
            os.environ[postgresql.WHERE] = str(server.folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server."""
    if (server := config.stash.get(SERVER, None)) is not None:
        server.remove()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the tests that wait, so that others run meanwhile and none waits at the end.

    Long ones come where the second worker begins: each is handed an equal part, and takes over from
    the end of another's, where a long test would run while the others have nothing left to do.

    On PostgreSQL, pass over what only SQLite has; over everything where it is missing.
    """
    items.sort(key=lambda item: not item.path.is_relative_to(WAITING))
    long = [item for item in items if item.path.is_relative_to(LONG)]
    items[:] = [item for item in items if not item.path.is_relative_to(LONG)]
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    second = (len(items) + len(long)) // workers
    items[second:second] = long
    if config.getoption("--database") != "postgresql":
        return
    from tests import postgresql

    for item in items:
        if postgresql.WHERE not in os.environ:
            item.add_marker(pytest.mark.skip(reason=postgresql.MISSING))
        elif (only := item.get_closest_marker("sqlite")) is not None:
            item.add_marker(pytest.mark.skip(reason=f"SQLite only: {only.args[0]}"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage from here on, but not among what has been loaded, and seldom in all."""
    gc.freeze()
    gc.set_threshold(700, 10, 100)
    gc.enable()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Start no workers for a selection: they would take longer to start than it takes.

    Otherwise one more than there are cores, since one of them mostly waits for processes.
    """
    chosen = [Path(argument.partition("::")[0]) for argument in config.args]
    return 0 if all(path.is_file() for path in chosen) else (os.cpu_count() or 1) + 1


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOON)


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file without rows, to copy: making the tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("database") / "cohort.db"
    asyncio.run(_make(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def plans() -> Iterator[Plans]:
    """What SQLite would do for each statement of the bot that runs."""
    from data.statements import Statements
    from tests.plans import Plans

    plans = Plans()
    with pytest.MonkeyPatch.context() as patched:
        plans.watch(Statements, patched)
        yield plans


async def _make(url: str) -> None:
    from data.store import Store

    store = Store(url)
    await store.open()
    await store.close()


@pytest.fixture(scope="session")
def postgresql_folder() -> Iterator[str]:
    """The folder of a running server's socket, also when the tests run on SQLite."""
    from tests import postgresql

    if (folder := os.environ.get(postgresql.WHERE)) is not None:
        yield folder
    elif (server := postgresql.start()) is not None:
        yield str(server.folder)
        server.remove()
    else:
        pytest.skip(postgresql.MISSING)


@pytest.fixture(scope="session")
def postgresql_database(request: pytest.FixtureRequest) -> Iterator[Emptied | None]:
    """The database of all of this worker's tests, when they run on PostgreSQL."""
    if request.config.getoption("--database") != "postgresql":
        yield None
        return
    from tests.postgresql import WHERE, Databases, Emptied

    databases = Databases(os.environ[WHERE])
    address = databases.address(databases.template)
    asyncio.run(_make(address))
    emptied = Emptied(address, databases.template, os.environ[WHERE])
    yield emptied
    emptied.close()
    databases.drop(databases.template)


@pytest.fixture
def database_url(
    tmp_path: Path, new_database: Path, plans: Plans, postgresql_database: Emptied | None
) -> Iterator[str]:
    """The address of a database without rows."""
    if postgresql_database is None:
        shutil.copyfile(new_database, tmp_path / "cohort.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'cohort.db'}"
        wrong = plans.wrong(new_database)
        assert wrong == [], "\n".join(wrong)
        return
    yield postgresql_database.address
    postgresql_database.empty()


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings that reach nothing outside this machine, with a database of their own."""
    from bot.config import Settings

    nowhere = "http://127.0.0.1:9"
    return Settings(
        database_url=database_url,
        card_interval=0,
        arxiv_api=nowhere,
        crossref_api=nowhere,
        openreview_api=nowhere,
        openreview_v1_api=nowhere,
        github_url=nowhere,
        watch_links=False,
    )


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """A migrated store of its own."""
    from data.store import Store

    store = Store(settings.database_url)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def world(
    settings: Settings,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> AsyncIterator[World]:
    """The bot in a server with a channel, an organiser and a few people."""
    from tests.answered_first import AnsweredFirst
    from tests.discord_rules import described
    from tests.world import World

    watch = AnsweredFirst()
    watch.install(monkeypatch)
    world = World(settings, clock)
    await world.start()
    yield world
    await world.stop()
    held = described(world.env.http_requests)
    if held:
        record_property(HELD, {"bodies": held, "that contradict it": 0})
    assert watch.late == [], "people wait for an answer meanwhile"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str, Figures], None]:
    """Tell the figures of a part, for the table that the run ends with."""
    return record_property


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table; a test that runs in another process has told its figures by its report."""
    from tests.figures import table, together

    parts: dict[str, list[Figures]] = {}
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("")):
        for part, figures in report.user_properties:
            # Requests are counted once the test has ended; the others were told while it ran.
            if (part == HELD) == (report.when == "teardown"):
                parts.setdefault(part, []).append(figures)
    if parts:
        terminalreporter.section("shown by force")
        for part, told in parts.items():
            terminalreporter.write_line(table(part, together(told)))


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("COHORT_"):
            monkeypatch.delenv(name)
