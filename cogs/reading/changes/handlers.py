"""Tells people what was changed."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from cogs.reading.changes import cards
from cogs.reading.changes.service import ChangeService
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.service import MeetingService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class ChangeHandlers:
    """Tells people that a meeting changed."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._changes = bot.service(ChangeService)
        self._service = bot.service(MeetingService)
        self._posting = bot.service(Posting)
        bot.deadlines.on(DeadlineKind.READING_CHANGED, self.tell_change)

    async def tell_change(self, deadline: Deadline, late: timedelta) -> None:
        """Tell those who answered that a meeting was moved, cancelled or edited."""
        change, people = await self._changes.story(deadline.occurrence)
        view = await self._service.view(deadline.subject_id)
        await self._posting.tell(
            view,
            f"reading/changed/{change.id}",
            people,
            lambda batch: cards.changed(view, change, batch),
        )
