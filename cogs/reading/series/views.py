"""Buttons about a series that was ended; they outlive a restart."""

from __future__ import annotations

import discord

from bot import events
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons
from cogs.reading.changes.cards import what_comes
from cogs.reading.changes.service import ChangeService
from cogs.reading.meetings.posting import Posting
from cogs.reading.series.service import SeriesService
from data.reading.meetings import Series, SeriesId


class ResumeButton(CardButton, custom_id="reading:resume:{series_id}", label="Undo"):
    """Resumes a series that was ended."""

    series_id: SeriesId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Resume it; what was cancelled meanwhile stays cancelled."""
        bot = interaction.client
        series, days = await bot.service(SeriesService).resume(place, self.series_id)
        events.group_used(bot, series.group_id)
        await replies.edit(
            interaction,
            f"**{theme.escape(series.title)}**, {series.rule.describe()}, goes on."
            f"{what_comes(days)}",
        )


class CancelComingButton(
    CardButton,
    custom_id="reading:cancelrest:{series_id}",
    label="Cancel these too",
    style=discord.ButtonStyle.danger,
):
    """Cancels the meetings of an ended series that have a card."""

    series_id: SeriesId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Cancel them; those who answered are told."""
        bot = interaction.client
        changes = bot.service(ChangeService)
        series, coming = await bot.service(SeriesService).ended(place, self.series_id)
        done = [await changes.cancel(place, one.id, None) for one in coming]
        bot.service(Posting).changed([one for change in done for one in change.meetings])
        await replies.edit(
            interaction,
            f"{has_ended(series)} The meetings that had a card are cancelled, and those "
            "who answered are told.",
            view=CardButtons(ResumeButton(self.series_id)),
        )


def has_ended(series: Series) -> str:
    """Say that a series has ended."""
    return f"**{theme.escape(series.title)}**, {series.rule.describe()}, has ended."
