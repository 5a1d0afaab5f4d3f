"""Asks quiet people what would help, and organisers what should change."""

from __future__ import annotations

from datetime import timedelta

from bot.base.errors import NotFound, Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel, to_person
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from bot.ui.direct_messages import let_rest, let_rest_by_id
from cogs.checkins.quiet.service import QuietGroup, QuietService
from cogs.checkins.quiet.views import (
    PACES,
    AsItIsButton,
    LeaveButton,
    PaceButton,
    PauseButton,
    SlowerButton,
    StayButton,
)
from cogs.checkins.rounds.pod_lines import told_of_silence
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind


class QuietHandlers:
    """Checks for quiet people when that is due."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(QuietService)
        bot.deadlines.on(DeadlineKind.CHECKIN_QUIET, self.look)
        bot.deadlines.on(DeadlineKind.CHECKIN_QUIET_ONE, self.ask)

    async def look(self, deadline: Deadline, late: timedelta) -> None:
        """Tell the organiser who went quiet, or ask what should change when all did."""
        silence = await self.service.look(deadline.subject_id)
        group = silence.group
        if silence.everybody:
            to = [to_channel(group.channel_id)]
            await self.bot.delivery.send(
                f"{deadline.key}/all", group.guild_id, _what_should_change(silence), to
            )
            return
        told = await told_of_silence(
            self.bot, deadline.key, group.guild_id, group.id, silence.people
        )
        others = [
            user_id
            for user_id in silence.people
            if user_id not in told and user_id != group.created_by
        ]
        if not others:
            return
        # In private: naming them before everybody would shame them.
        people = theme.names(others, limit=30)
        text = (
            f"In **{theme.escape(group.name)}** (<#{group.channel_id}>), quiet for two rounds: "
            f"{people}. A kind word from you may help more than a reminder from me."
        )
        to = [to_person(group.created_by)]
        await let_rest_by_id(self.bot, group.guild_id, group.created_by)
        try:
            await self.bot.delivery.send(
                f"{deadline.key}/organiser", group.guild_id, Content(text=text), to
            )
        except Undeliverable:
            # `/checkin stats everybody: True` shows the same; nobody else should be told.
            return

    async def ask(self, deadline: Deadline, late: timedelta) -> None:
        """Ask one person, in private or not at all."""
        asked = await self.service.one(deadline.subject_id, deadline.occurrence)
        group, user_id = asked.group, asked.profile.user_id
        content = Content(
            text=(
                f"We have not heard from you in **{theme.escape(group.name)}** "
                f"(<#{group.channel_id}>) for two rounds. No harm done, and nobody counts. Would "
                "something else suit you better?"
            ),
            view=CardButtons(
                PaceButton(group.id, 2),
                PauseButton(group.id),
                LeaveButton(group.id),
                StayButton(),
            ),
        )
        await let_rest(self.bot, asked.profile)
        try:
            await self.bot.delivery.send(
                deadline.key, group.guild_id, content, [to_person(user_id)]
            )
        except Undeliverable as error:
            # Never in the channel instead: “we have not heard from you” is for one person alone.
            raise NotFound("Their direct messages are closed.") from error


def _what_should_change(silence: QuietGroup) -> Content:
    group = silence.group
    text = theme.addressed(
        group.created_by,
        f"nobody has checked in to **{theme.escape(group.name)}** for two rounds. What should "
        "change: the pace, the questions (`/checkin questions`), or what the group works on "
        "(`/group edit`)? `/group archive` ends it; all of it stays.",
    )
    items: list[CardButton] = [AsItIsButton(group.id)]
    if silence.slower is not None:
        items.insert(0, SlowerButton(group.id, PACES[silence.slower]))
    return Content(
        text=text,
        view=CardButtons(*items),
        mentions=theme.pings([group.created_by]),
    )
