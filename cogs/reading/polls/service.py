"""The use cases of polls: asking when to meet, answering, closing, scheduling the best time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.base import when
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.place import Place
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.scheduling import MeetingPlan, ScheduledMeeting, scheduled, write_meeting
from cogs.reading.meetings.writes import only_leads
from cogs.reading.polls import rules
from cogs.reading.polls.rules import MOST_SLOTS, SlotView
from data.delivery.cards import Card
from data.delivery.kinds import DeadlineKind
from data.reading.meetings import Meeting
from data.reading.polls import Poll, PollId, SlotFit
from data.server.groups import Group
from data.states import CardKind, Fit
from data.store import Store, snapshot, transaction
from data.transaction import Transaction

PollMark = tuple[int, Fit]
"""What a reaction says: the number of a time, and how it suits."""


class PollView(Struct, frozen=True):
    """All that a poll's card shows."""

    poll: Poll
    group: Group
    slots: Sequence[SlotView]
    best: Sequence[SlotView]
    """The times that suit most people: several where it is a tie, the earliest first."""
    now: datetime
    meeting: Meeting | None = None
    """What became of it, once its best time was scheduled."""
    card: Card | None = None
    """That meeting's card."""


class PollService:
    """Asks when to meet."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @transaction
    async def ask(
        self,
        tx: Transaction,
        place: Place,
        group: Group,
        *,
        title: str,
        starts: Sequence[datetime],
        minutes: int,
        closes_at: datetime | None,
        zone: ZoneInfo,
    ) -> Poll:
        """Open a poll.

        Raises NotAllowed for non-members, InvalidInput for a title that cannot be, for
        fewer than two or more than ten times, and for a close after the last of them.
        """
        now = self.clock.now()
        return await write_poll(
            tx,
            place,
            group,
            title=title,
            starts=starts,
            minutes=minutes,
            closes_at=closes_at,
            zone=zone,
            now=now,
        )

    @transaction
    async def marked(
        self,
        tx: Transaction,
        guild_id: int,
        message_id: int,
        user_id: int,
        mark: PollMark,
        *,
        on: bool,
    ) -> Poll | None:
        """Note how a time suits somebody, or take it back; None where it isn't an open poll's
        card."""
        number, fit = mark
        poll = await tx.polls.of_card(guild_id, message_id)
        if poll is None or poll.closed_at is not None:
            return None
        # People may add any reaction, also the number of a time that there is not.
        if number > len(await tx.polls.slots(poll.id)):
            return None
        if on:
            await tx.polls.put(poll.id, number, user_id, fit)
        else:
            await tx.polls.remove(SlotFit(poll.id, number, user_id, fit))
        return poll

    @transaction
    async def cleared(
        self, tx: Transaction, guild_id: int, message_id: int, marks: Collection[PollMark]
    ) -> Poll | None:
        """Take back what everybody said by these reactions, after somebody cleared them."""
        poll = await tx.polls.of_card(guild_id, message_id)
        if poll is None or poll.closed_at is not None:
            return None
        for fit in await tx.polls.fits(poll.id):
            if (fit.number, fit.fit) in marks:
                await tx.polls.remove(fit)
        return poll

    @transaction
    async def reconcile(
        self,
        tx: Transaction,
        poll_id: PollId,
        seen: Mapping[PollMark, Collection[int]],
        *,
        but: Collection[int] = (),
    ) -> bool:
        """Bring the answers in line with the reactions; returns whether anything changed."""
        poll = await tx.polls.by_id(poll_id)
        if poll is None or poll.closed_at is not None:
            return False
        count = len(await tx.polls.slots(poll.id))
        wanted = {
            SlotFit(poll.id, number, user_id, fit)
            for (number, fit), people in seen.items()
            for user_id in people
            if number <= count
        }
        known = set(await tx.polls.fits(poll.id))
        # ``but`` reacted while the reactions were being read: their answers are newer than what was
        # seen.
        gone = {fit for fit in known - wanted if fit.user_id not in but}
        new = {fit for fit in wanted - known if fit.user_id not in but}
        for fit in gone:
            await tx.polls.remove(fit)
        for fit in new:
            await tx.polls.put(poll.id, fit.number, fit.user_id, fit.fit)
        return bool(gone or new)

    @transaction
    async def close(
        self, tx: Transaction, poll_id: int, place: Place | None = None
    ) -> tuple[PollView, bool]:
        """Close a poll, and return it with whether it was open until now.

        With a place a person closes it: raises NotAllowed for anybody but the person
        who asked and organisers. Raises NotFound for a poll of another server.
        """
        now = self.clock.now()
        poll = await self._existing(tx, poll_id)
        if place is not None:
            if poll.guild_id != place.guild_id:
                raise NotFound("That poll does not exist any more.")
            await only_leads(tx, place, poll.group_id, (poll.created_by,), "close it")
        opened = poll.closed_at is None
        if opened:
            await tx.polls.edit(poll.id, closed_at=now)
            await tx.deadlines.cancel(poll.id, DeadlineKind.READING_POLL)
        return await self.view_in(tx, poll.id), opened

    @transaction
    async def settle(
        self, tx: Transaction, place: Place, poll_id: int, number: int | None = None
    ) -> ScheduledMeeting:
        """Schedule the best time of a poll, closing it if it is open.

        Where several times tie, ``number`` says which.
        Raises NotAllowed for non-members, Conflict when it was scheduled before or no time
        of it is still ahead.
        """
        now = self.clock.now()
        poll = await self._existing(tx, poll_id)
        if poll.guild_id != place.guild_id:
            raise NotFound("That poll does not exist any more.")
        if poll.meeting_id is not None:
            card = await tx.cards.get(CardKind.MEETING, poll.meeting_id)
            where = f"[Open it]({card.url})." if card else "`/meeting list` shows it."
            raise Conflict(f"It is scheduled already. {where}")
        view = await self.view_in(tx, poll.id)
        chosen = next((one for one in view.best if number in (None, one.slot.number)), None)
        if chosen is None:
            raise Conflict("All its times have passed; `/meeting poll` starts another.")
        plan = MeetingPlan(
            title=poll.title,
            starts_at=chosen.slot.starts_at,
            zone=ZoneInfo(poll.timezone),
            minutes=poll.minutes,
        )
        meeting = await write_meeting(tx, place, view.group, plan, now)
        await tx.polls.edit(poll.id, meeting_id=meeting.id, closed_at=poll.closed_at or now)
        await tx.deadlines.cancel(poll.id, DeadlineKind.READING_POLL)
        return await scheduled(tx, place, view.group, meeting, now)

    @snapshot
    async def open_in(self, tx: Transaction, guild_ids: Sequence[int]) -> list[Poll]:
        """Return what is open in these servers."""
        return await tx.polls.open_in(guild_ids)

    async def _existing(self, tx: Transaction, poll_id: int) -> Poll:
        poll = await tx.polls.by_id(poll_id)
        if poll is None:
            raise NotFound("That poll does not exist any more.")
        return poll

    async def view_in(self, tx: Transaction, poll_id: int) -> PollView:
        """Return what a poll's card shows; raises NotFound."""
        poll = await self._existing(tx, poll_id)
        group = await tx.groups.by_id(poll.group_id)
        assert group is not None  # noqa: S101 - a poll goes with its group
        fits = await tx.polls.fits(poll.id)
        slots = [rules.slot_view(slot, fits) for slot in await tx.polls.slots(poll.id)]
        meeting = await tx.meetings.by_id(poll.meeting_id) if poll.meeting_id else None
        card = await tx.cards.get(CardKind.MEETING, meeting.id) if meeting else None
        now = self.clock.now()
        return PollView(poll, group, slots, rules.best(slots, now), now, meeting, card)

    view = snapshot(view_in)


async def write_poll(
    tx: Transaction,
    place: Place,
    group: Group,
    *,
    title: str,
    starts: Sequence[datetime],
    minutes: int,
    closes_at: datetime | None,
    zone: ZoneInfo,
    now: datetime,
) -> Poll:
    """Write a poll, and when it closes; see :meth:`PollService.ask`."""
    member = await tx.groups.member(group.id, place.user_id)
    meeting_rules.only_members(group, member=member is not None, what="ask when it meets")
    title = meeting_rules.check_title(title)
    distinct = sorted(set(starts))
    if not 2 <= len(distinct) <= MOST_SLOTS:
        raise InvalidInput(
            f"Give between 2 and {MOST_SLOTS} different times, separated by semicolons, for "
            "example `slots: tue 19:00; wed 19:00; sat 11:00`."
        )
    first, last = distinct[0], distinct[-1]
    closes_at = closes_at or rules.closing_time(first, place.group_zone(group), now)
    # Past the first time the others can still be chosen; past the last there is nothing to
    # schedule.
    if closes_at >= last:
        raise InvalidInput(
            f"The poll would close after its last time, {when.stamp(last)}. Let it close "
            "sooner, for example `closes: tomorrow 20:00`."
        )
    poll_id = await tx.polls.add(
        distinct,
        guild_id=place.guild_id,
        group_id=group.id,
        title=title,
        minutes=minutes,
        timezone=zone.key,
        created_by=place.user_id,
        created_at=now,
        closes_at=closes_at,
    )
    await tx.deadlines.put(DeadlineKind.READING_POLL, poll_id, closes_at, guild_id=place.guild_id)
    await tx.expect_card(
        CardKind.POLL,
        poll_id,
        guild_id=place.guild_id,
        channel_id=group.channel_id,
        now=now,
        answer_to=place.interaction_id,
    )
    poll = await tx.polls.by_id(poll_id)
    assert poll is not None  # noqa: S101 - it was written in this transaction
    return poll
