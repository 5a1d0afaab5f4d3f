"""Buttons to lead a meeting, and to decline."""

from __future__ import annotations

import discord

from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton
from cogs.reading.facilitators import cards
from cogs.reading.facilitators.service import FacilitatorService
from data.states import CardKind


class LeadButton(CardButton, template=r"reading:lead:(?P<meeting_id>\d{1,18})"):
    """Takes the lead of a meeting."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(
            f"reading:lead:{meeting_id}",
            label="I'll lead",
            emoji=cards.LEAD,
            style=discord.ButtonStyle.primary,
        )
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Lead it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        meeting = await bot.service(FacilitatorService).lead(place, self.meeting_id)
        await interaction.response.send_message(
            f"Thank you: you lead **{theme.plain(meeting.title)}**.", ephemeral=True
        )
        refresh(interaction, self.meeting_id)


class DeclineButton(CardButton, template=r"reading:decline:(?P<meeting_id>\d{1,18})"):
    """Says that one won't lead a meeting."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(f"reading:decline:{meeting_id}", label="I can't")
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Decline; the next in turn is asked."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(FacilitatorService).decline(place, self.meeting_id)
        await interaction.response.send_message(
            "That is fine. I ask the next in turn.", ephemeral=True
        )
        refresh(interaction, self.meeting_id)


def refresh(interaction: Interaction, meeting_id: int) -> None:
    """Bring what shows who leads a meeting up to date."""
    for kind in (CardKind.MEETING, CardKind.MEETING_THREAD):
        interaction.client.cards.refresh(kind, meeting_id)
