"""What people chose to say of themselves, a row for each server they are in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import select

from bot.base import when
from data.people.schema import profiles
from data.repository import Repository
from data.server.schema import groups, members
from data.states import Audience, Nudges

AHEAD_OF_QUIET = timedelta(hours=1)
"""How long before somebody's quiet hours they get what would fall into them."""


class Profile(Struct, frozen=True):
    """One person in one server; everything is optional.

    Quiet hours go from ``quiet_from`` to ``quiet_until`` on the person's clocks, over midnight
    where the first is the later. ``direct_closed_at`` is when a direct message was last refused.
    ``level`` counts from 1; ``hours`` are those free in a week, and ``free`` when they lie, in the
    person's own zone. ``open_to`` holds values of ``Purpose``, ``hidden`` of ``ProfileField``;
    without an ``audience`` nobody else sees any of it.
    """

    guild_id: int
    user_id: int
    timezone: str | None = None
    nudges: Nudges | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    direct_closed_at: datetime | None = None
    streak_hidden: bool | None = None
    level: int | None = None
    interests: Sequence[str] | None = None
    hours: int | None = None
    free: Sequence[str] | None = None
    about: str | None = None
    open_to: Sequence[str] | None = None
    audience: Audience | None = None
    hidden: Sequence[str] | None = None
    portfolio_shared: bool | None = None
    voice_uncounted: bool | None = None
    """Whether being in a meeting's voice channel does not note them as there."""

    def quiet_ends(self, zone: ZoneInfo, now: datetime) -> datetime | None:
        """Return when the present quiet hours end, None outside of them.

        They are read on the person's own clocks, or where those are not known on those of ``zone``.
        """
        begin, end = self.quiet_from, self.quiet_until
        if begin is None or end is None or begin == end:
            return None
        here = ZoneInfo(self.timezone) if self.timezone is not None else zone
        there = now.astimezone(here)
        at = there.time()
        # From 22:00 to 07:00 goes over midnight.
        within = begin <= at < end if begin < end else at >= begin or at < end
        if not within:
            return None
        ends = when.local(there.date(), end, here)
        # By the local day and not by adding 24 hours: the clocks may change in between.
        return ends if ends > now else when.local(there.date() + timedelta(days=1), end, here)

    def awake(self, instant: datetime, zone: ZoneInfo, *, earlier: bool) -> datetime:
        """Return when this person can be reached: at ``instant``, or as near to it as possible.

        That is before the quiet hours that it falls in (``earlier``), or after them. Where no quiet
        hours are set, nights are quiet (see ``when.waking``). ``zone`` counts where the person's
        own is not known.
        """
        here = ZoneInfo(self.timezone) if self.timezone is not None else zone
        begin = self.quiet_from
        if begin is None or begin == self.quiet_until:
            return when.waking(instant, here, earlier=earlier)
        ends = self.quiet_ends(zone, instant)
        if ends is None or not earlier:
            return ends or instant
        day = instant.astimezone(here).date()
        begins = when.local(day, begin, here)
        if begins > instant:
            begins = when.local(day - timedelta(days=1), begin, here)
        before = begins - AHEAD_OF_QUIET
        # Whoever is awake for less than an hour a day has quiet hours there too.
        return before if self.quiet_ends(zone, before) is None else ends


class ProfilePatch(TypedDict, total=False):
    """What may change about a profile; None empties a column."""

    timezone: str | None
    nudges: Nudges
    quiet_from: time | None
    quiet_until: time | None
    direct_closed_at: datetime | None
    streak_hidden: bool
    level: int | None
    interests: Sequence[str] | None
    hours: int | None
    free: Sequence[str] | None
    about: str | None
    open_to: Sequence[str] | None
    audience: Audience | None
    hidden: Sequence[str] | None
    portfolio_shared: bool
    voice_uncounted: bool


class Profiles(Repository):
    """The rows of profiles."""

    async def get(self, guild_id: int, user_id: int) -> Profile:
        """Return somebody's profile, an empty one where nothing was said."""
        found = await self._first(
            Profile,
            lambda: select(profiles).where(
                profiles.c.guild_id == guild_id, profiles.c.user_id == user_id
            ),
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

    async def told(self, guild_id: int) -> list[Profile]:
        """Return the profiles that somebody else may see, of the whole server."""
        return await self._all(
            Profile,
            lambda: select(profiles).where(
                profiles.c.guild_id == guild_id,
                profiles.c.audience.in_([Audience.GROUPS, Audience.SERVER]),
            ),
        )

    async def companions(self, guild_id: int, user_id: int) -> set[int]:
        """Return the people who are in a group of this server with somebody now."""
        own, theirs = members.alias(), members.alias()
        return set(
            await self._values(
                select(theirs.c.user_id)
                .join(own, own.c.group_id == theirs.c.group_id)
                .join(groups, groups.c.id == own.c.group_id)
                .where(
                    groups.c.guild_id == guild_id,
                    groups.c.archived_at.is_(None),
                    own.c.user_id == user_id,
                    own.c.left_at.is_(None),
                    theirs.c.left_at.is_(None),
                    theirs.c.user_id != user_id,
                )
            )
        )

    async def save(self, guild_id: int, user_id: int, **values: Unpack[ProfilePatch]) -> None:
        """Set the named columns and leave the others."""
        await self._put(
            profiles, key=("guild_id", "user_id"), guild_id=guild_id, user_id=user_id, **values
        )
