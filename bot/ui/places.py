"""From an interaction to who acts, where, in which group and in which zone."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.base.choices import Offered
from bot.base.choices import reference as reference
from bot.base.choices import referred as referred
from bot.base.errors import InvalidInput, NotAllowed, NotFound
from bot.place import Place, known_groups
from bot.ui.options import choices as choices
from bot.ui.options import offer
from data.across import homes
from data.across.homes import Home
from data.server.groups import Group, GroupId
from data.store import Store, outside
from data.transaction import Transaction


class OfGroup(Protocol):
    """Whatever belongs to a group."""

    @property
    def group_id(self) -> GroupId:
        """Return which."""
        ...


T = TypeVar("T", bound=OfGroup)
R = TypeVar("R")

GONE = "What this was about is gone. Use the command again to see what there is now."


class WhichGroup(InvalidInput):
    """Several groups may be meant: ``groups``, the person's own first."""

    def __init__(self, groups: Sequence[Group]) -> None:
        super().__init__("Which group? Use this in the group's channel, or give `group:`.")
        self.groups = groups


class Places:
    """Answers where an interaction happened, from Discord's payload and our rows.

    ``zone`` is the name of a server's time zone until its organisers choose one.
    """

    def __init__(self, store: Store, zone: str) -> None:
        self._store = store
        self._zone = zone

    async def of(self, interaction: discord.Interaction[Any]) -> Place:
        """Return who acts and where.

        Raises NotAllowed outside a server.
        """
        place, _ = await self.asking(interaction, _nothing)
        return place

    async def asking(
        self,
        interaction: discord.Interaction[Any],
        ask: Callable[[Transaction, Place], Awaitable[R]],
    ) -> tuple[Place, R]:
        """Return who acts and where, and what ``ask`` reads for it, in one trip to the store.

        Raises NotAllowed outside a server.
        """
        guild_id, channel_id = interaction.guild_id, interaction.channel_id
        if guild_id is None or channel_id is None:
            raise NotAllowed("I work in servers: use this in a channel of yours.")
        channel: Any = interaction.channel
        in_thread = isinstance(channel, discord.Thread)
        # Groups live in channels, and people talk in their threads: there they mean the channel's
        # group.
        parent_id = channel.parent_id if in_thread else channel_id
        user, guild = interaction.user, interaction.guild
        # From the interaction, which carries what the person may do in this very channel; the cache
        # may hold nobody.
        manager, roles = interaction.permissions.manage_guild, _role_ids(user)
        interaction_id = interaction.id

        async def read(tx: Transaction) -> tuple[Place, R]:
            known = await tx.contexts.get(guild_id, parent_id, user.id)
            organiser = manager or known.organiser_role_id in roles
            place = Place(
                guild_id=guild_id,
                channel_id=parent_id,
                thread_id=channel_id if in_thread else None,
                user_id=user.id,
                organiser=organiser,
                manager=manager,
                own_zone=ZoneInfo(known.own_timezone) if known.own_timezone else None,
                server_zone=ZoneInfo(known.server_timezone or self._zone),
                here=known.here,
                interaction_id=interaction_id,
                sees=_sees(guild, user, organiser=organiser),
            )
            return place, await ask(tx, place)

        return await self._store.fetch(read)

    async def admitted(
        self,
        interaction: discord.Interaction[Any],
        about: Mapping[str, object],
        *,
        leaving: bool = False,
    ) -> Place:
        """Return who acts and where, if they may know about what a control names.

        See :meth:`admit`, which raises the same.
        """
        asked = _things(about)
        place, found = await self.asking(interaction, lambda tx, place: _homes(tx, place, asked))
        _check_homes(place, found, leaving=leaving)
        return place

    async def admit(
        self, place: Place, about: Mapping[str, object], *, leaving: bool = False
    ) -> None:
        """Admit a control or form, if the person may know about everything that it names.

        ``about`` is what its custom id holds; every field that ends with ``_id`` names a thing of
        ours. It must be a row of this server, and live where the person can read, or be about
        them. ``leaving`` also admits members to things in channels that they can no longer read.
        What is gone, another server's, or hidden from the person is refused with the same words, so
        that a refusal reveals nothing. Raises NotFound.
        """
        asked = _things(about)
        if asked:
            found = await self._store.fetch(lambda tx: _homes(tx, place, asked))
            _check_homes(place, found, leaving=leaving)

    async def group(
        self, place: Place, given: str | None = None, *, leaving: bool = False
    ) -> Group:
        """Return the group that is meant.

        The one named; else the one that lives in this channel; else the person's only one; else
        the server's only one, of those that live where the person can read; for ``leaving`` also
        of their own that do not. Raises NotFound with what to do, and WhichGroup where several are
        possible.
        """
        if given is None and place.here is not None:
            return place.here
        groups, own = await self._groups(place, leaving=leaving)
        if given is not None:
            return _offered(groups).named(given)
        for found in (own, groups):
            if len(found) == 1:
                return found[0]
        if not groups:
            raise NotFound(
                "There is no group in this server yet. An organiser can make one with "
                "`/group create` in the channel where it should live."
            )
        others = [one for one in groups if one not in own] if place.organiser or not own else []
        raise WhichGroup([*own, *others])

    async def group_choices(
        self, interaction: discord.Interaction[Any], typed: str, *, leaving: bool = False
    ) -> list[app_commands.Choice[str]]:
        """Return what ``group`` takes for autocomplete, the person's own groups first."""
        groups, own = await self._groups(await self.of(interaction), leaving=leaving)
        ranked = [*own, *(group for group in groups if group not in own)]
        return offer(typed, _offered(ranked))

    async def seen(self, place: Place, things: Iterable[T]) -> list[T]:
        """Return those of these that belong to a group whose channel the person can read."""
        async with self._store.read() as tx:
            known = await known_groups(tx, place)
        return [one for one in things if one.group_id in known]

    async def _groups(
        self, place: Place, *, leaving: bool = False
    ) -> tuple[list[Group], list[Group]]:
        """Return the server's groups that the person may know of, and those they are in."""

        async def both(tx: Transaction) -> tuple[list[Group], list[Group]]:
            everything = await tx.groups.of_server(place.guild_id)
            return everything, await tx.groups.of_person(place.guild_id, place.user_id)

        everything, own = await self._store.fetch(both)
        mine = {group.id for group in own}
        groups = [
            group
            for group in everything
            if place.may_know(group.channel_id, member=group.id in mine)
            or (leaving and group.id in mine)
        ]
        return groups, [group for group in groups if group.id in mine]


def _offered(groups: Sequence[Group]) -> Offered[Group]:
    return Offered(groups, "group", title=lambda group: group.name)


def _things(about: Mapping[str, object]) -> list[tuple[str, int]]:
    """Return the kinds and ids of the things that a custom id names."""
    named = [(name.removesuffix("_id"), about[name]) for name in about if name.endswith("_id")]
    # Ids begin at 1; a form says by 0 that it is about none, such as a check-in between rounds.
    return [(kind, int(str(id_))) for kind, id_ in named if kind in homes.KINDS and id_]


async def _homes(
    tx: Transaction, place: Place, things: Sequence[tuple[str, int]]
) -> list[Home | None]:
    return [await tx.homes.of(kind, own_id, place.user_id) for kind, own_id in things]


def _check_homes(place: Place, found: Sequence[Home | None], *, leaving: bool) -> None:
    for home in found:
        if home is None or home.guild_id != place.guild_id:
            raise NotFound(GONE)
        known = place.may_know(home.channel_id, member=home.member)
        if not (known or home.own or (leaving and home.member)):
            raise NotFound(GONE)


async def _nothing(tx: Transaction, place: Place) -> None:
    """Read nothing more than who acts and where."""


def _sees(
    guild: discord.Guild | None, user: discord.User | discord.Member, *, organiser: bool
) -> Callable[[int], bool | None]:
    """Return whether the person can read a channel; an organiser may know what is in each."""

    @functools.cache  # many things live in one channel
    def sees(channel_id: int) -> bool | None:
        outside()
        if organiser:
            return True
        channel = guild.get_channel(channel_id) if guild is not None else None
        if channel is None or not isinstance(user, discord.Member):
            return None
        return channel.permissions_for(user).view_channel

    return sees


def _role_ids(user: discord.User | discord.Member) -> frozenset[int]:
    """Return the roles that the interaction says the person has, cached or not."""
    if not isinstance(user, discord.Member):
        return frozenset()
    return frozenset(user._roles)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - `roles` hides uncached ones
