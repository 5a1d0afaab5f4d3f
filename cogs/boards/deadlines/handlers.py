"""Reminds a project's people of its deadlines."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.scheduler import Lateness
from cogs.boards.board.threads import BoardThreads
from cogs.boards.deadlines import cards
from cogs.boards.deadlines.service import DeadlineService
from cogs.boards.deadlines.views import deadline_buttons
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class DeadlineReminders:
    """Reminds everybody before a deadline; once it has passed, asks the lead."""

    def __init__(self, bot: CohortBot) -> None:
        self._threads = BoardThreads(bot)
        self._service = bot.service(DeadlineService)
        bot.deadlines.on(DeadlineKind.BOARDS_DEADLINE, self.remind, lateness=Lateness.COLLAPSE)

    async def remind(self, deadline: Deadline, late: timedelta) -> None:
        """Post one reminder; the one at offset 0 says that the deadline has passed."""
        project, due, members = await self._service.due(deadline.guild_id, deadline.subject_id)
        passed = deadline.offset == 0
        everybody = [member.user_id for member in members]
        lead = [project.lead_id] if project.lead_id is not None else everybody
        content = cards.reminder(
            due.title,
            due.due_at,
            passed=passed,
            late=bool(late),
            user_ids=lead if passed else everybody,
            buttons=deadline_buttons(due) if passed else [],
        )
        await self._threads.deliver(project, deadline, content)
