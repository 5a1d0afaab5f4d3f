"""The use cases of meetings: scheduling them, and showing what is coming."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base.clock import Clock
from bot.place import Place
from cogs.reading.meetings import rules
from cogs.reading.meetings.card_view import MeetingView, view_of
from cogs.reading.meetings.scheduling import MeetingPlan, ScheduledMeeting, scheduled, write_meeting
from cogs.reading.meetings.writes import (
    existing_meeting,
    meeting_of_server,
    put_mirror,
)
from cogs.reading.rsvps import rules as rsvp_rules
from cogs.reading.rsvps.rules import MeetingTurnout
from data.delivery.cards import Card, delivery_key
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting, MeetingId
from data.server.groups import Group, GroupId
from data.states import Answer, CardKind
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class Listed(Struct, frozen=True):
    """A meeting in a list, with what the person who asks (``user_id``) answered."""

    meeting: Meeting
    group: Group
    card: Card | None
    turnout: MeetingTurnout
    own: Answer | None
    user_id: int


class MeetingService:
    """The use cases of meetings."""

    def __init__(self, store: Store, clock: Clock, default_zone: ZoneInfo) -> None:
        self.store = store
        self.clock = clock
        self.default_zone = default_zone

    # Scheduling

    @transaction
    async def schedule(
        self, tx: Transaction, place: Place, group: Group, plan: MeetingPlan
    ) -> ScheduledMeeting:
        """Write a meeting, its reminders, and the series that it begins if it repeats.

        Raises NotAllowed for non-members, Conflict for an archived group, InvalidInput for
        a title or place that cannot be.
        """
        now = self.clock.now()
        meeting = await write_meeting(tx, place, group, plan, now)
        return await scheduled(tx, place, group, meeting, now)

    @transaction
    async def opened(self, tx: Transaction, meeting: Meeting, thread_id: int) -> None:
        """Remember a meeting's thread: nobody has to see to the card any more.

        Its server event, which links to the card, is due unless it is made within a moment.
        """
        await tx.meetings.edit(meeting.id, thread_id=thread_id)
        await tx.deadlines.drop(DeadlineKind.CARD_MEETING, meeting.id)
        await put_mirror(tx, meeting, self.clock.now() + rules.POSTED_WITHIN)

    @transaction
    async def lost(self, tx: Transaction, guild_id: int, thread_id: int) -> Meeting | None:
        """Note that a meeting's thread was deleted; until it is over, it gets another one."""
        now = self.clock.now()
        meeting = await tx.meetings.in_thread(guild_id, thread_id)
        if meeting is None:
            return None
        await tx.meetings.edit(meeting.id, thread_id=None)
        await tx.cards.forget(CardKind.MEETING_THREAD, meeting.id)
        # Another thread on the same card has the same id.
        await tx.deliveries.forget(delivery_key(CardKind.MEETING_THREAD, meeting.id, thread_id))
        card = await tx.cards.get(CardKind.MEETING, meeting.id)
        if card is not None and meeting.cancelled_at is None and now < meeting.ends_at:
            kind = DeadlineKind.CARD_MEETING
            await tx.deadlines.put(
                kind, meeting.id, now, guild_id=guild_id, occurrence=card.channel_id
            )
        return meeting

    @transaction
    async def mirrored(self, tx: Transaction, meeting: Meeting, event_id: int | None) -> None:
        """Remember a meeting's server event, or that it has none."""
        await tx.meetings.edit(meeting.id, event_id=event_id)

    @transaction
    async def mirrored_at_once(self, tx: Transaction, meeting: Meeting, event_id: int) -> None:
        """Remember the event of a meeting just posted: it is due no more, if that is unchanged."""
        await tx.meetings.edit(meeting.id, event_id=event_id)
        present = await existing_meeting(tx, meeting.id)
        if present.changes == meeting.changes:
            await tx.deadlines.drop(DeadlineKind.READING_MIRROR, meeting.id)

    @snapshot
    async def of_event(self, tx: Transaction, guild_id: int, event_id: int) -> Meeting | None:
        """Return the meeting that a server event should be like, while it is still to come."""
        meeting = await tx.meetings.of_event(guild_id, event_id)
        if meeting is None or not meeting.is_open(self.clock.now()):
            return None
        # A difference that we are about to mend ourselves is nobody's change by hand.
        return None if await self._is_mirrored_soon(tx, meeting) else meeting

    async def _is_mirrored_soon(self, tx: Transaction, meeting: Meeting) -> bool:
        """Whether a meeting's event is about to be changed by ourselves."""
        return any(
            one.is_waiting for one in await tx.deadlines.of(meeting.id, DeadlineKind.READING_MIRROR)
        )

    # Looking

    async def view_in(self, tx: Transaction, meeting_id: int) -> MeetingView:
        """Return what a meeting's card shows; raises NotFound."""
        meeting = await existing_meeting(tx, meeting_id)
        group = await tx.groups.by_id(meeting.group_id)
        assert group is not None  # noqa: S101 - a meeting goes with its group
        name = group.timezone or (await tx.servers.get(meeting.guild_id)).timezone
        zone = ZoneInfo(name) if name else self.default_zone
        answers = await tx.rsvps.of(meeting.id)
        card = await tx.cards.get(CardKind.MEETING, meeting.id)
        return await view_of(tx, meeting, group, zone, self.clock.now(), answers, card)

    view = snapshot(view_in)

    async def seen(self, place: Place, meeting_id: int) -> MeetingView:
        """Return what a meeting's card shows, if it is of this server; raises NotFound."""
        async with self.store.read() as tx:
            meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        return await self.view(meeting.id)

    @snapshot
    async def coming(
        self, tx: Transaction, guild_id: int, group_id: GroupId | None = None
    ) -> list[Meeting]:
        """Return a server's or a group's meetings that have not begun, the soonest first."""
        return await tx.meetings.coming(guild_id, self.clock.now(), group_id=group_id)

    @snapshot
    async def recent(self, tx: Transaction, guild_id: int) -> list[Meeting]:
        """Return the meetings of the last weeks that have begun, the latest first, then others."""
        now = self.clock.now()
        found = await tx.meetings.since(guild_id, now - rules.RECENT)
        begun = [one for one in found if one.starts_at <= now]
        return begun + [one for one in reversed(found) if one.starts_at > now]

    @snapshot
    async def shown(self, tx: Transaction, guild_id: int) -> list[Meeting]:
        """Return what is coming, the soonest first, and then what has begun, the latest first."""
        now = self.clock.now()
        found = await tx.meetings.since(guild_id, now - rules.RECENT)
        coming = [one for one in reversed(found) if one.starts_at > now]
        return coming + [one for one in found if one.starts_at <= now]

    @snapshot
    async def listed(
        self, tx: Transaction, place: Place, meetings: Sequence[Meeting]
    ) -> list[Listed]:
        """Return meetings as one person sees them in a list."""
        found: list[Listed] = []
        for meeting in meetings:
            group = await tx.groups.by_id(meeting.group_id)
            assert group is not None  # noqa: S101 - a meeting goes with its group
            card = await tx.cards.get(CardKind.MEETING, meeting.id)
            rsvps = await tx.rsvps.of(meeting.id)
            own = next((one.answer for one in rsvps if one.user_id == place.user_id), None)
            turnout = rsvp_rules.turnout(rsvps, meeting.capacity)
            found.append(Listed(meeting, group, card, turnout, own, place.user_id))
        return found

    @snapshot
    async def open_cards(
        self, tx: Transaction, guild_ids: Sequence[int]
    ) -> list[tuple[Meeting, Group, Card | None]]:
        """Return every meeting of these servers that can be answered, each with its card."""
        found: list[tuple[Meeting, Group, Card | None]] = []
        for meeting in await tx.meetings.open_in(guild_ids, self.clock.now()):
            group = await tx.groups.by_id(meeting.group_id)
            card = await tx.cards.get(CardKind.MEETING, meeting.id)
            if group is not None:
                found.append((meeting, group, card))
        return found

    @snapshot
    async def mirrors(self, tx: Transaction, guild_ids: Sequence[int]) -> list[Meeting]:
        """Return the meetings in these servers whose server event should match them."""
        return [
            one
            for one in await tx.meetings.open_in(guild_ids, self.clock.now())
            if one.event_id is not None and not await self._is_mirrored_soon(tx, one)
        ]

    @snapshot
    async def about(self, tx: Transaction, paper_id: int) -> list[MeetingId]:
        """Return the coming meetings about a paper, and those that read it among other things."""
        own = [one.id for one in await tx.meetings.of_paper(paper_id, self.clock.now())]
        return list(dict.fromkeys([*own, *await tx.reading_lists.reading(paper_id)]))
