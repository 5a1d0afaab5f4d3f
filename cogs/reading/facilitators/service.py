"""The use cases of leading: whose turn it is, who takes it, who hands it over."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.base.wording import one_line
from bot.place import Place
from cogs.reading.attendance.service import ThreadView, thread_view
from cogs.reading.facilitators import rules
from cogs.reading.facilitators.rules import PossibleLeader
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.writes import (
    check_member,
    existing_meeting,
    meeting_of_server,
    only_leads,
)
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting
from data.server.groups import Group
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class FacilitatorService:
    """Finds who leads a meeting: whose turn it is, who takes it, who hands it over."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def lead(self, tx: Transaction, place: Place, meeting_id: int) -> Meeting:
        """Lead a meeting that nobody leads, or take it over ten minutes in.

        Raises Conflict when somebody else leads it, NotAllowed for non-members.
        """
        now = self.clock.now()
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        await check_member(tx, place, meeting, "lead its meetings")
        self._not_over(meeting, now)
        other = meeting.facilitator_id
        if other is not None and other != place.user_id:
            came = await tx.attendance.attendance(meeting.id, other)
            if now < meeting.starts_at + rules.TAKE_OVER or rules.is_seen(meeting, came):
                raise Conflict(
                    f"{wording.person(other)} leads it. They can hand it over with `/meeting "
                    "facilitate person:`, or give it up by using it without `person`."
                )
        await self._hand_over(tx, meeting, place.user_id)
        # Whoever takes it over is there, so that nobody else is asked to.
        if meeting.starts_at <= now:
            await tx.attendance.note(meeting.id, place.user_id, now, was_there=True)
        return await existing_meeting(tx, meeting.id)

    @transaction
    async def hand_over(
        self, tx: Transaction, place: Place, meeting_id: int, user_id: int
    ) -> Meeting:
        """Hand a meeting to another leader.

        Raises NotAllowed for people who don't run it, Conflict for somebody who is not a member.
        """
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        await only_leads(
            tx, place, meeting.group_id, meeting_rules.leads_of(meeting), "hand it over"
        )
        self._not_over(meeting, self.clock.now())
        if await tx.groups.member(meeting.group_id, user_id) is None:
            raise Conflict(
                f"{wording.person(user_id)} is not in the group: `/group join` comes first."
            )
        await self._hand_over(tx, meeting, user_id)
        return await existing_meeting(tx, meeting.id)

    @transaction
    async def decline(self, tx: Transaction, place: Place, meeting_id: int) -> Meeting:
        """Decline to lead a meeting; the next in turn is asked.

        Raises NotAllowed for non-members, Conflict once it is over.
        """
        now = self.clock.now()
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        await check_member(tx, place, meeting, "decline to lead its meetings")
        self._not_over(meeting, now)
        await tx.attendance.declined(meeting.id, place.user_id, now)
        if meeting.facilitator_id == place.user_id:
            await tx.attendance.hand_over(meeting.id, None)
        if meeting.facilitator_id in (None, place.user_id) and now < meeting.starts_at:
            await tx.deadlines.put(
                DeadlineKind.READING_ASK,
                meeting.id,
                now,
                guild_id=meeting.guild_id,
                occurrence=place.user_id,
                expires_at=meeting.starts_at,
            )
        elif now >= meeting.starts_at and meeting.facilitator_id == place.user_id:
            await tx.deadlines.put(
                DeadlineKind.READING_TAKE_OVER,
                meeting.id,
                now,
                guild_id=meeting.guild_id,
                offset=rules.ASK_ROOM,
                expires_at=meeting.ends_at,
            )
        return await existing_meeting(tx, meeting.id)

    async def seen(self, guild_id: int, channel_id: int, user_id: int) -> None:
        """Note a sign that a leader is there: that they did something in a meeting's place."""
        now = self.clock.now()
        async with self.store.read() as tx:
            led = [
                one
                for one in await tx.meetings.running([guild_id], now, rules.SIGNS_FROM)
                if one.facilitator_id == user_id
                # A message is a sign, and a lively meeting has hundreds: each would be a write.
                and (one.leader_seen_at is None or now - one.leader_seen_at > rules.SEEN_EVERY)
                and channel_id in await self._places(tx, one)
            ]
        if led:
            async with self.store.transaction() as tx:
                for one in led:
                    await tx.meetings.edit(one.id, leader_seen_at=now)

    @transaction
    async def seen_elsewhere(self, tx: Transaction, meeting: Meeting) -> None:
        """Note a sign of a meeting's leader that came from somewhere else than its channels."""
        await tx.meetings.edit(meeting.id, leader_seen_at=self.clock.now())

    @snapshot
    async def running(self, tx: Transaction) -> dict[int, list[int]]:
        """Return the channels and threads of meetings that run or begin soon, by server."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        now = self.clock.now()
        for one in await tx.meetings.running(None, now, rules.SIGNS_FROM):
            if one.facilitator_id is not None:
                found[one.guild_id] += await self._places(tx, one)
        return found

    async def _places(self, tx: Transaction, meeting: Meeting) -> list[int]:
        """Return where a meeting happens: its thread, its group's channel, its voice channel."""
        group = await tx.groups.by_id(meeting.group_id)
        places = (meeting.thread_id, group and group.channel_id, meeting.voice_id)
        return [one for one in places if one is not None]

    @snapshot
    async def rotation(self, tx: Transaction, place: Place, group: Group) -> list[PossibleLeader]:
        """Return a group's members in the order in which it is their turn to lead.

        Raises NotAllowed unless a member or an organiser asks.
        """
        now = self.clock.now()
        member = await tx.groups.member(group.id, place.user_id)
        allowed = place.organiser or member is not None
        meeting_rules.only_members(group, member=allowed, what="see whose turn it is")
        return await self._rotation(tx, group, now)

    @snapshot
    async def next_to_ask(
        self, tx: Transaction, meeting_id: int, occurrence: int
    ) -> tuple[Meeting, int | None]:
        """Return the person to ask to lead a meeting: its leader, else the next in turn.

        None where the group's meetings have no leaders, and where everybody was asked. Raises
        NotFound when it no longer needs anybody.
        """
        now = self.clock.now()
        meeting = await existing_meeting(tx, meeting_id)
        group = await tx.groups.by_id(meeting.group_id)
        if group is None or group.archived_at is not None or not meeting.is_open(now):
            raise NotFound("The meeting has begun or was cancelled, or its group is archived.")
        if meeting.facilitator_id is not None:
            # Its leader is reminded once; the later questions are for meetings without one.
            return meeting, meeting.facilitator_id if occurrence == 0 else None
        asked = {turn.user_id for turn in await tx.attendance.turns(meeting.id)}
        # Groups that never have a leader are not asked for one: many meet without.
        if not asked and not await tx.attendance.has_leaders(group.id):
            return meeting, None
        turns = await self._rotation(tx, group, now)
        chosen = next(
            (one.user_id for one in turns if not one.away and one.user_id not in asked), None
        )
        return meeting, chosen

    @transaction
    async def asked(self, tx: Transaction, meeting: Meeting, user_id: int) -> None:
        """Note that somebody was asked to lead a meeting, so that the next question goes to
        another."""
        await tx.attendance.asked(meeting.id, user_id, self.clock.now())

    @snapshot
    async def missing(self, tx: Transaction, meeting_id: int) -> ThreadView | None:
        """Return a meeting that runs without a sign of its leader; None when all is well.

        Where nobody leads it, that only matters when people are there already, somebody declined,
        or the group's meetings usually have leaders.
        """
        view = await thread_view(tx, meeting_id, self.clock.now())
        meeting = view.meeting
        if meeting.cancelled_at is not None or view.now >= meeting.ends_at:
            return None
        if meeting.facilitator_id is not None:
            came = await tx.attendance.attendance(meeting.id, meeting.facilitator_id)
            return None if rules.is_seen(meeting, came) else view
        declined = any(one.declined_at for one in await tx.attendance.turns(meeting.id))
        if view.here or declined or await tx.attendance.has_leaders(meeting.group_id):
            return view
        return None

    async def _rotation(self, tx: Transaction, group: Group, now: datetime) -> list[PossibleLeader]:
        led = {one.user_id: one for one in await tx.attendance.led(group.id, now)}
        return rules.turns(await tx.groups.members(group.id), led, now)

    async def _hand_over(self, tx: Transaction, meeting: Meeting, user_id: int) -> None:
        await tx.attendance.hand_over(meeting.id, user_id)
        await tx.attendance.willing(meeting.id, user_id)

    def _not_over(self, meeting: Meeting, now: datetime) -> None:
        meeting_rules.not_cancelled(meeting)
        if meeting.ends_at <= now:
            raise Conflict(
                f"“{one_line(meeting.title)}” is over. `/meeting list` shows what is coming."
            )
