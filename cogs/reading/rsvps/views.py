"""The button that shows everybody who answered."""

from __future__ import annotations

from bot.client import Interaction
from bot.ui.controls import CardButton
from bot.ui.pages import Pages
from cogs.reading.meetings.service import MeetingService
from cogs.reading.rsvps import cards


class EverybodyButton(CardButton, template=r"reading:people:(?P<meeting_id>\d{1,18})"):
    """Shows all who answered a meeting, to who asks."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(f"reading:people:{meeting_id}", label="Everybody who answered", emoji="👥")
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Show them, page by page."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        view = await bot.service(MeetingService).seen(place, self.meeting_id)
        await Pages.show(interaction, cards.everybody(view))
