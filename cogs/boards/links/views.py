"""The controls of links: looking at one, and watching it."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot import events
from bot.client import Interaction
from bot.jobs.delivery import Content
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, chosen_id
from cogs.boards.links import cards
from cogs.boards.links.service import LinkService
from data.boards.log import Link


class LinkMenu(
    CardSelect,
    custom_id="board:links:{project_id}",
    placeholder="Which link is watched? …",
    chooses="project_link",
):
    """Picks a link, to see whether it is watched, and to change that."""

    project_id: int

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Show the link, to the person who picked it."""
        shown = await link_shown(interaction, chosen_id(values[0]))
        await replies.send(interaction, shown)


class WatchButton(CardButton, custom_id="link:watch:{project_link_id}"):
    """Turns the watching of a link on or off."""

    project_link_id: int
    label: str = "Watch it"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Turn it on or off, for a member."""
        bot = interaction.client
        found = await bot.service(LinkService).switch(place, self.project_link_id)
        shown = await link_shown(interaction, self.project_link_id)
        await replies.edit(interaction, shown)
        events.project_changed(bot, found.project.id)


async def link_shown(interaction: Interaction, link_id: int) -> Content:
    """Return a link, with the switch for watching it."""
    bot = interaction.client
    assert interaction.guild_id is not None  # noqa: S101 - our commands are used in servers
    service = bot.service(LinkService)
    found = await service.get(interaction.guild_id, link_id)
    label = "Watch it" if found.watch is None else "Stop watching it"
    switch = [WatchButton(link_id, label)] if service.on or found.watch is not None else []
    return Content(text=cards.link(found), view=CardButtons(*switch))


def link_options(links: Sequence[Link]) -> list[discord.SelectOption]:
    """Return a project's links to choose from; Discord allows 25 options."""
    return [
        discord.SelectOption(label=theme.clip(link.label, theme.CHOICE_LIMIT), value=str(link.id))
        for link in links[:25]
    ]


BUTTONS = (LinkMenu, WatchButton)
"""The controls that outlive a restart."""
