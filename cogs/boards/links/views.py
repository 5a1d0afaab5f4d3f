"""The controls of links: looking at one, and watching it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, chosen_id
from cogs.boards.links import cards
from cogs.boards.links.service import LinkService
from data.boards.log import Link


class LinkMenu(CardSelect, template=r"board:links:(?P<project_id>\d{1,18})"):
    """Picks a link, to see whether it is watched and to change that."""

    def __init__(self, project_id: int, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(
            f"board:links:{project_id}", options=options, placeholder="Which link is watched? …"
        )

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Show the link, to the person who picked it."""
        shown = await link_shown(interaction, chosen_id(values[0]))
        await interaction.response.send_message(ephemeral=True, **shown)


class WatchButton(CardButton, template=r"link:watch:(?P<project_link_id>\d{1,18})"):
    """Has a link watched, or watched no longer."""

    def __init__(self, project_link_id: int, label: str = "Watch it") -> None:
        super().__init__(f"link:watch:{project_link_id}", label=label)
        self.link_id = project_link_id

    async def pressed(self, interaction: Interaction) -> None:
        """Turn it on or off, for a member."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        found = await bot.service(LinkService).switch(place, self.link_id)
        await interaction.response.edit_message(**await link_shown(interaction, self.link_id))
        bot.dispatch("project_changed", found.project.id)


async def link_shown(interaction: Interaction, link_id: int) -> dict[str, Any]:
    """Return a link, with the switch for watching it."""
    bot = interaction.client
    assert interaction.guild_id is not None  # noqa: S101 - our commands are used in servers
    service = bot.service(LinkService)
    found = await service.get(interaction.guild_id, link_id)
    label = "Watch it" if found.watch is None else "Stop watching it"
    switch = [WatchButton(link_id, label)] if service.on or found.watch is not None else []
    return {"content": cards.link(found), "view": CardButtons(*switch)}


def link_options(links: Sequence[Link]) -> list[discord.SelectOption]:
    """Return a project's links to choose from; Discord allows 25 options."""
    return [
        discord.SelectOption(label=theme.clip(link.label, theme.CHOICE_LIMIT), value=str(link.id))
        for link in links[:25]
    ]


BUTTONS = (LinkMenu, WatchButton)
"""The controls that outlive a restart."""
