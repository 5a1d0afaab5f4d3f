"""What the process remembers of itself between two starts, by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from data.repository import Repository
from data.server.schema import notes


class Notes(Repository):
    """The rows of notes: a text and when it was written."""

    async def get(self, name: str) -> str | None:
        """Return the text of a note."""
        return await self._value(lambda: select(notes.c.text).where(notes.c.name == name))

    async def written_at(self, name: str) -> datetime | None:
        """Return when a note was last written."""
        return await self._value(lambda: select(notes.c.written_at).where(notes.c.name == name))

    async def put(self, name: str, text: str, now: datetime) -> None:
        """Write a note, over the one that has the same name."""
        await self._put(notes, key=("name",), name=name, text=text, written_at=now)

    async def forget(self, name: str) -> None:
        """Delete a note."""
        await self._run(lambda: delete(notes).where(notes.c.name == name))
