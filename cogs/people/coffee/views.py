"""The buttons of coffees: being in or out, and whether two people met."""

from __future__ import annotations

from typing import Literal

import discord

from bot.client import Interaction
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import CardButton, Face
from cogs.people.coffee import cards
from cogs.people.coffee.service import CoffeeService
from data.server.groups import GroupId
from data.states import CardKind


class OptButton(CardButton, custom_id="coffee:{way}:{group_id}"):
    """Puts whoever presses it into a group's coffees, or takes them out."""

    way: Literal["in", "out"]
    group_id: GroupId

    def face(self) -> Face:
        """Say which."""
        if self.way == "in":
            return Face("Count me in", discord.ButtonStyle.success)
        return Face("Leave me out")

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Note it, and confirm."""
        bot, inside = interaction.client, self.way == "in"
        shown = await bot.service(CoffeeService).opt(place, self.group_id, inside=inside)
        said = cards.joined(shown) if inside else cards.left(shown)
        await replies.send(interaction, said)
        bot.cards.refresh(CardKind.COFFEE, self.group_id)


class MetButton(CardButton, custom_id="coffee:met:{happened}:{coffee_id}"):
    """Says whether two people met."""

    happened: bool
    coffee_id: int

    def face(self) -> Face:
        """Say which."""
        if self.happened:
            return Face("We met", discord.ButtonStyle.success)
        return Face("Not this time")

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Note it, and show who said what."""
        bot = interaction.client
        coffee = await bot.service(CoffeeService).answer(
            place.guild_id, self.coffee_id, place.user_id, happened=self.happened
        )
        content = cards.did_it_happen(coffee, answers(coffee.id), asking=False)
        await replies.edit(interaction, content)
        bot.cards.refresh(CardKind.COFFEE, coffee.group_id)


COFFEE_BUTTONS = (OptButton, MetButton)


def opting(group_id: GroupId) -> list[CardButton]:
    """Return the buttons of a group's card."""
    return [OptButton("in", group_id), OptButton("out", group_id)]


def answers(coffee_id: int) -> list[CardButton]:
    """Return the buttons under the question whether people met."""
    return [MetButton(True, coffee_id), MetButton(False, coffee_id)]
