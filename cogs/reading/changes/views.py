"""Undoing what was done to meetings and series, by buttons that outlive a restart."""

from __future__ import annotations

import discord

from bot import events
from bot.base import when
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons
from cogs.reading.changes.service import Changed, ChangeService
from cogs.reading.meetings.posting import Posting
from data.reading.meetings import Series


class RestoreButton(CardButton, template=r"reading:restore:(?P<meeting_id>\d{1,18})"):
    """Has a meeting that was called off or left out take place after all."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(f"reading:restore:{meeting_id}", label="Undo")
        self.meeting_id = meeting_id

    async def pressed(self, interaction: Interaction) -> None:
        """Bring it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        done = await bot.service(ChangeService).restore(place, self.meeting_id)
        bot.service(Posting).changed(done.meetings)
        meeting = done.meeting
        await interaction.response.edit_message(
            content=f"**{theme.plain(meeting.title)}** takes place on "
            f"{when.stamp(meeting.starts_at)} after all. {told(done)}{moved_on(done)}",
            view=None,
        )


class GoOnButton(CardButton, template=r"reading:resume:(?P<series_id>\d{1,18})"):
    """Has a series that was ended go on after all."""

    def __init__(self, series_id: int) -> None:
        super().__init__(f"reading:resume:{series_id}", label="Undo")
        self.series_id = series_id

    async def pressed(self, interaction: Interaction) -> None:
        """Have it go on; what was called off meanwhile stays so."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        series = await bot.service(ChangeService).go_on(place, self.series_id)
        events.group_changed(bot, series.group_id)
        await interaction.response.edit_message(
            content=f"**{theme.plain(series.title)}**, {series.rule.describe()}, goes on.",
            view=None,
        )


class CancelComingButton(CardButton, template=r"reading:cancelrest:(?P<series_id>\d{1,18})"):
    """Calls off the meetings of an ended series that have a card."""

    def __init__(self, series_id: int) -> None:
        super().__init__(
            f"reading:cancelrest:{series_id}",
            label="Cancel these too",
            style=discord.ButtonStyle.danger,
        )
        self.series_id = series_id

    async def pressed(self, interaction: Interaction) -> None:
        """Call them off; those who answered are told."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        changes = bot.service(ChangeService)
        series, coming = await changes.ended(place, self.series_id)
        done = [await changes.cancel(place, one.id, None) for one in coming]
        bot.service(Posting).changed([one for change in done for one in change.meetings])
        await interaction.response.edit_message(
            content=f"{has_ended(series)} What had a card is cancelled, and who answered is told.",
            view=CardButtons(GoOnButton(self.series_id)),
        )


BUTTONS = (RestoreButton, GoOnButton, CancelComingButton)


def has_ended(series: Series) -> str:
    """Say that a series has ended."""
    return f"**{theme.plain(series.title)}**, {series.rule.describe()}, has ended."


def told(done: Changed) -> str:
    """Say how many people hear of a change."""
    if not done.told:
        return ""
    return f"I tell the {theme.count(done.told, 'person', 'people')} who answered."


def moved_on(done: Changed) -> str:
    """Say what became of the meetings that had taken up what a restored one is about."""
    return "".join(
        f"\nThe meeting on {when.stamp(one.starts_at)} is called off: nothing is left for it."
        if one.cancelled_at is not None
        else f"\nThe meeting on {when.stamp(one.starts_at)} is about "
        f"“{theme.one_line(one.title, 100)}” now."
        for one in done.meetings[1:]
    )
