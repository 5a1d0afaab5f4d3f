"""What people chose to say of themselves, a row for each server they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from data.repository import Repository
from data.schema.people import profiles
from data.states import Nudges


@dataclass(frozen=True, slots=True)
class Profile:
    """One person in one server; everything is optional.

    Quiet hours go from ``quiet_from`` to ``quiet_until`` on the person's clocks, over midnight
    where the first is the later. ``direct_closed_at`` is when a direct message was last refused.
    """

    guild_id: int
    user_id: int
    timezone: str | None = None
    nudges: Nudges | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    direct_closed_at: datetime | None = None
    streak_hidden: bool | None = None


class People(Repository):
    """The rows of profiles."""

    async def get(self, guild_id: int, user_id: int) -> Profile:
        """Return somebody's profile, an empty one where nothing was said."""
        found = await self._first(
            Profile,
            select(profiles).where(profiles.c.guild_id == guild_id, profiles.c.user_id == user_id),
        )
        return found or Profile(guild_id, user_id)

    async def of(self, guild_id: int, user_ids: Sequence[int]) -> dict[int, Profile]:
        """Return the profiles of those among these people who said something of themselves."""
        wanted = set(user_ids)
        # A list of thousands would be more than one statement takes; a server's rows are not.
        statement = select(profiles).where(profiles.c.guild_id == guild_id)
        if len(wanted) <= 100:
            statement = statement.where(profiles.c.user_id.in_(wanted))
        found = await self._all(Profile, statement)
        return {one.user_id: one for one in found if one.user_id in wanted}

    async def save(self, guild_id: int, user_id: int, **values: Any) -> None:
        """Set the named columns and leave the others."""
        await self._put(
            profiles, key=("guild_id", "user_id"), guild_id=guild_id, user_id=user_id, **values
        )
