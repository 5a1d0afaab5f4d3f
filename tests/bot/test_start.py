"""What a start loads, and what it leaves until somebody needs it."""

from __future__ import annotations

import json
import subprocess
import sys

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
