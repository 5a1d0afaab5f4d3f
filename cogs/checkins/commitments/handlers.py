"""Reminds people of their commitments."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.scheduler import Lateness
from bot.ui.direct_messages import tell_by_id
from cogs.checkins.commitments import cards
from cogs.checkins.commitments.service import CommitmentService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class CommitmentHandlers:
    """Delivers the reminders of commitments."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._service = bot.service(CommitmentService)
        bot.deadlines.on(DeadlineKind.COMMITMENT_REMIND, self.remind, lateness=Lateness.EXPIRE)

    async def remind(self, deadline: Deadline, late: timedelta) -> None:
        """Remind somebody of a commitment, a day before and when it is due."""
        view = await self._service.to_remind(deadline.guild_id, deadline.subject_id)
        one = view.commitment
        await tell_by_id(
            self._bot,
            f"{deadline.key}/{int(deadline.due_at.timestamp())}",
            one.guild_id,
            one.user_id,
            cards.reminder(view, due=deadline.offset == 0),
            [view.group.channel_id],
        )
