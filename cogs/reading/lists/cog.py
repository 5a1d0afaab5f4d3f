"""The command that makes a series of a reading list."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base.errors import InvalidInput
from bot.base.recurrence import Cadence
from bot.client import CohortBot, Interaction
from bot.ui.command_groups import SubjectCog
from bot.ui.report import answered, report
from cogs.reading.command_groups import READING
from cogs.reading.lists import cards, files, views
from cogs.reading.lists.service import ListService
from cogs.reading.meetings.options import (
    GROUP_HINT,
    REPEATS,
    Choices,
    parse,
)


class ReadingLists(SubjectCog, group=READING):
    """Takes reading lists from files."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.lists = bot.service(ListService)

    @app_commands.command(name="import", description="Make a series from a reading list in a file")
    @app_commands.describe(
        file="CSV or YAML with unit, title, link, minutes, level, exercises",
        title="What the series is called",
        when="When the first meeting is, for example tue 19:00",
        repeat="How often it meets; without it, every week",
        minutes="How long each meeting takes; without it, 60",
        group=GROUP_HINT,
    )
    @app_commands.choices(repeat=REPEATS[1:])
    @answered
    async def import_list(
        self,
        interaction: Interaction,
        file: discord.Attachment,
        title: str,
        when: str,
        repeat: str = Cadence.WEEKLY.value,
        minutes: app_commands.Range[int, 5, 600] = 60,
        group: str | None = None,
    ) -> None:
        """Show what the file would become, and do it on one press."""
        place = await self.bot.places.of(interaction)
        chosen = await self.bot.places.group(place, group)
        now = self.bot.clock.now()
        starts_at, zone = parse(when, place.zone(chosen), now)
        if file.size > files.MOST_BYTES:
            raise InvalidInput(f"That file is too large: {files.MOST_BYTES} bytes at most.")
        await interaction.response.defer(ephemeral=True)
        preview = await self.lists.draft(
            place,
            chosen,
            files.decode(await file.read()),
            title=title,
            starts_at=starts_at,
            zone=zone,
            cadence=Cadence(repeat),
            minutes=minutes,
        )
        buttons = views.buttons(preview)
        if preview.sheet is None:
            await report(interaction, InvalidInput(cards.faulty(preview)), view=buttons)
            return
        await interaction.followup.send(
            embed=cards.shown(preview.draft, preview.sheet), view=buttons, ephemeral=True
        )

    @import_list.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> Choices:
        return await self.bot.places.group_choices(interaction, typed)
