"""The commands that move, cancel and edit meetings."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base import when as times
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from bot.ui.controls import CardButtons
from cogs.reading.calendar.service import CalendarService
from cogs.reading.changes.cards import again, told, what_comes
from cogs.reading.changes.service import ChangeService, Edits
from cogs.reading.changes.views import RestoreButton
from cogs.reading.command_groups import MEETING
from cogs.reading.meetings import cards as meeting_cards
from cogs.reading.meetings.options import (
    MEETING_HINT,
    WHEN_HINT,
    Choices,
    MeetingPicker,
    parse,
    where_choices,
    where_in,
)
from cogs.reading.meetings.posting import Posting
from cogs.reading.meetings.service import MeetingService

LATER = "later"

WHICH = [
    app_commands.Choice(name="only this one", value="this"),
    app_commands.Choice(name="this and all later ones", value=LATER),
]

WHICH_HINT = "Of a meeting that repeats: only this one, or all later ones too"


class ChangeCommands(SubjectCog, group=MEETING):
    """Changes meetings, one of a series or all that follow."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.changes = bot.service(ChangeService)
        self.service = bot.service(MeetingService)
        self.posting = bot.service(Posting)
        self.picker = bot.service(MeetingPicker)
        self.calendars = bot.service(CalendarService)

    @app_commands.command(description="Move a meeting; those who answered are told")
    @app_commands.describe(meeting=MEETING_HINT, when=WHEN_HINT, which=WHICH_HINT)
    @app_commands.choices(which=WHICH)
    @with_place
    async def move(
        self, interaction: Interaction, place: Place, meeting: str, when: str, which: str = "this"
    ) -> None:
        """Start a meeting at another time."""
        chosen = await self.picker.coming(place, meeting)
        view = await self.service.view(chosen.id)
        zone = place.zone(view.group)
        starts_at, read_in = parse(when, zone, self.bot.clock.now())
        done = await self.changes.move(
            place,
            chosen.id,
            starts_at,
            later=which == LATER,
            zone=read_in if read_in != zone else None,
        )
        self.posting.changed(done.meetings)
        text = (
            f"**{theme.escape(chosen.title)}** is moved from {times.stamp(chosen.starts_at)} to "
            f"{times.stamp(starts_at)}. {told(done)}"
        )
        if which == LATER:
            series = (await self.service.view(chosen.id)).series
            text += f"\nIt goes on {series.rule.describe()}." if series else ""
        text += what_comes(done.days)
        clashes = await self.calendars.clashes(done.meeting)
        if clashes:
            text += f"\n{meeting_cards.clashes(view.group, clashes)}"
        await replies.send(interaction, text)

    @app_commands.command(description="Cancel a meeting; those who answered are told")
    @app_commands.describe(meeting=MEETING_HINT, reason="Why; shown on the card")
    @with_place
    async def cancel(
        self, interaction: Interaction, place: Place, meeting: str, reason: str | None = None
    ) -> None:
        """Cancel, and offer to undo it."""
        chosen = await self.picker.coming(place, meeting)
        done = await self.changes.cancel(place, chosen.id, reason)
        self.posting.changed(done.meetings)

        await replies.send(
            interaction,
            f"**{theme.escape(chosen.title)}** on {times.stamp(chosen.starts_at)} is cancelled. "
            f"{told(done)}{again(done)}{what_comes(done.days)}",
            view=CardButtons(RestoreButton(chosen.id)),
        )

    @app_commands.command(description="Change what a meeting is about, where it is, who leads it")
    @app_commands.describe(
        meeting=MEETING_HINT,
        title="What it is about",
        paper="What is read: an arXiv id, a DOI, a link or a title; - takes it away",
        minutes="How long it takes",
        where="A room, a voice channel or a link; - takes it away",
        facilitator="Who leads it",
        capacity="How many can come; 0 lifts the limit",
        prerequisites="What it helps to know or read before; - takes it away",
        which=WHICH_HINT,
        ahead="How many days before each later meeting its card is posted",
    )
    @app_commands.choices(which=WHICH)
    @with_place
    async def edit(
        self,
        interaction: Interaction,
        place: Place,
        meeting: str,
        title: str | None = None,
        paper: str | None = None,
        minutes: app_commands.Range[int, 5, 600] | None = None,
        where: str | None = None,
        facilitator: discord.User | None = None,
        capacity: app_commands.Range[int, 0, 10_000] | None = None,
        prerequisites: str | None = None,
        which: str = "this",
        ahead: app_commands.Range[int, 1, 27] | None = None,
    ) -> None:
        """Change what is given and leave the rest."""
        chosen = await self.picker.coming(place, meeting)
        edits = Edits(
            title=title,
            paper=paper,
            minutes=minutes,
            where=where_in(interaction, where) if where is not None else None,
            facilitator_id=facilitator.id if facilitator else None,
            capacity=capacity,
            prerequisites=prerequisites,
            days_ahead=ahead,
        )
        done = await self.changes.edit(place, chosen.id, edits, later=which == LATER)
        paper_id = done.meeting.paper_id
        if paper is not None and paper_id is not None:
            self.bot.library.look_up(paper_id, place.guild_id)
        self.posting.changed(done.meetings)
        others = len(done.meetings) - 1
        more = f" {theme.count(others, 'later meeting')} changed too." if others else ""
        posted = (
            f" From now on each card is posted {theme.count(ahead, 'day')} before its meeting."
            if ahead is not None
            else ""
        )
        await replies.send(
            interaction,
            f"**{theme.escape(done.meeting.title)}** is changed.{more}{posted} {told(done)}"
            f"{what_comes(done.days)}",
        )

    @move.autocomplete("meeting")
    @cancel.autocomplete("meeting")
    @edit.autocomplete("meeting")
    async def _coming(self, interaction: Interaction, typed: str) -> Choices:
        return await self.picker.coming_choices(interaction, typed)

    @edit.autocomplete("where")
    async def _where(self, interaction: Interaction, typed: str) -> Choices:
        return where_choices(interaction, typed)
