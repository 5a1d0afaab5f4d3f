"""Buttons to lead a meeting, and to decline."""

from __future__ import annotations

import discord

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton
from cogs.reading.facilitators import cards
from cogs.reading.facilitators.service import FacilitatorService
from data.reading.meetings import MeetingId
from data.states import CardKind


class LeadButton(
    CardButton,
    custom_id="reading:lead:{meeting_id}",
    label="I'll lead",
    emoji=cards.LEAD,
    style=discord.ButtonStyle.primary,
):
    """Takes the lead of a meeting."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Lead it."""
        bot = interaction.client
        meeting = await bot.service(FacilitatorService).lead(place, self.meeting_id)
        await replies.send(interaction, f"Thank you: you lead **{theme.escape(meeting.title)}**.")
        refresh(interaction, self.meeting_id)


class DeclineButton(CardButton, custom_id="reading:decline:{meeting_id}", label="I can't"):
    """Declines to lead a meeting."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Decline; the next in turn is asked."""
        bot = interaction.client
        await bot.service(FacilitatorService).decline(place, self.meeting_id)
        await replies.send(interaction, "That is fine. I ask the next in turn.")
        refresh(interaction, self.meeting_id)


def refresh(interaction: Interaction, meeting_id: int) -> None:
    """Bring what shows who leads a meeting up to date."""
    for kind in (CardKind.MEETING, CardKind.MEETING_THREAD):
        interaction.client.cards.refresh(kind, meeting_id)
