"""Says that a meeting begins, and asks for its notes afterwards."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.delivery import Content
from bot.jobs.scheduler import Lateness
from cogs.reading.attendance import cards
from cogs.reading.attendance.service import AttendanceService
from cogs.reading.attendance.views import HereButton, NotesButton, thread_buttons
from cogs.reading.meetings.posting import Posting, destinations
from cogs.reading.meetings.service import MeetingService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.states import CardKind


class AttendanceHandlers:
    """Says that a meeting begins, and asks for its notes when it is over."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._attendance = bot.service(AttendanceService)
        self._service = bot.service(MeetingService)
        self._posting = bot.service(Posting)
        bot.cards.render_with(CardKind.MEETING_THREAD, self.thread_card)
        bot.deadlines.on(DeadlineKind.READING_BEGIN, self.begin, lateness=Lateness.EXPIRE)
        bot.deadlines.on(DeadlineKind.READING_OVER, self.close)

    async def thread_card(self, meeting_id: int) -> Content:
        """Return the card of a meeting's thread."""
        view = await self._attendance.view(meeting_id)
        return cards.thread_card(view, thread_buttons(view))

    async def begin(self, deadline: Deadline, late: timedelta) -> None:
        """Say that a meeting begins, where somebody comes, and offer to say that one is there."""
        view = await self._service.view(deadline.subject_id)
        meeting = view.meeting
        self._posting.refresh(meeting)
        if not view.turnout.expected or late or view.group.archived_at is not None:
            return
        await self._bot.delivery.send(
            f"reading/begin/{meeting.id}/{int(meeting.starts_at.timestamp())}",
            meeting.guild_id,
            cards.begins(meeting, [HereButton(meeting.id)]),
            destinations(meeting, view.group.channel_id),
        )

    async def close(self, deadline: Deadline, late: timedelta) -> None:
        """Have the cards show that a meeting is over, and ask for its notes."""
        view = await self._service.view(deadline.subject_id)
        meeting = view.meeting
        self._posting.refresh(meeting)
        shown = await self._attendance.view(meeting.id)
        if not (shown.here or view.turnout.expected) or view.group.archived_at is not None:
            return
        await self._bot.delivery.send(
            f"reading/over/{meeting.id}/{int(meeting.starts_at.timestamp())}",
            meeting.guild_id,
            cards.over(shown, [HereButton(meeting.id, over=True), NotesButton(meeting.id)]),
            destinations(meeting, view.group.channel_id),
        )
