"""Reminds people of meetings when it is time."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.scheduler import Lateness
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.service import MeetingService
from cogs.reading.reminders import cards, rules
from cogs.reading.rsvps.handlers import RsvpReactions
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind

SEATS_ASKED = 100
"""Of how many seats it is looked whether their people are still in the server."""


class ReminderHandlers:
    """Reminds people of meetings."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._service = bot.service(MeetingService)
        self._posting = bot.service(Posting)
        self._reactions = bot.service(RsvpReactions)
        bot.deadlines.on(DeadlineKind.READING_REMIND, self.remind, lateness=Lateness.EXPIRE)

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
                await self._reactions.free_places(meeting, view.turnout.going[:SEATS_ASKED])
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
