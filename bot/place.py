"""Who acts, where, and in which time zone: what a service needs to know about an interaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.base.errors import NotAllowed
from data.server.groups import Group, GroupId
from data.transaction import Transaction


def _everything(channel_id: int) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Place:
    """One person in one channel of one server; ids are Discord's.

    ``channel_id`` is the text channel, also when used in one of its threads, whose id is then
    ``thread_id``. ``organiser`` holds the organiser role or Manage Server; ``manager`` holds
    Manage Server. ``here`` is the group that lives in the channel. ``sees`` tells whether the
    person can read a channel of the server; None for one that is gone. ``interaction_id`` is that
    of what they did, 0 where nobody did anything.
    """

    guild_id: int
    channel_id: int
    thread_id: int | None
    user_id: int
    organiser: bool
    manager: bool
    own_zone: ZoneInfo | None
    server_zone: ZoneInfo
    here: Group | None = None
    interaction_id: int = 0
    sees: Callable[[int], bool | None] = field(default=_everything, repr=False, compare=False)

    def may_know(self, channel_id: int, *, member: bool) -> bool:
        """Whether the person may know about what lives in a channel.

        People who cannot read it may not; if it is gone, a ``member`` of what lived there may.
        """
        seen = self.sees(channel_id)
        return member if seen is None else seen

    def zone(self, group: Group | None = None) -> ZoneInfo:
        """Return the zone to read times in: the person's, else the group's, else the server's."""
        if self.own_zone is not None:
            return self.own_zone
        return self.group_zone(group)

    def group_zone(self, group: Group | None = None) -> ZoneInfo:
        """Return the zone of a whole group: its own, else the server's."""
        if group is not None and group.timezone is not None:
            return ZoneInfo(group.timezone)
        return self.server_zone


def only_organisers(place: Place, what: str) -> None:
    """Raise NotAllowed for non-organisers; ``what`` completes “Only organisers can …”."""
    if not place.organiser:
        raise NotAllowed(
            f"Only organisers can {what}: people with the organiser role of `/cohort setup`, "
            "or with Manage Server."
        )


async def only_members_today(tx: Transaction, place: Place, group_id: GroupId) -> None:
    """Raise NotAllowed for people who left a group, whatever they began in it; not for organisers.

    Somebody's name stays on what they scheduled; their right to change it ends with their
    membership.
    """
    if not place.organiser and await tx.groups.member(group_id, place.user_id) is None:
        raise NotAllowed(
            "You are no longer in that group, so this is for its members and organisers to change. "
            "`/group join` brings you back."
        )


async def known_groups(tx: Transaction, place: Place) -> set[GroupId]:
    """Return the server's groups, archived or not, that the person may know about."""
    homes = await tx.groups.homes(place.guild_id)
    own = {group.id for group in await tx.groups.of_person(place.guild_id, place.user_id)}
    return {
        group_id
        for group_id, channel_id in homes.items()
        if place.may_know(channel_id, member=group_id in own)
    }
