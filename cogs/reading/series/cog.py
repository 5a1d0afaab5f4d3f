"""The commands that end a series, and leave one of its days out."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from discord import app_commands

from bot.base import when as times
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButtons
from cogs.reading.changes.cards import again, what_comes
from cogs.reading.changes.views import RestoreButton
from cogs.reading.command_groups import MEETING
from cogs.reading.meetings.options import (
    Choices,
    MeetingPicker,
    parse_day,
)
from cogs.reading.meetings.posting import Posting
from cogs.reading.series.service import SeriesService
from cogs.reading.series.views import CancelComingButton, ResumeButton, has_ended


class SeriesCommands(SubjectCog, group=MEETING):
    """Ends series, and leaves days out."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.series = bot.service(SeriesService)
        self.posting = bot.service(Posting)
        self.picker = bot.service(MeetingPicker)

    @app_commands.command(description="End a series of meetings")
    @app_commands.describe(series="Which series")
    @with_place
    async def end(self, interaction: Interaction, place: Place, series: str) -> None:
        """End it, and ask what becomes of the meetings that have a card already."""
        chosen = await self.picker.series(place, series)
        coming = await self.series.end(place, chosen.id)
        self.posting.changed(coming)
        said, view = has_ended(chosen), CardButtons(ResumeButton(chosen.id))
        if coming:
            dates = ", ".join(times.stamp(one.starts_at, "D") for one in coming)
            said += f" These have a card already, and take place: {dates}."
            view = CardButtons(CancelComingButton(chosen.id), ResumeButton(chosen.id))
        await replies.send(interaction, said, view=view)

    @app_commands.command(description="Leave out one day of a series; the others stay")
    @app_commands.describe(
        series="Which series", day="For example 24 dec", reason="Why; kept with it"
    )
    @with_place
    async def skip(
        self,
        interaction: Interaction,
        place: Place,
        series: str,
        day: str,
        reason: str | None = None,
    ) -> None:
        """Leave it out, and offer to undo it."""
        chosen = await self.picker.series(place, series)
        left_out = parse_day(day, ZoneInfo(chosen.timezone), self.bot.clock.now())
        skipped = await self.series.skip(place, chosen.id, left_out, reason)
        meeting = skipped.meeting
        title = f"**{theme.escape(meeting.title)}**"

        await replies.send(
            interaction,
            f"{title} is left out on {times.stamp(meeting.starts_at)}. The others stay."
            f"{again(skipped)}{what_comes(skipped.days)}",
            view=CardButtons(RestoreButton(meeting.id)),
        )

    @end.autocomplete("series")
    @skip.autocomplete("series")
    async def _series(self, interaction: Interaction, typed: str) -> Choices:
        return await self.picker.series_choices(interaction, typed)
