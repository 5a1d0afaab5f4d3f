"""The use cases of answers: giving them, taking them back, and the seats that follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.base.wording import one_line
from cogs.reading.meetings.writes import existing_meeting, meeting_of_server, put_news
from cogs.reading.reminders import rules as reminder_rules
from cogs.reading.rsvps import rules
from cogs.reading.rsvps.writes import Reaction, RsvpChange, RsvpChanges
from data.batching import Batcher
from data.delivery.cards import Card
from data.reading.meetings import Meeting, MeetingId
from data.reading.rsvps import Rsvp
from data.server.groups import GroupId
from data.states import Answer, CardKind, Seat
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class RsvpService:
    """Answers to meetings, by reaction or by button, and the seats that follow from them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        # When a card is posted fifty people may react in a second: one transaction for all of them
        # instead of fifty.
        self._reactions = Batcher(self._record)

    @transaction
    async def answer(
        self, tx: Transaction, guild_id: int, meeting_id: int, user_id: int, answer: Answer
    ) -> RsvpChange:
        """Record one person's answer that was not given by a reaction.

        Raises NotFound for an unknown meeting and Conflict once it has started.
        """
        meeting = await meeting_of_server(tx, guild_id, meeting_id)
        self._answerable(meeting)
        answers = await RsvpChanges.read(tx, meeting, [user_id], self.clock.now())
        answered = answers.give(user_id, answer, None)
        await self._write(tx, answers)
        return answered

    async def reacted(
        self, guild_id: int, message_id: int, user_id: int, answer: Answer
    ) -> RsvpChange | None:
        """Record the answer that a reaction gives; None where it is under no open meeting."""
        return await self._reactions.do(Reaction(guild_id, message_id, user_id, answer, on=True))

    async def unreacted(
        self, guild_id: int, message_id: int, user_id: int, answer: Answer
    ) -> RsvpChange | None:
        """Take back what a reaction answered; None where it is under no open meeting."""
        return await self._reactions.do(Reaction(guild_id, message_id, user_id, answer, on=False))

    @transaction
    async def cleared(
        self, tx: Transaction, guild_id: int, message_id: int, answers: Collection[Answer]
    ) -> Meeting | None:
        """Take back what everybody answered by these reactions, after somebody cleared them."""
        meeting = await self._of_card(tx, guild_id, message_id)
        if meeting is None:
            return None
        people = [
            one.user_id for one in await tx.rsvps.of(meeting.id) if one.message_id == message_id
        ]
        given = await RsvpChanges.read(tx, meeting, people, self.clock.now())
        for user_id in people:
            for answer in answers:
                given.take_back(user_id, answer, message_id)
        await self._write(tx, given)
        return meeting

    @transaction
    async def reconcile(
        self,
        tx: Transaction,
        meeting_id: int,
        message_id: int,
        seen: Mapping[int, frozenset[Answer]],
        *,
        but: Collection[int] = (),
    ) -> list[RsvpChange]:
        """Bring the answers in line with the reactions that are under a meeting's card.

        ``seen`` holds each person's reactions; ``but`` are the people who reacted while these
        were being fetched: their answer is known already. An answer that no reaction gave, or one
        under a card that is gone, is kept. Returns what changed.
        """
        changes: list[RsvpChange] = []
        now = self.clock.now()
        meeting = await tx.meetings.by_id(meeting_id)
        if meeting is None or not meeting.is_open(now):
            return []
        rows = {rsvp.user_id: rsvp for rsvp in await tx.rsvps.of(meeting.id)}
        last = max((rsvp.position for rsvp in rows.values()), default=0)
        answers = RsvpChanges(meeting, rows, last, now)
        people = [*rows, *(user for user in seen if user not in rows)]
        for user_id in people:
            row, reactions = rows.get(user_id), seen.get(user_id, frozenset())
            if user_id in but:
                continue
            # They answered by a button, or under a card that is gone: no reaction was ever to be
            # expected here.
            if row is not None and row.message_id != message_id and not reactions:
                continue
            answer, earlier = rules.reconciled(row, reactions, message_id)
            if answer is None:
                change = answers.put(user_id, None)
            else:
                change = answers.give(user_id, answer, message_id, earlier=earlier)
            # Several reactions of one person are told as well: the caller takes the others off.
            if change.before is not change.after or len(reactions) > 1:
                changes.append(change)
        await self._write(tx, answers)
        return changes

    @transaction
    async def left_group(self, tx: Transaction, group_id: GroupId) -> list[Rsvp]:
        """Take back the answers of people who left a group after they gave them; returns those."""
        gone = await tx.rsvps.of_leavers(group_id, self.clock.now())
        for rsvp in gone:
            await self._remove(tx, rsvp)
        return gone

    @transaction
    async def left_server(
        self, tx: Transaction, meeting_id: MeetingId, user_id: int
    ) -> Rsvp | None:
        """Take back the answer of somebody who left the server; returns it."""
        rsvp = await tx.rsvps.get(meeting_id, user_id)
        if rsvp is not None:
            await self._remove(tx, rsvp)
        return rsvp

    @snapshot
    async def news(self, tx: Transaction, meeting_id: int) -> tuple[Meeting, rules.News]:
        """Return whom to tell about their seat; raises NotFound when nobody needs it."""
        meeting = await existing_meeting(tx, meeting_id)
        if not meeting.is_open(self.clock.now()):
            raise NotFound("The meeting has begun or was cancelled.")
        return meeting, rules.news(await tx.rsvps.of(meeting.id), meeting.capacity)

    @transaction
    async def told(self, tx: Transaction, meeting: Meeting, told: rules.News) -> None:
        """Note that people were told about their seat."""
        await tx.rsvps.told(meeting.id, told.promoted, Seat.SEATED)
        await tx.rsvps.told(meeting.id, told.waiting, Seat.WAITING)

    @transaction
    async def reminded(self, tx: Transaction, meeting: Meeting, user_ids: Sequence[int]) -> None:
        """Note that people were reminded of a meeting at its present time."""
        await tx.rsvps.reminded(meeting.id, user_ids, meeting.starts_at)

    @snapshot
    async def unanswered(self, tx: Transaction, meeting: Meeting) -> tuple[list[int], Card | None]:
        """Return the members to ask for an answer, and the card to answer on.

        Nobody where the group has that switched off.
        """
        group = await tx.groups.by_id(meeting.group_id)
        card = await tx.cards.get(CardKind.MEETING, meeting.id)
        if group is None or not group.asks_unanswered:
            return [], card
        members = await tx.groups.members(group.id)
        rsvps = await tx.rsvps.of(meeting.id)
        return reminder_rules.unanswered(members, rsvps, meeting, self.clock.now()), card

    async def _remove(self, tx: Transaction, rsvp: Rsvp) -> None:
        meeting = await existing_meeting(tx, rsvp.meeting_id)
        await tx.rsvps.remove(meeting.id, rsvp.user_id)
        if rsvp.answer is Answer.GOING:
            await self._put_news(tx, meeting)

    @transaction
    async def _record(
        self, tx: Transaction, reactions: Sequence[Reaction]
    ) -> list[RsvpChange | None]:
        """Record a batch of reactions as answers, in order of arrival."""
        now = self.clock.now()
        done: list[RsvpChange | None] = [None] * len(reactions)
        cards: dict[tuple[int, int], list[int]] = {}
        for number, one in enumerate(reactions):
            cards.setdefault((one.guild_id, one.message_id), []).append(number)
        # Card by card: each has a line of its own, and within it the order is that of arrival.
        for card, numbers in cards.items():
            meeting = await self._of_card(tx, *card)
            if meeting is None:
                continue
            people = {reactions[number].user_id for number in numbers}
            answers = await RsvpChanges.read(tx, meeting, people, now)
            for number in numbers:
                one = reactions[number]
                change = answers.give if one.on else answers.take_back
                done[number] = change(one.user_id, one.answer, one.message_id)
            await self._write(tx, answers)
        return done

    async def _write(self, tx: Transaction, answers: RsvpChanges) -> None:
        """Write answers, and schedule news about seats where the line may have moved."""
        await answers.write(tx)
        if answers.moves_the_line:
            await self._put_news(tx, answers.meeting)

    async def _put_news(self, tx: Transaction, meeting: Meeting) -> None:
        # Without a limit nobody waits, and there is nothing to tell.
        if meeting.capacity is not None:
            await put_news(tx, meeting, self.clock.now())

    async def _of_card(self, tx: Transaction, guild_id: int, message_id: int) -> Meeting | None:
        """Return the meeting whose card a message is, while it can be answered."""
        meeting = await tx.meetings.of_card(guild_id, message_id)
        return meeting if meeting and meeting.is_open(self.clock.now()) else None

    def _answerable(self, meeting: Meeting) -> None:
        if meeting.cancelled_at is not None:
            raise Conflict(
                f"“{one_line(meeting.title)}” was cancelled. `/meeting list` shows what is coming."
            )
        if not meeting.is_open(self.clock.now()):
            raise Conflict(
                f"“{one_line(meeting.title)}” has started, so answers can't change any more. "
                "`/meeting attended` notes who was there."
            )
