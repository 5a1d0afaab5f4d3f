"""What the bot knows about a person in a server, as a file for them."""

from __future__ import annotations

import asyncio
import json

from bot.base.clock import Clock
from bot.place import Place
from data.store import Store


class PersonExportService:
    """The use case of people's own copy of their data."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def export(self, place: Place) -> bytes:
        """Return everything about the person in this server, as JSON with instants in UTC."""
        tables = await self.store.fetch(
            lambda tx: tx.person_export.everything(place.guild_id, place.user_id)
        )
        whole = {
            "server": place.guild_id,
            "person": place.user_id,
            "exported_at": self.clock.now().isoformat(),
            "tables": tables,
        }
        written = await asyncio.to_thread(json.dumps, whole, indent=1, ensure_ascii=False)
        return written.encode()
