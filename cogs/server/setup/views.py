"""The panel of the set-up, and its form."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.client import Interaction
from bot.ui.controls import OwnView
from bot.ui.form import Form, Typed
from bot.ui.report import answered
from cogs.server.setup import cards, permissions
from cogs.server.setup.service import ServerService


class SetupPanel(OwnView):
    """Menus to choose a server's settings in."""

    def __init__(self) -> None:
        super().__init__()
        # The id alone leads to the form, which another feature has.
        self.add_item(ui.Button[Any](label="Levels", custom_id="profile:levels", row=3))

    @ui.select(cls=ui.RoleSelect, placeholder="Organiser role", min_values=0, max_values=1, row=0)
    @answered
    async def organisers(self, interaction: Interaction, select: ui.RoleSelect[Any]) -> None:
        """Save the role."""
        if select.values:
            await self._save(interaction, organiser_role_id=select.values[0].id)
        else:
            await interaction.response.defer()

    @ui.select(
        cls=ui.ChannelSelect,
        channel_types=[discord.ChannelType.text, discord.ChannelType.news],
        placeholder="Announcements channel",
        min_values=0,
        max_values=1,
        row=1,
    )
    @answered
    async def announcements(self, interaction: Interaction, select: ui.ChannelSelect[Any]) -> None:
        """Save the channel."""
        if select.values:
            await self._save(interaction, announcements_channel_id=select.values[0].id)
        else:
            await interaction.response.defer()

    @ui.select(
        cls=ui.ChannelSelect,
        channel_types=[discord.ChannelType.forum, discord.ChannelType.text],
        placeholder="Where project boards go",
        min_values=0,
        max_values=1,
        row=2,
    )
    @answered
    async def boards(self, interaction: Interaction, select: ui.ChannelSelect[Any]) -> None:
        """Save the forum or channel."""
        if select.values:
            await self._save(interaction, boards_channel_id=select.values[0].id)
        else:
            await interaction.response.defer()

    @ui.button(label="Time zone", emoji="🕰️", style=discord.ButtonStyle.secondary, row=3)
    @answered
    async def timezone(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Ask for the zone in a form."""
        await ZoneForm.open(interaction)

    async def _save(self, interaction: Interaction, **given: Any) -> None:
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(ServerService).set_up(place, **given)
        await interaction.response.edit_message(embed=await settings_embed(interaction), view=self)


class ZoneForm(Form, template=r"server:zone"):
    """Asks for the server's time zone."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, **about: Any) -> ZoneForm:
        """Return the form with the present zone in it."""
        server = await interaction.client.service(ServerService).settings(interaction.guild_id or 0)
        form = cls("Time zone", "server:zone")
        return form.ask(
            "timezone",
            "The server's time zone",
            typed,
            filled=server.timezone or "",
            placeholder="Europe/London",
            required=True,
            limit=60,
        )

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, **about: Any) -> None:
        """Save the zone and show the panel again."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await bot.service(ServerService).set_up(place, timezone=typed.text("timezone"))
        await interaction.response.edit_message(embed=await settings_embed(interaction))


async def settings_embed(interaction: Interaction) -> discord.Embed:
    """Return the server's settings, with what is missing in the channels that are used."""
    bot = interaction.client
    guild = interaction.guild
    assert guild is not None  # noqa: S101 - our commands are used in servers
    service = bot.service(ServerService)
    server = await service.settings(guild.id)
    missing = permissions.missing_permissions(guild, await service.channels_in_use(server))
    untagged = permissions.missing_tags(guild, server.boards_channel_id)
    return cards.settings(server, bot.settings.timezone, missing, untagged)
