"""The button that brings a cancelled meeting back; it outlives a restart."""

from __future__ import annotations

from bot.base import when
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton
from cogs.reading.changes import cards
from cogs.reading.changes.service import ChangeService
from cogs.reading.meetings.posting import Posting
from data.reading.meetings import MeetingId


class RestoreButton(CardButton, custom_id="reading:restore:{meeting_id}", label="Undo"):
    """Brings back a meeting that was cancelled or left out."""

    meeting_id: MeetingId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Bring it back."""
        bot = interaction.client
        done = await bot.service(ChangeService).restore(place, self.meeting_id)
        bot.service(Posting).changed(done.meetings)
        meeting = done.meeting
        await replies.edit(
            interaction,
            f"**{theme.escape(meeting.title)}** takes place on "
            f"{when.stamp(meeting.starts_at)} after all. "
            f"{cards.told(done)}{cards.moved_on(done)}{cards.what_comes(done.days)}",
        )
