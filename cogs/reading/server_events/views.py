"""Buttons for a server event that somebody changed by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import discord

from bot.base import when
from bot.base.errors import Conflict
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton
from cogs.reading.changes.service import ChangeService
from cogs.reading.meetings.posting import Posting
from data.reading.meetings import MeetingId


class FollowButton(
    CardButton,
    custom_id="reading:follow:{meeting_id}:{moment}",
    label="Move the meeting too",
    style=discord.ButtonStyle.primary,
):
    """Moves a meeting to where its event was moved."""

    meeting_id: MeetingId
    moment: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Move it, and tell those who answered."""
        bot = interaction.client
        starts_at = datetime.fromtimestamp(self.moment, UTC)
        if not bot.clock.now() < starts_at < bot.clock.now() + timedelta(days=5 * 366):
            raise Conflict("That time has passed. `/meeting move` sets another one.")
        done = await bot.service(ChangeService).move(place, self.meeting_id, starts_at)
        await replies.send(
            interaction,
            f"**{theme.escape(done.meeting.title)}** is on {when.stamp(starts_at)} now.",
        )
        bot.service(Posting).changed(done.meetings)


class PutBackButton(
    CardButton, custom_id="reading:putback:{meeting_id}", label="Put the event back"
):
    """Brings a meeting's event in line with the meeting."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Update the event."""
        bot = interaction.client
        await bot.service(ChangeService).mirror(place, self.meeting_id)
        await replies.send(interaction, "I put the event back.")
