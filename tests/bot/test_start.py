"""What a start loads, and what it leaves until somebody needs it."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys

import pytest

from bot.app import SERVERS_AT_ONCE, create_bot, settle_servers
from bot.config import Settings

RARELY_NEEDED = {
    "PIL": "pictures",
    "alembic": "a database that is older than this version",
    "icalendar": "calendar files",
    "jinja2": "reports and portfolios",
    "lxml": "web pages",
    "markdown_it": "tables in Markdown",
    "mpmath": "intervals around results",
    "sqlalchemy.dialects.postgresql": "another database",
    "yaml": "reading lists in files",
}
"""What takes long or much memory to load, and for what it is loaded."""

START = """
import asyncio, json, sys
from bot.app import create_bot
from bot.config import Settings

async def main():
    bot = create_bot(Settings(database_url=sys.argv[1]))
    await bot.store.open()
    bot.background.adopt_context()
    for set_up in bot.features:
        await set_up(bot)
    await bot.deadlines.start()
    await bot.close()

asyncio.run(main())
print(json.dumps(sorted(sys.modules)))
"""

LOAD = """
import gc
looks = 0

def count(phase, about):
    global looks
    looks += phase == "start"

gc.callbacks.append(count)
import bot.__main__
print(looks, gc.isenabled())
"""


async def test_what_is_known_of_servers_is_set_aside_while_they_arrive(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside: list[int] = []
    bot = create_bot(settings)
    bot.loop = asyncio.get_running_loop()  # as once it is logged in
    settle_servers(bot)
    monkeypatch.setattr(gc, "freeze", lambda: aside.append(1))
    for _ in range(2 * SERVERS_AT_ONCE):
        bot.dispatch("socket_event_type", "GUILD_CREATE")
        bot.dispatch("socket_event_type", "MESSAGE_CREATE")
    await asyncio.sleep(0)
    assert len(aside) == 2


def test_a_start_loads_nothing_that_only_some_need(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", START, settings.database_url],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "discord" in loaded
    assert loaded & RARELY_NEEDED.keys() == set()


def test_what_is_loaded_is_not_looked_through_for_garbage() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    looks, enabled = done.stdout.split()
    assert int(looks) < 5
    assert enabled == "True"
