"""Buttons of groups, and the panel of the set-up."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot import events
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, OwnView
from bot.ui.report import answered
from cogs.server.groups import cards
from cogs.server.groups.service import GroupService


class JoinButton(CardButton, template=r"group:join:(?P<group_id>\d{1,18})"):
    """Joins the group of a card."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"group:join:{group_id}", label="Join", style=discord.ButtonStyle.success)
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Join, and show what to do next."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        groups = bot.service(GroupService)
        group = await groups.join(place, await groups.get(place.guild_id, self.group_id))
        await interaction.response.send_message(cards.welcome(group), ephemeral=True)
        events.group_changed(bot, group.id)


class LeaveButton(CardButton, template=r"group:leave:(?P<group_id>\d{1,18})"):
    """Leaves the group of a card."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"group:leave:{group_id}", label="Leave")
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Leave."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        groups = bot.service(GroupService)
        group = await groups.leave(place, await groups.get(place.guild_id, self.group_id))
        await interaction.response.send_message(cards.goodbye(group), ephemeral=True)
        events.group_changed(bot, group.id)


class RestoreGroupButton(CardButton, template=r"group:restore:(?P<group_id>\d{1,18})"):
    """Brings an archived group back."""

    def __init__(self, group_id: int) -> None:
        super().__init__(f"group:restore:{group_id}", label="Undo")
        self.group_id = group_id

    async def pressed(self, interaction: Interaction) -> None:
        """Bring it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        groups = bot.service(GroupService)
        group = await groups.restore(place, await groups.get(place.guild_id, self.group_id))
        text = f"**{theme.plain(group.name)}** is back."
        await interaction.response.edit_message(content=text, view=None)
        events.group_changed(bot, group.id)
        events.group_restored(bot, group.id)


BUTTONS = (JoinButton, LeaveButton, RestoreGroupButton)


class ConfirmArchive(OwnView):
    """Asks before a group is archived."""

    def __init__(self, group_id: int) -> None:
        super().__init__()
        self._group_id = group_id

    @ui.button(label="Archive it", style=discord.ButtonStyle.danger)
    @answered
    async def archive(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Archive it, and offer to bring it back."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        groups = bot.service(GroupService)
        group = await groups.archive(place, await groups.get(place.guild_id, self._group_id))
        await interaction.response.edit_message(
            content=cards.archived(group), view=CardButtons(RestoreGroupButton(group.id))
        )
        events.group_changed(bot, group.id)

    @ui.button(label="Keep it", style=discord.ButtonStyle.secondary)
    @answered
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave it as it is."""
        await interaction.response.edit_message(content="It goes on.", view=None)


def group_buttons(group_id: int) -> list[ui.Item[Any]]:
    """Return the buttons of a group's card."""
    return [JoinButton(group_id), LeaveButton(group_id)]
