"""The command that makes a series of a reading list."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.base.errors import InvalidInput
from bot.base.recurrence import Cadence
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.command_arguments import with_group
from bot.ui.command_groups import SubjectCog
from bot.ui.report import report
from cogs.reading.command_groups import READING
from cogs.reading.lists import cards, files, views
from cogs.reading.lists.service import ListService
from cogs.reading.meetings.options import (
    REPEATS,
    parse,
)
from data.server.groups import Group


class ReadingListCommands(SubjectCog, group=READING):
    """Takes reading lists from files."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.lists = bot.service(ListService)

    @app_commands.command(
        name="import", description="Make a series from a reading list, in a file or pasted"
    )
    @app_commands.describe(
        title="What the series is called",
        when="When the first meeting is, for example tue 19:00",
        file="CSV or YAML with unit, title, link, minutes, level, exercises; without it, a form",
        repeat="How often it meets; without it, every week",
        minutes="How long each meeting takes; without it, 60",
    )
    @app_commands.choices(repeat=REPEATS[1:])
    @with_group()
    async def import_list(
        self,
        interaction: Interaction,
        place: Place,
        group: Group,
        title: str,
        when: str,
        file: discord.Attachment | None = None,
        repeat: str = Cadence.WEEKLY.value,
        minutes: app_commands.Range[int, 5, 600] = 60,
    ) -> None:
        """Show what the list would become, and make it so on one press."""
        now = self.bot.clock.now()
        starts_at, zone = parse(when, place.zone(group), now)
        if file is not None and file.size > files.MOST_BYTES:
            raise InvalidInput(f"That file is too large: {files.MOST_BYTES} bytes at most.")
        if file is not None:
            await interaction.response.defer(ephemeral=True)
        preview = await self.lists.draft(
            place,
            group,
            files.decode(await file.read()) if file is not None else "",
            title=title,
            starts_at=starts_at,
            zone=zone,
            cadence=Cadence(repeat),
            minutes=minutes,
        )
        if file is None:
            await views.ListForm(preview.draft.id).show(interaction)
            return
        buttons = views.buttons(preview)
        if preview.sheet is None:
            await report(interaction, InvalidInput(cards.faulty(preview)), view=buttons)
            return
        await replies.send(
            interaction, embed=cards.shown(preview.draft, preview.sheet), view=buttons
        )
