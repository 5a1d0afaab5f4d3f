"""Ends pauses, and keeps the groups' cards up to date."""

from __future__ import annotations

from datetime import timedelta

from discord.ext import commands

from bot import events
from bot.client import CohortBot
from bot.jobs.delivery import Content
from bot.ui.direct_messages import note_to, tell
from cogs.server.groups import cards
from cogs.server.groups.service import GroupService, GroupView
from cogs.server.groups.views import group_buttons
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.server.groups import GroupId
from data.states import CardKind


class GroupHandlers(commands.Cog, name="group handlers"):
    """Delivers what falls due for groups, and renders their cards."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(GroupService)
        bot.cards.render_with(CardKind.GROUP, self.service.view_in, self.render)
        bot.deadlines.on(DeadlineKind.GROUP_RESUME, self.end_pause)
        bot.deadlines.on(DeadlineKind.GROUP_TOUCHED, self.touched)

    async def end_pause(self, deadline: Deadline, late: timedelta) -> None:
        """Welcome somebody back whose pause is over."""
        back = await self.service.back(deadline.subject_id, deadline.occurrence)
        user_id = back.profile.user_id
        content = note_to(user_id, cards.resumed(back.group, back.round))
        key = f"{deadline.key}/{int(deadline.due_at.timestamp())}"
        await tell(self.bot, key, back.profile, content, [back.group.channel_id])
        events.group_changed(self.bot, back.group.id)

    async def touched(self, deadline: Deadline, late: timedelta) -> None:
        """Tell of what changed in a group where its server's process did not see it."""
        events.group_changed(self.bot, deadline.subject_id)

    @commands.Cog.listener("on_group_changed")
    @commands.Cog.listener("on_group_joined")
    @commands.Cog.listener("on_group_used")
    async def show(self, group_id: GroupId, *_: object) -> None:
        """Bring a group's card up to date."""
        self.bot.cards.refresh(CardKind.GROUP, group_id)

    def render(self, view: GroupView) -> Content:
        """Return a group's card."""
        return cards.group(view, group_buttons(view.group.id))
