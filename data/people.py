"""What people chose to say of themselves, a row for each server they are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from data.repository import Repository
from data.schema.people import profiles


@dataclass(frozen=True, slots=True)
class Profile:
    """One person in one server; everything is optional."""

    guild_id: int
    user_id: int
    timezone: str | None = None


class People(Repository):
    """The rows of profiles."""

    async def get(self, guild_id: int, user_id: int) -> Profile:
        """Return somebody's profile, an empty one where nothing was said."""
        found = await self._first(
            Profile,
            select(profiles).where(profiles.c.guild_id == guild_id, profiles.c.user_id == user_id),
        )
        return found or Profile(guild_id, user_id)

    async def save(self, guild_id: int, user_id: int, **values: Any) -> None:
        """Set the named columns and leave the others."""
        await self._put(
            profiles, key=("guild_id", "user_id"), guild_id=guild_id, user_id=user_id, **values
        )
