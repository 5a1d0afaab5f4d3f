"""Updates commitments after their linked tasks are finished."""

from __future__ import annotations

from datetime import timedelta

from bot import events
from bot.client import CohortBot
from bot.jobs.scheduler import Lateness
from cogs.checkins.commitments.service import CommitmentService
from cogs.checkins.witnesses.posting import ask_witness
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class TaskLinkHandlers:
    """Updates commitments after their linked tasks are finished."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._commitments = bot.service(CommitmentService)
        bot.deadlines.on(DeadlineKind.COMMITMENT_WITNESS, self._witness)
        bot.deadlines.on(DeadlineKind.COMMITMENT_SETTLED, self._settled, lateness=Lateness.COLLAPSE)

    async def _witness(self, deadline: Deadline, late: timedelta) -> None:
        """Ask the witness of a commitment that was kept by finishing its task."""
        view = await self._commitments.view(deadline.guild_id, deadline.subject_id)
        await ask_witness(self._bot, view)

    async def _settled(self, deadline: Deadline, late: timedelta) -> None:
        """Show it where the group's commitments are counted."""
        view = await self._commitments.view(deadline.guild_id, deadline.subject_id)
        events.group_changed(self._bot, view.group.id)
