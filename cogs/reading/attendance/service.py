"""The use cases around a meeting: who is there, who has read, questions and notes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.base import wording
from bot.base.clock import Clock
from bot.base.errors import Conflict, InvalidInput
from bot.place import Place
from cogs.reading.attendance import rules
from cogs.reading.attendance.rules import ActionItem
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.readings import Reading, read_for
from cogs.reading.meetings.writes import check_member, existing_meeting, meeting_of_server
from data.reading.attendance import Attendance, Prompt
from data.reading.lists import Taken, Unit
from data.reading.meetings import Meeting, MeetingPatch
from data.states import Answer, CommitmentState
from data.store import Store, snapshot, transaction
from data.transaction import Transaction


class ThreadView(Struct, frozen=True):
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
        return [
            one.user_id
            for one in self.attendances
            if one.was_there or (one.here_since is not None and self.now >= self.meeting.starts_at)
        ]

    @property
    def readers(self) -> list[int]:
        """Who has read it."""
        return [one.user_id for one in self.attendances if one.had_read]


class AttendanceService:
    """Notes who came and who had read, gathers questions and notes, and finds who leads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def view_in(self, tx: Transaction, meeting_id: int) -> ThreadView:
        """Return what the card in a meeting's thread shows; raises NotFound."""
        return await thread_view(tx, meeting_id, self.clock.now())

    view = snapshot(view_in)

    # Who is there, and who has read

    @transaction
    async def read(self, tx: Transaction, place: Place, meeting_id: int) -> bool:
        """Note that somebody has read it, or, pressed again, that they have not; returns which.

        Raises NotAllowed for people who are not members and have not answered that they come.
        """
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        meeting_rules.not_cancelled(meeting)
        await self._only_who_comes(tx, place, meeting, "say what they have read for it")
        known = await tx.attendance.attendance(meeting.id, place.user_id)
        noted = await tx.attendance.note(
            meeting.id,
            place.user_id,
            self.clock.now(),
            # One button for both: whoever pressed it by mistake presses it again.
            had_read=not (known and known.had_read),
        )
        return noted.had_read

    async def here(self, place: Place, meeting_id: int) -> Meeting:
        """Note that somebody is there; raises as :meth:`attended`."""
        return await self.attended(place, meeting_id, [place.user_id])

    @transaction
    async def attended(
        self,
        tx: Transaction,
        place: Place,
        meeting_id: int,
        user_ids: Sequence[int],
        *,
        had_read: Mapping[int, bool] | None = None,
        there: bool = True,
    ) -> Meeting:
        """Note who was there, or with ``there`` False that they were not after all.

        ``had_read`` says who had read it and who had not, also of people who were not there.
        Meetings are open: a guest who answered that they come, or may come, notes that they were
        there just as a member does. Only members note others, whoever those are. Raises
        NotAllowed otherwise, and Conflict before it begins.
        """
        now = self.clock.now()
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        meeting_rules.not_cancelled(meeting)
        meeting_rules.has_begun(meeting, now)
        readers = had_read or {}
        if any(user_id != place.user_id for user_id in (*user_ids, *readers)):
            await check_member(tx, place, meeting, "note who was there")
        else:
            await self._only_who_comes(tx, place, meeting, "note that they were there")
        for user_id in dict.fromkeys((*user_ids, *readers)):
            await tx.attendance.note(
                meeting.id,
                user_id,
                now,
                was_there=there if user_id in user_ids else None,
                had_read=readers.get(user_id),
            )
        return meeting

    # Who is in the voice channel

    @transaction
    async def joined_voice(
        self, tx: Transaction, guild_id: int, channel_id: int, user_id: int
    ) -> list[Meeting]:
        """Note that somebody joined a voice channel; returns the meetings there that it is for.

        People who opted out in their profile are skipped.
        """
        now = self.clock.now()
        meetings = await _in_voice(tx, guild_id, channel_id, now)
        if not meetings or await _is_uncounted(tx, guild_id, user_id):
            return []
        for one in meetings:
            known = await tx.attendance.attendance(one.id, user_id)
            await tx.attendance.put(rules.joined(known, one, user_id, now))
        return meetings

    @transaction
    async def left_voice(
        self, tx: Transaction, guild_id: int, channel_id: int, user_id: int
    ) -> list[Meeting]:
        """Note that somebody left a voice channel; returns the meetings there that it is for."""
        now = self.clock.now()
        meetings = await _in_voice(tx, guild_id, channel_id, now)
        for one in meetings:
            known = await tx.attendance.attendance(one.id, user_id)
            if known is not None:
                await tx.attendance.put(rules.left(known, one, now))
        return meetings

    @transaction
    async def compare_voice(
        self, tx: Transaction, meeting_id: int, present: Collection[int], *, over: bool
    ) -> None:
        """Bring what is known in line with who is in a meeting's voice channel now.

        For those who came or went while the bot was not listening; ``over`` ends it for everybody.
        """
        now = self.clock.now()
        meeting = await existing_meeting(tx, meeting_id)
        for known in await tx.attendance.attendances(meeting.id):
            if known.here_since is not None and (over or known.user_id not in present):
                await tx.attendance.put(rules.left(known, meeting, now))
        for user_id in () if over else present:
            if not await _is_uncounted(tx, meeting.guild_id, user_id):
                known = await tx.attendance.attendance(meeting.id, user_id)
                await tx.attendance.put(rules.joined(known, meeting, user_id, now))

    @snapshot
    async def voice_meetings(self, tx: Transaction, guild_ids: Sequence[int]) -> list[Meeting]:
        """Return the meetings in servers' voice channels that run or begin soon."""
        running = await tx.meetings.running(guild_ids, self.clock.now(), rules.VOICE_FROM)
        return [one for one in running if one.voice_id is not None]

    # Questions and notes

    @transaction
    async def add_prompt(
        self, tx: Transaction, place: Place, meeting_id: int, text: str
    ) -> Meeting:
        """Add a question to discuss.

        Raises InvalidInput for one that cannot be, NotAllowed for non-members, Conflict for
        one too many.
        """
        tidy = " ".join(text.split())
        if not tidy:
            raise InvalidInput("Type the question, for example “Why does it generalise so late?”.")
        if len(tidy) > rules.PROMPT_LIMIT:
            raise InvalidInput(
                f"That question has {len(tidy)} characters; {rules.PROMPT_LIMIT} are the most."
            )
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        meeting_rules.not_cancelled(meeting)
        await check_member(tx, place, meeting, "add questions")
        asked = await tx.attendance.prompts(meeting.id)
        if sum(one.user_id == place.user_id for one in asked) >= rules.OWN_PROMPTS:
            raise Conflict(
                f"You have added {rules.OWN_PROMPTS} questions already. Leave room for others, and "
                "ask yours in the thread."
            )
        if len(asked) >= rules.PROMPTS:
            raise Conflict(f"There are {rules.PROMPTS} questions already. Ask yours in the thread.")
        await tx.attendance.add_prompt(meeting.id, place.user_id, tidy, self.clock.now())
        return meeting

    @snapshot
    async def meeting(self, tx: Transaction, place: Place, meeting_id: int) -> Meeting:
        """Return a meeting of this server; raises NotFound."""
        return await meeting_of_server(tx, place.guild_id, meeting_id)

    @transaction
    async def write_notes(
        self, tx: Transaction, place: Place, meeting_id: int, *, text: str | None, link: str | None
    ) -> Meeting:
        """Keep what was said at a meeting, and where the recording is; None leaves what is there.

        Raises NotAllowed for non-members, Conflict before it begins, InvalidInput for what isn't a
        link, or notes that are too long.
        """
        values: MeetingPatch = {}
        if text is not None:
            if len(text.strip()) > rules.NOTES_LIMIT:
                raise InvalidInput(
                    f"Those notes have {len(text.strip())} characters; {rules.NOTES_LIMIT} are the "
                    "most. Put them in a document, and give its `link`."
                )
            values["notes"] = text.strip() or None
        if link is not None:
            values["recording"] = meeting_rules.check_link(link)
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        await check_member(tx, place, meeting, "keep its notes")
        meeting_rules.not_cancelled(meeting)
        meeting_rules.has_begun(meeting, self.clock.now())
        await tx.meetings.edit(meeting.id, **values)
        return await existing_meeting(tx, meeting.id)

    @transaction
    async def commit(
        self, tx: Transaction, place: Place, meeting_id: int, items: Sequence[ActionItem]
    ) -> tuple[Meeting, list[ActionItem]]:
        """Make what people said they would do their commitments; returns those that are new.

        What is noted for somebody else is asked of them, and theirs once they take it on. Raises
        NotAllowed for non-members, Conflict before the meeting begins or when much waits for one
        of the people already, InvalidInput when one is no member.
        """
        now = self.clock.now()
        new: list[ActionItem] = []
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        await check_member(tx, place, meeting, "note who does what")
        meeting_rules.not_cancelled(meeting)
        meeting_rules.has_begun(meeting, now)
        round_ = await tx.checkins.open_round(meeting.group_id)
        for item in items:
            if await tx.groups.member(meeting.group_id, item.user_id) is None:
                raise InvalidInput(
                    f"{wording.person(item.user_id)} is not in the group, so it can't be their "
                    "commitment."
                )
            own = item.user_id == place.user_id
            asked = await tx.commitments.asked_of(meeting.group_id, item.user_id)
            known = [*asked, *await tx.commitments.open_of(meeting.group_id, item.user_id)]
            if any(one.text.casefold() == item.text.casefold() for one in known):
                continue
            # Otherwise a stranger's zeal could bury somebody.
            if not own and len(asked) >= rules.WAITING:
                raise Conflict(
                    f"{rules.WAITING} things wait for {wording.person(item.user_id)} to take them "
                    "on. Ask them about those first."
                )
            await tx.commitments.add(
                guild_id=meeting.guild_id,
                group_id=meeting.group_id,
                user_id=item.user_id,
                # What others noted counts in no round before the person takes it on.
                round_id=round_.id if round_ and own else None,
                text=item.text,
                made_at=now,
                due_at=None,
                witness_id=None,
                state=CommitmentState.OPEN if own else CommitmentState.ASKED,
            )
            new.append(item)
        return meeting, new

    @transaction
    async def take_on(
        self, tx: Transaction, place: Place, meeting_id: int, *, accepted: bool
    ) -> list[str]:
        """Make what was noted for somebody theirs, or take it away; returns its texts.

        Raises Conflict when nothing waits for them, and NotAllowed for people who left the group.
        """
        meeting = await meeting_of_server(tx, place.guild_id, meeting_id)
        asked = await tx.commitments.asked_of(meeting.group_id, place.user_id)
        if not asked:
            raise Conflict("Nothing waits for you to take it on.")
        ids = [one.id for one in asked]
        if not accepted:
            await tx.commitments.remove(ids)
            return [one.text for one in asked]
        await check_member(tx, place, meeting, "take something on")
        round_ = await tx.checkins.open_round(meeting.group_id)
        await tx.commitments.edit(
            ids, state=CommitmentState.OPEN, round_id=round_.id if round_ else None
        )
        return [one.text for one in asked]

    async def _only_who_comes(
        self, tx: Transaction, place: Place, meeting: Meeting, what: str
    ) -> None:
        """Raise NotAllowed unless a member acts, or a guest who answered that they may come."""
        answer = await tx.rsvps.get(meeting.id, place.user_id)
        if answer is None or answer.answer is Answer.NOT_GOING:
            await check_member(tx, place, meeting, what)


async def thread_view(tx: Transaction, meeting_id: int, now: datetime) -> ThreadView:
    """Return what the card in a meeting's thread shows; raises NotFound."""
    meeting = await existing_meeting(tx, meeting_id)
    units = await tx.reading_lists.units_of(meeting.id)
    readings = await read_for(tx, meeting, units)
    taken = [one for unit in units for one in await tx.reading_lists.taken_of(unit.id)]
    prompts = await tx.attendance.prompts(meeting.id)
    attendances = await tx.attendance.attendances(meeting.id)
    return ThreadView(meeting, readings, units, prompts, attendances, now, taken)


async def _in_voice(
    tx: Transaction, guild_id: int, channel_id: int, now: datetime
) -> list[Meeting]:
    running = await tx.meetings.running([guild_id], now, rules.VOICE_FROM)
    return [one for one in running if one.voice_id == channel_id]


async def _is_uncounted(tx: Transaction, guild_id: int, user_id: int) -> bool:
    profile = await tx.profiles.get(guild_id, user_id)
    return bool(profile and profile.voice_uncounted)
