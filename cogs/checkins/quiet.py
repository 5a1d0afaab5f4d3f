"""Asks who went quiet what would help, and organisers what should change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord

from bot import events
from bot.base import when
from bot.base.errors import NotFound, Undeliverable
from bot.base.recurrence import Cadence
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, channel, person
from bot.ui import theme
from bot.ui.controls import NEVER, CardButton, CardButtons
from cogs.checkins import cards
from cogs.checkins.pods import told_of_silence
from cogs.checkins.quiet_service import QUIET_ONE, SLOWER, QuietService, Silence
from cogs.checkins.service import QUIET, CheckinService
from data.delivery.deadlines import Deadline

PACES = {Cadence.FORTNIGHTLY: "Every two weeks", Cadence.MONTHLY: "Every four weeks"}


class Listener:
    """Hears when it is time to look who went quiet."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(QuietService)
        bot.deadlines.on(QUIET, self.look)
        bot.deadlines.on(QUIET_ONE, self.ask)

    async def look(self, deadline: Deadline, late: timedelta) -> None:
        """Tell the organiser who went quiet, or ask what should change when all did."""
        silence = await self.service.look(deadline.subject_id)
        group = silence.group
        if silence.everybody:
            to = [channel(group.channel_id)]
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
            f"In **{theme.plain(group.name)}** (<#{group.channel_id}>), quiet for two rounds: "
            f"{people}. A kind word from you may help more than a reminder from me."
        )
        to = [person(group.created_by)]
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
                f"We have not heard from you in **{theme.plain(group.name)}** "
                f"(<#{group.channel_id}>) for two rounds. No harm done, and nobody counts. Would "
                "something else suit you better?"
            ),
            view=CardButtons(
                PaceButton("2", group.id),
                PauseButton(group.id),
                LeaveButton(group.id),
                StayButton(),
            ),
        )
        try:
            await self.bot.delivery.send(deadline.key, group.guild_id, content, [person(user_id)])
        except Undeliverable as error:
            raise NotFound("Their direct messages are closed.") from error


class _OwnButton(CardButton, template=NEVER):
    """A button of a direct message: it acts for who presses it, in a group they are in."""

    group_id: int

    def __init__(self, custom_id: str, *, label: str, **look: Any) -> None:
        super().__init__(custom_id, label=label, **look)

    async def _say(self, interaction: Interaction, text: str) -> None:
        await interaction.response.edit_message(content=text, view=None)
        events.group_changed(interaction.client, self.group_id)


class PaceButton(_OwnButton, template=r"quiet:pace:(?P<every>1|2):(?P<group_id>\d{1,18})"):
    """Gives a member a pace of their own, or takes it back."""

    def __init__(self, every: str | int, group_id: int) -> None:
        super().__init__(
            f"quiet:pace:{every}:{group_id}",
            label="Every round again" if int(every) == 1 else "Slow down: every second round",
        )
        self.every = int(every)
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Set it, and offer the way back."""
        bot = interaction.client
        pace = await bot.service(QuietService).pace(self.group_id, interaction.user.id, self.every)
        back = PaceButton(1 if self.every > 1 else 2, self.group_id)
        await interaction.response.edit_message(
            content=cards.own_pace(pace), embed=None, view=CardButtons(back)
        )
        events.group_changed(bot, self.group_id)


class SkipButton(_OwnButton, template=r"quiet:skip:(?P<group_id>\d{1,18})"):
    """Skips the open round; stands under questions of earlier versions."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"quiet:skip:{group_id}", label="Slow down: skip this round")
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Be away until it has closed."""
        service = interaction.client.service(QuietService)
        group, until = await service.skip(self.group_id, interaction.user.id)
        await self._say(interaction, cards.away_until(group, until))


class PauseButton(_OwnButton, template=r"quiet:pause:(?P<group_id>\d{1,18})"):
    """Pauses for four weeks."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"quiet:pause:{group_id}", label="Pause for four weeks")
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Be away."""
        service = interaction.client.service(QuietService)
        group, until = await service.pause(self.group_id, interaction.user.id)
        await self._say(interaction, cards.away_until(group, until))


class LeaveButton(_OwnButton, template=r"quiet:leave:(?P<group_id>\d{1,18})"):
    """Leaves the group."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"quiet:leave:{group_id}", label="Leave the group")
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Leave."""
        service = interaction.client.service(QuietService)
        group = await service.leave(self.group_id, interaction.user.id)
        text = (
            f"You left **{theme.plain(group.name)}**. All the best; `/group join` brings you back."
        )
        await self._say(interaction, text)


class StayButton(CardButton, template=r"quiet:stay"):
    """Changes nothing."""

    def __init__(self) -> None:
        super().__init__("quiet:stay", label="I'm in", style=discord.ButtonStyle.success)

    async def pressed(self, interaction: Interaction) -> None:
        """Say so."""
        await interaction.response.edit_message(
            content="Good to know. The next check-in may be one line.", view=None
        )


class SlowerButton(CardButton, template=r"quiet:slower:(?P<group_id>\d{1,18})"):
    """Makes a group's rounds rarer (organisers)."""

    def __init__(self, group_id: int, label: str = "Less often") -> None:
        super().__init__(f"quiet:slower:{group_id}", label=label)
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Set the schedule anew, one step slower, on the same day and time."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        group, schedule = await bot.service(QuietService).schedule_to_slow(place, self.group_id)
        done = await bot.service(CheckinService).schedule(
            place,
            group,
            cadence=SLOWER.get(schedule.cadence, schedule.cadence),
            day=when.WEEKDAYS[schedule.anchor.weekday()],
            time=f"{schedule.at:%H:%M}",
            timezone=schedule.timezone,
        )
        await interaction.response.edit_message(
            content=None, embed=cards.scheduled(done), view=None
        )
        events.group_changed(bot, group.id)


class AsItIsButton(CardButton, template=r"quiet:asis:(?P<group_id>\d{1,18})"):
    """Leaves a group's rounds as they are (organisers)."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"quiet:asis:{group_id}", label="Leave it as it is")
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Say so."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(QuietService).schedule_to_slow(place, self.group_id)
        await interaction.response.edit_message(
            content="It stays as it is. The next round is a new one.", view=None
        )


QUIET_BUTTONS = (
    PaceButton,
    SkipButton,
    PauseButton,
    LeaveButton,
    StayButton,
    SlowerButton,
    AsItIsButton,
)


def _what_should_change(silence: Silence) -> Content:
    group = silence.group
    text = theme.addressed(
        group.created_by,
        f"nobody has checked in to **{theme.plain(group.name)}** for two rounds. What should "
        "change: the pace, the questions (`/checkin questions`), or what the group gathers around "
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
