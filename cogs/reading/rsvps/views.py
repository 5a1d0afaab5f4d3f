"""The button that shows everybody who answered."""

from __future__ import annotations

from bot.client import Interaction
from bot.place import Place
from bot.ui.controls import CardButton
from bot.ui.pages import Pages
from cogs.reading.meetings.service import MeetingService
from cogs.reading.rsvps import cards
from data.reading.meetings import MeetingId


class EverybodyButton(
    CardButton, custom_id="reading:people:{meeting_id}", label="Everybody who answered", emoji="👥"
):
    """Shows everybody who answered a meeting to the person who pressed."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show them, page by page."""
        bot = interaction.client
        view = await bot.service(MeetingService).seen(place, self.meeting_id)
        await Pages.show(interaction, cards.everybody(view))
