"""Profiles: what people say about themselves, who sees it, and what others show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from bot.base import when, wording
from bot.base.clock import Clock
from bot.base.errors import NotAllowed, NotFound
from bot.place import Place
from cogs.people import compatibility
from cogs.people.compatibility import Candidate
from cogs.people.profiles import rules
from cogs.people.profiles.rules import Said
from data.people.profiles import Profile, ProfilePatch
from data.server.groups import Server
from data.states import Audience, Nudges, ProfileField, Purpose
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class ProfileService:
    """The use cases of profiles."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @snapshot
    async def own(self, tx: Transaction, place: Place) -> Profile:
        """Return the person's own profile, all of it."""
        return await tx.profiles.get(place.guild_id, place.user_id)

    async def shown(self, place: Place, user_id: int) -> Profile:
        """Return what the person may see of somebody.

        Raises NotFound where that is nothing, whether it is hidden or was never said.
        """
        if user_id == place.user_id:
            return await self.own(place)
        async with self.store.read() as tx:
            profile = await tx.profiles.get(place.guild_id, user_id)
            companions = await tx.profiles.companions(place.guild_id, place.user_id)
        seen = rules.seen(profile, shares_group=user_id in companions)
        # One sentence for both: a different one would tell that there is something to hide.
        if seen is None or rules.is_blank(seen):
            raise NotFound(f"{wording.person(user_id)} shows no profile here.")
        return seen

    async def describe(self, place: Place, said: Said) -> Profile:
        """Replace what somebody says about themselves; raises InvalidInput as the rules do."""
        return await self._save(place, **rules.described(said, await self.levels(place.guild_id)))

    @snapshot
    async def levels(self, tx: Transaction, guild_id: int) -> Sequence[str]:
        """Return what a server calls its levels, the lowest first."""
        return levels_of(await tx.servers.get(guild_id))

    @transaction
    async def name_levels(self, tx: Transaction, place: Place, text: str) -> Sequence[str]:
        """Give a server's levels other names, one a line; blank for the usual ones.

        Raises NotAllowed for non-organisers, InvalidInput as ``rules.level_names`` does.
        """
        self.check_may_name(place)
        names = rules.level_names(text) if text.strip() else None
        server = await tx.servers.save(place.guild_id, self.clock.now(), levels=names)
        return levels_of(server)

    def check_may_name(self, place: Place) -> None:
        """Raise NotAllowed for non-organisers."""
        if not place.organiser:
            raise NotAllowed("Only organisers can name this server's levels.")

    async def add_interests(self, place: Place, tags: Sequence[str]) -> Profile:
        """Add interests to the person's own; raises InvalidInput for too many or one too long."""
        own = await self.own(place)
        # Through the same rule as typed ones, which counts them and drops what comes twice.
        typed = ", ".join([*(own.interests or ()), *tags])
        return await self._save(place, interests=rules.interests(typed) or None)

    async def open_to(self, place: Place, purposes: Sequence[Purpose]) -> Profile:
        """Set what somebody is open to."""
        return await self._save(place, open_to=[one.value for one in purposes] or None)

    async def show_to(self, place: Place, audience: Audience) -> Profile:
        """Set who sees the profile."""
        return await self._save(place, audience=audience)

    async def hide(self, place: Place, fields: Sequence[ProfileField]) -> Profile:
        """Set the parts that nobody else sees, whoever sees the rest."""
        return await self._save(place, hidden=[one.value for one in fields] or None)

    async def notify(
        self,
        place: Place,
        *,
        how: Nudges | None,
        quiet_from: str | None,
        quiet_until: str | None,
        streak_hidden: bool | None = None,
        timezone: str | None = None,
        voice_uncounted: bool | None = None,
    ) -> Profile:
        """Change how somebody is reminded and shown, as far as given; return all of it.

        Raises InvalidInput for a time that cannot be read, or for only one end of quiet hours.
        """
        changes = ProfilePatch()
        hours = rules.quiet_hours(quiet_from, quiet_until)
        if how is not None:
            changes["nudges"] = how
            # Whoever chooses again may have opened their messages, so we try them again.
            changes["direct_closed_at"] = None
        if hours is not None:
            changes["quiet_from"], changes["quiet_until"] = hours
        if streak_hidden is not None:
            changes["streak_hidden"] = streak_hidden
        if timezone is not None:
            changes["timezone"] = when.zone(timezone).key
        if voice_uncounted is not None:
            changes["voice_uncounted"] = voice_uncounted
        return await self._save(place, **changes) if changes else await self.own(place)

    @snapshot
    async def tags(self, tx: Transaction, place: Place) -> list[str]:
        """Return the interests that others show to the person, the most frequent first."""
        others = await visible(tx, place)
        counted = Counter(tag for one in others for tag in one.interests or ())
        return [tag for tag, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]

    @transaction
    async def _save(
        self, tx: Transaction, place: Place, **changes: Unpack[ProfilePatch]
    ) -> Profile:
        await tx.profiles.save(place.guild_id, place.user_id, **changes)
        return await tx.profiles.get(place.guild_id, place.user_id)


def levels_of(server: Server) -> Sequence[str]:
    """Return what a server calls its levels, the lowest first."""
    return server.levels or rules.LEVELS


async def visible(tx: Transaction, place: Place) -> list[Profile]:
    """Return what others in the server show to a person, each as that person may see it."""
    companions = await tx.profiles.companions(place.guild_id, place.user_id)
    seen = [
        rules.seen(one, shares_group=one.user_id in companions)
        for one in await tx.profiles.told(place.guild_id)
        if one.user_id != place.user_id
    ]
    return [one for one in seen if one is not None]


async def candidates(
    tx: Transaction,
    guild_id: int,
    user_ids: Sequence[int],
    now: datetime,
    *,
    for_all: bool = False,
) -> list[Candidate]:
    """Return people of one group with what they show to it; nothing else of them is used.

    ``for_all`` leaves only what they show to everyone in the server: whatever is posted in a
    channel is read by people outside the group too.
    """
    known = await tx.profiles.of(guild_id, user_ids)
    found: list[Candidate] = []
    for user_id in user_ids:
        profile = known.get(user_id)
        seen = rules.seen(profile, shares_group=not for_all) if profile is not None else None
        found.append(compatibility.candidate(seen, now) if seen is not None else Candidate(user_id))
    return found
