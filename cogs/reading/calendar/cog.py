"""The command that puts meetings into people's own calendars."""

from __future__ import annotations

import asyncio
import io

import discord
from discord import app_commands

from bot.base.errors import NotFound
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import GROUP_HINT, with_place
from bot.ui.command_groups import SubjectCog
from bot.ui.confirmation import Ask
from cogs.reading.calendar import cards, service
from cogs.reading.calendar.feeds import CalendarFeeds
from cogs.reading.calendar.service import CalendarService
from cogs.reading.command_groups import MEETING
from cogs.reading.meetings.options import (
    MeetingPicker,
    OptionalGroup,
)


class CalendarCommands(SubjectCog, group=MEETING):
    """Hands out meetings as a file or a feed."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.calendars = bot.service(CalendarService)
        self.feeds = bot.service(CalendarFeeds)
        self.picker = bot.service(MeetingPicker)

    @app_commands.command(description="The meetings for your own calendar: a file, or an address")
    @app_commands.describe(group=GROUP_HINT, mine="Only the meetings that you come to")
    @with_place
    async def calendar(
        self,
        interaction: Interaction,
        place: Place,
        group: OptionalGroup = None,
        mine: bool = False,
    ) -> None:
        """Send the group's meetings as a file, or the person's own where there is no group."""
        chosen = None if mine else await self.picker.group_here(place, group)
        if chosen is not None:
            entries, name = await self.calendars.of_group(chosen), chosen.name
        else:
            entries = await self.calendars.of_person(place.guild_id, place.user_id)
            name = service.OWN
        address = await self.feeds.address(place, chosen)
        if not entries and address is None:
            raise NotFound(
                "There is nothing to put into a calendar yet. `/meeting list` shows what is "
                "coming; answer a meeting, and it is yours."
            )
        from cogs.reading.calendar import ics  # with a library that few starts need

        written = await asyncio.to_thread(ics.write, name, entries)
        file = discord.File(io.BytesIO(written), "cohort.ics")
        if address is None:
            await replies.send(interaction, cards.calendar_file(name, entries), files=[file])
            return

        async def renew(pressed: Interaction, place: Place) -> None:
            new = await self.feeds.address(place, chosen, renew=True)
            shown = cards.calendar_feed(name, entries, new or "", renewed=True)
            await replies.edit(pressed, shown, view=another)

        another = Ask(("New address", discord.ButtonStyle.secondary, renew))
        await replies.send(
            interaction,
            cards.calendar_feed(name, entries, address),
            files=[file],
            view=another,
        )
