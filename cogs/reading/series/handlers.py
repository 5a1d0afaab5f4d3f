"""Posts the next meeting of a series when it is time."""

from __future__ import annotations

from datetime import timedelta

from bot import events
from bot.client import CohortBot
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.service import MeetingService
from cogs.reading.series.service import SeriesService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class SeriesHandlers:
    """Posts the next meeting of each series."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._series = bot.service(SeriesService)
        self._service = bot.service(MeetingService)
        self._posting = bot.service(Posting)
        bot.deadlines.on(DeadlineKind.READING_NEXT, self.occur)

    async def occur(self, deadline: Deadline, late: timedelta) -> None:
        """Post the next meeting of a series."""
        meeting = await self._series.occur(deadline.subject_id, deadline.occurrence)
        if meeting is not None:
            view = await self._service.view(meeting.id)
            await self._posting.publish(meeting, view.group)
            if meeting.paper_id is not None:
                self._bot.library.look_up(meeting.paper_id, meeting.guild_id)
            events.group_used(self._bot, meeting.group_id)
