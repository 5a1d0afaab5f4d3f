"""Reminds people of meetings when it is time."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.scheduler import Lateness
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.service import MeetingService
from cogs.reading.reminders import cards, rules
from cogs.reading.rsvps.handlers import RsvpReactions
from cogs.reading.rsvps.service import RsvpService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class ReminderHandlers:
    """Reminds people of meetings."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._service = bot.service(MeetingService)
        self._posting = bot.service(Posting)
        self._reactions = bot.service(RsvpReactions)
        self._rsvps = bot.service(RsvpService)
        bot.deadlines.on(DeadlineKind.READING_REMIND, self.remind, lateness=Lateness.EXPIRE)
        bot.deadlines.on(
            DeadlineKind.READING_UNANSWERED, self.ask_unanswered, lateness=Lateness.EXPIRE
        )

    async def remind(self, deadline: Deadline, late: timedelta) -> None:
        """Remind those who come or may come, in the meeting's thread."""
        view = await self._service.view(deadline.subject_id)
        meeting, now = view.meeting, view.now
        before = timedelta(seconds=deadline.offset)
        if meeting.cancelled_at is not None or rules.is_overtaken(meeting, before, now):
            return
        if view.group.archived_at is not None:
            return
        if meeting.is_open(now):
            await self._reactions.catch_up_with(meeting.id)
            view = await self._service.view(meeting.id)
            if view.turnout.waiting:
                await self._reactions.free_places(meeting, view.turnout.going[: rules.SEATS_ASKED])
        view = await self._service.view(meeting.id)
        started = meeting.starts_at <= now
        moment = int(meeting.starts_at.timestamp())
        called = rules.called(view.answers, meeting, before)
        await self._posting.tell(
            view,
            f"reading/remind/{meeting.id}/{moment}/{deadline.offset}",
            called.pinged,
            lambda batch: cards.reminder(
                meeting, called, batch, late=late > timedelta(), started=started
            ),
        )
        await self._rsvps.reminded(meeting, called.pinged)

    async def ask_unanswered(self, deadline: Deadline, late: timedelta) -> None:
        """Ask members who have not answered yet, in the meeting's thread and only once."""
        view = await self._service.view(deadline.subject_id)
        if not view.meeting.is_open(view.now) or view.group.archived_at is not None:
            return
        await self._reactions.catch_up_with(view.meeting.id)
        people, card = await self._rsvps.unanswered(view.meeting)
        if people:
            await self._posting.tell(
                view,
                f"reading/unanswered/{view.meeting.id}",
                people,
                lambda batch: cards.unanswered(view, card, batch),
            )
