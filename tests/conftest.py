"""What every test shares: a fake clock, a real store, and the real bot in a simulated Discord."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.base.clock import SteppedClock
from bot.config import Settings
from data.store import Store
from tests.figures import Figures, table, together
from tests.world import World

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
"""A Monday."""


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOON)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that reach nothing outside this machine."""
    nowhere = "http://127.0.0.1:9"
    return Settings(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'cohort.db'}",
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
    store = Store(settings.database_url)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def world(settings: Settings, clock: SteppedClock) -> AsyncIterator[World]:
    """The bot in a server with a channel, an organiser and a few people."""
    world = World(settings, clock)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str, Figures], None]:
    """Tell the figures of a part, for the table that the run ends with."""
    return record_property


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table; a test that runs in another process has told its figures by its report."""
    parts: dict[str, list[Figures]] = {}
    for report in terminalreporter.getreports("passed"):
        for part, figures in report.user_properties:
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
