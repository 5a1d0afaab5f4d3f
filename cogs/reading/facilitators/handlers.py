"""Asks who leads, and notices that a leader is missing."""

from __future__ import annotations

from datetime import timedelta

from bot.client import CohortBot
from bot.jobs.delivery import person
from bot.jobs.scheduler import Lateness
from cogs.reading.attendance.views import HereButton
from cogs.reading.facilitators import cards
from cogs.reading.facilitators.service import FacilitatorService
from cogs.reading.facilitators.views import DeclineButton, LeadButton
from cogs.reading.meetings import rules as meeting_rules
from cogs.reading.meetings.posting import destinations
from cogs.reading.meetings.service import MeetingService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class FacilitatorHandlers:
    """Asks who leads: ahead of a meeting, and when its leader is missing."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._facilitators = bot.service(FacilitatorService)
        self._service = bot.service(MeetingService)
        bot.deadlines.on(DeadlineKind.READING_ASK, self.ask_who_leads, lateness=Lateness.EXPIRE)
        bot.deadlines.on(
            DeadlineKind.READING_TAKE_OVER, self.ask_who_takes_over, lateness=Lateness.EXPIRE
        )

    async def ask_who_leads(self, deadline: Deadline, late: timedelta) -> None:
        """Ask the one who leads, or whose turn it is, whether they will."""
        meeting, user_id = await self._facilitators.next_to_ask(
            deadline.subject_id, deadline.occurrence
        )
        if user_id is None:
            return
        view = await self._service.view(meeting.id)
        buttons = [LeadButton(meeting.id), DeclineButton(meeting.id)]
        moment = int(meeting.starts_at.timestamp())
        await self._bot.delivery.send(
            f"reading/ask/{meeting.id}/{moment}/{deadline.occurrence}/{deadline.offset}",
            meeting.guild_id,
            cards.your_turn(meeting, user_id, buttons),
            [*destinations(meeting, view.group.channel_id), person(user_id)],
        )
        await self._facilitators.asked(meeting, user_id)

    async def ask_who_takes_over(self, deadline: Deadline, late: timedelta) -> None:
        """Ask who leads, ten minutes into a meeting whose leader has not come."""
        missing = await self._facilitators.leaderless(deadline.subject_id)
        if missing is None:
            return
        view = await self._service.view(deadline.subject_id)
        if view.group.archived_at is not None:
            return
        meeting = view.meeting
        people = tuple(dict.fromkeys((*missing.here, *view.turnout.going)))
        asked = [one for one in people if one != meeting.facilitator_id][: meeting_rules.MENTIONS]
        if not asked:
            return
        await self._bot.delivery.send(
            f"reading/takeover/{meeting.id}/{int(meeting.starts_at.timestamp())}",
            meeting.guild_id,
            cards.who_takes_over(missing, asked, [LeadButton(meeting.id), HereButton(meeting.id)]),
            destinations(meeting, view.group.channel_id),
        )
