"""The composition root: settings → store → client, and the features it loads."""

from __future__ import annotations

import gc
import sys

from bot.base.clock import Clock, SystemClock
from bot.client import CohortBot
from bot.config import Settings
from cogs import boards, checkins, people, programmes, reading, server
from data.store import Store

FEATURES = (
    server.setup,
    checkins.setup,
    reading.setup,
    boards.setup,
    people.setup,
    programmes.setup,
)
"""What sets up each feature, in order."""

TURN = 0.001
"""Seconds that a thread computes before the event loop, or another thread, has its turn."""

FULL_LOOKS = 4
"""After how many smaller looks for garbage everything is looked through.

With Python's ten, twice as much garbage waits for it, and everything stops for longer.
"""

SERVERS_AT_ONCE = 50
"""How many servers arrive before what is known of them counts as staying."""


def create_bot(settings: Settings, *, clock: Clock | None = None) -> CohortBot:
    """Return a bot that is connected to nothing yet.

    ``clock`` tells the time instead of the machine's clock. ``setup_hook``, which discord.py
    calls at login, opens and migrates the store and arms the deadlines; ``close()`` releases
    everything. Raises StartupError when the settings cannot be used.
    """
    store = Store(settings.database_url, settings.own_shards())
    return CohortBot(settings, store, clock or SystemClock(), FEATURES)


def settle() -> None:
    """Make the interpreter keep the event loop waiting less; once per process, after loading.

    What is loaded stays: a look through it for garbage would stop everything for a tenth of a
    second. And who waits while a thread draws has their turn sooner.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(700, 10, FULL_LOOKS)
    sys.setswitchinterval(TURN)


def settle_servers(bot: CohortBot) -> None:
    """Do the same for what Discord tells of the servers, while it arrives and once it is there.

    With 2,000 servers a look through all of it stops everything for a quarter of a second. What
    one that removes the bot leaves behind is then never looked for either: some 20 KiB.
    """
    told = 0

    async def on_socket_event_type(event_type: str) -> None:
        nonlocal told
        if event_type == "GUILD_CREATE":
            told += 1
            if told % SERVERS_AT_ONCE == 0:
                gc.freeze()

    async def on_shard_ready(shard_id: int) -> None:
        gc.freeze()

    bot.add_listener(on_socket_event_type)
    bot.add_listener(on_shard_ready)
