"""Asks about projects on which nothing has happened for a while."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.scheduler import Lateness
from bot.ui.organisers import organisers
from cogs.boards.board.threads import BoardThreads
from cogs.boards.silence import cards, rules
from cogs.boards.silence.service import SilenceService
from cogs.boards.silence.views import silence_buttons
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class Silences:
    """Asks the lead of a silent project, and a week later the organisers."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._threads = BoardThreads(bot)
        self._service = bot.service(SilenceService)
        bot.deadlines.on(DeadlineKind.BOARDS_SILENT, self.ask, lateness=Lateness.COLLAPSE)

    async def ask(self, deadline: Deadline, late: timedelta) -> None:
        """Ask the lead, or the mentors where nobody leads; the second time the organisers."""
        found = await self._service.silent(deadline.guild_id, deadline.subject_id)
        project = found.project
        silence = rules.silence_of(project) or timedelta(days=rules.USUAL_DAYS)
        buttons = silence_buttons(project)
        # The first question is the lead's, the second the organisers': see ``count_silence``.
        if deadline.occurrence > 0:
            days = (silence + rules.ORGANISERS_AFTER).days
            asked = await organisers(self._bot, project.guild_id, found.organiser_role_id)
            content = cards.still_silent(days, asked=asked, late=bool(late), buttons=buttons)
        else:
            answering = [project.lead_id] if project.lead_id is not None else found.mentors
            content = cards.silence(
                silence.days,
                user_ids=answering or [member.user_id for member in found.members],
                late=bool(late),
                buttons=buttons,
            )
        await self._threads.deliver(project, deadline, content)
