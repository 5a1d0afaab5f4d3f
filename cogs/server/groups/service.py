"""Groups: making, editing, joining and leaving them."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from bot.base import when
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import folded, one_line
from bot.place import Place, only_organisers
from cogs.server.groups import rules
from data.boards.projects import Project
from data.checkins.rounds import Round, Schedule
from data.delivery.kinds import DeadlineKind
from data.people.profiles import Profile
from data.reading.meetings import Meeting
from data.server.groups import Glance, Group, GroupColumns, GroupId, Groups, Member
from data.states import CardKind
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class GroupView(Struct, frozen=True):
    """All that a group's card shows."""

    group: Group
    here: Glance
    away: Glance
    schedule: Schedule | None
    round: Round | None
    meeting: Meeting | None
    projects: list[Project]


class Edited(Struct, frozen=True):
    """A group as it is now; ``moved`` to another channel, with its schedule if it has one."""

    group: Group
    schedule: Schedule | None
    moved: bool


class Back(Struct, frozen=True):
    """Somebody whose pause ended: the group, its open round, and how to reach them."""

    group: Group
    round: Round | None
    profile: Profile


class GroupService:
    """The use cases of groups."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def create(
        self,
        tx: Transaction,
        place: Place,
        *,
        channel_id: int,
        name: str,
        focus: str,
        timezone: str | None,
    ) -> Group:
        """Make a group in a channel, with its maker as the first member.

        Raises NotAllowed for non-organisers, Conflict when the channel has a group already
        or another group has the name, InvalidInput for a name, focus or zone that cannot be.
        """
        only_organisers(place, "make a group")
        name, focus = rules.check_name(name), rules.check_focus(focus)
        zone = when.zone(timezone).key if timezone else None
        now = self.clock.now()
        # One group to a channel: commands without ``group:`` mean the one of the channel they are
        # used in.
        await self._free_channel(tx.groups, place.guild_id, channel_id)
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
        await tx.expect_card(
            CardKind.GROUP,
            group.id,
            guild_id=place.guild_id,
            channel_id=channel_id,
            now=now,
            answer_to=place.interaction_id,
        )
        return group

    @transaction
    async def join(self, tx: Transaction, place: Place, group: Group) -> GroupView:
        """Become a member; raises Conflict for somebody who is one already."""
        _alive(group)
        now = self.clock.now()
        if not await tx.groups.add_member(group.id, place.user_id, now):
            raise Conflict(f"You are in {one_line(group.name)} already.")
        return await _view(tx, group, now)

    @transaction
    async def leave(self, tx: Transaction, place: Place, group: Group) -> Group:
        """Stop being a member; raises Conflict for non-members."""
        # From an archived group, too: whoever wants to leave can.
        if not await tx.groups.remove_member(group.id, place.user_id, self.clock.now()):
            raise Conflict(f"You are not in {one_line(group.name)}.")
        return group

    @transaction
    async def pause(self, tx: Transaction, place: Place, group: Group, until: datetime) -> datetime:
        """Be away until then: no nudges, no broken streak; returns when it ends.

        Raises Conflict for non-members, InvalidInput for more than a year.
        """
        _alive(group)
        now = self.clock.now()
        rules.check_pause(until, now)
        await self._member(tx, group, place.user_id)
        await tx.groups.set_away(group.id, place.user_id, now, until)
        await tx.deadlines.put(
            DeadlineKind.GROUP_RESUME,
            group.id,
            until,
            guild_id=group.guild_id,
            occurrence=place.user_id,
        )
        return until

    @transaction
    async def resume(self, tx: Transaction, place: Place, group: Group) -> Round | None:
        """Be back before a pause ends; returns the round that is open.

        Raises Conflict for non-members, and for somebody who is not away.
        """
        member = await self._member(tx, group, place.user_id)
        if not member.is_away(self.clock.now()):
            raise Conflict(f"You are not away from {one_line(group.name)}.")
        await tx.groups.set_away(group.id, place.user_id, None, None)
        await tx.deadlines.cancel(group.id, DeadlineKind.GROUP_RESUME, occurrence=place.user_id)
        return await tx.checkins.open_round(group.id)

    @transaction
    async def back(self, tx: Transaction, group_id: int, user_id: int) -> Back:
        """End a pause whose time has come; raises NotFound when it was moved or ended before."""
        now = self.clock.now()
        group = await tx.groups.by_id(GroupId(group_id))
        member = await tx.groups.member(group.id, user_id) if group else None
        if group is None or member is None or group.archived_at is not None:
            raise NotFound("There is no pause to end.")
        if member.is_away(now):
            raise NotFound("The pause was made longer.")
        round_ = await tx.checkins.open_round(group.id)
        profile = await tx.profiles.get(group.guild_id, user_id)
        return Back(group, round_, profile)

    @transaction
    async def edit(
        self,
        tx: Transaction,
        place: Place,
        group: Group,
        *,
        name: str | None,
        focus: str | None,
        timezone: str | None,
        channel_id: int | None,
        asks_unanswered: bool | None = None,
    ) -> Edited:
        """Change what is given and leave the rest.

        Raises NotAllowed for non-organisers, Conflict for a name or channel that is taken,
        InvalidInput for a name, focus or zone that cannot be, or for nothing to change.
        """
        only_organisers(place, "change a group")
        _alive(group)
        changes = GroupColumns()
        if name is not None:
            changes["name"] = rules.check_name(name)
        if focus is not None:
            changes["focus"] = rules.check_focus(focus)
        if timezone:
            changes["timezone"] = when.zone(timezone).key
        if channel_id is not None:
            changes["channel_id"] = channel_id
        if asks_unanswered is not None:
            changes["asks_unanswered"] = asks_unanswered
        if not changes:
            raise InvalidInput("Nothing to change: give a name, a focus, a time zone or a channel.")
        # Its own name in other letters does not clash with itself.
        if "name" in changes and folded(changes["name"]) != folded(group.name):
            await self._free_name(tx.groups, place.guild_id, changes["name"])
        if "channel_id" in changes and channel_id != group.channel_id:
            await self._free_channel(tx.groups, place.guild_id, changes["channel_id"])
        await tx.groups.edit(group.id, **changes)
        schedule = await tx.checkins.schedule_of(group.id)
        changed = await tx.groups.by_id(group.id)
        assert changed is not None  # noqa: S101 - it was written just now
        return Edited(changed, schedule, moved=changed.channel_id != group.channel_id)

    @transaction
    async def archive(self, tx: Transaction, place: Place, group: Group) -> Group:
        """End a group: nothing happens in it any more, and all of it stays.

        Raises NotAllowed for non-organisers, Conflict when it is archived already.
        """
        only_organisers(place, "archive a group")
        _alive(group)
        # Deadlines are left as they are: each asks when it is due whether its group is archived,
        # and restoring needs nothing put back.
        await tx.groups.edit(group.id, archived_at=self.clock.now())
        return group

    @transaction
    async def restore(self, tx: Transaction, place: Place, group: Group) -> Group:
        """Bring an archived group back.

        Raises NotAllowed for non-organisers, Conflict when it is not archived, or its name
        or channel is taken by now.
        """
        only_organisers(place, "bring a group back")
        if group.archived_at is None:
            raise Conflict(f"{one_line(group.name)} is not archived.")
        await self._free_name(tx.groups, place.guild_id, group.name)
        await self._free_channel(tx.groups, place.guild_id, group.channel_id)
        await tx.groups.edit(group.id, archived_at=None)
        return group

    @snapshot
    async def get(self, tx: Transaction, guild_id: int, group_id: int) -> Group:
        """Return a group of this server; raises NotFound."""
        group = await tx.groups.get(guild_id, group_id)
        if group is None:
            raise NotFound("That group does not exist any more.")
        return group

    async def view_in(self, tx: Transaction, group_id: int) -> GroupView:
        """Return what a group's card shows; raises NotFound."""
        group = await tx.groups.by_id(GroupId(group_id))
        if group is None:
            raise NotFound("That group does not exist any more.")
        return await _view(tx, group, self.clock.now())

    view = snapshot(view_in)

    async def _member(self, tx: Transaction, group: Group, user_id: int) -> Member:
        member = await tx.groups.member(group.id, user_id)
        if member is None:
            raise Conflict(f"You are not in {one_line(group.name)}. `/group join` joins it.")
        return member

    async def _free_channel(self, groups: Groups, guild_id: int, channel_id: int) -> None:
        here = await groups.in_channel(guild_id, channel_id)
        if here is not None:
            raise Conflict(
                f"“{one_line(here.name)}” lives in <#{channel_id}> already. Choose another "
                "channel, or archive that group first."
            )

    async def _free_name(self, groups: Groups, guild_id: int, name: str) -> None:
        for other in await groups.of_server(guild_id):
            if folded(other.name) == folded(name):
                raise Conflict(
                    f"There is a group called “{one_line(other.name)}” already. Choose another."
                )


async def _view(tx: Transaction, group: Group, now: datetime) -> GroupView:
    here, away = await tx.groups.at_a_glance(group.id, now)
    schedule = await tx.checkins.schedule_of(group.id)
    round_ = await tx.checkins.open_round(group.id)
    meeting = await tx.meetings.next_of_group(group.id, now)
    projects = await tx.projects.open_of_group(group.id)
    return GroupView(group, here, away, schedule, round_, meeting, projects)


def _alive(group: Group) -> None:
    if group.archived_at is not None:
        raise Conflict(f"{one_line(group.name)} is archived: nothing happens in it any more.")
