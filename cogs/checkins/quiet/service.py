"""Who went quiet: asked kindly, once, and never counted up."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.recurrence import Cadence
from bot.place import Place, only_organisers
from cogs.checkins.quiet import rules as quiet_rules
from data.checkins.rounds import Round, Schedule
from data.delivery.kinds import DeadlineKind
from data.people.profiles import Profile
from data.server.groups import Group, GroupId, Member
from data.store import Store, snapshot, transaction
from data.transaction import Transaction

SLOWER = {Cadence.WEEKLY: Cadence.FORTNIGHTLY, Cadence.FORTNIGHTLY: Cadence.MONTHLY}


class QuietGroup(Struct, frozen=True):
    """Who went quiet in a group with a round; ``everybody`` when nobody posted for two rounds."""

    group: Group
    round: Round
    people: list[int]
    everybody: bool
    slower: Cadence | None


class Asked(Struct, frozen=True):
    """One person to ask, with their profile."""

    group: Group
    profile: Profile


class Pace(Struct, frozen=True):
    """Every how many rounds a member checks in, and which of them is their next.

    ``number`` and ``due_at`` are None where there is no round.
    """

    group: Group
    every: int
    number: int | None
    due_at: datetime | None


class QuietService:
    """The use cases around people who went quiet."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def look(self, tx: Transaction, round_id: int) -> QuietGroup:
        """Return who has just gone quiet, and set the questions to them.

        These are the people who missed this round and their one before it, but not the one before
        that. Raises NotFound where there is nothing to say.
        """
        now = self.clock.now()
        round_ = await tx.checkins.round_by_id(round_id)
        group = await tx.groups.by_id(round_.group_id) if round_ else None
        if round_ is None or group is None or group.archived_at is not None:
            raise NotFound("That round is gone.")
        recent = [
            one
            for one in await tx.checkins.latest_rounds(group.id, 5)
            if one.closed_at is not None and one.number <= round_.number
        ][:3]
        if len(recent) < 2:
            raise NotFound("There was no round before.")
        last = recent[0].number
        turns = await tx.history.turns(group.id, last - quiet_rules.LOOK_BACK, last)
        # Only those who were expected this time: whoever took this round off is asked after the
        # next one they are expected in.
        asked = {one.user_id for one in turns if one.number == last}
        quiet = {
            user_id
            for user_id, missed in quiet_rules.silences(turns).items()
            # Exactly two and not more: they are asked once, and not again after each further round.
            if missed == quiet_rules.QUIET_ROUNDS
        }
        empty = [not await tx.checkins.posted_in(one.id) for one in recent]
        silent, silent_before = all(empty[:2]), len(empty) > 2 and all(empty)
        here = {one.user_id for one in await tx.groups.members(group.id) if not one.is_away(now)}
        new = sorted(quiet & asked & here)
        # A group that was silent before has had its question, too.
        if silent_before or not (silent or new):
            raise NotFound("Nobody has just gone quiet.")
        if not silent and len(new) <= quiet_rules.ASK_AT_MOST:
            for user_id in new:
                await tx.deadlines.put(
                    DeadlineKind.CHECKIN_QUIET_ONE,
                    round_.id,
                    now,
                    guild_id=group.guild_id,
                    occurrence=user_id,
                )
        schedule = await tx.checkins.schedule_of(group.id)
        slower = SLOWER.get(schedule.cadence) if schedule is not None else None
        return QuietGroup(group, round_, new, silent, slower)

    @snapshot
    async def one(self, tx: Transaction, round_id: int, user_id: int) -> Asked:
        """Return whom to ask; raises NotFound for somebody who left or is away by now."""
        now = self.clock.now()
        round_ = await tx.checkins.round_by_id(round_id)
        group = await tx.groups.by_id(round_.group_id) if round_ else None
        member = await tx.groups.member(group.id, user_id) if group else None
        if group is None or group.archived_at is not None:
            raise NotFound("That group is gone.")
        if member is None or member.is_away(now):
            raise NotFound("There is nobody to ask.")
        return Asked(group, await tx.profiles.get(group.guild_id, user_id))

    @transaction
    async def pause(self, tx: Transaction, group_id: int, user_id: int) -> tuple[Group, datetime]:
        """Pause a member for four weeks; raises NotFound for non-members."""
        until = self.clock.now() + quiet_rules.PAUSE
        group = await self._member_of(tx, group_id, user_id)
        await self._away(tx, group, user_id, until)
        return group, until

    @transaction
    async def skip(self, tx: Transaction, group_id: int, user_id: int) -> tuple[Group, datetime]:
        """Pause a member until the open round closes.

        Raises NotFound for non-members, Conflict where there is no round.
        """
        group = await self._member_of(tx, group_id, user_id)
        round_ = await tx.checkins.open_round(group.id)
        if round_ is None:
            raise Conflict("There is no round to skip.")
        # Past the close, which takes a moment: a pause that ended at the due time would be over
        # when the roll is taken.
        until = round_.due_at + timedelta(hours=1)
        await self._away(tx, group, user_id, until)
        return group, until

    @transaction
    async def pace(self, tx: Transaction, group_id: int, user_id: int, every: int) -> Pace:
        """Set a member's own pace: every ``every``-th round from now on, or with 1 all of them.

        Raises NotFound for non-members, InvalidInput for a pace that there is not.
        """
        if every not in quiet_rules.PACES:
            raise InvalidInput("There is no such pace: every round, or every second one.")
        group = await self._member_of(tx, group_id, user_id)
        if every == 1:
            await tx.groups.set_pace(group.id, user_id, None, None)
        else:
            latest = await tx.checkins.latest_rounds(group.id, 1)
            number = latest[0].number if latest else 0
            own = await tx.checkins.of_person(group.id, user_id, [one.id for one in latest])
            first = quiet_rules.first_of_pace(number, posted=bool(own))
            await tx.groups.set_pace(group.id, user_id, every, first)
        await tx.touch_group(group, self.clock.now())
        return await self._pace(tx, group, user_id)

    @snapshot
    async def pace_of(self, tx: Transaction, group: Group, user_id: int) -> Pace | None:
        """Return a member's pace; None for non-members."""
        if await tx.groups.member(group.id, user_id) is None:
            return None
        return await self._pace(tx, group, user_id)

    async def _pace(self, tx: Transaction, group: Group, user_id: int) -> Pace:
        member = await self._membership(tx, group, user_id)
        round_ = await tx.checkins.open_round(group.id)
        if round_ is None:
            return Pace(group, member.pace or 1, None, None)
        number = quiet_rules.next_of_pace(member, round_.number)
        due = round_.due_at
        schedule = await tx.checkins.schedule_of(group.id)
        # Step by step by the rule: rounds are not evenly apart where the clocks change.
        for _ in range(number - round_.number):
            due = schedule.rule.after(due) if schedule is not None else due
        return Pace(group, member.pace or 1, number, due)

    async def _membership(self, tx: Transaction, group: Group, user_id: int) -> Member:
        member = await tx.groups.member(group.id, user_id)
        if member is None:
            raise NotFound("You are not in that group any more.")
        return member

    @transaction
    async def leave(self, tx: Transaction, group_id: int, user_id: int) -> Group:
        """Remove a member; raises NotFound for non-members."""
        group = await self._member_of(tx, group_id, user_id)
        await tx.groups.remove_member(group.id, user_id, self.clock.now())
        await tx.touch_group(group, self.clock.now())
        return group

    @snapshot
    async def schedule_to_slow(
        self, tx: Transaction, place: Place, group_id: int
    ) -> tuple[Group, Schedule]:
        """Return a group and its schedule, for an organiser who slows it down.

        Raises NotAllowed for non-organisers, NotFound where there is no schedule.
        """
        only_organisers(place, "change the schedule")
        group = await tx.groups.get(place.guild_id, group_id)
        schedule = await tx.checkins.schedule_of(group.id) if group else None
        if group is None or schedule is None:
            raise NotFound("That group has no schedule any more.")
        return group, schedule

    async def _member_of(self, tx: Transaction, group_id: int, user_id: int) -> Group:
        group = await tx.groups.by_id(GroupId(group_id))
        member = await tx.groups.member(group.id, user_id) if group else None
        if group is None or member is None or group.archived_at is not None:
            raise NotFound("You are not in that group any more.")
        return group

    async def _away(self, tx: Transaction, group: Group, user_id: int, until: datetime) -> None:
        await tx.groups.set_away(group.id, user_id, self.clock.now(), until)
        # Every pause has this deadline; the group's own commands move and end it.
        await tx.deadlines.put(
            DeadlineKind.GROUP_RESUME, group.id, until, guild_id=group.guild_id, occurrence=user_id
        )
        await tx.touch_group(group, self.clock.now())
