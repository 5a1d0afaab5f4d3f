"""The use cases of meetings: scheduling them, answering, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import papers
from bot.base import when
from bot.base.clock import Clock
from bot.base.errors import Conflict, NotFound
from bot.base.recurrence import Cadence
from bot.base.wording import named
from bot.place import Place
from cogs.reading import rules
from cogs.reading.answering import Answered, Answers, Reaction
from cogs.reading.readings import Reading, read_for
from cogs.reading.rules import Turnout
from data.batching import Batcher
from data.delivery.cards import Card, delivery_key
from data.delivery.kinds import DeadlineKind
from data.papers.papers import Paper, PaperId
from data.programmes.programmes import Programme, ProgrammeUnit
from data.reading.lists import Unit
from data.reading.meetings import Meeting, MeetingId, Series, SeriesId
from data.reading.rsvps import Rsvp
from data.server.groups import Group, GroupId
from data.states import Answer, CardKind, DeadlineState, Seat
from data.store import Store
from data.transaction import Transaction

REMIND = "reading.remind"
NEWS = "reading.news"
NEXT = "reading.next"
BEGIN = "reading.begin"
TAKE_OVER = "reading.take_over"
OVER = "reading.over"
ASK = "reading.ask"
POLL = "reading.poll"
LIST_DRAFT = "reading.list_draft"
POLL_DRAFT = "reading.poll_draft"
MIRROR = "reading.mirror"

KINDS = (REMIND, ASK, BEGIN, TAKE_OVER, OVER)
"""What falls due for every meeting, at times that follow from when it starts."""

RECENT = timedelta(days=60)
"""How far back meetings are offered for noting who came and what was said."""

KEPT = timedelta(days=1)
"""How long what somebody has not decided is kept."""

NEWS_EVERY = timedelta(seconds=10)
"""How long news about seats is gathered, so that many answers make one message."""


@dataclass(frozen=True, slots=True)
class MeetingView:
    """All that a meeting's card shows."""

    meeting: Meeting
    group: Group
    series: Series | None
    turnout: Turnout
    zone: ZoneInfo
    """The zone that the whole group goes by."""
    now: datetime
    answers: Sequence[Rsvp] = ()
    """What people answered, in order."""
    readings: Sequence[Reading] = ()
    """What is read for it."""
    thread_below: bool = False
    """Whether the thread hangs on the card, so that Discord shows it there."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A meeting in a list, with what the person who asks (``user_id``) answered."""

    meeting: Meeting
    group: Group
    card: Card | None
    turnout: Turnout
    own: Answer | None
    user_id: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody asks for when they schedule a meeting."""

    title: str
    starts_at: datetime
    zone: ZoneInfo
    paper: str | None = None
    minutes: int = 60
    location: str | None = None
    facilitator_id: int | None = None
    capacity: int | None = None
    cadence: Cadence = Cadence.NONE
    until: date | None = None
    times: int | None = None
    days_ahead: int = 6
    prerequisites: str | None = None


class ReadingService:
    """The use cases of meetings."""

    def __init__(self, store: Store, clock: Clock, default_zone: ZoneInfo) -> None:
        self.store = store
        self.clock = clock
        self.default_zone = default_zone
        self._reactions = Batcher(self._record)

    # Scheduling

    async def schedule(self, place: Place, group: Group, plan: Plan) -> Meeting:
        """Write a meeting, its reminders, and the series that it begins if it repeats.

        Raises NotAllowed for who is no member, Conflict for an archived group, InvalidInput for
        a title or place that cannot be.
        """
        async with self.store.transaction() as tx:
            return await write_meeting(tx, place, group, plan, self.clock.now())

    async def occur(self, series_id: int, day_number: int) -> Meeting | None:
        """Write the meeting that a series has on a day, and when the one after it is posted.

        Returns None for a day that was left out, for one that is over, as after a long time away,
        and while the group is archived: then the series goes on with the next. Raises NotFound
        when the series has ended.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            series = await tx.meetings.series(series_id)
            group = series and await tx.groups.by_id(series.group_id)
            if series is None or group is None or series.ended_at:
                raise NotFound("The series has ended.")
            day = date.fromordinal(day_number)
            starts_at = when.local(day, series.at, ZoneInfo(series.timezone))
            ends_at = starts_at + timedelta(minutes=series.minutes)
            await put_next(tx, series.id, after=max(starts_at, now))
            if group.archived_at is not None:
                return None
            meeting = await tx.meetings.occurrence(series.id, day)
            if meeting is not None and meeting.cancelled_at is not None:
                return None
            if ends_at <= now:
                return meeting
            unit = await tx.reading_lists.next_unit(series.id)
            if meeting is not None:
                # A day that had been left out, and is not any more, was about nothing so far.
                if unit is None or await tx.reading_lists.units_of(meeting.id):
                    return meeting
                await tx.meetings.edit(meeting.id, **about_unit(unit))
                await tx.reading_lists.meet(unit.id, meeting.id)
                return await existing(tx, meeting.id)
            meeting = await write_occurrence(tx, series, day, unit, now)
            if unit is not None:
                await tx.reading_lists.meet(unit.id, meeting.id)
            await put_deadlines(tx, meeting, now)
        return meeting

    async def opened(self, meeting: Meeting, thread_id: int) -> None:
        """Remember a meeting's thread, and have its event say where the card stands."""
        async with self.store.transaction() as tx:
            await tx.meetings.edit(meeting.id, thread_id=thread_id)
            await put_mirror(tx, meeting, self.clock.now())

    async def lost(self, guild_id: int, thread_id: int) -> Meeting | None:
        """Note that a meeting's thread was deleted; until it is over, it gets another one."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            meeting = await tx.meetings.in_thread(guild_id, thread_id)
            if meeting is None:
                return None
            await tx.meetings.edit(meeting.id, thread_id=None)
            await tx.cards.forget(CardKind.DESK, meeting.id)
            # Another thread on the same card has the same id.
            await tx.deliveries.forget(delivery_key(CardKind.DESK, meeting.id, thread_id))
            card = await tx.cards.get(CardKind.MEETING, meeting.id)
            if card is not None and meeting.cancelled_at is None and now < meeting.ends_at:
                kind = DeadlineKind.CARD_MEETING
                await tx.deadlines.put(
                    kind, meeting.id, now, guild_id=guild_id, occurrence=card.channel_id
                )
            return meeting

    async def mirrored(self, meeting: Meeting, event_id: int | None) -> None:
        """Remember a meeting's server event, or that it has none."""
        async with self.store.transaction() as tx:
            await tx.meetings.edit(meeting.id, event_id=event_id)

    async def of_event(self, guild_id: int, event_id: int) -> Meeting | None:
        """Return the meeting that a server event should be like, while it is still to come."""
        async with self.store.read() as tx:
            meeting = await tx.meetings.of_event(guild_id, event_id)
            if meeting is None or not meeting.is_open(self.clock.now()):
                return None
            return None if await self._is_mirrored_soon(tx, meeting) else meeting

    async def _is_mirrored_soon(self, tx: Transaction, meeting: Meeting) -> bool:
        """Whether a meeting's event is about to be changed by ourselves."""
        return any(one.is_waiting for one in await tx.deadlines.of(meeting.id, MIRROR))

    # Answering

    async def answer(
        self, guild_id: int, meeting_id: int, user_id: int, answer: Answer
    ) -> Answered:
        """Record one person's answer, given otherwise than by a reaction.

        Raises NotFound for an unknown meeting and Conflict once it has started.
        """
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, guild_id, meeting_id)
            self._answerable(meeting)
            answers = await Answers.read(tx, meeting, [user_id], self.clock.now())
            answered = answers.give(user_id, answer, None)
            await self._write(tx, answers)
            return answered

    async def reacted(
        self, guild_id: int, message_id: int, user_id: int, answer: Answer
    ) -> Answered | None:
        """Record the answer that a reaction gives; None where it is under no open meeting."""
        return await self._reactions.do(Reaction(guild_id, message_id, user_id, answer, on=True))

    async def unreacted(
        self, guild_id: int, message_id: int, user_id: int, answer: Answer
    ) -> Answered | None:
        """Take back what a reaction answered; None where it is under no open meeting."""
        return await self._reactions.do(Reaction(guild_id, message_id, user_id, answer, on=False))

    async def cleared(
        self, guild_id: int, message_id: int, answers: Collection[Answer]
    ) -> Meeting | None:
        """Take back what everybody answered by these reactions, after somebody cleared them."""
        async with self.store.transaction() as tx:
            meeting = await self._of_card(tx, guild_id, message_id)
            if meeting is None:
                return None
            people = [
                one.user_id for one in await tx.rsvps.of(meeting.id) if one.message_id == message_id
            ]
            given = await Answers.read(tx, meeting, people, self.clock.now())
            for user_id in people:
                for answer in answers:
                    given.take_back(user_id, answer, message_id)
            await self._write(tx, given)
            return meeting

    async def reconcile(
        self,
        meeting_id: int,
        message_id: int,
        seen: Mapping[int, frozenset[Answer]],
        *,
        but: Collection[int] = (),
    ) -> list[Answered]:
        """Bring the answers in line with the reactions that are under a meeting's card.

        ``seen`` holds each person's reactions; ``but`` are the people who reacted while they were
        being read, of whom more is known already. An answer that was given otherwise, or under a
        card that is gone, stands. Returns what changed.
        """
        changes: list[Answered] = []
        now = self.clock.now()
        async with self.store.transaction() as tx:
            meeting = await tx.meetings.by_id(meeting_id)
            if meeting is None or not meeting.is_open(now):
                return []
            rows = {rsvp.user_id: rsvp for rsvp in await tx.rsvps.of(meeting.id)}
            last = max((rsvp.position for rsvp in rows.values()), default=0)
            answers = Answers(meeting, rows, last, now)
            people = [*rows, *(user for user in seen if user not in rows)]
            for user_id in people:
                row, reactions = rows.get(user_id), seen.get(user_id, frozenset())
                if user_id in but:
                    continue
                if row is not None and row.message_id != message_id and not reactions:
                    continue
                answer, earlier = rules.reconciled(row, reactions, message_id)
                if answer is None:
                    change = answers.put(user_id, None)
                else:
                    change = answers.give(user_id, answer, message_id, earlier=earlier)
                if change.before is not change.after or len(reactions) > 1:
                    changes.append(change)
            await self._write(tx, answers)
        return changes

    async def left_group(self, group_id: GroupId) -> list[Rsvp]:
        """Take back the answers of people who left a group after they gave them; returns those."""
        async with self.store.transaction() as tx:
            gone = await tx.rsvps.of_leavers(group_id, self.clock.now())
            for rsvp in gone:
                await self._remove(tx, rsvp)
        return gone

    async def left_server(self, meeting_id: MeetingId, user_id: int) -> Rsvp | None:
        """Take back the answer of somebody who is not in the server any more; returns it."""
        async with self.store.transaction() as tx:
            rsvp = await tx.rsvps.get(meeting_id, user_id)
            if rsvp is not None:
                await self._remove(tx, rsvp)
        return rsvp

    async def _remove(self, tx: Transaction, rsvp: Rsvp) -> None:
        meeting = await existing(tx, rsvp.meeting_id)
        await tx.rsvps.remove(meeting.id, rsvp.user_id)
        if rsvp.answer is Answer.GOING:
            await self._put_news(tx, meeting)

    async def _record(self, reactions: Sequence[Reaction]) -> list[Answered | None]:
        """Write what reactions answer that came together, in the order in which they came."""
        now = self.clock.now()
        done: list[Answered | None] = [None] * len(reactions)
        cards: dict[tuple[int, int], list[int]] = {}
        for number, one in enumerate(reactions):
            cards.setdefault((one.guild_id, one.message_id), []).append(number)
        async with self.store.transaction() as tx:
            for card, numbers in cards.items():
                meeting = await self._of_card(tx, *card)
                if meeting is None:
                    continue
                people = {reactions[number].user_id for number in numbers}
                answers = await Answers.read(tx, meeting, people, now)
                for number in numbers:
                    one = reactions[number]
                    change = answers.give if one.on else answers.take_back
                    done[number] = change(one.user_id, one.answer, one.message_id)
                await self._write(tx, answers)
        return done

    async def _write(self, tx: Transaction, answers: Answers) -> None:
        """Write answers, and have people told of their seats where the line may have moved."""
        await answers.write(tx)
        if answers.moves_the_line:
            await self._put_news(tx, answers.meeting)

    async def _put_news(self, tx: Transaction, meeting: Meeting) -> None:
        if meeting.capacity is not None:
            await put_news(tx, meeting, self.clock.now())

    async def _of_card(self, tx: Transaction, guild_id: int, message_id: int) -> Meeting | None:
        """Return the meeting whose card a message is, while it can be answered."""
        meeting = await tx.meetings.of_card(guild_id, message_id)
        return meeting if meeting and meeting.is_open(self.clock.now()) else None

    def _answerable(self, meeting: Meeting) -> None:
        if meeting.cancelled_at is not None:
            raise Conflict(
                f"“{named(meeting.title)}” was cancelled. `/reading list` shows what is coming."
            )
        if not meeting.is_open(self.clock.now()):
            raise Conflict(
                f"“{named(meeting.title)}” has started, so its answers stand. `/reading attended` "
                "notes who was there."
            )

    # Telling

    async def news(self, meeting_id: int) -> tuple[Meeting, rules.News]:
        """Return who is to be told about their seat; raises NotFound when nobody needs it."""
        async with self.store.read() as tx:
            meeting = await existing(tx, meeting_id)
            if not meeting.is_open(self.clock.now()):
                raise NotFound("The meeting has begun or was cancelled.")
            return meeting, rules.news(await tx.rsvps.of(meeting.id), meeting.capacity)

    async def told(self, meeting: Meeting, told: rules.News) -> None:
        """Note that people were told about their seat."""
        async with self.store.transaction() as tx:
            await tx.rsvps.told(meeting.id, told.promoted, Seat.SEATED)
            await tx.rsvps.told(meeting.id, told.waiting, Seat.WAITING)

    # Looking

    async def view(self, meeting_id: int) -> MeetingView:
        """Return what a meeting's card shows; raises NotFound."""
        async with self.store.read() as tx:
            meeting = await existing(tx, meeting_id)
            group = await tx.groups.by_id(meeting.group_id)
            assert group is not None  # noqa: S101 - a meeting goes with its group
            series = await tx.meetings.series(meeting.series_id) if meeting.series_id else None
            units = await tx.reading_lists.units_of(meeting.id)
            readings = await read_for(tx, meeting, units)
            answers = await tx.rsvps.of(meeting.id)
            server = await tx.servers.get(meeting.guild_id)
            card = await tx.cards.get(CardKind.MEETING, meeting.id)
        zone = group.timezone or server.timezone
        return MeetingView(
            meeting,
            group,
            series,
            rules.turnout(answers, meeting.capacity),
            ZoneInfo(zone) if zone else self.default_zone,
            self.clock.now(),
            answers,
            readings,
            # A thread has the id of the message that it was begun on.
            thread_below=card is not None and card.message_id == meeting.thread_id,
        )

    async def seen(self, place: Place, meeting_id: int) -> MeetingView:
        """Return the same of a meeting of this server; raises NotFound."""
        async with self.store.read() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
        return await self.view(meeting.id)

    async def coming(self, guild_id: int, group_id: GroupId | None = None) -> list[Meeting]:
        """Return a server's or a group's meetings that have not begun, the soonest first."""
        async with self.store.read() as tx:
            return await tx.meetings.coming(guild_id, self.clock.now(), group_id=group_id)

    async def recent(self, guild_id: int) -> list[Meeting]:
        """Return the meetings of the last weeks that have begun, the latest first, then others."""
        now = self.clock.now()
        async with self.store.read() as tx:
            found = await tx.meetings.since(guild_id, now - RECENT)
        begun = [one for one in found if one.starts_at <= now]
        return begun + [one for one in reversed(found) if one.starts_at > now]

    async def shown(self, guild_id: int) -> list[Meeting]:
        """Return what is coming, the soonest first, and then what has begun, the latest first."""
        now = self.clock.now()
        async with self.store.read() as tx:
            found = await tx.meetings.since(guild_id, now - RECENT)
        coming = [one for one in reversed(found) if one.starts_at > now]
        return coming + [one for one in found if one.starts_at <= now]

    async def series(self, guild_id: int) -> list[Series]:
        """Return a server's series that have not ended."""
        async with self.store.read() as tx:
            return await tx.meetings.series_of_server(guild_id)

    async def later(
        self, guild_id: int, group_id: GroupId | None = None
    ) -> list[tuple[Series, rules.Occurrence]]:
        """Return what those series come to next that have no card just now, the soonest first."""
        now = self.clock.now()
        found: list[tuple[Series, rules.Occurrence]] = []
        async with self.store.read() as tx:
            for series in await tx.meetings.series_of_server(guild_id):
                if group_id not in (None, series.group_id):
                    continue
                if await tx.meetings.of_series(series.id, now):
                    continue
                coming = rules.next_occurrence(series, now)
                while coming is not None and await tx.meetings.occurrence(series.id, coming.day):
                    # It was called off, left out or moved.
                    coming = rules.next_occurrence(series, coming.starts_at)
                if coming is not None:
                    found.append((series, coming))
        return sorted(found, key=lambda one: one[1].starts_at)

    async def listed(self, place: Place, meetings: Sequence[Meeting]) -> list[Listed]:
        """Return meetings as one person sees them in a list."""
        found: list[Listed] = []
        async with self.store.read() as tx:
            for meeting in meetings:
                group = await tx.groups.by_id(meeting.group_id)
                assert group is not None  # noqa: S101 - a meeting goes with its group
                card = await tx.cards.get(CardKind.MEETING, meeting.id)
                rsvps = await tx.rsvps.of(meeting.id)
                own = next((one.answer for one in rsvps if one.user_id == place.user_id), None)
                turnout = rules.turnout(rsvps, meeting.capacity)
                found.append(Listed(meeting, group, card, turnout, own, place.user_id))
        return found

    async def open_cards(self) -> list[tuple[Meeting, Group, Card | None]]:
        """Return every meeting that can be answered, with where its card stands."""
        async with self.store.read() as tx:
            found: list[tuple[Meeting, Group, Card | None]] = []
            for meeting in await tx.meetings.all_open(self.clock.now()):
                group = await tx.groups.by_id(meeting.group_id)
                card = await tx.cards.get(CardKind.MEETING, meeting.id)
                if group is not None:
                    found.append((meeting, group, card))
        return found

    async def mirrors(self) -> list[Meeting]:
        """Return what has a server event that should be what it is, in every server."""
        async with self.store.read() as tx:
            return [
                one
                for one in await tx.meetings.all_open(self.clock.now())
                if one.event_id is not None and not await self._is_mirrored_soon(tx, one)
            ]

    async def about(self, paper_id: int) -> list[MeetingId]:
        """Return the coming meetings about a paper, and those that read it among other things."""
        async with self.store.read() as tx:
            own = [one.id for one in await tx.meetings.of_paper(paper_id, self.clock.now())]
            return list(dict.fromkeys([*own, *await tx.reading_lists.reading(paper_id)]))


async def existing(tx: Transaction, meeting_id: int) -> Meeting:
    """Return a meeting whatever its server, or raise NotFound."""
    meeting = await tx.meetings.by_id(meeting_id)
    if meeting is None:
        raise NotFound("That meeting does not exist any more.")
    return meeting


async def of_server(tx: Transaction, guild_id: int, meeting_id: int) -> Meeting:
    """Return a meeting of this server, or raise NotFound."""
    meeting = await tx.meetings.get(guild_id, meeting_id)
    if meeting is None:
        raise NotFound(
            "That meeting does not exist any more. `/reading list` shows what is coming."
        )
    return meeting


async def write_meeting(
    tx: Transaction, place: Place, group: Group, plan: Plan, now: datetime
) -> Meeting:
    """Write a meeting and what follows from it; see :meth:`ReadingService.schedule`."""
    title = rules.check_title(plan.title)
    location = rules.check_location(plan.location)
    if group.archived_at is not None:
        raise Conflict(f"{named(group.name)} is archived: nothing happens in it any more.")
    member = await tx.groups.member(group.id, place.user_id)
    rules.only_members(group, member=member is not None, what="schedule its meetings")
    paper_id = None
    if plan.paper is not None and plan.paper.strip():
        paper_id = (await add_paper(tx, plan.paper, now)).id
    shared = {
        "guild_id": place.guild_id,
        "group_id": group.id,
        "title": title,
        "minutes": plan.minutes,
        "location": location,
        "facilitator_id": plan.facilitator_id,
        "capacity": plan.capacity,
        "created_by": place.user_id,
        "created_at": now,
    }
    series_id, occurs_on = None, None
    if plan.cadence is not Cadence.NONE:
        rule = rules.rule_from(plan.cadence, plan.starts_at, plan.zone)
        occurs_on = rule.anchor
        series_id = await tx.meetings.add_series(
            **shared,
            cadence=plan.cadence,
            anchor=rule.anchor,
            at=rule.at,
            timezone=plan.zone.key,
            days_ahead=plan.days_ahead,
            until=rules.last_day(rule, until=plan.until, times=plan.times),
        )
    meeting_id = await tx.meetings.add(
        **shared,
        series_id=series_id,
        occurs_on=occurs_on,
        uid=rules.uid_of(series_id, occurs_on) if series_id and occurs_on else None,
        starts_at=plan.starts_at,
        paper_id=paper_id,
        prerequisites=plan.prerequisites,
    )
    meeting = await existing(tx, meeting_id)
    await put_deadlines(tx, meeting, now)
    await tx.expect_card(
        CardKind.MEETING,
        meeting.id,
        guild_id=place.guild_id,
        channel_id=group.channel_id,
        now=now,
    )
    if series_id is not None:
        await put_next(tx, series_id, after=plan.starts_at)
    return meeting


def main_paper(unit: Unit) -> PaperId | None:
    """Return the first paper of what is read for a unit, which its meeting's card shows."""
    return next((one.paper_id for one in unit.readings if one.paper_id is not None), None)


def about_unit(unit: Unit) -> dict[str, Any]:
    """Return the columns of a meeting that say what it is about, for a unit of a list."""
    return {
        "title": rules.fitting_title(unit.title),
        "paper_id": main_paper(unit),
        "prerequisites": unit.prerequisites,
    }


async def write_occurrence(
    tx: Transaction, series: Series, day: date, unit: Unit | None, now: datetime
) -> Meeting:
    """Write the meeting that a series has on a local day, about a unit of its list, if any."""
    meeting_id = await tx.meetings.add(
        guild_id=series.guild_id,
        group_id=series.group_id,
        series_id=series.id,
        occurs_on=day,
        uid=rules.uid_of(series.id, day),
        title=rules.fitting_title(unit.title) if unit else series.title,
        paper_id=main_paper(unit) if unit else None,
        prerequisites=unit.prerequisites if unit else None,
        starts_at=when.local(day, series.at, ZoneInfo(series.timezone)),
        minutes=series.minutes,
        location=series.location,
        facilitator_id=series.facilitator_id,
        capacity=series.capacity,
        created_by=series.created_by,
        created_at=now,
        changes=series.changes,
    )
    return await existing(tx, meeting_id)


async def add_paper(tx: Transaction, text: str, now: datetime) -> Paper:
    """Return the paper that ``text`` names: by its identifier, or as a bare title."""
    found = papers.find(text)
    if found is not None:
        return await tx.papers.add(key=found.key, url=found.url, title=found.label, now=now)
    title = " ".join(text.split())[:300]
    return await tx.papers.add(key=f"title:{title.casefold()}", url=None, title=title, now=now)


async def put_deadlines(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Have a meeting's reminders sent, its leader asked, and its beginning and end noticed."""
    await tx.deadlines.cancel(meeting.id, *KINDS)
    planned = [
        *((REMIND, at, before) for before, at in rules.reminders(meeting.starts_at, now).items()),
        *((ASK, at, before) for before, at in rules.questions(meeting.starts_at, now).items()),
        (BEGIN, meeting.starts_at, timedelta()),
        (TAKE_OVER, meeting.starts_at + rules.TAKE_OVER, timedelta()),
        (OVER, meeting.ends_at, timedelta()),
    ]
    for kind, due_at, before in planned:
        expires_at = meeting.starts_at if kind == ASK else meeting.ends_at
        await tx.deadlines.put(
            kind,
            meeting.id,
            due_at,
            guild_id=meeting.guild_id,
            offset=int(before.total_seconds()),
            expires_at=None if kind == OVER else expires_at,
        )
    await put_mirror(tx, meeting, now)


async def put_mirror(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Have a meeting's server event made what the meeting is."""
    await tx.deadlines.put(MIRROR, meeting.id, now, guild_id=meeting.guild_id)


async def put_next(tx: Transaction, series_id: SeriesId, *, after: datetime) -> None:
    """Have the card of a series' next meeting posted, unless the series is over by then."""
    series = await tx.meetings.series(series_id)
    assert series is not None  # noqa: S101 - read or written in this transaction
    await tx.deadlines.cancel(series.id, NEXT)
    coming = rules.next_occurrence(series, after)
    if coming is None:
        return
    await tx.deadlines.put(
        NEXT,
        series.id,
        coming.posted_at,
        guild_id=series.guild_id,
        occurrence=coming.day.toordinal(),
    )


async def put_next_again(tx: Transaction, series_id: SeriesId, now: datetime) -> None:
    """Have the next card of a series posted when it is now to be, which may be at once."""
    series = await tx.meetings.series(series_id)
    assert series is not None  # noqa: S101 - read or written in this transaction
    starts_at = await _next_start(tx, series, now)
    await put_next(tx, series.id, after=starts_at - timedelta(seconds=1))


async def units_ahead(
    tx: Transaction, series_id: SeriesId, now: datetime
) -> list[tuple[Unit, datetime]]:
    """Return the units of a series' list that have no meeting yet, each with when it comes up."""
    series = await tx.meetings.series(series_id)
    if series is None or series.ended_at is not None:
        return []
    left = await tx.reading_lists.units_left(series.id)
    about_one = await tx.reading_lists.meetings_with_unit(series.id)
    rows = await tx.meetings.occurrences(series.id)
    taken = {one.occurs_on for one in rows if one.cancelled_at or one.id in about_one}
    starts_at = await _next_start(tx, series, now)
    free = (
        at
        for at in series.rule.occurrences(starts_at)
        if series.rule.occurrence_date(at) not in taken
    )
    return list(zip(left, free, strict=False))


async def fit_to_list(tx: Transaction, series_id: SeriesId, now: datetime) -> None:
    """Have a series that goes through a list end with the list's last unit.

    To be called when one of its days was left out or given back: a meeting that is called off
    makes the series longer by one.
    """
    series = await tx.meetings.series(series_id)
    if series is None or series.ended_at is not None:
        return
    if not await tx.reading_lists.is_followed(series.id):
        return
    ahead = await units_ahead(tx, series.id, now)
    starts_at = await _next_start(tx, series, now)
    last = ahead[-1][1] if ahead else starts_at - timedelta(days=1)
    day = last.astimezone(ZoneInfo(series.timezone)).date()
    await tx.meetings.edit_series(series.id, until=day)
    await put_next_again(tx, series.id, now)


async def _next_start(tx: Transaction, series: Series, now: datetime) -> datetime:
    """Return when a series next takes place of which the card is still to be posted."""
    zone = ZoneInfo(series.timezone)
    waiting = (DeadlineState.PENDING, DeadlineState.SENDING, DeadlineState.HELD)
    planned = [
        when.local(date.fromordinal(one.occurrence), series.at, zone)
        for one in await tx.deadlines.of(series.id, NEXT)
        if one.state in waiting
    ]
    if planned:
        return min(planned)
    met = [
        when.local(one.occurs_on, series.at, zone)
        for one in await tx.meetings.occurrences(series.id)
        if one.occurs_on is not None and one.cancelled_at is None
    ]
    return series.rule.after(max([now, *met]))


async def free_uid(tx: Transaction, programme: Programme, unit: ProgrammeUnit) -> str:
    """Return what calendars know the meeting of a unit by, before and after it is made.

    A meeting that was called off keeps its name, and the one that is held instead has another.
    """
    uid = rules.uid_of_units(programme.id, unit.number)
    if await tx.meetings.has_uid(programme.guild_id, uid):
        return f"{uid}-{unit.on_day:%Y%m%d}"
    return uid


async def put_news(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """Have those who moved up, or who wait, told of it soon."""
    gathered = now.timestamp() // NEWS_EVERY.total_seconds() + 1
    due_at = datetime.fromtimestamp(gathered * NEWS_EVERY.total_seconds(), now.tzinfo)
    await tx.deadlines.put(
        NEWS, meeting.id, due_at, guild_id=meeting.guild_id, expires_at=meeting.starts_at
    )
