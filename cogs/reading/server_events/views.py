"""Buttons for a server event that somebody changed by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import discord

from bot import events
from bot.base import when
from bot.base.errors import Conflict
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton
from cogs.reading.changes.service import ChangeService
from data.states import CardKind


class FollowButton(
    CardButton, template=r"reading:follow:(?P<meeting_id>\d{1,18}):(?P<moment>\d{1,11})"
):
    """Moves a meeting to where its event was moved."""

    def __init__(self, meeting_id: int, moment: int) -> None:
        super().__init__(
            f"reading:follow:{meeting_id}:{moment}",
            label="Move the meeting too",
            style=discord.ButtonStyle.primary,
        )
        self.meeting_id = meeting_id
        self.moment = moment

    async def pressed(self, interaction: Interaction) -> None:
        """Move it; who answered is told."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        starts_at = datetime.fromtimestamp(self.moment, UTC)
        if not bot.clock.now() < starts_at < bot.clock.now() + timedelta(days=5 * 366):
            raise Conflict("That time has gone by. `/meeting move` sets another one.")
        done = await bot.service(ChangeService).move(place, self.meeting_id, starts_at)
        await interaction.response.send_message(
            f"**{theme.plain(done.meeting.title)}** is on {when.stamp(starts_at)} now.",
            ephemeral=True,
        )
        for kind in (CardKind.MEETING, CardKind.MEETING_THREAD):
            bot.cards.refresh(kind, self.meeting_id)
        events.group_changed(bot, done.meeting.group_id)


class PutBackButton(CardButton, template=r"reading:putback:(?P<meeting_id>\d{1,18})"):
    """Makes a meeting's event what the meeting is."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(f"reading:putback:{meeting_id}", label="Put the event back")
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Have the event made or moved."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(ChangeService).mirror(place, self.meeting_id)
        await interaction.response.send_message("I put the event back.", ephemeral=True)


BUTTONS = (FollowButton, PutBackButton)
