"""The buttons and forms of groups."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot import events
from bot.client import Interaction
from bot.place import Place, only_organisers
from bot.ui import replies, theme
from bot.ui.confirmation import Ask, confirm
from bot.ui.controls import CardButton, CardButtons
from bot.ui.form import CardForm, Typed
from cogs.server.groups import cards, rules
from cogs.server.groups.service import GroupService, GroupView
from data.server.groups import GroupId


class JoinButton(
    CardButton, custom_id="group:join:{group_id}", label="Join", style=discord.ButtonStyle.success
):
    """Joins the group of a card."""

    group_id: GroupId
    label: str = "Join"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Join, and show what is next."""
        groups = interaction.client.service(GroupService)
        joined = await groups.join(place, await groups.get(place.guild_id, self.group_id))
        await welcome(interaction, joined)


class ManageButton(CardButton, custom_id="group:manage:{group_id}", emoji="⚙️"):
    """Shows organisers what they can change of a group."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show the buttons, to the organiser alone."""
        only_organisers(place, "change a group")
        group = await interaction.client.service(GroupService).get(place.guild_id, self.group_id)
        await replies.send(
            interaction, cards.manage(group), view=CardButtons(*manage_buttons(group.id))
        )


class EditButton(CardButton, custom_id="group:edit:{group_id}", label="Name and focus"):
    """Opens the form in which a group is changed."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        only_organisers(place, "change a group")
        await EditForm(self.group_id).show(interaction)


class EditForm(CardForm, custom_id="group:editform:{group_id}", title="Change the group"):
    """A group's name, focus and time zone."""

    group_id: GroupId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask, with what is so now."""
        group = await interaction.client.service(GroupService).get(place.guild_id, self.group_id)
        self.ask("name", "What it is called", typed, filled=group.name, required=True,
                 limit=rules.NAME_LIMIT)  # fmt: skip
        self.ask("focus", "What it works on", typed, filled=group.focus, required=True,
                 limit=rules.FOCUS_LIMIT)  # fmt: skip
        self.ask("timezone", "Its time zone", typed, filled=group.timezone or "", limit=60,
                 hint="A city will do; empty leaves it as it is")  # fmt: skip

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Save it."""
        service = interaction.client.service(GroupService)
        group = await service.get(place.guild_id, self.group_id)
        done = await service.edit(
            place,
            group,
            name=typed.text("name"),
            focus=typed.text("focus"),
            timezone=typed.text("timezone") or None,
            channel_id=None,
        )
        await replies.send(interaction, cards.edited(done))
        events.group_changed(interaction.client, group.id)


class InviteButton(CardButton, custom_id="group:invite:{group_id}", label="Invite text"):
    """Gives organisers a text with which to invite people."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it, ready to be copied."""
        service = interaction.client.service(GroupService)
        await service.get(place.guild_id, self.group_id)
        view = await service.view(self.group_id)
        await replies.send(interaction, cards.invitation(view))


class LeaveButton(CardButton, custom_id="group:leave:{group_id}", label="Leave"):
    """Leaves the group of a card."""

    leaving = True

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Leave."""
        bot = interaction.client
        groups = bot.service(GroupService)
        group = await groups.leave(place, await groups.get(place.guild_id, self.group_id))
        await replies.send(interaction, cards.goodbye(group))
        events.group_changed(bot, group.id)


class RestoreGroupButton(CardButton, custom_id="group:restore:{group_id}", label="Undo"):
    """Brings an archived group back."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Bring it back."""
        bot = interaction.client
        groups = bot.service(GroupService)
        group = await groups.restore(place, await groups.get(place.guild_id, self.group_id))
        text = f"**{theme.escape(group.name)}** is back."
        await replies.edit(interaction, text)
        events.group_changed(bot, group.id)
        events.group_restored(bot, group.id)


BUTTONS = (
    JoinButton,
    LeaveButton,
    ManageButton,
    EditButton,
    InviteButton,
    RestoreGroupButton,
)


def confirm_archive_group(group_id: GroupId) -> Ask:
    """Return the question before a group is archived."""

    async def archive(pressed: Interaction, place: Place) -> None:
        groups = pressed.client.service(GroupService)
        group = await groups.archive(place, await groups.get(place.guild_id, group_id))
        undo = CardButtons(RestoreGroupButton(group.id))
        await replies.edit(pressed, cards.archived(group), view=undo)
        events.group_changed(pressed.client, group.id)

    return confirm("Archive it", archive, kept="It goes on.")


def group_buttons(group_id: GroupId) -> list[list[ui.Item[Any]]]:
    """Return the rows of buttons on a group's card: everything an ordinary week needs.

    Other features answer those that are theirs: features share custom ids, not code.
    """
    return [
        [
            JoinButton(group_id),
            _button("Check in", f"checkin:now:{group_id}", theme.CHECK_IN),
            _button("What's coming", f"meeting:coming:{group_id}", theme.CALENDAR),
            _button("Plan a meeting", f"meeting:plan:{group_id}"),
            _button("Propose a paper", f"board:propose:{group_id}", theme.BOARD),
        ],
        [LeaveButton(group_id), ManageButton(group_id)],
    ]


def next_step_buttons(group_id: GroupId) -> list[ui.Item[Any]]:
    """Return what an organiser does next with a new group."""
    return [
        _button("Schedule check-ins", f"checkin:plan:{group_id}", theme.CHECK_IN),
        _button("Plan a meeting", f"meeting:plan:{group_id}", theme.CALENDAR),
        InviteButton(group_id),
    ]


def manage_buttons(group_id: GroupId) -> list[ui.Item[Any]]:
    """Return what an organiser can change of a group."""
    return [
        EditButton(group_id),
        _button("When check-ins are due", f"checkin:plan:{group_id}"),
        _button("Questions", f"checkin:ask:{group_id}"),
        InviteButton(group_id),
    ]


async def welcome(interaction: Interaction, joined: GroupView) -> None:
    """Greet a new member: when the group meets, when the round is due, and one button."""
    group = joined.group
    await replies.send(
        interaction,
        cards.welcome(joined),
        view=CardButtons(
            _button("My time zone and reminders", "profile:notices"),
            _button("What's coming", f"meeting:coming:{group.id}", theme.CALENDAR),
        ),
    )
    events.group_joined(interaction.client, group.id, joined.round)


def guild_of(interaction: Interaction) -> discord.Guild:
    """Return the server; our commands are used in servers alone."""
    guild = interaction.guild
    assert guild is not None  # noqa: S101 - places.of refuses everything outside of servers
    return guild


def _button(label: str, custom_id: str, emoji: str | None = None) -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=custom_id, emoji=emoji)
