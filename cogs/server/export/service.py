"""Everything of a server, for its organisers to take with them."""

from __future__ import annotations

from bot.place import Place, only_organisers
from data.store import Store


class ServerExportService:
    """The use case of exporting a server."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def export(self, place: Place) -> bytes:
        """Return the whole server's data, as a zip of JSON and CSV; for organisers."""
        only_organisers(place, "export the server's data")
        return await self.store.export(place.guild_id)
