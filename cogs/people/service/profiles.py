"""Profiles: saying something of oneself, choosing who sees it, and looking at others'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.clock import Clock
from bot.errors import NotFound
from bot.place import Place
from cogs.people.rules import profiles as rules
from cogs.people.rules.profiles import Said
from data.database import Store, Transaction
from data.people import Profile
from data.states import Audience, Nudges, ProfileField, Purpose


class ProfileService:
    """The use cases of profiles."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def own(self, place: Place) -> Profile:
        """Return the person's own profile, all of it."""
        async with self.store.read() as tx:
            return await tx.people.get(place.guild_id, place.user_id)

    async def shown(self, place: Place, user_id: int) -> Profile:
        """Return what the person may see of somebody.

        Raises NotFound where that is nothing, whether it is hidden or was never said.
        """
        if user_id == place.user_id:
            return await self.own(place)
        async with self.store.read() as tx:
            profile = await tx.people.get(place.guild_id, user_id)
            companions = await tx.people.companions(place.guild_id, place.user_id)
        seen = rules.seen(profile, shares_group=user_id in companions)
        if seen is None or rules.is_blank(seen):
            raise NotFound(f"<@{user_id}> shows nothing of themselves here.")
        return seen

    async def describe(self, place: Place, said: Said) -> Profile:
        """Replace what somebody says of themselves; raises InvalidInput for what is unreadable."""
        return await self._save(place, **rules.described(said))

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
    ) -> Profile:
        """Change what is given of how somebody is reminded; returns all of it.

        Raises InvalidInput for a time that cannot be read, or for only one end of quiet hours.
        """
        changes: dict[str, object] = {}
        hours = rules.quiet_hours(quiet_from, quiet_until)
        if how is not None:
            changes |= {"nudges": how, "direct_closed_at": None}
        if hours is not None:
            changes |= {"quiet_from": hours[0], "quiet_until": hours[1]}
        return await self._save(place, **changes) if changes else await self.own(place)

    async def tags(self, place: Place) -> list[str]:
        """Return the interests that others show to the person, the most frequent first."""
        async with self.store.read() as tx:
            others = await visible(tx, place)
        counted = Counter(tag for one in others for tag in one.interests or ())
        return [tag for tag, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]

    async def _save(self, place: Place, **changes: object) -> Profile:
        async with self.store.transaction() as tx:
            await tx.people.save(place.guild_id, place.user_id, **changes)
            return await tx.people.get(place.guild_id, place.user_id)


async def visible(tx: Transaction, place: Place) -> list[Profile]:
    """Return what others in the server show to a person, each as that person may see it."""
    companions = await tx.people.companions(place.guild_id, place.user_id)
    seen = [
        rules.seen(one, shares_group=one.user_id in companions)
        for one in await tx.people.told(place.guild_id)
        if one.user_id != place.user_id
    ]
    return [one for one in seen if one is not None]
