"""Buttons of groups, and the panel of the set-up."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot import events
from bot.client import Interaction
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, OwnView
from bot.ui.form import Form, Typed
from bot.ui.report import answered
from cogs.server import cards, health
from cogs.server.groups import GroupService
from cogs.server.service import ServerService


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


class RetryButton(CardButton, template=r"server:retry"):
    """Delivers again what failed in this server."""

    def __init__(self) -> None:
        super().__init__("server:retry", label="Try again", style=discord.ButtonStyle.primary)

    async def pressed(self, interaction: Interaction) -> None:
        """Deliver what failed."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        number = await bot.service(ServerService).retry_failed(place)
        await interaction.response.edit_message(
            content=f"Trying again: {theme.count(number, 'delivery', 'deliveries')}. "
            "`/cohort health` shows in a minute whether it went.",
            embed=None,
            view=None,
        )


class DismissButton(CardButton, template=r"server:dismiss"):
    """Lets go of what failed in this server."""

    def __init__(self) -> None:
        super().__init__("server:dismiss", label="Dismiss")

    async def pressed(self, interaction: Interaction) -> None:
        """Let go of what failed."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        number = await bot.service(ServerService).dismiss_failed(place)
        await interaction.response.edit_message(
            content=f"Dismissed: {theme.count(number, 'delivery', 'deliveries')}.",
            embed=None,
            view=None,
        )


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


BUTTONS = (RetryButton, DismissButton, JoinButton, LeaveButton, RestoreGroupButton)


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
    missing = health.missing_permissions(guild, await service.channels_in_use(server))
    untagged = health.missing_tags(guild, server.boards_channel_id)
    return cards.settings(server, bot.settings.timezone, missing, untagged)
