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
    "yaml": "reading lists in files",
}
"""Packages that take long or much memory to load, and for what they are loaded."""

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
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
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
