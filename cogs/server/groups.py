"""Groups: making, editing, joining and leaving them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot import when
from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.place import Place
from cogs.server import rules
from data.checkins import Round, Schedule
from data.database import Store
from data.server import Group, GroupId, Groups, Member


@dataclass(frozen=True, slots=True)
class GroupView:
    """All that a group's card shows."""

    group: Group
    members: list[Member]
    schedule: Schedule | None
    round: Round | None
    now: datetime


class GroupService:
    """The use cases of groups."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def create(
        self, place: Place, *, channel_id: int, name: str, focus: str, timezone: str | None
    ) -> Group:
        """Make a group in a channel, with its maker as the first member.

        Raises NotAllowed for who is no organiser, Conflict when the channel has a group already
        or another group has the name, InvalidInput for a name, focus or zone that cannot be.
        """
        rules.only_organisers(place, "make a group")
        name, focus = rules.check_name(name), rules.check_focus(focus)
        zone = when.zone(timezone).key if timezone else None
        now = self.clock.now()
        async with self.store.transaction() as tx:
            here = await tx.groups.in_channel(place.guild_id, channel_id)
            if here is not None:
                raise Conflict(
                    f"“{here.name}” lives in <#{channel_id}> already. Choose another channel, "
                    "or archive that group first."
                )
            await self._free_name(tx.groups, place.guild_id, name)
            group = await tx.groups.create(
                guild_id=place.guild_id,
                channel_id=channel_id,
                name=name,
                focus=focus,
                timezone=zone,
                created_by=place.user_id,
                now=now,
            )
            await tx.groups.add_member(group.id, place.user_id, now)
        return group

    async def join(self, place: Place, group: Group) -> Group:
        """Become a member; raises Conflict for who is one."""
        _alive(group)
        async with self.store.transaction() as tx:
            if not await tx.groups.add_member(group.id, place.user_id, self.clock.now()):
                raise Conflict(f"You are in {group.name} already.")
        return group

    async def leave(self, place: Place, group: Group) -> Group:
        """Stop being a member; raises Conflict for who is none."""
        async with self.store.transaction() as tx:
            if not await tx.groups.remove_member(group.id, place.user_id, self.clock.now()):
                raise Conflict(f"You are not in {group.name}.")
        return group

    async def get(self, guild_id: int, group_id: int) -> Group:
        """Return a group of this server; raises NotFound."""
        async with self.store.read() as tx:
            group = await tx.groups.get(guild_id, group_id)
        if group is None:
            raise NotFound("That group does not exist any more.")
        return group

    async def view(self, group_id: int) -> GroupView:
        """Return what a group's card shows; raises NotFound."""
        async with self.store.read() as tx:
            group = await tx.groups.by_id(GroupId(group_id))
            if group is None:
                raise NotFound("That group does not exist any more.")
            members = await tx.groups.members(group.id)
            schedule = await tx.checkins.schedule_of(group.id)
            round_ = await tx.checkins.open_round(group.id)
        return GroupView(group, members, schedule, round_, self.clock.now())

    async def _free_name(self, groups: Groups, guild_id: int, name: str) -> None:
        for other in await groups.of_server(guild_id):
            if other.name.casefold() == name.casefold():
                raise Conflict(f"There is a group called “{other.name}” already. Choose another.")


def _alive(group: Group) -> None:
    if group.archived_at is not None:
        raise Conflict(f"{group.name} is archived: nothing happens in it any more.")
