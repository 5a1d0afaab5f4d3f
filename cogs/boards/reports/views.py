"""The button that makes a project's report."""

from __future__ import annotations

import discord

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton
from cogs.boards.reports import cards, rules, writing
from cogs.boards.reports.service import ReportContents, ReportService


class ReportButton(
    CardButton, custom_id="board:report:{project_id}", label="Report", emoji=theme.PAPER
):
    """Makes the report."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Make it, for everybody in the thread."""
        await send_report(interaction, self.project_id)


async def send_report(interaction: Interaction, project_id: int, *, page: bool = False) -> None:
    """Write a project's report, and send it with its plot and its data, and as a page if wanted."""
    await interaction.response.defer()
    contents = await interaction.client.service(ReportService).contents(project_id)
    files = await writing.files(contents, await _names(interaction, contents), page=page)
    await replies.send(interaction, cards.report(contents.view), files=files, public=True)


async def _names(interaction: Interaction, contents: ReportContents) -> dict[int, str]:
    """Return what a report's people are called here; those who left the server have no name."""
    guild, roster = interaction.guild, interaction.client.roster
    assert guild is not None  # noqa: S101 - our commands are used in servers
    names: dict[int, str] = {}
    for user_id in contents.people()[: rules.NAMES]:
        try:
            member = guild.get_member(user_id) or await roster.find(guild, user_id)
        except discord.HTTPException:
            continue
        if member is not None:
            names[user_id] = member.display_name
    return names


BUTTONS = (ReportButton,)
"""The controls that outlive a restart."""
