"""The guided set-up: a button that opens it, and the controls of each step.

All of it outlives a restart: a step's name is in the custom ids, and what was decided is read from
the rows, so a walk can be left and taken up weeks later.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, Self

import discord
from discord import ui

from bot import events
from bot.base import when
from bot.base.errors import NotAllowed, NotFound, Undeliverable
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import to_channel
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, chosen_id
from bot.ui.form import CardForm, Typed
from bot.ui.organisers import cannot_ping
from bot.ui.permissions import Missing, missing_in
from bot.ui.report import report
from cogs.server.groups import cards as group_cards
from cogs.server.groups import rules
from cogs.server.groups.options import group_home
from cogs.server.groups.service import GroupService
from cogs.server.groups.views import next_step_buttons
from cogs.server.setup import cards, permissions
from cogs.server.setup.service import ServerService, Step
from data.states import CardKind

USABLE_SHOWN = 25
"""Discord's limit for the options of a menu."""


class SetUpButton(
    CardButton, custom_id="setup:open", label="Set up", style=discord.ButtonStyle.primary
):
    """Opens the guided set-up where it was left."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show the first step that is open."""
        await open_panel(interaction, place)


class StepButton(CardButton, custom_id="setup:step:{step}"):
    """Goes to a step of the set-up."""

    step: Step
    label: str = "Later"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it in the place of the present one."""
        await show_step(interaction, place, self.step)


class FinishButton(CardButton, custom_id="setup:finish", label="Later"):
    """Leaves the last step for later."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show what was decided, and what is missing."""
        await show_step(interaction, place, None)


class ZoneSelect(
    CardSelect, custom_id="setup:zone", placeholder="A city whose clocks show your time"
):
    """Sets the server's time zone."""

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Save it and go on."""
        await _save(interaction, place, Step.ZONE, timezone=values[0])


class OtherZoneButton(CardButton, custom_id="setup:otherzone", label="Another city"):
    """Asks for a city that is not in the menu."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form."""
        await ZoneForm().show(interaction)


class ZoneForm(CardForm, custom_id="server:zone", title="Time zone"):
    """Asks for the server's time zone."""

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask, with the present zone filled in."""
        server = await interaction.client.service(ServerService).settings(place.guild_id)
        self.ask(
            "timezone",
            "A city, or a zone's name",
            typed,
            filled=server.timezone or "",
            placeholder="Nairobi",
            required=True,
            limit=60,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Save it and go on."""
        await _save(interaction, place, Step.ZONE, timezone=typed.text("timezone"))


class RoleMenu(ui.DynamicItem[ui.RoleSelect[Any]], template=r"setup:role"):
    """Sets the organisers' role. The kit's menus hold texts; Discord fills this one with roles."""

    def __init__(self) -> None:
        super().__init__(ui.RoleSelect(custom_id="setup:role", placeholder="Organiser role"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu that was used."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Save the role and go on."""
        try:
            place = await interaction.client.places.of(interaction)
            if not self.item.values:  # Discord says nothing of a role that is gone
                raise NotFound("That role is gone. Pick another one.")
            role = self.item.values[0]
            await _save(interaction, place, Step.ORGANISERS, organiser_role_id=role.id)
        except Exception as error:
            await report(interaction, error)


class ChannelMenu(CardSelect, custom_id="setup:channel:{boards}"):
    """Sets the channel for announcements, or the one for boards."""

    boards: bool
    placeholder: str = "A channel"

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Save it, and stay: the step has two menus."""
        _only_managers(place)
        channel_id = chosen_id(values[0])
        usable = permissions.usable_channels(_guild(interaction), forums=self.boards)
        # Permissions may have changed since the menu was shown, and a menu's values can be made up.
        if all(one.id != channel_id for one in usable):
            raise NotFound("I can't post in that channel any more. Pick another one.")
        service = interaction.client.service(ServerService)
        if self.boards:
            await service.set_up(place, boards_channel_id=channel_id)
        else:
            await service.set_up(place, announcements_channel_id=channel_id)
        await show_step(interaction, place, Step.CHANNELS)


class FirstGroupButton(
    CardButton,
    custom_id="setup:group",
    label="Make the first group",
    style=discord.ButtonStyle.primary,
):
    """Opens the form for a group."""

    label: str = "Make the first group"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        await GroupForm().show(interaction)


class GroupForm(CardForm, custom_id="setup:groupform", title="A group"):
    """Asks for a group's name, its focus and its channel."""

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask; only channels in which the bot can post are offered."""
        self.ask("name", "What it is called", typed, required=True, limit=rules.NAME_LIMIT,
                 placeholder="Mech Interp beginners")  # fmt: skip
        self.ask("focus", "What it works on", typed, required=True, limit=rules.FOCUS_LIMIT,
                 placeholder="the ARENA course, one chapter a week")  # fmt: skip
        usable = permissions.usable_channels(_guild(interaction))[:USABLE_SHOWN]
        if not usable:
            raise NotAllowed(
                "There is no text channel in which I can post. Allow me View Channel, Send "
                "Messages and Embed Links in one, then press this again."
            )
        chosen = typed.choices("channel") or (str(place.channel_id),)
        options = [
            discord.SelectOption(
                label=theme.clip(f"#{one.name}", theme.OPTION_LIMIT),
                value=str(one.id),
                default=str(one.id) in chosen,
            )
            for one in usable
        ]
        self.put(ui.Select(custom_id="channel", options=options), "Where it lives")

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Make the group, post its card in its channel, and go on."""
        bot = interaction.client
        chosen = [chosen_id(one) for one in typed.choices("channel")]
        home = group_home(_guild(interaction), chosen[0] if chosen else place.channel_id)
        group = await bot.service(GroupService).create(
            place,
            channel_id=home.id,
            name=typed.text("name"),
            focus=typed.text("focus"),
            timezone=None,
        )
        if place.manager:
            await show_step(interaction, place, Step.CHECKINS)
        else:
            await replies.send(
                interaction,
                group_cards.next_steps(
                    group, place.group_zone(group), missing_in(home, home.guild.me)
                ),
                view=CardButtons(*next_step_buttons(group.id)),
            )
        # What fails here is posted a minute later by the deadline that expects the card.
        with suppress(Undeliverable, discord.HTTPException):
            await bot.cards.publish(
                CardKind.GROUP, group.id, group.guild_id, to_channel(group.channel_id)
            )
        events.group_changed(bot, group.id)


SETUP_BUTTONS = (
    SetUpButton,
    StepButton,
    FinishButton,
    ZoneSelect,
    OtherZoneButton,
    RoleMenu,
    ChannelMenu,
    FirstGroupButton,
)


async def open_panel(interaction: Interaction, place: Place) -> None:
    """Show the first open step, to the person who asked; raises NotAllowed."""
    _only_managers(place)
    state = await interaction.client.service(ServerService).state(place.guild_id)
    embeds, view = await _panel(interaction, state.next_step())
    await replies.send(interaction, embeds=embeds, view=view)


async def show_step(interaction: Interaction, place: Place, step: Step | None) -> None:
    """Show a step where another one was; raises NotAllowed."""
    _only_managers(place)
    embeds, view = await _panel(interaction, step)
    if interaction.message is not None and interaction.message.flags.ephemeral:
        await replies.edit(interaction, embeds=embeds, view=view)
    else:
        await replies.send(interaction, embeds=embeds, view=view)


async def settings_embed(interaction: Interaction) -> discord.Embed:
    """Return the server's settings, with what is missing in the channels that are used."""
    bot, guild = interaction.client, _guild(interaction)
    server = await bot.service(ServerService).settings(guild.id)
    return cards.settings(
        server,
        bot.settings.timezone,
        await _missing(bot, guild),
        permissions.missing_tags(guild, server.boards_channel_id),
        unpingable=cannot_ping(guild, server.organiser_role_id),
    )


async def _missing(bot: CohortBot, guild: discord.Guild) -> list[Missing]:
    service = bot.service(ServerService)
    server = await service.settings(guild.id)
    return permissions.missing_permissions(guild, await service.channels_in_use(server))


async def _save(
    interaction: Interaction,
    place: Place,
    step: Step,
    *,
    timezone: str | None = None,
    organiser_role_id: int | None = None,
) -> None:
    """Save a decision, and show the next one that is open."""
    service = interaction.client.service(ServerService)
    await service.set_up(place, timezone=timezone, organiser_role_id=organiser_role_id)
    state = await service.state(place.guild_id)
    await show_step(interaction, place, state.next_step(step))


async def _panel(
    interaction: Interaction, step: Step | None
) -> tuple[list[discord.Embed], CardButtons]:
    guild = _guild(interaction)
    state = await interaction.client.service(ServerService).state(guild.id)
    notes: list[str] = []
    if cannot_ping(guild, state.server.organiser_role_id):
        notes.append(f"• {cards.UNPINGABLE}")
    if step in (Step.CHANNELS, Step.GROUP):
        notes += [f"• I cannot post in {one}" for one in permissions.unusable_channels(guild)]
    embeds = [cards.step(state, step, notes), await settings_embed(interaction)]
    items = _controls(interaction, step, state.group.id if state.group is not None else None)
    return embeds, CardButtons(*items, *_ways(step))


def _controls(interaction: Interaction, step: Step | None, group_id: int | None) -> list[Any]:
    """Return the controls that decide a step."""
    now, guild = interaction.client.clock.now(), _guild(interaction)
    if step is Step.ZONE:
        options = [
            discord.SelectOption(
                label=name.rpartition("/")[2].replace("_", " "),
                value=name,
                description=f"{name} · now {now.astimezone(when.zone(name)):%H:%M}",
            )
            for name in when.zone_choices("")
        ]
        return [ZoneSelect(options=options), OtherZoneButton()]
    if step is Step.ORGANISERS:
        # The id alone leads to the form of levels, which another feature has.
        return [RoleMenu(), ui.Button[Any](label="Names of levels", custom_id="profile:levels")]
    if step is Step.CHANNELS:
        return _channel_menus(guild)
    if step is Step.GROUP:
        return [FirstGroupButton()]
    if step is Step.CHECKINS and group_id is not None:
        # The check-ins and the meetings answer these: features share custom ids, not code.
        return [_primary("Schedule check-ins", f"checkin:plan:{group_id}")]
    if step is Step.MEETING and group_id is not None:
        return [_primary("Plan the first meeting", f"meeting:plan:{group_id}")]
    return []


def _channel_menus(guild: discord.Guild) -> list[Any]:
    menus: list[Any] = []
    for boards, placeholder in ((False, "Announcements channel"), (True, "Where boards open")):
        usable = permissions.usable_channels(guild, forums=boards)[:USABLE_SHOWN]
        options = [
            discord.SelectOption(
                label=theme.clip(f"#{one.name}", theme.OPTION_LIMIT), value=str(one.id)
            )
            for one in usable
        ]
        if options:
            menus.append(ChannelMenu(boards, placeholder=placeholder, options=options))
    return menus


def _ways(step: Step | None) -> list[Any]:
    """Return the buttons that lead to the other steps."""
    steps = list(Step)
    if step is None:
        return [StepButton(one, label=cards.TITLES[one]) for one in steps]
    at = steps.index(step)
    ways: list[Any] = [StepButton(steps[at - 1], label="Back")] if at else []
    label = "Go on" if step is Step.CHANNELS else "Later"
    ways.append(StepButton(steps[at + 1], label=label) if at + 1 < len(steps) else FinishButton())
    return ways


def _primary(label: str, custom_id: str) -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle.primary)


def _guild(interaction: Interaction) -> discord.Guild:
    guild = interaction.guild
    assert guild is not None  # noqa: S101 - places.of refuses everything outside of servers
    return guild


def _only_managers(place: Place) -> None:
    if not place.manager:
        raise NotAllowed("Only people with Manage Server can set Cohort up.")
