"""The buttons for people who went quiet, and for the organiser of a quiet group."""

from __future__ import annotations

from typing import Any

import discord

from bot import events
from bot.base import when
from bot.base.recurrence import Cadence
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import NEVER, CardButton, CardButtons
from cogs.checkins.quiet import cards as quiet_cards
from cogs.checkins.quiet.service import SLOWER, QuietService
from cogs.checkins.rounds import cards
from cogs.checkins.rounds.service import CheckinService

PACES = {Cadence.FORTNIGHTLY: "Every two weeks", Cadence.MONTHLY: "Every four weeks"}


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
            content=quiet_cards.own_pace(pace), embed=None, view=CardButtons(back)
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
        await self._say(interaction, quiet_cards.away_until(group, until))


class PauseButton(_OwnButton, template=r"quiet:pause:(?P<group_id>\d{1,18})"):
    """Pauses for four weeks."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"quiet:pause:{group_id}", label="Pause for four weeks")
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Be away."""
        service = interaction.client.service(QuietService)
        group, until = await service.pause(self.group_id, interaction.user.id)
        await self._say(interaction, quiet_cards.away_until(group, until))


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
            f"You left **{theme.escape(group.name)}**. All the best; `/group join` brings you back."
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
