"""The buttons for people who went quiet, and for the organiser of a quiet group."""

from __future__ import annotations

import discord
from msgspec.structs import replace

from bot import events
from bot.base import when
from bot.base.recurrence import Cadence
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, Face
from cogs.checkins.quiet import cards as quiet_cards
from cogs.checkins.quiet.service import SLOWER, QuietService
from cogs.checkins.rounds import cards
from cogs.checkins.rounds.service import CheckinService
from data.server.groups import GroupId

PACES = {Cadence.FORTNIGHTLY: "Every two weeks", Cadence.MONTHLY: "Every four weeks"}


class _OwnButton(CardButton):
    """A button of a direct message: it acts for whoever presses it, in a group they are in.

    Direct messages are the first shard's, so another process may have the group: the service sees
    to it that the group's card changes.
    """

    group_id: GroupId


class PaceButton(_OwnButton, custom_id="quiet:pace:{every}:{group_id}"):
    """Gives a member a pace of their own (every second round), or with 1 takes it back."""

    every: int

    def face(self) -> Face:
        """Say which of the two it is."""
        label = "Every round again" if self.every == 1 else "Slow down: every second round"
        return replace(super().face(), label=label)

    async def pressed(self, interaction: Interaction) -> None:
        """Set it, and offer the way back."""
        bot = interaction.client
        pace = await bot.service(QuietService).pace(self.group_id, interaction.user.id, self.every)
        back = PaceButton(self.group_id, 1 if self.every > 1 else 2)
        await replies.edit(interaction, quiet_cards.own_pace(pace), view=CardButtons(back))


class SkipButton(_OwnButton, custom_id="quiet:skip:{group_id}", label="Slow down: skip this round"):
    """Skips the open round; only questions that earlier versions posted still have it."""

    async def pressed(self, interaction: Interaction) -> None:
        """Be away until it has closed."""
        service = interaction.client.service(QuietService)
        group, until = await service.skip(self.group_id, interaction.user.id)
        await replies.edit(interaction, quiet_cards.away_until(group, until))


class PauseButton(_OwnButton, custom_id="quiet:pause:{group_id}", label="Pause for four weeks"):
    """Pauses for four weeks."""

    async def pressed(self, interaction: Interaction) -> None:
        """Be away."""
        service = interaction.client.service(QuietService)
        group, until = await service.pause(self.group_id, interaction.user.id)
        await replies.edit(interaction, quiet_cards.away_until(group, until))


class LeaveButton(_OwnButton, custom_id="quiet:leave:{group_id}", label="Leave the group"):
    """Leaves the group."""

    async def pressed(self, interaction: Interaction) -> None:
        """Leave."""
        service = interaction.client.service(QuietService)
        group = await service.leave(self.group_id, interaction.user.id)
        text = (
            f"You left **{theme.escape(group.name)}**. All the best; `/group join` brings you back."
        )
        await replies.edit(interaction, text)


class StayButton(
    CardButton, custom_id="quiet:stay", label="I'm in", style=discord.ButtonStyle.success
):
    """Changes nothing."""

    async def pressed(self, interaction: Interaction) -> None:
        """Say so."""
        await replies.edit(interaction, "Good to know. The next check-in may be one line.")


class SlowerButton(CardButton, custom_id="quiet:slower:{group_id}"):
    """Makes a group's rounds rarer (organisers)."""

    group_id: GroupId
    label: str = "Less often"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Set the schedule one step slower, on the same day and at the same time."""
        bot = interaction.client
        group, schedule = await bot.service(QuietService).schedule_to_slow(place, self.group_id)
        done = await bot.service(CheckinService).schedule(
            place,
            group,
            cadence=SLOWER.get(schedule.cadence, schedule.cadence),
            day=when.WEEKDAYS[schedule.anchor.weekday()],
            time=f"{schedule.at:%H:%M}",
            timezone=schedule.timezone,
        )
        await replies.edit(interaction, embed=cards.scheduled(done))
        events.group_changed(bot, group.id)


class AsItIsButton(CardButton, custom_id="quiet:asis:{group_id}", label="Leave it as it is"):
    """Leaves a group's rounds as they are (organisers)."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Say so."""
        bot = interaction.client
        await bot.service(QuietService).schedule_to_slow(place, self.group_id)
        await replies.edit(interaction, "It stays as it is. The next round is a new one.")


QUIET_BUTTONS = (
    PaceButton,
    SkipButton,
    PauseButton,
    LeaveButton,
    StayButton,
    SlowerButton,
    AsItIsButton,
)
