"""The controls of help: what is next as buttons, and the topics as a menu."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, CardSelect
from bot.ui.corrections import run_command
from cogs.server.groups.views import JoinButton
from cogs.server.help import cards, topics
from cogs.server.help.service import HelpService, PersonStanding
from cogs.server.setup.views import FirstGroupButton, SetUpButton

GROUPS_SHOWN = 2
"""For how many groups there is a button; the others are in the text."""

LABEL = 30
"""Characters of a group's name on a button."""


class TopicMenu(
    CardSelect, custom_id="help:topic", placeholder="What would you like to know about?"
):
    """Shows a topic."""

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Show it where help was."""
        await show_topic(interaction, values[0], first=False)


class HomeButton(CardButton, custom_id="help:home", label="Where I stand"):
    """Goes back from a topic."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show where the person stands."""
        await show_home(interaction, place, first=False)


class HealthButton(CardButton, custom_id="help:health", label="Health"):
    """Shows organisers what is due and what failed."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it, as the command does."""
        await run_command(interaction, "cohort health", {})


HELP_BUTTONS = (TopicMenu, HomeButton, HealthButton)


async def show_home(interaction: Interaction, place: Place, *, first: bool) -> None:
    """Show where the person stands, as a new answer or in the place of a topic."""
    where = await interaction.client.service(HelpService).standing(place)
    embed = cards.standing(where, organiser=place.organiser)
    await _show(interaction, embed, CardButtons(_menu(), *_next(where, place)), first=first)


async def show_topic(interaction: Interaction, name: str, *, first: bool) -> None:
    """Show a topic; raises NotFound naming the topics there are."""
    await _show(interaction, topics.topic(name), CardButtons(_menu(), HomeButton()), first=first)


async def _show(
    interaction: Interaction, embed: discord.Embed, view: CardButtons, *, first: bool
) -> None:
    show = replies.send if first else replies.edit
    await show(interaction, embed=embed, view=view)


def _menu() -> TopicMenu:
    return TopicMenu(
        options=[
            discord.SelectOption(label=one.title, value=key) for key, one in topics.TOPICS.items()
        ]
    )


def _next(where: PersonStanding, place: Place) -> list[ui.Item[Any]]:
    """Return what is next for somebody, as buttons; organisers have theirs too.

    Other features answer those that are theirs: features share custom ids, not code.
    """
    items: list[ui.Item[Any]] = []
    # A message has five rows of five buttons, and one row is the menu.
    for group in where.own[:GROUPS_SHOWN]:
        name = theme.clip(group.name, LABEL)
        items += [
            _button(f"Check in: {name}", f"checkin:now:{group.id}", theme.CHECK_IN),
            _button(f"What's coming: {name}", f"meeting:coming:{group.id}", theme.CALENDAR),
            _button(f"Plan a meeting: {name}", f"meeting:plan:{group.id}"),
        ]
    if not where.own:
        items += [
            JoinButton(group.id, label=f"Join {theme.clip(group.name, LABEL)}")
            for group in where.others[:GROUPS_SHOWN]
        ]
    items.append(_button("My time zone and reminders", "profile:notices"))
    if place.organiser:
        items += [SetUpButton()] if place.manager else []
        items.append(FirstGroupButton(label="New group"))
        items += [
            _button(
                f"Schedule check-ins: {theme.clip(group.name, LABEL)}", f"checkin:plan:{group.id}"
            )
            for group in where.own[:GROUPS_SHOWN]
            if group.id not in where.rounds
        ]
        items.append(HealthButton())
    return items


def _button(label: str, custom_id: str, emoji: str | None = None) -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=custom_id, emoji=emoji)
