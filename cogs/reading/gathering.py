"""The use cases around a meeting: who is there, who has read, questions, notes, who leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput, NotFound
from bot.base.wording import named
from bot.place import Place
from cogs.reading import rules
from cogs.reading.readings import Reading, read_for
from cogs.reading.rules import ActionItem, Candidate
from cogs.reading.service import ASK, existing, of_server
from data.reading.attendance import Attendance, Prompt
from data.reading.lists import Taken, Unit
from data.reading.meetings import Meeting
from data.server.groups import Group
from data.states import Answer
from data.store import Store
from data.transaction import Transaction

PROMPT_LIMIT = 300
PROMPTS = 20
OWN_PROMPTS = 5
"""How many questions one person adds to a meeting at most."""

NOTES_LIMIT = 3500


@dataclass(frozen=True, slots=True)
class DeskView:
    """All that the card in a meeting's thread shows."""

    meeting: Meeting
    readings: Sequence[Reading]
    units: Sequence[Unit]
    prompts: Sequence[Prompt]
    attendances: Sequence[Attendance]
    now: datetime
    taken: Sequence[Taken] = ()
    """Which of the units' exercises were taken."""

    @property
    def has_reading(self) -> bool:
        """Whether there is anything to have read."""
        return bool(self.readings or self.units)

    @property
    def here(self) -> list[int]:
        """Who is or was there."""
        return [one.user_id for one in self.attendances if one.was_there]

    @property
    def readers(self) -> list[int]:
        """Who has read it."""
        return [one.user_id for one in self.attendances if one.had_read]


class GatheringService:
    """Notes who came and who had read, gathers questions and notes, and finds who leads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def view(self, meeting_id: int) -> DeskView:
        """Return what the card in a meeting's thread shows; raises NotFound."""
        async with self.store.read() as tx:
            meeting = await existing(tx, meeting_id)
            units = await tx.reading_lists.units_of(meeting.id)
            readings = await read_for(tx, meeting, units)
            taken = [one for unit in units for one in await tx.reading_lists.taken_of(unit.id)]
            prompts = await tx.attendance.prompts(meeting.id)
            attendances = await tx.attendance.attendances(meeting.id)
        now = self.clock.now()
        return DeskView(meeting, readings, units, prompts, attendances, now, taken)

    # Who is there, and who has read

    async def read(self, place: Place, meeting_id: int) -> bool:
        """Note that somebody has read it, or, pressed again, that they have not; returns which.

        Raises NotAllowed for who is neither a member nor comes to it.
        """
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            rules.not_cancelled(meeting)
            await self._only_who_comes(tx, place, meeting, "say what they have read for it")
            known = await tx.attendance.attendance(meeting.id, place.user_id)
            noted = await tx.attendance.note(
                meeting.id,
                place.user_id,
                self.clock.now(),
                had_read=not (known and known.had_read),
            )
        return noted.had_read

    async def here(self, place: Place, meeting_id: int) -> Meeting:
        """Note that somebody is there; raises as :meth:`attended`."""
        return await self.attended(place, meeting_id, [place.user_id])

    async def attended(
        self,
        place: Place,
        meeting_id: int,
        user_ids: Sequence[int],
        *,
        had_read: bool | None = None,
    ) -> Meeting:
        """Note who was there.

        Meetings are open: a guest who answered that they come, or may come, notes that they were
        there just as a member does. Others are noted by members alone, whoever they are. Raises
        NotAllowed otherwise, and Conflict before it begins.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            rules.not_cancelled(meeting)
            rules.has_begun(meeting, now)
            if any(user_id != place.user_id for user_id in user_ids):
                await self._only_members(tx, place, meeting, "note who was there")
            else:
                await self._only_who_comes(tx, place, meeting, "note that they were there")
            for user_id in user_ids:
                await tx.attendance.note(
                    meeting.id, user_id, now, was_there=True, had_read=had_read
                )
        return meeting

    # Questions and notes

    async def add_prompt(self, place: Place, meeting_id: int, text: str) -> Meeting:
        """Add a question to discuss.

        Raises InvalidInput for one that cannot be, NotAllowed for who is no member, Conflict for
        one too many.
        """
        tidy = " ".join(text.split())
        if not tidy:
            raise InvalidInput("Type the question, for example “Why does it generalise so late?”.")
        if len(tidy) > PROMPT_LIMIT:
            raise InvalidInput(
                f"That question has {len(tidy)} characters; {PROMPT_LIMIT} are the most."
            )
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            rules.not_cancelled(meeting)
            await self._only_members(tx, place, meeting, "add questions")
            asked = await tx.attendance.prompts(meeting.id)
            if sum(one.user_id == place.user_id for one in asked) >= OWN_PROMPTS:
                raise Conflict(
                    f"You have added {OWN_PROMPTS} questions already. Leave room for others, and "
                    "ask yours in the thread."
                )
            if len(asked) >= PROMPTS:
                raise Conflict(f"There are {PROMPTS} questions already. Ask yours in the thread.")
            await tx.attendance.add_prompt(meeting.id, place.user_id, tidy, self.clock.now())
        return meeting

    async def meeting(self, place: Place, meeting_id: int) -> Meeting:
        """Return a meeting of this server; raises NotFound."""
        async with self.store.read() as tx:
            return await of_server(tx, place.guild_id, meeting_id)

    async def write_notes(
        self, place: Place, meeting_id: int, *, text: str | None, link: str | None
    ) -> Meeting:
        """Keep what was said at a meeting, and where the recording is; None leaves what is there.

        Raises NotAllowed for who is no member, Conflict before it begins, InvalidInput for a
        link that is none or notes that are too long.
        """
        values: dict[str, str | None] = {}
        if text is not None:
            if len(text.strip()) > NOTES_LIMIT:
                raise InvalidInput(
                    f"Those notes have {len(text.strip())} characters; {NOTES_LIMIT} are the most. "
                    "Put them in a document, and give its `link`."
                )
            values["notes"] = text.strip() or None
        if link is not None:
            values["recording"] = rules.check_link(link)
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            await self._only_members(tx, place, meeting, "keep its notes")
            rules.not_cancelled(meeting)
            rules.has_begun(meeting, self.clock.now())
            await tx.meetings.edit(meeting.id, **values)
            return await existing(tx, meeting.id)

    async def commit(
        self, place: Place, meeting_id: int, items: Sequence[ActionItem]
    ) -> tuple[Meeting, list[ActionItem]]:
        """Make what people said they would do their commitments; returns those that are new.

        Raises NotAllowed for who is no member, Conflict before the meeting begins, InvalidInput
        when one of the people is no member.
        """
        now = self.clock.now()
        new: list[ActionItem] = []
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            await self._only_members(tx, place, meeting, "note who does what")
            rules.not_cancelled(meeting)
            rules.has_begun(meeting, now)
            round_ = await tx.checkins.open_round(meeting.group_id)
            for item in items:
                if await tx.groups.member(meeting.group_id, item.user_id) is None:
                    raise InvalidInput(
                        f"{wording.person(item.user_id)} is not in the group, so it can't be their "
                        "commitment."
                    )
                known = await tx.commitments.open_of(meeting.group_id, item.user_id)
                if any(one.text.casefold() == item.text.casefold() for one in known):
                    continue
                await tx.commitments.add(
                    guild_id=meeting.guild_id,
                    group_id=meeting.group_id,
                    user_id=item.user_id,
                    round_id=round_.id if round_ else None,
                    text=item.text,
                    made_at=now,
                    due_at=None,
                    witness_id=None,
                )
                new.append(item)
        return meeting, new

    # Who leads

    async def lead(self, place: Place, meeting_id: int) -> Meeting:
        """Lead a meeting that nobody leads, or take it over ten minutes in.

        Raises Conflict when somebody else leads it, NotAllowed for who is no member.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            await self._only_members(tx, place, meeting, "lead its meetings")
            self._not_over(meeting, now)
            other = meeting.facilitator_id
            if other is not None and other != place.user_id:
                came = await tx.attendance.attendance(meeting.id, other)
                if now < meeting.starts_at + rules.TAKE_OVER or (came and came.was_there):
                    raise Conflict(
                        f"{wording.person(other)} leads it. They can hand it over with `/reading "
                        "facilitate person:`, or give it up by using it without `person`."
                    )
            await self._hand_over(tx, meeting, place.user_id)
            if meeting.starts_at <= now:
                await tx.attendance.note(meeting.id, place.user_id, now, was_there=True)
            return await existing(tx, meeting.id)

    async def hand_over(self, place: Place, meeting_id: int, user_id: int) -> Meeting:
        """Have somebody else lead a meeting.

        Raises NotAllowed for who does not run it, Conflict for somebody who is no member.
        """
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            rules.only_leads(place, rules.leads_of(meeting), "hand it over")
            self._not_over(meeting, self.clock.now())
            if await tx.groups.member(meeting.group_id, user_id) is None:
                raise Conflict(
                    f"{wording.person(user_id)} is not in the group: `/group join` comes first."
                )
            await self._hand_over(tx, meeting, user_id)
            return await existing(tx, meeting.id)

    async def decline(self, place: Place, meeting_id: int) -> Meeting:
        """Say that one won't lead a meeting; the next in turn is asked.

        Raises NotAllowed for who is not in the group, Conflict once it is over.
        """
        now = self.clock.now()
        async with self.store.transaction() as tx:
            meeting = await of_server(tx, place.guild_id, meeting_id)
            await self._only_members(tx, place, meeting, "decline to lead its meetings")
            self._not_over(meeting, now)
            await tx.attendance.declined(meeting.id, place.user_id, now)
            if meeting.facilitator_id == place.user_id:
                await tx.attendance.hand_over(meeting.id, None)
            if meeting.facilitator_id in (None, place.user_id) and now < meeting.starts_at:
                await tx.deadlines.put(
                    ASK,
                    meeting.id,
                    now,
                    guild_id=meeting.guild_id,
                    occurrence=place.user_id,
                    expires_at=meeting.starts_at,
                )
            return await existing(tx, meeting.id)

    async def rotation(self, place: Place, group: Group) -> list[Candidate]:
        """Return a group's members in the order in which it is their turn to lead.

        Raises NotAllowed for who is neither a member nor an organiser.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
            member = await tx.groups.member(group.id, place.user_id)
            allowed = place.organiser or member is not None
            rules.only_members(group, member=allowed, what="see whose turn it is")
            return await self._rotation(tx, group, now)

    async def next_to_ask(self, meeting_id: int, occurrence: int) -> tuple[Meeting, int | None]:
        """Return who is to be asked to lead a meeting: who leads it, else the next in turn.

        None where the group has nobody lead its meetings, and where everybody was asked. Raises
        NotFound when it needs nobody any more.
        """
        now = self.clock.now()
        async with self.store.read() as tx:
            meeting = await existing(tx, meeting_id)
            group = await tx.groups.by_id(meeting.group_id)
            if group is None or group.archived_at is not None or not meeting.is_open(now):
                raise NotFound("The meeting has begun or was cancelled, or its group is archived.")
            if meeting.facilitator_id is not None:
                return meeting, meeting.facilitator_id if occurrence == 0 else None
            asked = {turn.user_id for turn in await tx.attendance.turns(meeting.id)}
            if not asked and not await tx.attendance.has_leaders(group.id):
                return meeting, None
            turns = await self._rotation(tx, group, now)
            chosen = next(
                (one.user_id for one in turns if not one.away and one.user_id not in asked), None
            )
        return meeting, chosen

    async def asked(self, meeting: Meeting, user_id: int) -> None:
        """Note that somebody was asked to lead a meeting, so that the next time another is."""
        async with self.store.transaction() as tx:
            await tx.attendance.asked(meeting.id, user_id, self.clock.now())

    async def leaderless(self, meeting_id: int) -> DeskView | None:
        """Return a meeting that runs without its leader having come; None when all is well.

        Where nobody was to lead, that is only worth a word when people are there already, or the
        group has its meetings led.
        """
        view = await self.view(meeting_id)
        runs = view.meeting.cancelled_at is None and view.now < view.meeting.ends_at
        if not runs or view.meeting.facilitator_id in view.here:
            return None
        if view.meeting.facilitator_id is None and not view.here:
            async with self.store.read() as tx:
                if not await tx.attendance.has_leaders(view.meeting.group_id):
                    return None
        return view

    async def _rotation(self, tx: Transaction, group: Group, now: datetime) -> list[Candidate]:
        led = {one.user_id: one for one in await tx.attendance.led(group.id, now)}
        return rules.turns(await tx.groups.members(group.id), led, now)

    async def _hand_over(self, tx: Transaction, meeting: Meeting, user_id: int) -> None:
        await tx.attendance.hand_over(meeting.id, user_id)
        await tx.attendance.willing(meeting.id, user_id)

    def _not_over(self, meeting: Meeting, now: datetime) -> None:
        rules.not_cancelled(meeting)
        if meeting.ends_at <= now:
            raise Conflict(
                f"“{named(meeting.title)}” is over. `/reading list` shows what is coming."
            )

    async def _only_who_comes(
        self, tx: Transaction, place: Place, meeting: Meeting, what: str
    ) -> None:
        """Raise NotAllowed unless a member acts, or a guest who answered that they may come."""
        answer = await tx.rsvps.get(meeting.id, place.user_id)
        if answer is None or answer.answer is Answer.NOT_GOING:
            await self._only_members(tx, place, meeting, what)

    async def _only_members(
        self, tx: Transaction, place: Place, meeting: Meeting, what: str
    ) -> None:
        group = await tx.groups.by_id(meeting.group_id)
        member = await tx.groups.member(meeting.group_id, place.user_id)
        assert group is not None  # noqa: S101 - a meeting goes with its group
        rules.only_members(group, member=member is not None, what=what)
