"""The command that asks when to meet."""

from __future__ import annotations

from discord import app_commands

from bot.base import when as times
from bot.base.errors import InvalidInput
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_group
from bot.ui.command_groups import SubjectCog
from bot.ui.report import report
from cogs.reading.command_groups import MEETING
from cogs.reading.polls import cards, views
from cogs.reading.polls.drafts import PollDraftService
from cogs.reading.polls.service import PollService
from cogs.reading.polls.times import times_in
from data.server.groups import Group
from data.states import CardKind


class PollCommands(SubjectCog, group=MEETING):
    """Asks a group when to meet."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.polls = bot.service(PollService)
        self.drafts = bot.service(PollDraftService)

    @app_commands.command(description="Ask when to meet, with up to ten times to choose from")
    @app_commands.describe(
        title="What the meeting is about",
        slots="Times, separated by semicolons: tue 19:00; sat 11:00. Without them, I suggest some",
        minutes="How long it takes; without it, 60",
        closes="When the poll closes; without it, in three days or sooner",
    )
    @with_group()
    async def poll(
        self,
        interaction: Interaction,
        place: Place,
        group: Group,
        title: str,
        slots: str | None = None,
        minutes: app_commands.Range[int, 5, 600] = 60,
        closes: str | None = None,
    ) -> None:
        """Post a card with the times, or propose times where none are given or can be read."""
        zone, now = place.zone(group), self.bot.clock.now()
        try:
            closes_at = times.parse(closes, zone=zone, now=now, end_of_day=True) if closes else None
        except InvalidInput as error:
            await report(interaction, error, typed=f"{title}\n{slots or ''}")
            return
        if slots is not None:
            try:
                starts = times_in(slots, zone, now)
                asked = await self.polls.ask(
                    place,
                    group,
                    title=title,
                    starts=starts,
                    minutes=minutes,
                    closes_at=closes_at,
                    zone=zone,
                )
            except InvalidInput as error:
                fault = error
            else:
                await self.bot.cards.answer(
                    interaction,
                    CardKind.POLL,
                    asked.id,
                    group.channel_id,
                    said=cards.asked(asked, starts),
                )
                return
        else:
            fault = None
        draft = await self.drafts.draft(
            place,
            group,
            title=title,
            typed=slots or "",
            minutes=minutes,
            closes_at=closes_at,
            zone=zone,
        )
        if fault is not None:
            await report(interaction, fault, view=views.unread(draft.id), typed=slots or "")
            return
        found = await self.drafts.propose(place, draft.id)
        await replies.send(interaction, embed=cards.proposal(found), view=views.choices(found))
