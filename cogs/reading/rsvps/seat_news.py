"""Tells people who got a seat, and people who wait for one."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.scheduler import Lateness
from cogs.reading.meetings.posting import Posting, destinations
from cogs.reading.meetings.service import MeetingService
from cogs.reading.rsvps import cards
from cogs.reading.rsvps.service import RsvpService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class SeatHandlers:
    """Tells people who moved up, and people who wait."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._rsvps = bot.service(RsvpService)
        self._service = bot.service(MeetingService)
        self._posting = bot.service(Posting)
        bot.deadlines.on(DeadlineKind.READING_NEWS, self.tell_news, lateness=Lateness.EXPIRE)

    async def tell_news(self, deadline: Deadline, late: timedelta) -> None:
        """Tell those who moved up, and those who wait."""
        meeting, news = await self._rsvps.news(deadline.subject_id)
        view = await self._service.view(meeting.id)
        key = f"reading/news/{meeting.id}/{int(deadline.due_at.timestamp())}"
        await self._posting.tell(
            view, f"{key}/in", news.promoted, lambda batch: cards.promoted(meeting, batch)
        )
        if news.waiting:
            await self._bot.delivery.send(
                f"{key}/waiting",
                meeting.guild_id,
                cards.waiting(meeting, news.waiting),
                destinations(meeting, view.group.channel_id),
            )
        await self._rsvps.told(meeting, news)
